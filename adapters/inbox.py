"""Takes in what buyers do: one buyer's events one after the other, all buyers' at once, each event once.

Whatever goes wrong with one has one way out: the buyer is told a number, and the log has the places under it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from secrets import token_hex

from cachetools import LRUCache

from adapters.traces import where

log = logging.getLogger(__name__)
MOST_EVENTS = 10_000
"""Last events that are remembered, so that one that comes twice counts once."""

Work = Coroutine[None, None, None]
Apology = Callable[[str], Awaitable[None]]
"""Tells the buyer that something went wrong, under a number."""


class Inbox:
    """Orders the work and remembers what came. Nothing here outlasts the process: the store does that."""

    def __init__(self) -> None:
        """Begin empty."""
        self._last: dict[Hashable, asyncio.Task[None]] = {}
        self._under_way: set[asyncio.Task[None]] = set()
        self._came: LRUCache[Hashable, None] = LRUCache(MOST_EVENTS)

    def comes_first(self, event: Hashable) -> bool:
        """Tell whether an event comes for the first time; from now on it does not."""
        if event in self._came:
            return False
        self._came[event] = None
        return True

    def forget(self, event: Hashable) -> None:
        """Take an event for one that never came: who does the same again means it."""
        self._came.pop(event, None)

    def begin(self, who: Hashable, work: Work, apologise: Apology | None = None) -> asyncio.Task[None]:
        """Do some work of a buyer, when all that was begun before of the same one is done."""
        task = asyncio.create_task(self._do(self._last.get(who), work, apologise))
        self._last[who] = task
        self._under_way.add(task)
        task.add_done_callback(lambda task: self._end(who, task))
        return task

    async def drain(self, within: float) -> None:
        """Let what is under way finish, for so many seconds; the rest is let go."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=within)
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _do(self, before: asyncio.Task[None] | None, work: Work, apologise: Apology | None) -> None:
        try:
            if before is not None:
                await asyncio.wait({before})
            await work
        except Exception as error:  # noqa: BLE001  # the one error path: no error of one buyer may reach another
            await _tell(error, apologise)
        finally:
            work.close()  # cancelled while it waited its turn, it was never begun

    def _end(self, who: Hashable, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if self._last.get(who) is task:
            del self._last[who]


async def _tell(error: Exception, apologise: Apology | None) -> None:
    """Log where it went wrong, without anybody's words, and tell the buyer the same number."""
    number = token_hex(3)
    log.error("error %s\n%s", number, where(error))
    if apologise is not None:
        try:
            await apologise(number)
        except Exception as again:  # noqa: BLE001  # the way out itself is broken
            log.error("error %s could not be told\n%s", number, where(again))  # noqa: TRY400  # without its words
