"""What the dialog answers with: which screen, about what, with which choices. Still no wording."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from conversations.events import Language
from conversations.policy.eligibility import Verdict
from conversations.policy.order import Order


class Role(StrEnum):
    """What a choice is, for platforms that show one unlike the other."""

    ANSWER = "answer"  # to the question, or a way on from the screen
    WAY = "way"  # about the conversation itself: back, home, another language
    GRAVE = "grave"  # cannot be undone


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: a token that carries its meaning (``step:value``, ASCII, 64 bytes at most) and its label's name."""

    token: str
    label: str

    @property
    def role(self) -> Role:
        """What the choice is."""
        return role_of(self.token)


FORGET = "forget"
"""The token that deletes all that is kept of a chat."""


def role_of(token: str) -> Role:
    """Return what the choice with a token is.

    >>> [str(role_of(token)) for token in ("status:shipped", "back", "language:en", "forget")]
    ['answer', 'way', 'way', 'grave']
    """
    if token == FORGET:
        return Role.GRAVE
    return Role.ANSWER if ":" in token and not token.startswith("language:") else Role.WAY


def other_languages(language: Language) -> tuple[Choice, ...]:
    """Return the choices that go on in another language."""
    return tuple(Choice(f"language:{other}", f"language:{other}") for other in Language if other is not language)


@dataclass(frozen=True, slots=True)
class Notice:
    """A line above a screen that says what just happened, such as words that were not understood.

    ``heard`` is the buyer's own text, where repeating it keeps it from being lost.
    """

    name: str
    heard: str = ""
    english: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    """Facts of the order that were just understood, by name."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to be worded: the screen's name, what it is about, and all that its words may depend on."""

    screen: str
    order: Order
    today: date
    choices: tuple[Choice, ...] = ()
    subject: str | None = None
    verdict: Verdict | None = None
    notices: tuple[Notice, ...] = ()
    draft: str | None = None
    drafts: tuple[str, ...] = ()
    """The messages that answer what the seller wrote."""
    stage: str | None = None
    """The stage of the order, where the words depend on it."""
    again: bool = False
    """The question was explained just before."""
    assumed: tuple[str, ...] = ()
    """Facts that were assumed, so that the buyer can contradict."""
    pasted: bool = False
    """The buyer pasted what the seller wrote: an example would only look like its translation."""
    form: bool = False
    number: int = 0
    """Its place among several messages to the seller on one screen; 0 where it is the only one."""
    stage_open: bool = False
    """The order's stage was not told: the choices below name the stages."""
    explained: bool = False
    cautions: tuple[str, ...] = ()
