"""What every platform shares: the one thing an adapter is given, and what it hands back. Nothing is decided here."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Protocol

from conversations import Event, Language, Turn
from messages import Message

PLATFORMS: Mapping[str, str] = MappingProxyType({"telegram": "adapters.telegram"})
"""The chat platforms and their modules, each a ``Platform``; a module is imported only when it is used."""


@dataclass(frozen=True, slots=True)
class Response:
    """What one event led to, and the messages that say it."""

    turn: Turn
    messages: tuple[Message, ...]

    @property
    def cites(self) -> tuple[str, ...]:
        """The numbers of all facts that the messages state, each once."""
        return tuple(dict.fromkeys(cite for message in self.messages for cite in message.cites))


class Respond(Protocol):
    """Applies a chat's event and returns what to show. Events with an id that was seen change nothing."""

    async def __call__(
        self,
        chat: str,
        event: Event,
        *,
        event_id: str | None = None,
        today: date | None = None,
        language: Language | None = None,
    ) -> Response:
        """Apply the event. ``today`` is the buyer's day; the real one where it is not given.

        ``language`` is the one in which a chat that is new begins; it changes nothing of a chat that is known.
        """


Words = Callable[[str, Language], str]
"""An adapter's own few words, by name (``terminal:farewell``) and language."""


@dataclass(frozen=True, slots=True)
class Service:
    """All that a chat platform is given: the product's front door, its words, and the topics that a link may name."""

    respond: Respond
    words: Words
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """Who we are on a platform: the token, and another address than the platform's own, if there is one."""

    token: str
    api_url: str = ""


class Platform(Protocol):
    """The module of a chat platform."""

    async def run(self, service: Service, account: Account, stop: asyncio.Event) -> None:
        """Talk until ``stop`` is set, then finish what is under way. Raises ``RefusedError``."""


class RefusedError(Exception):
    """The platform does not let us in. The message tells the operator why and what to do, in one sentence."""
