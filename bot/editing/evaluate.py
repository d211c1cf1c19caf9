"""The command ``evaluate``: how well typed words are understood, on any file of lines with what they mean.

A line is a JSON object with ``text`` and what is right for it: ``topic`` (with ``also``, other right topics), ``theme``
(out of scope), ``facts``, or ``kinds`` with ``unsafe`` (a seller's message).
"""

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bot.content import Content
from bot.errors import MendableError
from bot.facts_json import told_facts, understood
from conversations import Readers
from conversations.reading.questions import Decision, Recognition

_CERTAIN = 1.96
"""Standard errors on either side of a share within which the true one lies in 95 of 100 cases."""


class LabelledFileError(MendableError):
    """A file of labelled lines cannot be read. The message names the file, the line and what is wrong."""


class Share:
    """How many of how many, with its uncertainty (Wilson's interval, 95 %)."""

    def __init__(self, hits: int, of: int) -> None:
        """Keep both."""
        self.hits, self.of = hits, of

    def __str__(self) -> str:
        """Return the share in per cent, its interval, and the counts."""
        if not self.of:
            return "–"
        share, low, high = self.hits / self.of, *self._interval()
        return f"{share:6.1%}  ({low:.1%} to {high:.1%}; {self.hits} of {self.of})"

    def _interval(self) -> tuple[float, float]:
        share, spread = self.hits / self.of, _CERTAIN**2 / self.of
        middle = (share + spread / 2) / (1 + spread)
        half = _CERTAIN * math.sqrt(share * (1 - share) / self.of + spread / (4 * self.of)) / (1 + spread)
        return max(0.0, middle - half), min(1.0, middle + half)


def share(right: Iterable[bool]) -> Share:
    """Return how many of the values are true."""
    values = [*right]
    return Share(sum(values), len(values))


Row = Mapping[str, Any]


def report(rows: list[Row], content: Content, today: date) -> Iterator[str]:
    """Yield how well the lines are understood, a figure a line."""
    for language in sorted({str(row.get("language", "")) for row in rows}):
        own = [row for row in rows if row.get("language", "") == language]
        for part in (_questions, _out_of_scope, _facts):
            yield from (f"{language or '–'}  {line}" for line in part(own, content, today))
    yield from _replies(rows, content.readers)


def read_rows(file: Path) -> list[Row]:
    """Return a file's lines. Raises ``LabelledFileError``."""
    rows: list[Row] = []
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{file}: the file cannot be read ({type(error).__name__})"
        raise LabelledFileError(message) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            message = f'{file}: line {number}: not a JSON object with a "text"'
            raise LabelledFileError(message)
        rows.append(row)
    return rows


def confusions(rows: Iterable[Row], readers: Readers) -> Counter[tuple[str, str]]:
    """Return how often one topic (or ``out_of_scope``) was taken for another; right ones are not among them."""
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        if "topic" in row or "theme" in row:
            read = readers.questions.read(row["text"])
            best = read.topics[0].id if read.topics else "nothing"
            if "theme" in row and read.decision is Decision.ANSWER:
                found["out_of_scope", best] += 1
            elif "topic" in row and best not in _right(row):
                found[row["topic"], best] += 1
    return found


def confusion_table(rows: Iterable[Row], readers: Readers) -> str:
    """Return the confusions as lines of ``right<TAB>taken for<TAB>how often``, the worst first."""
    worst = sorted(confusions(rows, readers).items(), key=lambda one: (-one[1], one[0]))
    return "".join(f"{right}\t{taken}\t{count}\n" for (right, taken), count in worst)


def _right(row: Row) -> set[str]:
    return {row["topic"], *row.get("also", ())}


def _questions(rows: list[Row], content: Content, _: date) -> Iterator[str]:
    asked = [(row, content.readers.questions.read(row["text"])) for row in rows if "topic" in row]
    if not asked:
        return

    def within(read: Recognition, row: Row, best: int) -> bool:
        return any(one.id in _right(row) for one in read.topics[:best])

    direct = [(row, read) for row, read in asked if read.decision is Decision.ANSWER]
    clarified = [(row, read) for row, read in asked if read.decision is Decision.CLARIFY]
    yield f"top-1 {share(within(read, row, 1) for row, read in asked)}"
    yield f"top-3 {share(within(read, row, 3) for row, read in asked)}"
    yield f"answered directly {Share(len(direct), len(asked))}"
    yield f"  of these right {share(within(read, row, 1) for row, read in direct)}"
    yield f"asked back {Share(len(clarified), len(asked))}"
    yield f"  the right one among the buttons {share(bool(_right(row) & {*read.offered}) for row, read in clarified)}"


def _out_of_scope(rows: list[Row], content: Content, _: date) -> Iterator[str]:
    reads = [content.readers.questions.read(row["text"]) for row in rows if "theme" in row]
    if reads:
        yield f"out of scope, answered wrongly {share(read.decision is Decision.ANSWER for read in reads)}"
        yield f"out of scope, asked back {share(read.decision is Decision.CLARIFY for read in reads)}"
        yield f"out of scope, refused {share(read.decision is Decision.REFUSE for read in reads)}"


def _facts(rows: list[Row], content: Content, today: date) -> Iterator[str]:
    book, read = content.handbook, content.readers.facts.read
    told = [(row["facts"], understood(read(row["text"], today), book)) for row in rows if "facts" in row]
    if not told:
        return
    pairs = [(set(wanted.items()), set(found.items())) for wanted, found in told]
    hits = sum(len(wanted & found) for wanted, found in pairs)
    yield f"facts, precision {Share(hits, sum(len(found) for _, found in pairs))}"
    yield f"facts, recall {Share(hits, sum(len(wanted) for wanted, _ in pairs))}"
    for name in told_facts(book):
        wanted_one = sum(name in wanted for wanted, _ in told)
        missed = sum(name in wanted and found.get(name) != wanted[name] for wanted, found in told)
        extra = sum(name in found and wanted.get(name) != found[name] for wanted, found in told)
        yield f"  {name}: {wanted_one} told, {missed} missed, {extra} wrong"


def _replies(rows: list[Row], readers: Readers) -> Iterator[str]:
    read = [(row, readers.replies.read(row["text"])) for row in rows if "kinds" in row]
    if not read:
        return
    single = [(row, one) for row, one in read if len(row["kinds"]) == 1]
    several = [(row, one) for row, one in read if len(row["kinds"]) > 1]
    yield f"seller, kind top-1 {share(one.kinds[0].id in row['kinds'] for row, one in single)}"
    yield f"seller, several: best is one of them {share(one.kinds[0].id in row['kinds'] for row, one in several)}"
    named = share({*row["kinds"]} <= {*one.sure, *one.offered} for row, one in several)
    yield f"seller, several: all named or offered {named}"
    yield f"seller, unsafe recall {share(one.unsafe for row, one in read if row.get('unsafe'))}"
    yield f"seller, false alarms {share(one.unsafe for row, one in read if not row.get('unsafe'))}"
    yield f"seller, taken for a seller's {share(one.by_seller for row, one in read if row['kinds'])}"
