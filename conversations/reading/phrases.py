"""The phrases of ``mentions.toml``: words with ``*`` for a few letters, ``( | )`` for one of several, ``?`` for maybe.

What letters a phrase cannot do without is known beforehand: there are many phrases, and a text has to do with few.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate

from conversations.reading.spelling import spell

_GAP = r"[^。、,.!?]{0,8}?"
_LATIN_GAP = r"\b[^。、,.!?]{0,24}?\b"
"""Between Latin words the gap ends where a word does."""
_NOT_LETTERS = set("*+?()[]{}|\\^$.")


@dataclass(frozen=True)
class Phrase:
    """A phrase as it is written."""

    words: str

    @cached_property
    def pattern(self) -> "re.Pattern[str]":
        """The phrase as a regular expression. Raises ``re.error`` if it is none."""
        return _compiled(self.words)

    @cached_property
    def needs(self) -> frozenset[str]:
        """Letters of which a text holds at least one if the phrase is in it; the empty text where none are known."""
        return _needed(spell(self.words))

    def may_be_in(self, text: str) -> bool:
        """Tell whether a text has the letters for it."""
        return any(need in text for need in self.needs)


@lru_cache(maxsize=4096)
def _compiled(words: str) -> "re.Pattern[str]":
    plain = spell(words)
    gap = _LATIN_GAP if plain.isascii() else _GAP
    before = r"(?<![a-z])" if re.match(r"\(*[a-z0-9]", plain) else ""
    after = r"(?![a-z])" if re.search(r"[a-z0-9]\)*\??$", plain) else ""
    return re.compile(f"{before}(?:{plain.replace('*', gap)}){after}")


def _needed(phrase: str) -> frozenset[str]:
    """Return the most telling letters that every text with the phrase has: of all such parts the longest."""
    parts = [part for part in _parts(phrase) if part]
    return max(parts, key=lambda part: min(map(len, part)), default=frozenset({""}))


def _parts(phrase: str) -> Iterator[frozenset[str]]:
    """Yield the parts that must be there: runs of letters, and groups as what their choices need."""
    run, at = "", 0
    while at < len(phrase):
        letter, after = phrase[at], at + 1
        if letter not in _NOT_LETTERS and phrase[after : after + 1] != "?":
            run, at = run + letter, after
            continue
        if run:
            yield frozenset({run})
            run = ""
        if letter == "(":
            after = _closing(phrase, at) + 1
            inside = phrase[at + 1 : after - 1]
            if not inside.startswith("?") and phrase[after : after + 1] != "?":
                choices = [_needed(choice) for choice in _choices(inside)]
                if frozenset({""}) not in choices:
                    yield frozenset().union(*choices)
        elif letter == "[":
            after = phrase.index("]", at) + 1
        elif letter == "\\":
            after += 1
        at = after
    if run:
        yield frozenset({run})


def _closing(phrase: str, start: int) -> int:
    """Return where a bracket closes; the end where it does not."""
    depths = accumulate({"(": 1, ")": -1}.get(letter, 0) for letter in phrase[start:])
    return next((at for at, depth in enumerate(depths, start) if depth == 0), len(phrase))


def _choices(inside: str) -> list[str]:
    """Split what stands in brackets at its own bars."""
    found, depth = [""], 0
    for letter in inside:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "|" and depth == 0:
            found.append("")
        else:
            found[-1] += letter
    return found
