"""What an interaction or a message means. Reads and names; decides nothing about the dialog."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import discord

from adapters.buttons import is_worth_repeating, press_id, unmarked
from adapters.discord.interaction import Interaction
from adapters.discord.outgoing import AT_ONCE, CHOOSE, DIRECT, FILLED, OWN, OWN_WORDS, PRIVATE, QUOTED, TYPE
from adapters.wire import Raw
from conversations import Attachment, Chose, Event, Filled, Quoted, Sent, Started, Wrote
from conversations.dialog.commands import to_event

EXPLAIN = "Explain this reply"
"""The command on a message; Discord knows it by this name in every language."""
SETUP, PANEL = "setup", "panel"

_COMMAND, _PRESS, _TYPING, _FORM = 2, 3, 4, 5
"""Discord's kinds of interactions."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A buyer does something in the dialog. ``label`` is what the pressed button said."""

    event: Event
    event_id: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Invited:
    """A buyer presses a button of a public message, to be answered in private: only to them, or by direct message.

    ``message_id`` is the message by which we were called.
    """

    message_id: int
    direct: bool


@dataclass(frozen=True, slots=True)
class Form:
    """A buyer wants to type the answer to a step."""

    step: str


@dataclass(frozen=True, slots=True)
class Fields:
    """A buyer wants to type several details of a message at once."""

    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Typing:
    """A buyer is typing a question."""

    text: str


@dataclass(frozen=True, slots=True)
class Setup:
    """Somebody looks at a server's settings, or changes one."""

    setting: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """Somebody wants a message in the channel from which everybody may ask in private."""


Meaning = Deed | Invited | Form | Fields | Typing | Setup | Panel | None


def to_meaning(interaction: Interaction, topics: Collection[str], typed: Collection[str]) -> Meaning:
    """Return what an interaction means; None if it is of a kind that Discord did not have yet.

    ``typed`` are the questions whose answer is typed.
    """
    data, once = interaction.data, f"i{interaction.id}"
    if interaction.kind == _PRESS:
        return _press(interaction, typed)
    if interaction.kind == _COMMAND:
        return _command_meant(data, topics, once)
    if interaction.kind == _FORM:
        return Deed(_filled_in(data), once)
    return Typing(_option(data)) if interaction.kind == _TYPING else None


def _command_meant(data: Raw, topics: Collection[str], once: str) -> Meaning:
    match data["name"]:
        case str(name) if name == SETUP:
            return Setup()
        case str(name) if name == PANEL:
            return Panel()
        case _:
            return Deed(_command(data, topics), once)


def moves_the_dialog(interaction: Interaction) -> bool:
    """Tell whether an interaction does more than ask for suggestions or for a window to type in."""
    name = str(interaction.data.get("custom_id", ""))
    return interaction.kind != _TYPING and not name.startswith((f"{TYPE}:", OWN_WORDS, QUOTED, AT_ONCE))


def said(message: discord.Message, me: int) -> Event | None:
    """Return what somebody said in a message to ``me``; None for Discord's own notes."""
    if message.author.bot or message.type not in {discord.MessageType.default, discord.MessageType.reply}:
        return None
    content = message.content or "\n".join(one.content for one in message.message_snapshots)  # the latter: forwarded
    text = re.sub(rf"<@!?{me}>", " ", content).strip()
    if text:
        return Wrote(text)
    sent = next(_attachments(message), None)
    return Sent(sent) if sent is not None else Started()


def _attachments(message: discord.Message) -> Iterator[Attachment]:
    if message.flags.voice:
        yield Attachment.VOICE
    for one in message.attachments:
        yield _attachment(one.content_type or "")
    if message.stickers:
        yield Attachment.STICKER
    if message.poll is not None:
        yield Attachment.POLL


def _attachment(content_type: str) -> Attachment:
    kind = content_type.partition("/")[0]
    return {"image": Attachment.PHOTO, "video": Attachment.VIDEO, "audio": Attachment.VOICE}.get(
        kind, Attachment.DOCUMENT
    )


def _command(data: Raw, topics: Collection[str]) -> Event:
    """Return what a command means; a topic that was picked while a question was typed comes as its id."""
    name, text = data["name"], _option(data)
    if name == EXPLAIN:
        return _shown(data)
    if name == "ask" and text in topics:
        return Chose(f"topic:{text}")
    return to_event(name, text, {}) or Started()


def _shown(data: Raw) -> Event:
    """Return the message on which a command was used."""
    message = data["resolved"]["messages"][data["target_id"]]
    if message["content"].strip():
        return Quoted(message["content"])
    sent = next((_attachment(one.get("content_type") or "") for one in message.get("attachments", ())), None)
    return Sent(sent) if sent is not None else Quoted("")


def _option(data: Raw) -> str:
    return next((str(one.get("value", "")).strip() for one in data.get("options", ())), "")


def _filled_in(data: Raw) -> Event:
    """Return what was typed into a window means: an answer, free words, what the seller wrote, several details."""
    fields = tuple(_typed(data))
    text = fields[0][1] if fields else ""
    match unmarked(str(data.get("custom_id", "")))[0]:
        case name if name == FILLED:
            return Filled(fields)
        case name if name == QUOTED:
            return Quoted(text)
        case _:
            return Wrote(text)


def _typed(data: Raw) -> Iterator[tuple[str, str]]:
    """Yield the name of each field of a window, and what was typed into it."""
    for component in data.get("components", ()):
        inner = component.get("component", component)
        if "value" in inner:
            yield str(inner.get("custom_id", "")), inner["value"]
        yield from _typed(inner)


def _press(interaction: Interaction, typed: Collection[str]) -> Meaning:
    """Read a pressed button or a chosen option: ``token#revision``. A bare token is one of another release."""
    custom_id, values = interaction.data["custom_id"], tuple(interaction.data.get("values", ()))
    name, revision = unmarked(custom_id)
    match name.partition(":"):
        case ("!setup", _, setting):
            return Setup(setting, values)
        case (kind, _, step) if kind == TYPE and step in typed:
            return Form(step)
        case (kind, _, _) if kind in {OWN_WORDS, QUOTED}:
            return Form(kind)
        case (kind, _, details) if kind == AT_ONCE and details:
            return Fields(tuple(details.split("+")))
        case (kind, _, _) if kind in {PRIVATE, DIRECT}:
            return Invited(int(revision, 16) if _HEX.fullmatch(revision) else 0, kind == DIRECT)
        case _:
            pass
    token = values[0] if name.startswith(CHOOSE) and values else name
    press = press_id(revision, token) if revision else f"i{interaction.id}"
    return Deed(Chose(token.removeprefix(OWN)), press, _label(interaction.message, token, custom_id))


_HEX = re.compile(r"[0-9a-f]{1,16}")


def _label(message: Raw | None, token: str, custom_id: str) -> str:
    """Return what the pressed button said, where that is worth repeating."""
    if message is None or not is_worth_repeating(token):
        return ""
    for one in (one for row in message["components"] for one in row.get("components", ())):
        if one.get("custom_id") == custom_id:
            options = (option["label"] for option in one.get("options", ()) if option["value"] == token)
            return str(one.get("label") or next(options, ""))
    return ""
