"""All conversations, walked once a language for every test that must see them all."""

from functools import cache

from bot.content import load_content
from bot.editing.every_path import Visit, walk
from conversations import Language
from tests.buyer import TODAY


@cache
def visits(language: Language) -> tuple[Visit, ...]:
    """Return every place that a buyer can reach, with what is seen there."""
    return tuple(walk(load_content(), language, TODAY))
