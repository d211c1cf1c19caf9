"""Gets every message out: at the pace that Telegram allows, again where it failed, and no faster after "wait"."""

import asyncio
import logging
from dataclasses import dataclass
from time import monotonic
from typing import Any

from telegram.error import BadRequest, Forbidden, NetworkError, TimedOut

from adapters.telegram.connection import Connection, FloodError, Raw
from adapters.telegram.outgoing import Screen

log = logging.getLogger(__name__)
_FIRST_PAUSE, _LONGEST_PAUSE, _GIVE_UP_AFTER = 0.2, 10.0, 300.0
"""Seconds between repeats, and for how long a message that does not get through is tried."""
MOST_CHATS = 10_000
"""Chats whose pace is remembered; the oldest are long free to be written to again."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How often something may happen: so many a second in the long run, the first few at once."""

    a_second: float
    at_once: int = 1


OVERALL = Allowance(29)
"""Telegram takes about 30 messages a second from one bot …"""
A_CHAT = Allowance(1, at_once=3)
"""… and about one a second for one chat, with short bursts."""


class Pace:
    """Tells how long to wait before the next message. One chat's wait never holds up another."""

    def __init__(self, overall: Allowance = OVERALL, a_chat: Allowance = A_CHAT) -> None:
        """Begin with every way free."""
        self._overall, self._a_chat = overall, a_chat
        self._overall_next = 0.0
        self._next: dict[int, float] = {}
        self._paused: dict[int, float] = {}

    async def turn(self, chat: int, *, new: bool) -> None:
        """Wait for the turn. Only ``new`` messages count for the chat; changes of a message only overall."""
        if new:
            wait, onward = _slot(self._next.pop(chat, 0.0), self._a_chat)
            self._next[chat] = onward
            if len(self._next) > MOST_CHATS:
                del self._next[next(iter(self._next))]
            await _pause(wait)
        while (wait := self._paused.get(chat, 0.0) - monotonic()) > 0:
            await _pause(wait)
        self._paused.pop(chat, None)
        wait, self._overall_next = _slot(self._overall_next, self._overall)
        await _pause(wait)

    def hold(self, chat: int, seconds: float) -> None:
        """Send nothing to a chat for so long."""
        self._paused[chat] = monotonic() + seconds


def _slot(free_at: float, allowance: Allowance) -> tuple[float, float]:
    """Return how long to wait, and when the next one is free."""
    now, step = monotonic(), 1 / allowance.a_second
    slot = max(free_at, now - (allowance.at_once - 1) * step)
    return max(0.0, slot - now), slot + step


async def _pause(seconds: float) -> None:
    if seconds > 0:
        await asyncio.sleep(seconds)


class Delivery:
    """Sends, changes and answers. Buyers who blocked us are left in peace until they come back."""

    def __init__(self, connection: Connection, pace: Pace) -> None:
        """Deliver over a connection."""
        self._connection = connection
        self._pace = pace
        self.silent: set[int] = set()
        self.doubtful: set[int] = set()
        """Chats whose last message may or may not have arrived."""

    async def send(
        self, chat: int, screen: Screen, *, answers: int | None = None, thread: int | None = None
    ) -> int | None:
        """Send a message; return its id, or None if the buyer cannot be reached."""
        fields = _fields(chat, screen)
        if answers is not None:
            fields["reply_parameters"] = {"message_id": answers, "allow_sending_without_reply": True}
        if thread is not None:
            fields["message_thread_id"] = thread
        sent = await self._deliver(chat, "sendMessage", fields, new=True)
        return sent["message_id"] if sent is not None else None

    async def edit(self, chat: int, message_id: int, screen: Screen) -> bool:
        """Let a message show something else; tell whether it now does. Showing the same is fine."""
        return await self._change(chat, "editMessageText", {**_fields(chat, screen), "message_id": message_id})

    async def strip(self, chat: int, message_id: int, kept: Raw | None) -> bool:
        """Take a message's buttons away, but for those that only copy."""
        fields: Raw = {"chat_id": chat, "message_id": message_id, **({"reply_markup": kept} if kept else {})}
        return await self._change(chat, "editMessageReplyMarkup", fields)

    async def remove(self, chat: int, message_id: int) -> None:
        """Delete a message of ours that says no more what holds; where that cannot be, its buttons go."""
        if not await self._change(chat, "deleteMessage", {"chat_id": chat, "message_id": message_id}):
            await self.strip(chat, message_id, None)

    async def answer(self, query: str, alert: str = "") -> None:
        """Stop a button's spinner. Too late is no harm: the work is done all the same."""
        fields: Raw = {"callback_query_id": query, **({"text": alert, "show_alert": True} if alert else {})}
        for pause in (0.1, 0.4, 1.0, 0.0):
            try:
                await self._connection.call("answerCallbackQuery", fields)
            except (BadRequest, Forbidden):
                return
            except FloodError as error:
                await asyncio.sleep(error.seconds)
            except NetworkError:
                await asyncio.sleep(pause)
            else:
                return

    async def _change(self, chat: int, method: str, fields: Raw) -> bool:
        try:
            return await self._deliver(chat, method, fields, new=False) is not None
        except BadRequest as error:
            return "not modified" in error.message

    async def _deliver(self, chat: int, method: str, fields: Raw, *, new: bool) -> Any:  # noqa: ANN401
        """Try until it got through; return Telegram's answer. A new message that may have arrived is not sent twice."""
        if chat in self.silent:
            return None
        pause, give_up = _FIRST_PAUSE, monotonic() + _GIVE_UP_AFTER
        await self._pace.turn(chat, new=new)
        while True:
            try:
                return await self._connection.call(method, fields)
            except Forbidden:
                self.silent.add(chat)
                return None
            except FloodError as error:
                self._pace.hold(chat, error.seconds)
                await self._pace.turn(chat, new=False)
            except BadRequest:
                raise
            except TimedOut:
                if new:
                    log.warning("a message may not have arrived; not sent again")
                    self.doubtful.add(chat)
                    return None
                await asyncio.sleep(pause)
            except NetworkError:
                if monotonic() > give_up:
                    raise
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)


def _fields(chat: int, screen: Screen) -> Raw:
    shown: Raw = {"chat_id": chat, "text": screen.text, "link_preview_options": {"is_disabled": True}}
    if screen.entities:
        shown["entities"] = screen.entities
    if screen.keyboard is not None:
        shown["reply_markup"] = screen.keyboard
    return shown
