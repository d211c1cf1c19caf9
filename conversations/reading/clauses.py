"""Takes a text apart into clauses, and tells what a clause does: states, supposes, asks, reports, denies.

The words by which it tells are those of ``clauses.toml``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from conversations.reading.spelling import spell

LONGEST = 400
"""Characters that are looked at; who tells of an order is done sooner."""
_SENTENCE = re.compile(r"(?:[^。.!?\n]|\.(?=\S))+[。.!?\n]*")


class ClauseWords(BaseModel):
    """The words of ``clauses.toml``, where it stands what each kind is for; every one is a regular expression."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    between: tuple[str, ...]
    supposed: tuple[str, ...]
    anothers: tuple[str, ...]
    reported: tuple[str, ...]
    demanded: tuple[str, ...]
    withdrawn: tuple[str, ...]
    own_mistake: tuple[str, ...]
    not_this: tuple[str, ...]
    asked: tuple[str, ...]
    happened: tuple[str, ...]
    denied: tuple[str, ...]
    denied_before: tuple[str, ...]
    about: tuple[str, ...]
    day: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause in one spelling, and whether it asks something."""

    text: str
    asks: bool


class Clauses:
    """Takes texts apart by the words of ``clauses.toml``."""

    def __init__(self, words: ClauseWords) -> None:
        """Keep the words; they are compiled when they are first needed."""
        self._words = words

    @cached_property
    def _patterns(self) -> Mapping[str, re.Pattern[str]]:
        return {kind: re.compile("|".join(ways)) for kind, ways in self._words}

    def problems(self) -> Iterator[str]:
        """Yield every way to say something that cannot be read."""
        for kind, ways in self._words:
            for way in ways:
                try:
                    re.compile(way)
                except re.error as error:
                    yield f"clauses.toml: {kind}: {way!r}: {error}"

    def told(self, text: str) -> Iterator[Clause]:
        """Yield the clauses that say something of the buyer's own order, and suppose nothing."""
        for sentence in _SENTENCE.findall(_joined(spell(text[:LONGEST]))):
            if not self._has("anothers", sentence):
                yield from (
                    clause
                    for clause in self._clauses(self._patterns["not_this"].sub("", sentence))
                    if not self._has("supposed", clause.text)
                )

    def asks_something(self, text: str) -> bool:
        """Tell whether a text asks anything, beside what it states."""
        sentences = _SENTENCE.findall(spell(text[:LONGEST]))
        return any(clause.asks for sentence in sentences for clause in self._clauses(sentence))

    def is_reported(self, plain: str) -> bool:
        """Tell whether a text, in one spelling, reports what somebody else said."""
        return self._has("reported", plain)

    def is_demanded(self, text: str) -> bool:
        """Tell whether a text reports that somebody wants the buyer to give a certain reason."""
        return self._has("demanded", spell(text[:LONGEST]))

    def is_withdrawn(self, text: str) -> bool:
        """Tell whether a text says that the buyer wants to keep the order after all."""
        return self._has("withdrawn", spell(text[:LONGEST]))

    def is_own_mistake(self, text: str) -> bool:
        """Tell whether a text says that the buyer chose wrongly."""
        return self._has("own_mistake", spell(text[:LONGEST]))

    def denies(self, clause: str, start: int, end: int) -> bool:
        """Tell whether what stands at a place of a clause is denied there."""
        patterns = self._patterns
        return bool(patterns["denied"].match(clause, end) or patterns["denied_before"].search(clause[:start]))

    def happened(self, part: str) -> bool:
        """Tell whether a part of a question tells what happened, or did not: otherwise it is a general one."""
        return self._has("happened", part)

    def goes_on_about(self, clause: str, end: int) -> bool:
        """Tell whether a name is only what the clause goes on about: a credit card's refund."""
        return self._patterns["about"].match(clause, end) is not None

    def day(self, clause: str) -> str | None:
        """Return the words that name a day; None if none do."""
        match = self._patterns["day"].search(clause)
        return None if match is None else match.group().removeprefix("on ")

    def _has(self, kind: str, text: str) -> bool:
        return self._patterns[kind].search(text) is not None

    def _clauses(self, sentence: str) -> Iterator[Clause]:
        """Yield the clauses of a sentence; the last asks also by the sentence's own end."""
        parts = [part for part in self._patterns["between"].split(sentence) if part and part.strip()]
        for index, part in enumerate(parts):
            last = index == len(parts) - 1
            yield Clause(part, self._has("asked", sentence[-len(part) :] if last else part))


def _joined(plain: str) -> str:
    """Close the gaps that some leave between Japanese words."""
    return re.sub(r"(?<=[\u3040-\u9fff])[ \t]+(?=[\u3040-\u9fff])", "", plain)
