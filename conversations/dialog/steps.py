"""The dialog as a table: every place where a buyer can stand, what it offers, and where each choice leads.

Three kinds of steps. A *question* asks for one fact of the order; which question comes next is no matter of
this table but of the rules (``eligibility``). A *screen* shows something and leads on by its choices; before
it is shown, the facts in ``needs`` are asked. A *reading* (an answer from the questions, the help page) is
looked at beside the dialog and moves nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from conversations.policy.handbook import CANCEL, Handbook


class StepName(StrEnum):
    """Every step. A question has the name of its fact."""

    MENU = "menu"
    STATUS = "status"
    MOVEMENT = "movement"
    PROTECTION = "protection"
    SELLER_ANSWER = "seller_answer"
    REQUESTED_ON = "requested_on"
    AFTER_CANCEL = "after_cancel"
    PAYMENT = "payment"
    APPROVED_ON = "approved_on"
    COMPLETED_ON = "completed_on"
    COUPON = "coupon"
    REASON = "reason"
    SCOPE = "scope"
    DEVICE = "device"
    ORDER_NUMBER = "order_number"
    ITEM = "item"
    ORDERED = "ordered"
    WANTED = "wanted"
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


STEP_NAMES = frozenset(StepName)


class Kind(StrEnum):
    """What a step does with an answer."""

    CHOICE = "choice"  # a fact, chosen from a list
    DATE = "date"  # a fact, a day
    DETAIL = "detail"  # a fact, typed by the buyer, for the message to the seller
    SCREEN = "screen"
    READING = "reading"


@dataclass(frozen=True, slots=True)
class Step:
    """One row: its kind, the values a screen offers and where each leads, and the facts it needs first."""

    kind: Kind
    leads_to: Mapping[str, StepName] = field(default_factory=dict)
    leads_all_to: StepName | None = None
    values: Callable[[Handbook], tuple[str, ...]] = lambda _: ()
    needs: tuple[str, ...] = ()
    reached_by: tuple[str, ...] = ()

    def offered(self, handbook: Handbook) -> tuple[str, ...]:
        """Return the values that this step takes, for steps whose values are a list."""
        return (*self.leads_to, *self.values(handbook))


def _fact(name: str) -> Callable[[Handbook], tuple[str, ...]]:
    return lambda handbook: handbook.values[name]


S = StepName
CHECK, QUESTIONS, ANSWERED, WRITING = "menu:check", "menu:questions", "menu:reply", "menu:write"

STEPS: Mapping[StepName, Step] = {
    S.MENU: Step(
        Kind.SCREEN,
        leads_to={"check": S.VERDICT, "questions": S.TOPIC_GROUP, "write": S.WRITE, "reply": S.REPLY_GROUP},
    ),
    # The order: asked as far as the rules need it before the verdict can be shown.
    S.STATUS: Step(Kind.CHOICE, values=_fact("status"), reached_by=(CHECK,)),
    S.MOVEMENT: Step(Kind.CHOICE, values=_fact("movement"), reached_by=(CHECK,)),
    S.PROTECTION: Step(Kind.CHOICE, values=_fact("protection"), reached_by=(CHECK,)),
    S.SELLER_ANSWER: Step(Kind.CHOICE, values=_fact("seller_answer"), reached_by=(CHECK,)),
    S.REQUESTED_ON: Step(Kind.DATE, reached_by=(CHECK,)),
    S.AFTER_CANCEL: Step(Kind.CHOICE, values=_fact("after_cancel"), reached_by=(CHECK,)),
    S.PAYMENT: Step(Kind.CHOICE, values=_fact("payment"), reached_by=(CHECK,)),
    S.APPROVED_ON: Step(Kind.DATE, reached_by=(CHECK,)),
    S.COMPLETED_ON: Step(Kind.DATE, reached_by=(CHECK,)),
    S.COUPON: Step(Kind.CHOICE, values=_fact("coupon"), reached_by=(CHECK,)),
    S.VERDICT: Step(
        Kind.SCREEN,
        leads_to={
            "phone": S.STEPS,
            "pc": S.STEPS,
            "write": S.DRAFT,
            "money": S.MONEY,
            "cautions": S.CAUTIONS,
            "change": S.CHANGE,
        },
        reached_by=(CHECK,),
    ),
    S.STEPS: Step(Kind.SCREEN),
    S.MONEY: Step(Kind.SCREEN, leads_to={"payment": S.MONEY}, needs=("payment",)),
    S.CAUTIONS: Step(Kind.SCREEN),
    S.CHANGE: Step(Kind.SCREEN, leads_all_to=S.VERDICT, reached_by=(CHECK, "verdict:change")),
    # Messages to the seller.
    S.WRITE: Step(
        Kind.SCREEN,
        leads_all_to=S.DRAFT,
        values=lambda book: (CANCEL, *(row.id for row in book.drafts if row.menu)),
        reached_by=(WRITING,),
    ),
    S.DRAFT: Step(Kind.SCREEN, leads_to={"details": S.DRAFT, "reason": S.DRAFT}),
    S.REASON: Step(Kind.CHOICE, values=_fact("reason"), reached_by=(WRITING, "write:cancel")),
    S.SCOPE: Step(Kind.CHOICE, values=_fact("scope"), reached_by=(WRITING, "write:cancel")),
    S.DEVICE: Step(Kind.CHOICE, values=_fact("device"), reached_by=(CHECK,)),
    S.ORDER_NUMBER: Step(Kind.DETAIL),
    S.ITEM: Step(Kind.DETAIL),
    S.ORDERED: Step(Kind.DETAIL),
    S.WANTED: Step(Kind.DETAIL),
    # What the seller answered.
    S.REPLY_GROUP: Step(
        Kind.SCREEN,
        leads_all_to=S.REPLY_KIND,
        values=lambda book: tuple(row.id for row in book.reply_groups),
        reached_by=(ANSWERED,),
    ),
    S.REPLY_KIND: Step(
        Kind.SCREEN,
        leads_all_to=S.DRAFT,
        values=lambda book: tuple(row.id for row in book.reply_kinds),
        reached_by=(ANSWERED, "reply_group:*"),
    ),
    # Questions.
    S.TOPIC_GROUP: Step(
        Kind.SCREEN,
        leads_all_to=S.TOPIC,
        values=lambda book: tuple(row.id for row in book.topic_groups),
        reached_by=(QUESTIONS,),
    ),
    S.TOPIC: Step(Kind.READING, values=lambda book: tuple(row.id for row in book.topics)),
    S.HELP: Step(Kind.READING, values=lambda _: ("me", "cancel", "settings", "privacy", "forget")),
}
TYPED = frozenset(step for step, row in STEPS.items() if row.kind in {Kind.DATE, Kind.DETAIL})
"""The steps whose answer a buyer types."""
