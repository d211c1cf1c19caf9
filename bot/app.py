"""Puts the product together: settings → content → store → support, once."""

import gc

from bot.clock import today_in_japan
from bot.content import load_content
from bot.keeping.store import Store
from bot.support import Support
from conversations.reading.days import read_day


def make_support(store: Store) -> Support:
    """Return the product's front door over a store. Raises ``ContentError`` if the content is wrong."""
    return Support(load_content(), store, today_in_japan)


def settle() -> None:
    """Load now what the first buyers would otherwise all wait for, and tell the garbage collector that it stays.

    The library of dates and the models take half a second; looking through all again took a tenth of all the time.
    """
    readers = load_content().readers
    read_day("two weeks ago", today_in_japan())
    readers.questions.read("refund")
    readers.replies.read("refund")
    gc.collect()
    gc.freeze()
