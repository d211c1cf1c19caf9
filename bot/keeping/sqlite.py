"""SQLite, in a thread of its own: a slow disk or a lock keeps nobody waiting but the chats that need it."""

import asyncio
import logging
import os
import sqlite3
import stat
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from bot.keeping.database import Row, Values
from bot.keeping.migrating import bring_up
from bot.keeping.schema import statements

log = logging.getLogger(__name__)
OWN_FILE, OWN_FOLDER = 0o600, 0o700
"""Nobody else on the machine reads what buyers told us."""
LOCKED_FOR, OPENED_WITHIN = 1.0, 10.0
"""Seconds to wait for another process that writes, and for one that brings the tables up to its release."""
BUGGY = (3, 51, 3)
"""Releases before this one may, very seldom, damage a file that two processes write and checkpoint at once."""
_T = TypeVar("_T")


class GoneError(OSError):
    """The file was removed or replaced while it was open."""


class SqliteDatabase:
    """A file. ``durable``: a power cut costs nothing, at five times the time of a save; otherwise the last answers."""

    heals = False
    errors: tuple[type[Exception], ...] = (sqlite3.Error, OSError)

    def __init__(self, file: Path, *, durable: bool = False) -> None:
        """Open nothing yet."""
        self._file = file
        self._sync = "FULL" if durable else "NORMAL"
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._line: sqlite3.Connection | None = None
        self._known_as: tuple[int, int] | None = None
        self._words = statements("sqlite")

    @property
    def name(self) -> str:
        """See ``Database``."""
        return str(self._file)

    async def open(self) -> None:
        """See ``Database``."""
        await self._in_thread(self._open)

    async def fetch(self, statement: str, values: Values) -> Sequence[Row]:
        """See ``Database``."""
        return await self._in_thread(self._fetch, statement, values)

    async def change(self, statement: str, *values: Values) -> int:
        """See ``Database``."""
        return await self._in_thread(self._change, statement, values)

    async def wipe(self) -> None:
        """Empty the write-ahead log: what was deleted is overwritten in the file already (``secure_delete``)."""
        await self._in_thread(self._wipe)

    async def close(self) -> None:
        """See ``Database``."""
        await self._in_thread(self._close)

    async def _in_thread(self, work: Callable[..., _T], *arguments: Any) -> _T:  # noqa: ANN401  # handed on
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)

    def _open(self) -> None:
        self._close()
        _own(self._file)
        line = sqlite3.connect(self._file, timeout=OPENED_WITHIN, isolation_level=None, check_same_thread=False)
        try:
            bring_up(line, self.name)
            line.execute("PRAGMA journal_mode=WAL")
            line.execute(f"PRAGMA synchronous={self._sync}")
            line.execute("PRAGMA secure_delete=ON")
            line.execute(f"PRAGMA busy_timeout={int(LOCKED_FOR * 1000)}")
        except BaseException:
            line.close()
            raise
        self._line, self._known_as = line, _identity(self._file)

    def _using(self) -> sqlite3.Connection:
        if self._line is None:
            message = "the file is not open"
            raise sqlite3.ProgrammingError(message)
        if _identity(self._file) != self._known_as:
            message = "the file was removed or replaced"
            raise GoneError(message)
        return self._line

    def _fetch(self, statement: str, values: Values) -> Sequence[Row]:
        one = self._words[statement]
        return self._using().execute(one.words, {**one.fixed, **_plain(values)}).fetchall()

    def _change(self, statement: str, values: Sequence[Values]) -> int:
        one, line = self._words[statement], self._using()
        if len(values) == 1:
            return line.execute(one.words, {**one.fixed, **_plain(values[0])}).rowcount
        line.execute("BEGIN IMMEDIATE")
        try:
            changed = line.executemany(one.words, [{**one.fixed, **_plain(each)} for each in values]).rowcount
        except BaseException:
            line.execute("ROLLBACK")
            raise
        line.execute("COMMIT")
        return changed

    def _wipe(self) -> None:
        self._using().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _close(self) -> None:
        if self._line is not None:
            with suppress(sqlite3.Error):
                self._line.close()
            self._line = None


def _plain(values: Values) -> dict[str, Any]:
    """Return values as SQLite keeps them: a day as text."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _own(file: Path) -> None:
    """Make the file and its folder so that nobody else can read them; where others could, they can no longer."""
    file.parent.mkdir(mode=OWN_FOLDER, parents=True, exist_ok=True)
    try:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, OWN_FILE))
    except FileExistsError:
        if file.is_symlink() and not file.exists():
            message = "it is a link to nothing"
            raise GoneError(message) from None
    for name in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
        with suppress(OSError):
            mode = name.stat().st_mode
            if stat.S_ISREG(mode) and mode & (stat.S_IRWXG | stat.S_IRWXO):
                name.chmod(OWN_FILE)
                log.warning("others could read what buyers told us; no longer", extra={"file": str(name)})


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        now = file.stat()
    except OSError:
        return None
    return now.st_dev, now.st_ino
