"""The buyer's day when something was sent: a message may reach us a day later, and "today" is what its writer meant."""

from datetime import UTC, date, datetime, timedelta, timezone

JAPAN = timezone(timedelta(hours=9))
"""Japan has no summer time."""
LATEST = timedelta(days=2)
"""Platforms keep what they could not bring us for about a day. An older time, or one to come, is a wrong clock."""


def day_in_japan(seconds: object, now: datetime | None = None) -> date | None:
    """Return the day in Japan at so many seconds since 1970; None where it cannot be the time of something sent.

    >>> newyear = datetime(2026, 1, 1, 0, 30, tzinfo=JAPAN)
    >>> day_in_japan(1_767_193_200, newyear), day_in_japan(1_767_193_199, newyear), day_in_japan(0), day_in_japan("x")
    (datetime.date(2026, 1, 1), datetime.date(2025, 12, 31), None, None)
    """
    try:
        sent = datetime.fromtimestamp(seconds, UTC)  # type: ignore[arg-type]  # asks forgiveness
    except (TypeError, ValueError, OverflowError, OSError):
        return None
    plausible = -timedelta(hours=1) <= (now or datetime.now(UTC)) - sent <= LATEST
    return sent.astimezone(JAPAN).date() if plausible else None
