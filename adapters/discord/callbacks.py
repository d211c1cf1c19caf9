"""The ways out for interactions: the first answer within Discord's three seconds, whatever happens on the way.

Discord gives each interaction an address of its own for one first answer, and for 15 minutes of more messages and
changes. The library's own way repeats an answer only after a second, and not at all where the line broke.
"""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Sequence
from time import monotonic
from typing import Self

import aiohttp
import discord
from discord.http import Route
from yarl import URL

from adapters.discord.interaction import EPHEMERAL, Interaction, Raw

log = logging.getLogger(__name__)
DEFER_AFTER = 1.5
"""Seconds after which we say that the answer is on its way."""
FIRST_WITHIN = 2.9
"""Seconds that Discord waits for a first answer; there is no use in trying longer."""
MORE_WITHIN = 60.0
"""Seconds for which what follows the first answer is tried."""
ATTEMPT, MORE_ATTEMPT = 1.2, 10.0
"""Seconds that one attempt may take. A second one at a first answer must still be in time."""
_PAUSES = (0.0, 0.2, 0.5, 1.0, 2.0)
"""Seconds before each repeat; the first comes at once."""
_HARMLESS = {10062: "late", 10015: "late", 50027: "late", 10008: "gone", 40060: "double"}
"""What Discord says of an answer that comes too late, to a message that is gone, or twice."""
NEW, LATER_NEW, LATER_SAME, SAME, SUGGESTIONS, FORM = 4, 5, 6, 7, 8, 9
"""Discord's kinds of first answers."""
TOO_MANY_REQUESTS, SERVER_FAULT = 429, 500


_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class UnreachableError(Exception):
    """Discord could not be reached in time."""


class Callbacks:
    """Carries answers to interactions over one pool of kept connections; counts what came to nothing."""

    def __init__(self, user_agent: str) -> None:
        """Open nothing yet. Discord wants to know what knocks: ``user_agent``."""
        self._headers = {"Content-Type": "application/json", "User-Agent": user_agent}
        self.counts: Counter[str] = Counter()
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the pool."""
        ways = aiohttp.TCPConnector(limit=256)
        self._session = aiohttp.ClientSession(
            connector=ways, headers=self._headers, cookie_jar=aiohttp.DummyCookieJar()
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        if self._session is not None:
            await self._session.close()

    async def send(self, method: str, path: str, body: Raw, *, within: float, attempt: float) -> bool:
        """Send until it is through; tell whether it counts. Raises ``UnreachableError``, ``discord.DiscordException``.

        An answer that the network swallowed is repeated at once. It may have arrived: Discord then says "double" to
        the repeat, and that is as good. What follows a first answer is rather said twice than never.
        """
        until, tries = monotonic() + within, 0
        while True:
            status, payload = await self._try(method, path, body, attempt)
            if 0 < status < 300:  # noqa: PLR2004  # success, as HTTP says it
                return True
            pause = _PAUSES[min(tries, len(_PAUSES) - 1)]
            if status == TOO_MANY_REQUESTS:
                pause = _wait(payload)
                self.counts["429"] += 1
            elif 0 < status < SERVER_FAULT:
                return self._refused(status, payload) == "double" and tries > 0
            tries += 1
            if monotonic() + pause > until:
                self.counts["unreachable"] += 1
                message = f"status {status} after {tries} tries"
                raise UnreachableError(message)
            await asyncio.sleep(pause)

    async def _try(self, method: str, path: str, body: Raw, attempt: float) -> tuple[int, Raw]:
        """Send once; status 0 where nothing came back."""
        if self._session is None:
            message = "the ways out are closed"
            raise UnreachableError(message)
        timeout = aiohttp.ClientTimeout(total=attempt)
        try:
            data, address = _write(body).encode(), URL(Route.BASE + path, encoded=True)
            async with self._session.request(method, address, data=data, timeout=timeout) as answer:
                if answer.status < 300:  # noqa: PLR2004
                    return answer.status, {}
                return answer.status, _read(await answer.read())
        except (aiohttp.ClientError, OSError, TimeoutError):
            self.counts["lost"] += 1
            return 0, {}

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

    async def show(self, messages: Sequence[Raw]) -> None:
        """Show messages, the first where the answer belongs, the others below."""
        first, *others = messages
        if await self._begin(SAME if self._same else NEW, first):
            for other in others:
                await self._follow(other)

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
            self._begun = True
            return await self._speak(kind, data if kind == SAME else self._hidden(data))
        self._begun = await self._deferring and await self._callbacks.send(
            "PATCH",
            f"{self._more}/messages/@original?with_components=true",
            data,
            within=MORE_WITHIN,
            attempt=MORE_ATTEMPT,
        )
        return self._begun

    async def _speak(self, kind: int, data: Raw) -> bool:
        left = self._until - monotonic()
        return await self._callbacks.send(
            "POST", self._first, {"type": kind, "data": data}, within=left, attempt=ATTEMPT
        )

    async def _follow(self, message: Raw) -> None:
        await self._callbacks.send(
            "POST",
            f"{self._more}?wait=true&with_components=true",
            self._hidden(message),
            within=MORE_WITHIN,
            attempt=MORE_ATTEMPT,
        )

    def _hidden(self, message: Raw) -> Raw:
        return message if self._plain else {**message, "flags": message.get("flags", 0) | EPHEMERAL}


def _read(payload: bytes) -> Raw:
    try:
        parsed = json.loads(payload)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _wait(payload: Raw) -> float:
    try:
        return max(0.0, float(payload["retry_after"]))
    except (ValueError, KeyError, TypeError):
        return 1.0
