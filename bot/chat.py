"""The command ``chat``: talks in the terminal or by JSON lines until the input ends."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from contextlib import aclosing, suppress
from pathlib import Path

from bot.clock import today_in_japan
from bot.content import Content, load_content
from bot.keeping.memory import MemoryStore
from bot.keeping.opening import open_store
from bot.keeping.store import Store
from bot.settings import Settings, read_settings
from bot.support import Support
from conversations import Language


def chat(language: Language | None, data: Path | None, *, jsonl: bool) -> int:
    """Run the chat. Raises ``MendableError`` if the content, a setting or the store keeps it from starting."""
    content = load_content()  # before a store is made that nobody could use
    settings = read_settings(os.environ, data)
    content.catalog.hosted_by(settings.operator)
    store = _store(settings, data, content, jsonl=jsonl)
    with suppress(KeyboardInterrupt):  # Ctrl-C is a way to leave
        _run(_talk(Support(content, store, today_in_japan), language, jsonl=jsonl))
    return 0


async def _talk(support: Support, language: Language | None, *, jsonl: bool) -> None:
    async with aclosing(support):
        await support.open()
        if jsonl:
            from adapters import jsonl as lines

            await lines.run(support, lines.lines_of(sys.stdin.buffer), sys.stdout.buffer)
        else:
            from adapters import console

            await console.run(support, language)


def _run(talk: Coroutine[None, None, None]) -> None:
    """Talk to the end. Under ``asyncio.run`` the first Ctrl-C would wait for the next line of a pipe."""
    with asyncio.Runner() as runner:
        runner.get_loop().run_until_complete(talk)


def _store(settings: Settings, data: Path | None, content: Content, *, jsonl: bool) -> Store:
    """JSON lines remember only where the caller named a place: a pipe is often a test."""
    if jsonl and data is None and "TORIKESHI_STORE" not in os.environ:
        return MemoryStore()
    return open_store(settings, content.handbook.details)
