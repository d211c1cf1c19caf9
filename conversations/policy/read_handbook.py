"""Reads the handbook from parsed files: every id must exist, and every problem is told at once."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from conversations.data_error import DataError, located, unknown
from conversations.policy.handbook import CANCEL, DERIVED_VALUES, Handbook
from conversations.policy.rows import AnsweredBy, OrderFact, Part, ReplyKind, When


def read_handbook(files: Mapping[str, Mapping[str, Any]]) -> Handbook:
    """Build the handbook from the parsed data files (file name without ``.toml`` → its tables).

    Raises ``DataError`` with every problem: missing files, rows of the wrong form, ids that do not exist.
    """
    missing = sorted({file for file, _ in _TABLES.values()} - set(files))
    if missing:
        raise DataError([f"{file}.toml: the file is missing" for file in missing])
    data = {field: files[file].get(table, ()) if table else files[file] for field, (file, table) in _TABLES.items()}
    try:
        handbook = Handbook.model_validate(data)
    except ValidationError as error:
        raise DataError(located(error, data, _TABLES)) from error
    problems = sorted(set(_cross_check(handbook)))
    if problems:
        raise DataError(problems)
    return handbook


_TABLES: Mapping[str, tuple[str, str]] = {
    "facts": ("facts", "facts"),
    "order_facts": ("order", "facts"),
    "statuses": ("statuses", "statuses"),
    "stages": ("stages", "stages"),
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
    "figures": ("figures", ""),
    "glossary": ("glossary", ""),
}
"""Where each field of the handbook stands: its file, and the table in it (none: the whole file)."""
_ROWS = {field: place for field, place in _TABLES.items() if place[1]}


def _cross_check(book: Handbook) -> Iterator[str]:
    yield from _check_unique(book)
    for fact in book.order_facts:
        yield from _check_fact(fact)
    yield from _check_cites(book)
    yield from _check_rules(book)
    yield from _check_outcomes(book)
    yield from _check_groups(book)
    yield from _check_replies(book)
    yield from _check_drafts(book)
    yield from _check_stages(book)


def _check_unique(book: Handbook) -> Iterator[str]:
    for field, (file, _) in _ROWS.items():
        seen: set[str] = set()
        for row in getattr(book, field):
            row_id = getattr(row, "id", None)
            if row_id in seen:
                yield f"{file}.toml: {row_id}: the id is used twice"
            if row_id is not None:
                seen.add(row_id)


def _check_fact(fact: OrderFact) -> Iterator[str]:
    """Name what a fact of the order lacks for the way in which it is answered."""
    match fact.answered_by:
        case AnsweredBy.CHOICE if not fact.values and fact.rows is None:
            yield f"order.toml: {fact.id}: a choice needs values, or the table that its rows are in"
        case AnsweredBy.WORDS if not (0 < len(fact.example) <= fact.longest):
            yield f"order.toml: {fact.id}: words need longest, and an example that is no longer"
        case AnsweredBy.DAY | AnsweredBy.WORDS if fact.values or fact.rows:
            yield f"order.toml: {fact.id}: only a choice has values"
        case _:
            pass


def _check_cites(book: Handbook) -> Iterator[str]:
    facts = {fact.id for fact in book.facts}
    for field, (file, _) in _ROWS.items():
        for row in getattr(book, field):
            for cited in getattr(row, "cites", ()):
                yield from unknown(file, f"{getattr(row, 'id', field)}.cites", cited, facts)
    for name, figure in book.figures.items():
        for cited in figure.cites:
            yield from unknown("figures", f"{name}.cites", cited, facts)


def _check_when(book: Handbook, file: str, key: str, when: When) -> Iterator[str]:
    values = {**book.values, **DERIVED_VALUES}
    for fact, accepted in when.items():
        yield from unknown(file, f"{key}.when", fact, values)
        for value in accepted:
            yield from unknown(file, f"{key}.when.{fact}", value, values.get(fact, accepted))


def _check_rules(book: Handbook) -> Iterator[str]:
    outcomes = [row.id for row in book.outcomes]
    for number, rule in enumerate(book.rules, start=1):
        yield from unknown("rules", f"rule {number}", rule.outcome, outcomes)
        yield from _check_when(book, "rules", f"rule {number} ({rule.outcome})", rule.when)
        if rule.draft is not None:
            yield from unknown("rules", f"rule {number} ({rule.outcome}).draft", rule.draft, [CANCEL, *book.draft])
        if next(iter(rule.when), None) != "status":
            yield f"rules.toml: rule {number} ({rule.outcome}): a rule begins with the status"
    decided = {rule.outcome for rule in book.rules}
    yield from (f"outcomes.toml: {one}: no rule leads to it" for one in outcomes if one not in decided)
    for status in book.statuses:
        if not any(status.id in rule.when.get("status", ()) and len(rule.when) == 1 for rule in book.rules):
            yield f"rules.toml: status {status.id!r} needs a last rule that asks nothing more"


def _check_outcomes(book: Handbook) -> Iterator[str]:
    questions = [fact.id for fact in book.order_facts if fact.part is Part.CHECK]
    drafts = [CANCEL, *book.draft]
    for row in book.outcomes:
        for fact in row.asks:
            yield from unknown("outcomes", f"{row.id}.asks", fact, questions)
        for caution in row.cautions:
            yield from unknown("outcomes", f"{row.id}.cautions", caution, book.caution)
        for topic in row.topics:
            yield from unknown("outcomes", f"{row.id}.topics", topic, book.topic)
        if row.draft is not None:
            yield from unknown("outcomes", f"{row.id}.draft", row.draft, drafts)
    for caution_row in book.cautions:
        yield from _check_when(book, "cautions", caution_row.id, caution_row.when)
    used = {caution for row in book.outcomes for caution in row.cautions}
    yield from (f"cautions.toml: {one}: no outcome shows it" for one in book.caution if one not in used)


def _check_groups(book: Handbook) -> Iterator[str]:
    for group in book.topic_groups:
        for topic in group.topics:
            yield from unknown("topics", f"groups.{group.id}", topic, book.topic)
    for row in book.topics:
        for topic in row.related:
            yield from unknown("topics", f"{row.id}.related", topic, book.topic)
    for reply_group in book.reply_groups:
        for kind in reply_group.kinds:
            yield from unknown("seller_replies", f"groups.{reply_group.id}", kind, book.reply_kind)
    listed = {topic for group in book.topic_groups for topic in group.topics}
    yield from (f"topics.toml: {one}: it is in no group" for one in book.topic if one not in listed)
    shown = {kind for reply_group in book.reply_groups for kind in reply_group.kinds}
    yield from (f"seller_replies.toml: {one}: it is in no group" for one in book.reply_kind if one not in shown)


def _check_stages(book: Handbook) -> Iterator[str]:
    for row in book.stages:
        yield from _check_when(book, "stages", row.stage, row.when)
        if row.stands_for is not None:
            yield from unknown("stages", f"{row.stage}.stands_for", row.stands_for, book.values["status"])
    for fact in book.order_facts:
        for value, status in fact.implies.items():
            yield from unknown("order", f"{fact.id}.implies", value, fact.values)
            yield from unknown("order", f"{fact.id}.implies.{value}", status, book.values["status"])
        if fact.assumed is not None:
            yield from unknown("order", f"{fact.id}.assumed", fact.assumed, book.values.get(fact.id, ()))
    for one in book.statuses:
        if not any(one.id in row.when.get("status", ()) and len(row.when) == 1 for row in book.stages):
            yield f"stages.toml: status {one.id!r} needs a stage that asks nothing more"


def _check_replies(book: Handbook) -> Iterator[str]:
    for kind in book.reply_kinds:
        for draft in kind.drafts:
            yield from unknown("seller_replies", f"{kind.id}.drafts", draft, book.draft)
        for stage, drafts in kind.at.items():
            yield from unknown("seller_replies", f"{kind.id}.at", stage, book.stage_ids)
            for draft in drafts:
                yield from unknown("seller_replies", f"{kind.id}.at.{stage}", draft, book.draft)
        if kind.implies is not None:
            yield from unknown("seller_replies", f"{kind.id}.implies", kind.implies, book.stage_ids)
        yield from _check_fitting(book, kind)


def _check_drafts(book: Handbook) -> Iterator[str]:
    for row in book.drafts:
        for stage in row.at:
            yield from unknown("drafts", f"{row.id}.at", stage, book.stage_ids)
        for column, facts in (("needs", row.needs), ("worded_by", row.worded_by)):
            for fact in facts:
                yield from unknown("drafts", f"{row.id}.{column}", fact, book.fact)
        for detail in row.details:
            yield from unknown("drafts", f"{row.id}.details", detail, book.details)
        for detail, when in row.only_if.items():
            yield from unknown("drafts", f"{row.id}.only_if", detail, row.details)
            yield from _check_when(book, "drafts", f"{row.id}.only_if.{detail}", when)
    for reason in book.reasons:
        yield from unknown("reasons", f"{reason.id}.form_choice", reason.form_choice, book.form_choice)
    for draft, reason_id in book.cancel_drafts.items():
        yield from unknown("drafts", f"reason {reason_id}", draft, book.draft)


def _check_fitting(book: Handbook, kind: ReplyKind) -> Iterator[str]:
    """Name the messages that answer a kind of reply at a stage at which they are not true."""
    for stage in book.stage_ids:
        for draft in kind.at.get(stage, kind.drafts):
            if draft in book.draft and stage not in book.draft[draft].at:
                yield f"seller_replies.toml: {kind.id}: at {stage} {draft!r} says what is not so; see its at"
