"""Where updates are answered: reads one, asks the dialog, and shows the screens where the buyer looks."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from secrets import token_hex
from typing import TypeVar

from telegram.error import TelegramError

from adapters import Response, Service
from adapters.telegram.connection import Raw
from adapters.telegram.delivery import Delivery
from adapters.telegram.incoming import Action, GroupCall, Me, Meaning, Presence, Press, to_meaning
from adapters.telegram.outgoing import Painter, Screen
from adapters.traces import where
from conversations import Language
from conversations.dialog.commands import links

log = logging.getLogger(__name__)
MOST_CHATS = 10_000
"""Chats of which such things as live buttons are remembered. For others old buttons stay, and still work."""
MOST_PRESSES = 20
"""Last presses of a chat that are remembered, so that a double tap does nothing at all."""
ANSWER_WITHIN = 0.5
"""Seconds for which a screen waits until its press was answered; then it goes out anyway."""
FINISH_WITHIN = 0.4
"""Seconds that the last old buttons get to go at the end."""

_Live = dict[int, Raw | None]
_Value = TypeVar("_Value")


class Desk:
    """Handles updates. All that lasts is in the store; what is remembered here only spares the buyer old buttons."""

    def __init__(self, service: Service, delivery: Delivery, me: Me) -> None:
        """Answer in the name of ``me``."""
        self._service = service
        self._delivery = delivery
        self._me = me
        self._links: Mapping[str, str] = links(service.topics)
        self._painter = Painter(service.words)
        self._live: dict[int, _Live] = {}
        self._presses: dict[int, tuple[str, ...]] = {}
        self._clearing: dict[int, asyncio.Task[None]] = {}
        self._unheard: dict[int, Action] = {}

    async def finish(self) -> None:
        """Let what nobody waits for come to its end, for a moment."""
        if clearing := {*self._clearing.values()}:
            await asyncio.wait(clearing, timeout=FINISH_WITHIN)
            for task in clearing:
                task.cancel()

    async def handle(self, update: Raw, before: asyncio.Task[None] | None) -> None:
        """Answer an update when the one ``before`` of the same user is finished; stop a button's spinner at once.

        Whatever goes wrong, the buyer hears of it and keeps their place.
        """
        meaning = to_meaning(update, self._me, self._links)
        answering = self._answering(meaning)
        if before is not None:
            await asyncio.wait({before})
        match meaning:
            case Action() as action:
                self._delivery.silent.discard(action.chat)
                try:
                    await self._act(self._first(action), _revision(update["update_id"]), answering)
                except Exception as error:  # noqa: BLE001  # the one error path
                    self._presses.pop(action.chat, None)  # who taps again means it
                    await self._apologise(action.chat, action.language, error)
            case GroupCall() as call:
                await self._invite(call)
            case Presence(chat, silent):
                (self._delivery.silent.add if silent else self._delivery.silent.discard)(chat)
            case _:
                pass

    def _answering(self, meaning: Meaning) -> asyncio.Task[None] | None:
        press = meaning.press if isinstance(meaning, Action) else None
        return asyncio.create_task(self._delivery.answer(press.query)) if press is not None else None

    async def _act(self, action: Action, revision: str, answering: asyncio.Task[None] | None) -> None:
        press = action.press
        if press is None or answering is None:
            await self._show(action, await self._respond(action), revision)
            return
        try:
            if self._is_new(action.chat, press):
                await asyncio.sleep(0)  # the answer goes out first
                response = await self._respond(action)
                await asyncio.wait({answering}, timeout=ANSWER_WITHIN)
                await self._show(action, response, revision)
        finally:
            await answering

    def _first(self, action: Action) -> Action:
        """Take an event for the one before if that is the same and its reply may not have arrived.

        Who sees no answer says or taps it again: that counts once, and is answered.
        """
        before = self._unheard.pop(action.chat, None)
        return replace(action, event_id=before.event_id) if before and before.event == action.event else action

    async def _respond(self, action: Action) -> Response:
        return await self._service.respond(
            action.name, action.event, event_id=action.event_id, language=action.language
        )

    def _is_new(self, chat: int, press: Press) -> bool:
        """Tell whether this button of this screen is pressed for the first time."""
        known = self._presses.get(chat, ())
        _keep(self._presses, chat, (*known, press.id)[-MOST_PRESSES:])
        return press.id not in known

    # Showing.

    async def _show(self, action: Action, response: Response, revision: str) -> None:
        """Show the screens. A press changes its message, words get a new one; older buttons go."""
        language, press = response.turn.conversation.language, action.press
        chosen = press.label if press is not None else ""
        screens = [
            self._painter.screen(message, language, revision=revision, chosen=chosen if first else "")
            for first, message in zip((True, *[False] * len(response.messages)), response.messages, strict=False)
        ]
        if (clearing := self._clearing.get(action.chat)) is not None:
            await asyncio.wait({clearing})  # what it takes the buttons from may show the next screen
        live = self._live.pop(action.chat, {})
        places = self._places(press, live)
        if press is not None and press.holds_draft and press.message_id is not None:
            live[press.message_id] = press.kept
        self._delivery.doubtful.discard(action.chat)
        _keep(self._live, action.chat, await self._put(action.chat, screens, places))
        if action.chat in self._delivery.doubtful:
            self._presses.pop(action.chat, None)
            _keep(self._unheard, action.chat, action)
        if old := {place: kept for place, kept in live.items() if place not in places}:
            self._clear(action.chat, old)

    def _clear(self, chat: int, old: _Live) -> None:
        """Take old buttons away now that there are new ones; nobody waits for it but the chat's next screen."""
        self._clearing[chat] = clearing = asyncio.create_task(self._strip(chat, old))
        clearing.add_done_callback(lambda _: self._clearing.pop(chat))

    async def _strip(self, chat: int, old: _Live) -> None:
        try:
            for place, kept in old.items():
                await self._delivery.strip(chat, place, kept)
        except TelegramError as error:
            log.warning("old buttons stay (%s)", type(error).__name__)

    async def _put(self, chat: int, screens: Sequence[Screen], places: list[int]) -> _Live:
        """Let the messages show the screens, new ones what they cannot; return which have buttons now."""
        shown: _Live = {}
        for index, screen in enumerate(screens):
            place = places[index] if index < len(places) else None
            if place is None or not await self._delivery.edit(chat, place, screen):
                place = await self._delivery.send(chat, screen)
            if place is not None and screen.pressable:
                shown[place] = screen.kept
        for place in places[len(screens) :]:
            await self._delivery.remove(chat, place)
        return shown

    def _places(self, press: Press | None, live: _Live) -> list[int]:
        """Return the messages to change: the pressed one and what was shown under it. A draft stays to be copied."""
        if press is None or press.message_id is None or press.holds_draft:
            return []
        return [press.message_id, *sorted(place for place in live if place > press.message_id and not live[place])]

    async def _invite(self, call: GroupCall) -> None:
        """Ask a group's member into the private chat: others must not read about an order."""
        words = self._service.words
        if call.query is not None:
            await self._delivery.answer(call.query, words("service:private", call.language))
            return
        address = f"https://t.me/{self._me.username}?start=check"
        button = {"text": words("service:open_private", call.language), "url": address}
        screen = Screen(words("service:private", call.language), keyboard={"inline_keyboard": [[button]]})
        await self._delivery.send(call.chat, screen, answers=call.message_id, thread=call.thread)

    async def _apologise(self, chat: int, language: Language, error: Exception) -> None:
        """Tell the buyer, and the log under the same number: where it went wrong, without anybody's words."""
        number = token_hex(3)
        log.error("error %s\n%s", number, where(error))
        try:
            screen = Screen(self._service.words("service:failed", language).format(id=number))
            await self._delivery.send(chat, screen)
        except Exception as again:  # noqa: BLE001  # the way out itself is broken
            log.error("error %s could not be told\n%s", number, where(again))  # noqa: TRY400


def _keep(kept: dict[int, _Value], chat: int, value: _Value) -> None:
    """Remember something of a chat, and forget the chat longest unheard of."""
    kept.pop(chat, None)
    kept[chat] = value
    if len(kept) > MOST_CHATS:
        del kept[next(iter(kept))]


def _revision(update_id: int) -> str:
    """Return what tells this screen's buttons from those shown before in the same message: two letters."""
    letters = "0123456789abcdefghijklmnopqrstuvwxyz"
    return letters[update_id // 36 % 36] + letters[update_id % 36]
