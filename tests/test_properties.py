"""What holds for any sequence of events: nothing raises, nothing that fits is lost, back undoes one answer."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.content import load_content
from bot.keeping.sql import _read_answers, _write_answers
from conversations import (
    Answer,
    Attachment,
    Chose,
    Conversation,
    Event,
    Language,
    Sent,
    Started,
    StepName,
    Turn,
    Wrote,
    advance,
    look,
)
from conversations.dialog.answers import is_valid
from conversations.dialog.steps import STEPS
from tests.buyer import TODAY

BOOK = load_content().handbook
READERS = load_content().readers
CATALOG = load_content().catalog
TOKENS = [
    *("back", "home", "restart", "continue", "language:ja", "language:en", "help:me"),
    *(f"{step}:{value}" for step, row in STEPS.items() for value in row.offered(BOOK)),
    *(f"{fact}:{value}" for fact, values in BOOK.values.items() for value in values),
    *(
        f"{step}:{TODAY - timedelta(days=ago)}"
        for step in ("requested_on", "approved_on", "completed_on")
        for ago in (0, 9, 40)
    ),
    *(f"{step}:unknown" for step in (*StepName, *BOOK.fact)),
    *(f"change:{step}" for step in (*StepName, *BOOK.fact)),
    *("order_number:8190123456789012", "item:lamp", "ordered:M", "wanted:L", "item:", "order_number:", "wanted:"),
]
tokens = st.sampled_from(TOKENS)
words = st.one_of(
    st.text(max_size=60), st.sampled_from(["発送待ち", "3日前", "8190123456789012", "黒", "戻る", "yes", "1", "4"])
)
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(Chose, tokens),
    st.builds(Chose, st.text(max_size=30)),
    st.builds(Wrote, words),
    st.builds(Sent, st.sampled_from(Attachment)),
    st.builds(Started, st.one_of(st.none(), st.sampled_from(Language))),
)
days = st.dates(date(2026, 11, 1), date(2027, 2, 28))


@given(st.lists(events, max_size=25), days)
@settings(max_examples=300, deadline=None)
def test_any_events_get_a_reply_with_a_next_move(happenings: list[Event], today: date) -> None:
    conversation = Conversation()
    for event in happenings:
        turn = advance(conversation, event, BOOK, READERS, today)
        conversation = turn.conversation
        messages = [CATALOG.message(reply, conversation.language) for reply in turn.replies]
        assert all(message.text for message in messages)
        assert any(message.buttons for message in messages)
        assert all(is_valid(answer, BOOK, today) for answer in conversation.answers)
        assert _read_answers(_write_answers(conversation.answers)) == conversation.answers


@given(st.lists(st.one_of(st.integers(0, 30), words), max_size=15), st.integers(0, 30), days)
@settings(max_examples=300, deadline=None)
def test_back_undoes_one_answer_or_all_that_changed_nothing(done: list[int | str], button: int, today: date) -> None:
    """After any button of the screen, back leads to another screen; it never goes further than that needs."""
    conversation = Conversation()
    for one in done:
        event = Wrote(one) if isinstance(one, str) else Chose(_offered(conversation, one, today))
        conversation = advance(conversation, event, BOOK, READERS, today).conversation
    onward = advance(conversation, Chose(_offered(conversation, button, today)), BOOK, READERS, today)
    back = advance(onward.conversation, Chose("back"), BOOK, READERS, today)
    kept = len(back.conversation.answers)
    assert onward.conversation.answers[:kept] == back.conversation.answers
    assert kept == 0 or _seen(back) != _seen(onward)
    for between in range(kept + 1, len(onward.conversation.answers)):
        answers = onward.conversation.answers[:between]
        assert _seen(look(replace(conversation, answers=answers), BOOK, today)) == _seen(onward)


def _offered(conversation: Conversation, button: int, today: date) -> str:
    """Return what a button of the screen means."""
    tokens = [choice.token for reply in look(conversation, BOOK, today).replies for choice in reply.choices]
    return tokens[button % len(tokens)]


def _seen(turn: Turn) -> list[str]:
    """Return what stands on the screen, below what is said of the newest event."""
    language = turn.conversation.language
    messages = [CATALOG.message(replace(reply, notices=()), language) for reply in turn.replies]
    return [f"{message.text}{message.draft and message.draft.send}{message.buttons}" for message in messages]


@given(st.lists(events, max_size=15), tokens, days)
@settings(max_examples=300, deadline=None)
def test_an_answer_never_loses_another(happenings: list[Event], token: str, today: date) -> None:
    """Answering, reading or looking elsewhere changes the fact that was answered and no other."""
    conversation = _after(happenings, today)
    before = look(conversation, BOOK, today).place.order.known()
    turn = advance(conversation, Chose(token), BOOK, READERS, today)
    after = turn.place.order.known()
    step = token.partition(":")[0]
    if token not in {"back", "restart"}:
        assert {name: value for name, value in before.items() if name != step}.items() <= after.items()


@given(st.lists(events, max_size=15), tokens, days)
@settings(max_examples=200, deadline=None)
def test_the_same_button_twice_is_one_tap(happenings: list[Event], token: str, today: date) -> None:
    once = advance(_after(happenings, today), Chose(token), BOOK, READERS, today)
    if STEPS_ASKED_AGAIN.isdisjoint(once.place.route) and token not in {"back", "restart"}:
        twice = advance(once.conversation, Chose(token), BOOK, READERS, today)
        assert twice.place == once.place


STEPS_ASKED_AGAIN = {StepName.CHANGE, StepName.DRAFT}
"""Where a fact is asked anew, the same answer is an answer again."""


@given(st.lists(st.builds(Answer, st.sampled_from([*StepName, *BOOK.fact]), st.text(max_size=20)), max_size=30), days)
@settings(max_examples=300, deadline=None)
def test_stored_answers_of_another_release_never_break_a_conversation(answers: list[Answer], today: date) -> None:
    turn = advance(Conversation(Language.JA, tuple(answers)), Started(), BOOK, READERS, today)
    assert turn.replies
    back: Turn = advance(turn.conversation, Chose("back"), BOOK, READERS, today)
    assert back.replies


class Chat(RuleBasedStateMachine):
    """A buyer who does anything at all, for long."""

    def __init__(self) -> None:
        super().__init__()
        self.conversation = Conversation()
        self.today = TODAY

    @rule(event=events)
    def act(self, event: Event) -> None:
        self.conversation = advance(self.conversation, event, BOOK, READERS, self.today).conversation

    @rule()
    def take_the_first_way_on(self) -> None:
        turn = look(self.conversation, BOOK, self.today)
        self.act(Chose(turn.replies[-1].choices[0].token))

    @rule(days_later=st.integers(1, 30))
    def come_back_later(self, days_later: int) -> None:
        self.today = min(self.today + timedelta(days=days_later), date(2030, 1, 1))

    @invariant()
    def the_place_is_the_same_however_often_it_is_derived(self) -> None:
        assert look(self.conversation, BOOK, self.today) == look(self.conversation, BOOK, self.today)

    @invariant()
    def a_question_is_never_asked_whose_answer_is_known(self) -> None:
        place = look(self.conversation, BOOK, self.today).place
        asked_again = STEPS_ASKED_AGAIN & set(place.route)
        if place.step in BOOK.shown and not asked_again:
            assert place.order.fact(place.step) is None

    @invariant()
    def what_is_kept_stays_small(self) -> None:
        assert len(self.conversation.answers) <= 100


TestChat = Chat.TestCase
TestChat.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)


def _after(happenings: list[Event], today: date) -> Conversation:
    conversation = Conversation()
    for event in happenings:
        conversation = advance(conversation, event, BOOK, READERS, today).conversation
    return conversation
