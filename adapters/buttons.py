"""What a button carries: the token of a choice, and a mark that tells the screen's buttons from all others."""

from secrets import token_urlsafe
from zlib import crc32

from adapters import Words
from conversations import Language
from conversations.dialog.replies import Role, role_of

MARK = "#"


def marked(token: str, revision: str) -> str:
    """Return what a button carries. Without a revision it is the token alone.

    >>> marked("status:shipped", "a7"), marked("back", "")
    ('status:shipped#a7', 'back')
    """
    return f"{token}{MARK}{revision}" if revision else token


def unmarked(carried: str) -> tuple[str, str]:
    """Return token and revision; a button of an earlier release has no revision.

    >>> unmarked("status:shipped#a7"), unmarked("back")
    (('status:shipped', 'a7'), ('back', ''))
    """
    token, mark, revision = carried.rpartition(MARK)
    return (token, revision) if mark else (carried, "")


def screen_id() -> str:
    """Return a screen's own id, six letters: no two screens of a chat get the same, also after a restart."""
    return token_urlsafe(4)


def press_id(screen: str, token: str) -> str:
    """Return what a press is known by, however often the same button of the same screen is pressed."""
    return f"p{screen}.{crc32(token.encode()):x}"


def is_worth_repeating(token: str) -> bool:
    """Tell whether a page says above it by which choice it was reached. Ways such as "back" are no such choice."""
    return role_of(token) is Role.ANSWER


def chosen_line(label: str, words: Words, language: Language) -> str:
    """Return the line that says which choice led to a page."""
    return words("service:chosen", language).format(label=label)
