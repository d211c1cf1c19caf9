"""Draws the dialog as a Mermaid diagram, from the table of steps and the rules themselves."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from conversations import Handbook, Order, StepName
from conversations.dialog.steps import STEPS, Kind
from conversations.policy.eligibility import examine
from conversations.policy.order import UNKNOWN

_TODAY = date(2026, 11, 24)
_DAYS = [(_TODAY - timedelta(days=ago)).isoformat() for ago in (0, 60)]
"""A recent day and one long ago: all that the rules tell apart."""


def mermaid(handbook: Handbook) -> str:
    """Return the diagram: screens as boxes, questions as rhombs, verdicts as rounded boxes."""
    lines = ["flowchart TD", *_screens(), *_questions(handbook)]
    return "\n".join(dict.fromkeys(lines))


def with_diagram(page: str, diagram: str) -> str:
    """Return a Markdown page with its Mermaid diagram replaced."""
    return re.sub(r"(```mermaid\n).*?(\n```)", lambda fences: fences[1] + diagram + fences[2], page, flags=re.DOTALL)


def _screens() -> Iterator[str]:
    for name, step in STEPS.items():
        if step.kind is Kind.SCREEN:
            yield f'    {name}["{name}"]'
        for value, onward in step.leads_to.items():
            yield f"    {name} -->|{value}| {_verdicts(onward)}"
        if step.leads_all_to is not None:
            yield f"    {name} --> {_verdicts(step.leads_all_to)}"
        for need in step.needs:
            yield f"    {name} -.->|unless known| {need}"


def _verdicts(step: StepName) -> str:
    """Return the diagram's node for a step; the way to a verdict begins with the first question."""
    return "status" if step is StepName.VERDICT else step.value


def _questions(handbook: Handbook) -> Iterator[str]:
    yield from _from(Order(), handbook, "", "")


def _from(order: Order, handbook: Handbook, asked: str, value: str) -> Iterator[str]:
    examination = examine(order, handbook, _TODAY)
    label = f"|{value}|" if asked == "status" else ""
    if examination.verdict is not None:
        outcome = examination.verdict.outcome
        yield f'    {outcome}(["{outcome}"])'
        yield f"    {asked} -->{label} {outcome}"
        yield f"    {outcome} --> verdict"
        return
    fact = examination.ask or ""
    yield f'    {fact}{{"{fact}?"}}'
    if asked:
        yield f"    {asked} -->{label} {fact}"
    values = handbook.values.get(fact, (*_DAYS, UNKNOWN))
    for answer in values:
        yield from _from(Order(**{**order.known(), fact: answer}), handbook, fact, answer)
