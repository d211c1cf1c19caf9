"""What an update means: an event of a buyer's own chat, a call in a group, a sign of life. Pure; decides nothing.

Updates are read as they come, and only what is needed of them: what is new or odd elsewhere in one does no harm.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from adapters.buttons import is_worth_repeating, press_id, unmarked
from adapters.days import day_in_japan
from adapters.languages import by_code
from adapters.wire import Raw
from conversations import FIRST_LANGUAGE, JOINED, Attachment, Chose, Event, Language, Rewrote, Sent, Wrote
from conversations.dialog.commands import START, TOKENS, to_event
from conversations.dialog.hearing import LONGEST_TEXT


@dataclass(frozen=True, slots=True)
class Me:
    """The bot itself: its number, and its name without the @."""

    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button: where it stands, what it said, and whether its message must stay as it is.

    ``id`` is the same however often the same button of the same screen is pressed.
    ``message_id`` is None where the message cannot be reached any more; ``kept`` are the buttons that only copy.
    """

    query: str
    id: str
    token: str
    message_id: int | None = None
    label: str = ""
    kept: Raw | None = None
    holds_draft: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """A buyer did something in their own chat with us."""

    chat: int
    event: Event
    event_id: str
    language: Language
    press: Press | None = None
    album: str = ""
    """What several messages have in common that the buyer sent as one."""
    today: date | None = None
    """The buyer's day when it was done, where the update tells."""

    @property
    def name(self) -> str:
        """The name under which the chat is kept."""
        return f"telegram:{self.chat}"


@dataclass(frozen=True, slots=True)
class GroupCall:
    """Somebody spoke to us in a group: by a message, or by a button (``query``)."""

    chat: int
    language: Language
    message_id: int | None = None
    thread: int | None = None
    query: str | None = None
    words: str = field(default="", compare=False)
    """What was said beside our name."""


@dataclass(frozen=True, slots=True)
class Presence:
    """A buyer blocked us, or let us in again."""

    chat: int
    silent: bool


@dataclass(frozen=True, slots=True)
class Lookup:
    """Somebody types a question behind our name, in any chat."""

    query: str
    words: str
    language: Language


Meaning = Deed | GroupCall | Presence | Lookup | None
_ATTACHMENTS: Mapping[str, Attachment] = {
    "photo": Attachment.PHOTO,
    "video": Attachment.VIDEO,
    "video_note": Attachment.VIDEO,
    "animation": Attachment.VIDEO,
    "voice": Attachment.VOICE,
    "audio": Attachment.VOICE,
    "sticker": Attachment.STICKER,
    "dice": Attachment.STICKER,
    "location": Attachment.LOCATION,
    "venue": Attachment.LOCATION,
    "contact": Attachment.CONTACT,
    "poll": Attachment.POLL,
}
_SERVICE = frozenset(
    {
        *("pinned_message", "message_auto_delete_timer_changed", "write_access_allowed", "chat_background_set"),
        *("boost_added", "users_shared", "chat_shared", "connected_website", "web_app_data", "passport_data"),
        *("forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened"),
        *("gift", "unique_gift"),
    }
)
"""Notes of Telegram itself in a private chat: nobody said anything."""
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)


def to_meaning(update: Raw, me: Me, links: Mapping[str, str]) -> Meaning:
    """Read an update; None if nobody said anything to us, or if it cannot be read."""
    match update:
        case {"callback_query": {"id": str(), "from": {"id": int()}} as query}:
            return _press(query)
        case {"inline_query": {"id": str(query), "from": {"id": int()} as user, "query": str(words)}}:
            return Lookup(query, words, _spoken(user))
        case {"my_chat_member": {"chat": {"id": int(chat), "type": "private"}, "new_chat_member": {"status": status}}}:
            return Presence(chat, status in {"left", "kicked"})
        case {"message": {"message_id": int(), "from": {"id": int()}, "chat": {"id": int(), "type": kind}} as message}:
            return _private(message, me, links) if kind == "private" else _group_call(message, me)
        case {"edited_message": {"message_id": int(), "from": {"id": int()}, "chat": {"type": "private"}} as message}:
            return _edit(message, me, links)
        case _:
            return None


def _spoken(user: Raw) -> Language:
    """Return the language for somebody who has not chosen one: the app's; English where it is none of ours."""
    code = user.get("language_code")
    return by_code(code) or Language.EN if code else FIRST_LANGUAGE


def _private(message: Raw, me: Me, links: Mapping[str, str]) -> Deed | None:
    event = _event(message, links)
    if event is None or not _is_own(message, me):
        return None
    name, album = f"m{message['message_id']}", str(message.get("media_group_id", ""))
    today = day_in_japan(message.get("edit_date", message.get("date")))
    return Deed(message["chat"]["id"], event, name, _spoken(message["from"]), album=album, today=today)


def joined(first: Deed, then: Deed) -> Deed | None:
    """Return two deeds that wait for an answer as one; None where each needs its own."""
    match first.event, then.event:
        case _, Sent() if then.album and then.album == first.album:
            return first
        case Sent(), Wrote() if then.album and then.album == first.album:
            return then
        case Wrote(text, more), Wrote(line) if sum(map(len, (text, *more, line))) + len(more) < LONGEST_TEXT:
            return replace(then, event=Wrote(text, (*more, line)), event_id=f"{first.event_id}{JOINED}{then.event_id}")
        case _:
            return None


def _is_own(message: Raw, me: Me) -> bool:
    """Tell whether a person said it, and did not only choose what we offered behind our name."""
    return not message["from"].get("is_bot") and (message.get("via_bot") or {}).get("id") != me.id


def _event(message: Raw, links: Mapping[str, str]) -> Event | None:
    match message:
        case {"text": str(text)}:
            command = _COMMAND.fullmatch(text.strip())
            return Wrote(text) if command is None else _command(command, links)
        case {"caption": str(caption)} if caption.strip():
            return Wrote(caption)
        case _ if _SERVICE & message.keys():
            return None
        case _:
            return Sent(next((_ATTACHMENTS[name] for name in _ATTACHMENTS if name in message), Attachment.DOCUMENT))


def _command(command: re.Match[str], links: Mapping[str, str]) -> Event:
    """Return what a command means; one that is not ours gets the list of those that are."""
    return to_event(command[1].casefold(), (command[3] or "").strip(), links) or Chose(TOKENS["help"])


def _edit(message: Raw, me: Me, links: Mapping[str, str]) -> Deed | None:
    """Return words that were changed, under the id of the message with the time of the change."""
    deed = _private(message, me, links)
    if deed is None or isinstance(deed.event, Sent):
        return None
    event = Rewrote(deed.event.text, deed.event_id) if isinstance(deed.event, Wrote) else deed.event
    return replace(deed, event=event, event_id=f"{deed.event_id}.{message.get('edit_date', 0)}")


def _press(query: Raw) -> Meaning:
    message: Raw = query.get("message") or {}
    user, chat = query["from"], message.get("chat", {})
    if chat.get("type", "private") != "private":
        return GroupCall(chat["id"], _spoken(user), query=query["id"])
    data = query.get("data", "")
    token, revision = unmarked(data)
    press = Press(
        query["id"],
        press_id(f"{message.get('message_id', 0)}#{revision}", token) if revision else f"q{query['id']}",
        token,
        message["message_id"] if message.get("date") else None,  # no date: it cannot be reached any more
        _label(message, data) if is_worth_repeating(token) else "",
        _kept(message),
        any(entity["type"] == "pre" for entity in message.get("entities", ())),
    )
    return Deed(user["id"], Chose(press.token), press.id, _spoken(user), press)


def _rows(message: Raw) -> list[list[Raw]]:
    rows: list[list[Raw]] = message.get("reply_markup", {}).get("inline_keyboard", [])
    return rows


def _label(message: Raw, data: str) -> str:
    """Return what the pressed button said."""
    buttons = (button for row in _rows(message) for button in row)
    return next((button["text"] for button in buttons if button.get("callback_data") == data), "")


def _kept(message: Raw) -> Raw | None:
    rows = [copying for row in _rows(message) if (copying := [button for button in row if "copy_text" in button])]
    return {"inline_keyboard": rows} if rows else None


def _group_call(message: Raw, me: Me) -> GroupCall | None:
    user = message["from"]
    if not _is_own(message, me) or not _calls(message, me):
        return None
    thread = message.get("message_thread_id") if message.get("is_topic_message") else None
    words = re.sub(rf"@{re.escape(me.username)}(?!\w)", " ", _words(message), flags=re.IGNORECASE).strip()
    return GroupCall(message["chat"]["id"], _spoken(user), message["message_id"], thread, words=words)


def _words(message: Raw) -> str:
    return str(message.get("text") or message.get("caption") or "")


def _calls(message: Raw, me: Me) -> bool:
    """Tell whether a group's message is meant for us: a command, our name, an answer to what we said."""
    text = _words(message)
    name = me.username.casefold()
    command = _COMMAND.fullmatch(text.strip())
    if command is not None:
        return command[2].casefold() == name if command[2] else command[1].casefold() in {*TOKENS, START}
    match message:
        case {"reply_to_message": {"from": {"id": me.id}} as answered}:
            return "forum_topic_created" not in answered
        case _:
            return re.search(rf"(?<!\w)@{re.escape(name)}(?!\w)", text.casefold()) is not None
