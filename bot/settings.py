"""The environment as settings. A wrong value is named with what to set instead."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from platformdirs import user_data_path

from bot.errors import MendableError

MOST_DAYS = 3650


class SettingsError(MendableError):
    """The operator set something that cannot be used. The message says which and how to mend it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """``store`` is a database's address, or the path of an SQLite file."""

    store: str
    forget_after: timedelta


def read_settings(environment: Mapping[str, str], data: Path | None = None) -> Settings:
    """Read the settings; ``data`` is a folder that the operator named on the command line. Raises ``SettingsError``."""
    folder = data or user_data_path("torikeshi", appauthor=False)
    store = environment.get("TORIKESHI_STORE", "") if data is None else ""
    return Settings(store or str(folder / "torikeshi.sqlite3"), _forget_after(environment))


def _forget_after(environment: Mapping[str, str]) -> timedelta:
    text = environment.get("TORIKESHI_FORGET_AFTER", "").strip() or "30"
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= MOST_DAYS:
        message = f"TORIKESHI_FORGET_AFTER is {text!r}; it must be a number of days from 1 to {MOST_DAYS}"
        raise SettingsError(message)
    return timedelta(days=int(text))
