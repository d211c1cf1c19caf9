"""The operator edits data while buyers are in the middle: nobody is stuck, and what still fits is kept."""

from datetime import date

import pytest

from bot.content import Content
from conversations import (
    Chose,
    Conversation,
    DataError,
    Handbook,
    Language,
    Readers,
    StepName,
    advance,
    look,
    read_handbook,
    read_readers,
)
from conversations.dialog.answers import Answer

TODAY = date(2026, 11, 24)
CHECKED = Conversation(
    Language.JA,
    (
        Answer(StepName.MENU, "check"),
        Answer("status", "partially_shipped"),
        Answer("payment", "paypay"),
        Answer("coupon", "no"),
    ),
)


def _edited(handbook: Handbook, **changes: object) -> Handbook:
    """Return the handbook as it is after somebody edited its files."""
    return Handbook.model_validate({**handbook.model_dump(), **changes})


def test_a_status_that_was_removed_is_asked_again_and_the_rest_is_kept(handbook: Handbook, readers: Readers) -> None:
    without = _edited(
        handbook, statuses=[row.model_dump() for row in handbook.statuses if row.id != "partially_shipped"]
    )
    place = look(CHECKED, without, TODAY).place
    assert place.step == "status"
    assert place.order.known() == {"payment": "paypay", "coupon": "no"}
    onward = advance(CHECKED, Chose("status:awaiting_shipment"), without, readers, TODAY)
    assert onward.place.verdict is not None


def test_a_removed_status_that_comes_back_counts_again(handbook: Handbook) -> None:
    place = look(CHECKED, handbook, TODAY).place
    assert place.verdict is not None
    assert place.verdict.outcome == "cancel_unshipped_part"


def test_a_method_that_was_removed_is_asked_again(handbook: Handbook) -> None:
    without = _edited(
        handbook, payment_methods=[row.model_dump() for row in handbook.payment_methods if row.id != "paypay"]
    )
    assert look(CHECKED, without, TODAY).place.step == "payment"


def test_a_new_figure_moves_the_dates_of_orders_already_checked(handbook: Handbook) -> None:
    waiting = Conversation(
        Language.JA,
        (
            Answer(StepName.MENU, "check"),
            Answer("status", "refund_processing"),
            Answer("payment", "paypal"),
            Answer("approved_on", "2026-11-13"),
        ),
    )
    methods = [row.model_dump() for row in handbook.payment_methods]
    next(row for row in methods if row["id"] == "paypal")["refund"]["longest"] = 10
    before, after = (
        look(waiting, book, TODAY).place.verdict for book in (handbook, _edited(handbook, payment_methods=methods))
    )
    assert before is not None
    assert after is not None
    assert (before.outcome, after.outcome) == ("refund_overdue", "refund_on_time")


@pytest.mark.parametrize("token", ["topic:fees", "reply_kind:holiday"])
def test_a_button_to_what_was_removed_repeats_the_screen(handbook: Handbook, readers: Readers, token: str) -> None:
    kind = token.partition(":")[0]
    field = {"topic": "topics", "reply_kind": "reply_kinds"}[kind]
    removed = token.partition(":")[2]
    without = _edited(handbook, **{field: [row.model_dump() for row in getattr(handbook, field) if row.id != removed]})
    turn = advance(CHECKED, Chose(token), without, readers, TODAY)
    assert [notice.name for notice in turn.replies[0].notices] == ["old_button"]
    assert turn.conversation == CHECKED


def test_a_rule_that_does_not_begin_with_the_status_is_refused(content: Content) -> None:
    rules = [{"outcome": "cancel_now", "when": {"payment": ["paypal"]}, "cites": ["F1"]}]
    data = {**content.sources.data, "rules": {"rules": [*rules, *content.sources.data["rules"]["rules"]]}}
    with pytest.raises(DataError, match=r"rules\.toml: rule 1 \(cancel_now\): a rule begins with the status"):
        read_handbook(data)


@pytest.mark.parametrize(
    ("row", "lack"),
    [
        ({"answered_by": "choice"}, "a choice needs values, or the table that its rows are in"),
        ({"answered_by": "words", "longest": 3, "example": "four"}, "words need longest, and an example that is no"),
        ({"answered_by": "day", "values": ["today"]}, "only a choice has values"),
    ],
)
def test_a_fact_that_nobody_could_answer_is_refused(content: Content, row: dict[str, object], lack: str) -> None:
    order = {"facts": [*content.sources.data["order"]["facts"], {"id": "gift", "part": "check", **row}]}
    with pytest.raises(DataError, match=rf"order\.toml: gift: {lack}"):
        read_handbook({**content.sources.data, "order": order})


def test_readers_without_their_file_or_with_one_of_another_form_are_refused(content: Content) -> None:
    data = content.sources.data
    with pytest.raises(DataError, match=r"clauses\.toml: the file is missing"):
        read_readers({name: file for name, file in data.items() if name != "clauses"}, {}, {})
    with pytest.raises(DataError, match=r"clauses\.toml"):
        read_readers({**data, "clauses": {"nonsense": []}}, {}, {})


def test_a_way_to_say_something_that_cannot_be_read_is_named(content: Content) -> None:
    clauses = {**content.sources.data["clauses"], "supposed": ["("]}
    readers = read_readers({**content.sources.data, "clauses": clauses}, {}, {})
    assert [problem.partition(": missing")[0] for problem in readers.clauses.problems()] == [
        "clauses.toml: supposed: '('"
    ]


def test_back_passes_over_what_no_longer_exists(handbook: Handbook, readers: Readers) -> None:
    read = Conversation(Language.JA, (*CHECKED.answers, Answer(StepName.TOPIC, "a_topic_that_is_gone")))
    turn = advance(read, Chose("back"), handbook, readers, TODAY)
    assert turn.place.step == "coupon"
