"""Reads the facts of an order out of free text: what the buyer states, not what they merely mention or suppose.

"クレカで払ってまだ発送待ち" states two facts; "クレカの返金はいつ？" and "もし発送されたら" state none.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from conversations.reading.clauses import Clauses
from conversations.reading.days import read_day
from conversations.reading.phrases import Phrase

Phrases = Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]]
"""Fact → value → ``says`` and ``names`` → phrases, as ``mentions.toml`` has them."""

LONGEST = 400
"""Characters that are looked at; who tells of an order is done sooner."""
ADVANCE = (
    *("refund_completed", "refund_processing", "cancelled", "dispute_open", "cancel_requested", "not_arrived"),
    *("delivered", "partially_shipped", "shipped", "awaiting_shipment", "payment_verifying", "unpaid"),
)
"""Statuses, the last to come first: who names two, such as "requested, not shipped yet", is at the later one."""
WRONG_CHOICE = "wrong_item_or_size"
"""The buyer chose wrongly: no reason where the seller sent something wrong."""
_FIRST = ("status", "payment")
"""The facts that matter most are told first."""
DAY_OF = {
    "cancel_requested": "requested_on",
    "cancelled": "approved_on",
    "refund_processing": "approved_on",
    "refund_completed": "completed_on",
}
"""The day that counts for a status: a day that is told with the status is that day."""

UNSHIPPED = frozenset({"awaiting_shipment", "payment_verifying", "unpaid"})
"""Statuses at which nothing can have arrived, whatever is said of waiting for it."""
OTHER = "other"
"""A value that says less than any other of its fact."""
OF_THE_ORDER = frozenset({"status", "payment", "movement"})
"""Facts of which somebody else's word is not the buyer's own."""


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """A phrase and what it says: a whole statement, or a mere name."""

    fact: str
    value: str
    states: bool
    phrase: Phrase


@dataclass(frozen=True, slots=True)
class _Found:
    """A phrase in a clause: where, what it says, and whether it is a whole statement or a mere name."""

    start: int
    end: int
    fact: str
    value: str
    states: bool

    @property
    def length(self) -> int:
        return self.end - self.start

    def covers(self, other: "_Found") -> bool:
        """Tell whether this one leaves no room for another: of the same fact, or a mere name within it."""
        if self.fact == other.fact:
            return self.start < other.end and other.start < self.end
        return self.start <= other.start and other.end <= self.end and not other.states


class FactReader:
    """Reads texts by the phrases of ``mentions.toml``."""

    def __init__(self, phrases: Phrases, clauses: Clauses) -> None:
        """Keep the phrases; each is compiled when it is first needed."""
        self._phrases = phrases
        self._clauses = clauses

    @cached_property
    def _all(self) -> tuple[_Entry, ...]:
        return tuple(
            _Entry(fact, value, how == "says", Phrase(words))
            for fact, values in self._phrases.items()
            for value, kinds in values.items()
            for how, phrases in kinds.items()
            for words in phrases
        )

    @cached_property
    def _by_need(self) -> Mapping[str, list[_Entry]]:
        """The phrases by the letters that they cannot do without."""
        index: dict[str, list[_Entry]] = {}
        for entry in self._all:
            for need in entry.phrase.needs:
                index.setdefault(need, []).append(entry)
        return index

    def problems(self) -> Iterator[str]:
        """Yield every phrase that cannot be read."""
        for entry in self._all:
            try:
                re.compile(entry.phrase.pattern)
            except re.error as error:
                yield f"mentions.toml: {entry.fact}.{entry.value}: {entry.phrase.words!r}: {error}"

    def read(self, text: str, today: date) -> Mapping[str, str]:
        """Return the facts that a text states, by name. Days are ISO days."""
        facts: dict[str, str] = {}
        statuses: list[str] = []
        no_reason = self._clauses.is_demanded(text) or self._clauses.is_withdrawn(text)
        for clause in self._clauses.told(text[:LONGEST]):
            for found in self._found(clause.text, asked=clause.asks):
                if found.fact in OF_THE_ORDER and self._clauses.is_reported(clause.text):
                    continue
                if found.fact == "reason" and no_reason:
                    continue  # what somebody wants the buyer to say is not why the buyer wants out
                if found.fact == "status":
                    statuses.append(found.value)
                    facts |= self._day(found.value, clause.text, today)
                elif (found.value != OTHER or found.fact not in facts) and not _is_brand(found, facts):
                    facts[found.fact] = found.value
        if statuses:
            facts |= _standing(statuses)
        return _consistent(facts, chose_wrongly=self._clauses.is_own_mistake(text))

    def _found(self, clause: str, *, asked: bool) -> Iterator[_Found]:
        """Yield what a clause states; of overlapping phrases the longest counts."""
        near = [entry for need, entries in self._by_need.items() if need in clause for entry in entries]
        every = [
            _Found(match.start(), match.end(), entry.fact, entry.value, entry.states)
            for entry in dict.fromkeys(near)
            for match in entry.phrase.pattern.finditer(clause)
            if match.group()
        ]
        taken: list[_Found] = []
        for one in sorted(every, key=lambda one: (-one.length, not one.states)):
            if not any(other.covers(one) for other in taken):
                taken.append(one)
        in_parts = any(one.value == "partially_shipped" or one.fact == "coupon" for one in taken)
        for one in sorted(taken, key=lambda one: one.start):
            if in_parts and one.fact == "scope":  # "only one was shipped", "a coupon for one" want nothing
                continue
            if not self._clauses.denies(clause, one.start, one.end) and self._counts(clause, one, asked=asked):
                yield one

    def _counts(self, clause: str, one: _Found, *, asked: bool) -> bool:
        """Tell whether a phrase states something: within a question only what happened, a name only by itself."""
        if asked:
            return one.states and self._clauses.happened(clause[one.start : one.end + 3])
        return one.states or not self._clauses.goes_on_about(clause, one.end)

    def _day(self, status: str, clause: str, today: date) -> dict[str, str]:
        """Return the day that a clause tells for a status, if it tells one that can be."""
        words = self._clauses.day(clause) if status in DAY_OF else None
        day = read_day(words, today) if words else None
        return {DAY_OF[status]: day.isoformat()} if day is not None and day <= today else {}


def _is_brand(found: _Found, facts: Mapping[str, str]) -> bool:
    """Tell whether a credit card is only the brand of a card that was named as another: a debit card by JCB."""
    return found.value == "credit_card" and facts.get("payment") in {"debit_card", "prepaid_card"}


def _standing(told: Collection[str]) -> dict[str, str]:
    """Return where an order is by all statuses that were told of it: a parcel can come after a cancellation."""
    statuses = {*told}
    if {"cancelled", "delivered"} <= statuses and "not_arrived" not in statuses:
        return {"status": "cancelled", "after_cancel": "parcel_came"}
    if {"cancelled", "shipped"} <= statuses:
        return {"status": "cancelled", "after_cancel": "parcel_coming"}
    if {"cancel_requested", "shipped"} <= statuses:
        return {"status": "cancel_requested", "seller_answer": "shipped_anyway"}
    if statuses & UNSHIPPED:
        statuses.discard("not_arrived")
    if {"delivered", "not_arrived"} <= statuses:
        return {"status": "not_arrived", "delivery": "says_delivered"}
    return {"status": min(statuses, key=ADVANCE.index)}


def _consistent(told: Mapping[str, str], *, chose_wrongly: bool) -> dict[str, str]:
    """Return the facts in order, with what they imply: an answer of the seller, a fault of what came."""
    facts = {**told}
    not_here = facts.pop("parcel", None) == "not_here"
    if not_here and facts.get("status") == "delivered":
        facts |= {"status": "not_arrived", "delivery": "says_delivered"}
    wrong = facts.get("reason") == WRONG_CHOICE and not chose_wrongly
    if wrong and facts.get("status") == "delivered":
        facts.setdefault("problem", "wrong_item")
    implied = {"status": "shipped"} if not_here or "movement" in facts else {}
    if facts.get("seller_answer") in {"none", "refused", "shipped_anyway", "agreed"}:
        implied = {"status": "cancel_requested"}
    if "problem" in facts:
        implied = {"status": "delivered"}
    kept = {**implied, **facts}
    if kept.get("status") == "cancel_requested" and kept.get("reason") == "no_seller_reply":
        del kept["reason"]  # it is the request that nobody answers
        kept.setdefault("seller_answer", "none")
    if "problem" in facts and kept.get("reason") == WRONG_CHOICE:
        del kept["reason"]  # the seller's mistake is not the buyer's
    if kept.get("status") == "not_arrived" and kept.pop("movement", None) == "stuck":
        kept.setdefault("delivery", "stuck")
    return {name: kept[name] for name in (*_FIRST, *kept) if name in kept}
