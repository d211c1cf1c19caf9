"""The day in the buyer's country."""

from datetime import UTC, date, datetime, timedelta, timezone

_TOKYO = timezone(timedelta(hours=9))


def today_in_japan() -> date:
    """Return the day in the buyer's country, which has no summer time."""
    return datetime.now(UTC).astimezone(_TOKYO).date()
