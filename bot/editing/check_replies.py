"""Checks the answers to sellers for every kind of reply at every stage of an order, in each language."""

from collections.abc import Iterator, Mapping
from datetime import date

from bot.content import Content
from bot.editing.check_texts import contradictions
from bot.editing.proofreader import Proofreader
from conversations import Language, Order
from conversations.dialog.screens import seller_reply

A_DAY = date(2026, 11, 24)
"""A day to look at the explanations from; which one does not matter."""
BELOW: Mapping[Language, str] = {Language.JA: "下の英文", Language.EN: "message below"}
"""How an explanation speaks of the message under it."""


def replies(content: Content, proofreader: Proofreader) -> Iterator[str]:
    """Yield where an explanation or a message says what the stage of the order contradicts."""
    for kind in content.handbook.reply_kind:
        for row in content.handbook.stages:
            order = Order(**{fact: values[0] for fact, values in row.when.items()})
            explained = seller_reply(kind, order, row.stage, content.handbook, A_DAY)
            for language in Language:
                text = proofreader.message(explained, language).text
                where = f"{language}/replies/{kind}.j2 at {row.stage}"
                yield from contradictions(where, text, language, row.stage)
                if not explained.drafts:
                    yield from _points_below(where, text, language)


def _points_below(where: str, text: str, language: Language) -> Iterator[str]:
    """Yield a problem if a text speaks of a message that is not there."""
    if BELOW[language] in text:
        yield f"{where}: {BELOW[language]!r}, but no message is needed there"
