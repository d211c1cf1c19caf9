"""What is known of the buyer's order: one optional fact a field, in the buyer's own answers."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

UNKNOWN = "unknown"
"""The answer "I don't know". It is an answer: the rules handle it, and it is not asked again."""


@dataclass(frozen=True, slots=True)
class Order:
    """The facts of one order; None where the buyer has not said. Dates are ISO days or ``UNKNOWN``."""

    status: str | None = None
    movement: str | None = None
    protection: str | None = None
    seller_answer: str | None = None
    requested_on: str | None = None
    after_cancel: str | None = None
    payment: str | None = None
    approved_on: str | None = None
    completed_on: str | None = None
    coupon: str | None = None
    reason: str | None = None
    scope: str | None = None
    device: str | None = None
    order_number: str | None = None
    item: str | None = None
    ordered: str | None = None
    wanted: str | None = None

    def fact(self, name: str) -> str | None:
        """Return the answer for one fact, or None while it is not known.

        >>> Order(status="shipped").fact("status")
        'shipped'
        """
        value: str | None = getattr(self, name)
        return value

    def day(self, name: str) -> date | None:
        """Return a fact as a calendar day; None if it was not told or the buyer does not know it.

        >>> Order(approved_on="2026-11-24").day("approved_on")
        datetime.date(2026, 11, 24)
        """
        value = self.fact(name)
        return None if value in {None, UNKNOWN} else date.fromisoformat(str(value))

    @property
    def is_part(self) -> bool:
        """Tell whether a request is for a part of the order: said so, or the rest has already left."""
        return self.scope == "part" or self.status == "partially_shipped"

    @property
    def has_details(self) -> bool:
        """Tell whether the buyer typed anything for the seller."""
        return bool(self.order_number or self.item or self.ordered or self.wanted)

    def without_details(self) -> "Order":
        """Return the order without what the buyer typed for the seller."""
        return replace(self, order_number=None, item=None, ordered=None, wanted=None)

    def known(self) -> Mapping[str, str]:
        """Return the facts that were told, by name; a detail that was skipped is not among them.

        >>> dict(Order(status="shipped", item="").known())
        {'status': 'shipped'}
        """
        return {field.name: value for field in fields(self) if (value := self.fact(field.name))}
