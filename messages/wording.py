"""The small words of a language: labels, days, periods, and the buyer's own text shown as it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from conversations import Language
from conversations.policy.rows import Unit


class Span(Protocol):
    """Anything with a length in time: a figure, a method's refund, a refund window."""

    @property
    def shortest(self) -> int:
        """The shorter end."""

    @property
    def longest(self) -> int:
        """The longer end."""

    @property
    def unit(self) -> Unit:
        """What both ends are counted in."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's words: labels by name, how certainty is said, and units in one and many."""

    language: Language
    labels: Mapping[str, str]
    also: Mapping[str, tuple[str, ...]]
    certainty: Mapping[str, str]
    units: Mapping[str, tuple[str, str]]
    between: str


def period_words(span: Span, lexicon: Lexicon) -> str:
    """Return a period in words: "5〜15営業日", "48 hours"."""
    one, many = lexicon.units[span.unit]
    figures = str(span.longest)
    if span.shortest != span.longest:
        figures = f"{span.shortest}{lexicon.between}{span.longest}"
    return f"{figures}{one if figures == '1' else many}"


FAR_DAYS = 180
_WEEKDAYS_JA = "月火水木金土日"


def say_day(day: date, language: Language, today: date) -> str:
    """Return a day as it is said on a phone; with its year where it is half a year off or more.

    >>> say_day(date(2026, 12, 4), Language.JA, date(2026, 11, 24))
    '12月4日（金）'
    >>> say_day(date(2025, 12, 4), Language.EN, date(2026, 11, 24))
    'Thu 4 Dec 2025'
    """
    far = abs((day - today).days) > FAR_DAYS
    if language is Language.JA:
        return (f"{day.year}年" if far else "") + f"{day.month}月{day.day}日（{_WEEKDAYS_JA[day.weekday()]}）"
    return f"{_WEEKDAYS_EN[day.weekday()]} {day.day} {_MONTHS_EN[day.month - 1]}" + (f" {day.year}" if far else "")


_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def in_code(text: str) -> str:
    """Return a buyer's text as a CommonMark code span: whatever it holds, it shows as it was typed.

    >>> in_code("*a* `b`")
    '`` *a* `b` ``'
    """
    plain = " ".join(text.split())
    if not plain:
        return ""
    fence = "`" * (max((len(run) for run in re.findall(r"`+", plain)), default=0) + 1)
    space = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{space}{plain}{space}{fence}"
