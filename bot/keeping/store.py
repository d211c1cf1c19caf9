"""What a store is: it keeps each chat's answers between events, and a platform's notes.

A save is compare-and-set: it goes through only if nobody saved since the chat was loaded. Chats that were
not used for so many days are forgotten. Times are days: nothing finer is needed, and nothing finer is known.
"""

from dataclasses import dataclass, replace
from typing import Protocol

from bot.errors import MendableError
from conversations import Conversation, Language


class StoreError(Exception):
    """The store cannot be read or written just now (disk full, read-only, gone)."""


class NewerStoreError(MendableError):
    """The store was written by a newer release; it is left as it is."""


MOST_EVENT_IDS = 20
"""Ids of a chat's last events that are kept, to apply an event that is delivered twice only once."""
NEW = Conversation()
"""A chat in which nothing was said."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What is kept of a chat: its conversation, the ids of its last events, and a version that counts saves."""

    conversation: Conversation = NEW
    event_ids: tuple[str, ...] = ()
    version: int = 0

    def spoken_in(self, language: Language | None) -> "Saved":
        """Return the chat in a language, if its buyer has not chosen one."""
        if language is None or self.conversation.chosen:
            return self
        return replace(self, conversation=replace(self.conversation, language=language))


class Store(Protocol):
    """Where chats are kept."""

    def load(self, chat: str, /) -> Saved | None:
        """Return what is kept of a chat, or None; of one unused too long only its version. Raises ``StoreError``."""

    def save(self, chat: str, saved: Saved, /) -> bool:
        """Keep a chat unless it was saved since it was loaded; tell whether it was kept. Raises ``StoreError``."""

    def forget(self, chat: str, /) -> None:
        """Delete all that is kept of a chat. Raises ``StoreError``."""

    def load_note(self, name: str, /) -> str | None:
        """Return a platform's note, or None. Raises ``StoreError``."""

    def save_note(self, name: str, text: str, /) -> None:
        """Keep a platform's note; it does not age. Raises ``StoreError``."""

    def close(self) -> None:
        """Let go of the file."""
