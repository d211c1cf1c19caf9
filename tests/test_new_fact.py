"""A fact is added to the dialog by one row and its words: everything else follows from the row."""

from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.content import Content, Sources, build_content
from bot.editing.diagram import mermaid
from bot.keeping.sql import SqlStore
from bot.keeping.sqlite import SqliteDatabase
from conversations import Language
from tests.buyer import TODAY, Buyer

ROW = {"id": "choice", "answered_by": "choice", "values": ["yes", "no"], "part": "check", "bare": True}
LABELS = {
    Language.JA: {"choice": {"yes": "Choice", "no": "Choiceではない"}, "change": {"choice": "Choice"}},
    Language.EN: {"choice": {"yes": "Choice", "no": "Not Choice"}, "change": {"choice": "Choice order"}},
}


def _with_the_fact(sources: Sources) -> Sources:
    """Add the row, its words, and the one place where the rules ask for it."""
    data: dict[str, Any] = deepcopy(dict(sources.data))
    data["order"]["facts"].append(ROW)
    next(row for row in data["outcomes"]["outcomes"] if row["id"] == "cancel_now")["asks"].append("choice")
    words = {language: deepcopy(dict(sources.words[language])) for language in Language}
    questions = {}
    for language, sections in LABELS.items():
        for section, labels in sections.items():
            words[language][section] = {**words[language].get(section, {}), **labels}
        questions[f"{language}/dialog/choice.j2"] = '**Choice?** {{ cite("F1") }}'
    return replace(sources, data=data, words=words, templates={**sources.templates, **questions})


@pytest.fixture(scope="module")
def with_fact(content: Content) -> Content:
    return build_content(_with_the_fact(content.sources))


@pytest.fixture(params=list(Language))
async def asked(with_fact: Content, request: pytest.FixtureRequest) -> Buyer:
    """A buyer who is asked for the new fact."""
    buyer = Buyer(with_fact, request.param)
    await buyer.opens()
    await buyer.taps("menu:check", "status:awaiting_shipment", "payment:credit_card", "coupon:no")
    return buyer


async def test_it_is_asked_where_the_rules_need_it(asked: Buyer) -> None:
    assert asked.sees.step == "choice"
    assert asked.sees.tokens == ["choice:yes", "choice:no", "back", "home"]


async def test_its_answer_leads_on_and_back_undoes_it(asked: Buyer) -> None:
    await asked.taps("choice:yes")
    assert asked.sees.outcome == "cancel_now"
    assert asked.sees.known["choice"] == "yes"
    await asked.taps("back")
    assert asked.sees.step == "choice"


async def test_it_is_answered_by_its_label(asked: Buyer) -> None:
    await asked.says(LABELS[asked.language]["choice"]["no"])
    assert asked.sees.known["choice"] == "no"


async def test_it_can_be_changed_from_the_verdict(asked: Buyer) -> None:
    await asked.taps("choice:yes", "verdict:change", "change:choice")
    assert asked.sees.step == "choice"
    await asked.taps("choice:no")
    assert asked.sees.known["choice"] == "no"
    assert asked.sees.step == "verdict"


async def test_it_survives_a_restart(with_fact: Content, tmp_path: Path) -> None:
    before = Buyer(with_fact, store=SqlStore(SqliteDatabase(tmp_path / "chats.sqlite3"), lambda: TODAY))
    await before.opens()
    await before.taps("menu:check", "status:awaiting_shipment", "payment:credit_card", "coupon:no", "choice:yes")
    after = Buyer(with_fact, store=SqlStore(SqliteDatabase(tmp_path / "chats.sqlite3"), lambda: TODAY))
    await after.opens()
    assert after.sees.known["choice"] == "yes"


async def test_programs_are_told_it_as_true_or_false(asked: Buyer) -> None:
    await asked.taps("choice:yes")
    assert asked.support.facts(asked.sees.response.turn.place)["choice"] is True


def test_the_pictures_show_it(with_fact: Content) -> None:
    assert any('choice{"choice?"}' in drawn for drawn in mermaid(with_fact.handbook).values())


async def test_taken_out_again_its_answers_stay_and_do_not_count(with_fact: Content, content: Content) -> None:
    before = Buyer(with_fact)
    await before.opens()
    await before.taps("menu:check", "status:awaiting_shipment", "payment:credit_card", "coupon:no", "choice:yes")
    without = Buyer(content, store=before.store)
    await without.opens()
    assert without.sees.outcome == "cancel_now"
    assert "choice" not in without.sees.known
    again = Buyer(with_fact, store=before.store)
    await again.opens()
    assert again.sees.known["choice"] == "yes"
