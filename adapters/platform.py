"""What the module of a chat platform tells of itself: what it needs, what it can show, which words are its own."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from importlib import import_module
from typing import Protocol, cast

from adapters import PLATFORMS, Response, Service, Words
from adapters.inbox import Inbox

SECRET = r"[!-~]+"  # noqa: S105  # a form, no secret: letters without spaces, as every platform hands them out
ADDRESS = r"{scheme}s?://[^\s/?#@]+(/[^\s?#]*)?"


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of a platform, set as ``TORIKESHI_<PLATFORM>_<NAME>``.

    ``meaning`` is told in README's table, ``source`` tells the operator where to get it. A secret is never repeated,
    neither in an error nor in the log. Others have the ``form`` (a pattern) of their ``example``; without one they are
    addresses, with the example's scheme.
    """

    name: str
    meaning: str
    source: str = ""
    secret: bool = False
    needed: bool = False
    example: str = ""
    form: str = ""

    def takes(self, value: str) -> bool:
        """Tell whether a value has the form of such a setting; it may still be a wrong one."""
        scheme = self.example.partition("://")[0]
        form = self.form or (SECRET if self.secret else ADDRESS.replace("{scheme}", scheme))
        return re.fullmatch(form, value, re.ASCII) is not None


Account = Mapping[str, str]
"""Who we are on a platform: the values of its settings by name; empty where one is not set."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a platform can show; None where it sets no limit."""

    letters: int | None = None
    """Characters of one message's text."""
    label: int | None = None
    """Characters of a button's label."""
    token: int | None = None
    """Bytes that a button can carry, with the mark that tells screens apart."""
    buttons: int | None = None
    """Buttons under all that one event led to."""
    messages: int | None = None
    """Messages that one event may lead to."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as a platform shows it: its text, and what each button says and carries."""

    text: str
    buttons: Sequence[tuple[str, str]] = ()


Take = Callable[[Mapping[str, str], bytes], Awaitable[int]]
"""Takes in what a platform sends to us, by headers (in small letters) and body; returns the HTTP status to answer."""


@dataclass(slots=True)
class Host:
    """What a platform finds in the process that runs it, and what it tells of itself there.

    ``stop`` is set when it is to end. All that buyers do goes through the ``inbox``. A platform that is reached by
    HTTP notes its paths in ``posts``; ``ready`` while it is connected.
    """

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    inbox: Inbox = field(default_factory=Inbox)
    posts: dict[str, Take] = field(default_factory=dict)
    ready: bool = False


class Platform(Protocol):
    """The module of a chat platform. Importing it loads no library: that is for ``run`` and ``shown``."""

    SETTINGS: Sequence[Setting]
    LIMITS: Limits
    WORDS: Mapping[str, str]
    """The sections of ``words.toml`` that are the platform's own, and the form of a word in each (a pattern)."""

    async def run(self, service: Service, account: Account, host: Host) -> None:
        """Talk until the host says stop, then finish what is under way. Raises ``RefusedError``, ``LostError``."""

    def shown(self, response: Response, words: Words) -> Sequence[Shown]:
        """Return the messages that a response leads to, as the platform shows them."""


def platform(name: str) -> Platform:
    """Return a platform by its name in ``PLATFORMS``."""
    return cast("Platform", import_module(PLATFORMS[name]))


def misfits(limits: Limits, shown: Sequence[Shown]) -> Iterator[str]:
    """Yield what of a response does not fit on a platform.

    >>> [*misfits(Limits(letters=4, buttons=1), [Shown("hello", [("a", "a"), ("b", "b")])])]
    ['letters: 5, at most 4', 'buttons: 2, at most 1']
    """
    buttons = [button for message in shown for button in message.buttons]
    sizes = {
        "letters": max((len(message.text) for message in shown), default=0),
        "label": max((len(label) for label, _ in buttons), default=0),
        "token": max((len(carried.encode()) for _, carried in buttons), default=0),
        "buttons": len(buttons),
        "messages": len(shown),
    }
    for limit in fields(limits):
        most = getattr(limits, limit.name)
        if most is not None and sizes[limit.name] > most:
            yield f"{limit.name}: {sizes[limit.name]}, at most {most}"
