"""The core's front door: one event in, the conversation to keep and the replies to send out. Pure and deterministic."""

from collections.abc import Sequence
from datetime import date

from conversations.dialog.conversation import Conversation, Turn
from conversations.dialog.hearing import Listening
from conversations.dialog.pressing import Dialog
from conversations.dialog.replies import Notice
from conversations.events import Asked, Attachment, Chose, Event, Filled, Quoted, Rewrote, Sent, Started, Wrote
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
        case Sent(attachment):
            return Dialog(conversation, handbook, today).show(Notice(_unreadable(attachment)))
        case Wrote(text, more):
            return _hear(conversation, (text, *more), handbook, readers, today)
        case _:
            return _listen(event, Listening(conversation, handbook, readers, today))


def _listen(event: Rewrote | Filled | Asked | Quoted, listening: Listening) -> Turn:
    match event:
        case Rewrote(text):
            return listening.hear(text)
        case Filled(details):
            return listening.fill(details)
        case Asked(text):
            return listening.hear_question(text)
    return listening.hear_seller(event.text)


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


def _unreadable(attachment: Attachment) -> str:
    """Return the notice for what cannot be read."""
    return {Attachment.PHOTO: "cannot_read_photo", Attachment.EDIT: "cannot_read_edit"}.get(
        attachment, "cannot_read_attachment"
    )
