"""The product's front door: one event of one chat in, the worded messages out, and the answers kept."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import compress

from adapters import Response
from bot.content import Content
from bot.facts_json import as_json
from bot.keeping.editions import Editions
from bot.keeping.fallback import Fallback
from bot.keeping.store import MOST_EVENT_IDS, NEW, Saved, Store, StoreError
from conversations import JOINED, Event, Language, Notice, Order, Place, Reply, Turn, Wrote, advance, look
from conversations.reading.questions import Decision
from messages import Catalog, Message

MOST_SUGGESTIONS = 25
"""Topics suggested for a question that is being typed."""
MOST_RACES = 10
"""Saves of one event that may lose a race; a store that refuses even more counts as failing."""


class Support:
    """Answers events. Chats do not know of each other; the store is the only state that lasts."""

    def __init__(self, content: Content, store: Store, today: Callable[[], date]) -> None:
        """Keep what every answer needs. ``today`` tells the day in the buyer's country."""
        self._content = content
        self._store = store
        self._today = today
        self._fallback = Fallback()
        self._editions = Editions()

    async def respond(
        self,
        chat: str,
        event: Event,
        *,
        event_id: str | None = None,
        today: date | None = None,
        language: Language | None = None,
    ) -> Response:
        """Apply an event and return what to show.

        ``language`` counts until the buyer chooses one. An event id that was seen shows the screen again and
        changes nothing. A save that lost a race is done again on what the other wrote. Where the store fails,
        the chat goes on from memory and says so.
        """
        day = today or self._today()
        for _ in range(MOST_RACES):
            try:
                saved = self._fallback.loaded(chat, self._store.load(chat) or Saved())
                turn, onward = self._apply(chat, saved.spoken_in(language), event, event_id, day)
                if turn.forgets:
                    return self._worded(self._forgotten(chat, turn))
                response = self._worded(turn)  # before it is kept: what cannot be said must not be resumed
                if self._store.save(chat, onward):
                    self._fallback.saved(chat, onward)
                    return response
            except StoreError:
                break
        turn, onward = self._apply(chat, self._fallback.newest(chat).spoken_in(language), event, event_id, day)
        if turn.forgets:
            return self._worded(self._forgotten(chat, turn))
        return self._worded(_noticed(turn, "cannot_remember") if self._fallback.hold(chat, onward) else turn)

    @property
    def typed(self) -> Collection[str]:
        """The questions whose answer is typed."""
        return self._content.handbook.typed

    @property
    def topics(self) -> Collection[str]:
        """The ids of the questions that have an answer."""
        return self._content.handbook.topic

    def facts(self, place: Place) -> Mapping[str, str | bool]:
        """Return what is known of the order, as programs are told it."""
        device = {"device": place.device} if place.device else {}
        return as_json({**place.order.known(), **device}, self._content.handbook)

    def words(self, name: str, language: Language) -> str:
        """Return a word that stands on no screen of the dialog, by its name."""
        return self._content.catalog.label(name, language)

    def spoken(self, chat: str) -> Language | None:
        """Return the language of a chat; None if nothing is kept of it."""
        try:
            saved = self._store.load(chat) or self._fallback.newest(chat)
        except StoreError:
            saved = self._fallback.newest(chat)
        known = saved.event_ids or saved.conversation != NEW
        return saved.conversation.language if known else None

    def suggest(self, text: str, language: Language) -> tuple[tuple[str, str], ...]:
        """Return topics as id and title: those titled so, then the likeliest; for an empty text all in menu order."""
        book, label = self._content.handbook, self._content.catalog.label
        menu = [topic for group in book.topic_groups for topic in group.topics]
        wanted = text.strip().casefold()
        titled = [topic for topic in menu if wanted in label(f"topic:{topic}", language).casefold()]
        likely = self._content.readers.questions.topics(text) if wanted else menu
        best = [*dict.fromkeys((*titled, *likely))][:MOST_SUGGESTIONS]
        return tuple((topic, label(f"topic:{topic}", language)) for topic in best)

    def is_sellers(self, text: str) -> bool:
        """Tell whether a text is rather a seller's than the buyer's own."""
        return self._content.readers.replies.read(text).by_seller

    def answer(self, topic: str, language: Language) -> Message:
        """Return the answer to a topic as anybody may read it."""
        reply = Reply("topic", Order(), self._today(), subject=topic)
        return self._content.catalog.message(reply, language)

    def general_answer(self, text: str, language: Language) -> Message | None:
        """Return the answer to a question that concerns nobody's order; None if it is another, or none."""
        readers, book = self._content.readers, self._content.handbook
        asked = readers.questions.read(text)
        if asked.decision is not Decision.ANSWER or readers.facts.read(text, self._today()):
            return None
        topic = asked.topics[0].id
        return None if book.topic[topic].check else self.answer(topic, language)

    def load_note(self, name: str) -> str | None:
        """Return a platform's note; None if nothing is kept or it cannot be read just now."""
        try:
            return self._store.load_note(name)
        except StoreError:
            return None

    def save_note(self, name: str, text: str) -> None:
        """Keep a platform's note. Raises ``StoreError``."""
        self._store.save_note(name, text)

    def forget(self, chat: str) -> None:
        """Delete all that is kept of a chat. Raises ``StoreError`` if that cannot be done."""
        self._editions.forget(chat)
        self._fallback.forget(chat)
        self._store.forget(chat)

    def _forgotten(self, chat: str, turn: Turn) -> Turn:
        """Delete what is kept of a chat, or say that it could not be done."""
        try:
            self.forget(chat)
        except StoreError:
            return _noticed(turn, "cannot_forget")
        return turn

    def _apply(self, chat: str, saved: Saved, event: Event, event_id: str | None, day: date) -> tuple[Turn, Saved]:
        handbook, readers = self._content.handbook, self._content.readers
        came = () if event_id is None else tuple(event_id.split(JOINED))
        new = tuple(one for one in came if one not in saved.event_ids)
        if came and not new:
            return look(saved.conversation, handbook, day), saved
        if len(new) < len(came):
            event = _without_seen(event, [one in new for one in came])
        before, event = self._editions.heard(chat, saved, event)
        turn = advance(before, event, handbook, readers, day)
        alone = len(new) <= 1  # who says the last of several lines in other words means the others still
        self._editions.note(chat, before if alone else turn.conversation, turn.conversation)
        ids = (*saved.event_ids, *new)[-MOST_EVENT_IDS:]
        return turn, replace(saved, conversation=turn.conversation, event_ids=ids)

    def _worded(self, turn: Turn) -> Response:
        return worded(turn, self._content.catalog)


def worded(turn: Turn, catalog: Catalog) -> Response:
    """Return what a turn says, in the words of the conversation's language."""
    language = turn.conversation.language
    messages = tuple(catalog.message(reply, language) for reply in turn.replies)
    return Response(turn, messages)


def _without_seen(event: Event, is_new: Sequence[bool]) -> Event:
    """Leave lines out that were heard before."""
    if not isinstance(event, Wrote):
        return event
    first, *more = compress((event.text, *event.more), is_new)
    return Wrote(first, tuple(more))


def _noticed(turn: Turn, notice: str) -> Turn:
    """Put a notice above the others; the one that says that all was forgotten holds no more then."""
    first, *others = turn.replies
    notices = tuple(one for one in first.notices if notice != "cannot_forget" or one.name != "forgotten")
    return replace(turn, replies=(replace(first, notices=(Notice(notice), *notices)), *others))
