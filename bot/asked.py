"""What people ask, as ``messages/<language>/asked`` has it: ways to ask a topic, and lines that belong elsewhere.

A line is a way to ask what its file is named after; a line with an arrow is one that sounds like it and belongs to
another topic, or to none.
"""

import re
from collections.abc import Iterator, Mapping

from conversations import Language

ARROW = "→"
"""Stands in a near miss, between spaces, after the words and before the id of the topic that they belong to."""
_NEAR_MISS = re.compile(rf"(.*?)(?:^|\s){ARROW}(?:\s|$)(.*)")
ELSEWHERE = "out_of_scope"
"""The id in a near miss that belongs to no topic."""
FOLDER = "asked"


def asked_path(language: Language, folder: str, name: str) -> str:
    """Return the path of the file in which the ways to ask something stand.

    >>> asked_path(Language.JA, "topics", "fees")
    'ja/asked/topics/fees.txt'
    """
    return f"{language}/{FOLDER}/{folder}/{name}.txt"


def ways_to_ask(source: str) -> list[str]:
    """Return the lines that ask what their file is named after."""
    return [line for line in _lines(source) if _NEAR_MISS.fullmatch(line) is None]


def near_misses(source: str) -> list[tuple[str, str]]:
    r"""Return the lines that belong elsewhere, each with the topic to which it does.

    >>> near_misses("How long? → refund_time\nunpaid→paid?")
    [('How long?', 'refund_time')]
    """
    found = (_NEAR_MISS.fullmatch(line) for line in _lines(source))
    return [(match[1].strip(), match[2].strip()) for match in found if match is not None]


def asked_files(asked: Mapping[str, str], folder: str) -> Iterator[tuple[str, str, str]]:
    """Yield the path, the name and the source of each file of a folder, in every language."""
    for language in Language:
        for path, source in asked.items():
            if path.startswith(f"{language}/{FOLDER}/{folder}/"):
                yield path, path.rpartition("/")[2].removesuffix(".txt"), source


def _lines(source: str) -> list[str]:
    return [line.strip() for line in source.splitlines() if line.strip()]
