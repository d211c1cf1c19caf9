"""One JSON event a line in, one JSON turn a line out: for other front ends and for tests."""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Any, BinaryIO
from unicodedata import category

from adapters import Response, Service
from adapters.traces import where
from conversations import Asked, Attachment, Chose, Event, Language, Quoted, Sent, Started, Wrote
from messages import Message

LOG = logging.getLogger("torikeshi")
LONGEST_NAME = 200
"""Characters of a chat's name, and of an event's id."""
LONGEST_LINE = 1_000_000
"""Bytes of a line that is read."""
YEARS = range(2000, 2101)
"""Years a day may lie in: calendars can be counted on around all of them."""


_WORDS: Mapping[str, type[Wrote | Asked | Quoted]] = {"write": Wrote, "ask": Asked, "quote": Quoted}
_ENCODER = json.JSONEncoder(ensure_ascii=False)


class MalformedLineError(Exception):
    """A line is no event. The message says what is wrong with it."""


def lines_of(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a stream; of one that is too long only so much that it shows, and the rest is let go."""
    while line := stream.readline(LONGEST_LINE + 1):
        yield line
        while len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            line = stream.readline(LONGEST_LINE + 1)


async def run(service: Service, lines: Iterable[bytes], output: BinaryIO) -> None:
    """Answer every line. A malformed one gets an error with its number, and the stream goes on."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if len(line) > LONGEST_LINE:
            _write(output, {"error": f"line {number}: longer than {LONGEST_LINE} bytes", "line": number})
            continue
        try:
            chat, event, event_id, today = to_event(line)
        except MalformedLineError as error:
            _write(output, {"error": f"line {number}: {error}", "line": number})
            continue
        try:
            response = await service.respond(chat, event, event_id=event_id, today=today)
        except Exception as error:  # noqa: BLE001  # whatever went wrong with one chat, the others go on
            LOG.error("line %d could not be answered\n%s", number, where(error))  # noqa: TRY400  # without its words
            _write(
                output, {"error": f"line {number}: this could not be answered; the chat is as it was", "line": number}
            )
            continue
        _write(output, to_turn(chat, response, service.facts(response.turn.place)))


def to_event(line: bytes) -> tuple[str, Event, str | None, date | None]:
    """Read one line as chat, event, event id and day. Raises ``MalformedLineError``."""
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        message = f"not JSON: {error}"
        raise MalformedLineError(message) from error
    if not isinstance(fields, dict):
        message = "not a JSON object"
        raise MalformedLineError(message)
    event_id = None if fields.get("id") is None else _name(fields, "id")
    return _name(fields, "chat"), _event(fields), event_id, _today(fields)


def to_turn(chat: str, response: Response, facts: Mapping[str, str | bool]) -> dict[str, Any]:
    """Return a response as one JSON object; ``facts`` are those known of the order."""
    turn, place = response.turn, response.turn.place
    reading = place.reading
    return {
        "chat": chat,
        "language": turn.conversation.language,
        "step": place.step,
        "order": facts,
        "outcome": place.verdict.outcome if place.verdict else None,
        "topic": reading.value if reading and reading.step == "topic" else None,
        "reply_kind": place.reply_kind,
        "cites": list(response.cites),
        "messages": [_message(message) for message in response.messages],
    }


def _message(message: Message) -> dict[str, Any]:
    draft = message.draft
    return {
        "text": message.text,
        "buttons": [{"token": button.token, "label": button.label} for button in message.buttons],
        "draft": {"id": draft.id, "send": draft.send, "meaning": draft.meaning} if draft else None,
    }


def _event(fields: Mapping[str, Any]) -> Event:
    kind = _text(fields, "event")
    match kind:
        case "start":
            return Started(_language(fields))
        case "choose":
            return Chose(_text(fields, "token"))
        case "write" | "ask" | "quote":
            return _WORDS[kind](_text(fields, "text"))
        case _ if kind in set(Attachment):
            return Sent(Attachment(kind))
        case _:
            message = f"event: unknown {kind[:40]!r}; one of start, choose, write, ask, quote, {', '.join(Attachment)}"
            raise MalformedLineError(message)


def _language(fields: Mapping[str, Any]) -> Language | None:
    if fields.get("language") is None:
        return None
    code = _text(fields, "language")
    if code not in set(Language):
        message = f"language: unknown {code[:40]!r}; one of {', '.join(Language)}"
        raise MalformedLineError(message)
    return Language(code)


def _today(fields: Mapping[str, Any]) -> date | None:
    if fields.get("today") is None:
        return None
    text = _text(fields, "today")
    with suppress(ValueError):
        day = date.fromisoformat(text)
        if day.year in YEARS and day.isoformat() == text:
            return day
    message = f"today: not a day like 2026-11-24, from {YEARS[0]} to {YEARS[-1]}"
    raise MalformedLineError(message)


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        message = f"{name}: a text is needed"
        raise MalformedLineError(message)
    return value


def _name(fields: Mapping[str, Any], key: str) -> str:
    """Read a name that every store can keep: control characters and halves of letters (surrogates) are none."""
    name = _text(fields, key)
    if not 1 <= len(name) <= LONGEST_NAME or any(category(letter) in {"Cc", "Cs"} for letter in name):
        message = f"{key}: 1 to {LONGEST_NAME} characters are needed, none of them a control character"
        raise MalformedLineError(message)
    return name


def _write(output: BinaryIO, fields: Mapping[str, Any]) -> None:
    output.write(_ENCODER.encode(fields).encode() + b"\n")
    output.flush()
