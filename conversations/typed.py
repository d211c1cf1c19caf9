"""Reads what the buyer typed as one of the choices: its number, its label, or another name for it."""

import re
import unicodedata
from collections.abc import Sequence

from conversations.handbook import Handbook
from conversations.replies import Choice

_UNSEEN = re.compile(
    r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_MARKS = re.compile(r"[\s、。,.!?:;・/／'’\"「」()\[\]【】〜~→←…*_-]+")


def visible(text: str) -> str:
    r"""Return the text with full-width forms folded and without characters that nobody sees.

    >>> visible("８１９０\u202e\u200b ok")
    '8190 ok'
    """
    text = re.sub(r"(?<=\d)(?=[¼½¾⅓⅔])", " ", text)  # 42½ is 42 1/2, not 421/2
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).strip()


def name_key(text: str) -> str:
    """Return the form under which a name is looked up: letters and figures only, in one case.

    >>> name_key("To ship!") == name_key("ＴＯ－ＳＨＩＰ")
    True
    """
    return _MARKS.sub("", visible(text).casefold())


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
