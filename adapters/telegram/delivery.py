"""Gets every message out: at the pace that Telegram allows, again where it failed, and no faster after "wait"."""

import logging
from collections import Counter
from collections.abc import Sequence
from typing import Any

from cachetools import LRUCache
from telegram.error import BadRequest, Forbidden, NetworkError, TimedOut

from adapters.pace import MOST_CHATS, Allowance, Pace
from adapters.telegram.connection import Connection, FloodError
from adapters.telegram.outgoing import Screen
from adapters.wire import Raw, Retry, doubling

log = logging.getLogger(__name__)
MESSAGE = Retry(doubling(0.2, 10.0), within=300.0)
"""For how long a message that does not get through is tried."""
OVERALL, A_CHAT = Allowance(29), Allowance(1, at_once=3)
"""Telegram takes about 30 messages a second from one bot, and about one a second for one chat, with short bursts."""
CACHED_FOR = 300
"""Seconds for which Telegram may give the same answers to the same words."""
STRIP = Retry(doubling(0.2, 2.0), within=10.0)
"""For how long old buttons are tried to be taken away: they still work, and the chat's next screen waits for it."""
SPINNER = Retry(doubling(0.1, 2.0), within=15.0)
"""For how long a button's spinner is tried to be stopped: later the app has stopped it by itself."""


class Delivery:
    """Sends, changes and answers. Buyers who blocked us are left in peace until they come back."""

    def __init__(self, connection: Connection, pace: Pace, counts: Counter[str]) -> None:
        """Deliver over a connection; count what went wrong."""
        self._counts = counts
        self._connection = connection
        self._pace = pace
        self.silent: LRUCache[int, None] = LRUCache(MOST_CHATS)
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
        return await self._change(chat, "editMessageReplyMarkup", fields, STRIP)

    async def remove(self, chat: int, message_id: int) -> None:
        """Delete a message of ours that says no more what holds; where that cannot be, its buttons go."""
        if not await self._change(chat, "deleteMessage", {"chat_id": chat, "message_id": message_id}):
            await self.strip(chat, message_id, None)

    async def answer(self, query: str, alert: str = "") -> None:
        """Stop a button's spinner. Too late is no harm: the work is done all the same."""
        fields: Raw = {"callback_query_id": query, **({"text": alert, "show_alert": True} if alert else {})}
        await self._while_waited_for("answerCallbackQuery", fields)

    async def suggest(self, query: str, articles: Sequence[Raw]) -> None:
        """Answer a question that is being typed behind our name; the same words get the same answers for a while.

        Only the same person's do: the next one's app may speak another language.
        """
        kept: Raw = {"cache_time": CACHED_FOR, "is_personal": True}
        fields: Raw = {"inline_query_id": query, "results": articles, **kept}
        await self._while_waited_for("answerInlineQuery", fields)

    async def _while_waited_for(self, method: str, fields: Raw) -> None:
        """Call what is of use only for a moment: a few times, and no error is one."""
        tries, go_on = SPINNER.begin(), True
        while go_on:
            try:
                await self._connection.call(method, fields)
            except (BadRequest, Forbidden):
                return
            except FloodError as error:
                go_on = await tries.again(error.seconds)
            except NetworkError:
                go_on = await tries.again()
            else:
                return

    async def _change(self, chat: int, method: str, fields: Raw, retry: Retry = MESSAGE) -> bool:
        try:
            return await self._deliver(chat, method, fields, retry) is not None
        except BadRequest as error:
            return "not modified" in error.message

    async def _deliver(self, chat: int, method: str, fields: Raw, retry: Retry = MESSAGE, *, new: bool = False) -> Any:  # noqa: ANN401  # JSON
        """Try until it got through; return Telegram's answer. A new message that may have arrived is not sent twice."""
        if chat in self.silent:
            return None
        tries = retry.begin()
        await self._pace.turn(chat, new=new)
        while True:
            try:
                return await self._connection.call(method, fields)
            except Forbidden:
                self.silent[chat] = None
                return None
            except FloodError as error:
                self._counts["429"] += 1
                self._pace.hold(chat, error.seconds)
                await self._pace.turn(chat, new=False)
            except BadRequest:
                raise
            except NetworkError as error:
                if new and isinstance(error, TimedOut):
                    log.warning("a message may not have arrived; not sent again")
                    self._counts["doubtful"] += 1
                    self.doubtful.add(chat)
                    return None
                self._counts["retry"] += 1
                if not await tries.again():
                    raise


def _fields(chat: int, screen: Screen) -> Raw:
    shown: Raw = {"chat_id": chat, "text": screen.text, "link_preview_options": {"is_disabled": True}}
    if screen.entities:
        shown["entities"] = screen.entities
    if screen.keyboard is not None:
        shown["reply_markup"] = screen.keyboard
    return shown
