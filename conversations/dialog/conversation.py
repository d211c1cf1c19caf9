"""What is kept of a chat, and what one event in it leads to."""

from dataclasses import dataclass

from conversations.dialog.answers import Answer
from conversations.dialog.replay import Place
from conversations.dialog.replies import Choice, Reply, other_languages
from conversations.events import FIRST_LANGUAGE, Language


@dataclass(frozen=True, slots=True)
class Conversation:
    """All that is kept of a chat: the language and the answers, oldest first."""

    language: Language = FIRST_LANGUAGE
    answers: tuple[Answer, ...] = ()
    chosen: bool = False
    """The buyer chose the language: what their app says counts no more."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one event led to: the conversation to keep, where it stands, and the replies to word and send."""

    conversation: Conversation
    place: Place
    replies: tuple[Reply, ...]
    forgets: bool = False
    """The buyer asked to delete all that is kept of the chat."""

    @property
    def languages(self) -> tuple[Choice, ...]:
        """The choices that go on in another language and are on none of the replies."""
        offered = {choice.token for reply in self.replies for choice in reply.choices}
        return tuple(one for one in other_languages(self.conversation.language) if one.token not in offered)
