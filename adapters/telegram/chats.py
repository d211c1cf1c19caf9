"""Where screens go in a chat: a press changes its message, words get a new one, and old buttons go."""

import asyncio
import logging
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

from cachetools import LRUCache
from telegram.error import TelegramError

from adapters import Response, Service, Undelivered
from adapters.buttons import chosen_line, screen_id
from adapters.inbox import Admission, Inbox
from adapters.languages import by_letters
from adapters.telegram.delivery import Delivery
from adapters.telegram.incoming import Deed, GroupCall, Lookup, Me, Presence, Press, joined, to_meaning
from adapters.telegram.outgoing import Drawing, Screen, article
from adapters.wire import Raw
from conversations import Language, Sent, Wrote
from conversations.dialog.commands import links
from messages import Message

log = logging.getLogger(__name__)
MOST_CHATS = 10_000
"""Chats of which such things as live buttons are remembered. For others old buttons stay, and still work."""
MOST_SUGGESTED = 10
"""Answers offered to a question behind our name."""
ANSWER_WITHIN = 0.5
"""Seconds for which a screen waits until its press was answered; then it goes out anyway."""
JOIN_WITHIN = 1.0
"""Seconds for which words wait until the reply before is shown, for more to join them; then they are heard."""
CLEAR_WITHIN = 2.0
"""Seconds for which a screen waits until older buttons are gone."""

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
    """Answers updates. All that lasts is in the store; what is remembered here only spares the buyer old buttons.

    What a buyer did is heard first, and kept with its replies; these are then shown, at Telegram's pace. So nobody
    waits for another's pace, and an update is done with when it is heard.
    """

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
        self._albums: LRUCache[int, str] = LRUCache(MOST_CHATS)
        self._waiting: dict[int, _Waiting] = {}
        self._ending = asyncio.Event()

    def handle(self, update: Raw) -> asyncio.Task[None] | None:
        """Begin to answer an update, behind those before it of the same chat; stop a button's spinner at once.

        What is returned ends when the update is heard and its effect is kept. None: there is nothing to wait for.
        """
        match to_meaning(update, self._me, self._links):
            case Deed() as deed:
                return self._take(deed)
            case GroupCall() as call:
                return self._inbox.begin(call.chat, self._invite(call))
            case Lookup() as lookup:
                return self._inbox.begin(lookup.query, self._suggest(lookup))
            case Presence() as presence:
                return self._inbox.begin(presence.chat, self._note(presence))
            case _:
                return None

    def _take(self, deed: Deed) -> asyncio.Task[None] | None:
        """Let a deed wait its turn: together with the words before it if they still wait, else on its own."""
        if deed.album and deed.album == self._albums.get(deed.chat) and isinstance(deed.event, Sent):
            return None
        waiting = self._waiting.get(deed.chat)
        both = None if waiting is None else joined(waiting.deed, deed)
        if waiting is not None and both is not None:
            waiting.deed = both
            return waiting.task
        admission = self._inbox.admits(deed.chat, _showing(deed.chat))
        spinner = None if deed.press is None else self._inbox.begin(object(), self._delivery.answer(deed.press.query))
        if admission is not Admission.TAKEN:
            if admission is Admission.TO_BE_TOLD:
                self._say(deed, self._service.words("service:too_many", deed.language))
            return None
        self._waiting[deed.chat] = waiting = _Waiting(deed)
        work = self._hear(waiting, spinner)
        waiting.task = self._inbox.begin(deed.chat, work, lambda number: self._apologise(waiting.deed, number))
        return waiting.task

    def end(self) -> None:
        """Hear at once what still waits, each for the reply to the one before."""
        self._ending.set()

    async def repair(self, older_than: float) -> None:
        """Show the replies that did not reach their buyers in so many seconds, after a crash or a lost message."""
        for lost in await self._service.undelivered("telegram", older_than):
            chat = int(lost.chat.partition(":")[2])
            self._inbox.begin(_showing(chat), self._show_again(chat, lost))

    # Hearing.

    async def _hear(self, waiting: _Waiting, spinner: asyncio.Task[None] | None) -> None:
        """Do what the buyer did, if it is new, and begin to show what comes of it.

        For a moment it waits until the reply before is shown: lines that come meanwhile are answered together.
        """
        before = self._inbox.under_way(_showing(waiting.deed.chat))
        if (
            before is not None
            and isinstance(waiting.deed.event, Wrote)
            and not self._inbox.is_flooded(waiting.deed.chat)
        ):
            ending = asyncio.create_task(self._ending.wait())
            await asyncio.wait({before, ending}, timeout=JOIN_WITHIN, return_when=asyncio.FIRST_COMPLETED)
            ending.cancel()
        deed, press = self._first(waiting.deed), waiting.deed.press
        if self._waiting.get(deed.chat) is waiting:
            del self._waiting[deed.chat]
        if deed.album:
            self._albums[deed.chat] = deed.album
        self._delivery.silent.pop(deed.chat, None)
        if press is not None:
            if not self._inbox.comes_first((deed.chat, press.id)):
                return
            await asyncio.sleep(0)  # the spinner stops first
        response = await self._service.respond(
            deed.name, deed.event, event_id=deed.event_id, today=deed.today, language=deed.language, route=_route(press)
        )
        if press is None and response.repeated:
            return  # it came twice, and was answered
        work = self._show(deed, response, spinner)
        self._inbox.begin(_showing(deed.chat), work, lambda number: self._apologise(deed, number))

    def _first(self, deed: Deed) -> Deed:
        """Take an event for the one before if that is the same and its reply may not have arrived.

        Who sees no answer says or taps it again: that counts once, and is answered.
        """
        before = self._unheard.pop(deed.chat, None)
        return replace(deed, event_id=before.event_id) if before and before.event == deed.event else deed

    # Showing.

    async def _show(self, deed: Deed, response: Response, spinner: asyncio.Task[None] | None) -> None:
        """Show the screens. A press changes its message, words get a new one; older buttons go."""
        chat, press = deed.chat, deed.press
        if spinner is not None:
            await asyncio.wait({spinner}, timeout=ANSWER_WITHIN)
        if (clearing := self._inbox.under_way(_clearing(chat))) is not None:
            await asyncio.wait({clearing}, timeout=CLEAR_WITHIN)  # what it strips may show the next screen
        live = self._live.pop(chat, {})
        changed = _changed(press, live)
        if press is not None and press.holds_draft and press.message_id is not None:
            live[press.message_id] = press.kept or NOTHING_TO_COPY
        screens = self._screens(response.messages, response.turn.conversation.language, press.label if press else "")
        if not await self._deliver(deed.name, response, chat, screens, changed):
            self._unheard[chat] = deed
            self._forget(deed)
        if old := {message: kept for message, kept in live.items() if message not in changed}:
            self._clear(chat, old)

    async def _show_again(self, chat: int, lost: Undelivered) -> None:
        """Show what did not arrive, in the message that was pressed if there was one."""
        pressed, _, label = lost.route.partition(" ")
        changed = [int(pressed)] if pressed else []
        live = self._live.pop(chat, {})
        await self._deliver(lost.chat, lost, chat, self._screens(lost.messages, lost.language, label), changed)
        if old := {message: kept for message, kept in live.items() if message not in changed}:
            self._clear(chat, old)

    async def _deliver(
        self, name: str, reply: Response | Undelivered, chat: int, screens: Sequence[Screen], changed: list[int]
    ) -> bool:
        """Show screens; tell whether they arrived, here and to the store: if not, they are shown again later."""
        self._delivery.doubtful.discard(chat)
        arrived = False
        try:
            self._live[chat] = await self._put(chat, screens, changed)
            arrived = chat not in self._delivery.doubtful
        finally:
            await (self._service.delivered(name, reply) if arrived else self._service.lost(name))
        return arrived

    def _screens(self, messages: Sequence[Message], language: Language, chosen: str) -> list[Screen]:
        head = chosen_line(chosen, self._service.words, language) if chosen else ""
        first, *others = messages
        revision = screen_id()
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
        self._inbox.begin(_clearing(chat), self._strip(chat, old))

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
        if presence.silent:
            self._delivery.silent[presence.chat] = None
        else:
            self._delivery.silent.pop(presence.chat, None)

    async def _apologise(self, deed: Deed, number: str) -> None:
        self._forget(deed)
        self._say(deed, self._service.words("service:failed", deed.language).format(id=number))

    def _say(self, deed: Deed, text: str) -> None:
        """Say something beside the dialog, behind what is being shown."""
        self._inbox.begin(_showing(deed.chat), self._send(deed.chat, text))

    async def _send(self, chat: int, text: str) -> None:
        await self._delivery.send(chat, Screen(text))

    def _forget(self, deed: Deed) -> None:
        """Who taps again what was not answered means it."""
        if deed.press is not None:
            self._inbox.forget((deed.chat, deed.press.id))


def _changed(press: Press | None, live: _Live) -> list[int]:
    """Return the messages to change: the pressed one and what was shown under it. A draft stays to be copied."""
    if press is None or press.message_id is None or press.holds_draft:
        return []
    return [press.message_id, *sorted(one for one, kept in live.items() if one > press.message_id and kept is None)]


def _showing(chat: int) -> Hashable:
    """Return the name under which a chat's screens are shown one after the other."""
    return "show", chat


def _clearing(chat: int) -> Hashable:
    return "clear", chat


def _route(press: Press | None) -> str:
    """Return what is needed to show a reply later: the message to change, and the label that led to it."""
    if press is None or press.message_id is None or press.holds_draft:
        return ""
    return f"{press.message_id} {press.label}"
