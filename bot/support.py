"""The product's front door: one event of one chat in, the worded messages out, and the answers kept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from adapters import Response
from bot.content import Content
from bot.store import Saved, Store, StoreError
from conversations import Event, Notice, Turn, advance, look

MOST_EVENT_IDS = 20
"""Ids of a chat's last events that are kept, to apply an event that is delivered twice only once."""
MOST_UNSAVED = 10_000
"""Chats that are held in memory while the store fails; beyond it the one longest unheard of is let go."""


class Support:
    """Answers events. Chats do not know of each other; the store is the only state."""

    def __init__(self, content: Content, store: Store, today: Callable[[], date]) -> None:
        """Keep what every answer needs. ``today`` tells the day in the buyer's country."""
        self._content = content
        self._store = store
        self._today = today
        self._unsaved: dict[str, Saved] = {}

    async def respond(
        self, chat: str, event: Event, *, event_id: str | None = None, today: date | None = None
    ) -> Response:
        """Apply an event and return what to show.

        An event id that was seen shows the screen again and changes nothing. A save that lost a race is
        done again on what the other wrote. Where the store fails, the chat goes on from memory and says so.
        """
        day = today or self._today()
        handbook = self._content.handbook
        while True:
            saved = self._load(chat)
            if event_id is not None and event_id in saved.event_ids:
                return self._worded(look(saved.conversation, handbook, day))
            turn = advance(saved.conversation, event, handbook, day)
            ids = saved.event_ids if event_id is None else (*saved.event_ids, event_id)[-MOST_EVENT_IDS:]
            try:
                if self._store.save(chat, replace(saved, conversation=turn.conversation, event_ids=ids)):
                    self._unsaved.pop(chat, None)
                    return self._worded(turn)
            except StoreError:
                warned = turn if chat in self._unsaved else _warned(turn)
                self._hold(chat, replace(saved, conversation=turn.conversation, event_ids=ids))
                return self._worded(warned)

    def _load(self, chat: str) -> Saved:
        """Return what is kept; what could not be saved is newer than what was."""
        try:
            stored = self._store.load(chat) or Saved()
        except StoreError:
            stored = Saved()
        held = self._unsaved.get(chat)
        return replace(held, version=stored.version) if held else stored

    def _hold(self, chat: str, saved: Saved) -> None:
        self._unsaved.pop(chat, None)
        self._unsaved[chat] = saved
        if len(self._unsaved) > MOST_UNSAVED:
            del self._unsaved[next(iter(self._unsaved))]

    def _worded(self, turn: Turn) -> Response:
        catalog, language = self._content.catalog, turn.conversation.language
        return Response(turn, tuple(catalog.message(reply, language) for reply in turn.replies))

    def forget(self, chat: str) -> None:
        """Delete all that is kept of a chat. Raises ``StoreError`` if that cannot be done."""
        self._unsaved.pop(chat, None)
        self._store.forget(chat)


def _warned(turn: Turn) -> Turn:
    first, *others = turn.replies
    return replace(turn, replies=(replace(first, notices=(Notice("cannot_remember"), *first.notices)), *others))
