"""The core's front door: one event in, the conversation to keep and the replies to send out. Pure and deterministic."""

from collections.abc import Sequence
from datetime import date

from conversations.dialog.conversation import Conversation, Turn
from conversations.dialog.hearing import Listening
from conversations.dialog.pressing import Dialog
from conversations.dialog.replies import Notice
from conversations.events import Asked, Attachment, Chose, Event, Quoted, Rewrote, Started, Wrote
from conversations.policy.handbook import Handbook
from conversations.reading.readers import Readers

__all__ = ["Conversation", "Turn", "advance", "look"]


def advance(conversation: Conversation, event: Event, handbook: Handbook, readers: Readers, today: date) -> Turn:
    """Apply one event. Whatever a buyer does has a reply; nothing raises, nothing said before is lost."""
    match event:
        case Started(language):
            return Dialog(conversation, handbook, today).start(language)
        case Chose(token):
            return Dialog(conversation, handbook, today).choose(token)
        case Wrote(text) | Rewrote(text):
            more = event.more if isinstance(event, Wrote) else ()
            return _hear(conversation, (text, *more), handbook, readers, today)
        case Asked(text):
            return Listening(conversation, handbook, readers, today).hear_question(text)
        case Quoted(text):
            return Listening(conversation, handbook, readers, today).hear_seller(text)
        case _:
            notice = Notice(_UNREADABLE.get(event.attachment, "cannot_read_attachment"))
            return Dialog(conversation, handbook, today).show(notice)


def _hear(conversation: Conversation, lines: Sequence[str], handbook: Handbook, readers: Readers, today: date) -> Turn:
    """Hear quick lines together; but where one names a choice or an answer is typed, one after the other."""
    listening = Listening(conversation, handbook, readers, today)
    apart = listening.place.typed is not None or any(readers.names.all(line) for line in lines)
    if len(lines) == 1 or not apart:
        return listening.hear("\n".join(lines))
    first, *more = lines
    return _hear(listening.hear(first).conversation, more, handbook, readers, today)


def look(conversation: Conversation, handbook: Handbook, today: date) -> Turn:
    """Show where the conversation stands, changing nothing."""
    return Dialog(conversation, handbook, today).show()


_UNREADABLE = {Attachment.PHOTO: "cannot_read_photo", Attachment.EDIT: "cannot_read_edit"}
"""The notices for what cannot be read, where there is a special one."""
