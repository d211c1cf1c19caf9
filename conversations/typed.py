"""Reads what the buyer typed as one of the choices: its number, its label, or another name for it."""

from collections.abc import Sequence

from conversations.handbook import Handbook
from conversations.replies import Choice
from conversations.spelling import name_key, visible


def chosen(text: str, offered: Sequence[Choice], handbook: Handbook, *, numbers: bool) -> str | None:
    """Return the token of the offered choice that the words name, or that has their number; None if none has."""
    plain = visible(text)
    if numbers and plain.isascii() and plain.isdigit() and len(plain) <= 2 and 1 <= int(plain) <= len(offered):  # noqa: PLR2004
        return offered[int(plain) - 1].token
    labels = set(handbook.names.get(name_key(plain), ()))
    return next(
        (one.token for one in offered if one.token == plain or one.label in labels or one.token in labels),
        None,
    )


def named(text: str, handbook: Handbook) -> str | None:
    """Return the token that the words name anywhere in the dialog, if they name just one."""
    tokens = handbook.names.get(name_key(text), ())
    return tokens[0] if len(tokens) == 1 else None
