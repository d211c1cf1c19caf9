"""When the money should be visible: each method's own unit, counted on days when banks work, never a promise."""

from datetime import date, timedelta

import pytest

from conversations import Handbook, Order
from conversations.policy.refunds import business_days_later, is_business_day, later, refund_window
from conversations.policy.rows import Unit

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-24", 0, "2026-11-24"),
        ("2026-11-24", 1, "2026-11-25"),
        ("2026-11-20", 1, "2026-11-24"),  # over a weekend and Labour Thanksgiving Day
        ("2026-11-24", 15, "2026-12-15"),
        ("2026-04-28", 3, "2026-05-07"),  # over Golden Week, whose last holiday is a substitute
        ("2026-12-29", 2, "2027-01-04"),  # banks rest from 31 December to 3 January, whatever the weekday
        ("2024-12-27", 3, "2025-01-07"),  # 30 December, 6 and 7 January; the 31st, 2nd and 3rd are weekdays
        ("2026-12-31", 1, "2027-01-04"),
    ],
)
def test_business_days_skip_weekends_holidays_and_the_days_on_which_banks_rest(start: str, days: int, end: str) -> None:
    assert business_days_later(date.fromisoformat(start), days) == date.fromisoformat(end)


def test_the_public_holidays_are_those_of_the_law_and_of_its_exceptions() -> None:
    """As the Cabinet Office lists them, with the days that moved for the Olympic Games of 2021."""
    year = [date(2021, 1, 1) + timedelta(days=n) for n in range(365)]
    closed = [f"{day:%m-%d}" for day in year if day.weekday() < 5 and not is_business_day(day)]
    assert closed == [
        *("01-01", "01-11", "02-11", "02-23", "04-29", "05-03", "05-04", "05-05"),
        *("07-22", "07-23", "08-09", "09-20", "09-23", "11-03", "11-23", "12-31"),
    ]


@pytest.mark.parametrize(
    ("unit", "end"), [(Unit.DAYS, "2026-11-26"), (Unit.WEEKS, "2026-12-08"), (Unit.BUSINESS_DAYS, "2026-11-26")]
)
def test_a_period_is_counted_in_its_own_unit(unit: Unit, end: str) -> None:
    assert later(TODAY, 2, unit) == date.fromisoformat(end)


@pytest.mark.parametrize(
    ("payment", "earliest", "latest"),
    [
        ("credit_card", "2026-12-01", "2026-12-15"),
        ("debit_card", "2026-11-27", "2026-12-08"),
        ("prepaid_card", "2026-11-27", "2026-12-08"),
        ("paypal", "2026-11-25", "2026-12-01"),
        ("paypay", "2026-11-27", "2026-12-22"),
        ("alipay", "2026-11-27", "2026-12-22"),
        ("konbini", "2026-12-03", "2026-12-22"),
        ("bank_transfer", "2026-12-03", "2026-12-22"),
        ("other", "2026-11-27", "2026-12-22"),
    ],
)
def test_a_refund_approved_today_has_dates_by_its_method(
    handbook: Handbook, payment: str, earliest: str, latest: str
) -> None:
    order = Order(status="refund_processing", payment=payment, approved_on="2026-11-24")
    window = refund_window(order, handbook, TODAY)
    assert window is not None
    assert (window.earliest, window.latest) == (date.fromisoformat(earliest), date.fromisoformat(latest))
    assert window.cites


def test_before_an_approval_there_are_no_dates(handbook: Handbook) -> None:
    order = Order(status="awaiting_shipment", payment="credit_card", approved_on="2026-11-01")
    window = refund_window(order, handbook, TODAY)
    assert window is not None
    assert (window.started, window.earliest, window.overdue) == (None, None, False)
    assert window.from_today == (date(2026, 12, 1), date(2026, 12, 15))


def test_without_a_payment_method_there_is_no_window(handbook: Handbook) -> None:
    assert refund_window(Order(status="refund_processing"), handbook, TODAY) is None


def test_once_completed_the_banks_own_time_counts(handbook: Handbook) -> None:
    order = Order(status="refund_completed", payment="paypal", completed_on="2026-11-24", approved_on="2026-11-01")
    window = refund_window(order, handbook, TODAY)
    assert window is not None
    assert (window.shortest, window.longest, window.started) == (7, 15, TODAY)


@pytest.mark.parametrize(
    ("payment", "approved", "overdue"),
    [
        ("credit_card", "2026-10-30", False),  # the 15th business day
        ("credit_card", "2026-10-29", True),
        ("paypal", "2026-11-17", False),
        ("paypal", "2026-11-13", True),
        ("konbini", "2026-10-23", False),  # the 20th business day
        ("konbini", "2026-10-22", True),
    ],
)
def test_a_refund_is_overdue_after_its_methods_own_time(
    handbook: Handbook, payment: str, approved: str, overdue: bool
) -> None:
    window = refund_window(Order(status="cancelled", payment=payment, approved_on=approved), handbook, TODAY)
    assert window is not None
    assert window.overdue is overdue


def test_after_three_weeks_aliexpress_may_be_asked_even_if_it_is_not_overdue(handbook: Handbook) -> None:
    window = refund_window(Order(status="cancelled", payment="konbini", approved_on="2026-11-03"), handbook, TODAY)
    assert window is not None
    assert (window.may_ask, window.overdue) == (True, False)
