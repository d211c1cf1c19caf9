"""What every platform shares: the one thing an adapter is given, and what it hands back. Nothing is decided here."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from conversations import Event, Language, Place, Turn
from messages import Message

PLATFORMS = {"telegram": "adapters.telegram", "discord": "adapters.discord"}
"""The chat platforms by name and their modules, each a ``platform.Platform``; imported when it is used."""


@dataclass(frozen=True, slots=True)
class Response:
    """What one event led to, and the messages that say it."""

    turn: Turn
    messages: tuple[Message, ...]
    repeated: bool = False
    """The event came before, and its replies were delivered: this is where the chat stands."""
    version: int = 0
    """Which save the replies were kept with; 0: with none."""

    @property
    def cites(self) -> tuple[str, ...]:
        """The numbers of all facts that the messages state, each once."""
        return tuple(dict.fromkeys(cite for message in self.messages for cite in message.cites))


Words = Callable[[str, Language], str]
"""Words that stand on no screen of the dialog, by name (``terminal:farewell``) and language."""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Replies that no platform is known to have taken: whose, what the adapter noted for them, and what they say."""

    chat: str
    route: str
    language: Language
    messages: tuple[Message, ...]
    version: int


class Service(Protocol):
    """The product, as every way of talking to buyers sees it."""

    @property
    def typed(self) -> Collection[str]:
        """The names of the questions whose answer is typed: a day, or words for the seller."""

    @property
    def topics(self) -> Collection[str]:
        """The ids of the questions that have an answer: a link may name one."""

    async def respond(  # noqa: PLR0913  # most is seldom given
        self,
        chat: str,
        event: Event,
        *,
        event_id: str | None = None,
        today: date | None = None,
        language: Language | None = None,
        route: str | None = None,
    ) -> Response:
        """Apply a chat's event and return what to show. An event with an id that was seen changes nothing.

        ``today`` is the buyer's day; the real one where it is not given. ``language`` is what the app says; it
        counts until the buyer chooses one. The replies are kept together with what the event changed until they
        are told to be ``delivered``, if there is a ``route``: what the adapter needs to deliver them later.
        """

    async def delivered(self, chat: str, response: Response | Undelivered) -> None:
        """Note that the platform has taken a response."""

    async def lost(self, chat: str) -> None:
        """Note that a response may not have arrived."""

    async def undelivered(self, platform: str, older_than: float) -> Sequence[Undelivered]:
        """Return the replies on a platform that were not taken in so many seconds; only once, whoever asks."""

    def facts(self, place: Place) -> Mapping[str, str | bool]:
        """Return what is known of the order, as programs are told it."""

    def words(self, name: str, language: Language) -> str:
        """Return an adapter's own few words, see ``Words``."""

    async def spoken(self, chat: str) -> Language | None:
        """Return the language of a chat that is known; None of others."""

    def suggest(self, text: str, language: Language) -> Sequence[tuple[str, str]]:
        """Return topics that a question in the making may mean, as id and title, best first, 25 at most.

        For an empty text they are the first ones of the menu.
        """

    def is_sellers(self, text: str) -> bool:
        """Tell whether a text is rather a seller's than the buyer's own: it says nothing of the buyer's language."""

    def answer(self, topic: str, language: Language) -> Message:
        """Return the answer to one of ``topics``, without buttons: anybody may read it."""

    def general_answer(self, text: str, language: Language) -> Message | None:
        """Return the answer to a question that concerns nobody's order; None if it is another, or none."""

    async def load_note(self, name: str) -> str | None:
        """Return a text that the platform keeps; None if nothing is kept or it cannot be read just now."""

    async def save_note(self, name: str, text: str) -> None:
        """Keep a text of the platform's own, nothing about a buyer. Raises if that cannot be done."""


class RefusedError(Exception):
    """The platform does not let us in. The message tells the operator why and what to do, in one sentence."""


class LostError(Exception):
    """The platform cannot be reached for too long: a fresh start is the best that can be done. Says for how long."""
