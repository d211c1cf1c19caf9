"""Reads typed words as one of the dialog's choices: its number, its label, or another name for it."""

from collections.abc import Mapping, Sequence

from conversations.reading.spelling import name_key, visible

_LONGEST_NUMBER = 2
"""Figures of a choice's number; no screen has a hundred."""


class Names:
    """What buyers call things: words (``spelling.name_key``) to the tokens that they stand for."""

    def __init__(self, tokens: Mapping[str, Sequence[str]]) -> None:
        """Keep the names."""
        self._tokens = tokens

    def number(self, text: str, among: int) -> int | None:
        """Return which of so many choices, from 0, the text is the number of; None if it is none.

        >>> Names({}).number("２", among=3), Names({}).number("4", among=3)
        (1, None)
        """
        plain = visible(text)
        if plain.isascii() and plain.isdigit() and len(plain) <= _LONGEST_NUMBER and 1 <= int(plain) <= among:
            return int(plain) - 1
        return None

    def all(self, text: str) -> Sequence[str]:
        """Return every token that the words may stand for."""
        return self._tokens.get(name_key(text), ())

    def only(self, text: str) -> str | None:
        """Return the token that the words stand for anywhere, if it is just one."""
        tokens = self.all(text)
        return tokens[0] if len(tokens) == 1 else None
