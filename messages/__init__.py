"""All words: turns what the dialog answers with into messages in the buyer's language."""

from messages.catalog import Catalog
from messages.message import Button, Draft, Message
from messages.templates import Operator
from messages.wording import DayWords, Lexicon

__all__ = ["Button", "Catalog", "DayWords", "Draft", "Lexicon", "Message", "Operator"]
