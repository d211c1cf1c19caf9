"""Walks every conversation that a buyer can reach, in both languages, and looks at each screen."""

from collections.abc import Iterator

import pytest
from markdown_it import MarkdownIt

from bot.content import load_content
from bot.editing.every_path import EVERYWHERE
from conversations import Chose, Language, advance
from conversations.dialog.steps import SCREENS, STEPS
from tests.buyer import TODAY
from tests.walks import visits

pytestmark = pytest.mark.walks
LONGEST_LABEL, LONGEST_TOKEN, LONGEST_TEXT = 20, 64, 2000
UNCLAIMED = {
    "menu",
    "change",
    "write",
    "reply_group",
    "reply_kind",
    "topic_group",
    "topic",
    "status",
    "seller_answer",
} | {
    "requested_on",
    "after_cancel",
    "order_number",
    "item",
    "ordered",
    "wanted",
}
"""Screens that only ask: they state nothing that would need a fact."""


@pytest.fixture(params=list(Language))
def language(request: pytest.FixtureRequest) -> Language:
    chosen: Language = request.param
    return chosen


def _problems(language: Language) -> Iterator[str]:
    for visit in visits(language):
        where = f"{visit.turn.place.step} after {[getattr(event, 'token', event) for event in visit.events]}"
        for message in visit.messages:
            if not message.text or len(message.text) > LONGEST_TEXT:
                yield f"{where}: a text of {len(message.text)} characters"
            for button in message.buttons:
                if not 1 <= len(button.label) <= LONGEST_LABEL:
                    yield f"{where}: label {button.label!r}"
                if not button.token.isascii() or len(button.token.encode()) > LONGEST_TOKEN:
                    yield f"{where}: token {button.token!r}"


def test_every_screen_fits_every_platform(language: Language) -> None:
    assert list(_problems(language)) == []


def test_every_screen_has_a_next_move_and_a_way_back(language: Language) -> None:
    for visit in visits(language):
        tokens = [button.token for message in visit.messages for button in message.buttons]
        assert len(tokens) == len(set(tokens)), f"{visit.events}: a button stands twice: {tokens}"
        assert any(token not in {"back", "home"} for token in tokens) or {"back", "home"} <= set(tokens)
        if visit.turn.place.step != "menu":
            assert "home" in tokens
            assert "back" in tokens or visit.turn.place.reading is not None


@pytest.mark.xdist_group("walk ja")
def test_the_commands_work_on_every_screen() -> None:
    """In Japanese; every screen is then worded in English too, by the command that changes the language."""
    handbook = load_content().handbook
    catalog = load_content().catalog
    for visit in visits(Language.JA):
        for token in EVERYWHERE:
            turn = advance(visit.turn.conversation, Chose(token), handbook, load_content().readers, TODAY)
            assert turn.replies
            if visit.turn.place.reading is not None or token.startswith("language"):
                for reply in turn.replies:
                    assert catalog.message(reply, turn.conversation.language).text


@pytest.mark.xdist_group("walk ja")
def test_every_button_of_every_age_can_be_pressed_at_every_verdict() -> None:
    book, catalog = load_content().handbook, load_content().catalog
    tokens = [f"{step}:{value}" for step in SCREENS for value in STEPS[step].offered(book)]
    for visit in visits(Language.JA):
        if visit.turn.place.step == "verdict" and visit.turn.place.reading is None:
            for token in (*tokens, "change:payment", "status:unpaid", "payment:konbini", "reason:other", "scope:part"):
                turn = advance(visit.turn.conversation, Chose(token), book, load_content().readers, TODAY)
                for reply in turn.replies:
                    assert catalog.message(reply, Language.JA).text, token


@pytest.mark.xdist_group("walk ja")
def test_going_back_returns_to_the_screen_before() -> None:
    """In one language: both offer the same everywhere, as a test of its own says, and answers hold no words."""
    handbook = load_content().handbook
    for visit in visits(Language.JA):
        for token in [choice.token for reply in visit.turn.replies for choice in reply.choices]:
            onward = advance(visit.turn.conversation, Chose(token), handbook, load_content().readers, TODAY)
            added = len(onward.conversation.answers) - len(visit.turn.conversation.answers)
            if added == 1:
                back = advance(onward.conversation, Chose("back"), handbook, load_content().readers, TODAY)
                assert back.conversation == visit.turn.conversation


def test_no_claim_stands_without_a_citation(language: Language) -> None:
    for visit in visits(language):
        cited = [cite for message in visit.messages for cite in message.cites]
        assert cited or visit.turn.place.step in UNCLAIMED, f"{visit.turn.place.step}: {visit.messages[0].text[:60]}"


def test_every_fact_of_the_article_is_said_somewhere(language: Language) -> None:
    said = {cite for visit in visits(language) for message in visit.messages for cite in message.cites}
    articles = {fact.id for fact in load_content().handbook.facts if fact.id.startswith("F")}
    assert articles - said == set()
    assert said <= {fact.id for fact in load_content().handbook.facts}


def test_both_languages_offer_the_same_choices_everywhere() -> None:
    ja, en = (
        {
            visit.events: [c.token for reply in visit.turn.replies for c in reply.choices if "language" not in c.token]
            for visit in visits(language)
        }
        for language in Language
    )
    assert ja == en


def test_bold_and_lists_are_well_formed(language: Language) -> None:
    markdown = MarkdownIt()
    for text in {message.text for visit in visits(language) for message in visit.messages}:
        for token in markdown.parse(text):
            for child in token.children or ():
                assert child.type != "text" or "**" not in child.content, text
                assert child.type not in {"html_inline", "image"}, text
