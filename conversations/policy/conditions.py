"""Tells whether the condition of a row holds for an order."""

from conversations.policy.order import Order
from conversations.policy.rows import When


def fits(when: When, order: Order) -> bool:
    """Tell whether every fact of a condition is known and has one of its values.

    >>> fits({"payment": ("konbini",)}, Order(payment="konbini"))
    True
    """
    return all(order.fact(fact) in accepted for fact, accepted in when.items())
