"""What a buyer can do: open the conversation, choose a button, write or show words, send what we cannot read."""

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """The languages the product speaks. A language is added here and as a folder in ``messages``."""

    JA = "ja"
    EN = "en"


FIRST_LANGUAGE = Language.JA
"""The language of a buyer of whom nothing is known yet."""


class Attachment(StrEnum):
    """Things a buyer may send that carry no words for us."""

    PHOTO = "photo"
    VIDEO = "video"
    VOICE = "voice"
    STICKER = "sticker"
    LOCATION = "location"
    DOCUMENT = "document"
    CONTACT = "contact"
    POLL = "poll"
    EDIT = "edit"
    """A change of words that were sent before, and answered, and are not the newest."""


@dataclass(frozen=True, slots=True)
class Started:
    """The buyer opened the chat, for the first time or again. ``language`` is None where nothing is known."""

    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Chose:
    """The buyer pressed a button. The token carries its whole meaning, so it works at any age."""

    token: str


JOINED = "+"
"""Stands between the ids of lines that are one event."""


@dataclass(frozen=True, slots=True)
class Wrote:
    """The buyer typed or pasted words, of any length and content; ``more`` are lines that followed at once.

    The id of an event with more lines holds the ids of all, with ``JOINED`` between them.
    """

    text: str
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rewrote:
    """The buyer changed words that they had sent: ``of`` is the id under which those came.

    The id of this event is that one with a dot and something more.
    """

    text: str
    of: str


@dataclass(frozen=True, slots=True)
class Filled:
    """The buyer gave several details of a message to the seller at once, by their names; empty ones are left out."""

    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """The buyer asked a question outright, such as behind a command: it is read as nothing else first."""

    text: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """The buyer showed what the seller wrote."""

    text: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The buyer sent something other than words."""

    attachment: Attachment


Event = Started | Chose | Wrote | Rewrote | Filled | Asked | Quoted | Sent
