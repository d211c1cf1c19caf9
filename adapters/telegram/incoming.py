"""What an update means: an event of a buyer's own chat, a call in a group, a sign of life. Pure; decides nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from telegram import CallbackQuery, ChatMember, Message, MessageEntity, Update, User
from telegram.constants import ChatType

from adapters.commands import START, TOKENS, to_event
from adapters.telegram.outgoing import Raw
from conversations import Attachment, Chose, Event, Language, Sent, Wrote


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
class Action:
    """A buyer did something in their own chat with us."""

    chat: int
    event: Event
    event_id: str
    language: Language
    press: Press | None = None

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


@dataclass(frozen=True, slots=True)
class Presence:
    """A buyer blocked us, or let us in again."""

    chat: int
    silent: bool


Meaning = Action | GroupCall | Presence | None
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
_SERVICE = (
    *("pinned_message", "message_auto_delete_timer_changed", "write_access_allowed", "chat_background_set"),
    *("boost_added", "users_shared", "chat_shared", "connected_website", "web_app_data", "passport_data"),
    *("forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened", "gift", "unique_gift"),
)
"""Notes of Telegram itself in a private chat: nobody said anything."""
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)


def to_meaning(update: Update, me: User, links: Mapping[str, str]) -> Meaning:
    """Read an update; None if nobody said anything to us."""
    if update.callback_query is not None:
        return _press(update.callback_query)
    if update.my_chat_member is not None:
        change = update.my_chat_member
        left = change.new_chat_member.status in {ChatMember.BANNED, ChatMember.LEFT}
        return Presence(change.chat.id, left) if change.chat.type == ChatType.PRIVATE else None
    message = update.message or update.edited_message
    if message is None or message.from_user is None or message.from_user.is_bot:
        return None
    if message.chat.type != ChatType.PRIVATE:
        called = update.message is not None and _calls(message, me)
        return _group_call(message, message.from_user) if called else None
    language = spoken(message.from_user)
    if update.message is None:
        edit = f"e{message.message_id}.{int(message.edit_date.timestamp()) if message.edit_date else 0}"
        return Action(message.chat.id, Sent(Attachment.EDIT), edit, language) if message.text else None
    event = _event(message, links)
    return Action(message.chat.id, event, f"m{message.message_id}", language) if event is not None else None


def spoken(user: User) -> Language:
    """Return the language for somebody who has not chosen one: Japanese unless the app is set to another."""
    code = (user.language_code or "ja").casefold()
    return Language.JA if code.partition("-")[0] == "ja" else Language.EN


def _event(message: Message, links: Mapping[str, str]) -> Event | None:
    if message.text:
        command = _COMMAND.fullmatch(message.text.strip())
        event = to_event(command[1].casefold(), (command[3] or "").strip(), links) if command else None
        return event or Wrote(message.text)
    kind = next((kind for name, kind in _ATTACHMENTS.items() if getattr(message, name)), None)
    if kind is None and any(getattr(message, name, None) for name in _SERVICE):
        return None
    return Sent(kind or Attachment.DOCUMENT)


def _press(query: CallbackQuery) -> Meaning:
    message = query.message
    chat = message.chat if message is not None else None
    if chat is not None and chat.type != ChatType.PRIVATE:
        return GroupCall(chat.id, spoken(query.from_user), query=query.id)
    data = query.data or ""
    token, mark, revision = data.rpartition("#")
    token = token if mark else data
    shown = message if isinstance(message, Message) else None
    place = f"{message.message_id if message is not None else 0}"
    press = Press(
        query.id,
        f"p{place}#{revision}" if mark else f"q{query.id}",
        token,
        shown.message_id if shown else None,
        _label(shown, data),
        _kept(shown),
        shown is not None and any(entity.type == MessageEntity.PRE for entity in shown.entities),
    )
    return Action(query.from_user.id, Chose(token), press.id, spoken(query.from_user), press)


def _label(message: Message | None, data: str) -> str:
    """Return what the pressed button said. Ways such as "back" are no choice worth repeating."""
    markup = message.reply_markup if message is not None else None
    if markup is None or ":" not in data:
        return ""
    buttons = (button for row in markup.inline_keyboard for button in row)
    return next((button.text for button in buttons if button.callback_data == data), "")


def _kept(message: Message | None) -> Raw | None:
    markup = message.reply_markup if message is not None else None
    rows = [[one.to_dict() for one in row if one.copy_text] for row in markup.inline_keyboard] if markup else []
    return {"inline_keyboard": [row for row in rows if row]} if any(rows) else None


def _calls(message: Message, me: User) -> bool:
    """Tell whether a group's message is meant for us: a command, our name, an answer to what we said."""
    text = message.text or message.caption or ""
    command = _COMMAND.fullmatch(text.strip())
    if command is not None:
        named = (command[2] or "").casefold()
        return named == (me.username or "").casefold() if named else command[1].casefold() in {*TOKENS, START}
    answered = message.reply_to_message
    if answered is not None and answered.from_user is not None and answered.from_user.id == me.id:
        return not answered.forum_topic_created
    mentions = (*message.parse_entities(["mention"]).values(), *message.parse_caption_entities(["mention"]).values())
    return f"@{me.username}".casefold() in {mention.casefold() for mention in mentions}


def _group_call(message: Message, user: User) -> GroupCall:
    thread = message.message_thread_id if message.is_topic_message else None
    return GroupCall(message.chat.id, spoken(user), message.message_id, thread)
