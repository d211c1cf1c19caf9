"""The line to Discord: opened, kept open, and given up where only a fresh start can help."""

import asyncio
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from time import monotonic
from types import MappingProxyType
from typing import Any

import aiohttp
import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from adapters import LostError, RefusedError
from adapters.platform import Account, Host
from adapters.traces import where
from adapters.wire import Raw, Retry, doubling

log = logging.getLogger(__name__)
API_URL = "https://discord.com"
PATIENCE = 180.0
"""Seconds without the gateway after which a supervisor does better than waiting: a fresh start knocks at once."""
UNREACHABLE = Retry(doubling(0.5, 15.0))
BROKEN = Retry(doubling(0.5, 60.0))
"""How soon the gateway is tried again where the library gave up; Discord takes a token away that knocks too often."""
_REFUSED_TOKEN = 4004
_FORBIDDEN = 4014
_REFUSED: Mapping[int, str] = MappingProxyType(
    {
        4010: "the shards of TORIKESHI_DISCORD_SHARDS are none of this bot's. Correct or unset it",
        4012: "this release speaks a version of the gateway that is gone. Install a newer one",
        4013: "this release asks for events that do not exist. Install a newer one",
        _FORBIDDEN: "the bot may not receive the events it needs. Look at https://discord.com/developers/applications "
        "(your application → Bot → Privileged Gateway Intents)",
    }
)
"""Discord's closings for which trying again is no use, and what to do."""
_TROUBLES = (discord.HTTPException, discord.GatewayNotFound, aiohttp.ClientError, OSError)  # TimeoutError is one

# The library tells its debugging log all that is said, and addresses that hold an interaction's token.
for _name in ("client", "gateway", "http", "webhook.async_"):
    logging.getLogger(f"discord.{_name}").addFilter(lambda record: record.levelno > logging.DEBUG)
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # we never speak


class Gateway:
    """Discord's gateway, and since when it is silent."""

    def __init__(self, account: Account, host: Host, patience: float = PATIENCE) -> None:
        """Open nothing yet; tell the host when it is open."""
        self._account = account
        self._host = host
        self._patience = patience
        self._silent_since: float | None = monotonic()
        self._tries = BROKEN.begin()
        Route.BASE = f"{(account.get('api_url') or API_URL).rstrip('/')}/api/v10"

    async def login(self) -> discord.Client:
        """Tell Discord who we are, until it answers. Raises ``RefusedError``."""
        tries = UNREACHABLE.begin()
        while True:
            try:
                return await self._login()
            except discord.LoginFailure:
                raise refused() from None
            except _TROUBLES as error:
                log.warning("discord cannot be reached (%s)", type(error).__name__)
            await tries.again()

    async def listen(self, client: discord.Client, hear: Callable[[Raw], None]) -> None:
        """Hear events until the client is closed, interactions as they are. Raises ``RefusedError``, ``LostError``."""
        for heard in (self.on_connect, self.on_resumed, self.on_disconnect, self.on_error):
            client.event(heard)
        _guard(client, hear)
        while not client.is_closed():
            try:
                await client.connect()
            except discord.ConnectionClosed as error:
                if error.code == _REFUSED_TOKEN:
                    raise refused() from None
                if error.code in _REFUSED:
                    raise _closed(error.code) from None
                message = f"Discord closed the gateway for good (code {error.code}). Start again."
                raise LostError(message) from None
            except discord.PrivilegedIntentsRequired:
                raise _closed(_FORBIDDEN) from None
            except Exception as error:  # noqa: BLE001  # the library gives up on some that only need another try
                log.warning("discord: the gateway is tried again (%s)", type(error).__name__)
                with suppress(Exception):
                    await client.ws.close()
                await self._tries.again()

    async def watch(self) -> None:
        """Return never; raises ``LostError`` when the gateway was silent for too long."""
        while True:
            await asyncio.sleep(min(1.0, self._patience / 10))
            if self._silent_since is not None and monotonic() - self._silent_since > self._patience:
                break
        message = f"Discord's gateway could not be reached for {self._patience:.0f} seconds. Start again."
        raise LostError(message)

    async def on_error(self, event: str, /, *_: object) -> None:
        """Log what went wrong in reading an event, without anybody's words."""
        error = sys.exc_info()[1] or Exception()
        log.error("discord: %s was not answered\n%s", event, where(error))

    async def on_connect(self) -> None:
        """Note a new session."""
        log.info("discord: ready")
        self._silent_since, self._tries, self._host.ready = None, BROKEN.begin(), True

    async def on_resumed(self) -> None:
        """Note that the session goes on; Discord has sent what was missed."""
        self._silent_since, self._host.ready = None, True

    async def on_disconnect(self) -> None:
        """Note that the line broke, the first time in a row."""
        self._host.ready = False
        if self._silent_since is None:
            self._silent_since = monotonic()

    async def _login(self) -> discord.Client:
        """Log in once, with as many connections as Discord asks for."""
        client = _client(discord.Client)
        try:
            await client.login(self._account["token"])
            count, url, _ = await client.http.get_bot_gateway()
            ours, count = _shards(self._account.get("shards", ""), count)
            if count > 1:
                await client.close()
                client = _client(discord.AutoShardedClient, shard_count=count, shard_ids=ours)
                await client.login(self._account["token"])
        except BaseException:
            await client.close()
            raise
        DiscordWebSocket.DEFAULT_GATEWAY = URL(self._account.get("gateway_url") or url)
        return client


def _shards(wanted: str, count: int) -> tuple[Sequence[int], int]:
    """Return which shards are ours, and of how many: all that Discord asks for where nothing else is wanted.

    >>> _shards("", 2), _shards("4-7/16", 2), _shards("0/1", 1)
    (([0, 1], 2), ([4, 5, 6, 7], 16), ([0], 1))
    """
    if not wanted:
        return [*range(count)], count
    ours, _, of = wanted.partition("/")
    first, _, last = ours.partition("-")
    return [*range(int(first), int(last or first) + 1)], int(of)


def refused() -> RefusedError:
    """Say why Discord lets us in no more, and what to do."""
    message = (
        "Discord refuses TORIKESHI_DISCORD_TOKEN. Make a new one at "
        "https://discord.com/developers/applications (your application → Bot → Reset Token)."
    )
    return RefusedError(message)


def _closed(code: int) -> RefusedError:
    return RefusedError(f"Discord closed the gateway (code {code}): {_REFUSED[code]}.")


def _client(kind: Callable[..., discord.Client], **more: Any) -> discord.Client:  # noqa: ANN401  # passed on
    """Return a client that hears no more than we need and remembers nothing. None of its intents is privileged."""
    return kind(
        intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True),
        allowed_mentions=discord.AllowedMentions.none(),
        max_messages=None,
        member_cache_flags=discord.MemberCacheFlags.none(),
        chunk_guilds_at_startup=False,
        **more,
    )


def _guard(client: discord.Client, hear: Callable[[Raw], None]) -> None:
    """Take interactions as they are, and skip an event that nobody can read: it would break the line, for all."""
    parsers: dict[str, Callable[[Any], None]] = client._connection.parsers  # noqa: SLF001  # there is no other way

    def guarded(name: str, parse: Callable[[Any], None]) -> Callable[[Any], None]:
        def read(data: Any) -> None:  # noqa: ANN401  # any JSON
            try:
                parse(data)
            except Exception as error:  # noqa: BLE001  # whatever is odd in it
                log.error("discord: an event %s could not be read\n%s", name, where(error))  # noqa: TRY400  # without its words

        return read

    parsers["INTERACTION_CREATE"] = hear
    for name, parse in [*parsers.items()]:
        parsers[name] = guarded(name, parse)
