"""What is reached by HTTP: whether we live, whether we can work, what we count, and the platforms that come to us."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from typing_extensions import override

from adapters.platform import Host
from bot.hosting import Address
from bot.settings import SettingsError

LONGEST_BODY = 1 << 20
"""Bytes of a request that are taken; an update of Telegram has a few thousand."""
CLOSE_WITHIN = 2
"""Seconds that answers under way get at the end."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The numbers that are told at ``/metrics``, in the form of ``kind``."""

    kind: str
    numbers: Callable[[], bytes]


def application(hosts: Mapping[str, Host], is_kept: Callable[[], bool], counted: Counted) -> Starlette:
    """Return what answers requests. ``is_kept`` tells whether the store can be used now."""

    async def live(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def ready(_: Request) -> Response:
        parts = {"store": is_kept(), **{name: host.ready for name, host in hosts.items()}}
        return JSONResponse(parts, 200 if all(parts.values()) else 503)

    async def metrics(_: Request) -> Response:
        return Response(counted.numbers(), media_type=counted.kind)

    async def take(request: Request) -> Response:
        path = request.url.path
        way = next((host.posts[path] for host in hosts.values() if path in host.posts), None)
        if way is None:
            return Response(status_code=404)
        body = await _body(request)
        return Response(status_code=413 if body is None else await way(request.headers, body))

    return Starlette(
        routes=[
            Route("/healthz", live),
            Route("/readyz", ready),
            Route("/metrics", metrics),
            Route("/{path:path}", take, methods=["POST"]),
        ]
    )


async def _body(request: Request) -> bytes | None:
    """Return what was sent; None where it is too much. It is not read to the end then."""
    parts, size = [], 0
    with suppress(ClientDisconnect):
        async for part in request.stream():
            size += len(part)
            if size > LONGEST_BODY:
                return None
            parts.append(part)
    return b"".join(parts)


class _Server(uvicorn.Server):
    """Leaves signals to the process, which ends all in order."""

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(app: Starlette, at: Address) -> AsyncIterator[int]:
    """Answer requests meanwhile; give the port. Raises ``SettingsError`` where nobody can listen."""
    try:
        listening = socket.create_server((at.host, at.port))
    except OSError as error:
        message = f"TORIKESHI_LISTEN is {at.host}:{at.port}, and nobody can listen there ({error.strerror})."
        raise SettingsError(message) from None
    settings = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=CLOSE_WITHIN,
    )
    server = _Server(settings)
    talk = asyncio.create_task(server.serve([listening]))
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        await talk
