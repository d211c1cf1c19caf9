"""Whether every screen that a buyer can reach fits on a platform, as the platform really shows it."""

from collections.abc import Iterable, Iterator

from adapters import Response, Words
from adapters.platform import Platform, misfits
from bot.editing.every_path import Visit
from conversations import Chose, Event


def unfit(visits: Iterable[Visit], on: Platform, words: Words) -> Iterator[str]:
    """Yield what does not fit, with the way there: ``ja: menu:check › status:shipped: messages: 6, at most 5``."""
    for visit in visits:
        response = Response(visit.turn, visit.messages)
        way = " › ".join(map(_told, visit.events)) or "at the start"
        for misfit in misfits(on.LIMITS, on.shown(response, words)):
            yield f"{visit.turn.conversation.language}: {way}: {misfit}"


def _told(event: Event) -> str:
    return event.token if isinstance(event, Chose) else "(words)"
