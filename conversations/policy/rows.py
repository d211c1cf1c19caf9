"""The rows of ``data/*.toml`` in typed form: one class a table.

Open lists (statuses, reasons, methods, topics, kinds of reply) are rows; closed sets that code branches on are enums.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
FactId = Annotated[str, Field(pattern=r"^[FBCDT][1-9][0-9]{0,2}$")]
When = Mapping[str, tuple[str, ...]]
"""A condition: every named fact is known and has one of the listed values."""


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


class AnsweredBy(StrEnum):
    """How the buyer answers a question."""

    CHOICE = "choice"
    DAY = "day"
    WORDS = "words"  # in their own, for the message to the seller


class Part(StrEnum):
    """Where in the dialog a fact of the order is asked."""

    CHECK = "check"
    REQUEST = "request"
    CHANGE = "change"
    MESSAGE = "message"


class Row(BaseModel):
    """A row of a table: it never changes, and holds nothing but its own columns."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))


class Period(Row):
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


class SourcedFact(Row):
    """One numbered fact: the statement, where it comes from and how sure it is."""

    id: FactId
    statement: str = Field(min_length=1)
    source: str = Field(min_length=1)
    confidence: Annotated[str, Field(pattern="^(high|medium|low|contested)$")]


class OrderFact(Row):
    """A fact of the order that the dialog can ask for. The columns are explained in ``order.toml``."""

    id: Id
    answered_by: AnsweredBy
    part: Part
    values: tuple[Id, ...] = ()
    rows: Literal["statuses", "payment_methods", "reasons"] | None = None
    or_unknown: bool = False
    elsewhere: Mapping[Id, str] = {}
    assumed: Id | None = None
    implies: Mapping[Id, Id] = {}
    bare: bool = False
    only_where_asked: bool = False
    telling: bool = False
    is_question: bool = False
    in_json: bool = True
    longest: int = Field(default=0, ge=0, le=60)
    example: str = ""

    @property
    def is_yes_or_no(self) -> bool:
        """Tell whether programs are told true or false."""
        return {"yes", "no"} <= set(self.values)


class Status(Row):
    """A status of an order, and every name under which AliExpress is known to show it."""

    id: Id
    closed: bool = False
    """Nothing can be cancelled any more: what is left is the money."""
    shown_as: tuple[str, ...]
    cites: tuple[FactId, ...] = Field(min_length=1)


class Stage(Row):
    """A stretch of an order's life in which the same can be said to the seller, and the facts that tell of it."""

    stage: Id
    when: When
    stands_for: Id | None = None
    """The status that a buyer means who names the stage."""


class PaymentMethod(Row):
    """A way to pay, and how long its refund takes from the approval."""

    id: Id
    refund: Period
    cites: tuple[FactId, ...] = Field(min_length=1)


class FormChoice(Row):
    """A reason that AliExpress offers on its form, by its English name on the screen."""

    id: Id
    name: str
    cites: tuple[FactId, ...] = Field(min_length=1)


class Reason(Row):
    """A buyer's true reason and the closest choice on the form (``also_seen``: closer ones on some screens)."""

    id: Id
    form_choice: Id
    also_seen: tuple[str, ...] = ()
    change: str | None = None
    """The token that leads to the message asking for a change instead, where the buyer chose wrongly."""
    of_whole_order: bool = False
    """It cannot be the reason to cancel a part only."""
    cites: tuple[FactId, ...] = Field(min_length=1)


class Rule(Row):
    """A row of the decision table; ``steps`` and ``draft`` take the place of the outcome's for this case."""

    outcome: Id
    when: When
    steps: Id | None = None
    draft: Id | None = None
    cites: tuple[FactId, ...] = Field(min_length=1)


class Outcome(Row):
    """A verdict: its certainty, what is asked for its words, and what it offers next."""

    id: Id
    certainty: Certainty
    asks: tuple[Id, ...] = ()
    steps: Id | None = None
    draft: Id | None = None
    money: bool = False
    cautions: tuple[Id, ...] = ()
    topics: tuple[Id, ...] = ()


class Caution(Row):
    """A warning, and the facts under which it applies."""

    id: Id
    when: When = {}


class TopicGroup(Row):
    """A heading of the questions menu."""

    id: Id
    topics: tuple[Id, ...] = Field(min_length=1)


class Topic(Row):
    """A question that has an answer."""

    id: Id
    related: tuple[Id, ...] = ()
    check: bool = False
    """Who asks this of an order whose status is known is better served by its check."""


class ReplyGroup(Row):
    """A heading of the menu "the seller answered"."""

    id: Id
    kinds: tuple[Id, ...] = Field(min_length=1)


class ReplyKind(Row):
    """A kind of answer that sellers give, and what the buyer may send back."""

    id: Id
    drafts: tuple[Id, ...] = Field(min_length=1)
    at: Mapping[Id, tuple[Id, ...]] = {}
    """What answers it at certain stages of the order instead; nothing where no answer is needed."""
    implies: Id | None = None
    """The stage that it tells of, where the buyer has told none."""
    unsafe: bool = False
    reported: tuple[str, ...] = ()
    """Phrases with which a buyer tells in their own words that the seller asks for this."""


class Theme(Row):
    """Something that people ask although it is not for us; it has an answer of its own."""

    id: Id


class SellerMessage(Row):
    """A message to the seller, the details that it can carry, and the stages of an order at which it is true."""

    id: Id
    menu: bool = False
    at: tuple[Id, ...] = Field(min_length=1)
    needs: tuple[Id, ...] = ()
    """Facts that it cannot be written without."""
    worded_by: tuple[Id, ...] = ()
    """Facts by which its words change, where they are known."""
    details: tuple[Id, ...] = Field(min_length=1)
    only_if: Mapping[Id, When] = {}
    """Details that it carries only where a condition holds."""
