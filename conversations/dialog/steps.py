"""The dialog as a table: every screen where a buyer can stand, what it offers, and where each choice leads.

Three kinds of steps. A *question* asks for one fact of the order: those are the rows of ``order.toml``, and which
comes next is a matter of the rules (``eligibility``). A *screen* shows something and leads on by its choices. A
*reading* (an answer from the questions, a help page) is looked at beside the dialog and moves nothing.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from conversations.policy.handbook import CANCEL, Handbook
from conversations.policy.rows import Part


class StepName(StrEnum):
    """The screens and the readings. A question has the name of its fact."""

    MENU = "menu"
    VERDICT = "verdict"
    STEPS = "steps"
    MONEY = "money"
    CAUTIONS = "cautions"
    CHANGE = "change"
    WRITE = "write"
    DRAFT = "draft"
    REPLY_GROUP = "reply_group"
    REPLY_KIND = "reply_kind"
    TOPIC_GROUP = "topic_group"
    TOPIC = "topic"
    HELP = "help"


class Settles(StrEnum):
    """What an answer settles for the screens behind it."""

    DEVICE = "device"
    GROUP = "group"
    DRAFT = "draft"  # the message that the answer names
    PROPOSED = "proposed"  # the message that the verdict proposes
    REPLY_KINDS = "reply_kinds"  # what the seller wrote, and so the messages that answer it


NAMED = "*named"
"""Asks anew for the fact that the answer names."""
DETAILS = "*details"
"""Asks anew for all details that the messages on the screen can carry."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """Where an answer leads: the screen, what it settles for it, and which fact it asks for anew before."""

    to: StepName
    settles: Settles | None = None
    anew: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One row: the values that a step takes and where they lead, and the facts that it needs before it shows.

    ``leads`` are values with an arrow of their own, ``leads_all`` is the arrow of all in ``values``. ``beside`` are
    values taken and not offered, ``also`` the tokens offered beside the values, each with its label. ``reached_by``
    are the tokens that lead to the step from the menu: from a button of an old screen, or from words.
    """

    leads: Mapping[str, Arrow] = field(default_factory=dict)
    leads_all: Arrow | None = None
    values: Callable[[Handbook], Collection[str]] = lambda _: ()
    beside: tuple[str, ...] = ()
    also: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    needs_of_drafts: bool = False
    """What its messages cannot be written without is asked first."""
    reached_by: tuple[str, ...] = ()
    by_rules: bool = False
    """The rules decide what is asked before the screen shows, and which of its ways a case has."""
    several: bool = False
    """An answer may name several values, joined by "+"."""
    is_reading: bool = False

    def takes(self, value: str, handbook: Handbook) -> bool:
        """Tell whether a value is one of the step's."""
        if value in self.beside:
            return True
        known = self.values(handbook)
        return value in self.leads or all(one in known for one in (parts(value) if self.several else (value,)))

    def offered(self, handbook: Handbook) -> tuple[str, ...]:
        """Return the values that this step offers."""
        return (*self.leads, *self.values(handbook))

    def arrow(self, value: str) -> Arrow | None:
        """Return where a value leads; None if nowhere."""
        return self.leads.get(value, self.leads_all)


def parts(value: str) -> tuple[str, ...]:
    """Return the values that an answer with several names."""
    return tuple(value.split("+"))


S = StepName
HOME = "home"
"""Answer to the menu: look at the menu again; everything said stays known."""
RESTART = "restart"
"""Answer to the menu: begin anew; what was said before counts no more (and ``back`` still undoes it)."""
CHECK, QUESTIONS, ANSWERED, WRITING = "menu:check", "menu:questions", "menu:reply", "menu:write"

STEPS: Mapping[str, Step] = {
    S.MENU: Step(
        leads={
            "check": Arrow(S.VERDICT),
            "questions": Arrow(S.TOPIC_GROUP),
            "write": Arrow(S.WRITE),
            "reply": Arrow(S.REPLY_GROUP),
        },
        beside=(HOME, RESTART),
    ),
    # The order: asked as far as the rules need it before the verdict can be shown.
    S.VERDICT: Step(
        leads={
            "phone": Arrow(S.STEPS, Settles.DEVICE),
            "pc": Arrow(S.STEPS, Settles.DEVICE),
            "write": Arrow(S.DRAFT, Settles.PROPOSED),
            "money": Arrow(S.MONEY),
            "cautions": Arrow(S.CAUTIONS),
            "change": Arrow(S.CHANGE),
        },
        by_rules=True,
        reached_by=(CHECK,),
    ),
    S.STEPS: Step(),
    S.MONEY: Step(leads={"payment": Arrow(S.MONEY, anew="payment")}, needs=("payment",)),
    S.CAUTIONS: Step(),
    S.CHANGE: Step(
        leads_all=Arrow(S.VERDICT, anew=NAMED),
        values=lambda book: book.fact,
        reached_by=(CHECK, "verdict:change"),
    ),
    # Messages to the seller.
    S.WRITE: Step(
        leads_all=Arrow(S.DRAFT, Settles.DRAFT),
        values=lambda book: book.menu_drafts,
        also={ANSWERED: ANSWERED},
        reached_by=(WRITING,),
    ),
    S.DRAFT: Step(
        leads={
            "details": Arrow(S.DRAFT, anew=DETAILS),
            "reason": Arrow(S.DRAFT, anew="reason"),
            "own_reason": Arrow(S.DRAFT, anew="own_reason"),
        },
        needs_of_drafts=True,
    ),
    # What the seller answered.
    S.REPLY_GROUP: Step(
        leads_all=Arrow(S.REPLY_KIND, Settles.GROUP),
        values=lambda book: book.reply_group,
        reached_by=(ANSWERED,),
    ),
    S.REPLY_KIND: Step(
        leads_all=Arrow(S.DRAFT, Settles.REPLY_KINDS),
        values=lambda book: book.reply_kind,
        several=True,
        reached_by=(ANSWERED, "reply_group:*"),
    ),
    # Questions.
    S.TOPIC_GROUP: Step(
        leads_all=Arrow(S.TOPIC, Settles.GROUP),
        values=lambda book: book.topic_group,
        reached_by=(QUESTIONS,),
    ),
    S.TOPIC: Step(values=lambda book: book.topic, is_reading=True),
    S.HELP: Step(values=lambda _: ("me", "cancel", "settings", "privacy", "forget"), is_reading=True),
}
SCREENS = frozenset(name for name, step in STEPS.items() if not step.is_reading)
READINGS = frozenset(STEPS) - SCREENS

PARTS: Mapping[Part, tuple[str, ...]] = {
    Part.CHECK: (CHECK,),
    Part.REQUEST: (WRITING, f"write:{CANCEL}"),
    Part.CHANGE: (WRITING, "write:change_instead"),
    Part.MESSAGE: (),
}
"""The tokens that lead to the questions of a part of the dialog from the menu."""
