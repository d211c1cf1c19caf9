"""Walks every conversation that a buyer can reach by choosing, for the checks that must see all of them.

Two conversations that stand at the same place look the same from there on, so each place is visited once.
The choices that are offered everywhere (back, home, help …) are shown at each place but not followed from it.
"""

from collections import deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from bot.content import Content
from conversations import (
    Choice,
    Chose,
    Conversation,
    Event,
    Handbook,
    Language,
    Place,
    StepName,
    Turn,
    Wrote,
    advance,
)
from conversations.dialog.pressing import Dialog
from conversations.dialog.steps import SCREENS, STEPS
from conversations.policy.eligibility import examine
from messages import Message

EVERYWHERE = ("back", "home", "restart", "continue", "help:me", "language:ja", "language:en", "forget")
SEEN_ANYWHERE = ("status", "payment")
"""Facts that many screens are worded by, asked there or not."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One place: the events that led there, and what the buyer sees."""

    events: tuple[Event, ...]
    turn: Turn
    messages: tuple[Message, ...]


def walk(content: Content, language: Language, today: date) -> Iterator[Visit]:
    """Visit every reachable place once, nearest first, and word what is seen there."""
    for events, turn in places(content, language, today):
        yield Visit(events, turn, tuple(content.catalog.message(reply, language) for reply in turn.replies))


def places(content: Content, language: Language, today: date) -> Iterator[tuple[tuple[Event, ...], Turn]]:
    """Yield every reachable place once, nearest first, with the events that lead there."""
    start = advance(Conversation(language), Chose("home"), content.handbook, content.readers, today)
    queue: deque[tuple[tuple[Event, ...], Turn]] = deque([((), start)])
    seen: set[Hashable] = {_key(start.place, content.handbook, today)}
    while queue:
        events, turn = queue.popleft()
        yield events, turn
        if turn.place.reading is not None:
            continue
        for event in _ways_on(turn, content.handbook):
            onward = _onward(turn, event, content, today)
            key = _key(onward.place, content.handbook, today)
            if key not in seen:
                seen.add(key)
                queue.append(((*events, event), onward))


def _onward(turn: Turn, event: Event, content: Content, today: date) -> Turn:
    """Apply an event; where a buyer taps, the place is known already and need not be found again."""
    if isinstance(event, Chose):
        return Dialog(turn.conversation, content.handbook, today, turn.place).choose(event.token)
    return advance(turn.conversation, event, content.handbook, content.readers, today)


def _ways_on(turn: Turn, handbook: Handbook) -> Iterator[Event]:
    """Return what to try at a place: a fact asked anew leads to places that the first answers lead to as well."""
    place = turn.place
    if _is_asked_anew(place) or (place.step == "reason" and place.order.reason is not None):
        return
    if place.step in handbook.details:
        yield from _ways_to_fill(place, handbook)
        return
    choices: list[Choice] = [choice for reply in turn.replies for choice in reply.choices]
    yield from (Chose(choice.token) for choice in choices if choice.token not in EVERYWHERE)
    if not turn.conversation.answers:
        yield from (Chose(f"help:{page}") for page in STEPS[StepName.HELP].offered(handbook))


def _ways_to_fill(place: Place, handbook: Handbook) -> Iterator[Event]:
    """Return what to try at a detail: all are given, or none; every mixture is looked at by ``check_drafts``."""
    given = {bool(fact) for detail in handbook.details if (fact := place.order.fact(detail)) is not None}
    if given != {False}:
        yield Wrote(handbook.fact[place.step].example)
    if given != {True}:
        yield Chose(f"{place.step}:")


def _is_asked_anew(place: Place) -> bool:
    """Tell whether a fact is asked that the buyer gave before: its answers lead where the first ones did."""
    again = place.step == "payment" and place.order.payment is not None
    return again or (StepName.CHANGE in place.route and place.step != StepName.CHANGE)


def _key(place: Place, handbook: Handbook, today: date) -> Hashable:
    """Return what the screen at a place depends on."""
    if place.reading is not None:
        return (place.reading, place.step in SCREENS)
    if StepName.DRAFT in place.route or StepName.REPLY_GROUP in place.route:
        order = place.order
        rows = [handbook.draft[draft] for draft in place.drafts if draft in handbook.draft]
        details = tuple(order.fact(detail) for row in rows for detail in row.details)
        worded_by = {fact: order.fact(fact) for row in rows for fact in (*row.needs, *row.worded_by)}
        stage = place.stage if place.reply_kinds or any(len(row.at) > 1 for row in rows) else None
        told = (order.reason, order.is_part, details, *worded_by.items(), stage)
        return (place.step, StepName.VERDICT in place.route, place.drafts, place.reply_kinds, place.group, told)
    if _is_asked_anew(place):
        return (place.step, place.explained)
    verdict = place.verdict
    if verdict is not None and place.step in {StepName.STEPS, StepName.MONEY}:
        money = (verdict.window, verdict.cautions) if place.step == StepName.MONEY else ()
        seen = (place.order.status, place.order.payment)
        return (place.step, place.device, seen, verdict.outcome, verdict.steps, verdict.draft, money)
    matter = {*examine(place.order, handbook, today).considered, *SEEN_ANYWHERE}
    matter |= {"receipt"} if "protection" in matter else set()
    return replace(place, route=(), order=place.order.without(*(set(place.order.known()) - matter)))
