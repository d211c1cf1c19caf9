"""The product's front door: one event of one chat in, the worded messages out, and the answers kept."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from itertools import compress

from adapters import Response, Undelivered
from bot.content import Content
from bot.facts_json import as_json
from bot.keeping.deliveries import Deliveries
from bot.keeping.editions import Editions
from bot.keeping.fallback import Fallback
from bot.keeping.store import MOST_EVENT_IDS, MOST_OUTGOING, NEW, Outgoing, Saved, Store, StoreError
from conversations import JOINED, Event, Language, Notice, Order, Place, Reply, Turn, Wrote, advance, look
from conversations.reading.questions import Decision
from messages import Catalog, Message

MOST_SUGGESTIONS = 25
"""Topics suggested for a question that is being typed."""
log = logging.getLogger(__name__)
TELL_AFTER = 0.25
"""Seconds in which arrivals are collected before the store is told of them."""
MOST_RACES = 10
"""Saves of one event that may lose a race; a store that refuses even more counts as failing."""


@dataclass(frozen=True, slots=True)
class _Step:
    """What an event led to: the turn, what is to be kept then, and the ids under which it came."""

    turn: Turn
    onward: Saved
    came: tuple[str, ...]
    repeats: bool = False


class Support:
    """Answers events. Chats do not know of each other; the store is the only state that lasts."""

    def __init__(self, content: Content, store: Store, today: Callable[[], date]) -> None:
        """Keep what every answer needs. ``today`` tells the day in the buyer's country."""
        self._content = content
        self._store = store
        self._today = today
        self._fallback = Fallback()
        self._editions = Editions()
        self._deliveries = Deliveries()
        self._telling: asyncio.Task[None] | None = None
        self._catching_up: asyncio.Task[None] | None = None

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
        """Apply an event and return what to show.

        ``language`` counts until the buyer chooses one. An event id that was seen changes nothing: it gets the replies
        that did not arrive yet, or shows the screen again. A save that lost a race is done again on what the other
        wrote. Where the store fails, the chat goes on from memory and says so. With a ``route`` the replies are kept
        until they are told to be delivered.
        """
        day = today or self._today()
        for _ in range(MOST_RACES):
            try:
                stored = self._deliveries.left(chat, await self._store.load(chat) or Saved())
                saved = self._fallback.loaded(chat, stored)
                step = self._apply(chat, saved.spoken_in(language), event, event_id, day)
                if step.turn.forgets:
                    return self._worded(await self._forgotten(chat, step.turn))
                response = self._worded(step.turn)  # before it is kept: what cannot be said must not be resumed
                if step.repeats:
                    return _repeated(response, step)
                onward = _with_replies(step, response, route)
                if await self._store.save(chat, onward):
                    self._note(chat, onward)
                    return replace(response, version=onward.version + 1)
            except StoreError:
                break
        step = self._apply(chat, self._fallback.newest(chat).spoken_in(language), event, event_id, day)
        if step.turn.forgets:
            return self._worded(await self._forgotten(chat, step.turn))
        if step.repeats:
            return _repeated(self._worded(step.turn), step)
        is_first = self._fallback.hold(chat, step.onward)
        return self._worded(_noticed(step.turn, "cannot_remember") if is_first else step.turn)

    async def delivered(self, chat: str, response: Response | Undelivered) -> None:
        """Note that the platform has taken a response; the store is told a little later, of many at once."""
        if response.version and self._deliveries.arrived(chat, response.version) and self._telling is None:
            self._telling = asyncio.create_task(self._tell_soon())

    async def lost(self, chat: str) -> None:
        """Note that a response may not have arrived: whoever asks for the undelivered ones may have it."""
        self._deliveries.lost(chat)

    async def undelivered(self, platform: str, older_than: float) -> Sequence[Undelivered]:
        """Return the replies on a platform that did not arrive in so many seconds, but for those under way here."""
        try:
            late = await self._store.undelivered(f"{platform}:", older_than)
        except StoreError:
            return ()
        mine = [(chat, saved) for chat, saved in late if not self._deliveries.is_under_way(chat)]
        for chat, saved in mine:
            self._deliveries.saved(chat, saved.version, saved)
        return [
            Undelivered(chat, one.route, one.language, one.messages, one.version)
            for chat, saved in mine
            for one in saved.outbox
        ]

    async def open(self) -> None:
        """Open the store. Raises ``NewerStoreError``; one that cannot be opened now is opened later."""
        with suppress(StoreError):
            await self._store.open()

    async def aclose(self) -> None:
        """Tell the store what is still to be told, and let go of it."""
        for task in (self._telling, self._catching_up):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        await self._tell()
        await self._store.close()

    @property
    def keeps(self) -> bool:
        """Whether the store works, as far as is known."""
        return self._store.works

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

    async def spoken(self, chat: str) -> Language | None:
        """Return the language of a chat; None if nothing is kept of it."""
        try:
            saved = await self._store.load(chat) or self._fallback.newest(chat)
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

    async def load_note(self, name: str) -> str | None:
        """Return a platform's note; None if nothing is kept or it cannot be read just now."""
        try:
            return await self._store.load_note(name)
        except StoreError:
            return None

    async def save_note(self, name: str, text: str) -> None:
        """Keep a platform's note. Raises ``StoreError``."""
        await self._store.save_note(name, text)

    async def forget(self, chat: str) -> None:
        """Delete all that is kept of a chat. Raises ``StoreError`` if that cannot be done."""
        self._editions.forget(chat)
        self._fallback.forget(chat)
        self._deliveries.forget(chat)
        await self._store.forget(chat)

    async def _forgotten(self, chat: str, turn: Turn) -> Turn:
        """Delete what is kept of a chat, or say that it could not be done."""
        try:
            await self.forget(chat)
        except StoreError:
            return _noticed(turn, "cannot_forget")
        return turn

    def _apply(self, chat: str, saved: Saved, event: Event, event_id: str | None, day: date) -> _Step:
        handbook, readers = self._content.handbook, self._content.readers
        came = () if event_id is None else tuple(event_id.split(JOINED))
        new = tuple(one for one in came if one not in saved.event_ids)
        if came and not new:
            return _Step(look(saved.conversation, handbook, day), saved, came, repeats=True)
        if len(new) < len(came):
            event = _without_seen(event, [one in new for one in came])
        before, event = self._editions.heard(chat, saved, event)
        turn = advance(before, event, handbook, readers, day)
        alone = len(new) <= 1  # who says the last of several lines in other words means the others still
        self._editions.note(chat, before if alone else turn.conversation, turn.conversation)
        ids = (*saved.event_ids, *new)[-MOST_EVENT_IDS:]
        return _Step(turn, replace(saved, conversation=turn.conversation, event_ids=ids), came)

    def _note(self, chat: str, saved: Saved) -> None:
        """Note that the store has a chat; where it had failed, it gets the others too."""
        self._fallback.saved(chat, saved)
        self._deliveries.saved(chat, saved.version + 1, saved)
        if self._fallback.unsaved and self._catching_up is None:
            self._catching_up = asyncio.create_task(self._catch_up())

    async def _catch_up(self) -> None:
        """Save the chats that could not be saved."""
        caught_up = 0
        try:
            for chat in self._fallback.unsaved:
                now = self._fallback.loaded(chat, await self._store.load(chat) or Saved())
                if await self._store.save(chat, now):
                    self._fallback.saved(chat, now)
                    caught_up += 1
        except StoreError:
            pass  # said in the log; the next save tries again
        finally:
            self._catching_up = None
        log.info("chats were caught up", extra={"chats": caught_up})

    async def _tell_soon(self) -> None:
        await asyncio.sleep(TELL_AFTER)
        self._telling = None
        await self._tell()

    async def _tell(self) -> None:
        """Tell the store what arrived."""
        if due := self._deliveries.due():
            try:
                await self._store.delivered(due)
            except StoreError:
                self._deliveries.put_back(due)

    def _worded(self, turn: Turn) -> Response:
        return worded(turn, self._content.catalog)


def _with_replies(step: _Step, response: Response, route: str | None) -> Saved:
    """Return a chat with the replies to its newest event, which wait until they are delivered."""
    saved = step.onward
    if route is None:
        return saved
    said = response.turn.conversation.language
    reply = Outgoing(saved.version + 1, step.came, route, said, response.messages)
    return replace(saved, outbox=(*saved.outbox, reply)[-MOST_OUTGOING:])


def _repeated(response: Response, step: _Step) -> Response:
    """Return the replies that did not arrive yet, or else where the chat stands."""
    for reply in step.onward.outbox:
        if not {*reply.event_ids}.isdisjoint(step.came):
            return replace(response, messages=reply.messages, version=reply.version)
    return replace(response, repeated=True)


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
