"""Updates that Telegram brings to us, at an address of ours; any number of processes may stand behind it.

Telegram brings an update again until we say that it is taken. We say so when its effect is kept with its reply.
"""

import asyncio
import hmac
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from adapters.platform import Host
from adapters.telegram.connection import Connection
from adapters.telegram.polling import ALLOWED, Handle, begun, call_until_taken
from adapters.wire import Raw, read

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105  # a header's name
MOST_CONNECTIONS = 100
"""Updates that Telegram may bring at once; its own limit."""


class Webhook:
    """Takes updates at an address that Telegram is told."""

    alone = False
    """Other processes may get updates at the same time."""

    def __init__(self, connection: Connection, token: str, address: str, handle: Handle, host: Host) -> None:
        """Tell nobody yet."""
        self._connection = connection
        self._address = address
        self._handle = handle
        self._host = host
        self._secret = hmac.new(token.encode(), b"webhook", "sha256").hexdigest()

    async def open(self) -> None:
        """Take updates, and tell Telegram where. Raises ``RefusedError``."""
        self._host.posts[urlsplit(self._address).path or "/"] = self.take
        wanted: Raw = {
            "url": self._address,
            "secret_token": self._secret,
            "allowed_updates": ALLOWED,
            "max_connections": MOST_CONNECTIONS,
        }
        await call_until_taken(self._connection, "setWebhook", wanted)

    async def run(self, stop: asyncio.Event) -> None:
        """Take updates until ``stop``."""
        await stop.wait()

    async def close(self) -> None:
        """Take no more. The address stays, for others and the next start: Telegram keeps what it cannot bring."""
        self._host.posts.clear()

    async def take(self, headers: Mapping[str, str], body: bytes) -> int:
        """Take an update that Telegram brings."""
        if not hmac.compare_digest(headers.get(SECRET_HEADER, "").encode(), self._secret.encode()):
            return HTTPStatus.FORBIDDEN
        update = read(body)
        if update is None or not isinstance(update.get("update_id"), int):
            return HTTPStatus.BAD_REQUEST
        if (task := begun(self._handle, update)) is not None:
            await asyncio.wait({task})
            if task.cancelled():
                return HTTPStatus.SERVICE_UNAVAILABLE
        return HTTPStatus.OK
