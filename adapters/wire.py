"""The way to a platform's API: kept connections, JSON, and how often something is tried again.

Nothing here logs: addresses hold tokens, and bodies hold a buyer's words.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, repeat
from time import monotonic
from typing import Any

import aiohttp
from yarl import URL

Raw = dict[str, Any]
"""An object of a platform as it goes over the wire; the libraries' own objects cost more than all of a reply."""
MOST_CONNECTIONS = 256
OK, FAILED_FROM, TOO_MANY_REQUESTS, SERVER_FAULT = 200, 300, 429, 500
UNTOLD_WAIT = 1.0
"""Seconds to wait where a platform asks to wait and does not say how long."""
_JSON = {"Content-Type": "application/json"}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class UnsentError(Exception):
    """A request did not get through. The message is the kind of error, without address and words."""


class DoubtfulError(UnsentError):
    """Nothing came back in time: the request may have arrived."""


class Wire:
    """One pool of kept connections."""

    def __init__(self, headers: Mapping[str, str] | None = None) -> None:
        """Open nothing yet. ``headers`` go along with each request."""
        self._headers = {**_JSON, **(headers or {})}
        self._session: aiohttp.ClientSession | None = None

    def open(self) -> None:
        """Open the pool, unless it is open."""
        if self._session is None:
            connector, no_cookies = aiohttp.TCPConnector(limit=MOST_CONNECTIONS), aiohttp.DummyCookieJar()
            self._session = aiohttp.ClientSession(connector=connector, headers=self._headers, cookie_jar=no_cookies)

    async def close(self) -> None:
        """Close it."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def exchange(
        self, method: str, url: str, body: bytes | None, patience: aiohttp.ClientTimeout
    ) -> tuple[int, bytes]:
        """Send a request; return the status and what came back. Raises ``UnsentError``, ``DoubtfulError``."""
        if self._session is None:
            message = "the connection is closed"
            raise UnsentError(message)
        try:
            address = URL(url, encoded=True)
            async with self._session.request(method, address, data=body, timeout=patience) as answer:
                return answer.status, await answer.read()
        except aiohttp.ConnectionTimeoutError as error:
            raise UnsentError(type(error).__name__) from None
        except TimeoutError as error:
            raise DoubtfulError(type(error).__name__) from None
        except (aiohttp.ClientError, OSError) as error:
            raise UnsentError(type(error).__name__) from None


def write(fields: Raw) -> bytes:
    """Return an object as JSON; letters that no text can hold become "?"."""
    return _encode(fields).encode(errors="replace")


def read(payload: bytes) -> Raw | None:
    """Return the object that came back; None where it is none."""
    try:
        parsed = json.loads(payload)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


def asked_wait(answer: Raw | None) -> float:
    """Return the seconds for which a platform that is asked too often wants to be left in peace.

    >>> asked_wait({"retry_after": 0.4}), asked_wait({"parameters": {"retry_after": 3}}), asked_wait(None)
    (0.4, 3.0, 1.0)
    """
    try:
        told = answer or {}
        return max(0.0, float(told.get("parameters", told)["retry_after"]))
    except (AttributeError, ValueError, KeyError, TypeError):
        return UNTOLD_WAIT


@dataclass(frozen=True, slots=True)
class Retry:
    """How often something is tried again: after so many seconds each (the last repeats), for so long in all.

    Without ``endless`` it is tried no more often than there are ``pauses``.
    """

    pauses: tuple[float, ...]
    within: float = float("inf")
    endless: bool = True

    def begin(self, within: float | None = None) -> "Tries":
        """Begin to try; ``within`` takes the place of the value's own."""
        return Tries(self, self.within if within is None else within)


class Tries:
    """The tries of one thing so far."""

    def __init__(self, retry: Retry, within: float) -> None:
        """Begin to measure the time."""
        self.failed = 0
        self._until = monotonic() + within
        self._pauses = chain(retry.pauses, repeat(retry.pauses[-1]) if retry.endless else ())

    async def again(self, wait: float | None = None) -> bool:
        """Wait until the next try (``wait`` seconds if the platform says so); False where trying on is no use."""
        self.failed += 1
        pause = next(self._pauses, None) if wait is None else wait
        if pause is None or monotonic() + pause > self._until:
            return False
        await asyncio.sleep(pause)
        return True


def doubling(first: float, longest: float) -> tuple[float, ...]:
    """Return pauses that double up to the longest.

    >>> doubling(0.5, 3.0)
    (0.5, 1.0, 2.0, 3.0)
    """
    pauses = [first]
    while pauses[-1] < longest:
        pauses.append(min(pauses[-1] * 2, longest))
    return tuple(pauses)
