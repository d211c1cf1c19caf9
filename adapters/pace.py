"""How often a platform lets us send: overall and to one chat, with bursts, and the waits that it asks for."""

import asyncio
from dataclasses import dataclass
from time import monotonic

from cachetools import LRUCache

MOST_CHATS = 10_000
"""Chats whose pace is remembered; the oldest are long free to be written to again."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How often something may happen: so many a second in the long run, the first few at once."""

    a_second: float
    at_once: int = 1


class Pace:
    """Tells how long to wait before the next message. One chat's wait never holds up another."""

    def __init__(self, overall: Allowance, a_chat: Allowance) -> None:
        """Begin with every way free: what may be sent ``overall``, and to one chat."""
        self._overall, self._a_chat = overall, a_chat
        self._overall_next = 0.0
        self._next: LRUCache[int, float] = LRUCache(MOST_CHATS)
        self._paused: dict[int, float] = {}

    async def turn(self, chat: int, *, new: bool) -> None:
        """Wait for the turn. Only ``new`` messages count for the chat; changes of a message only overall."""
        if new:
            wait, self._next[chat] = slot(self._next.get(chat, 0.0), self._a_chat)
            await _pause(wait)
        while (wait := self._paused.get(chat, 0.0) - monotonic()) > 0:
            await _pause(wait)
        self._paused.pop(chat, None)
        wait, self._overall_next = slot(self._overall_next, self._overall)
        await _pause(wait)

    def hold(self, chat: int, seconds: float) -> None:
        """Send nothing to a chat for so long."""
        self._paused[chat] = monotonic() + seconds


def slot(free_at: float, allowance: Allowance) -> tuple[float, float]:
    """Return how many seconds to wait, and when the next one is free."""
    now, step = monotonic(), 1 / allowance.a_second
    turn = max(free_at, now - (allowance.at_once - 1) * step)
    return max(0.0, turn - now), turn + step


async def _pause(seconds: float) -> None:
    if seconds > 0:
        await asyncio.sleep(seconds)
