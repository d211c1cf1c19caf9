"""What every platform shares: the one thing an adapter is given, and what it hands back. Nothing is decided here."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Protocol

from conversations import Event, Language, Turn
from messages import Message

PLATFORMS: Mapping[str, str] = MappingProxyType({"telegram": "adapters.telegram", "discord": "adapters.discord"})
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


class Suggest(Protocol):
    """Names the topics that a question in the making may mean."""

    def __call__(self, text: str, language: Language, /) -> tuple[tuple[str, str], ...]:
        """Return topics as id and title, best first, 25 at most; for an empty text the first ones of the menu."""


class Notes(Protocol):
    """The little that a platform itself has to keep, as texts by name; nothing about a buyer."""

    def load_note(self, name: str, /) -> str | None:
        """Return a text; None if nothing is kept or it cannot be read just now."""

    def save_note(self, name: str, text: str, /) -> None:
        """Keep a text. Raises if that cannot be done."""


@dataclass(frozen=True, slots=True)
class Service:
    """All that a chat platform is given.

    The product's front door and words, the topics that a link may name, the language of a chat that is known (None
    of others), topics for a question that is being typed, and a place for notes.
    """

    respond: Respond
    words: Words
    topics: tuple[str, ...]
    spoken: Callable[[str], Language | None]
    suggest: Suggest
    notes: Notes


@dataclass(frozen=True, slots=True)
class Account:
    """Who we are on a platform: the token, and other addresses than the platform's own, if there are any."""

    token: str
    api_url: str = ""
    gateway_url: str = ""


class Platform(Protocol):
    """The module of a chat platform."""

    async def run(self, service: Service, account: Account, stop: asyncio.Event) -> None:
        """Talk until ``stop`` is set, then finish what is under way. Raises ``RefusedError``, ``LostError``."""


class RefusedError(Exception):
    """The platform does not let us in. The message tells the operator why and what to do, in one sentence."""


class LostError(Exception):
    """The platform cannot be reached for too long: a fresh start is the best that can be done. Says for how long."""
