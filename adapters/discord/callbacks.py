"""The answers to interactions: in three seconds, again where they got lost, "it will come" after a moment."""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic
from typing import Self

import aiohttp
import discord
from discord.http import Route

from adapters.discord.interaction import EPHEMERAL, Interaction
from adapters.wire import (
    FAILED_FROM,
    SERVER_FAULT,
    TOO_MANY_REQUESTS,
    Raw,
    Retry,
    UnsentError,
    Wire,
    asked_wait,
    read,
    write,
)

log = logging.getLogger(__name__)
DEFER_AFTER = 1.5
"""Seconds after which we say that the answer is on its way."""
FIRST_WITHIN = 2.9
"""Seconds that Discord waits for a first answer; there is no use in trying longer."""
ATTEMPT, MORE_ATTEMPT = aiohttp.ClientTimeout(total=1.2), aiohttp.ClientTimeout(total=10.0)
"""How long one attempt may take. A second one at a first answer must still be in time."""
ANSWER = Retry((0.0, 0.2, 0.5, 1.0, 2.0), within=60.0)
"""The first repeat comes at once; what follows a first answer is tried for a minute."""
_HARMLESS = {10062: "late", 10015: "late", 50027: "late", 10008: "gone", 40060: "double"}
"""What Discord says of an answer that comes too late, to a message that is gone, or twice."""
NEW, LATER_NEW, LATER_SAME, SAME, SUGGESTIONS, FORM = 4, 5, 6, 7, 8, 9
"""Discord's kinds of first answers."""


class UnreachableError(Exception):
    """Discord could not be reached in time."""


class Callbacks:
    """Carries answers to interactions."""

    def __init__(self, user_agent: str, counts: Counter[str]) -> None:
        """Open nothing yet; count what went wrong. Discord wants to know what knocks: ``user_agent``."""
        self._wire = Wire({"User-Agent": user_agent})
        self.counts = counts

    async def __aenter__(self) -> Self:
        """Open the way out."""
        self._wire.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        await self._wire.close()

    async def send(
        self,
        method: str,
        path: str,
        body: Raw,
        *,
        within: float | None = None,
        attempt: aiohttp.ClientTimeout = MORE_ATTEMPT,
    ) -> bool:
        """Send until it is through; tell whether it counts. Raises ``UnreachableError``, ``discord.DiscordException``.

        An answer that the network swallowed is repeated at once. It may have arrived: Discord then says "double" to
        the repeat, and that is as good. What follows a first answer is rather said twice than never.
        """
        tries, status, wait = ANSWER.begin(within), 0, None
        while True:
            try:
                status, payload = await self._wire.exchange(method, Route.BASE + path, write(body), attempt)
            except UnsentError:
                self.counts["lost"] += 1
                status, wait = 0, None
            else:
                if status < FAILED_FROM:
                    return True
                if status != TOO_MANY_REQUESTS and status < SERVER_FAULT:
                    return self._refused(status, read(payload) or {}) == "double" and tries.failed > 0
                wait = asked_wait(read(payload)) if status == TOO_MANY_REQUESTS else None
                self.counts[str(status)] += 1
            if not await tries.again(wait):
                self.counts["unreachable"] += 1
                message = f"status {status} after {tries.failed} tries"
                raise UnreachableError(message)

    def _refused(self, status: int, payload: Raw) -> str:
        """Note an answer that came to nothing, where that is a normal day; return what it was."""
        harm = _HARMLESS.get(payload.get("code", 0))
        if harm is None:
            message = f"status {status}, code {payload.get('code')}"
            raise discord.DiscordException(message)
        self.counts[harm] += 1
        log.info("discord: an answer was %s", harm)
        return harm


class Answer:
    """One interaction's way out. If nothing was said after a moment, it says by itself that something will come."""

    def __init__(self, callbacks: Callbacks, interaction: Interaction) -> None:
        """Begin to watch the time."""
        self._callbacks = callbacks
        self._first = f"/interactions/{interaction.id}/{interaction.token}/callback"
        self._more = f"/webhooks/{interaction.application}/{interaction.token}"
        self._same, self._plain = interaction.same, interaction.plain
        self._until = monotonic() + FIRST_WITHIN
        self._begun = False
        self._deferring: asyncio.Task[bool] | None = None
        self._watch = asyncio.get_running_loop().call_later(DEFER_AFTER, self._defer)

    async def show(self, messages: Sequence[Raw]) -> bool:
        """Show messages, the first where the answer belongs, the others below; tell whether they are seen."""
        first, *others = messages
        seen = await self._begin(SAME if self._same else NEW, first)
        for other in others if seen else ():
            await self._follow(other)
        return seen

    async def say(self, message: Raw) -> None:
        """Say something beside the page, which stays as it is."""
        if self._deferring is not None and self._same and await self._deferring:
            self._begun = True
        if self._begun:
            await self._follow(message)
        else:
            await self._begin(NEW, message)

    async def only(self, kind: int, data: Raw) -> None:
        """Give a first answer of another kind: suggestions, a form."""
        self.close()
        await self._speak(kind, data)

    def close(self) -> None:
        """Stop watching the time."""
        self._watch.cancel()

    def _defer(self) -> None:
        self._callbacks.counts["deferred"] += 1
        kind, hidden = (LATER_SAME, {}) if self._same else (LATER_NEW, self._hidden({}))
        self._deferring = asyncio.create_task(self._speak(kind, hidden))

    async def _begin(self, kind: int, data: Raw) -> bool:
        """Give the first answer, or what was said to come; tell whether it counts."""
        self.close()
        if self._deferring is None:
            self._begun = await self._speak(kind, data if kind == SAME else self._hidden(data))
            return self._begun
        path = f"{self._more}/messages/@original?with_components=true"
        self._begun = await self._deferring and await self._callbacks.send("PATCH", path, data)
        return self._begun

    async def _speak(self, kind: int, data: Raw) -> bool:
        left, body = self._until - monotonic(), {"type": kind, "data": data}
        return await self._callbacks.send("POST", self._first, body, within=left, attempt=ATTEMPT)

    async def _follow(self, message: Raw) -> None:
        path = f"{self._more}?wait=true&with_components=true"
        await self._callbacks.send("POST", path, self._hidden(message))

    def _hidden(self, message: Raw) -> Raw:
        return message if self._plain else {**message, "flags": message.get("flags", 0) | EPHEMERAL}


async def show_late(callbacks: Callbacks, route: str, messages: Sequence[Raw]) -> None:
    """Show messages in answer to an interaction of which only ``application/token`` is known any more.

    It opens the way for a quarter of an hour, to who asked alone.
    """
    first, *others = messages
    with suppress(UnreachableError, discord.DiscordException):
        if await callbacks.send("PATCH", f"/webhooks/{route}/messages/@original?with_components=true", first):
            for other in others:
                hidden = {**other, "flags": other.get("flags", 0) | EPHEMERAL}
                await callbacks.send("POST", f"/webhooks/{route}?wait=true&with_components=true", hidden)
