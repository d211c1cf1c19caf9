"""What every platform shares: the one thing an adapter is given, and what it hands back. Nothing is decided here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from conversations import Event, Language, Turn
from messages import Message


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
