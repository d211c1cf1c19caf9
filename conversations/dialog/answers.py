"""What a buyer said or chose, and whether it is something that can be said or chosen today."""

from dataclasses import dataclass
from datetime import date

from conversations.dialog.details import is_detail
from conversations.dialog.steps import PARTS, STEPS
from conversations.policy.handbook import Handbook
from conversations.policy.order import UNKNOWN, UNSEEN
from conversations.policy.rows import AnsweredBy
from conversations.reading.days import OLDEST


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing the buyer said or chose: a fact of the order, the way to a screen, or a question read.

    ``step`` is a ``StepName`` or the id of a fact.
    """

    step: str
    value: str


def answer_of(token: str) -> Answer:
    """Return the answer that a token (``step:value``) gives.

    >>> answer_of("status:shipped")
    Answer(step='status', value='shipped')
    """
    step, _, value = token.partition(":")
    return Answer(step, value)


def is_valid(answer: Answer, handbook: Handbook, today: date) -> bool:
    """Tell whether an answer is one that its step can have today; the step itself may be gone."""
    fact = handbook.fact.get(answer.step)
    if fact is None:
        return answer.step in STEPS and STEPS[answer.step].takes(answer.value, handbook)
    match fact.answered_by:
        case AnsweredBy.DAY:
            return answer.value == UNKNOWN or _is_recent_day(answer.value, today)
        case AnsweredBy.WORDS:
            return is_detail(fact, answer.value)
        case _:
            return answer.value in handbook.values[fact.id] or (fact.or_unknown and answer.value in {UNKNOWN, UNSEEN})


def way_to(answer: Answer, handbook: Handbook) -> tuple[Answer, ...]:
    """Return the answers that lead to a step's screen from the menu."""
    fact = handbook.fact.get(answer.step)
    reached_by = STEPS[answer.step].reached_by if fact is None else PARTS[fact.part]
    group = next((row.id for row in handbook.reply_groups if answer.value in row.kinds), "")
    return tuple(answer_of(token.replace("*", group)) for token in reached_by)


def _is_recent_day(value: str, today: date) -> bool:
    """Tell whether a value is a day that a buyer can mean: not ahead, and not further back than any order."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return False
    return day.isoformat() == value and today - OLDEST <= day <= today
