"""Puts the product together: settings → content → store → support, once."""

import gc
from contextlib import suppress
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from adapters import Service
from bot.clock import today_in_japan
from bot.content import load_content
from bot.settings import Settings, SettingsError
from bot.store import Saved, SqlStore, Store, StoreError, sqlite_url
from bot.support import Support


def make_support(store: Store) -> Support:
    """Return the product's front door over a store. Raises ``ContentError`` if the content is wrong."""
    return Support(load_content(), store, today_in_japan)


def make_service(store: Store) -> Service:
    """Return all that a chat platform is given. Raises ``ContentError`` if the content is wrong."""
    content, support = load_content(), make_support(store)
    label, topics = content.catalog.label, tuple(content.handbook.topic)
    return Service(support.respond, label, topics, support.spoken, support.suggest, support)


def settle() -> None:
    """Tell the garbage collector that what is loaded stays: looking through it again took a tenth of all the time."""
    gc.collect()
    gc.freeze()


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
    """Stands for a store that could not be opened: every use of it fails with the reason."""

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        self._reason = reason

    def load(self, _chat: str, /) -> Saved | None:
        """Raise ``StoreError``."""
        raise StoreError(self._reason)

    def save(self, _chat: str, _saved: Saved, /) -> bool:
        """Raise ``StoreError``."""
        raise StoreError(self._reason)

    def forget(self, _chat: str, /) -> None:
        """Raise ``StoreError``."""
        raise StoreError(self._reason)

    def load_note(self, _name: str, /) -> str | None:
        """Raise ``StoreError``."""
        raise StoreError(self._reason)

    def save_note(self, _name: str, _text: str, /) -> None:
        """Raise ``StoreError``."""
        raise StoreError(self._reason)

    def close(self) -> None:
        """There is nothing to let go of."""
