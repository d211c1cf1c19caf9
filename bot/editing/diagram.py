"""Draws the dialog as Mermaid diagrams, one a part, from the table of steps, the facts and the rules themselves."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from conversations import Handbook, Order, StepName
from conversations.dialog.answers import answer_of
from conversations.dialog.steps import DETAILS, NAMED, STEPS, Arrow
from conversations.policy.eligibility import assumed, examine
from conversations.policy.handbook import CANCEL
from conversations.policy.order import UNKNOWN

_TODAY = date(2026, 11, 24)
_DAYS = [(_TODAY - timedelta(days=ago)).isoformat() for ago in (0, 60)]
"""A recent day and one long ago: all that the rules tell apart."""
S = StepName
PICTURES: Mapping[str, tuple[StepName, ...]] = {
    "The menu": (S.MENU,),
    "From the verdict on": (S.VERDICT, S.STEPS, S.MONEY, S.CAUTIONS, S.CHANGE),
    "Messages to the seller": (S.WRITE, S.DRAFT, S.REPLY_GROUP, S.REPLY_KIND),
    "Questions": (S.TOPIC_GROUP, S.TOPIC),
}
"""The screens of each picture."""


def mermaid(handbook: Handbook) -> Mapping[str, str]:
    """Return all pictures by their titles: screens as boxes, questions as rhombs, verdicts as rounded boxes."""
    pictures = {title: _drawn(_screens(steps, handbook)) for title, steps in PICTURES.items()}
    return pictures | {f"The check: {' · '.join(alike)}": _drawn(lines) for alike, lines in _checks(handbook)}


def with_pictures(page: str, pictures: Mapping[str, str]) -> str:
    """Return a Markdown page with its Mermaid pictures, and the headings between them, replaced."""
    fenced = "\n\n".join(f"### {title}\n\n{_FENCE}{drawn}\n```" for title, drawn in pictures.items())
    start, last = page.find(_FENCE), page.rfind(_FENCE)
    if start < 0:
        return page
    end = page.index("\n```", last) + len("\n```")
    return page[:start] + fenced[fenced.index(_FENCE) :] + page[end:]  # the first stands under the page's own heading


_FENCE = "```mermaid\n"


def _drawn(lines: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(("flowchart TD", *(f"    {line}" for line in lines))))


def _screens(names: Iterable[StepName], handbook: Handbook) -> Iterator[str]:
    for name in names:
        step = STEPS[name]
        yield f'{name}["{name}"]'
        for value, arrow in step.leads.items():
            yield from _arrow(name, value, arrow)
        if step.leads_all is not None:
            yield from _arrow(name, "", step.leads_all)
        for token in step.also:
            yield f"{name} -->|{token}| {_target(token)}"
        needs = {"": step.needs}
        if step.needs_of_drafts:
            needs |= {draft: handbook.needs_of(draft) for draft in (CANCEL, *handbook.draft)}
        for draft, facts in needs.items():
            condition = f"{draft}, unless known" if draft else "unless known"
            yield from (f'{name} -.->|{condition}| {need}{{"{need}?"}}' for need in facts)


def _arrow(name: str, value: str, arrow: Arrow) -> Iterator[str]:
    label = f"|{value}|" if value else ""
    if arrow.anew:
        fact = {NAMED: "the fact", DETAILS: "details"}.get(arrow.anew, arrow.anew)
        asked = fact.replace(" ", "_")
        yield f'{name} -->{label} {asked}{{"{fact}?"}}'
        yield f"{asked} --> {arrow.to}"
    else:
        yield f"{name} -->{label} {arrow.to}"


def _target(token: str) -> str:
    """Return the screen to which a token leads."""
    answer = answer_of(token)
    if answer.step not in STEPS:
        return f'{answer.step}{{"{answer.step}?"}}'
    arrow = STEPS[answer.step].arrow(answer.value)
    return answer.step if arrow is None else arrow.to


def _checks(handbook: Handbook) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield the questions and verdicts of each status; those that lead the same way share a picture."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for status in handbook.values["status"]:
        alike.setdefault(tuple(_from(Order(status=status), handbook, "status")), []).append(status)
    for lines, statuses in alike.items():
        label = f"status -->|{' · '.join(statuses)}|"
        yield tuple(statuses), tuple(line.replace("status -->", label) for line in lines)


def _from(order: Order, handbook: Handbook, asked: str) -> Iterator[str]:
    examination = examine(order, handbook, _TODAY)
    if examination.verdict is not None:
        outcome = examination.verdict.outcome
        yield f'{asked} --> {outcome}(["{outcome}"])'
        return
    fact = examination.ask or ""
    yield f'{asked} --> {fact}{{"{fact}?"}}'
    yield from (f"{fact} -->|{label}| {_target(token)}" for label, token in handbook.fact[fact].elsewhere.items())
    for one in assumed(examination, order):
        for value in handbook.values[one]:
            if value != handbook.fact[one].assumed:
                yield from _from(Order(**{**order.known(), one: value}), handbook, fact)
    for answer in handbook.values.get(fact, (*_DAYS, UNKNOWN)):
        yield from _from(Order(**{**order.known(), fact: answer}), handbook, fact)
