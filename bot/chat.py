"""The command ``chat``: talks in the terminal or by JSON lines until the input ends."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from contextlib import closing, suppress
from pathlib import Path

from bot.app import make_support
from bot.content import load_content
from bot.keeping.memory import MemoryStore
from bot.keeping.opening import open_store
from bot.keeping.store import Store
from bot.settings import read_settings
from conversations import Language


def chat(language: Language | None, data: Path | None, *, jsonl: bool) -> int:
    """Run the chat. Raises ``MendableError`` if the content, a setting or the store keeps it from starting."""
    load_content()  # before a store is made that nobody could use
    with suppress(KeyboardInterrupt), closing(_store(data, jsonl=jsonl)) as store:  # Ctrl-C is a way to leave
        support = make_support(store)
        if jsonl:
            from adapters import jsonl as lines

            _run(lines.run(support, sys.stdin.buffer, sys.stdout.buffer))
        else:
            from adapters import console

            _run(console.run(support, language))
    return 0


def _run(talk: Coroutine[None, None, None]) -> None:
    """Talk to the end. Under ``asyncio.run`` the first Ctrl-C would wait for the next line of a pipe."""
    with asyncio.Runner() as runner:
        runner.get_loop().run_until_complete(talk)


def _store(data: Path | None, *, jsonl: bool) -> Store:
    """JSON lines remember only where the caller named a place: a pipe is often a test."""
    if jsonl and data is None and "TORIKESHI_STORE" not in os.environ:
        return MemoryStore()
    return open_store(read_settings(os.environ, data))
