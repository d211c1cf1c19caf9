"""Telegram as a buyer meets it: over HTTP, against a Bot API of our own."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import time
from typing import Any

import pytest

from adapters import RefusedError, telegram
from adapters.inbox import Fairness, Inbox
from adapters.pace import Allowance, Pace
from adapters.platform import Host
from adapters.telegram import running
from adapters.telegram.delivery import A_CHAT, OVERALL
from adapters.telegram.incoming import GroupCall, Me, Meaning, Presence, to_meaning
from adapters.telegram.outgoing import Drawing
from bot.clock import today_in_japan
from bot.content import Content
from bot.editing.transcripts import Action, read_transcript, unmet
from bot.keeping.memory import MemoryStore
from bot.keeping.store import Saved, Store
from bot.logs import Discreet
from conversations import Attachment, Chose, Language, Sent, Wrote
from tests.buyer import Screen
from tests.telegram_fake import BOT, TOKEN, FakeTelegram, Person, keyboard_problems, text_problems
from tests.waiting import until
from tests.walks import visits
from tests.watched import Watched

FILES = sorted((Path(__file__).parent / "transcripts").glob("*.md"))
FAST = Allowance(100_000, at_once=100_000)
STORM = {
    "sendMessage": {"500": 20, "502": 10, "reset": 15, "html": 5, "429": 15},
    "editMessageReplyMarkup": {"500": 10, "reset": 10, "html": 5, "429": 5},
    "editMessageText": {"500": 5, "reset": 5, "html": 2, "429": 3},
    "answerCallbackQuery": {"500": 3, "reset": 3, "429": 2},
    "getUpdates": {"500": 2, "reset": 2, "html": 1, "429": 1},
}
"""How often what goes wrong in the storm."""


class Bot:
    """The product on Telegram, as the tests start and stop it. ``heard`` are the responses by chat, newest last."""

    def __init__(self, content: Content, fake: FakeTelegram, store: Store | None = None) -> None:
        self.fake, self.content = fake, content
        self.product = Watched(content, store)
        self.heard = self.product.heard
        self.fairness = Fairness(waiting=100, a_minute=100_000)
        self.host = Host()

    @asynccontextmanager
    async def running(self, pace: Pace | None = None, read_timeout: float = 60.0) -> AsyncIterator[asyncio.Task[None]]:
        self.host = Host(inbox=Inbox(self.fairness))
        self.fake.busy.append(self.host.inbox)
        talk = asyncio.create_task(
            telegram.run(
                self.product,
                {"token": TOKEN, "api_url": self.fake.url},
                self.host,
                pace=pace or Pace(FAST, FAST),
                read_timeout=read_timeout,
            )
        )
        try:
            yield talk
        finally:
            self.host.stop.set()
            await talk
            self.fake.busy.remove(self.host.inbox)


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server
    assert server.problems == []


@pytest.fixture
async def bot(content: Content, fake: FakeTelegram) -> AsyncIterator[Bot]:
    running = Bot(content, fake)
    async with running.running():
        yield running


@pytest.fixture
def hanako(bot: Bot) -> Person:
    return Person(bot.fake)


# The conversation.


async def test_four_taps_lead_from_start_to_a_verdict(bot: Bot, hanako: Person) -> None:
    await hanako.says("/start")
    await hanako.taps("menu:check", "status:awaiting_shipment", "payment:paypal", "coupon:no")
    assert Screen(bot.heard[f"telegram:{hanako.number}"][-1]).outcome == "cancel_now"
    assert "verdict:money" in hanako.tokens
    assert len(hanako.messages) == 1, "a press changes its message in place"


async def test_a_press_is_answered_before_anything_changes_and_shows_what_was_chosen(
    hanako: Person, fake: FakeTelegram
) -> None:
    await hanako.says("/start")
    fake.calls.clear()
    await hanako.taps("menu:check")
    assert [name for name, fields, _ in fake.calls if {"chat_id", "callback_query_id"} & fields.keys()] == [
        "answerCallbackQuery",
        "editMessageText",
    ]
    assert hanako.text.startswith("▸ 注文を確認する\n\n")


async def test_a_press_is_answered_at_once_also_while_another_is_under_way(hanako: Person, fake: FakeTelegram) -> None:
    await hanako.says("/start")
    release = fake.holds("editMessageText")
    presses = [hanako.presses(*hanako.find(token)) for token in ("menu:check", "help:me")]
    await until(lambda: [fake.answered[press] for press in presses] == [1, 1])
    release.set()
    await fake.settles()
    assert "status:shipped" in hanako.tokens


async def test_typed_words_get_a_new_message_and_the_old_buttons_go(hanako: Person) -> None:
    await hanako.says("/start")
    await hanako.taps("menu:check")
    await hanako.says("発送待ち")
    assert len(hanako.messages) == 2
    assert hanako.buttons(hanako.messages[0]) == []
    assert "payment:paypal" in hanako.tokens


async def test_the_english_is_copied_by_one_tap_and_stays_when_the_buyer_goes_on(hanako: Person, bot: Bot) -> None:
    await hanako.says("/write")
    await hanako.taps("write:reminder")
    (draft,) = [one.draft for one in bot.heard["telegram:77"][-1].messages if one.draft]
    assert hanako.copied() == [draft.send]
    copies = [one["copy_text"]["text"] for one in hanako.buttons() if "copy_text" in one]
    assert copies == ([draft.send] if len(draft.send) <= 256 else [])
    await hanako.taps("home")
    assert hanako.copied() == [draft.send]
    assert "menu:check" in hanako.tokens
    assert "draft:details" not in hanako.tokens


async def test_what_a_buyer_typed_formats_and_links_nothing(hanako: Person) -> None:
    hostile = "*a* _b_ `c` <b>d</b> [e](http://x.example) @all /start 👨‍👩‍👧 \u202e x"
    await hanako.says("/check")
    await hanako.taps("status:cancel_requested", "seller_answer:none")
    await hanako.says(hostile)
    kinds = {one["type"] for one in hanako.messages[-1]["entities"]}
    assert "code" in kinds
    assert kinds <= {"code", "bold", "expandable_blockquote"}


@pytest.mark.parametrize(
    ("text", "step", "reading"),
    [
        ("/check", "status", None),
        ("/ask", "topic_group", None),
        ("/write", "write", None),
        ("/reply", "reply_group", None),
        ("/help", "menu", "me"),
        ("/language", "menu", "settings"),
        ("/settings", "menu", "settings"),
        ("/privacy", "menu", "privacy"),
        ("/forget", "menu", "forget"),
        ("/cancel", "menu", "cancel"),
        ("/Check@Torikeshi_Bot", "status", None),
        ("/start fees", "menu", "fees"),
        ("/start check", "status", None),
        ("/start no-such_thing", "menu", None),
        ("/start", "menu", None),
        ("/dance", "menu", "me"),
    ],
)
async def test_commands_and_links_lead_where_they_say(
    hanako: Person, bot: Bot, text: str, step: str, reading: str | None
) -> None:
    await hanako.says(text)
    place = bot.heard["telegram:77"][-1].turn.place
    assert (place.step, place.reading.value if place.reading else None) == (step, reading)


def test_every_topic_has_a_link_that_telegram_takes(content: Content) -> None:
    for topic in content.handbook.topic:
        assert len(topic) <= 64
        assert all(letter.isascii() and (letter.isalnum() or letter in "_-") for letter in topic)


async def test_cancel_offers_the_check_of_the_order_first(hanako: Person) -> None:
    await hanako.says("/cancel")
    assert hanako.tokens[0] == "menu:check"
    assert {"restart", "home"} <= set(hanako.tokens)


async def test_all_that_is_kept_can_be_deleted(hanako: Person, bot: Bot) -> None:
    await hanako.says("/start")
    await hanako.taps("menu:check", "status:shipped")
    await hanako.says("/forget")
    assert [one.get("style") for one in hanako.buttons() if one.get("callback_data", "").startswith("forget")] == [
        "danger"
    ]
    await hanako.taps("forget")
    assert await bot.product.store.load("telegram:77") is None
    assert "消しました" in hanako.text


@pytest.mark.parametrize(
    ("code", "language"), [("ja", "ja"), ("ja-JP", "ja"), ("de", "en"), ("en", "en"), (None, "ja")]
)
async def test_the_app_tells_the_language_until_the_buyer_chooses(
    fake: FakeTelegram, bot: Bot, code: str | None, language: str
) -> None:
    someone = Person(fake, 5, code)
    await someone.says("/check")
    assert bot.heard["telegram:5"][-1].turn.conversation.language == language
    other = "en" if language == "ja" else "ja"
    await someone.says(f"/language {other}")
    await someone.says("/start")
    assert bot.heard["telegram:5"][-1].turn.conversation.language == other


OTHER: dict[str, Any] = {
    "photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}],
    "voice": {"file_id": "a", "file_unique_id": "b", "duration": 1},
    "sticker": {
        "file_id": "a",
        "file_unique_id": "b",
        "type": "regular",
        "width": 1,
        "height": 1,
        "is_animated": False,
        "is_video": False,
    },
    "location": {"latitude": 1.0, "longitude": 2.0},
    "poll": {
        "id": "1",
        "question": "?",
        "options": [],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
    },
    "document": {"file_id": "a", "file_unique_id": "b"},
    "checklist": {"not": "what the library expects"},
    "some_future_kind": {"a": 1},
}


@pytest.mark.parametrize("kind", OTHER)
async def test_whatever_is_no_words_gets_a_kind_line_and_the_choices(hanako: Person, bot: Bot, kind: str) -> None:
    await hanako.says("/check")
    hanako.sends_other(**{kind: OTHER[kind]})
    await hanako.fake.settles()
    assert "ごめんなさい" in hanako.text
    assert "status:shipped" in hanako.tokens
    assert bot.heard["telegram:77"][-1].turn.place.step == "status"


async def test_an_edited_message_is_read_again(hanako: Person, bot: Bot) -> None:
    number = hanako.sends("発送街")
    await hanako.fake.settles()
    hanako.edits(number, "発送待ち")
    await hanako.fake.settles()
    assert bot.heard["telegram:77"][-1].turn.place.order.status == "awaiting_shipment"


async def test_what_the_first_words_led_to_is_taken_back_when_they_are_edited(hanako: Person, bot: Bot) -> None:
    number = hanako.sends("クレカで払って発送済みです")
    await hanako.fake.settles()
    hanako.edits(number, "まだ発送待ちです")
    await hanako.fake.settles()
    assert bot.heard["telegram:77"][-1].turn.place.order.known() == {"status": "awaiting_shipment"}


async def test_an_older_message_that_is_edited_changes_nothing(hanako: Person, bot: Bot) -> None:
    number = hanako.sends("発送済みです")
    await hanako.fake.settles()
    await hanako.says("やっぱり、まだ発送待ちです")
    hanako.edits(number, "届きました")
    await hanako.fake.settles()
    assert "書き直した" in hanako.text
    assert bot.heard["telegram:77"][-1].turn.place.order.status == "awaiting_shipment"


async def test_a_caption_is_read_like_words(hanako: Person, bot: Bot) -> None:
    hanako.sends_other(photo=[{"file_id": "x"}], caption="クレカで払ってまだ発送待ちです")
    await hanako.fake.settles()
    order = bot.heard["telegram:77"][-1].turn.place.order
    assert (order.status, order.payment) == ("awaiting_shipment", "credit_card")


@pytest.mark.parametrize("captioned", [0, 1, 3, None])
async def test_an_album_is_one_message(hanako: Person, bot: Bot, captioned: int | None) -> None:
    for number in range(4):
        caption: dict[str, Any] = {"caption": "まだ発送待ちです"} if number == captioned else {}
        hanako.sends_other(photo=[{"file_id": str(number)}], media_group_id="9", **caption)
    await hanako.fake.settles()
    (heard,) = bot.heard["telegram:77"]
    assert heard.turn.place.order.status == (None if captioned is None else "awaiting_shipment")


async def test_what_comes_late_of_an_album_gets_no_reply_but_for_its_words(hanako: Person, bot: Bot) -> None:
    captions: list[dict[str, Any]] = [{}, {}, {"caption": "発送待ちです"}, {}]
    for caption in captions:
        hanako.sends_other(photo=OTHER["photo"], media_group_id="9", **caption)
        await hanako.fake.settles()
    assert [one.turn.place.order.status for one in bot.heard["telegram:77"]] == [None, "awaiting_shipment"]


async def test_an_edited_caption_is_read_again(hanako: Person, bot: Bot) -> None:
    picture: dict[str, Any] = {"photo": OTHER["photo"], "media_group_id": "9"}
    number = hanako.sends_other(caption="発送街です", **picture)
    hanako.sends_other(**picture)
    await hanako.fake.settles()
    hanako.edits(number, caption="発送待ちです", **picture)
    await hanako.fake.settles()
    assert bot.heard["telegram:77"][-1].turn.place.order.status == "awaiting_shipment"


@pytest.mark.parametrize("command", ["/admin", "/stop", "/dance with me"])
async def test_an_unknown_command_gets_the_help(hanako: Person, bot: Bot, command: str) -> None:
    await hanako.says(command)
    assert [reply.screen for reply in bot.heard["telegram:77"][-1].turn.replies] == ["help"]


async def test_quick_lines_are_answered_together(hanako: Person, bot: Bot) -> None:
    bot.fake.delay = 0.02
    hanako.sends("/start")
    for line in ("すみません、", "クレカで払って", "まだ発送待ちで", "クーポンは使ってません"):
        hanako.sends(line)
    await hanako.fake.settles()
    assert len(bot.heard["telegram:77"]) == 2
    assert bot.heard["telegram:77"][-1].turn.place.order.known() == {
        "status": "awaiting_shipment",
        "payment": "credit_card",
        "coupon": "no",
    }


async def test_quick_lines_that_come_at_once_get_one_answer(hanako: Person, bot: Bot) -> None:
    for line in ("すみません、", "クレカで払って", "まだ発送待ちで", "クーポンは使ってません"):
        hanako.sends(line)
    await hanako.fake.settles()
    assert len(hanako.messages) == 1
    order = bot.heard["telegram:77"][-1].turn.place.order
    assert order.known() == {"status": "awaiting_shipment", "payment": "credit_card", "coupon": "no"}


async def test_a_button_between_quick_lines_keeps_its_place(hanako: Person, bot: Bot) -> None:
    await hanako.says("/start")
    hanako.sends("発送待ちです")
    hanako.presses(*hanako.find("menu:write"))
    hanako.sends("クレカで払って")
    hanako.sends("クーポンは使ってません")
    await hanako.fake.settles()
    heard = bot.heard["telegram:77"][1:]
    assert [len(one.turn.place.order.known()) for one in heard] == [1, 1, 3]


async def test_quick_lines_that_are_too_long_together_are_answered_one_by_one(hanako: Person, bot: Bot) -> None:
    hanako.sends("クレカで払って発送待ちです。" + "あ" * 700)
    hanako.sends("返金はいつですか。" + "い" * 700)
    await hanako.fake.settles()
    assert len(bot.heard["telegram:77"]) == 2


async def test_lines_count_once_and_none_is_lost_when_they_come_again_after_a_crash(
    content: Content, fake: FakeTelegram
) -> None:
    store, hanako = MemoryStore(), Person(fake)
    for line in ("クレカで払って", "まだ発送待ちで"):
        hanako.sends(line)
    came = [*fake.updates]
    async with Bot(content, fake, store).running():
        await fake.settles()
        await hanako.taps("back")
    known = Bot(content, fake, store)
    fake.updates.extend(came)
    hanako.sends("クーポンは使ってません")
    async with known.running():
        await fake.settles()
    heard = known.heard["telegram:77"]
    known_then = heard[-1].turn.place.order.known()
    assert known_then == {"status": "awaiting_shipment", "coupon": "no"}, "the payment was taken back, and stays so"


async def test_an_edit_of_the_last_of_several_lines_leaves_the_others(hanako: Person, bot: Bot) -> None:
    hanako.sends("クレカで払って")
    last = hanako.sends("発送街で")
    await hanako.fake.settles()
    hanako.edits(last, "発送待ちで")
    await hanako.fake.settles()
    order = bot.heard["telegram:77"][-1].turn.place.order
    assert (order.status, order.payment) == ("awaiting_shipment", "credit_card")


async def test_quick_answers_to_typed_questions_each_find_their_own(hanako: Person, bot: Bot) -> None:
    await hanako.says("/start")
    await hanako.taps("menu:write", "write:reminder", "draft:details")
    bot.fake.delay = 0.02
    hanako.sends("8190123456789012")
    hanako.sends("rain jacket")
    await hanako.fake.settles()
    order = bot.heard["telegram:77"][-1].turn.place.order
    assert (order.fact("order_number"), order.fact("item")) == ("8190123456789012", "rain jacket")


@pytest.mark.parametrize("detail", ["#x27", "/b", "@durov", "$AAPL", "t.me/x?a=b", "shop.example", "tg://x"])
async def test_a_detail_is_no_link_of_telegrams(hanako: Person, detail: str) -> None:
    await hanako.says("/start")
    await hanako.taps("menu:write", "write:change_instead", "to_change:size", "draft:details", "order_number:", "item:")
    await hanako.says(f"size {detail}")
    if detail != "@durov":  # contact details get into no message
        await hanako.taps("wanted:")
        message = hanako.messages[-1]
        units = message["text"].encode("utf-16-le")
        meaning = message["text"].rindex(detail)
        shown = [one for one in message["entities"] if one["type"] == "code" and one["offset"] <= meaning]
        assert any(
            units[2 * one["offset"] : 2 * (one["offset"] + one["length"])].decode("utf-16-le") == detail
            for one in shown
        )


async def test_an_order_number_is_no_number_to_call_or_pay_with(hanako: Person) -> None:
    await hanako.says("/start")
    await hanako.taps("menu:write", "write:reminder", "draft:details")
    await hanako.says("8190123456789012")
    await hanako.taps("item:")
    (message,) = [one for one in hanako.messages if any(mark["type"] == "pre" for mark in one["entities"])][-1:]
    number, units = "8190123456789012", message["text"].encode("utf-16-le")
    marks = [(one["type"], 2 * one["offset"], 2 * one["length"]) for one in message["entities"]]
    told = [units[start : start + length].decode("utf-16-le") for kind, start, length in marks if kind == "code"]
    assert number in told


@pytest.mark.walks
@pytest.mark.parametrize("language", list(Language))
def test_the_ways_back_stand_in_a_last_row_of_their_own(content: Content, language: Language) -> None:
    painter = Drawing(content.catalog.label)
    for visit in visits(language):
        for message in visit.messages:
            rows = [[key.get("callback_data", "") for key in row] for row in painter.screen(message, language).rows]
            ways = [one for one in ("back", "home") if any(one in row for row in rows)]
            assert not ways or rows[-1] == ways
            assert all(len(row) <= 2 for row in rows)


async def test_a_general_question_in_a_group_gets_a_short_public_answer(
    hanako: Person, fake: FakeTelegram, bot: Bot
) -> None:
    group = -100500
    hanako.sends("@torikeshi_bot キャンセルに手数料はかかりますか？", chat=group)
    hanako.sends("@torikeshi_bot 発送待ちです。キャンセルに手数料はかかりますか？", chat=group)
    await fake.settles()
    first, second = fake.chats[group].values()
    assert "手数料" in first["text"]
    assert "手数料" not in second["text"]
    for message in (first, second):
        assert [*message["reply_markup"]["inline_keyboard"][0][0]] == ["text", "url"]
    assert bot.heard == {}


@pytest.mark.parametrize(("language", "words"), [("ja", "返金"), ("en", "refund"), ("ja", "")])
async def test_answers_are_offered_behind_the_bots_name(
    fake: FakeTelegram, bot: Bot, language: str, words: str
) -> None:
    someone = Person(fake, 5, language)
    query = someone.looks_up(words)
    await until(lambda: query in fake.suggested)
    found = fake.suggested[query]
    assert 1 <= len(found) <= 10
    assert len({one["id"] for one in found}) == len(found)
    told = "".join(one["input_message_content"]["message_text"] for one in found)
    assert ("返金" if language == "ja" else "refund") in told
    assert bot.heard == {}


async def test_what_was_offered_behind_the_bots_name_is_nobodys_words(hanako: Person, bot: Bot) -> None:
    hanako.sends("**手数料**はかかりません。", via_bot=BOT)
    await hanako.fake.settles()
    assert bot.heard == {}


@pytest.mark.parametrize(("text", "screen"), [("/admin", "help"), ("/write", "write")])
async def test_words_that_are_edited_into_a_command_are_a_command(
    hanako: Person, bot: Bot, text: str, screen: str
) -> None:
    number = hanako.sends("発送待ち")
    await hanako.fake.settles()
    hanako.edits(number, text)
    await hanako.fake.settles()
    assert bot.heard["telegram:77"][-1].turn.replies[0].screen == screen


@pytest.mark.usefixtures("bot")
async def test_offered_answers_are_kept_for_one_person_for_others_have_another_language(
    fake: FakeTelegram,
) -> None:
    query = Person(fake, 5, "ja").looks_up("PayPal")
    await until(lambda: query in fake.suggested)
    (asked,) = fake.named("answerInlineQuery")
    assert asked["is_personal"]
    assert asked["cache_time"] > 0
    assert "inline_query" in fake.named("getUpdates")[0]["allowed_updates"]


async def test_a_question_in_a_group_is_answered_in_its_own_language(hanako: Person, fake: FakeTelegram) -> None:
    group = -100500
    hanako.sends("@torikeshi_bot Is there a fee for cancelling?", chat=group)
    await fake.settles()
    (answer,) = fake.chats[group].values()
    assert "fee" in answer["text"]


async def test_a_forwarded_text_is_read_like_any_text(hanako: Person) -> None:
    origin = {"type": "hidden_user", "sender_user_name": "X", "date": 1_790_000_000}
    hanako.sends("発送待ち", forward_origin=origin)
    await hanako.fake.settles()
    assert "payment:paypal" in hanako.tokens


# Taps that come twice, late, or from long ago.


async def test_a_double_tap_counts_once_even_for_back(hanako: Person, bot: Bot) -> None:
    await hanako.says("/start")
    await hanako.taps("menu:check", "status:shipped")
    button = hanako.find("back")
    presses = [hanako.presses(*button) for _ in range(3)]
    await hanako.fake.settles()
    assert bot.heard["telegram:77"][-1].turn.place.step == "status"
    assert [hanako.fake.answered[press] for press in presses] == [1, 1, 1]
    assert len(hanako.messages) == 1


async def test_a_double_tap_across_a_restart_counts_once(content: Content, fake: FakeTelegram) -> None:
    store = MemoryStore()
    hanako = Person(fake)
    async with Bot(content, fake, store).running():
        await hanako.says("/start")
        await hanako.taps("menu:check", "status:shipped")
        button = hanako.find("back")
        before = dict(button[1])
        await hanako.taps("back")
    later = Bot(content, fake, store)
    async with later.running():
        hanako.presses(button[0], before)
        await fake.settles()
    assert later.heard["telegram:77"][-1].turn.place.step == "status"


async def test_a_button_of_an_earlier_release_shows_the_current_screen(hanako: Person, bot: Bot) -> None:
    await hanako.says("/check")
    for data in ("status:on_the_moon", "v1|7|x", "", "status", "::", "a" * 64):
        press = hanako.presses(data, hanako.messages[-1])
        await hanako.fake.settles()
        assert hanako.fake.answered[press] == 1
        assert "status:shipped" in hanako.tokens
    assert bot.heard["telegram:77"][-1].turn.place.step == "status"


async def test_a_press_on_a_message_that_is_gone_gets_a_new_one(hanako: Person, fake: FakeTelegram) -> None:
    await hanako.says("/start")
    data, message = hanako.find("menu:check")
    hanako.presses(data)  # without its message
    await fake.settles()
    assert "status:shipped" in hanako.tokens
    gone = {"chat": message["chat"], "message_id": message["message_id"], "date": 0}
    hanako.presses("status:shipped", gone)
    await fake.settles()
    assert "movement:moving" in hanako.tokens


async def test_a_press_that_telegram_has_given_up_on_still_does_its_work(hanako: Person, fake: FakeTelegram) -> None:
    await hanako.says("/start")
    fake.queries = set()
    data, message = hanako.find("menu:check")
    fake.queries.discard(hanako.presses(data, message))
    await fake.settles()
    assert "status:shipped" in hanako.tokens


# Groups.


async def test_in_a_group_only_who_speaks_to_the_bot_gets_a_way_into_the_private_chat(
    hanako: Person, fake: FakeTelegram, bot: Bot
) -> None:
    group = -100500
    mention = [{"type": "mention", "offset": 0, "length": len("@torikeshi_bot")}]
    for text in ("こんにちは", "/check@other_bot", "発送待ち", "/dance"):
        hanako.sends(text, chat=group)
    await fake.settles()
    assert group not in fake.chats
    hanako.sends("/check@torikeshi_bot", chat=group)
    hanako.sends("@torikeshi_bot 発送待ち 8190123456789012", chat=group, entities=mention)
    await fake.settles()
    assert len(fake.chats[group]) == 2
    for message in fake.chats[group].values():
        assert message["reply_markup"]["inline_keyboard"][0][0]["url"] == "https://t.me/torikeshi_bot?start=check"
        assert "8190" not in message["text"]
    assert bot.heard == {}


async def test_a_press_in_a_group_is_answered_with_an_alert(hanako: Person, fake: FakeTelegram) -> None:
    message = {"message_id": 3, "date": 1_790_000_000, "chat": {"id": -5, "type": "group", "title": "g"}, "text": "x"}
    press = hanako.presses("status:shipped", message)
    await fake.settles()
    assert fake.answered[press] == 1
    assert len(fake.alerts) == 1


HANAKO: dict[str, Any] = {"id": 7, "is_bot": False, "first_name": "H", "language_code": "en"}
GROUP: dict[str, Any] = {"message_id": 5, "date": 1, "from": HANAKO, "chat": {"id": -9, "type": "supergroup"}}
PRIVATE: dict[str, Any] = {"message_id": 5, "date": 1, "from": HANAKO, "chat": {"id": 7, "type": "private"}}
CALLED = GroupCall(-9, Language.EN, 5)
OURS = {"message_id": 3, "date": 1, "from": {"id": 4242, "is_bot": True}, "chat": GROUP["chat"]}


@pytest.mark.parametrize(
    ("update", "meaning"),
    [
        ({"message": {**GROUP, "text": "yes", "reply_to_message": OURS}}, CALLED),
        ({"message": {**GROUP, "text": "yes", "reply_to_message": {**OURS, "forum_topic_created": {}}}}, None),
        ({"message": {**GROUP, "text": "yes", "reply_to_message": {**OURS, "from": HANAKO}}}, None),
        ({"message": {**GROUP, "photo": [], "caption": "see @Torikeshi_Bot!"}}, CALLED),
        ({"message": {**GROUP, "text": "@torikeshi_bot2 or a@torikeshi_bot"}}, None),
        (
            {"message": {**GROUP, "text": "/check", "message_thread_id": 4, "is_topic_message": True}},
            GroupCall(-9, Language.EN, 5, 4),
        ),
        ({"message": {**GROUP, "text": "/check", "from": {**HANAKO, "is_bot": True}}}, None),
        ({"edited_message": {**GROUP, "text": "/check"}}, None),
        ({"edited_message": {**PRIVATE, "photo": []}}, None),
        ({"message": {**PRIVATE, "pinned_message": {}}}, None),
        (
            {"my_chat_member": {"chat": PRIVATE["chat"], "new_chat_member": {"status": "kicked"}}},
            Presence(7, silent=True),
        ),
        ({"my_chat_member": {"chat": GROUP["chat"], "new_chat_member": {"status": "left"}}}, None),
        ({"channel_post": {**GROUP, "text": "/check"}}, None),
        ({"message": {**PRIVATE, "from": None}}, None),
        ({"message": {**PRIVATE, "chat": 7}}, None),
        ({"message": "?"}, None),
        ({"callback_query": {"id": 3, "from": HANAKO}}, None),
        ({}, None),
    ],
)
def test_what_an_update_means(update: dict[str, Any], meaning: Meaning) -> None:
    assert to_meaning({"update_id": 1, **update}, Me(4242, "torikeshi_bot"), {}) == meaning


# How it holds up.


async def test_of_fifty_updates_with_a_malformed_one_forty_nine_are_answered(bot: Bot) -> None:
    fake = bot.fake
    people = [Person(fake, number) for number in range(1, 50)]
    for index, person in enumerate(people):
        if index == 10:
            fake.raw({"message": {"message_id": "no", "chat": 7, "from": {"id": "x"}, "date": None}})
        person.sends("/start")
    fake.raw({"callback_query": {}})
    await fake.settles()
    assert [len(person.messages) for person in people] == [1] * 49


async def test_one_users_words_and_taps_are_applied_in_the_order_in_which_they_came(hanako: Person, bot: Bot) -> None:
    await hanako.says("/start")
    bot.fake.delay = 0.02
    data, message = hanako.find("menu:check")
    hanako.presses(data, message)
    for text in ("発送済み", "/back", "発送待ち", "/check", "PayPal"):
        hanako.sends(text)
    await hanako.fake.settles()
    steps = [response.turn.place.step for response in bot.heard["telegram:77"]]
    assert steps == ["menu", "status", "movement", "status", "payment", "payment", "coupon"]


async def test_a_chat_that_must_wait_holds_up_nobody(content: Content, fake: FakeTelegram) -> None:
    bot = Bot(content, fake)
    slow, others = Person(fake, 1), [Person(fake, number) for number in range(2, 22)]
    fake.fails("sendMessage", "429", chat=1, seconds=600.0)
    async with bot.running():
        slow.sends("/start")
        for other in others:
            other.sends("/start")
        await until(lambda: all(len(other.messages) == 1 for other in others))
        assert slow.messages == []
    async with bot.running():
        await fake.settles()
        await until(lambda: slow.messages)
    assert len(slow.messages) == 1, "what could not be shown before the stop is shown now"


@pytest.mark.parametrize("seconds", [0.4, None])
async def test_telegrams_wait_is_waited_also_where_it_does_not_say_how_long(
    hanako: Person, fake: FakeTelegram, seconds: float | None
) -> None:
    fake.fails("sendMessage", "429", seconds=seconds or 0.0)
    fake.says_no_wait = seconds is None
    await hanako.says("/start")
    first, second = (when for name, _, when in fake.calls if name == "sendMessage")
    assert second - first >= (seconds or 0.9)


async def test_while_one_reply_is_under_way_what_others_send_is_fetched_and_answered(
    content: Content, fake: FakeTelegram
) -> None:
    slow, others = Person(fake, 1), [Person(fake, number) for number in range(2, 12)]
    fake.fails("sendMessage", "429", chat=1, seconds=600.0)
    async with Bot(content, fake).running():
        slow.sends("/start")
        await fake.hears("sendMessage")
        for other in others:  # each comes alone, when the one before is answered
            other.sends("/start")
            await until(partial(_has_one_message, other))
        assert slow.messages == []


def _has_one_message(person: Person) -> bool:
    return len(person.messages) == 1


@pytest.mark.parametrize("fault", ["500", "502", "429", "reset", "html"])
@pytest.mark.parametrize("method", ["sendMessage", "editMessageText", "answerCallbackQuery", "getUpdates", "getMe"])
async def test_what_fails_is_tried_again_and_nothing_is_lost(
    content: Content, fake: FakeTelegram, method: str, fault: str
) -> None:
    fake.fails(method, fault, times=2, seconds=0.1)
    bot, hanako = Bot(content, fake), Person(fake)
    async with bot.running():
        await hanako.says("/start")
        await hanako.taps("menu:check", "status:shipped")
    assert "movement:moving" in hanako.tokens
    assert len(hanako.messages) == 1
    assert sum(fake.injected.values()) == 2


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText", "answerCallbackQuery"])
async def test_an_answer_that_comes_too_late_doubles_nothing(content: Content, fake: FakeTelegram, method: str) -> None:
    fake.fails(method, "late", seconds=0.6)
    bot, hanako = Bot(content, fake), Person(fake)
    async with bot.running(read_timeout=0.3):
        await hanako.says("/start")
        await hanako.taps("menu:check")
    assert len(hanako.messages) == 1
    assert "status:shipped" in hanako.tokens


@pytest.mark.parametrize("method", ["editMessageText", "answerCallbackQuery", "editMessageReplyMarkup"])
async def test_a_change_that_never_arrives_is_sent_again(content: Content, fake: FakeTelegram, method: str) -> None:
    fake.fails(method, "lost", seconds=0.6)
    bot, hanako = Bot(content, fake), Person(fake)
    async with bot.running(read_timeout=0.3):
        await hanako.says("/start")
        await hanako.taps("menu:check")
        await hanako.says("発送済み")
    assert len(hanako.messages) == 2
    assert hanako.buttons(hanako.messages[0]) == []
    assert "movement:moving" in hanako.tokens


async def test_in_a_storm_of_faults_all_is_answered_once_and_in_order(content: Content, fake: FakeTelegram) -> None:
    for method, kinds in STORM.items():
        for kind, times in kinds.items():
            fake.fails(method, kind, times, seconds=0.1)
    people = [Person(fake, number) for number in range(1, 26)]
    bot = Bot(content, fake)
    async with bot.running():
        for text in ("/check", "発送済み", "/back", "発送待ち", "/check", "PayPal"):
            for person in people:
                person.sends(text)
        await fake.settles(30)
        for person in people:
            person.presses(*person.find("coupon:no"))
        await fake.settles(30)
    steps = ["status", "movement", "status", "payment", "payment", "coupon", "verdict"]
    assert {tuple(one.turn.place.step for one in heard) for heard in bot.heard.values()} == {tuple(steps)}
    assert [len(person.messages) for person in people] == [6] * 25
    assert all("verdict:money" in person.tokens for person in people)
    left = [(method, fault.kind) for method, faults in fake.faults.items() for fault in faults if fault.left]
    assert left == []
    assert all(not person.buttons(message) for person in people for message in person.messages[:-1])


async def test_who_repeats_what_got_no_answer_gets_it_and_it_counts_once(content: Content, fake: FakeTelegram) -> None:
    bot, hanako = Bot(content, fake), Person(fake)
    async with bot.running(read_timeout=0.3):
        for text in ("/check", "発送済み"):
            await hanako.says(text)
        fake.fails("sendMessage", "lost", seconds=0.6)
        await hanako.says("/back")
        assert len(hanako.messages) == 2, "it never arrived"
        await hanako.says("/back")
        assert bot.heard["telegram:77"][-1].turn.place.step == "status"
        assert len(hanako.messages) == 3
        await hanako.says("/back")
        assert bot.heard["telegram:77"][-1].turn.place.step == "menu"


async def test_a_buyer_who_blocked_us_is_left_in_peace_and_welcome_back(hanako: Person, fake: FakeTelegram) -> None:
    await hanako.says("/start")
    hanako.sends("/check")
    fake.blocked.add(hanako.number)
    await fake.settles()
    hanako.blocks()
    await fake.settles()
    hanako.blocks(blocked=False)
    await hanako.says("/check")
    assert "status:shipped" in hanako.tokens


async def test_messages_go_out_at_telegrams_pace(content: Content, fake: FakeTelegram) -> None:
    people = [Person(fake, number) for number in range(1, 41)]
    async with Bot(content, fake).running(Pace(OVERALL, A_CHAT)):
        for person in people:
            person.sends("/start")
        for _ in range(4):
            people[0].sends("/start")
        await fake.settles()
    times = sorted(when for name, _, when in fake.calls if name in {"sendMessage", "editMessageReplyMarkup"})
    assert all(later - earlier >= 1 - 0.25 for earlier, later in zip(times, times[30:], strict=False))
    own = [when for name, fields, when in fake.calls if name == "sendMessage" and fields["chat_id"] == 1]
    assert own[4] - own[0] >= 1.9, "three at once, then one a second"


async def test_an_error_is_told_kindly_and_logged_without_the_buyers_words(
    hanako: Person, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    await hanako.says("/check")
    bot.product.breaks.add("SECRET-WORDS")
    with caplog.at_level(logging.DEBUG, "adapters"):
        await hanako.says("SECRET-WORDS")
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    number = record.getMessage().split()[1]
    assert number in hanako.text
    assert "ValueError" in record.getMessage()
    assert "SECRET" not in caplog.text
    bot.product.breaks.clear()
    await hanako.says("発送済み")
    assert "movement:moving" in hanako.tokens


async def test_the_token_is_in_no_log_at_no_level(
    content: Content, fake: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    for method in ("getUpdates", "sendMessage"):
        for kind in ("500", "reset", "429"):
            fake.fails(method, kind)
    fake.fails("getMyCommands", "html")
    with caplog.at_level(logging.DEBUG):
        asyncio.get_running_loop().set_debug(True)
        async with Bot(content, fake).running():
            await Person(fake).says("/start")
    assert caplog.records
    assert TOKEN not in caplog.text


def test_a_line_of_the_log_leaves_secrets_out_even_in_a_trace() -> None:
    def line() -> str:
        try:
            return str(int(TOKEN))
        except ValueError:
            record = logging.LogRecord("x", logging.ERROR, "x", 1, "%s", (f"bot{TOKEN}/y",), sys.exc_info())
            return Discreet([TOKEN]).format(record)

    assert "ValueError" in line()
    assert TOKEN not in line()


@pytest.mark.parametrize(
    ("method", "fault", "says"),
    [("getMe", "401", "TOKEN"), ("getUpdates", "401", "TOKEN"), ("getUpdates", "409", "another program")],
)
async def test_a_refusal_ends_with_one_clear_sentence(
    content: Content, fake: FakeTelegram, method: str, fault: str, says: str
) -> None:
    fake.fails(method, fault, times=9)
    with pytest.raises(RefusedError, match=says) as raised:
        async with Bot(content, fake).running() as talk:
            await asyncio.wait({talk})
    assert "\n" not in str(raised.value)
    assert TOKEN not in str(raised.value)


async def test_a_second_instance_ends_the_first_with_a_clear_sentence(content: Content, fake: FakeTelegram) -> None:
    async def first() -> None:
        async with Bot(content, fake).running() as talk:
            await fake.hears("getUpdates")
            async with Bot(content, fake).running():
                await asyncio.wait({talk})

    with pytest.raises(RefusedError, match="another program"):
        await first()


class HoldingStore(MemoryStore):
    """A store that keeps one chat's events waiting until it is released."""

    def __init__(self, chat: str) -> None:
        super().__init__()
        self.chat, self.released = chat, asyncio.Event()

    async def save(self, chat: str, saved: Saved) -> bool:
        if chat == self.chat:
            await self.released.wait()
        return await super().save(chat, saved)


async def test_nothing_is_confirmed_before_it_is_kept(content: Content, fake: FakeTelegram) -> None:
    hanako, taro = Person(fake, 1), Person(fake, 2)
    store = HoldingStore("telegram:1")
    async with Bot(content, fake, store).running():
        hanako.sends("/start")
        for _ in range(3):
            taro.sends("/start")
        await until(lambda: len(taro.messages) == 3)
        await fake.hears("getUpdates", times=len(fake.named("getUpdates")) + 2)
        assert len(fake.updates) == 4, "the oldest is not kept, so all stay"
        assert len(taro.messages) == 3, "what came again was not answered again"
        store.released.set()
        await fake.settles()
    assert len(hanako.messages) == 1


async def test_what_is_kept_is_confirmed_before_it_is_shown(content: Content, fake: FakeTelegram) -> None:
    slow, others = Person(fake, 1), [Person(fake, number) for number in range(2, 5)]
    fake.fails("sendMessage", "429", chat=1, seconds=600.0)
    async with Bot(content, fake).running():
        for person in (slow, *others):
            person.sends("/start")
        await until(lambda: not fake.updates)
        assert [len(person.messages) for person in (slow, *others)] == [0, 1, 1, 1]


# What a stop or a crash leaves behind.


async def test_a_stop_while_very_many_wait_loses_no_reply(content: Content, fake: FakeTelegram) -> None:
    people = [Person(fake, number) for number in range(1, 151)]
    store = MemoryStore()
    slowly = Pace(Allowance(20), Allowance(1, at_once=3))
    async with Bot(content, fake, store).running(slowly):
        for person in people:
            person.sends("Dear friend, please wait 3 days, we will ship it soon")
        await fake.hears("sendMessage", times=3)
    seen = sum(bool(person.messages) for person in people)
    assert seen < 150, "the stop did not wait for all"
    assert not fake.updates, "all was heard and kept"
    async with Bot(content, fake, store).running():
        await until(lambda: all(person.tokens for person in people))
        await fake.settles()
    assert {len(person.messages) for person in people} <= {2, 3}, "a reply that was shown in part is shown again"
    assert all(person.buttons(person.messages[-1]) for person in people)


async def test_many_lines_of_one_buyer_are_all_answered_although_the_bot_is_stopped(
    content: Content, fake: FakeTelegram
) -> None:
    hanako, store = Person(fake), MemoryStore()
    async with Bot(content, fake, store).running(Pace(FAST, Allowance(1))):
        for status in ("発送済み", "/back", "発送待ち", "/back", "未払い"):
            hanako.sends(status)
        await fake.hears("sendMessage")
    last = Bot(content, fake, store)
    async with last.running():
        await fake.settles()
        await until(lambda: "verdict" in str(hanako.tokens))
    await last.product.aclose()
    saved = await store.load("telegram:77")
    assert saved is not None
    assert saved.outbox == ()


async def test_a_reply_that_got_lost_on_the_way_is_shown_again_without_the_buyer(
    content: Content, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "REPAIR_AFTER", 0.2)
    hanako = Person(fake)
    fake.fails("sendMessage", "lost", seconds=0.6)
    async with Bot(content, fake).running(read_timeout=0.3):
        hanako.sends("/check")
        await until(lambda: "status:shipped" in hanako.tokens)
        await hanako.taps("status:shipped")
    assert "movement:moving" in hanako.tokens
    assert len(hanako.messages) == 1


# Buttons of long ago, and a bot that has heard much meanwhile.


async def test_every_button_works_however_much_others_said_since(hanako: Person, fake: FakeTelegram) -> None:
    await hanako.says("/start")
    for token, wanted in (("menu:check", "status:shipped"), ("back", "menu:check")) * 3:
        for past in (1296, 1296 * 36, 2592):
            fake.counts_on(past - 1)
        await hanako.taps(token)
        assert wanted in hanako.tokens


async def test_two_buttons_of_one_screen_both_count(hanako: Person, bot: Bot) -> None:
    await hanako.says("/check")
    for token in ("status:shipped", "status:awaiting_shipment"):
        hanako.presses(*hanako.find(token))
    await hanako.fake.settles()
    assert bot.heard["telegram:77"][-1].turn.place.order.status == "awaiting_shipment"


async def test_a_screen_that_is_shown_again_after_a_crash_can_be_used(content: Content, fake: FakeTelegram) -> None:
    store, hanako = MemoryStore(), Person(fake)
    async with Bot(content, fake, store).running():
        await hanako.says("/start")
        await hanako.taps("menu:check", "status:shipped", "back", "back")
        came = {"callback_query": {**_press_of(hanako, "menu:check")}}
        await hanako.taps("menu:check")
    async with Bot(content, fake, store).running():
        fake.happens(**came)  # Telegram brings it again
        await fake.settles()
        await hanako.taps("back", "menu:check", "status:shipped")
    assert "movement:moving" in hanako.tokens


def _press_of(person: Person, token: str) -> dict[str, Any]:
    """Return a press as Telegram brings it."""
    data, message = person.find(token)
    person.fake.queries.add("again")
    return {"id": "again", "from": person.user, "chat_instance": "1", "data": data, "message": dict(message)}


async def test_old_buttons_that_cannot_be_taken_away_hold_up_no_reply(hanako: Person, fake: FakeTelegram) -> None:
    await hanako.says("/check")
    fake.fails("editMessageReplyMarkup", "500", times=10_000)
    hanako.sends("発送済み")
    await until(lambda: "movement:moving" in hanako.tokens)
    hanako.sends("/back")
    await until(lambda: len(hanako.messages) == 3)
    fake.faults.clear()


async def test_a_spinner_that_hangs_holds_up_no_tap(hanako: Person, fake: FakeTelegram) -> None:
    await hanako.says("/start")
    released = fake.holds("answerCallbackQuery")
    hanako.presses(*hanako.find("menu:check"))
    await until(lambda: "status:shipped" in hanako.tokens)
    hanako.presses(*hanako.find("status:shipped"))
    await until(lambda: "movement:moving" in hanako.tokens)
    released.set()


async def test_a_spinner_is_stopped_also_after_an_outage(hanako: Person, fake: FakeTelegram) -> None:
    await hanako.says("/start")
    fake.fails("answerCallbackQuery", "500", times=7)
    press = hanako.presses(*hanako.find("menu:check"))
    await until(lambda: fake.answered[press])


@pytest.mark.parametrize("method", ["getMyCommands", "setMyCommands", "setMyDescription", "getMyShortDescription"])
async def test_menus_and_texts_are_set_although_telegram_falters(
    content: Content, fake: FakeTelegram, method: str
) -> None:
    fake.fails(method, "500", times=2)
    async with Bot(content, fake).running():
        await until(lambda: ("short", "ja") in fake.profile and ("commands", "ja") in fake.profile)


# One buyer who sends very much.


async def test_one_buyers_flood_keeps_nobody_waiting_and_gets_one_kind_sentence(
    content: Content, fake: FakeTelegram
) -> None:
    flooder, others = Person(fake, 1), [Person(fake, number) for number in range(2, 22)]
    bot = Bot(content, fake)
    bot.fairness = Fairness()
    async with bot.running(Pace(OVERALL, A_CHAT)):
        for number in range(900):
            flooder.sends("/start" if number % 2 else "/check")
        for other in others:
            other.sends("/check")
        await until(lambda: all("status:shipped" in other.tokens for other in others))
        assert len(bot.heard["telegram:1"]) <= 10
        await until(lambda: not fake.updates)
        await until(lambda: any("一度に" in message["text"] for message in flooder.messages))
    assert sum("一度に" in message["text"] for message in flooder.messages) == 1
    assert len(bot.heard["telegram:1"]) <= 10


async def test_who_presses_much_too_fast_sees_every_spinner_stop(content: Content, fake: FakeTelegram) -> None:
    hanako, bot = Person(fake), Bot(content, fake)
    bot.fairness = Fairness(waiting=2, a_minute=30)
    async with bot.running():
        await hanako.says("/check")
        presses = [hanako.presses(*hanako.find(one)) for one in hanako.tokens * 5 if one != "home"]
        await fake.settles()
    assert {fake.answered[press] for press in presses} == {1}
    assert len(bot.heard["telegram:77"]) <= 11


# The day.


async def test_today_is_the_day_on_which_it_was_said(content: Content, fake: FakeTelegram) -> None:
    bot, hanako = Bot(content, fake), Person(fake)
    bot.product.today = today_in_japan()
    async with bot.running():
        await hanako.says("/check")
        await hanako.taps("status:cancel_requested", "seller_answer:none")
        fake.now = int(time()) - 86_400
        await hanako.says("今日")
    order = bot.heard["telegram:77"][-1].turn.place.order
    assert order.fact("requested_on") == (today_in_japan() - timedelta(days=1)).isoformat()


async def test_an_old_press_changes_no_message_with_english_below_it(hanako: Person) -> None:
    await hanako.says("/start")
    old = hanako.find("menu:check")
    await hanako.says("/write")
    await hanako.taps("write:reminder")
    english = [one["text"] for one in hanako.messages if any(mark["type"] == "pre" for mark in one.get("entities", ()))]
    assert english
    hanako.presses(*old)
    await hanako.fake.settles()
    assert [text for text in english if text not in [one["text"] for one in hanako.messages]] == []


async def test_a_press_that_failed_can_be_pressed_again(bot: Bot, hanako: Person) -> None:
    await hanako.says("/check")
    press = hanako.find("status:shipped")
    bot.product.breaks.add("status:shipped")
    hanako.presses(*press)
    await hanako.fake.settles()
    assert "movement:moving" not in hanako.tokens
    bot.product.breaks.clear()
    hanako.presses(*press)
    await hanako.fake.settles()
    assert "movement:moving" in hanako.tokens


async def test_a_stop_finishes_what_is_under_way(content: Content, fake: FakeTelegram) -> None:
    people = [Person(fake, number) for number in range(1, 30)]
    fake.delay = 0.2
    async with Bot(content, fake).running():
        for person in people:
            person.sends("/start")
        await fake.hears("sendMessage", times=29)
    assert [len(person.messages) for person in people] == [1] * 29
    fake.delay = 0.0
    async with Bot(content, fake).running():
        await fake.settles()
    assert [len(person.messages) for person in people] == [1] * 29


async def test_commands_and_descriptions_are_set_once_and_then_only_when_they_change(
    content: Content, fake: FakeTelegram
) -> None:
    async with Bot(content, fake).running():
        await fake.hears("setMyShortDescription", times=2)
    assert "非公式" in fake.profile["description", "ja"]
    assert "nofficial" in fake.profile["short", ""]
    assert fake.profile["commands", "ja"][0]["command"] == "check"
    fake.calls.clear()
    fake.profile["description", "ja"] = "old"
    async with Bot(content, fake).running():
        await fake.hears("getMyShortDescription", times=2)
    assert [name for name, _, _ in fake.calls if name.startswith("set")] == ["setMyDescription"]


# All conversations.


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_a_story_comes_out_the_same_on_telegram(content: Content, fake: FakeTelegram, file: Path) -> None:
    transcript = read_transcript(file)
    bot, buyer = Bot(content, fake), Person(fake, 9, transcript.language)
    bot.product.today = transcript.today
    async with bot.running():
        await buyer.says("/start")
        for action in transcript.actions:
            before = len(bot.heard["telegram:9"])
            if await _does(buyer, action):
                assert len(bot.heard["telegram:9"]) == before + 1, "what the buyer did was not heard"
                assert [*unmet(action, bot.heard["telegram:9"][-1])] == []


async def _does(buyer: Person, action: Action) -> bool:
    """Do what a story says; tell whether Telegram lets a buyer do it."""
    match action.event:
        case Chose(token) if token in buyer.tokens:
            await buyer.taps(token)
        case Chose(token):
            buyer.presses(token, buyer.messages[-1])
        case Wrote(text) if text.strip():
            buyer.sends(text)
        case Wrote():
            return False  # Telegram sends no empty message
        case Sent(attachment):
            buyer.sends_other(**({"photo": OTHER["photo"]} if attachment is Attachment.PHOTO else {"x": 1}))
        case _:
            pytest.fail(f"nobody can do {action.event}")
    await buyer.fake.settles()
    return True


@pytest.mark.walks
@pytest.mark.parametrize("language", list(Language))
def test_every_screen_stays_within_telegrams_limits(content: Content, language: Language) -> None:
    painter = Drawing(content.catalog.label)
    folded = 0
    for visit in visits(language):
        for message in visit.messages:
            screen = painter.screen(message, language, revision="zzzzzz", head="２０字まで" * 4)
            entities = [*screen.entities]
            assert text_problems(screen.text, entities) == [], screen.text
            folded += any(one["type"] == "expandable_blockquote" for one in entities)
            assert screen.keyboard is None or keyboard_problems(screen.keyboard) == []
    assert folded
