"""The bot's commands and descriptions in each language, told to Telegram only where they changed."""

import logging

from telegram import Bot, BotCommand
from telegram.error import TelegramError

from adapters import Words
from adapters.telegram.connection import FloodError
from adapters.wire import Retry, doubling
from conversations import Language
from conversations.dialog.commands import LISTED

log = logging.getLogger(__name__)
UNTAKEN = Retry(doubling(0.5, 300.0))
_SPEAKERS = {"": Language.EN, "ja": Language.JA}
"""Telegram's language codes; the empty one is for everybody else."""


async def tell(bot: Bot, words: Words) -> None:
    """Set what differs, however long it takes until Telegram takes it."""
    for code, language in _SPEAKERS.items():
        tries, told = UNTAKEN.begin(), False
        while not told:
            try:
                await _tell(bot, words, code, language)
                told = True
            except FloodError as error:
                await tries.again(error.seconds)
            except TelegramError as error:
                log.warning("commands and descriptions are not set yet (%s)", type(error).__name__)
                await tries.again()


async def _tell(bot: Bot, words: Words, code: str, language: Language) -> None:
    commands = tuple(BotCommand(name, words(f"command:{name}", language)) for name in LISTED)
    if await bot.get_my_commands(language_code=code) != commands:
        await bot.set_my_commands(commands, language_code=code)
    text = words("telegram:description", language)
    if (await bot.get_my_description(code)).description != text:
        await bot.set_my_description(text, code)
    text = words("telegram:short_description", language)
    if (await bot.get_my_short_description(code)).short_description != text:
        await bot.set_my_short_description(text, code)
