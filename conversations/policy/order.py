"""What is known of the buyer's order: the facts of ``order.toml``, in the buyer's own answers."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

UNKNOWN = "unknown"
"""The answer "I don't know". It is an answer: the rules handle it, and it is not asked again."""

UNSEEN = "unseen"
"""The answer "I can't look there": easier questions take the place of the one that was explained."""


class Order:
    """The facts of one order, by name; it never changes. Days are ISO days or ``UNKNOWN``."""

    __slots__ = ("_facts", "_hash")

    def __init__(self, **facts: str | None) -> None:
        """Keep the facts; None says that the buyer has not told one."""
        self._facts = MappingProxyType({name: value for name, value in facts.items() if value is not None})
        self._hash = hash(frozenset(self._facts.items()))

    def __eq__(self, other: object) -> bool:
        """Tell whether the same facts are known; in which order they were told does not matter."""
        return isinstance(other, Order) and self._facts == other._facts

    def __hash__(self) -> int:
        """Hash by the facts: an order is part of what screens are cached by."""
        return self._hash

    def __repr__(self) -> str:
        """Write the order as it is built."""
        return f"Order({', '.join(f'{name}={value!r}' for name, value in self._facts.items())})"

    def fact(self, name: str) -> str | None:
        """Return the answer for one fact, or None while it is not known.

        >>> Order(status="shipped").fact("status")
        'shipped'
        """
        return self._facts.get(name)

    def day(self, name: str) -> date | None:
        """Return a fact as a calendar day; None if it was not told or the buyer does not know it.

        >>> Order(approved_on="2026-11-24").day("approved_on")
        datetime.date(2026, 11, 24)
        """
        value = self.fact(name)
        return None if value in {None, UNKNOWN} else date.fromisoformat(str(value))

    @property
    def status(self) -> str | None:
        """What AliExpress shows for the order."""
        return self.fact("status")

    @property
    def payment(self) -> str | None:
        """How it was paid."""
        return self.fact("payment")

    @property
    def reason(self) -> str | None:
        """Why the buyer wants out."""
        return self.fact("reason")

    @property
    def is_part(self) -> bool:
        """Tell whether a request is for a part of the order: said so, or the rest has already left."""
        return self.fact("scope") == "part" or self.status == "partially_shipped"

    def tells_any(self, names: Iterable[str]) -> bool:
        """Tell whether one of these facts was told; a detail that was skipped was not.

        >>> Order(item="", wanted="size L").tells_any(["item"])
        False
        """
        return any(self.fact(name) for name in names)

    def without(self, *names: str) -> "Order":
        """Return the order without some facts."""
        return Order(**{name: value for name, value in self._facts.items() if name not in names})

    def known(self) -> Mapping[str, str]:
        """Return the facts that were told, by name; a detail that was skipped is not among them.

        >>> dict(Order(status="shipped", item="").known())
        {'status': 'shipped'}
        """
        return {name: value for name, value in self._facts.items() if value}
