"""The environment as settings. A wrong value is named with what to set instead."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from platformdirs import user_data_path

from adapters import PLATFORMS
from adapters.platform import Account, Setting, platform
from bot.errors import MendableError
from messages import Operator

MOST_DAYS = 3650


class SettingsError(MendableError):
    """The operator set something that cannot be used. The message says which and how to mend it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """``store`` is a database's address, or the path of an SQLite file; ``durable`` if it waits for the disk."""

    store: str = field(repr=False)
    forget_after: timedelta
    durable: bool = False
    operator: Operator = field(default_factory=Operator)


def read_settings(environment: Mapping[str, str], data: Path | None = None) -> Settings:
    """Read the settings; ``data`` is a folder that the operator named on the command line. Raises ``SettingsError``."""
    folder = data or user_data_path("torikeshi", appauthor=False)
    store = environment.get("TORIKESHI_STORE", "") if data is None else ""
    file = str(folder / "torikeshi.sqlite3")
    forget_after = _forget_after(environment)
    return Settings(store or file, forget_after, _durable(environment), _operator(environment, forget_after.days))


def _operator(environment: Mapping[str, str], days: int) -> Operator:
    name, contact = (" ".join(environment.get(f"TORIKESHI_{one}", "").split()) for one in ("OPERATOR", "CONTACT"))
    if contact and not name:
        message = "TORIKESHI_CONTACT is set, and TORIKESHI_OPERATOR is not: set who is reached there"
        raise SettingsError(message)
    return Operator(name, contact, days)


def _durable(environment: Mapping[str, str]) -> bool:
    text = environment.get("TORIKESHI_DURABLE", "").strip().casefold()
    if text not in {"", "yes", "no"}:
        message = f"TORIKESHI_DURABLE is {text!r}; it must be yes or no"
        raise SettingsError(message)
    return text == "yes"


def _forget_after(environment: Mapping[str, str]) -> timedelta:
    text = environment.get("TORIKESHI_FORGET_AFTER", "").strip() or "30"
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= MOST_DAYS:
        message = f"TORIKESHI_FORGET_AFTER is {text!r}; it must be a number of days from 1 to {MOST_DAYS}"
        raise SettingsError(message)
    return timedelta(days=int(text))


def read_accounts(environment: Mapping[str, str], names: Sequence[str]) -> dict[str, Account]:
    """Return who we are on each platform: on those named, else on all whose needed settings are there.

    Raises ``SettingsError`` where one is missing or cannot be right.
    """
    for name in names:
        if name not in PLATFORMS:
            message = f"there is no platform {name!r}; there are: {', '.join(PLATFORMS)}"
            raise SettingsError(message)
    accounts = {name: account for name in names or PLATFORMS if (account := _account(name, environment, bool(names)))}
    if not accounts:
        wanted = ", or ".join(f"for {name.title()} {' and '.join(_wanted(name))}" for name in PLATFORMS)
        message = f"No chat platform is set up. Put in .env {wanted}"
        raise SettingsError(message)
    return accounts


def secrets_of(accounts: Mapping[str, Account]) -> list[str]:
    """Return all secrets among the settings: what no log may hold."""
    return [
        accounts[name][setting.name]
        for name in accounts
        for setting in platform(name).SETTINGS
        if setting.secret and accounts[name][setting.name]
    ]


def variable(name: str, setting: Setting) -> str:
    """Return the environment variable of a platform's setting."""
    return f"TORIKESHI_{name.upper()}_{setting.name.upper()}"


def platforms_help() -> str:
    """Return what ``run --help`` says of each platform: its settings, and where to get them. Loads no library."""
    lines = ["platforms, each with its settings in the environment or in .env:"]
    for name in PLATFORMS:
        lines.append(f"  {name}")
        for setting in platform(name).SETTINGS:
            needed = "" if setting.needed else ", optional"
            where = f" ({setting.source})" if setting.source else ""
            lines.append(f"    {variable(name, setting)}{needed}: {setting.meaning}{where}".replace("`", ""))
    return "\n".join(lines)


def _account(name: str, environment: Mapping[str, str], is_named: bool) -> Account | None:  # noqa: FBT001  # inside
    """Read a platform's settings; None if one that is needed is not there, and nobody named the platform."""
    account = {}
    for setting in platform(name).SETTINGS:
        value = environment.get(variable(name, setting), "").strip()
        if setting.needed and not value:
            if not is_named:
                return None
            message = f"{variable(name, setting)} is not set. {setting.source}; put it in .env"
            raise SettingsError(message)
        if value and not setting.takes(value):
            raise SettingsError(_unusable(name, setting))
        account[setting.name] = value
    return account


def _unusable(name: str, setting: Setting) -> str:
    """Say what is wrong with a value, without repeating it."""
    if setting.secret:
        return f"{variable(name, setting)} holds characters that no token has. {setting.source}; copy it whole."
    kind = "like" if setting.form else "an address like"
    return f"{variable(name, setting)} must be {kind} {setting.example}, or unset"


def _wanted(name: str) -> list[str]:
    needed = [setting for setting in platform(name).SETTINGS if setting.needed]
    return [f"{variable(name, setting)} ({setting.source})" for setting in needed]
