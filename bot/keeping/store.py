"""What a store is: it keeps each chat's answers between events, what is still to be shown, and a platform's notes.

A save is compare-and-set: it goes through only if nobody saved since the chat was loaded. Chats that were not used
for so many days are forgotten, and what a buyer typed for a message to the seller after a day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bot.errors import MendableError
from conversations import Conversation, Language
from messages import Message


class StoreError(Exception):
    """The store cannot be read or written just now (disk full, read-only, gone)."""


class NewerStoreError(MendableError):
    """The store was written by a newer release; it is left as it is."""


MOST_EVENT_IDS = 20
"""Ids of a chat's last events that are kept, to apply an event that is delivered twice only once."""
MOST_OUTGOING = 5
"""Replies of a chat that are kept until they are delivered; beyond it the oldest are superseded."""
NEW = Conversation()
"""A chat in which nothing was said."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The replies to one event until the platform took them: which save they belong to, and how they are delivered."""

    version: int
    event_ids: tuple[str, ...]
    route: str
    language: Language
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Saved:
    """What is kept of a chat: its conversation, the ids of its last events, and a version that counts saves.

    ``outbox`` are the replies that are not known to have arrived, oldest first; ``details_until`` is when what was
    typed for the seller has to be gone, in seconds since 1970 (0: nothing was).
    """

    conversation: Conversation = NEW
    event_ids: tuple[str, ...] = ()
    version: int = 0
    outbox: tuple[Outgoing, ...] = ()
    details_until: int = 0

    def spoken_in(self, language: Language | None) -> "Saved":
        """Return the chat in a language, if its buyer has not chosen one."""
        if language is None or self.conversation.chosen:
            return self
        return replace(self, conversation=replace(self.conversation, language=language))


class Store(Protocol):
    """Where chats are kept. Nothing here holds up the event loop."""

    async def open(self) -> None:
        """Open it; every use does so too. Raises ``NewerStoreError``, ``StoreError``."""

    async def load(self, chat: str, /) -> Saved | None:
        """Return what is kept of a chat, or None; of one unused too long only its version. Raises ``StoreError``."""

    async def save(self, chat: str, saved: Saved, /) -> bool:
        """Keep a chat unless it was saved since it was loaded; tell whether it was kept. Raises ``StoreError``."""

    async def forget(self, chat: str, /) -> None:
        """Delete all that is kept of a chat. Raises ``StoreError``."""

    async def delivered(self, chats: Sequence[tuple[str, int]], /) -> None:
        """Empty the outboxes of chats that are still at these versions. Raises ``StoreError``."""

    async def undelivered(self, prefix: str, older_than: float, /) -> Sequence[tuple[str, Saved]]:
        """Return chats whose names begin so and whose outbox is older than so many seconds, each to one asker only.

        Who gets one has as long again to deliver it. Raises ``StoreError``.
        """

    async def load_note(self, name: str, /) -> str | None:
        """Return a platform's note, or None. Raises ``StoreError``."""

    async def save_note(self, name: str, text: str, /) -> None:
        """Keep a platform's note; it does not age. Raises ``StoreError``."""

    @property
    def works(self) -> bool:
        """Tell whether the last use went well."""

    async def close(self) -> None:
        """Let go of the file."""
