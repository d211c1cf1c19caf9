"""Telegram. An update goes polling → incoming → desk → (the dialog) → outgoing → delivery → connection."""

import asyncio
import logging
from contextlib import suppress

from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from adapters import Account, Service
from adapters.telegram.connection import READ_TIMEOUT, Connection
from adapters.telegram.delivery import Delivery, Pace
from adapters.telegram.desk import Desk
from adapters.telegram.incoming import Me
from adapters.telegram.polling import Polling, refused
from adapters.telegram.profile import tell

log = logging.getLogger(__name__)
API_URL = "https://api.telegram.org"
_PAUSE, _LONGEST_PAUSE = 0.5, 15.0


async def run(
    service: Service,
    account: Account,
    stop: asyncio.Event,
    *,
    pace: Pace | None = None,
    read_timeout: float = READ_TIMEOUT,
) -> None:
    """See ``Platform``. ``pace`` is Telegram's own unless a local server allows another."""
    address = f"{(account.api_url or API_URL).rstrip('/')}/bot"
    ways = [Connection(address + account.token, read_timeout) for _ in ("to buyers", "for updates")]
    try:
        bot = Bot(account.token, address, request=ways[0], get_updates_request=ways[1])
    except InvalidToken as error:
        raise refused(error) from None
    try:
        if not await _opened(bot, stop):
            return
        log.info("telegram: ready")
        desk = Desk(service, Delivery(ways[0], pace or Pace()), Me(bot.id, bot.username))
        telling = asyncio.create_task(tell(bot, service.words))
        try:
            await Polling(ways[1], desk.handle).run(stop)
        finally:
            await desk.finish()
            telling.cancel()
            with suppress(asyncio.CancelledError):
                await telling
    finally:
        await bot.shutdown()


async def _opened(bot: Bot, stop: asyncio.Event) -> bool:
    """Ask Telegram who we are, until it answers; False if we are to stop before. Raises ``RefusedError``."""
    pause = _PAUSE
    while not stop.is_set():
        try:
            await bot.initialize()
        except InvalidToken as error:
            raise refused(error) from None
        except TelegramError as error:
            log.warning("telegram cannot be reached (%s)", type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        else:
            return True
    return False
