"""Fetches updates; none is confirmed before what it changed is kept, together with its reply.

Telegram forgets the updates before the number that we ask from. So we ask from the oldest that is still worked
on: after a crash all that was not kept comes again, and the ids of events keep it from counting twice.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Any

from telegram.error import BadRequest, Conflict, InvalidToken, TelegramError

from adapters import RefusedError
from adapters.telegram.connection import Connection, FloodError
from adapters.traces import where
from adapters.wire import Raw, Retry, doubling

log = logging.getLogger(__name__)
ALLOWED = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")
LONG_POLL = 30
"""Seconds that Telegram waits for news."""
MOST_AT_ONCE = 1000
"""Updates that may be under way; beyond it nothing is fetched."""
LOOK_AGAIN = 0.1
"""Seconds before asking again while nothing gets finished; what is not confirmed comes again each time."""
QUICK = 0.03
"""Seconds. Where asking takes no longer, it pays to ask as soon as one is finished; otherwise, when all are."""
CONFIRM_WITHIN = 0.5
"""Seconds for the last word at the end."""
UNREACHABLE = Retry(doubling(0.2, 15.0))
Handle = Callable[[Raw], asyncio.Task[None] | None]
"""Begins to answer an update; what it returns ends when it is heard. None if there is nothing to wait for."""


class Polling:
    """Keeps fetching and hands each update to ``handle``."""

    alone = True
    """No other process gets updates at the same time: Telegram sees to that."""

    def __init__(self, connection: Connection, handle: Handle) -> None:
        """Nothing is fetched before ``run``."""
        self._connection = connection
        self._handle = handle
        self._offset = 0
        self._asked = 0
        self._held: set[int] = set()
        self._done: set[int] = set()
        self._under_way = 0
        self._enough = 0
        self._finished = asyncio.Event()

    async def open(self) -> None:
        """Tell Telegram that we fetch. Raises ``RefusedError``."""
        await call_until_taken(self._connection, "deleteWebhook", {})

    async def run(self, stop: asyncio.Event) -> None:
        """Fetch until ``stop``. Raises ``RefusedError``."""
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                fetching = asyncio.create_task(self._round())
                await asyncio.wait({fetching, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if not fetching.done():
                    fetching.cancel()
                with suppress(asyncio.CancelledError):
                    await fetching
        finally:
            stopping.cancel()

    async def close(self) -> None:
        """Confirm at the end what is heard; the rest comes again at the next start."""
        self._confirm()
        if self._offset:
            with suppress(RefusedError, TimeoutError):
                await asyncio.wait_for(self._fetch(0, limit=1), CONFIRM_WITHIN)

    async def _round(self) -> None:
        """Fetch once and start on what is new; let some of it finish before asking again."""
        began = monotonic()
        batch = await self._fetch(0 if self._under_way else LONG_POLL)
        took = monotonic() - began
        for raw in [raw for raw in batch if self._is_new(raw)]:
            self._start(raw)  # none begins before all wait: quick lines of one buyer are answered together
        if not batch and not self._under_way:
            self._offset = 0  # all is confirmed; after a quiet week Telegram begins anew at any number
            self._done.clear()
        await self._progress(1 if took < QUICK else self._under_way)
        self._confirm()

    async def _progress(self, finishing: int) -> None:
        """Let so many of those under way finish, or a moment pass."""
        self._enough = max(self._under_way - finishing, 0)
        self._finished.clear()
        while self._under_way > self._enough:
            try:
                async with asyncio.timeout(LOOK_AGAIN):
                    await self._finished.wait()
            except TimeoutError:
                if self._under_way < MOST_AT_ONCE:
                    return

    async def _fetch(self, seconds: int, limit: int = 100) -> list[Any]:
        """Return the next updates, as Telegram wrote them; wait longer and longer while it cannot be reached."""
        wanted: Raw = {"limit": limit, "timeout": seconds, "allowed_updates": ALLOWED}
        tries = UNREACHABLE.begin()
        while True:
            wanted["offset"] = self._asked = self._next_offset()
            try:
                batch = await self._connection.call("getUpdates", wanted, seconds + 10)
            except (InvalidToken, Conflict) as error:
                raise refused(error) from None
            except FloodError as error:
                await tries.again(error.seconds)
            except TelegramError as error:
                log.warning("no updates just now (%s)", type(error).__name__)
                await tries.again()
            else:
                return batch if isinstance(batch, list) else []

    def _next_offset(self) -> int:
        """Return the oldest unfinished update, or the one before it if that was asked for last: it is long forgotten.

        Whoever asks twice from the same one within half a second gets a single update, the one that he knows.
        """
        return self._offset - 1 if 0 < self._offset == self._asked else self._offset

    def _is_new(self, raw: object) -> bool:
        match raw:
            case {"update_id": int(number)}:
                return number not in self._held and number not in self._done
            case _:
                log.warning("an update without a number was skipped")
                return False

    def _start(self, raw: Raw) -> None:
        number = raw["update_id"]
        self._held.add(number)
        self._under_way += 1
        task = begun(self._handle, raw)
        if task is None:
            self._end(number)
        else:
            task.add_done_callback(lambda task: self._end(number, heard=not task.cancelled()))

    def _end(self, number: int, *, heard: bool = True) -> None:
        self._under_way -= 1
        if heard:
            self._held.discard(number)
            self._done.add(number)
        if self._under_way <= self._enough:
            self._finished.set()

    def _confirm(self) -> None:
        """Ask next time from the oldest update that is under way: all before it are finished."""
        if self._held:
            self._offset = min(self._held)
        elif self._done:
            self._offset = max(self._done) + 1
        self._done = {number for number in self._done if number >= self._offset - 1}


def begun(handle: Handle, update: Raw) -> asyncio.Task[None] | None:
    """Begin to answer an update; one that nobody can read must not hold up the others."""
    try:
        return handle(update)
    except Exception as error:  # noqa: BLE001  # whatever is odd in it
        log.error("an update was not answered\n%s", where(error))  # noqa: TRY400  # without its words
        return None


async def call_until_taken(connection: Connection, method: str, fields: Raw) -> None:
    """Call a method until Telegram takes it. Raises ``RefusedError``."""
    tries = UNREACHABLE.begin()
    while True:
        try:
            await connection.call(method, fields)
        except BadRequest as error:
            message = f"Telegram does not take TORIKESHI_TELEGRAM_WEBHOOK ({error.message}). Correct it, or unset it."
            raise RefusedError(message) from None
        except (InvalidToken, Conflict) as error:
            raise refused(error) from None
        except FloodError as error:
            await tries.again(error.seconds)
        except TelegramError as error:
            log.warning("telegram cannot be reached (%s)", type(error).__name__)
            await tries.again()
        else:
            return


def refused(error: TelegramError) -> RefusedError:
    """Say why Telegram lets us in no more, and what to do."""
    if isinstance(error, Conflict):
        message = (
            "Telegram: another program receives this bot's messages already (a second torikeshi, or a webhook). "
            "Stop it, then start again."
        )
    else:
        message = "Telegram refuses TORIKESHI_TELEGRAM_TOKEN. Copy it again from @BotFather (/mybots → API Token)."
    return RefusedError(message)
