"""Where a buyer's answers lead: the answers are kept, everything else is derived from them anew each time.

So going back, changing an answer, pressing an old button, a restart and an edited rulebook need no code of
their own: another list of answers simply leads to another place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from conversations.dialog.details import LONGEST_DETAIL, is_detail
from conversations.dialog.steps import STEP_NAMES, STEPS, TYPED, Kind, StepName
from conversations.policy.eligibility import Verdict, examine
from conversations.policy.handbook import CANCEL, REPLY, Handbook
from conversations.policy.order import UNKNOWN, Order
from conversations.reading.days import OLDEST

HOME = "home"
"""Answer to the menu: look at the menu again; everything said stays known."""
RESTART = "restart"
"""Answer to the menu: begin anew; what was said before counts no more (and ``back`` still undoes it)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing the buyer said or chose: a fact of the order, the way to a screen, or a question read."""

    step: StepName
    value: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the answers lead today, with all that the screen there depends on.

    ``step`` is what is asked or shown; ``route`` are the screens passed on the way, the newest last.
    """

    step: StepName
    order: Order
    route: tuple[StepName, ...] = ()
    verdict: Verdict | None = None
    drafts: tuple[str, ...] = ()
    reply_kinds: tuple[str, ...] = ()
    group: str | None = None
    device: str | None = None
    reading: Answer | None = None
    explained: bool = False
    """The buyer does not know the answer: the question comes with where to look."""

    @property
    def typed(self) -> StepName | None:
        """The step whose answer is typed here: a day, or a detail for the seller."""
        return self.step if self.step in TYPED else None

    @property
    def reply_kind(self) -> str | None:
        """What the seller's message amounts to; of several kinds the one that matters most."""
        return self.reply_kinds[0] if self.reply_kinds else None


def replay(answers: Sequence[Answer], handbook: Handbook, today: date) -> Place:
    """Follow the answers from the menu to the first screen or question that they do not answer.

    Of several answers to one step the newest counts. An answer that the handbook does not know (any more)
    does not count: its question is asked again. The way to a screen counts only while it is newer than all
    that led to the screen before it, so that a corrected fact leads to the verdict and not past it.
    """
    if any(one.step in LONGEST_DETAIL for one in answers):  # a buyer's own words stay in no cache
        return _replay(tuple(answers), handbook, today)
    return _replay_cached(tuple(answers), handbook, today)


def _replay(answers: tuple[Answer, ...], handbook: Handbook, today: date) -> Place:
    return _Walk(_Said(answers, handbook, today), handbook, today).walk()


_replay_cached = lru_cache(maxsize=4096)(_replay)
"""Each event begins where the one before ended, and most conversations begin alike."""


class _Said:
    """The answers that count, by step: the newest of each, with its age."""

    def __init__(self, answers: Sequence[Answer], handbook: Handbook, today: date) -> None:
        self._newest: dict[StepName, tuple[int, str]] = {}
        self.reading: Answer | None = None
        for age, one in reversed(list(enumerate(answers))):
            if one.step is StepName.MENU and one.value == RESTART:
                break
            if one.step not in self._newest and is_valid(one, handbook, today):
                self._newest[one.step] = (age, one.value)
                if age == len(answers) - 1 and STEPS[one.step].kind is Kind.READING:
                    self.reading = one

    def age(self, step: StepName) -> int:
        """Return the position of the step's newest answer; -1 without one."""
        return self._newest.get(step, (-1, ""))[0]

    def value(self, step: StepName) -> str | None:
        """Return the step's newest answer."""
        return self._newest[step][1] if step in self._newest else None

    def order(self) -> Order:
        """Return the facts; "I don't know" as a status is no fact."""
        facts = {step.value: value for step, (_, value) in self._newest.items() if _is_fact(step)}
        if facts.get("status") == UNKNOWN:
            del facts["status"]
        return Order(**facts)


class _Walk:
    """One walk from the menu: the table says where each answer leads."""

    def __init__(self, said: _Said, handbook: Handbook, today: date) -> None:
        self.said = said
        self.order = said.order()
        self.handbook = handbook
        self.today = today
        self.route: list[StepName] = []
        self.verdict: Verdict | None = None
        self.drafts: tuple[str, ...] = ()
        self.kinds: tuple[str, ...] = ()
        self.found: dict[str, str] = {}

    def walk(self) -> Place:
        """Go on until a question is open or a screen has no newer answer."""
        step, newest = StepName.MENU, -1
        while True:
            self.route.append(step)
            question, newest = self._open_question(step, newest)
            if question is not None:
                return self._stop(question)
            value = self._onward(step, newest)
            if value is None:
                return self._stop(step)
            newest = self.said.age(step)
            again = self._asks_again(step, value, newest)
            if again is not None:
                return self._stop(again)
            step = self._lead(step, value)

    def _open_question(self, step: StepName, newest: int) -> tuple[StepName | None, int]:
        """Return the fact that must be asked before a screen shows, and the age of what it then rests on."""
        if step is StepName.VERDICT:
            examination = examine(self.order, self.handbook, self.today)
            if examination.ask is not None:
                return StepName(examination.ask), newest
            self.verdict = examination.verdict
            return None, max(newest, *(self.said.age(StepName(fact)) for fact in examination.considered))
        if step is StepName.DRAFT:
            return (StepName.REASON if self._name_drafts() else None), newest
        missing = next((need for need in STEPS[step].needs if self.order.fact(need) is None), None)
        return (StepName(missing) if missing else None), newest

    def _name_drafts(self) -> bool:
        """Settle which messages the route leads to; True while the reason must be asked for that."""
        if self.drafts == (CANCEL,) and self.order.reason is not None:
            self.drafts = (f"{CANCEL}_{self.order.reason}",)
        return self.drafts == (CANCEL,)

    def _onward(self, step: StepName, newest: int) -> str | None:
        """Return the answer that leads on from a screen, if it is newer than all before it."""
        value = self.said.value(step)
        if value is None or value == HOME or self.said.age(step) <= newest or STEPS[step].kind is Kind.READING:
            return None
        if step is StepName.VERDICT and self.verdict is not None and value not in self.verdict.ways:
            return None
        return value

    def _asks_again(self, step: StepName, value: str, asked_at: int) -> StepName | None:
        """Return the fact that the buyer wants to give anew and has not given since."""
        match step:
            case StepName.CHANGE:
                facts: tuple[str, ...] = (value,)
            case StepName.DRAFT | StepName.MONEY if value in {"reason", "payment"}:
                facts = (value,)
            case StepName.DRAFT:
                facts = details_of(self.drafts, self.handbook)
            case _:
                facts = ()
        return next((StepName(fact) for fact in facts if self.said.age(StepName(fact)) < asked_at), None)

    def _lead(self, step: StepName, value: str) -> StepName:
        """Return the next screen, noting what it is about."""
        match step:
            case StepName.VERDICT if value == "write" and self.verdict is not None:
                self.drafts = (str(self.verdict.draft),)
                return StepName.REPLY_GROUP if self.verdict.draft == REPLY else StepName.DRAFT
            case StepName.VERDICT if value in {"phone", "pc"}:
                self.found["device"] = value
            case StepName.WRITE:
                self.drafts = (value,)
            case StepName.TOPIC_GROUP | StepName.REPLY_GROUP:
                self.found["group"] = value
            case StepName.REPLY_KIND:
                self.kinds = kinds_of(value)
                self.drafts = self.handbook.answers_to(self.kinds)
            case _:
                pass
        row = STEPS[step]
        return row.leads_to.get(value) or row.leads_all_to or step

    def _stop(self, step: StepName) -> Place:
        return Place(
            step=step,
            order=self.order,
            route=tuple(self.route),
            verdict=self.verdict,
            drafts=self.drafts,
            reply_kinds=self.kinds,
            group=self.found.get("group"),
            device=self.found.get("device"),
            reading=self.said.reading,
            explained=self.said.value(step) == UNKNOWN,
        )


def _is_fact(step: StepName) -> bool:
    return STEPS[step].kind in {Kind.CHOICE, Kind.DATE, Kind.DETAIL}


def details_of(drafts: Sequence[str], handbook: Handbook) -> tuple[str, ...]:
    """Return the details that these messages can carry, each once, in the order in which they are asked."""
    return tuple(dict.fromkeys(detail for draft in drafts for detail in handbook.draft[draft].details))


def kinds_of(value: str) -> tuple[str, ...]:
    """Return the kinds of reply that an answer names: a message can be of several."""
    return tuple(value.split("+"))


def is_valid(answer: Answer, handbook: Handbook, today: date) -> bool:
    """Tell whether an answer is one that its step can have today."""
    step, value = STEPS[answer.step], answer.value
    match answer.step, step.kind:
        case _, Kind.DATE:
            return value == UNKNOWN or _is_recent_day(value, today)
        case _, Kind.DETAIL:
            return is_detail(answer.step, value)
        case StepName.REPLY_KIND, _:
            return all(kind in handbook.reply_kind for kind in kinds_of(value))
        case StepName.CHANGE, _:
            return value in STEP_NAMES and _is_fact(StepName(value))
        case _:
            return value in step.offered(handbook) or (answer.step, value) in _BESIDE


_BESIDE = {(StepName.MENU, HOME), (StepName.MENU, RESTART), (StepName.STATUS, UNKNOWN)}
"""Answers that a step takes beside those in its list."""


def _is_recent_day(value: str, today: date) -> bool:
    """Tell whether a value is a day that a buyer can mean: not ahead, and not further back than any order."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return False
    return day.isoformat() == value and today - OLDEST <= day <= today
