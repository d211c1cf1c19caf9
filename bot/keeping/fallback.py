"""What this process still knows of its chats, so that nobody has to begin anew while the store fails."""

import logging
from dataclasses import dataclass, replace

from bot.keeping.store import MOST_EVENT_IDS, Saved
from conversations import Answer

log = logging.getLogger(__name__)
MOST_CHATS = 10_000
"""Chats that are known; beyond it the one longest unheard of is let go."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A chat as the store last had it, and as it is now; they differ while it could not be saved."""

    kept: Saved
    now: Saved
    unsaved: bool


class Fallback:
    """Keeps the last chats in memory, and what was said in them that could not be saved yet."""

    def __init__(self) -> None:
        """Begin with no chats."""
        self._chats: dict[str, _Known] = {}
        self._unsaved: dict[str, None] = {}

    @property
    def unsaved(self) -> tuple[str, ...]:
        """The chats that could not be saved."""
        return tuple(self._unsaved)

    def newest(self, chat: str) -> Saved:
        """Return a chat as it is now, as far as this process knows."""
        known = self._chats.get(chat)
        return known.now if known else Saved()

    def loaded(self, chat: str, stored: Saved) -> Saved:
        """Note what the store has of a chat; return it together with what could not be saved so far."""
        known = self._chats.get(chat)
        unsaved = known is not None and known.unsaved
        now = _merged(known.kept, known.now, stored) if known is not None and unsaved else stored
        self._note(chat, _Known(stored, now, unsaved))
        return now

    def saved(self, chat: str, now: Saved) -> None:
        """Note that the store has the chat as it is now."""
        kept = replace(now, version=now.version + 1)
        self._note(chat, _Known(kept, kept, unsaved=False))

    def hold(self, chat: str, now: Saved) -> bool:
        """Note how a chat is now although it could not be saved; tell whether it is the first time in a row."""
        known = self._chats.get(chat)
        self._note(chat, _Known(known.kept if known else Saved(), now, unsaved=True))
        return known is None or not known.unsaved

    def forget(self, chat: str) -> None:
        """Drop all that is known of a chat."""
        self._chats.pop(chat, None)
        self._unsaved.pop(chat, None)

    def _note(self, chat: str, known: _Known) -> None:
        self.forget(chat)
        self._chats[chat] = known
        if known.unsaved:
            self._unsaved[chat] = None
        if len(self._chats) > MOST_CHATS:
            self._let_go()

    def _let_go(self) -> None:
        """Let go of the chat longest unheard of; of one that could not be saved only if there is no other."""
        saved = next((chat for chat in self._chats if chat not in self._unsaved), None)
        if saved is None:
            log.error("more chats than memory holds wait for the store; the oldest is lost")
        self.forget(saved or next(iter(self._chats)))


def _merged(kept: Saved, now: Saved, stored: Saved) -> Saved:
    """Join what the store has with what was said meanwhile.

    If nobody else wrote, or the store lost the chat, what is now counts. Otherwise what was said since
    ``kept`` is said after what is stored: the newest answer to a question counts.
    """
    if stored.version in {kept.version, 0}:
        return replace(now, version=stored.version)
    before, after = kept.conversation, now.conversation
    language = after.language if after.language is not before.language else stored.conversation.language
    answers = (*stored.conversation.answers, *_said_since(before.answers, after.answers))
    ids = tuple(dict.fromkeys((*stored.event_ids, *now.event_ids)))[-MOST_EVENT_IDS:]
    merged = replace(after, language=language, answers=answers)
    return replace(now, conversation=merged, event_ids=ids, version=stored.version)


def _said_since(before: tuple[Answer, ...], after: tuple[Answer, ...]) -> tuple[Answer, ...]:
    same = next((i for i, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), len(before))
    return after[same:]
