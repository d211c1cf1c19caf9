"""Reads the details that a seller will read: an order number, an item, a variant. Nothing unsafe gets in."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from conversations.policy.rows import OrderFact
from conversations.reading.spelling import visible

SKIPPED = ""
"""The answer that leaves a detail out."""
ORDER_NUMBER = "order_number"
"""The detail that is read as a number; all others are words."""
FEWEST_FIGURES = 10
"""Figures of an order number: AliExpress publishes no form, and 10 to 20 hold every number seen."""

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


def read_detail(fact: OrderFact, text: str, glossary: Mapping[str, str]) -> Detail:
    """Read one detail. Full-width digits become half-width; too long a text is shortened, and says so.

    >>> words = {"answered_by": "words", "part": "message", "longest": 20}
    >>> read_detail(OrderFact(id="order_number", **words), "８１９０ １２３４ ５６７８ ９０１２", {}).value
    '8190123456789012'
    >>> read_detail(OrderFact(id="ordered", **words), "黒 M", {"黒": "black"}).english
    'black M'
    """
    plain = " ".join(visible(text).split())
    longest = fact.longest
    if fact.id == ORDER_NUMBER:
        return _order_number(plain, longest)
    if _PRIVATE.search(plain):
        return Detail(problem="private")
    if _JAPANESE.search(plain):
        english = _in_english(plain, glossary)
        fits = english is not None and len(english) <= longest
        return Detail(problem="japanese", english=english if fits else None)
    latin = _in_ascii(plain)
    if latin is None or not re.search(r"[A-Za-z0-9]", latin):
        return Detail(problem="no_letters")
    return Detail(value=latin[:longest].rstrip(), shortened=len(latin) > longest)


def is_detail(fact: OrderFact, value: str) -> bool:
    """Tell whether a value is one that reading a text could have given: it may come from a forged button."""
    return value == SKIPPED or read_detail(fact, value, {}) == Detail(value=value)


def _order_number(plain: str, longest: int) -> Detail:
    """Take the one run of digits that can be an order's number, whatever stands around it."""
    runs = re.findall(r"[0-9]+", re.sub(r"(?<=[0-9])[ -](?=[0-9])", "", plain))
    if len(runs) == 1 and FEWEST_FIGURES <= len(runs[0]) <= longest:
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
