"""Where a buyer's answers lead: the answers are kept, everything else is derived from them anew each time.

So going back, changing an answer, pressing an old button, a restart and an edited rulebook need no code of
their own: another list of answers simply leads to another place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from conversations.dialog.answers import Answer, is_valid
from conversations.dialog.steps import DETAILS, NAMED, READINGS, RESTART, STEPS, Arrow, Settles, StepName, parts
from conversations.policy.eligibility import Verdict, assumed, examine
from conversations.policy.handbook import Handbook
from conversations.policy.order import UNKNOWN, UNSEEN, Order
from conversations.policy.rows import AnsweredBy


@dataclass(frozen=True, slots=True)
class Place:
    """Where the answers lead today, with all that the screen there depends on.

    ``step`` is what is asked or shown; ``route`` are the screens passed on the way, the newest last.
    """

    step: str
    order: Order
    route: tuple[str, ...] = ()
    verdict: Verdict | None = None
    drafts: tuple[str, ...] = ()
    reply_kinds: tuple[str, ...] = ()
    stage: str | None = None
    """The stage of the order, told or implied by what the seller wrote."""
    assumed: tuple[str, ...] = ()
    """What was assumed on the way to the open question."""
    group: str | None = None
    device: str | None = None
    reading: Answer | None = None
    explained: bool = False
    """The buyer does not know the answer: the question comes with where to look."""
    details: tuple[str, ...] = ()
    """What the messages on the screen can carry."""
    typed: str | None = None
    """The step, if its answer is typed: a day, or a detail for the seller."""

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
    if any(_may_hold_words(one, handbook) for one in answers):  # a buyer's own words stay in no cache
        return _replay(tuple(answers), handbook, today)
    return _replay_cached(tuple(answers), handbook, today)


def _may_hold_words(answer: Answer, handbook: Handbook) -> bool:
    """Tell whether an answer is in the buyer's own words, or was before its fact was taken out of the data."""
    fact = handbook.fact.get(answer.step)
    return answer.step not in STEPS if fact is None else fact.answered_by is AnsweredBy.WORDS


def _replay(answers: tuple[Answer, ...], handbook: Handbook, today: date) -> Place:
    return _Walk(_Said(answers, handbook, today), handbook, today).walk()


_replay_cached = lru_cache(maxsize=4096)(_replay)
"""Each event begins where the one before ended, and most conversations begin alike."""


class _Said:
    """The answers that count, by step: the newest of each, with its age."""

    def __init__(self, answers: Sequence[Answer], handbook: Handbook, today: date) -> None:
        self._newest: dict[str, tuple[int, str]] = {}
        self.reading: Answer | None = None
        for age, one in reversed(list(enumerate(answers))):
            if one == Answer(StepName.MENU, RESTART):
                break
            if one.step not in self._newest and is_valid(one, handbook, today):
                self._newest[one.step] = (age, one.value)
                if age == len(answers) - 1 and one.step in READINGS:
                    self.reading = one
        self.cannot_see = self.value("status") == UNSEEN
        self.helped_by: tuple[str, ...] = ()
        self.order = self._order(handbook)

    def age(self, step: str) -> int:
        """Return the position of the step's newest answer; -1 without one."""
        return self._newest.get(step, (-1, ""))[0]

    def value(self, step: str) -> str | None:
        """Return the step's newest answer."""
        return self._newest[step][1] if step in self._newest else None

    def _order(self, handbook: Handbook) -> Order:
        """Return the facts; where "I don't know" only has the question explained, it is no fact."""
        told = {name: fact for name, fact in handbook.fact.items() if name in self._newest}
        values = {name: self._newest[name][1] for name in told}
        no_fact = {UNKNOWN, UNSEEN}
        facts = {name: value for name, value in values.items() if value not in no_fact or not told[name].or_unknown}
        if self.cannot_see:
            self.helped_by = tuple(one for one in handbook.helpers if one in facts)
            implied = (handbook.fact[one].implies.get(facts[one]) for one in self.helped_by)
            facts |= next(({"status": status} for status in implied if status is not None), {})
        return Order(**facts)


class _Walk:
    """One walk from the menu: the table says where each answer leads."""

    def __init__(self, said: _Said, handbook: Handbook, today: date) -> None:
        self.said = said
        self.order = said.order
        self.handbook = handbook
        self.today = today
        self.route: list[str] = []
        self.verdict: Verdict | None = None
        self.drafts: tuple[str, ...] = ()
        self.kinds: tuple[str, ...] = ()
        self.assumed: tuple[str, ...] = ()
        self.stage = handbook.stage(said.order)
        self.found: dict[Settles, str] = {}

    def walk(self) -> Place:
        """Go on until a question is open or a screen has no newer answer."""
        step, newest = str(StepName.MENU), -1
        while True:
            self.route.append(step)
            question, newest = self._open_question(step, newest)
            if question is not None:
                return self._stop(question)
            value = self._onward(step, newest)
            arrow = None if value is None else STEPS[step].arrow(value)
            if value is None or arrow is None:
                return self._stop(step)
            newest = self.said.age(step)
            again = self._asks_anew(arrow, value, newest)
            if again is not None:
                return self._stop(again)
            step = self._follow(arrow, value)

    def _open_question(self, step: str, newest: int) -> tuple[str | None, int]:
        """Return the fact that must be asked before a screen shows, and the age of what it then rests on."""
        row = STEPS[step]
        if row.by_rules:
            examination = examine(self.order, self.handbook, self.today)
            self.verdict = examination.verdict
            considered = (*examination.considered, *self.said.helped_by)
            self.assumed = assumed(examination, self.order)
            return self._easier(examination.ask), max(newest, *(self.said.age(fact) for fact in considered))
        if row.needs_of_drafts:
            self.drafts = tuple(self.handbook.for_reason(draft, self.order.reason) for draft in self.drafts)
        needed = (need for draft in self.drafts for need in self.handbook.needs_of(draft) if row.needs_of_drafts)
        return next((need for need in (*row.needs, *needed) if self.order.fact(need) is None), None), newest

    def _easier(self, ask: str | None) -> str | None:
        """Return what is asked in place of a status that the buyer cannot see."""
        if ask != "status" or not self.said.cannot_see:
            return ask
        return next((one for one in self.handbook.helpers if self.order.fact(one) is None), ask)

    def _onward(self, step: str, newest: int) -> str | None:
        """Return the answer that leads on from a screen, if it is newer than all before it."""
        value = self.said.value(step)
        if value is None or self.said.age(step) <= newest:
            return None
        if STEPS[step].by_rules and self.verdict is not None and value not in self.verdict.ways:
            return None
        return value

    def _asks_anew(self, arrow: Arrow, value: str, asked_at: int) -> str | None:
        """Return the fact that the buyer wants to give anew and has not given since."""
        match arrow.anew:
            case "":
                facts: tuple[str, ...] = ()
            case str(anew) if anew == NAMED:
                facts = (value,)
            case str(anew) if anew == DETAILS:
                facts = self.handbook.details_of(self.drafts, self.order)
            case fact:
                facts = (fact,)
        return next((fact for fact in facts if self.said.age(fact) < asked_at), None)

    def _follow(self, arrow: Arrow, value: str) -> str:
        """Return the next screen, noting what the answer settles for it."""
        match arrow.settles:
            case Settles.PROPOSED if self.verdict is not None:
                self.drafts = (str(self.verdict.draft),)
            case Settles.DRAFT:
                self.drafts = (value,)
            case Settles.REPLY_KINDS:
                self.kinds = parts(value)
                self.stage = self.handbook.stage(self.order, self.kinds)
                self.drafts = self.handbook.answers_to(self.kinds, self.stage)
            case Settles.DEVICE | Settles.GROUP as what:
                self.found[what] = value
            case _:
                pass
        return arrow.to

    def _stop(self, step: str) -> Place:
        return Place(
            step=step,
            order=self.order,
            route=tuple(self.route),
            verdict=self.verdict,
            drafts=self.drafts,
            reply_kinds=self.kinds,
            stage=self.stage,
            assumed=self.assumed,
            group=self.found.get(Settles.GROUP),
            device=self.found.get(Settles.DEVICE),
            reading=self.said.reading,
            explained=self.said.value(step) in {UNKNOWN, UNSEEN},
            details=self.handbook.details_of(self.drafts, self.order) if step == StepName.DRAFT else (),
            typed=step if step in self.handbook.typed else None,
        )
