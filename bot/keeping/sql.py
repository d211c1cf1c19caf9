"""A store in a database; SQLite by default, opened for many readers and one writer (WAL)."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Date,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    create_engine,
    event,
    inspect,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from bot.keeping.store import NewerStoreError, Saved, StoreError
from bot.settings import SettingsError
from conversations import FIRST_LANGUAGE, Answer, Conversation, Language

RELEASE = 1
"""The form of the stored data. A file with a higher number was written by a newer release."""
FORGET_AFTER = timedelta(days=30)
_METADATA = MetaData()
_CHATS = Table(
    "chats",
    _METADATA,
    Column("chat", String(200), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("used_on", Date, nullable=False, index=True),
    Column("language", String(8), nullable=False),
    Column("answers", Text, nullable=False),
    Column("event_ids", Text, nullable=False),
)
_NOTES = Table("notes", _METADATA, Column("name", String(200), primary_key=True), Column("text", Text, nullable=False))
_RELEASE = Table("release", _METADATA, Column("number", Integer, primary_key=True))
_LOAD = _CHATS.select().where(_CHATS.c.chat == bindparam("of_chat"))
_SAVE = _CHATS.update().where(_CHATS.c.chat == bindparam("of_chat")).where(_CHATS.c.version == bindparam("of_version"))
_GUESSED = "?"
"""Stands after a language that nobody chose: the app's, or the one of the first words."""
_SQLITE = sqlite.dialect(paramstyle="named")
_LOAD_NOW = str(_LOAD.compile(dialect=_SQLITE))
_SAVE_NOW = str(_SAVE.compile(dialect=_SQLITE, column_keys=["version", "used_on", "language", "answers", "event_ids"]))
"""The two statements of every event, as SQLite reads them: the way through all layers costs four times as much."""
_FORGET = _CHATS.delete().where(_CHATS.c.chat == bindparam("of_chat"))
_PURGE = _CHATS.delete().where(_CHATS.c.used_on < bindparam("before"))


class SqlStore:
    """Keeps chats in a database; SQLite by default, opened for many readers and one writer (WAL)."""

    def __init__(self, url: str | URL, today: Callable[[], date], forget_after: timedelta = FORGET_AFTER) -> None:
        """Open the database, create it where there is none, and forget the chats that were unused too long.

        Raises ``NewerStoreError`` if a newer release wrote it, before anything is changed, and ``StoreError``
        if it cannot be opened.
        """
        self._today = today
        self._forget_after = forget_after
        self._engine = _engine(make_url(url))
        self._is_sqlite = self._engine.dialect.name == "sqlite"
        self._purged_on: date | None = None
        self._line: Any = None  # SQLite's own connection, kept open
        try:
            with _as_store_error():
                self._open()
                with self._engine.begin() as connection:
                    self._purge(connection)
                if self._is_sqlite:
                    self._line = self._engine.raw_connection().driver_connection
        except (StoreError, NewerStoreError):
            self.close()
            raise

    def load(self, chat: str) -> Saved | None:
        """See ``Store``."""
        with _as_store_error():
            row = self._row(chat)
            if row is None:
                return None
            _, version, used_on, language, answers, event_ids = row
            if used_on < self._today() - self._forget_after:
                return Saved(version=version)
            chosen = language in set(Language)
            conversation = Conversation(_language(language.rstrip(_GUESSED)), _read_answers(answers), chosen)
            return Saved(conversation, tuple(json.loads(event_ids)), version)

    def save(self, chat: str, saved: Saved) -> bool:
        """See ``Store``."""
        today = self._today()
        values: dict[str, Any] = {
            "version": saved.version + 1,
            "used_on": today,
            "language": saved.conversation.language.value + ("" if saved.conversation.chosen else _GUESSED),
            "answers": _write_answers(saved.conversation.answers),
            "event_ids": json.dumps(saved.event_ids),
        }
        with _as_store_error():
            if self._line is not None and saved.version and today == self._purged_on:
                changes = {**values, "used_on": today.isoformat(), "of_chat": chat, "of_version": saved.version}
                with self._line:
                    return bool(self._line.execute(_SAVE_NOW, changes).rowcount == 1)
            with self._engine.begin() as connection:
                if today != self._purged_on:
                    self._purge(connection)
                return self._write(connection, chat, saved.version, values)

    def forget(self, chat: str) -> None:
        """See ``Store``."""
        with _as_store_error(), self._engine.begin() as connection:
            connection.execute(_FORGET, {"of_chat": chat})

    def load_note(self, name: str) -> str | None:
        """See ``Store``."""
        with _as_store_error(), self._engine.begin() as connection:
            row = connection.execute(_NOTES.select().where(_NOTES.c.name == name)).one_or_none()
            return row.text if row else None

    def save_note(self, name: str, text: str) -> None:
        """See ``Store``."""
        change = _NOTES.update().where(_NOTES.c.name == name).values(text=text)
        with _as_store_error(), self._engine.begin() as connection:
            if not connection.execute(change).rowcount:
                connection.execute(_NOTES.insert(), {"name": name, "text": text})

    def close(self) -> None:
        """See ``Store``."""
        self._engine.dispose()

    def _row(self, chat: str) -> tuple[Any, ...] | None:
        """Return a chat's row."""
        if self._line is None:
            with self._engine.connect() as connection:
                found = connection.execute(_LOAD, {"of_chat": chat}).one_or_none()
            return tuple(found) if found is not None else None
        kept: tuple[Any, ...] | None = self._line.execute(_LOAD_NOW, {"of_chat": chat}).fetchone()
        return (*kept[:2], date.fromisoformat(kept[2]), *kept[3:]) if kept else None

    @staticmethod
    def _write(connection: Connection, chat: str, version: int, values: dict[str, Any]) -> bool:
        if version:
            return connection.execute(_SAVE, {"of_chat": chat, "of_version": version, **values}).rowcount == 1
        try:
            connection.execute(_CHATS.insert(), {"chat": chat, **values})
        except IntegrityError:
            return False
        return True

    def _open(self) -> None:
        with self._engine.begin() as connection:
            number = self._release(connection)
        if number is None:
            number = self._create()
        if number > RELEASE:
            message = (
                f"{self._engine.url.database} was written by a newer release of torikeshi (form {number}, this one "
                f"reads up to {RELEASE}). It was left as it is. "
                "Install the newer release, or set another TORIKESHI_STORE."
            )
            raise NewerStoreError(message)
        with self._engine.begin() as connection:
            _NOTES.create(connection, checkfirst=True)  # files of the first weeks have none
        if self._is_sqlite:
            # Needs the file for itself. If another process has it just now, that one does it, or the next start.
            with suppress(OperationalError), self._engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")

    def _create(self) -> int:
        """Create what is missing, all or nothing; another process that starts at the same time waits for it."""
        with self._engine.begin() as connection:
            if self._is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            number = self._release(connection)
            if number is None:
                number = RELEASE
                _METADATA.create_all(connection)
                connection.execute(_RELEASE.insert(), {"number": number})
            return number

    @staticmethod
    def _release(connection: Connection) -> int | None:
        """Return the form of the stored data; None where nothing is stored yet."""
        if not inspect(connection).has_table(_RELEASE.name):
            return None
        number: int | None = connection.execute(_RELEASE.select()).scalar()
        return number

    def _purge(self, connection: Connection) -> None:
        self._purged_on = self._today()
        connection.execute(_PURGE, {"before": self._purged_on - self._forget_after})


def sqlite_url(file: Path) -> URL:
    """Return the address of an SQLite file."""
    return URL.create("sqlite", database=str(file))


def database_url(address: str) -> URL:
    """Read a database's address. Raises ``SettingsError``, which does not repeat it: it may hold a password."""
    try:
        url = make_url(address)
        url.get_dialect().import_dbapi()
    except (ArgumentError, ImportError, ValueError) as error:
        message = f"TORIKESHI_STORE is no database address that works here ({error}). Set a file's path, or unset it."
        raise SettingsError(message) from error
    return url


def _engine(url: URL) -> Engine:
    """Make an engine; one connection for SQLite, which a single thread uses, so that nothing waits for a pool."""
    if url.get_backend_name() != "sqlite":
        return create_engine(url)
    engine = create_engine(url, poolclass=StaticPool, connect_args={"timeout": 5})

    @event.listens_for(engine, "connect")
    def _(connection: Any, _record: object) -> None:  # noqa: ANN401  # the driver's own
        # NORMAL: a power cut may cost the last answers, never the file; a commit then needs no disk sync.
        connection.execute("PRAGMA synchronous=NORMAL")

    return engine


@contextmanager
def _as_store_error() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError, ValueError, TypeError) as error:  # the last two: a damaged row
        raise StoreError(str(getattr(error, "orig", error))) from error


def _write_answers(answers: Sequence[Answer]) -> str:
    return json.dumps([[one.step, one.value] for one in answers], ensure_ascii=False, separators=(",", ":"))


def _read_answers(text: str) -> tuple[Answer, ...]:
    """Read answers; those of steps that this release does not have stay, and do not count."""
    return tuple(Answer(str(step), str(value)) for step, value in json.loads(text))


def _language(code: str) -> Language:
    return Language(code) if code in set(Language) else FIRST_LANGUAGE
