"""Checks every message to the seller, with every choice of details, as the seller would see it."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product
from types import SimpleNamespace

from bot.content import Content
from bot.editing.check_texts import contradictions
from bot.editing.proofreader import UNWORDABLE, told
from bot.lexicons import blocks
from conversations import Handbook, Language
from conversations.policy.rows import SellerMessage
from messages.page import LONGEST_DRAFT
from messages.wording import sentences

A_DAY = date(2026, 11, 20)
"""A day on which the buyer asked to cancel; which one does not matter."""
_FACT = re.compile(r"\border\.([a-z_]+)")
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_GAP = re.compile(r"  | [.,!?]|\(\s*\)|\{\{|\}\}")


def drafts(content: Content) -> Iterator[str]:
    """Word every message to the seller for every order that it can be about, and look at the result as they would."""
    for name, row in content.handbook.draft.items():
        path = f"seller/{name}.j2"
        source = content.sources.templates.get(path, "")
        found = blocks(source)
        yield from _unnamed_facts(path, source, row)
        for block, meaning in (("chat", "ja"), ("form", "form_ja")):
            if not {block, meaning} <= set(found):
                continue
            for stage, values in _cases(row, source, content.handbook):
                try:
                    send = _block(content, path, block, values)
                    meant = _block(content, path, meaning, values)
                except UNWORDABLE as error:
                    yield f"{path}: {told(error, content)}"
                    break
                bare = not any(values[detail] for detail in row.details)
                limit = LONGEST_DRAFT[block] if bare else None
                yield from _draft_problems(f"{path}: {block}", send, meant, limit)
                yield from contradictions(f"{path}: {block}", send, "message", stage)


def _unnamed_facts(path: str, source: str, row: SellerMessage) -> Iterator[str]:
    """Yield the facts by which a message is worded although its row does not say so."""
    for fact in sorted({*_FACT.findall(source)} - {*row.needs, *row.worded_by}):
        yield f"{path}: order.{fact}: name it in drafts.toml, {row.id}.worded_by"


def _cases(row: SellerMessage, source: str, book: Handbook) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield what a message is filled with: each stage at which it is true, each fact that it names, each detail."""
    unsaid = dict.fromkeys(book.fact)
    for stage, facts, details in product(row.at, _told(row, book), _details(row.details, book)):
        order = SimpleNamespace(**{**unsaid, **facts, "requested_on": A_DAY})
        for asked_on in ("", "November 20") if "asked_on" in source else ("",):
            yield stage, {**details, "order": order, "stage": stage, "asked_on": asked_on}


def _told(row: SellerMessage, book: Handbook) -> list[dict[str, str]]:
    """Return every choice of the facts that a message is worded by."""
    named = [fact for fact in (*row.needs, *row.worded_by) if fact in book.values]
    return [dict(zip(named, values, strict=True)) for values in product(*(book.values[fact] for fact in named))]


def _details(details: tuple[str, ...], book: Handbook) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for given in product((True, False), repeat=len(details)):
        values: dict[str, object] = dict.fromkeys(book.details, "")
        values |= {name: book.fact[name].example for name, is_given in zip(details, given, strict=True) if is_given}
        found += ({**values, "part": part} for part in (True, False))
    return found


def _block(content: Content, path: str, block: str, values: Mapping[str, object]) -> str:
    templates = content.catalog.templates[Language.EN]
    return sentences(templates.block(path, block, {**values, "cite": lambda *_: "", "say_day": str}))


def _draft_problems(where: str, send: str, meant: str, limit: int | None) -> Iterator[str]:
    """Yield what is wrong with one message; ``limit`` are its characters where it carries no detail."""
    if not send.isascii():
        yield f"{where}: only plain English letters reach every seller: {send!r}"
    if limit is not None and len(send) > limit:
        yield f"{where}: {len(send)} characters even without details, {limit} at most"
    if send.count("\n") != meant.count("\n"):
        yield f"{where}: the English and the Japanese have different numbers of lines"
    if _GAP.search(send):
        yield f"{where}: a gap or a leftover in {send!r}"
    if not _JAPANESE.search(meant):
        yield f"{where}: the Japanese meaning is missing"
