"""What the product says, in words: messages with their buttons and the English to send."""

from dataclasses import dataclass
from datetime import date

from conversations import Role


@dataclass(frozen=True, slots=True)
class Button:
    """A choice with its label in the buyer's language (20 characters at most)."""

    token: str
    label: str
    role: Role = Role.ANSWER


@dataclass(frozen=True, slots=True)
class Draft:
    """A message for the buyer to send: the English, to be copied whole, and what it means."""

    id: str
    send: str
    meaning: str


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Message:
    """One message to show: CommonMark text, buttons, a draft, and the numbers of the facts that it states.

    ``days`` are the days that the text names, by the words for them, for platforms that show days in their own way.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    draft: Draft | None = None
    cites: tuple[str, ...] = ()
    days: tuple[tuple[str, date], ...] = ()
