"""Puts the product together: settings → content → store → support, once."""

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

from bot.content import load_content
from bot.settings import Settings, SettingsError
from bot.store import MemoryStore, SqlStore, Store, StoreError, sqlite_url
from bot.support import Support

_TOKYO = timezone(timedelta(hours=9))


def today_in_japan() -> date:
    """Return the day in the buyer's country, which has no summer time."""
    return datetime.now(UTC).astimezone(_TOKYO).date()


def make_support(store: Store) -> Support:
    """Return the product's front door over a store. Raises ``ContentError`` if the content is wrong."""
    return Support(load_content(), store, today_in_japan)


def open_store(settings: Settings) -> Store:
    """Open the store of the settings. Raises ``SettingsError`` for an address that is none, ``NewerStoreError``.

    A store that cannot be opened is no reason to be silent: the chats then go on from memory, and say so.
    """
    address = settings.store
    if "://" not in address:
        file = Path(address).expanduser()
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            return UnusableStore(f"{file.parent} cannot be made")
        return _open(sqlite_url(file), settings)
    return _open(address, settings)


def _open(url: object, settings: Settings) -> Store:
    try:
        return SqlStore(url, today_in_japan, settings.forget_after)  # type: ignore[arg-type]
    except StoreError as error:
        return UnusableStore(str(error))


class UnusableStore(MemoryStore):
    """Stands for a store that cannot be opened: everything raises ``StoreError``."""
