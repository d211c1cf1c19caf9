"""When the money should be visible: from the approval, in the payment method's own unit, as real dates."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from jpholiday import is_holiday

from conversations.policy.handbook import Handbook
from conversations.policy.order import Order
from conversations.policy.rows import Certainty, Period, Unit

_SATURDAY = 5
# Refunds end at a bank or card company, and the law closes banks also on the days around New Year (銀行法施行令 5).
_BANKS_REST = {(12, 31), (1, 1), (1, 2), (1, 3)}


@dataclass(frozen=True, slots=True)
class RefundWindow:
    """An estimate, never a promise. The dates are None while the day it is counted from is not known."""

    shortest: int
    longest: int
    unit: Unit
    certainty: Certainty
    cites: tuple[str, ...]
    started: date | None
    earliest: date | None
    latest: date | None
    from_today: tuple[date, date]
    """Earliest and latest if it were counted from today: an example while nothing is approved."""
    may_ask: bool
    """Three weeks have passed since the start: AliExpress may be asked (F96, B2)."""
    overdue: bool
    """The method's own time has passed."""


@lru_cache(maxsize=4096)
def business_days_later(start: date, days: int) -> date:
    """Return the n-th business day after ``start``, as Japanese banks count: see ``is_business_day``.

    >>> business_days_later(date(2026, 11, 20), 1)  # Friday; Monday 23 November is a holiday
    datetime.date(2026, 11, 24)
    """
    day = start
    while days > 0:
        day += timedelta(days=1)
        if is_business_day(day):
            days -= 1
    return day


def is_business_day(day: date) -> bool:
    """Tell whether Japanese banks are open: no weekend, no public holiday, none of 31 December to 3 January.

    >>> is_business_day(date(2026, 12, 31))  # a Thursday
    False
    """
    return day.weekday() < _SATURDAY and (day.month, day.day) not in _BANKS_REST and not is_holiday(day)


def later(start: date, amount: int, unit: Unit) -> date:
    """Return the day so many days, business days or weeks after ``start`` (other units do not measure refunds)."""
    match unit:
        case Unit.BUSINESS_DAYS:
            return business_days_later(start, amount)
        case Unit.WEEKS:
            return start + timedelta(weeks=amount)
        case _:
            return start + timedelta(days=amount)


def refund_window(order: Order, handbook: Handbook, today: date) -> RefundWindow | None:
    """Return when the money should be visible; None while the payment method is not known.

    Counted from the approval; once AliExpress shows the refund as completed, from that day, and then it is
    the bank's or card company's time that counts (C16, F101). Before an approval there are no dates.
    """
    if order.payment is None:
        return None
    method = handbook.method[order.payment]
    if order.status == "refund_completed":
        figure = handbook.figures["after_completed"]
        return _window(figure, figure.cites, order.day("completed_on"), handbook, today)
    closed = any(row.closed for row in handbook.statuses if row.id == order.status)
    started = order.day("approved_on") if closed else None
    return _window(method.refund, method.cites, started, handbook, today)


def _window(
    period: Period, cites: tuple[str, ...], started: date | None, handbook: Handbook, today: date
) -> RefundWindow:
    earliest = latest = None
    may_ask = overdue = False
    if started is not None:
        earliest = later(started, period.shortest, period.unit)
        latest = later(started, period.longest, period.unit)
        ask = handbook.figures["ask_aliexpress"]
        may_ask = today >= later(started, ask.longest, ask.unit)
        overdue = today > latest
    return RefundWindow(
        shortest=period.shortest,
        longest=period.longest,
        unit=period.unit,
        certainty=period.certainty,
        cites=cites,
        started=started,
        earliest=earliest,
        latest=latest,
        from_today=(later(today, period.shortest, period.unit), later(today, period.longest, period.unit)),
        may_ask=may_ask,
        overdue=overdue,
    )
