"""Takes in what buyers do: one buyer's events one after the other, all buyers' at once, each event once.

Nobody may send so much that others wait: beyond a bound a buyer's events are not taken in, and they are told once.
Whatever goes wrong with one has one way out: the buyer is told a number, and the log has the places under it.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from dataclasses import dataclass
from enum import Enum, auto
from secrets import token_hex
from time import monotonic

from cachetools import LRUCache, TTLCache

from adapters.pace import Allowance, slot
from adapters.traces import where

log = logging.getLogger(__name__)
MOST_EVENTS = 10_000
"""Last events that are remembered, so that one that comes twice counts once."""

MOST_BUYERS = 10_000
"""Buyers whose last minute is remembered."""
TOLD_FOR = 60.0
"""Seconds in which a buyer who sends too much is told so only once."""

Work = Coroutine[None, None, None]
Apology = Callable[[str], Awaitable[None]]
"""Tells the buyer that something went wrong, under a number."""


@dataclass(frozen=True, slots=True)
class Fairness:
    """How much of one buyer is taken in: so many events that wait for their turn, and so many a minute.

    Nobody taps so often by hand: the first third of a minute's events may come at once.
    """

    waiting: int = 5
    a_minute: int = 120

    @property
    def allowance(self) -> Allowance:
        """The same as so many a second, and so many at once."""
        return Allowance(self.a_minute / 60, at_once=max(1, self.a_minute // 3))


class Admission(Enum):
    """Whether an event is taken in; where not, whether its buyer is still to be told."""

    TAKEN = auto()
    TO_BE_TOLD = auto()
    TOLD = auto()


class Inbox:
    """Orders the work and remembers what came. Nothing here outlasts the process: the store does that."""

    def __init__(self, fairness: Fairness | None = None) -> None:
        """Begin empty."""
        self._fairness = fairness or Fairness()
        self.counts: Counter[str] = Counter()
        """How often what went wrong: for the operator, by a name of the kind."""
        self._queued: Counter[Hashable] = Counter()
        self._free_at: LRUCache[Hashable, float] = LRUCache(MOST_BUYERS)
        self._told: TTLCache[Hashable, None] = TTLCache(MOST_BUYERS, TOLD_FOR)
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

    def admits(self, who: Hashable, *also: Hashable) -> Admission:
        """Tell whether one more event of a buyer is taken in; what is ``also`` theirs waits with it."""
        wait, free_at = slot(self._free_at.get(who, 0.0), self._fairness.allowance)
        if not wait and sum(self._queued.get(one, 0) for one in (who, *also)) < self._fairness.waiting:
            self._free_at[who] = free_at
            return Admission.TAKEN
        self.counts["flood"] += 1
        told = who in self._told
        self._told[who] = None
        return Admission.TOLD if told else Admission.TO_BE_TOLD

    def __len__(self) -> int:
        """Return how much is under way."""
        return len(self._under_way)

    def is_flooded(self, who: Hashable) -> bool:
        """Tell whether a buyer sent too much just now."""
        return who in self._told

    def under_way(self, who: Hashable) -> asyncio.Task[None] | None:
        """Return the last that was begun of a buyer; None if all is done."""
        return self._last.get(who)

    def begin(self, who: Hashable, work: Work, apologise: Apology | None = None) -> asyncio.Task[None]:
        """Do some work of a buyer, when all that was begun before of the same one is done."""
        task = asyncio.create_task(self._do(self._last.get(who), work, apologise))
        self._last[who] = task
        self._queued[who] += 1
        self._under_way.add(task)
        task.add_done_callback(lambda task: self._end(who, task))
        return task

    async def drain(self, within: float) -> None:
        """Let what is under way finish, and what it begins, for so many seconds; the rest is let go."""
        until = monotonic() + within
        while self._under_way and (left := until - monotonic()) > 0:
            await asyncio.wait(self._under_way, timeout=left)
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _do(self, before: asyncio.Task[None] | None, work: Work, apologise: Apology | None) -> None:
        try:
            if before is not None:
                await asyncio.wait({before})
            await work
        except Exception as error:  # noqa: BLE001  # the one error path: no error of one buyer may reach another
            self.counts["error"] += 1
            await _tell(error, apologise)
        finally:
            work.close()  # cancelled while it waited its turn, it was never begun

    def _end(self, who: Hashable, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._queued[who] -= 1
        if not self._queued[who]:
            del self._queued[who]
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
