"""What the newest event of each chat found, in case the buyer says it in other words: then that is where it is heard.

Only in memory: after a restart other words are heard beside the first ones.
"""

from bot.keeping.fallback import MOST_CHATS
from bot.keeping.store import Saved
from conversations import Attachment, Conversation, Event, Rewrote, Sent


class Editions:
    """Takes back what words led to when they are edited."""

    def __init__(self) -> None:
        """Begin with no chats."""
        self._newest: dict[str, tuple[Conversation, Conversation]] = {}

    def heard(self, chat: str, saved: Saved, event: Event) -> tuple[Conversation, Event]:
        """Return where an event is to be heard, and as what: only of the newest another edition counts."""
        now = saved.conversation
        if not isinstance(event, Rewrote):
            return now, event
        newest = saved.event_ids[-1] if saved.event_ids else ""
        if newest.partition(".")[0] != event.of:
            return now, Sent(Attachment.EDIT)
        before, after = self._newest.get(chat, (now, now))
        return before if after == now else now, event

    def note(self, chat: str, before: Conversation, after: Conversation) -> None:
        """Note what an event found and what it led to."""
        self.forget(chat)
        self._newest[chat] = before, after
        if len(self._newest) > MOST_CHATS:
            del self._newest[next(iter(self._newest))]

    def forget(self, chat: str) -> None:
        """Drop all that is known of a chat."""
        self._newest.pop(chat, None)
