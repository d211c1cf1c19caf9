"""Decides what can be done with an order: the first rule that fits, and which fact to ask for until one does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from conversations.policy.conditions import fits
from conversations.policy.handbook import Handbook
from conversations.policy.order import UNKNOWN, Order
from conversations.policy.refunds import RefundWindow, refund_window
from conversations.policy.rows import Certainty, Rule, When


@dataclass(frozen=True, slots=True)
class Verdict:
    """What holds for this order today, how sure that is, what to mind, and the facts it rests on."""

    outcome: str
    certainty: Certainty
    cautions: tuple[str, ...]
    window: RefundWindow | None
    cites: tuple[str, ...]
    steps: str | None
    draft: str | None
    money: bool
    topics: tuple[str, ...]

    @property
    def ways(self) -> tuple[str, ...]:
        """What the verdict leads on to: only what this case has."""
        steps = ("phone", "pc") if self.steps else ()
        write = ("write",) if self.draft else ()
        money = ("money",) if self.money else ()
        return (*steps, *write, *money, "cautions", "change")


@dataclass(frozen=True, slots=True)
class Examination:
    """How far the rules get with what is known: the one fact to ask for next, or the verdict.

    ``considered`` are the facts that were looked at on the way; only they can change the result.
    """

    ask: str | None
    considered: tuple[str, ...]
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Derived:
    """A fact that is computed from dates: the answers it needs, and how they are read."""

    needs: tuple[str, ...]
    read: Callable[[Order, Handbook, date], str]


def _request(order: Order, handbook: Handbook, today: date) -> str:
    """Tell whether the seller's time to answer a request has passed (C1)."""
    requested = order.day("requested_on")
    if requested is None:
        return UNKNOWN
    passed = timedelta(days=handbook.figures["seller_reply_passed"].longest)
    return "old" if today - requested >= passed else "recent"


def _refund(order: Order, handbook: Handbook, today: date) -> str:
    """Tell whether a refund is still within the time of its payment method (B2)."""
    window = refund_window(order, handbook, today)
    if window is None or window.started is None:
        return UNKNOWN
    return "overdue" if window.overdue else "on_time"


def _completed(order: Order, handbook: Handbook, today: date) -> str:
    """Tell whether a refund that AliExpress calls completed has been invisible for a month (F102)."""
    completed = order.day("completed_on")
    if completed is None:
        return UNKNOWN
    month_passed = completed + relativedelta(months=handbook.figures["ask_card_company"].longest)
    return "long_ago" if today >= month_passed else "recent"


DERIVED: Mapping[str, Derived] = {
    "request": Derived(("requested_on",), _request),
    "refund": Derived(("payment", "approved_on"), _refund),
    "completed": Derived(("completed_on",), _completed),
}


def examine(order: Order, handbook: Handbook, today: date) -> Examination:
    """Walk the rules to the first that fits; stop at the first fact without which they cannot go on."""
    reader = _Reader(order, handbook, today)
    try:
        status = reader.value("status")
        rule = next(rule for rule in handbook.rules_for[status] if reader.fits(rule.when))
        for fact in handbook.outcome[rule.outcome].asks:
            reader.value(fact)
    except _MissingFactError as missing:
        return Examination(missing.fact, tuple(reader.considered))
    return Examination(None, tuple(reader.considered), _verdict(rule, order, handbook, today))


def assumed(examination: Examination, order: Order) -> tuple[str, ...]:
    """Return what was assumed on the way to the open question, so that it can be contradicted there."""
    asked = examination.ask
    return () if asked is None else tuple(fact for fact in examination.considered[:-1] if order.fact(fact) is None)


class _MissingFactError(Exception):
    """The rules need a fact that the buyer has not told yet."""

    def __init__(self, fact: str) -> None:
        self.fact = fact
        super().__init__(fact)


class _Reader:
    """Reads facts for the rules, and notes which were looked at."""

    def __init__(self, order: Order, handbook: Handbook, today: date) -> None:
        self.order, self.handbook, self.today = order, handbook, today
        self.considered: dict[str, None] = {}

    def fits(self, when: When) -> bool:
        """Tell whether a condition holds. Raises ``_MissingFactError`` where that is not known yet."""
        return all(self.value(fact) in accepted for fact, accepted in when.items())

    def value(self, fact: str) -> str:
        """Return a fact's value, computed if it is derived. Raises ``_MissingFactError``."""
        derived = DERIVED.get(fact)
        if derived is None:
            return self._told(fact)
        for need in derived.needs:
            self._told(need)
        return derived.read(self.order, self.handbook, self.today)

    def _told(self, fact: str) -> str:
        self.considered[fact] = None
        told = self.order.fact(fact) or self.handbook.fact[fact].assumed
        if told is None:
            raise _MissingFactError(fact)
        return told


def _verdict(rule: Rule, order: Order, handbook: Handbook, today: date) -> Verdict:
    outcome = handbook.outcome[rule.outcome]
    return Verdict(
        outcome=outcome.id,
        certainty=outcome.certainty,
        cautions=tuple(one for one in outcome.cautions if fits(handbook.caution[one].when, order)),
        window=refund_window(order, handbook, today) if outcome.money else None,
        cites=rule.cites,
        steps=rule.steps or outcome.steps,
        draft=rule.draft or outcome.draft,
        money=outcome.money,
        topics=outcome.topics,
    )
