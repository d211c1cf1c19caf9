"""The handbook: all rows of ``data/*.toml``, and the look-ups over them. Built once, checked whole, never changed."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Protocol, TypeVar

from pydantic import Field

from conversations.policy.conditions import fits
from conversations.policy.order import UNKNOWN, Order
from conversations.policy.rows import (
    AnsweredBy,
    Caution,
    Figure,
    FormChoice,
    OrderFact,
    Outcome,
    PaymentMethod,
    Reason,
    ReplyGroup,
    ReplyKind,
    Row,
    Rule,
    SellerMessage,
    SourcedFact,
    Stage,
    Status,
    Theme,
    Topic,
    TopicGroup,
)

THANKS = "thanks"
"""The message that agrees with all that the seller said."""


class _Identified(Protocol):
    @property
    def id(self) -> str:
        """The row's id."""


_R = TypeVar("_R", bound=_Identified)


def _by_id(rows: tuple[_R, ...]) -> Mapping[str, _R]:
    return {row.id: row for row in rows}


CANCEL = "cancel"
"""An outcome's draft: the cancellation request for the buyer's reason (``cancel_<reason>``)."""

DERIVED_VALUES: Mapping[str, tuple[str, ...]] = {
    "request": ("recent", "old", UNKNOWN),
    "refund": ("on_time", "overdue", UNKNOWN),
    "completed": ("recent", "long_ago", UNKNOWN),
}
"""Facts that are computed from dates (see ``eligibility``)."""


class Handbook(Row):
    """All that the dialog knows. Rows keep the order of their files: it is the order of the buttons."""

    facts: tuple[SourcedFact, ...]
    order_facts: tuple[OrderFact, ...]
    statuses: tuple[Status, ...]
    stages: tuple[Stage, ...]
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

    __hash__ = object.__hash__
    """By identity: a handbook is never changed, and what is derived from it can be cached by it."""

    @cached_property
    def values(self) -> Mapping[str, tuple[str, ...]]:
        """Every fact that is chosen from a list, with the values it can have, in the order of the buttons."""
        rows: Mapping[str, tuple[_Identified, ...]] = {
            "statuses": self.statuses,
            "payment_methods": self.payment_methods,
            "reasons": self.reasons,
        }
        return {
            fact.id: tuple(row.id for row in rows[fact.rows]) if fact.rows else fact.values
            for fact in self.order_facts
            if fact.answered_by is AnsweredBy.CHOICE
        }

    @cached_property
    def fact(self) -> Mapping[str, OrderFact]:
        """Facts of an order by id."""
        return _by_id(self.order_facts)

    @cached_property
    def details(self) -> tuple[str, ...]:
        """The facts that a buyer types in their own words: they are kept out of caches and shown only where asked."""
        return tuple(fact.id for fact in self.order_facts if fact.answered_by is AnsweredBy.WORDS)

    @cached_property
    def shown(self) -> frozenset[str]:
        """The facts that may be shown and kept anywhere: all but the details."""
        return frozenset(self.fact) - set(self.details)

    @cached_property
    def typed(self) -> frozenset[str]:
        """The facts that a buyer types: details, and days."""
        return frozenset(fact.id for fact in self.order_facts if fact.answered_by is not AnsweredBy.CHOICE)

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
    def menu_drafts(self) -> tuple[str, ...]:
        """The messages that are offered in their own menu, the cancellation first."""
        return CANCEL, *(row.id for row in self.drafts if row.menu)

    def is_true_at(self, draft: str, stage: str | None) -> bool:
        """Tell whether a message can be true of an order at a stage; of one whose stage is not known it may be."""
        at = self.draft[f"{CANCEL}_{self.reasons[0].id}" if draft == CANCEL else draft].at
        return stage is None or stage in at

    def for_reason(self, draft: str, reason: str | None) -> str:
        """Return the message in which the buyer's reason is given, where there is one for each."""
        return f"{CANCEL}_{reason}" if draft == CANCEL and reason is not None else draft

    def needs_of(self, draft: str) -> tuple[str, ...]:
        """Return the facts that a message cannot be written without."""
        return ("reason",) if draft == CANCEL else self.draft[draft].needs

    def details_of(self, drafts: Sequence[str], order: Order) -> tuple[str, ...]:
        """Return the details that these messages can carry for an order, each once, in the order of the questions."""
        rows = (self.draft[draft] for draft in drafts)
        carried = (one for row in rows for one in row.details if fits(row.only_if.get(one, {}), order))
        return tuple(dict.fromkeys(carried))

    @cached_property
    def helpers(self) -> tuple[str, ...]:
        """The easy questions by which the status is found where the buyer cannot see it, in their order."""
        return tuple(fact.id for fact in self.order_facts if fact.implies)

    @cached_property
    def stage_ids(self) -> tuple[str, ...]:
        """The stages of an order, each once, in their order."""
        return tuple(dict.fromkeys(row.stage for row in self.stages))

    def stage(self, order: Order, kinds: Sequence[str] = ()) -> str | None:
        """Return at which stage an order is: by its facts, else by what the seller wrote; None if neither tells."""
        known = next((row.stage for row in self.stages if fits(row.when, order)), None)
        implied = (self.reply_kind[kind].implies for kind in kinds)
        return known or next((stage for stage in implied if stage is not None), None)

    def answers_to(self, kinds: Sequence[str], stage: str | None) -> tuple[str, ...]:
        """Return the messages that answer a seller's message of these kinds at a stage; none if none is needed.

        Something unsafe in it is answered before all else; thanks alone would pass over the rest.
        """
        rows = sorted((self.reply_kind[kind] for kind in kinds), key=lambda row: not row.unsafe)
        drafts = tuple(dict.fromkeys(draft for row in rows for draft in row.at.get(stage or "", row.drafts)))
        return tuple(draft for draft in drafts if draft != THANKS) or drafts

    @cached_property
    def draft(self) -> Mapping[str, SellerMessage]:
        """Messages to the seller by id."""
        return _by_id(self.drafts)
