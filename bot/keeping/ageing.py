"""When chats are forgotten, also where the machine's clock is wrong for a while.

A clock that jumps, to 1970 before it is set or to 2100, must not delete anything: a day that is too far from the
last one counts only when it has been so for some days.
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta

FARTHEST = timedelta(days=180)
"""The longest that a process may have stood still for its clock to be believed at once."""
BELIEVED_AFTER = timedelta(days=3)
"""How long a clock has to go on from where it jumped to."""


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The day that counts, and the day to which the clock has jumped, if it has."""

    day: date
    jumped_to: date | None = None

    def at(self, today: date) -> "Reckoning":
        """Return the reckoning when the clock shows a day."""
        if self.day - timedelta(days=1) <= today <= self.day + FARTHEST:
            return Reckoning(max(self.day, today))
        since = self.jumped_to
        if since is None or not since <= today <= since + FARTHEST:
            return Reckoning(self.day, today)
        return Reckoning(today) if today >= since + BELIEVED_AFTER else self

    def jumps_at(self, today: date) -> bool:
        """Tell whether the day that counts leaps now: then nobody knows how old the chats are."""
        now = self.at(today).day
        return not self.day <= now <= self.day + FARTHEST

    def written(self) -> str:
        """Return it as text."""
        return json.dumps([self.day.isoformat(), self.jumped_to and self.jumped_to.isoformat()])


def read_reckoning(text: str | None, today: date) -> Reckoning:
    """Read it; of a new store, or where it cannot be read, the clock is all there is."""
    try:
        day, jumped_to = json.loads(text or "")
        return Reckoning(date.fromisoformat(day), jumped_to and date.fromisoformat(jumped_to))
    except (ValueError, TypeError):
        return Reckoning(today)
