"""The commands ``store …``: what an operator does with the kept chats, also while the bot runs."""

import asyncio
import json
import sqlite3
import tempfile
from collections.abc import Coroutine
from contextlib import aclosing, closing
from pathlib import Path
from typing import Any, TypeVar

from bot.errors import MendableError
from bot.keeping.migrating import refuse_newer
from bot.keeping.opening import open_store
from bot.keeping.sql import SqlStore
from bot.keeping.sqlite import OWN_FILE
from bot.keeping.store import StoreError
from bot.run import read_environment
from bot.settings import Settings, read_settings

_T = TypeVar("_T")


class StoreErrandError(MendableError):
    """What was asked of the store cannot be done. The message says why."""


def backup(file: Path) -> int:
    """Write all that is kept into a file, whole or not at all. Raises ``MendableError``."""
    if not file.parent.is_dir():
        message = f"{file.parent} is no folder."
        raise StoreErrandError(message)
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        half = Path(folder) / "half"
        chats = _run(_copy(_settings(), Settings(str(half), _settings().forget_after)))
        with closing(sqlite3.connect(half)) as line:
            line.execute("PRAGMA journal_mode=DELETE")
        _check(half)
        half.chmod(OWN_FILE)
        half.replace(file)
    print(f"{chats} chats are in {file}, and it can be read.")
    return 0


def restore(file: Path) -> int:
    """Take the chats of a backup that are newer than those kept, or gone from there. Raises ``MendableError``."""
    if not file.is_file():
        message = f"{file} is no file."
        raise StoreErrandError(message)
    _check(file)
    with tempfile.TemporaryDirectory() as folder:  # the backup itself is not even opened for writing
        copied = Path(folder) / "backup"
        copied.touch(OWN_FILE)
        copied.write_bytes(file.read_bytes())
        chats = _run(_copy(Settings(str(copied), _settings().forget_after), _settings()))
    print(f"{chats} chats of {file} are kept again.")
    return 0


def copy(source: str, target: str) -> int:
    """Copy all chats from one store to another; what is there already is passed over. Raises ``MendableError``."""
    after = _settings().forget_after
    chats = _run(_copy(Settings(source, after), Settings(target, after)))
    print(f"{chats} chats are in the other store.")
    return 0


def export(chat: str) -> int:
    """Print all that is kept of a chat, as JSON. Raises ``MendableError``."""
    print(json.dumps(_run(_export(chat)), ensure_ascii=False, indent=2))
    return 0


def forget(chat: str) -> int:
    """Delete all that is kept of a chat. Raises ``MendableError``."""
    _run(_forget(chat))
    print(f"Nothing is kept of {chat} any more.")
    return 0


async def _copy(source: Settings, target: Settings) -> int:
    """Copy, and compare the counts; return how many chats the target has of the source."""
    async with _opened(source) as old, _opened(target) as new:
        for name, text in (await old.notes()).items():
            if await new.load_note(name) is None:
                await new.save_note(name, text)
        copied = 0
        async for rows in old.rows():
            await new.put(rows)
            copied += len(rows)
        kept = await new.count()
    if kept < copied:
        message = f"Only {kept} of {copied} chats arrived. Run it again."
        raise StoreErrandError(message)
    return copied


async def _export(chat: str) -> dict[str, Any]:
    async with _opened(_settings()) as store:
        saved = await store.load(chat)
    if saved is None:
        raise StoreErrandError(_unknown(chat))
    return {
        "chat": chat,
        "language": saved.conversation.language,
        "answers": [[answer.step, answer.value] for answer in saved.conversation.answers],
        "events": list(saved.event_ids),
        "replies_under_way": [message.text for one in saved.outbox for message in one.messages],
    }


async def _forget(chat: str) -> None:
    async with _opened(_settings()) as store:
        if await store.load(chat) is None:
            raise StoreErrandError(_unknown(chat))
        await store.forget(chat)


def _unknown(chat: str) -> str:
    return f"Nothing is kept of {chat!r}. Chats are called telegram:<id> or discord:<id>."


def _opened(settings: Settings) -> aclosing[SqlStore]:
    return aclosing(open_store(settings))


def _settings() -> Settings:
    return read_settings(read_environment())


def _run(errand: Coroutine[None, None, _T]) -> _T:
    try:
        return asyncio.run(errand)
    except StoreError as error:
        message = f"The store cannot be used: {error}."
        raise StoreErrandError(message) from None


def _check(file: Path) -> None:
    """Raise ``StoreErrandError`` if a file is no sound store."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as line:
            if line.execute("PRAGMA quick_check").fetchall() != [("ok",)]:
                raise sqlite3.DatabaseError
            (form,) = line.execute("SELECT max(number) FROM release").fetchone()
    except sqlite3.Error:
        message = f"{file} is no sound backup of torikeshi."
        raise StoreErrandError(message) from None
    refuse_newer(form, str(file))
