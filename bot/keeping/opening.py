"""Opens the store that the settings name."""

from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from bot.clock import today_in_japan
from bot.keeping.store import Store, StoreError
from bot.settings import Settings, SettingsError


def open_store(settings: Settings) -> Store:
    """Open the store of the settings. Raises ``SettingsError`` for an address that is none, ``NewerStoreError``.

    A store that cannot be opened is no reason to be silent: the chats then go on from memory, and say so.
    """
    from bot.keeping.sql import SqlStore, database_url, sqlite_url

    url = database_url(settings.store) if "://" in settings.store else sqlite_url(_file(settings.store))
    try:
        return SqlStore(url, today_in_japan, settings.forget_after)
    except StoreError as error:
        return UnusableStore(str(error))


def _file(path: str) -> Path:
    """Read a path, and make its folder. Where that fails, opening the file fails too, and says why."""
    try:
        file = Path(path).expanduser()
    except RuntimeError as error:
        message = f"TORIKESHI_STORE is {path!r}, and nobody here has that home folder. Set another path, or unset it."
        raise SettingsError(message) from error
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
    return file


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
