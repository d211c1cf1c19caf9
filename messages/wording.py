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
class DayWords:
    """How a day is said: a form near today and one far from it, and the names of weekdays (Monday first) and months.

    The forms may hold ``{year}``, ``{month}``, ``{day}`` and ``{weekday}``.
    """

    near: str
    far: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's words: labels by name, how certainty is said, and units in one and many."""

    language: Language
    labels: Mapping[str, str]
    also: Mapping[str, tuple[str, ...]]
    certainty: Mapping[str, str]
    units: Mapping[str, tuple[str, str]]
    between: str
    days: DayWords


def period_words(span: Span, lexicon: Lexicon) -> str:
    """Return a period in words: "5〜15営業日", "48 hours"."""
    one, many = lexicon.units[span.unit]
    figures = str(span.longest)
    if span.shortest != span.longest:
        figures = f"{span.shortest}{lexicon.between}{span.longest}"
    return f"{figures}{one if figures == '1' else many}"


FAR_DAYS = 180
"""Days from which on a day is said with its year."""


def say_day(day: date, lexicon: Lexicon, today: date) -> str:
    """Return a day as it is said on a phone ("12月4日（金）"); with its year where it is half a year off or more."""
    words = lexicon.days
    form = words.far if abs((day - today).days) > FAR_DAYS else words.near
    weekday, month = words.weekdays[day.weekday()], words.months[day.month - 1]
    return form.format(year=day.year, month=month, day=day.day, weekday=weekday)


def in_code(text: str) -> str:
    """Return a buyer's text as a CommonMark code span: whatever it holds, it shows as it was typed.

    >>> in_code("*a* `b`")
    '`` *a* `b` ``'
    """
    plain = re.sub(r"[^\S\u3000]+", " ", text).strip()  # a wide space stays as wide
    if not plain:
        return ""
    fence = "`" * (max((len(run) for run in re.findall(r"`+", plain)), default=0) + 1)
    space = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{space}{plain}{space}{fence}"


def sentences(text: str) -> str:
    """Return a block's lines without indents and blank lines: one sentence a line."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


_GAP = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")
_LIST_GAP = re.compile(r"(?m)^((?:\d+\.|-) .*)\n\n+(?=(?:\d+\.|-) )")
_NUMBER = re.compile(r"(?m)^\d+(?=\. )")


def tidy(text: str) -> str:
    """Close the gaps that conditions leave in a text, and number its steps anew from one, list by list."""
    text = _GAP.sub("\n\n", text)
    text = _LIST_GAP.sub(r"\1\n", text)
    text = "\n".join(line.rstrip() for line in text.strip().splitlines())
    numbered, count = [], 0
    for line in text.splitlines():
        if _NUMBER.match(line):
            count += 1
            numbered.append(_NUMBER.sub(str(count), line))
        else:
            count = 0 if line and not line.startswith((" ", "-")) else count
            numbered.append(line)
    return "\n".join(numbered)
