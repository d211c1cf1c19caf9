"""What people ask, as ``messages/<language>/asked`` has it: ways to ask a topic, and lines that belong elsewhere.

A line is a way to ask what its file is named after; a line with an arrow is one that sounds like it and belongs to
another topic, or to none.
"""

from collections.abc import Iterator, Mapping

from conversations import Language

ARROW = "→ "
"""Stands in a near miss between the words and the id of the topic that they belong to."""
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
    return [line for line in _lines(source) if ARROW not in line]


def near_misses(source: str) -> list[str]:
    """Return the lines that belong elsewhere, with their arrows."""
    return [line for line in _lines(source) if ARROW in line]


def asked_files(asked: Mapping[str, str], folder: str) -> Iterator[tuple[str, str, str]]:
    """Yield the path, the name and the source of each file of a folder, in every language."""
    for language in Language:
        for path, source in asked.items():
            if path.startswith(f"{language}/{FOLDER}/{folder}/"):
                yield path, path.rpartition("/")[2].removesuffix(".txt"), source


def _lines(source: str) -> list[str]:
    return [line.strip() for line in source.splitlines() if line.strip()]
