"""Plays simulated conversations: readable files of what a buyer does, and what must be true afterwards.

# A story in one line
- language: ja
- today: 2026-11-24

1. tap `menu:check`
2. write `クレカで払いました`
   - step: coupon
   - cites: F72, B1
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from rich.console import Console

from adapters import Response
from adapters.console import show
from bot.clock import today_in_japan
from bot.content import load_content
from bot.errors import MendableError
from bot.keeping.memory import MemoryStore
from bot.support import Support
from conversations import FIRST_LANGUAGE, Attachment, Chose, Event, Language, Sent, Started, Wrote

FOLDER = Path("tests/transcripts")


class TranscriptError(MendableError):
    """A transcript cannot be read. The message names the file, the line and what is wrong."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing the buyer does, and what must hold after it (name → the values that must be there)."""

    event: Event
    said: str
    line: int
    expects: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Transcript:
    """A whole story: its title, the language it starts in, its day, and the actions."""

    name: str
    title: str
    language: Language
    today: date
    actions: tuple[Action, ...]


def read_transcript(file: Path) -> Transcript:
    """Read a transcript. Raises ``TranscriptError``."""
    head: dict[str, str] = {}
    actions: list[Action] = []
    for number, line in enumerate(_lines(file), start=1):
        try:
            _read_line(number, line, head, actions)
        except ValueError as error:
            message = f"{file}: line {number}: {error}"
            raise TranscriptError(message) from error
    if "today" not in head:
        message = f"{file}: the day is missing; write a line like - today: 2026-11-24"
        raise TranscriptError(message)
    return Transcript(
        file.stem,
        head.get("title", file.stem),
        Language(head.get("language", FIRST_LANGUAGE)),
        date.fromisoformat(head["today"]),
        tuple(actions),
    )


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        message = f"{file}: the file is not UTF-8 text; save it as UTF-8"
        raise TranscriptError(message) from error


def _read_line(number: int, line: str, head: dict[str, str], actions: list[Action]) -> None:
    """Add what a line says to the head or the actions. Raises ``ValueError`` for a line that says neither."""
    if not line.strip() or line.startswith(">"):
        return
    if match := re.fullmatch(r"# (.+)", line):
        head["title"] = match.group(1)
    elif match := re.fullmatch(r"- (language|today): (\S+)", line):
        name, value = match.groups()
        head[name] = Language(value) if name == "language" else date.fromisoformat(value).isoformat()
    elif match := re.fullmatch(r"\d+\. (tap|write|send) `(.*)`", line):
        actions.append(Action(_event(*match.groups()), match.group(2), number))
    elif actions and (match := re.fullmatch(r"\s+- (\w+): (.+)", line)):
        name, values = match.groups()
        if name not in _FOUND:
            message = f"{name} can not be expected; what can be: {', '.join(_FOUND)}"
            raise ValueError(message)
        actions[-1].expects[name] = tuple(part.strip() for part in values.split(", "))
    else:
        message = f"neither a step nor an expectation after one: {line!r}"
        raise ValueError(message)


async def responses(transcript: Transcript, support: Support) -> list[tuple[Action | None, Response]]:
    """Play a transcript; return each action with the response, the opening first (without an action)."""
    played: list[tuple[Action | None, Response]] = []
    opening = await support.respond(transcript.name, Started(transcript.language), today=transcript.today)
    played.append((None, opening))
    for action in transcript.actions:
        response = await support.respond(transcript.name, action.event, today=transcript.today)
        played.append((action, response))
    return played


def unmet(action: Action, response: Response) -> Iterator[str]:
    """Yield every expectation of an action that its response does not meet."""
    for name, wanted in action.expects.items():
        found = tuple(_FOUND[name](response))
        for value in wanted:
            met = any(value in text for text in found) if name in {"says", "sends"} else value in found
            if not met:
                yield f"line {action.line} ({action.said}): {name} should have {value!r}, it is {found}"


_FOUND: Mapping[str, Callable[[Response], Iterable[str]]] = {
    "step": lambda response: (response.turn.place.step,),
    "outcome": lambda response: (response.turn.place.verdict.outcome if response.turn.place.verdict else "none",),
    "topic": lambda response: (response.turn.place.reading.value if response.turn.place.reading else "none",),
    "theme": lambda response: (reply.subject or "" for reply in response.turn.replies if reply.screen == "theme"),
    "reply_kind": lambda response: (response.turn.place.reply_kind or "none",),
    "language": lambda response: (response.turn.conversation.language,),
    "cites": lambda response: response.cites,
    "draft": lambda response: (message.draft.id for message in response.messages if message.draft),
    "sends": lambda response: (message.draft.send for message in response.messages if message.draft),
    "says": lambda response: (message.text for message in response.messages),
    "buttons": lambda response: (button.token for message in response.messages for button in message.buttons),
    "order": lambda response: (f"{name}={value}" for name, value in response.turn.place.order.known().items()),
    "notices": lambda response: (notice.name for reply in response.turn.replies for notice in reply.notices),
}
"""What can be expected of a response, by name."""


def play(names: list[str]) -> int:
    """Print transcripts as the buyer would see them; 1 if one is not there or does not come out as it says."""
    content = load_content()
    console = Console(highlight=False, markup=False, emoji=False)
    failed = False
    for name in names:
        file = Path(name) if Path(name).is_file() else FOLDER / f"{name}.md"
        if not file.is_file():
            console.print(f"{name}: there is no {file}", style="red")
            failed = True
            continue
        transcript = read_transcript(file)
        console.rule(transcript.title)
        support = Support(content, MemoryStore(), today_in_japan)
        for action, response in asyncio.run(responses(transcript, support)):
            if action is not None:
                console.print(f"\n> {_label(action, response)}", style="bold yellow")
            show(console, response, content.catalog.label)
            for problem in unmet(action, response) if action is not None else ():
                console.print(problem, style="red")
                failed = True
    return int(failed)


def _label(action: Action, response: Response) -> str:
    """Return what the buyer did in words: the pressed button's label, where it is one of today's."""
    if isinstance(action.event, Chose):
        labels = load_content().catalog.lexicons[response.turn.conversation.language].labels
        return labels.get(action.event.token, action.said)
    return action.said


def _event(verb: str, text: str) -> Event:
    match verb:
        case "tap":
            return Chose(text)
        case "write":
            return Wrote(text)
        case _:
            return Sent(Attachment(text))
