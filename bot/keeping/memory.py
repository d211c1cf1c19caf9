"""A store in memory, for tests, pipes and single answers."""

from dataclasses import replace

from bot.keeping.store import Saved


class MemoryStore:
    """Keeps chats while the process lives."""

    def __init__(self) -> None:
        """Begin with no chats."""
        self._chats: dict[str, Saved] = {}
        self._notes: dict[str, str] = {}

    def load(self, chat: str) -> Saved | None:
        """See ``Store``."""
        return self._chats.get(chat)

    def save(self, chat: str, saved: Saved) -> bool:
        """See ``Store``."""
        kept = self._chats.get(chat)
        if saved.version != (kept.version if kept else 0):
            return False
        self._chats[chat] = replace(saved, version=saved.version + 1)
        return True

    def forget(self, chat: str) -> None:
        """See ``Store``."""
        self._chats.pop(chat, None)

    def load_note(self, name: str) -> str | None:
        """See ``Store``."""
        return self._notes.get(name)

    def save_note(self, name: str, text: str) -> None:
        """See ``Store``."""
        self._notes[name] = text

    def close(self) -> None:
        """See ``Store``."""
