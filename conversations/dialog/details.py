"""Reads the details that a seller will read: an order number, an item, a variant. Nothing unsafe gets in."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from conversations.dialog.steps import StepName
from conversations.reading.spelling import visible

SKIPPED = ""
"""The answer that leaves a detail out."""
LONGEST_DETAIL: Mapping[StepName, int] = {
    StepName.ORDER_NUMBER: 20,
    StepName.ITEM: 50,
    StepName.ORDERED: 30,
    StepName.WANTED: 30,
}
"""Characters of each detail that a message to the seller, and a button's token, can carry."""

_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f々〆]+")
_PRIVATE = re.compile(r"@|https?:|www\.|\d[\d\s()+-]{8,}\d")
_SIGNS = str.maketrans(
    {
        "×": "x",
        "✕": "x",
        "–": "-",
        "—": "-",
        "‐": "-",
        "−": "-",
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "⁄": "/",
        "℃": "C",
        "ø": "o",
        "Ø": "O",
        "ß": "ss",
        "・": " ",
        "、": ", ",
        "。": ". ",
    }
)
_PICTURES = {"So", "Sk", "Cs", "Co", "Cn"}
"""Unicode categories of emoji and their parts: a message does without them."""
_LATIN = re.compile(r"[^\x20-\x7e]")


@dataclass(frozen=True, slots=True)
class Detail:
    """What became of a typed detail: a value to keep, or the name of what is wrong with it.

    ``english`` is the same in English where every Japanese word is in the glossary.
    """

    value: str | None = None
    problem: str | None = None
    english: str | None = None
    shortened: bool = False


def read_detail(step: StepName, text: str, glossary: Mapping[str, str]) -> Detail:
    """Read one detail. Full-width digits become half-width; too long a text is shortened, and says so.

    >>> read_detail(StepName.ORDER_NUMBER, "８１９０ １２３４ ５６７８ ９０１２", {}).value
    '8190123456789012'
    >>> read_detail(StepName.ORDERED, "黒 M", {"黒": "black"}).english
    'black M'
    """
    plain = " ".join(visible(text).split())
    if step is StepName.ORDER_NUMBER:
        return _order_number(plain)
    if _PRIVATE.search(plain):
        return Detail(problem="private")
    if _JAPANESE.search(plain):
        english = _in_english(plain, glossary)
        fits = english is not None and len(english) <= LONGEST_DETAIL[step]
        return Detail(problem="japanese", english=english if fits else None)
    latin = _in_ascii(plain)
    if latin is None or not re.search(r"[A-Za-z0-9]", latin):
        return Detail(problem="no_letters")
    longest = LONGEST_DETAIL[step]
    return Detail(value=latin[:longest].rstrip(), shortened=len(latin) > longest)


def is_detail(step: StepName, value: str) -> bool:
    """Tell whether a value is one that reading a text could have given: it may come from a forged button."""
    return value == SKIPPED or read_detail(step, value, {}) == Detail(value=value)


def _order_number(plain: str) -> Detail:
    """Take the one run of digits, whatever stands around it.

    AliExpress publishes no form; 10 to 20 digits holds every number seen.
    """
    runs = re.findall(r"[0-9]+", re.sub(r"(?<=[0-9])[ -](?=[0-9])", "", plain))
    if len(runs) == 1 and 10 <= len(runs[0]) <= LONGEST_DETAIL[StepName.ORDER_NUMBER]:  # noqa: PLR2004
        return Detail(value=runs[0])
    return Detail(problem="order_number")


def _in_ascii(plain: str) -> str | None:
    """Write the signs and accents of other keyboards in plain letters; None if some letter has no like."""
    plain = plain.translate(_SIGNS)
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(letter))
    shown = "".join(one for one in bare if one.isascii() or unicodedata.category(one) not in _PICTURES)
    return None if _LATIN.search(shown) else " ".join(shown.split())


def _in_english(plain: str, glossary: Mapping[str, str]) -> str | None:
    """Translate word by word, longest names first; None if a Japanese word is left over."""
    english = plain
    for word in sorted(glossary, key=len, reverse=True):
        english = english.replace(word, f" {glossary[word]} ")
    return None if _JAPANESE.search(english) else _in_ascii(english)
