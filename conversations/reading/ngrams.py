"""Takes a text apart into the pieces by which it is recognised: runs of letters, words, and pairs of words.

Runs of letters need no dictionary, so they read Japanese without spaces, typing errors and kana spelling alike.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

from conversations.reading.spelling import spell

LONGEST = 400
"""Characters that are looked at. Who asks a question is sooner done; a longer text says its matter early."""
_SPLIT = re.compile(r"[a-z0-9']+|[^\sa-z0-9'!-/:-@\[-`{-~、。，．・「」『』（）！？…〜～ーｰ]+")
_DIGITS = re.compile(r"\d+")
_REPEATED = re.compile(r"(.)\1{2,}")
_LATIN = re.compile(r"[a-z0-9']+")
_ENDINGS = re.compile(r"(?:ing|ed|es|s)$")
_SHORTEST_STEM = 3


def fold(text: str) -> str:
    """Return a text in the one spelling in which texts are sorted: figures count alike, and so do long cries.

    >>> fold("えーーーー！！！ 123日")
    'えーー!! 0日'
    """
    return _REPEATED.sub(r"\1\1", _DIGITS.sub("0", spell(text[:LONGEST])))


def pieces(text: str) -> Mapping[str, int]:
    """Return the pieces of a text with how often each occurs. The first letter tells its kind.

    ``c``: a run of one to four letters; ``w``: a word, or two words side by side.

    >>> sorted(pieces("いつ"))
    ['c^い', 'c^いつ', 'c^いつ$', 'cい', 'cいつ', 'cいつ$', 'cつ', 'cつ$']
    """
    return Counter(_pieces(fold(text)))


def _pieces(plain: str) -> Iterator[str]:
    words = []
    for part in _SPLIT.findall(plain):
        if _LATIN.fullmatch(part):
            stem = _stem(part)
            words.append(stem)
            yield "w" + stem
            yield from _runs(f"^{part}$", 3, 5)
        else:
            yield from _runs(part, 1, 1)
            yield from _runs(f"^{part}$", 2, 4)
    yield from (f"w{one} {other}" for one, other in pairwise(words))


def _runs(letters: str, shortest: int, longest: int) -> Iterator[str]:
    for length in range(shortest, min(longest, len(letters)) + 1):
        yield from ("c" + letters[start : start + length] for start in range(len(letters) - length + 1))


def _stem(word: str) -> str:
    """Drop an English ending, so that "cancelled", "cancels" and "cancel" are one word."""
    stem = _ENDINGS.sub("", word)
    if len(stem) < _SHORTEST_STEM:
        return word
    return stem[:-1] if len(stem) > _SHORTEST_STEM and stem[-1] == stem[-2] else stem
