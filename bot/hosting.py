"""The settings of the running process: how much it takes of one buyer, where it is reached, how it writes its log."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.inbox import Fairness
from bot.settings import SettingsError

FORMS = ("console", "json")
LEVELS = ("INFO", "DEBUG", "WARNING", "ERROR")
HIGHEST_PORT = 65535
LISTEN = "127.0.0.1:8080"
"""Where we listen if a platform comes to us and nobody says where."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where requests come in."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Hosting:
    """``listen`` is None where nothing comes in by HTTP."""

    fairness: Fairness
    listen: Address | None
    log_as_json: bool
    log_level: str


def read_hosting(environment: Mapping[str, str], *, is_reached: bool = False) -> Hosting:
    """Read the settings; ``is_reached`` if a platform comes to us. Raises ``SettingsError``."""
    usual = Fairness()
    fairness = Fairness(
        _number(environment, "TORIKESHI_MOST_WAITING", usual.waiting),
        _number(environment, "TORIKESHI_MOST_A_MINUTE", usual.a_minute),
    )
    listen = environment.get("TORIKESHI_LISTEN", "").strip() or (LISTEN if is_reached else "")
    form = _one_of(environment, "TORIKESHI_LOG", FORMS)
    level = _one_of(environment, "TORIKESHI_LOG_LEVEL", LEVELS)
    return Hosting(fairness, _address(listen) if listen else None, form == "json", level)


def _number(environment: Mapping[str, str], name: str, usual: int) -> int:
    text = environment.get(name, "").strip() or str(usual)
    if not re.fullmatch(r"[0-9]{1,6}", text) or not int(text):
        message = f"{name} is {text!r}; it must be a number from 1 to 999999"
        raise SettingsError(message)
    return int(text)


def _one_of(environment: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    text = environment.get(name, "").strip() or choices[0]
    found = [one for one in choices if one.casefold() == text.casefold()]
    if not found:
        message = f"{name} is {text!r}; it must be {' or '.join(choices)}"
        raise SettingsError(message)
    return found[0]


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    if not host or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > HIGHEST_PORT:
        message = f"TORIKESHI_LISTEN is {text!r}; it must be like {LISTEN}"
        raise SettingsError(message)
    return Address(host.strip("[]"), int(port))
