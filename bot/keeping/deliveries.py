"""Which replies this process has under way, and which of them arrived: so the store hears of many at once."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from cachetools import LRUCache

from bot.keeping.store import Saved

MOST_CHATS = 10_000
"""Chats that are remembered; of others replies may be shown again."""


class Deliveries:
    """Follows replies from their save to their arrival."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: LRUCache[str, tuple[int, frozenset[int]]] = LRUCache(MOST_CHATS)
        self._arrived: LRUCache[str, set[int]] = LRUCache(MOST_CHATS)
        self._lost: LRUCache[str, None] = LRUCache(MOST_CHATS)
        self._due: dict[str, int] = {}

    def saved(self, chat: str, version: int, saved: Saved) -> None:
        """Note what a chat's outbox holds at a version."""
        self.forget(chat)
        if saved.outbox:
            self._kept[chat] = version, frozenset(one.version for one in saved.outbox)

    def arrived(self, chat: str, version: int) -> bool:
        """Note that the replies of a save arrived; tell whether the store is to be told."""
        if chat not in self._kept:
            return False
        arrived = self._arrived.setdefault(chat, set())
        arrived.add(version)
        kept_at, outbox = self._kept[chat]
        if outbox <= arrived:
            self.forget(chat)
            self._due[chat] = kept_at
        return bool(self._due)

    def lost(self, chat: str) -> None:
        """Note that somebody else may deliver what a chat's outbox holds."""
        self._lost[chat] = None

    def is_under_way(self, chat: str) -> bool:
        """Tell whether we are still at it."""
        return chat in self._kept and chat not in self._lost

    def left(self, chat: str, saved: Saved) -> Saved:
        """Return a chat without the replies that arrived."""
        arrived = self._arrived.get(chat, ())
        if self._due.get(chat) == saved.version:
            return _without(saved, {one.version for one in saved.outbox})
        return _without(saved, arrived) if arrived else saved

    def due(self) -> Sequence[tuple[str, int]]:
        """Return the chats whose outboxes can be emptied, each once."""
        due, self._due = [*self._due.items()], {}
        return due

    def put_back(self, due: Sequence[tuple[str, int]]) -> None:
        """Take back what the store could not be told."""
        self._due = {**dict(due), **self._due}

    def forget(self, chat: str) -> None:
        """Drop all that is known of a chat."""
        for known in (self._kept, self._arrived, self._lost, self._due):
            known.pop(chat, None)


def _without(saved: Saved, arrived: Collection[int]) -> Saved:
    return replace(saved, outbox=tuple(one for one in saved.outbox if one.version not in arrived))
