"""Replies that are still to be delivered, as text: so a crash repeats the reply, not the step."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.keeping.store import Outgoing
from conversations import Language, Role
from messages import Button, Draft, Message


def write_outbox(outbox: Sequence[Outgoing]) -> str:
    """Return replies as JSON; nothing for none."""
    return json.dumps([_written(one) for one in outbox], separators=(",", ":")) if outbox else ""


def read_outbox(text: str) -> tuple[Outgoing, ...]:
    """Read replies. Raises ``ValueError`` and the like if they are none."""
    return tuple(map(_read, json.loads(text))) if text else ()


def _written(one: Outgoing) -> dict[str, Any]:
    return {
        "version": one.version,
        "events": one.event_ids,
        "route": one.route,
        "language": one.language,
        "messages": [_message(message) for message in one.messages],
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "text": message.text,
        "buttons": [(button.token, button.label, button.role) for button in message.buttons],
        "draft": message.draft and (message.draft.id, message.draft.send, message.draft.meaning),
        "cites": message.cites,
        "days": [(words, day.isoformat()) for words, day in message.days],
    }


def _read(one: dict[str, Any]) -> Outgoing:
    messages = tuple(
        Message(
            text=message["text"],
            buttons=tuple(Button(token, label, Role(role)) for token, label, role in message["buttons"]),
            draft=Draft(*message["draft"]) if message["draft"] else None,
            cites=tuple(message["cites"]),
            days=tuple((words, date.fromisoformat(day)) for words, day in message["days"]),
        )
        for message in one["messages"]
    )
    return Outgoing(one["version"], tuple(one["events"]), one["route"], Language(one["language"]), messages)
