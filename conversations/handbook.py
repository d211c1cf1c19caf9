"""The typed form of ``data/*.toml``: what the dialog knows. Built once, checked whole, never changed.

Open lists (statuses, reasons, methods, topics, kinds of reply) are rows; closed sets that code branches on
are enums. ``read_handbook`` is handed the parsed files and either returns a handbook in which every id
exists, or raises ``HandbookError`` with every problem at once.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from conversations.order import UNKNOWN
from conversations.order_facts import FactReader
from conversations.recognition import QuestionLimits, QuestionReader
from conversations.seller_replies import ReplyLimits, ReplyReader

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
FactId = Annotated[str, Field(pattern=r"^[FBCDT][1-9][0-9]{0,2}$")]
When = Mapping[str, tuple[str, ...]]
"""A condition: every named fact is known and has one of the listed values."""


THANKS = "thanks"
"""The message that agrees with all that the seller said."""


class Certainty(StrEnum):
    """How sure a statement is. One is never worded as another."""

    SURE = "sure"
    USUAL = "usual"
    VARIES = "varies"
    UNKNOWN = "unknown"


class Unit(StrEnum):
    """What a period is counted in."""

    HOURS = "hours"
    DAYS = "days"
    BUSINESS_DAYS = "business_days"
    WEEKS = "weeks"
    MONTHS = "months"


class Stage(StrEnum):
    """Where an order stands as a whole; a status names its stage."""

    UNPAID = "unpaid"
    VERIFYING = "verifying"
    PAID = "paid"
    REQUESTED = "requested"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CLOSED = "closed"


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))


class Period(_Row):
    """A span of time, both ends included. It cannot exist without a unit and a certainty."""

    shortest: int = Field(ge=0, le=400)
    longest: int = Field(ge=0, le=400)
    unit: Unit
    certainty: Certainty

    @model_validator(mode="after")
    def _ends_in_order(self) -> "Period":
        if self.shortest > self.longest:
            message = f"shortest ({self.shortest}) is more than longest ({self.longest})"
            raise ValueError(message)
        return self


class Figure(Period):
    """A period that several texts use, with the facts it rests on."""

    cites: tuple[FactId, ...] = Field(min_length=1)


class SourcedFact(_Row):
    """One numbered fact: the statement, where it comes from and how sure it is."""

    id: FactId
    statement: str = Field(min_length=1)
    source: str = Field(min_length=1)
    confidence: Annotated[str, Field(pattern="^(high|medium|low|contested)$")]


class Status(_Row):
    """A status of an order, and every name under which AliExpress is known to show it."""

    id: Id
    stage: Stage
    shown_as: tuple[str, ...]
    cites: tuple[FactId, ...] = Field(min_length=1)


class PaymentMethod(_Row):
    """A way to pay, and how long its refund takes from the approval."""

    id: Id
    refund: Period
    cites: tuple[FactId, ...] = Field(min_length=1)


class FormChoice(_Row):
    """A reason that AliExpress offers on its form, by its English name on the screen."""

    id: Id
    name: str
    cites: tuple[FactId, ...] = Field(min_length=1)


class Reason(_Row):
    """A buyer's true reason and the closest choice on the form (``also_seen``: closer ones on some screens)."""

    id: Id
    form_choice: Id
    also_seen: tuple[str, ...] = ()
    cites: tuple[FactId, ...] = Field(min_length=1)


class Rule(_Row):
    """A row of the decision table; ``steps`` and ``draft`` take the place of the outcome's for this case."""

    outcome: Id
    when: When
    steps: Id | None = None
    draft: Id | None = None
    cites: tuple[FactId, ...] = Field(min_length=1)


class Outcome(_Row):
    """A verdict: its certainty, what is asked for its words, and what it offers next."""

    id: Id
    certainty: Certainty
    asks: tuple[Id, ...] = ()
    steps: Id | None = None
    draft: Id | None = None
    money: bool = False
    cautions: tuple[Id, ...] = ()
    topics: tuple[Id, ...] = ()


class Caution(_Row):
    """A warning, and the facts under which it applies."""

    id: Id
    when: When = {}


class TopicGroup(_Row):
    """A heading of the questions menu."""

    id: Id
    topics: tuple[Id, ...] = Field(min_length=1)


class Topic(_Row):
    """A question that has an answer."""

    id: Id
    related: tuple[Id, ...] = ()
    check: bool = False
    """Who asks this of an order whose status is known is better served by its check."""


class ReplyGroup(_Row):
    """A heading of the menu "the seller answered"."""

    id: Id
    kinds: tuple[Id, ...] = Field(min_length=1)


class ReplyKind(_Row):
    """A kind of answer that sellers give, and what the buyer may send back."""

    id: Id
    number: int
    drafts: tuple[Id, ...] = Field(min_length=1)
    unsafe: bool = False
    reported: tuple[str, ...] = ()
    """Phrases with which a buyer tells in their own words that the seller asks for this."""


class Theme(_Row):
    """Something that people ask although it is not for us; it has an answer of its own."""

    id: Id


class SellerMessage(_Row):
    """A message to the seller, and the details that it can carry."""

    id: Id
    menu: bool = False
    details: tuple[Id, ...] = Field(min_length=1)


class HandbookError(Exception):
    """The data is wrong. ``problems`` holds every problem found, each as ``file: key: what to mend``."""

    def __init__(self, problems: Sequence[str]) -> None:
        """Keep the problems; the message is all of them, one a line."""
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class _Identified(Protocol):
    @property
    def id(self) -> str:
        """The row's id."""


_R = TypeVar("_R", bound=_Identified)


def _by_id(rows: tuple[_R, ...]) -> Mapping[str, _R]:
    return {row.id: row for row in rows}


CANCEL = "cancel"
"""An outcome's draft: the cancellation request for the buyer's reason (``cancel_<reason>``)."""
REPLY = "reply"
"""An outcome's draft: the answer to what the seller wrote, so its kind is asked first."""

BUYERS_CHOICES: Mapping[str, tuple[str, ...]] = {
    "movement": ("moving", "stuck", "new", UNKNOWN),
    "protection": ("open", "over", UNKNOWN),
    "seller_answer": ("none", "refused", "shipped_anyway", "agreed"),
    "after_cancel": ("awaiting_refund", "not_paid", "parcel_came"),
    "coupon": ("yes", "no", UNKNOWN),
    "scope": ("whole", "part"),
    "device": ("phone", "pc"),
}
"""Facts whose values are closed sets: the rules and the words branch on each."""

DERIVED_VALUES: Mapping[str, tuple[str, ...]] = {
    "request": ("recent", "old", UNKNOWN),
    "refund": ("on_time", "overdue", UNKNOWN),
    "completed": ("recent", "long_ago", UNKNOWN),
}
"""Facts that are computed from dates (see ``eligibility``)."""


class Handbook(_Row):
    """All that the dialog knows. Rows keep the order of their files: it is the order of the buttons."""

    facts: tuple[SourcedFact, ...]
    statuses: tuple[Status, ...]
    payment_methods: tuple[PaymentMethod, ...]
    form_choices: tuple[FormChoice, ...]
    reasons: tuple[Reason, ...]
    rules: tuple[Rule, ...] = Field(min_length=1)
    outcomes: tuple[Outcome, ...]
    cautions: tuple[Caution, ...]
    topic_groups: tuple[TopicGroup, ...]
    topics: tuple[Topic, ...]
    reply_groups: tuple[ReplyGroup, ...]
    reply_kinds: tuple[ReplyKind, ...]
    drafts: tuple[SellerMessage, ...]
    figures: Mapping[str, Figure]
    glossary: Mapping[str, str]
    themes: tuple[Theme, ...]
    mentions: Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]]
    question_limits: QuestionLimits
    reply_limits: ReplyLimits
    models: Mapping[str, Any] = Field(default={}, repr=False)
    """The trained models as they are stored; without them no typed question is understood."""
    names: Mapping[str, tuple[str, ...]] = {}
    """Words a buyer may type (normalised), to the tokens they stand for; handed over by the words' room."""

    def __hash__(self) -> int:
        """Hash by identity: a handbook is never changed, and what is derived from it can be cached by it."""
        return id(self)

    @cached_property
    def values(self) -> Mapping[str, tuple[str, ...]]:
        """Every fact that is chosen from a list, with the values it can have, in the order of the buttons."""
        return {
            "status": tuple(row.id for row in self.statuses),
            "payment": tuple(row.id for row in self.payment_methods),
            "reason": tuple(row.id for row in self.reasons),
            **BUYERS_CHOICES,
        }

    @cached_property
    def cancel_drafts(self) -> Mapping[str, str]:
        """The cancellation request for each reason: draft to reason."""
        return {f"{CANCEL}_{row.id}": row.id for row in self.reasons}

    @cached_property
    def rules_for(self) -> Mapping[str, tuple[Rule, ...]]:
        """The rules for each status, in their order, so that the others need no look."""
        return {
            status.id: tuple(rule for rule in self.rules if status.id in rule.when["status"])
            for status in self.statuses
        }

    @cached_property
    def method(self) -> Mapping[str, PaymentMethod]:
        """Payment methods by id."""
        return _by_id(self.payment_methods)

    @cached_property
    def outcome(self) -> Mapping[str, Outcome]:
        """Outcomes by id."""
        return _by_id(self.outcomes)

    @cached_property
    def caution(self) -> Mapping[str, Caution]:
        """Cautions by id."""
        return _by_id(self.cautions)

    @cached_property
    def reason(self) -> Mapping[str, Reason]:
        """Reasons by id."""
        return _by_id(self.reasons)

    @cached_property
    def form_choice(self) -> Mapping[str, FormChoice]:
        """The form's choices by id."""
        return _by_id(self.form_choices)

    @cached_property
    def topic(self) -> Mapping[str, Topic]:
        """Topics by id."""
        return _by_id(self.topics)

    @cached_property
    def topic_group(self) -> Mapping[str, TopicGroup]:
        """Groups of topics by id."""
        return _by_id(self.topic_groups)

    @cached_property
    def reply_group(self) -> Mapping[str, ReplyGroup]:
        """Groups of reply kinds by id."""
        return _by_id(self.reply_groups)

    @cached_property
    def reply_kind(self) -> Mapping[str, ReplyKind]:
        """Kinds of seller reply by id."""
        return _by_id(self.reply_kinds)

    @cached_property
    def facts_told(self) -> FactReader:
        """Reads the facts of an order out of free text."""
        return FactReader(self.mentions)

    @cached_property
    def questions_asked(self) -> QuestionReader:
        """Reads typed questions."""
        return QuestionReader(self.models.get("questions", {}), self.question_limits)

    @cached_property
    def replies_received(self) -> ReplyReader:
        """Reads sellers' messages."""
        unsafe = {row.id for row in self.reply_kinds if row.unsafe}
        reported = {row.id: row.reported for row in self.reply_kinds if row.reported}
        return ReplyReader(self.models.get("replies", {}), self.reply_limits, unsafe, reported)

    def answers_to(self, kinds: Sequence[str]) -> tuple[str, ...]:
        """Return the messages that answer a seller's message of these kinds.

        Something unsafe in it is answered before all else; thanks alone would pass over the rest.
        """
        rows = [self.reply_kind[kind] for kind in kinds]
        unsafe = [row for row in rows if row.unsafe]
        drafts = tuple(dict.fromkeys(draft for row in unsafe or rows for draft in row.drafts))
        return tuple(draft for draft in drafts if draft != THANKS) or drafts

    @cached_property
    def draft(self) -> Mapping[str, SellerMessage]:
        """Messages to the seller by id."""
        return _by_id(self.drafts)


def read_handbook(
    files: Mapping[str, Mapping[str, Any]], names: Mapping[str, tuple[str, ...]], models: Mapping[str, Any]
) -> Handbook:
    """Build the handbook from the parsed data files (file name without ``.toml`` → its tables) and the models.

    Raises ``HandbookError`` with every problem: missing files, rows of the wrong form, ids that do not exist.
    """
    wanted = {file for file, _ in _TABLES.values()} | {"figures", "glossary", "mentions", "recognition"}
    missing = sorted(wanted - set(files))
    if missing:
        raise HandbookError([f"{file}.toml: the file is missing" for file in missing])
    content = {field: files[file].get(table, ()) for field, (file, table) in _TABLES.items()}
    try:
        handbook = Handbook.model_validate(
            {
                **content,
                "figures": files["figures"],
                "glossary": files["glossary"],
                "mentions": files["mentions"],
                "question_limits": files["recognition"].get("questions", {}),
                "reply_limits": files["recognition"].get("replies", {}),
                "models": models,
                "names": names,
            }
        )
    except ValidationError as error:
        raise HandbookError([_located(problem) for problem in error.errors()]) from error
    problems = sorted(set(_cross_check(handbook)))
    if problems:
        raise HandbookError(problems)
    return handbook


_TABLES = {
    "facts": ("facts", "facts"),
    "statuses": ("statuses", "statuses"),
    "payment_methods": ("payment_methods", "payment_methods"),
    "form_choices": ("reasons", "form_choices"),
    "reasons": ("reasons", "reasons"),
    "rules": ("rules", "rules"),
    "outcomes": ("outcomes", "outcomes"),
    "cautions": ("cautions", "cautions"),
    "themes": ("themes", "themes"),
    "topic_groups": ("topics", "groups"),
    "topics": ("topics", "topics"),
    "reply_groups": ("seller_replies", "groups"),
    "reply_kinds": ("seller_replies", "kinds"),
    "drafts": ("drafts", "drafts"),
}


def _located(problem: Any) -> str:  # noqa: ANN401  # pydantic's own error record
    field, *where = problem["loc"]
    file, table = _TABLES.get(field, (field, ""))
    key = ".".join(str(part) for part in (table, *where) if part != "")
    return f"{file}.toml: {key}: {problem['msg']}"


def _unknown(file: str, key: str, value: str, known: Iterable[str]) -> Iterator[str]:
    """Yield one problem if the value is not among the known ones, with the nearest as a hint."""
    known = list(known)
    if value not in known:
        near = difflib.get_close_matches(value, known, n=1)
        yield f"{file}.toml: {key}: unknown {value!r}" + (f" (did you mean {near[0]!r}?)" if near else "")


def _cross_check(book: Handbook) -> Iterator[str]:
    yield from _check_unique(book)
    yield from _check_cites(book)
    yield from _check_rules(book)
    yield from _check_outcomes(book)
    yield from _check_groups(book)
    yield from _check_drafts(book)


def _check_unique(book: Handbook) -> Iterator[str]:
    for field, (file, _) in _TABLES.items():
        seen: set[str] = set()
        for row in getattr(book, field):
            row_id = getattr(row, "id", None)
            if row_id in seen:
                yield f"{file}.toml: {row_id}: the id is used twice"
            if row_id is not None:
                seen.add(row_id)


def _check_cites(book: Handbook) -> Iterator[str]:
    facts = {fact.id for fact in book.facts}
    for field, (file, _) in _TABLES.items():
        for row in getattr(book, field):
            for cited in getattr(row, "cites", ()):
                yield from _unknown(file, f"{getattr(row, 'id', field)}.cites", cited, facts)
    for name, figure in book.figures.items():
        for cited in figure.cites:
            yield from _unknown("figures", f"{name}.cites", cited, facts)


def _check_when(book: Handbook, file: str, key: str, when: When) -> Iterator[str]:
    values = {**book.values, **DERIVED_VALUES}
    for fact, accepted in when.items():
        yield from _unknown(file, f"{key}.when", fact, values)
        for value in accepted:
            yield from _unknown(file, f"{key}.when.{fact}", value, values.get(fact, accepted))


def _check_rules(book: Handbook) -> Iterator[str]:
    outcomes = [row.id for row in book.outcomes]
    for number, rule in enumerate(book.rules, start=1):
        yield from _unknown("rules", f"rule {number}", rule.outcome, outcomes)
        yield from _check_when(book, "rules", f"rule {number} ({rule.outcome})", rule.when)
        if rule.draft is not None:
            yield from _unknown(
                "rules", f"rule {number} ({rule.outcome}).draft", rule.draft, [CANCEL, REPLY, *book.draft]
            )
        if next(iter(rule.when), None) != "status":
            yield f"rules.toml: rule {number} ({rule.outcome}): a rule begins with the status"
    decided = {rule.outcome for rule in book.rules}
    yield from (f"outcomes.toml: {one}: no rule leads to it" for one in outcomes if one not in decided)
    for status in book.statuses:
        if not any(status.id in rule.when.get("status", ()) and len(rule.when) == 1 for rule in book.rules):
            yield f"rules.toml: status {status.id!r} needs a last rule that asks nothing more"


def _check_outcomes(book: Handbook) -> Iterator[str]:
    questions = [*book.values, "approved_on", "requested_on", "completed_on"]
    drafts = [CANCEL, REPLY, *book.draft]
    for row in book.outcomes:
        for fact in row.asks:
            yield from _unknown("outcomes", f"{row.id}.asks", fact, questions)
        for caution in row.cautions:
            yield from _unknown("outcomes", f"{row.id}.cautions", caution, book.caution)
        for topic in row.topics:
            yield from _unknown("outcomes", f"{row.id}.topics", topic, book.topic)
        if row.draft is not None:
            yield from _unknown("outcomes", f"{row.id}.draft", row.draft, drafts)
    for caution_row in book.cautions:
        yield from _check_when(book, "cautions", caution_row.id, caution_row.when)
    used = {caution for row in book.outcomes for caution in row.cautions}
    yield from (f"cautions.toml: {one}: no outcome shows it" for one in book.caution if one not in used)


def _check_groups(book: Handbook) -> Iterator[str]:
    for group in book.topic_groups:
        for topic in group.topics:
            yield from _unknown("topics", f"groups.{group.id}", topic, book.topic)
    for row in book.topics:
        for topic in row.related:
            yield from _unknown("topics", f"{row.id}.related", topic, book.topic)
    for reply_group in book.reply_groups:
        for kind in reply_group.kinds:
            yield from _unknown("seller_replies", f"groups.{reply_group.id}", kind, book.reply_kind)
    listed = {topic for group in book.topic_groups for topic in group.topics}
    yield from (f"topics.toml: {one}: it is in no group" for one in book.topic if one not in listed)
    shown = {kind for reply_group in book.reply_groups for kind in reply_group.kinds}
    yield from (f"seller_replies.toml: {one}: it is in no group" for one in book.reply_kind if one not in shown)


def _check_drafts(book: Handbook) -> Iterator[str]:
    details = ["order_number", "item", "ordered", "wanted"]
    for kind in book.reply_kinds:
        for draft in kind.drafts:
            yield from _unknown("seller_replies", f"{kind.id}.drafts", draft, book.draft)
    for row in book.drafts:
        for detail in row.details:
            yield from _unknown("drafts", f"{row.id}.details", detail, details)
    for reason in book.reasons:
        yield from _unknown("reasons", f"{reason.id}.form_choice", reason.form_choice, book.form_choice)
    for draft, reason_id in book.cancel_drafts.items():
        yield from _unknown("drafts", f"reason {reason_id}", draft, book.draft)
