"""Where screens go in a chat: a press changes its message, words get a new one, and old buttons go."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cachetools import LRUCache
from telegram.error import TelegramError

from adapters import Response, Service
from adapters.buttons import chosen_line
from adapters.inbox import Inbox
from adapters.languages import by_letters
from adapters.telegram.delivery import Delivery
from adapters.telegram.incoming import Deed, GroupCall, Lookup, Me, Presence, Press, joined, to_meaning
from adapters.telegram.outgoing import Drawing, Screen, article
from adapters.wire import Raw
from conversations import Sent
from conversations.dialog.commands import links

log = logging.getLogger(__name__)
MOST_CHATS = 10_000
"""Chats of which such things as live buttons are remembered. For others old buttons stay, and still work."""
MOST_SUGGESTED = 10
"""Answers offered to a question behind our name."""
ANSWER_WITHIN = 0.5
"""Seconds for which a screen waits until its press was answered; then it goes out anyway."""
FINISH_WITHIN = 0.4
"""Seconds that the last old buttons get to go at the end."""
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"

NOTHING_TO_COPY: Raw = {"inline_keyboard": []}
"""What a message keeps whose English is too long for a button that copies."""

_Live = dict[int, Raw | None]
"""Messages with buttons that lead on, and what each keeps if it holds a draft: the buttons that only copy."""


@dataclass(slots=True)
class _Waiting:
    """The newest that a buyer did, until its turn comes: words may still join it."""

    deed: Deed
    task: asyncio.Task[None] | None = None


class Chats:
    """Answers updates. All that lasts is in the store; what is remembered here only spares the buyer old buttons."""

    def __init__(self, service: Service, delivery: Delivery, inbox: Inbox, me: Me) -> None:
        """Answer in the name of ``me``."""
        self._service = service
        self._delivery = delivery
        self._inbox = inbox
        self._me = me
        self._links: Mapping[str, str] = links(service.topics)
        self._drawing = Drawing(service.words)
        self._live: LRUCache[int, _Live] = LRUCache(MOST_CHATS)
        self._unheard: LRUCache[int, Deed] = LRUCache(MOST_CHATS)
        self._clearing: dict[int, asyncio.Task[None]] = {}
        self._albums: LRUCache[int, str] = LRUCache(MOST_CHATS)
        self._waiting: dict[int, _Waiting] = {}

    def handle(self, update: Raw) -> asyncio.Task[None] | None:
        """Begin to answer an update, behind those before it of the same chat; stop a button's spinner at once."""
        match to_meaning(update, self._me, self._links):
            case Deed() as deed:
                return self._take(deed, _revision(update["update_id"]))
            case GroupCall() as call:
                return self._inbox.begin(call.chat, self._invite(call))
            case Lookup() as lookup:
                return self._inbox.begin(lookup.query, self._suggest(lookup))
            case Presence() as presence:
                return self._inbox.begin(presence.chat, self._note(presence))
            case _:
                return None

    def _take(self, deed: Deed, revision: str) -> asyncio.Task[None] | None:
        """Let a deed wait its turn: together with the words before it if they still wait, else on its own."""
        if deed.album and deed.album == self._albums.get(deed.chat) and isinstance(deed.event, Sent):
            return None
        waiting = self._waiting.get(deed.chat)
        both = None if waiting is None else joined(waiting.deed, deed)
        if waiting is not None and both is not None:
            waiting.deed = both
            return waiting.task
        self._waiting[deed.chat] = waiting = _Waiting(deed)
        stopping = None if deed.press is None else asyncio.create_task(self._delivery.answer(deed.press.query))
        work = self._answer(waiting, revision, stopping)
        waiting.task = self._inbox.begin(deed.chat, work, lambda number: self._apologise(waiting.deed, number))
        return waiting.task

    async def finish(self) -> None:
        """Let what nobody waits for come to its end, for a moment."""
        if clearing := {*self._clearing.values()}:
            await asyncio.wait(clearing, timeout=FINISH_WITHIN)
            for task in clearing:
                task.cancel()

    async def _answer(self, waiting: _Waiting, revision: str, stopping: asyncio.Task[None] | None) -> None:
        """Do what the buyer did, if it is new, and show what comes of it."""
        deed, press = self._first(waiting.deed), waiting.deed.press
        if self._waiting.get(deed.chat) is waiting:
            del self._waiting[deed.chat]
        if deed.album:
            self._albums[deed.chat] = deed.album
        self._delivery.silent.discard(deed.chat)
        if press is None or stopping is None:
            await self._show(deed, await self._respond(deed), revision)
            return
        try:
            if self._inbox.comes_first((deed.chat, press.id)):
                await asyncio.sleep(0)  # the spinner stops first
                response = await self._respond(deed)
                await asyncio.wait({stopping}, timeout=ANSWER_WITHIN)
                await self._show(deed, response, revision)
        finally:
            await stopping

    def _first(self, deed: Deed) -> Deed:
        """Take an event for the one before if that is the same and its reply may not have arrived.

        Who sees no answer says or taps it again: that counts once, and is answered.
        """
        before = self._unheard.pop(deed.chat, None)
        return replace(deed, event_id=before.event_id) if before and before.event == deed.event else deed

    async def _respond(self, deed: Deed) -> Response:
        return await self._service.respond(deed.name, deed.event, event_id=deed.event_id, language=deed.language)

    # Showing.

    async def _show(self, deed: Deed, response: Response, revision: str) -> None:
        """Show the screens. A press changes its message, words get a new one; older buttons go."""
        chat, press = deed.chat, deed.press
        screens = self._screens(response, revision, press.label if press is not None else "")
        if (clearing := self._clearing.get(chat)) is not None:
            await asyncio.wait({clearing})  # what it takes the buttons from may show the next screen
        live = self._live.pop(chat, {})
        changed = _changed(press, live)
        if press is not None and press.holds_draft and press.message_id is not None:
            live[press.message_id] = press.kept or NOTHING_TO_COPY
        self._delivery.doubtful.discard(chat)
        self._live[chat] = await self._put(chat, screens, changed)
        if chat in self._delivery.doubtful:
            self._unheard[chat] = deed
            self._forget(deed)
        if old := {message: kept for message, kept in live.items() if message not in changed}:
            self._clear(chat, old)

    def _screens(self, response: Response, revision: str, chosen: str) -> list[Screen]:
        language = response.turn.conversation.language
        head = chosen_line(chosen, self._service.words, language) if chosen else ""
        first, *others = response.messages
        return [
            self._drawing.screen(first, language, revision=revision, head=head),
            *(self._drawing.screen(message, language, revision=revision) for message in others),
        ]

    async def _put(self, chat: int, screens: Sequence[Screen], changed: list[int]) -> _Live:
        """Let the messages show the screens, new ones what they cannot; return which have buttons now."""
        shown: _Live = {}
        for index, screen in enumerate(screens):
            message = changed[index] if index < len(changed) else None
            if message is None or not await self._delivery.edit(chat, message, screen):
                message = await self._delivery.send(chat, screen)
            if message is not None and screen.pressable:
                shown[message] = screen.kept
        for message in changed[len(screens) :]:
            await self._delivery.remove(chat, message)
        return shown

    def _clear(self, chat: int, old: _Live) -> None:
        """Take old buttons away now that there are new ones; nobody waits for it but the chat's next screen."""
        self._clearing[chat] = clearing = asyncio.create_task(self._strip(chat, old))
        clearing.add_done_callback(lambda _: self._clearing.pop(chat))

    async def _strip(self, chat: int, old: _Live) -> None:
        try:
            for message, kept in old.items():
                await self._delivery.strip(chat, message, kept)
        except TelegramError as error:
            log.warning("old buttons stay (%s)", type(error).__name__)

    # Beside the dialog.

    async def _invite(self, call: GroupCall) -> None:
        """Ask a group's member into the private chat: others must not read about an order."""
        words = self._service.words
        if call.query is not None:
            await self._delivery.answer(call.query, words("service:private", call.language))
            return
        address = f"https://t.me/{self._me.username}?start=check"
        button = {"text": words("service:open_private", call.language), "url": address}
        language = by_letters(call.words) or call.language
        answer = self._service.general_answer(call.words, language) if call.words else None
        screen = Screen(words("service:private", call.language))
        if answer is not None:
            screen = self._drawing.screen(answer, language)
        screen = replace(screen, keyboard={"inline_keyboard": [[button]]})
        await self._delivery.send(call.chat, screen, answers=call.message_id, thread=call.thread)

    async def _suggest(self, lookup: Lookup) -> None:
        """Offer answers to a question that is typed behind our name; they tell of nobody's order."""
        titles = self._service.suggest(lookup.words, lookup.language)[:MOST_SUGGESTED]
        answers = [(topic, title, self._service.answer(topic, lookup.language)) for topic, title in titles]
        articles = [
            article(topic, title, self._drawing.screen(answer, lookup.language)) for topic, title, answer in answers
        ]
        await self._delivery.suggest(lookup.query, articles)

    async def _note(self, presence: Presence) -> None:
        """Leave a buyer in peace who blocked us, until they come back."""
        (self._delivery.silent.add if presence.silent else self._delivery.silent.discard)(presence.chat)

    async def _apologise(self, deed: Deed, number: str) -> None:
        self._forget(deed)
        text = self._service.words("service:failed", deed.language).format(id=number)
        await self._delivery.send(deed.chat, Screen(text))

    def _forget(self, deed: Deed) -> None:
        """Who taps again what was not answered means it."""
        if deed.press is not None:
            self._inbox.forget((deed.chat, deed.press.id))


def _changed(press: Press | None, live: _Live) -> list[int]:
    """Return the messages to change: the pressed one and what was shown under it. A draft stays to be copied."""
    if press is None or press.message_id is None or press.holds_draft:
        return []
    return [press.message_id, *sorted(one for one, kept in live.items() if one > press.message_id and kept is None)]


def _revision(update_id: int) -> str:
    """Return what tells this screen's buttons from those shown before in the same message: two letters."""
    return _DIGITS[update_id // 36 % 36] + _DIGITS[update_id % 36]
