"""Carries requests to the Bot API over the shared wire: 12 times as fast as the library's own way at 256 in flight."""

import logging
from typing import Any

import aiohttp
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from typing_extensions import override

from adapters.wire import OK, TOO_MANY_REQUESTS, DoubtfulError, Raw, UnsentError, Wire, asked_wait, read, write

READ_TIMEOUT = 20.0
"""Seconds to wait for an answer. A send that takes longer may have arrived, so it is long rather than short."""
CONNECT_TIMEOUT = 5.0
_ERRORS: dict[int, type[TelegramError]] = {
    400: BadRequest,
    401: InvalidToken,
    403: Forbidden,
    404: InvalidToken,
    409: Conflict,
}

# The library tells its debugging log the address with the token, and all that is sent.
logging.getLogger("telegram.Bot").addFilter(lambda record: record.levelno > logging.DEBUG)


class FloodError(TelegramError):
    """Telegram asks to wait."""

    def __init__(self, seconds: float) -> None:
        """Keep how many seconds to wait."""
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


class Connection(BaseRequest):
    """The way out: for raw calls, and for the library's ``Bot``."""

    def __init__(self, address: str, read_timeout: float = READ_TIMEOUT) -> None:
        """Open nothing yet. ``address`` ends with the token; an answer may take ``read_timeout`` seconds."""
        self._address = address
        self._read_timeout = read_timeout
        self._patience = _patience(read_timeout)
        self._wire = Wire()

    @property
    @override
    def read_timeout(self) -> float:
        return self._read_timeout

    @override
    async def initialize(self) -> None:
        self._wire.open()

    @override
    async def shutdown(self) -> None:
        await self._wire.close()

    async def call(self, method: str, fields: Raw, read_timeout: float | None = None) -> Any:  # noqa: ANN401  # JSON
        """Call a method of the Bot API; return its result. Raises ``TelegramError``, as ``do_request`` does."""
        patience = self._patience if read_timeout is None else _patience(read_timeout)
        code, payload = await self._exchange("POST", f"{self._address}/{method}", write(fields), patience)
        answer = self.parse_json_payload(payload)
        if code != OK:
            raise _ERRORS.get(code, NetworkError)(str(answer.get("description")))
        return answer.get("result")

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
        return await self._exchange(method, url, write(request_data.parameters) if request_data else None)

    @staticmethod
    @override
    def parse_json_payload(payload: bytes) -> Raw:
        """Read an answer; the library's own way would log one that is no JSON, with the buyer's words in it."""
        answer = read(payload)
        if answer is None:
            message = "Telegram's answer is no JSON"
            raise NetworkError(message)
        return answer

    async def _exchange(
        self, method: str, url: str, body: bytes | None, patience: aiohttp.ClientTimeout | None = None
    ) -> tuple[int, bytes]:
        try:
            code, payload = await self._wire.exchange(method, url, body, patience or self._patience)
        except DoubtfulError:
            raise TimedOut from None
        except UnsentError as error:
            raise NetworkError(str(error)) from None
        if code == TOO_MANY_REQUESTS:
            raise FloodError(asked_wait(read(payload)))
        return code, payload


def _patience(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, connect=CONNECT_TIMEOUT, sock_read=seconds)
