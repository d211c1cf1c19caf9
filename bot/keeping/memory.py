"""A store in memory, for tests, pipes and single answers."""

import time
from collections.abc import Sequence
from dataclasses import replace

from bot.keeping.store import Saved


class MemoryStore:
    """Keeps chats while the process lives."""

    works = True

    def __init__(self) -> None:
        """Begin with no chats."""
        self._chats: dict[str, Saved] = {}
        self._sent_at: dict[str, float] = {}
        self._notes: dict[str, str] = {}

    async def open(self) -> None:
        """See ``Store``."""

    async def load(self, chat: str) -> Saved | None:
        """See ``Store``."""
        return self._chats.get(chat)

    async def save(self, chat: str, saved: Saved) -> bool:
        """See ``Store``."""
        kept = self._chats.get(chat)
        if saved.version != (kept.version if kept else 0):
            return False
        self._chats[chat] = replace(saved, version=saved.version + 1)
        self._sent_at[chat] = time.monotonic()
        return True

    async def forget(self, chat: str) -> None:
        """See ``Store``."""
        self._chats.pop(chat, None)

    async def delivered(self, chats: Sequence[tuple[str, int]]) -> None:
        """See ``Store``."""
        for chat, version in chats:
            kept = self._chats.get(chat)
            if kept is not None and kept.version == version:
                self._chats[chat] = replace(kept, outbox=())

    async def undelivered(self, prefix: str, older_than: float) -> Sequence[tuple[str, Saved]]:
        """See ``Store``."""
        now = time.monotonic()
        late = [
            (chat, saved)
            for chat, saved in self._chats.items()
            if saved.outbox and chat.startswith(prefix) and now - self._sent_at[chat] >= older_than
        ]
        self._sent_at.update((chat, now) for chat, _ in late)
        return late

    async def load_note(self, name: str) -> str | None:
        """See ``Store``."""
        return self._notes.get(name)

    async def save_note(self, name: str, text: str) -> None:
        """See ``Store``."""
        self._notes[name] = text

    async def close(self) -> None:
        """See ``Store``."""
