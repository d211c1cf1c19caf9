"""The bot's commands and descriptions in each language, told to Telegram only where they changed."""

import asyncio
import logging

from telegram import Bot, BotCommand
from telegram.error import TelegramError

from adapters import Words
from adapters.telegram.connection import FloodError
from conversations import Language
from conversations.dialog.commands import LISTED

log = logging.getLogger(__name__)
_SPEAKERS = {"": Language.EN, "ja": Language.JA}
"""Telegram's language codes; the empty one is for everybody else."""


async def tell(bot: Bot, words: Words) -> None:
    """Set what differs. Where Telegram does not take it now, the next start tries again."""
    for code, language in _SPEAKERS.items():
        try:
            await _tell(bot, words, code, language)
        except FloodError as error:
            await asyncio.sleep(error.seconds)
        except TelegramError as error:
            log.warning("commands and descriptions were not set (%s)", type(error).__name__)


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
