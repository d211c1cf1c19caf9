"""Telegram from the first knock to the last confirmation: opened, talked over, and left in order."""

import asyncio
import logging
from contextlib import suppress

from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from adapters import Service
from adapters.pace import Pace
from adapters.platform import Account, Host
from adapters.telegram.chats import Chats
from adapters.telegram.connection import READ_TIMEOUT, Connection
from adapters.telegram.delivery import A_CHAT, OVERALL, Delivery
from adapters.telegram.incoming import Me
from adapters.telegram.polling import Polling, refused
from adapters.telegram.profile import tell
from adapters.telegram.webhook import Webhook
from adapters.wire import Retry, doubling

log = logging.getLogger(__name__)
API_URL = "https://api.telegram.org"
DRAIN = 3.5
"""Seconds that what is under way gets at the end."""
REPAIR_AFTER = 20.0
"""Seconds after which a reply that Telegram has not taken is shown again."""
UNREACHABLE = Retry(doubling(0.5, 15.0))


async def run(
    service: Service,
    account: Account,
    host: Host,
    *,
    pace: Pace | None = None,
    read_timeout: float = READ_TIMEOUT,
) -> None:
    """See ``Platform``. ``pace`` is Telegram's own unless a local server allows another."""
    token, address = account["token"], f"{(account.get('api_url') or API_URL).rstrip('/')}/bot"
    ways = [Connection(address + token, read_timeout) for _ in ("to buyers", "for updates")]
    try:
        bot = Bot(token, address, request=ways[0], get_updates_request=ways[1])
    except InvalidToken as error:
        raise refused(error) from None
    try:
        if not await _opened(bot, host.stop):
            return
        delivery = Delivery(ways[0], pace or Pace(OVERALL, A_CHAT), host.inbox.counts)
        chats = Chats(service, delivery, host.inbox, Me(bot.id, bot.username))
        if address_of_ours := account.get("webhook"):
            source: Polling | Webhook = Webhook(ways[1], token, address_of_ours, chats.handle, host)
        else:
            source = Polling(ways[1], chats.handle)
        beside = [asyncio.create_task(one) for one in (tell(bot, service.words), _repair(chats, source.alone))]
        try:
            await source.open()
            log.info("telegram: ready")
            host.ready = True
            await source.run(host.stop)
        finally:
            host.ready = False
            chats.end()
            await host.inbox.drain(DRAIN)
            await source.close()
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
    finally:
        await bot.shutdown()


async def _repair(chats: Chats, alone: bool) -> None:  # noqa: FBT001  # inside
    """Show what a process before us could not, and from time to time what got lost on the way.

    Where we are not ``alone``, another process may still be at it.
    """
    older_than = 0.0 if alone else REPAIR_AFTER
    while True:
        await chats.repair(older_than)
        older_than = REPAIR_AFTER
        await asyncio.sleep(REPAIR_AFTER / 2)


async def _opened(bot: Bot, stop: asyncio.Event) -> bool:
    """Ask Telegram who we are, until it answers; False if we are to stop before. Raises ``RefusedError``."""
    opening, stopping = asyncio.create_task(_open(bot)), asyncio.create_task(stop.wait())
    await asyncio.wait({opening, stopping}, return_when=asyncio.FIRST_COMPLETED)
    for task in (opening, stopping):
        task.cancel()
    with suppress(asyncio.CancelledError):
        await opening
        return True
    return False


async def _open(bot: Bot) -> None:
    tries = UNREACHABLE.begin()
    while True:
        try:
            return await bot.initialize()
        except InvalidToken as error:
            raise refused(error) from None
        except TelegramError as error:
            log.warning("telegram cannot be reached (%s)", type(error).__name__)
            await tries.again()
