"""The policy: which verdict an order gets, checked over every combination of facts against a table of its own."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

import pytest

from conversations import Handbook, Order
from conversations.policy.eligibility import examine
from conversations.policy.order import UNKNOWN

TODAY = date(2026, 11, 24)
AGES: tuple[int | str | None, ...] = (None, UNKNOWN, 0, 2, 3, 7, 14, 20, 21, 30, 31, 60)


def _day(age: int | str | None) -> str | None:
    return (TODAY - timedelta(days=age)).isoformat() if isinstance(age, int) else age


def _orders(handbook: Handbook) -> Iterator[Order]:
    """Every order that the rules can tell apart, and many that they cannot."""
    for order in _told(handbook):
        yield from _answered(order, handbook)


def _answered(order: Order, handbook: Handbook) -> Iterator[Order]:
    """The order with every answer to whatever else is asked before its verdict."""
    asked = examine(order, handbook, TODAY).ask
    if asked is None:
        yield order
    else:
        for value in handbook.values[asked]:
            yield from _answered(Order(**{**order.known(), asked: value}), handbook)


def _told(handbook: Handbook) -> Iterator[Order]:  # noqa: C901, PLR0912  # a table
    values = handbook.values
    for status in values["status"]:
        match status:
            case "shipped":
                yield from (Order(status=status, movement=one) for one in values["movement"])
            case "not_arrived":
                for delivery, protection in product(values["delivery"], values["protection"]):
                    yield Order(status=status, delivery=delivery, protection=protection)
            case "delivered":
                for protection, problem in product(values["protection"], values["problem"]):
                    yield Order(status=status, protection=protection, problem=problem)
            case "cancel_requested":
                for answer, age in product(values["seller_answer"], AGES[1:]):
                    yield Order(status=status, seller_answer=answer, requested_on=_day(age))
            case "cancelled" | "refund_processing":
                for after, payment, age in product(values["after_cancel"], values["payment"], AGES[1:]):
                    yield Order(status=status, after_cancel=after, payment=payment, approved_on=_day(age))
            case "refund_completed":
                for payment, age in product(values["payment"], AGES[1:]):
                    yield Order(status=status, payment=payment, completed_on=_day(age))
            case _:
                for payment, coupon in product(values["payment"], values["coupon"]):
                    yield Order(status=status, payment=payment, coupon=coupon)


LATEST_AGE = {"credit_card": 22, "debit_card": 15, "prepaid_card": 15, "paypal": 7}
"""The oldest approval, in days before Tuesday 24 November 2026, that is still in time; else 32 days.

20 business days before that day is 26 October (two holidays lie between): 29 days; of the ages above 30 is over.
"""


def _expected(order: Order) -> str:  # noqa: C901, PLR0911, PLR0912  # the table in words, on purpose without the rules' way
    """Return the verdict by the project's own description of the outcomes."""
    match order.status:
        case "unpaid":
            return "cancel_freely"
        case "payment_verifying":
            return "cancel_if_button_shows"
        case "awaiting_shipment":
            return "cancel_now"
        case "partially_shipped":
            return "cancel_unshipped_part"
        case "shipped":
            return "shipped_without_movement" if order.fact("movement") == "stuck" else "too_late_to_cancel"
        case "not_arrived":
            if order.fact("delivery") == "in_time":
                return "still_on_its_way"
            return "protection_over" if order.fact("protection") == "over" else "never_arrived"
        case "delivered":
            if order.fact("protection") == "over":
                return "protection_over"
            return "return_or_dispute" if order.fact("problem") == "changed_mind" else "arrived_wrong"
        case "dispute_open":
            return "dispute_running"
        case "cancel_requested":
            if order.fact("seller_answer") in {"refused", "shipped_anyway"}:
                return "seller_refused"
            if order.fact("seller_answer") in {"wait", "packed"}:
                return "seller_delays"
            asked = order.day("requested_on")
            if order.fact("seller_answer") == "none" and asked is not None and (TODAY - asked).days >= 3:
                return "seller_silent"
            return "wait_for_seller"
        case "refund_completed":
            completed = order.day("completed_on")
            month_ago = date(2026, 10, 24)
            return "ask_card_company" if completed is not None and completed <= month_ago else "check_statement"
        case _:
            if order.status == "cancelled" and order.fact("after_cancel") == "not_paid":
                return "nothing_to_refund"
            if order.status == "cancelled" and order.fact("after_cancel") in {"parcel_came", "parcel_coming"}:
                return "arrived_after_cancel"
            approved = order.day("approved_on")
            if approved is None:
                return "refund_on_time"
            late = (TODAY - approved).days > LATEST_AGE.get(order.payment or "", 32)
            return "refund_overdue" if late else "refund_on_time"


def test_every_order_gets_the_verdict_of_the_table(handbook: Handbook) -> None:
    wrong = []
    for order in _orders(handbook):
        verdict = examine(order, handbook, TODAY).verdict
        if verdict is None or verdict.outcome != _expected(order):
            wrong.append((order.known(), verdict and verdict.outcome, _expected(order)))
    assert wrong == []


def test_every_outcome_can_be_reached(handbook: Handbook) -> None:
    reached = {verdict.outcome for order in _orders(handbook) if (verdict := examine(order, handbook, TODAY).verdict)}
    assert reached == {outcome.id for outcome in handbook.outcomes}


def test_where_no_money_comes_back_none_is_estimated(handbook: Handbook) -> None:
    verdict = examine(Order(status="unpaid", payment="paypal"), handbook, TODAY).verdict
    assert verdict is not None
    assert verdict.window is None


def test_every_verdict_cites_its_facts(handbook: Handbook) -> None:
    assert all(verdict.cites for order in _orders(handbook) if (verdict := examine(order, handbook, TODAY).verdict))


def test_facts_of_another_status_change_nothing(handbook: Handbook) -> None:
    plain = Order(status="awaiting_shipment", payment="credit_card", coupon="no")
    stale = Order(
        status="awaiting_shipment",
        payment="credit_card",
        coupon="no",
        movement="stuck",
        protection="over",
        seller_answer="refused",
        after_cancel="parcel_came",
        approved_on="2020-01-01",
    )
    assert examine(stale, handbook, TODAY).verdict == examine(plain, handbook, TODAY).verdict


@pytest.mark.parametrize(
    ("order", "asked"),
    [
        (Order(), "status"),
        (Order(status="unpaid"), None),
        (Order(status="payment_verifying"), "payment"),
        (Order(status="awaiting_shipment"), "payment"),
        (Order(status="awaiting_shipment", payment="paypay"), "coupon"),
        (Order(status="shipped"), "movement"),
        (Order(status="delivered"), "protection"),
        (Order(status="cancel_requested"), "seller_answer"),
        (Order(status="cancel_requested", seller_answer="none"), "requested_on"),
        (Order(status="cancel_requested", seller_answer="refused"), None),
        (Order(status="cancel_requested", seller_answer="agreed"), None),
        (Order(status="cancelled"), "payment"),
        (Order(status="delivered", protection="open"), "problem"),
        (Order(status="not_arrived"), "delivery"),
        (Order(status="not_arrived", delivery="in_time"), None),
        (Order(status="not_arrived", delivery="lost"), "protection"),
        (Order(status="dispute_open"), None),
        (Order(status="cancelled", after_cancel="not_paid"), None),
        (Order(status="cancelled", after_cancel="awaiting_refund"), "payment"),
        (Order(status="refund_processing", payment="alipay"), "approved_on"),
        (Order(status="refund_completed"), "completed_on"),
        (Order(status="refund_completed", completed_on=UNKNOWN), "payment"),
    ],
)
def test_only_what_still_matters_is_asked(handbook: Handbook, order: Order, asked: str | None) -> None:
    assert examine(order, handbook, TODAY).ask == asked
    assert (examine(order, handbook, TODAY).verdict is None) is (asked is not None)


@pytest.mark.parametrize("payment", ["debit_card", "prepaid_card"])
def test_debit_and_prepaid_buyers_are_warned_while_the_payment_is_verified(handbook: Handbook, payment: str) -> None:
    verdict = examine(Order(status="payment_verifying", payment=payment), handbook, TODAY).verdict
    assert verdict is not None
    assert verdict.cautions[0] == "debit_hold"


@pytest.mark.parametrize(("coupon", "warned"), [("yes", True), ("no", False), ("unknown", True)])
def test_a_coupon_is_warned_of_only_where_one_may_be_lost(handbook: Handbook, coupon: str, warned: bool) -> None:
    for order in _answered(Order(status="awaiting_shipment", payment="credit_card", coupon=coupon), handbook):
        verdict = examine(order, handbook, TODAY).verdict
        assert verdict is not None
        assert ("coupon_or_sale" in verdict.cautions) is warned
