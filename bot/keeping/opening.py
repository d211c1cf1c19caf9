"""Which store the settings name."""

from collections.abc import Collection
from pathlib import Path

from bot.clock import today_in_japan
from bot.keeping.database import Database
from bot.keeping.sql import SqlStore
from bot.settings import Settings, SettingsError

POSTGRES = ("postgresql", "postgres", "postgresql+psycopg")
_NEEDED = "a file's path, or an address like postgresql://user:password@host/database"


def open_store(settings: Settings, details: Collection[str] = ()) -> SqlStore:
    """Return the store of the settings; it opens itself at its first use. Raises ``SettingsError``."""
    return SqlStore(_database(settings), today_in_japan, settings.forget_after, details)


def _database(settings: Settings) -> Database:
    """Return the database; only its own library is loaded. No error repeats an address: it may hold a password."""
    scheme, is_address, rest = settings.store.partition("://")
    if is_address and scheme in POSTGRES:
        return _postgres(settings.store)
    if is_address and scheme != "sqlite":
        message = f"TORIKESHI_STORE is no database address that works here. Set {_NEEDED}, or unset it."
        raise SettingsError(message)
    from bot.keeping.sqlite import SqliteDatabase

    if is_address and (not rest.startswith("/") or "?" in rest):
        message = f"TORIKESHI_STORE is no file's address like sqlite:///chats.sqlite3. Set {_NEEDED}, or unset it."
        raise SettingsError(message)
    return SqliteDatabase(_file(rest[1:] if is_address else settings.store), durable=settings.durable)


def _postgres(address: str) -> Database:
    try:
        from bot.keeping.postgres import PostgresDatabase
    except ImportError:
        message = "TORIKESHI_STORE is for PostgreSQL, and its driver is missing: pip install 'psycopg[binary,pool]'"
        raise SettingsError(message) from None
    try:
        return PostgresDatabase(address)
    except ValueError:
        message = (
            "TORIKESHI_STORE is no database address that can be read. In the password, write @ as %40, : as %3A, "
            f"/ as %2F and % as %25. Set {_NEEDED}, or unset it."
        )
        raise SettingsError(message) from None


def _file(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        message = f"TORIKESHI_STORE is {path!r}, and nobody here has that home folder. Set another path, or unset it."
        raise SettingsError(message) from error
