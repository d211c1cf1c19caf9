"""What is known of an order, in the form in which programs are told."""

from collections.abc import Mapping

from conversations import Handbook


def as_json(facts: Mapping[str, str], handbook: Handbook) -> dict[str, str | bool]:
    """Return facts as JSON has them: what is answered by yes or no is true or false."""
    return {name: _value(name, value, handbook) for name, value in facts.items()}


def understood(facts: Mapping[str, str], handbook: Handbook) -> dict[str, str | bool]:
    """Return what was understood of words. Days and the finer facts only move the dialog."""
    return as_json({name: facts[name] for name in told_facts(handbook) if name in facts}, handbook)


def told_facts(handbook: Handbook) -> tuple[str, ...]:
    """Return the names of the facts that programs are told."""
    return tuple(fact.id for fact in handbook.order_facts if fact.in_json)


def _value(name: str, value: str, handbook: Handbook) -> str | bool:
    return value == "yes" if handbook.fact[name].is_yes_or_no and value in {"yes", "no"} else value
