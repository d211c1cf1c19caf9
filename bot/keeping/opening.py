"""Opens the store that the settings name."""

from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.clock import today_in_japan
from bot.keeping.sql import SqlStore, sqlite_url
from bot.keeping.store import Store, StoreError
from bot.settings import Settings, SettingsError


def open_store(settings: Settings) -> Store:
    """Open the store of the settings. Raises ``SettingsError`` for an address that is none, ``NewerStoreError``.

    A store that cannot be opened is no reason to be silent: the chats then go on from memory, and say so.
    """
    url = _url(settings.store) if "://" in settings.store else _file_url(settings.store)
    try:
        return SqlStore(url, today_in_japan, settings.forget_after)
    except StoreError as error:
        return UnusableStore(str(error))


def _file_url(path: str) -> URL:
    """Read a path, and make its folder. Where that fails, opening the file fails too, and says why."""
    try:
        file = Path(path).expanduser()
    except RuntimeError as error:
        message = f"TORIKESHI_STORE is {path!r}, and nobody here has that home folder. Set another path, or unset it."
        raise SettingsError(message) from error
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
    return sqlite_url(file)


def _url(address: str) -> URL:
    """Read a database's address; it is not repeated in an error, for it may hold a password."""
    try:
        url = make_url(address)
        url.get_dialect().import_dbapi()
    except (ArgumentError, ImportError, ValueError) as error:
        message = f"TORIKESHI_STORE is no database address that works here ({error}). Set a file's path, or unset it."
        raise SettingsError(message) from error
    return url


class UnusableStore:
    """Stands for a store that could not be opened: every use of it raises ``StoreError`` with the reason."""

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        self._reason = reason

    def load(self, *_: object) -> NoReturn:
        """Raise ``StoreError``, as every other use does."""
        raise StoreError(self._reason)

    save = forget = load_note = save_note = load

    def close(self) -> None:
        """There is nothing to let go of."""
