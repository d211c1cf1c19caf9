"""Checks every message to the seller, with every choice of details, as the seller would see it."""

import re
from collections.abc import Iterator, Mapping
from itertools import product

from bot.content import Content
from bot.editing.proofreader import UNWORDABLE, told
from bot.lexicons import blocks
from conversations import Handbook, Language
from messages.page import LONGEST_DRAFT
from messages.wording import sentences

_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_GAP = re.compile(r"  | [.,!?]|\(\s*\)|\{\{|\}\}")


def drafts(content: Content) -> Iterator[str]:
    """Word every message to the seller with every choice of details, and look at the result as the seller would."""
    for name, row in content.handbook.draft.items():
        path = f"seller/{name}.j2"
        found = blocks(content.sources.templates.get(path, ""))
        for block, meaning in (("chat", "ja"), ("form", "form_ja")):
            if not {block, meaning} <= set(found):
                continue
            for values in _details(row.details, content.handbook):
                try:
                    send = _block(content, path, block, values)
                    meant = _block(content, path, meaning, values)
                except UNWORDABLE as error:
                    yield f"{path}: {told(error, content)}"
                    break
                yield from _draft_problems(f"{path}: {block}", send, meant, LONGEST_DRAFT[block], values)


def _details(details: tuple[str, ...], book: Handbook) -> Iterator[dict[str, object]]:
    for given in product((True, False), repeat=len(details)):
        values: dict[str, object] = dict.fromkeys(book.details, "")
        values |= {name: book.fact[name].example for name, is_given in zip(details, given, strict=True) if is_given}
        yield from ({**values, "part": part} for part in (True, False))


def _block(content: Content, path: str, block: str, values: Mapping[str, object]) -> str:
    templates = content.catalog.templates[Language.EN]
    return sentences(templates.block(path, block, {**values, "cite": lambda *_: ""}))


def _draft_problems(where: str, send: str, meant: str, longest: int, values: Mapping[str, object]) -> Iterator[str]:
    if not send.isascii():
        yield f"{where}: only plain English letters reach every seller: {send!r}"
    if not any(value for name, value in values.items() if name != "part") and len(send) > longest:
        yield f"{where}: {len(send)} characters even without details, {longest} at most"
    if send.count("\n") != meant.count("\n"):
        yield f"{where}: the English and the Japanese have different numbers of lines"
    if _GAP.search(send):
        yield f"{where}: a gap or a leftover in {send!r}"
    if not _JAPANESE.search(meant):
        yield f"{where}: the Japanese meaning is missing"
