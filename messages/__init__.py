"""All words: turns what the dialog answers with into messages in the buyer's language."""

from messages.catalog import Button, Catalog, Draft, Message
from messages.wording import Lexicon

__all__ = ["Button", "Catalog", "Draft", "Lexicon", "Message"]
