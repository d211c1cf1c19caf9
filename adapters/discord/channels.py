"""Messages to channels: direct ones, and the invitation where somebody called us. The library keeps the pace."""

from collections.abc import Sequence
from zlib import crc32

import aiohttp
import discord
from discord.http import Route

from adapters.discord.callbacks import UnreachableError
from adapters.wire import SERVER_FAULT, TOO_MANY_REQUESTS, Raw, Retry

MESSAGE = Retry((0.1, 0.5, 2.0, 5.0), endless=False)
"""How often is tried again what the library does not repeat by itself."""


class Channels:
    """Sends messages. Each carries a mark by which Discord takes a repeat for what it is."""

    def __init__(self, client: discord.Client) -> None:
        """Send in the name of a client."""
        self._http = client.http

    async def send(self, channel: int, messages: Sequence[Raw], once: str) -> None:
        """Send messages in order; ``once`` names what they answer. Raises ``discord.Forbidden`` where we may not."""
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel)
        for number, message in enumerate(messages):
            mark = f"{crc32(once.encode()):x}.{number}"
            await self._request(route, {**message, "nonce": mark, "enforce_nonce": True})

    async def send_to(self, user: int, messages: Sequence[Raw], once: str) -> bool:
        """Send direct messages; tell whether the user takes them."""
        opened = await self._request(Route("POST", "/users/@me/channels"), {"recipient_id": str(user)})
        try:
            await self.send(int(opened["id"]), messages, once)
        except discord.Forbidden:
            return False
        return True

    async def _request(self, route: Route, body: Raw) -> Raw:
        tries = MESSAGE.begin()
        while True:
            try:
                answer: Raw = await self._http.request(route, json=body)
            except discord.HTTPException as error:
                if error.status < SERVER_FAULT and error.status != TOO_MANY_REQUESTS:
                    raise
            except (aiohttp.ClientError, OSError):
                pass
            else:
                return answer
            if not await tries.again():
                message = f"{tries.failed} tries"
                raise UnreachableError(message)
