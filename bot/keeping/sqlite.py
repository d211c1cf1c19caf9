"""SQLite: a slow disk or a lock keeps nobody waiting but the chats that need it."""

import asyncio
import logging
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
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
EVERY = 500
"""Changes after which what was written is moved into the file itself."""
_T = TypeVar("_T")


class GoneError(OSError):
    """The file was removed or replaced while it was open."""


class SqliteDatabase:
    """A file. ``durable``: a power cut costs nothing, at five times the time of a save; otherwise the last answers.

    There are two lines to it: a quick one, which never waits for a lock or a disk, for the two statements of every
    event; and one in a thread, for all else, and where the quick one would have to wait.
    """

    heals = False
    errors: tuple[type[Exception], ...] = (sqlite3.Error, OSError)

    def __init__(self, file: Path, *, durable: bool = False) -> None:
        """Open nothing yet."""
        self._file = file
        self._durable = durable
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._line: sqlite3.Connection | None = None
        self._quick: sqlite3.Connection | None = None
        self._known_as: tuple[int, int] | None = None
        self._words = statements("sqlite")
        self._changes = 0

    @property
    def name(self) -> str:
        """See ``Database``."""
        return str(self._file)

    async def open(self) -> None:
        """See ``Database``. Each line is opened and closed where it is used: two threads at one would crash."""
        self._close_quick()
        self._quick = await self._in_thread(self._open)

    async def fetch(self, statement: str, values: Values) -> Sequence[Row]:
        """See ``Database``."""
        if self._quick is not None:
            with suppress(_WouldWaitError):
                return self._fetch(self._using(self._quick), statement, values)
        return await self._in_thread(lambda: self._fetch(self._using(self._line), statement, values))

    async def change(self, statement: str, *values: Values) -> int:
        """See ``Database``."""
        self._changes += 1
        if self._changes % EVERY == 0:
            self._thread.submit(self._checkpoint)
        if self._quick is not None and len(values) == 1:
            with suppress(_WouldWaitError):
                return self._change(self._using(self._quick), statement, values)
        return await self._in_thread(lambda: self._change(self._using(self._line), statement, values))

    async def wipe(self) -> None:
        """Empty the write-ahead log: what was deleted is overwritten in the file already (``secure_delete``)."""
        await self._in_thread(self._wipe)

    async def close(self) -> None:
        """See ``Database``."""
        self._close_quick()
        await self._in_thread(self._close)

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _close_quick(self) -> None:
        if self._quick is not None:
            self._quick.close()
            self._quick = None

    def _open(self) -> sqlite3.Connection | None:
        """Open the line of the thread; return the quick one for the event loop, unless each save waits for the disk."""
        self._close()
        _own(self._file)
        with closing(self._connected(OPENED_WITHIN)) as line:  # its own: what is left of the migration goes with it
            bring_up(line, self.name)
            line.execute("PRAGMA journal_mode=WAL").fetchall()
        self._line = self._set_up(LOCKED_FOR)
        self._known_as = _identity(self._file)
        return None if self._durable else self._set_up(0)

    def _connected(self, patience: float) -> sqlite3.Connection:
        return sqlite3.connect(self._file, timeout=patience, isolation_level=None, check_same_thread=False)

    def _set_up(self, patience: float) -> sqlite3.Connection:
        line = self._connected(patience)
        for setting in (
            f"synchronous={'FULL' if self._durable else 'NORMAL'}",
            "secure_delete=ON",
            "wal_autocheckpoint=0",  # that waits for the disk: it is done in the thread
        ):
            line.execute(f"PRAGMA {setting}").fetchall()
        return line

    def _using(self, line: sqlite3.Connection | None) -> sqlite3.Connection:
        if line is None:
            message = "the file is not open"
            raise sqlite3.ProgrammingError(message)
        if _identity(self._file) != self._known_as:
            message = "the file was removed or replaced"
            raise GoneError(message)
        return line

    def _fetch(self, line: sqlite3.Connection, statement: str, values: Values) -> Sequence[Row]:
        one = self._words[statement]
        with self._quickly(line):
            return line.execute(one.words, {**one.fixed, **_plain(values)}).fetchall()

    def _change(self, line: sqlite3.Connection, statement: str, values: Sequence[Values]) -> int:
        one = self._words[statement]
        if len(values) == 1:
            with self._quickly(line):
                return line.execute(one.words, {**one.fixed, **_plain(values[0])}).rowcount
        line.execute("BEGIN IMMEDIATE")
        try:
            changed = line.executemany(one.words, [{**one.fixed, **_plain(each)} for each in values]).rowcount
        except BaseException:
            line.execute("ROLLBACK")
            raise
        line.execute("COMMIT")
        return changed

    @contextmanager
    def _quickly(self, line: sqlite3.Connection) -> Iterator[None]:
        """Let the quick line say where it would have to wait."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if line is self._quick and error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                raise _WouldWaitError from None
            raise

    def _checkpoint(self) -> None:
        """Move what was written into the file itself, beside everything else."""
        with suppress(sqlite3.Error):
            if self._line is not None:
                self._line.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def _wipe(self) -> None:
        self._using(self._line).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _close(self) -> None:
        if self._line is not None:
            with suppress(sqlite3.Error):
                self._line.close()
            self._line = None


class _WouldWaitError(Exception):
    """Somebody else writes just now."""


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
