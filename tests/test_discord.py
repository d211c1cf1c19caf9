"""Discord as a buyer meets it: the real discord.py, logged in to a Discord of our own."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path
from random import Random

import pytest

from adapters import LostError, RefusedError, discord
from adapters.discord import running
from adapters.discord.gateway import BROKEN, Gateway
from adapters.discord.outgoing import Drawing, english, markdown
from adapters.discord.running import invitations, register
from adapters.inbox import Fairness, Inbox
from adapters.markup import parse
from adapters.platform import Host
from bot.app import make_support
from bot.content import Content
from bot.editing.transcripts import Action, read_transcript, unmet
from bot.keeping.memory import MemoryStore
from bot.keeping.store import Outgoing, Saved, Store
from bot.support import worded
from conversations import Asked, Attachment, Chose, Language, Quoted, Sent, Wrote
from conversations.dialog.commands import LISTED
from messages import Message
from tests.discord_fake import (
    APP,
    CHANNEL,
    FORM,
    GUILD,
    LATER_NEW,
    LATER_SAME,
    NEW,
    OTHER_CHANNEL,
    SAME,
    TOKEN,
    FakeDiscord,
    Person,
    Place,
    page_text,
    ways,
)
from tests.discord_limits import EPHEMERAL, message_problems
from tests.waiting import HANGS_AFTER, until
from tests.walks import visits
from tests.watched import Watched

FILES = sorted((Path(__file__).parent / "transcripts").glob("*.md"))
IN_SERVER = Place(CHANNEL, GUILD, 0)
ELSEWHERE = Place(77_000, None, 2)


class Bot:
    """The product on Discord, as the tests start and stop it. ``heard`` are the responses by chat, newest last."""

    def __init__(self, content: Content, fake: FakeDiscord, store: Store | None = None) -> None:
        self.fake, self.content = fake, content
        self.product = Watched(content, store)
        self.heard, self.events = self.product.heard, self.product.events
        self.fairness, self.shards = Fairness(waiting=100, a_minute=100_000), ""

    @asynccontextmanager
    async def running(self, patience: float = 180.0) -> AsyncIterator[asyncio.Task[None]]:
        host = Host(inbox=Inbox(self.fairness))
        urls = {"api_url": self.fake.url, "gateway_url": self.fake.gateway}
        account = {"token": TOKEN, "shards": self.shards, **urls}
        connecting = asyncio.create_task(self.fake.connects())
        talk = asyncio.create_task(discord.run(self.product, account, host, patience=patience))
        try:
            await asyncio.wait({talk, connecting}, return_when=asyncio.FIRST_COMPLETED)
            yield talk
        finally:
            host.stop.set()
            connecting.cancel()
            await talk

    @property
    def place(self) -> tuple[str, str | None]:
        """Where the newest event of the usual buyer led: the step, and what is being read."""
        place = self.heard["discord:77"][-1].turn.place
        return place.step, place.reading.value if place.reading else None

    def forgets(self) -> None:
        """Let go of all that the test itself holds."""
        for held in (self.heard, self.events, self.fake.calls, self.fake.interactions):
            held.clear()
        for session in self.fake.sessions.values():
            session.sent[:] = [{}] * len(session.sent)


def attachment(kind: str) -> dict[str, object]:
    """Return a file as Discord describes it."""
    return {"id": "1", "filename": "a", "size": 1, "url": "", "proxy_url": "", "content_type": kind}


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as server:
        yield server
    assert server.problems == []


@pytest.fixture
async def bot(content: Content, fake: FakeDiscord) -> AsyncIterator[Bot]:
    running = Bot(content, fake)
    async with running.running():
        yield running


@pytest.fixture
def hanako(bot: Bot) -> Person:
    """A buyer in direct messages with the bot."""
    return Person(bot.fake)


@pytest.fixture
def in_server(bot: Bot) -> Person:
    """A buyer in a server."""
    return Person(bot.fake, place=IN_SERVER)


# The conversation.


@pytest.mark.parametrize("place", [None, IN_SERVER, ELSEWHERE], ids=["direct", "server", "elsewhere"])
async def test_one_command_and_three_choices_lead_to_a_verdict_on_one_page(bot: Bot, place: Place | None) -> None:
    hanako = Person(bot.fake, place=place)
    await hanako.uses("check")
    await hanako.taps("status:awaiting_shipment", "payment:paypal", "coupon:no")
    assert "キャンセル" in hanako.text
    assert "verdict:money" in hanako.tokens
    assert len(hanako.messages) == 1, "a press changes its message in place"
    assert bool(bot.fake.hidden) is (place is not None), "only in direct messages nobody else could look on"


async def test_the_page_says_what_was_chosen(hanako: Person) -> None:
    await hanako.uses("check")
    await hanako.taps("status:shipped")
    assert hanako.text.startswith("\n-# ▸ 発送済み\n")
    await hanako.taps("movement:moving", "back")
    assert "▸" not in hanako.text


@pytest.mark.parametrize("name", LISTED)
async def test_a_command_leads_where_it_says(bot: Bot, in_server: Person, name: str) -> None:
    await in_server.uses(name)
    wanted = {
        "check": ("status", None),
        "ask": ("topic_group", None),
        "write": ("write", None),
        "reply": ("reply_group", None),
        "language": ("menu", "settings"),
        "help": ("menu", "me"),
    }
    assert bot.place == wanted.get(name, ("menu", name))


async def test_a_question_is_completed_from_the_topics_in_the_buyers_language(bot: Bot, in_server: Person) -> None:
    groups = bot.content.handbook.topic_groups
    first = await in_server.suggested("")
    assert [one["value"] for one in first] == [topic for group in groups for topic in group.topics][:25]
    some = (await in_server.suggested(first[3]["name"]))[0]["value"]
    assert some == first[3]["value"]
    assert (await in_server.suggested("クレカに戻るまで何日"))[0]["value"] == "refund_time_card"
    await in_server.uses("ask", question=some)
    assert bot.place == ("menu", some)
    await in_server.taps("language:en")
    assert [one["name"] for one in await in_server.suggested("")] != [one["name"] for one in first]


async def test_a_question_in_the_buyers_own_words_is_answered_in_private(bot: Bot, in_server: Person) -> None:
    await in_server.uses("ask", question="返金はいつ")
    assert bot.events == [Asked("返金はいつ")]
    assert in_server.messages[-1]["flags"] & EPHEMERAL


@pytest.mark.parametrize("place", [None, IN_SERVER, ELSEWHERE], ids=["direct", "server", "elsewhere"])
async def test_a_sellers_message_is_explained_where_it_stands(bot: Bot, place: Place | None) -> None:
    hanako = Person(bot.fake, place=place)
    hanako.explains("Dear friend, already shipped")
    await bot.fake.settles()
    await hanako.uses("reply", text="Please wait")
    assert bot.events == [Quoted("Dear friend, already shipped"), Quoted("Please wait")]
    assert bot.place[0] == "draft"
    hanako.explains("", attachments=[attachment("image/png")])
    await bot.fake.settles()
    hanako.explains("")
    await bot.fake.settles()
    assert bot.events[2:] == [Sent(Attachment.PHOTO), Quoted("")]


async def test_the_english_stands_alone_and_stays_when_the_buyer_goes_on(bot: Bot, in_server: Person) -> None:
    await in_server.uses("write")
    await in_server.taps("write:cancel", "reason:changed_mind")
    drafts = [one.draft.send for one in bot.heard["discord:77"][-1].messages if one.draft]
    assert len(drafts) == 2
    assert in_server.codes == drafts
    frame, code, second, other, page = in_server.messages
    assert "意味" in page_text(frame)
    assert "意味" in page_text(second)
    assert not code["components"]
    assert not other["components"]
    assert {token for token, _, _ in ways(page)} >= {"draft:details", "back", "home", "language:en"}
    assert not [*ways(frame)], "what belongs to the English has no buttons that would change it"
    await in_server.taps("home")
    assert in_server.codes == drafts
    assert "menu:check" in in_server.tokens


async def test_what_the_dialog_asks_for_is_typed_into_a_window(bot: Bot, in_server: Person) -> None:
    await in_server.uses("check")
    await in_server.taps("status:cancelled", "payment:paypal")
    assert bot.place[0] == "approved_on"
    await in_server.fills("先週の金曜")
    assert bot.place[0] == "verdict"
    assert len(in_server.messages) == 1
    await in_server.uses("write")
    await in_server.taps("write:reminder", "draft:details")
    await in_server.fills("8190123456789012")
    form = next(one for one in reversed(bot.fake.interactions.values()) if one.answers == [FORM])
    assert form.data["title"] == "注文番号"
    assert bot.heard["discord:77"][-1].turn.place.order.fact("order_number") == "8190123456789012"


async def test_in_direct_messages_words_do_what_buttons_do(bot: Bot, hanako: Person) -> None:
    await hanako.says("注文を確認")
    await hanako.says("発送済み")
    assert bot.place[0] == "movement"
    assert len(hanako.messages) == 2
    assert not bot.fake.hidden


async def test_a_forwarded_text_is_read_like_any_text(bot: Bot, hanako: Person) -> None:
    told = {"type": 0, "content": "発送待ち", "embeds": [], "attachments": [], "timestamp": "2026-11-24T00:00:00+00:00"}
    hanako.writes("", message_snapshots=[{"message": {**told, "edited_timestamp": None, "flags": 0}}])
    await bot.fake.settles()
    assert bot.events == [Wrote("発送待ち")]


@pytest.mark.parametrize("kind", ["image/png", "video/mp4", "audio/ogg", "application/pdf"])
async def test_whatever_is_no_words_gets_a_kind_line_and_the_choices(hanako: Person, kind: str) -> None:
    await hanako.uses("check")
    hanako.writes("", attachments=[attachment(kind)])
    await hanako.fake.settles()
    assert "ごめんなさい" in hanako.text
    assert "status:shipped" in hanako.tokens


async def test_a_rewritten_message_is_read_again(bot: Bot, hanako: Person) -> None:
    number = hanako.writes("発送街")
    await hanako.fake.settles()
    hanako.rewrites(number, "発送待ち")
    await hanako.fake.settles()
    assert bot.heard["discord:77"][-1].turn.place.order.status == "awaiting_shipment"


async def test_a_page_offers_nothing_twice_and_each_screen_has_its_own_choices(hanako: Person) -> None:
    await hanako.uses("check")
    await hanako.says("手数料は？")
    await hanako.says("キャンセル")
    await hanako.uses("ask", question="クーポンはどうなりますか")
    for message in hanako.messages:
        offered = [token for token, _, _ in ways(message)]
        assert len(offered) == len({*offered})
        for one in message["components"]:
            for select in (inner for inner in one.get("components", ()) if inner["type"] == 3):
                steps = {option["value"].partition(":")[0] for option in select["options"]}
                assert not {"topic", "status"} <= steps


async def test_a_refused_first_answer_is_followed_by_the_apology(bot: Bot, hanako: Person) -> None:
    bot.fake.refuses_next = 1
    await hanako.uses("check")
    assert "問題が起きました" in hanako.text


async def test_free_words_can_be_typed_into_a_window(bot: Bot, in_server: Person) -> None:
    await in_server.uses("check")
    await in_server.fills("クレカで払ってまだ発送待ちです")
    order = bot.heard["discord:77"][-1].turn.place.order
    assert (order.status, order.payment) == ("awaiting_shipment", "credit_card")


async def test_what_the_seller_wrote_can_be_pasted_into_a_window(bot: Bot, in_server: Person) -> None:
    await in_server.uses("reply")
    await in_server.fills("Please close your dispute first, then we refund you")
    assert bot.heard["discord:77"][-1].turn.place.reply_kind == "cancel_dispute"


async def test_all_details_can_be_typed_into_one_window(bot: Bot, in_server: Person) -> None:
    await in_server.uses("write")
    await in_server.taps("write:reminder")
    token = next(one for one in in_server.tokens if one.startswith("!details"))
    custom_id, message, _ = in_server.find(token)
    form = in_server.presses(custom_id, message)
    await bot.fake.settles()
    assert form.answers == [FORM]
    names = [one["component"]["custom_id"] for one in form.data["components"]]
    assert names == ["order_number", "item"]
    typed = {"order_number": "not a number", "item": "雨の日の黒いの"}
    for order_number, item, step in (("12", "lamp", "order_number"), ("8190123456789012", "lamp", "draft")):
        typed = {"order_number": order_number, "item": item}
        fields = [{"type": 18, "component": {"type": 4, "custom_id": name, "value": typed[name]}} for name in names]
        in_server.interacts(5, {"custom_id": form.data["custom_id"], "components": fields}, message)
        await bot.fake.settles()
        assert bot.place[0] == step
        assert bot.heard["discord:77"][-1].turn.place.order.fact("item") == "lamp"
    assert "8190123456789012" in in_server.codes[-1]


async def test_a_panel_lets_everybody_ask_in_private(bot: Bot, fake: FakeDiscord) -> None:
    owner = Person(fake, 78, place=IN_SERVER, rights=1 << 5)
    await owner.uses("panel")
    panel = fake.messages[CHANNEL][-1]
    assert fake.hidden[78]
    assert {token for token, _, _ in ways(panel)} == {"menu:check", "menu:questions", "menu:write", "menu:reply"}
    for _ in range(2):  # pressed again and again
        buyer = Person(fake, 77, place=IN_SERVER)
        buyer.presses("menu:check", panel)
        await fake.settles()
        assert bot.place[0] == "status"
    assert len(fake.hidden[77]) == 2
    assert len(fake.messages[CHANNEL]) == 1


async def test_only_managers_put_up_a_panel(bot: Bot, in_server: Person) -> None:
    await in_server.uses("panel")
    assert "サーバー管理" in in_server.text
    assert not bot.fake.messages.get(CHANNEL)


async def test_a_general_question_in_a_channel_gets_a_public_answer_to_it(bot: Bot, in_server: Person) -> None:
    in_server.calls("キャンセルに手数料はかかりますか？")
    in_server.calls("発送待ちです。手数料はかかりますか？")
    await bot.fake.settles()
    first, second = (body for body in bot.fake.named("send"))
    assert "手数料" in str(first["components"])
    assert "手数料" not in str(second["components"])
    assert first["message_reference"]["message_id"]


async def test_a_sellers_english_does_not_make_a_buyer_english(bot: Bot, hanako: Person) -> None:
    await hanako.says("Dear friend, your order already shipped, can not cancel, please wait patiently.")
    assert bot.heard["discord:77"][-1].turn.conversation.language is Language.JA


async def test_the_apps_language_counts_until_one_is_chosen(bot: Bot, hanako: Person) -> None:
    await hanako.says("Is there a fee for cancelling my order?")
    await hanako.uses("check")
    await hanako.taps("language:en")
    await hanako.uses("check")
    spoken = [str(response.turn.conversation.language) for response in bot.heard["discord:77"]]
    assert spoken == ["en", "ja", "en", "en"]


async def test_all_that_is_kept_can_be_deleted(bot: Bot, hanako: Person) -> None:
    await hanako.uses("check")
    await hanako.taps("status:shipped")
    await hanako.uses("forget")
    rows = hanako.messages[-1]["components"]
    buttons = [one for row in rows for one in row.get("components", []) if one["custom_id"].startswith("forget")]
    assert [one["style"] for one in buttons] == [4]
    await hanako.taps("forget")
    assert await bot.product.store.load("discord:77") is None
    assert "消しました" in hanako.text


HOSTILE = "*a* _b_ `c` ```d``` **e** ||f|| # g > h <@1> <@&2> @everyone [i](http://x.example) \u202e -# j"


async def test_what_a_buyer_typed_formats_and_pings_nothing(hanako: Person) -> None:
    await hanako.uses("check")
    await hanako.taps("status:cancel_requested", "seller_answer:none")
    await hanako.says(HOSTILE)
    marked = [part for part in hanako.text.split("`")[1::2] if "*a*" in part]
    assert len(marked) == 1, "all of it is within one code span"
    assert "<@1>" in marked[0]
    assert "\u202e" not in hanako.text
    assert hanako.messages[-1]["allowed_mentions"] == {"parse": []}


def test_nothing_breaks_out_of_a_code_block() -> None:
    assert english("a ``` b ` c")["content"] == "```\na ''' b ' c\n```"
    assert markdown(parse("`` a ` b ``")) == "`a ˋ b`"
    assert markdown(parse(r"\# x\_y \<@1\>")) == r"\# x\_y \<@1\>"


# The language.


@pytest.mark.parametrize(
    ("locale", "server", "language"),
    [("ja", "en", "ja"), ("en-GB", "ja", "en"), ("de", "en", "en"), ("de", "ja", "ja"), ("de", None, "en")],
)
async def test_the_app_tells_the_language_then_the_server(
    bot: Bot, locale: str, server: str | None, language: str
) -> None:
    if server:
        owner = Person(bot.fake, 1, "ja", place=IN_SERVER, rights=1 << 5)
        await owner.uses("setup")
        await owner.taps(f"!setup:language:{server}")
    await Person(bot.fake, 77, locale, place=IN_SERVER).uses("check")
    assert bot.heard["discord:77"][-1].turn.conversation.language == language


async def test_who_writes_where_no_language_is_told_is_answered_in_theirs(bot: Bot, hanako: Person) -> None:
    await hanako.says("hello there")
    assert bot.heard["discord:77"][-1].turn.conversation.language is Language.EN
    german = Person(bot.fake, 5, "de")
    await german.uses("check")
    assert bot.heard["discord:5"][-1].turn.conversation.language is Language.JA


async def test_what_the_buyer_chose_counts_everywhere(bot: Bot, hanako: Person) -> None:
    await hanako.uses("check")
    assert "language:en" in hanako.tokens
    await hanako.taps("language:en")
    assert bot.place[0] == "status"
    in_server = Person(bot.fake, place=IN_SERVER)
    await in_server.uses("write")
    assert bot.heard["discord:77"][-1].turn.conversation.language is Language.EN
    in_server.calls("発送待ち")
    await bot.fake.settles()
    assert "in private" in page_text(bot.fake.messages[CHANNEL][-1])


# Servers.


async def test_a_call_in_a_channel_gets_a_public_answer_without_order_data(bot: Bot) -> None:
    hanako = Person(bot.fake, place=IN_SERVER)
    hanako.calls("注文 8190123456789012 はAZ")
    await bot.fake.settles()
    (public,) = bot.fake.messages[CHANNEL]
    assert "8190" not in str(public)
    assert "AZ" not in str(public)
    assert bot.heard == {}, "nothing is done before the buyer wants it"
    hanako.calls("発送待ち")
    await bot.fake.settles()
    await hanako.taps("!private")
    assert len(bot.fake.messages[CHANNEL]) == 2, "the public message stays as it is"
    assert bot.events == [Wrote("発送待ち")]
    assert bot.place[0] == "payment"
    assert bot.fake.hidden[77][-1]["flags"] & EPHEMERAL


async def test_who_only_saw_the_call_gets_their_own_page(bot: Bot) -> None:
    hanako, taro = (Person(bot.fake, number, place=IN_SERVER) for number in (77, 8))
    hanako.calls("発送済み")
    await bot.fake.settles()
    await taro.taps("!private")
    assert not bot.heard["discord:8"][-1].turn.place.order.known()
    assert "discord:77" not in bot.heard


async def test_a_call_can_be_answered_by_direct_message(bot: Bot) -> None:
    hanako = Person(bot.fake, place=IN_SERVER)
    hanako.calls("")
    await bot.fake.settles()
    await hanako.taps("!direct")
    assert "DMを送りました" in page_text(bot.fake.hidden[77][-1])
    assert "menu:check" in Person(bot.fake).tokens


async def test_closed_direct_messages_are_told_and_the_answer_comes_here(bot: Bot) -> None:
    bot.fake.closed.add(77)
    hanako = Person(bot.fake, place=IN_SERVER)
    hanako.calls("")
    await bot.fake.settles()
    await hanako.taps("!direct")
    told, page = bot.fake.hidden[77]
    assert "受け取らない" in page_text(told)
    assert "menu:check" in [token for token, _, _ in ways(page)]


async def test_a_channel_in_which_we_may_not_write_is_left_alone(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    bot.fake.denied.add(CHANNEL)
    hanako = Person(bot.fake, place=IN_SERVER)
    with caplog.at_level(logging.INFO, "adapters"):
        hanako.calls("hello")
        await bot.fake.settles()
    assert "may not write" in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    await hanako.uses("check")
    assert "status:shipped" in hanako.tokens, "answers to commands need no permission"


async def test_only_who_calls_us_is_answered(bot: Bot) -> None:
    hanako = Person(bot.fake, place=IN_SERVER)
    hanako.writes("発送待ち", channel=CHANNEL)
    hanako.writes("@everyone", channel=CHANNEL, mention_everyone=True)
    hanako.writes("<@5>", channel=CHANNEL, mentions=[hanako.user])
    await bot.fake.settles()
    await asyncio.sleep(0.05)
    assert CHANNEL not in bot.fake.messages


async def test_owners_set_mentions_and_channels(bot: Bot) -> None:
    owner = Person(bot.fake, 1, place=IN_SERVER, rights=1 << 5)
    await owner.uses("setup")
    assert "メッセージを送信" in owner.text  # a right that the bot lacks here
    assert "日本語" in owner.text
    assert owner.messages[-1]["flags"] & EPHEMERAL
    rows = owner.messages[-1]["components"]
    (channels,) = (one for row in rows for one in row.get("components", []) if one["type"] == 8)
    owner.presses(channels["custom_id"], owner.messages[-1], [str(OTHER_CHANNEL)], 8)
    await bot.fake.settles()
    owner.calls("hello", answered=False)
    owner.calls("hello", OTHER_CHANNEL)
    await bot.fake.settles()
    assert (CHANNEL in bot.fake.messages, len(bot.fake.messages[OTHER_CHANNEL])) == (False, 1)
    await owner.taps("!setup:mentions:off")
    assert len(bot.fake.hidden[1]) == 1, "the page shows what was set"
    owner.calls("hello", OTHER_CHANNEL, answered=False)
    await bot.fake.settles()
    await asyncio.sleep(0.05)
    assert len(bot.fake.messages[OTHER_CHANNEL]) == 1


async def test_who_may_not_manage_the_server_sets_nothing(bot: Bot, in_server: Person) -> None:
    await in_server.uses("setup")
    assert "サーバー管理" in in_server.text
    in_server.presses("!setup:language:en", in_server.messages[-1])
    await bot.fake.settles()
    assert await bot.product.store.load_note(f"discord:server:{GUILD}") is None


# Presses that come twice, late, or from long ago.


async def test_two_quick_presses_of_one_buyer_apply_in_order_once_each(bot: Bot, in_server: Person) -> None:
    await in_server.uses("check")
    bot.product.slow["discord:77"] = 0.05
    custom_id, message, _ = in_server.find("status:shipped")
    for token in ("status:shipped", "status:unpaid", "status:awaiting_shipment"):
        in_server.presses(custom_id, message, [token], 3)
    await bot.fake.settles()
    statuses = [dict(one.turn.place.order.known()).get("status") for one in bot.heard["discord:77"]]
    assert statuses == [None, "shipped", "unpaid", "awaiting_shipment"]
    assert len(in_server.messages) == 1


async def test_a_double_press_counts_once_even_for_back(bot: Bot, in_server: Person) -> None:
    await in_server.uses("check")
    await in_server.taps("status:shipped", "movement:moving")
    custom_id, message, _ = in_server.find("back")
    presses = [in_server.presses(custom_id, message) for _ in range(3)]
    await bot.fake.settles()
    assert bot.place[0] == "movement"
    assert [one.answers for one in presses] == [[SAME]] * 3


async def test_a_double_press_across_a_restart_counts_once(content: Content, fake: FakeDiscord) -> None:
    store, hanako = MemoryStore(), Person(fake)
    async with Bot(content, fake, store).running():
        await hanako.uses("check")
        await hanako.taps("status:shipped", "movement:moving")
        custom_id, message, _ = hanako.find("back")
        await hanako.taps("back")
    later = Bot(content, fake, store)
    async with later.running():
        hanako.presses(custom_id, message)
        await fake.settles()
    assert later.place[0] == "movement"


async def test_an_interaction_that_is_delivered_again_is_answered_once(bot: Bot, in_server: Person) -> None:
    await in_server.uses("check")
    custom_id, message, _ = in_server.find("back")
    press = {"custom_id": custom_id, "component_type": 2}
    one = in_server.interacts(3, press, message)
    in_server.again(one, press)
    await bot.fake.settles()
    in_server.again(one, press)
    await asyncio.sleep(0.05)
    assert one.answers == [SAME]
    assert bot.fake.refused == {}
    assert len(bot.heard["discord:77"]) == 2


@pytest.mark.parametrize(
    "custom_id",
    ["status:on_the_moon", "status:shipped", "v1|7|x", "::#", "!type:soul#1", "!private#zz", "!setup#1", "#"],
)
async def test_a_button_of_another_age_works_or_shows_the_current_page(
    bot: Bot, hanako: Person, custom_id: str
) -> None:
    await hanako.uses("check")
    one = hanako.presses(custom_id, hanako.messages[-1])
    await bot.fake.settles()
    assert len(one.answers) == 1
    await hanako.uses("check")
    assert {"status:shipped", "movement:moving"} & {*hanako.tokens}


async def test_buyers_do_not_wait_for_each_other(bot: Bot) -> None:
    slow, others = Person(bot.fake, 1), [Person(bot.fake, number) for number in range(2, 22)]
    bot.product.slow["discord:1"] = 600.0
    slow.types("check").settled = True
    for other in others:
        other.types("check")
    await until(lambda: all(len(other.messages) == 1 for other in others))
    assert not slow.messages


# Time and the network.


@pytest.mark.parametrize("place", [None, IN_SERVER], ids=["direct", "server"])
async def test_what_takes_long_is_announced_in_time(bot: Bot, place: Place | None) -> None:
    hanako = Person(bot.fake, place=place)
    bot.product.slow["discord:77"] = 1.7
    command = await hanako.uses("check")
    assert command.answers == [LATER_NEW]
    custom_id, message, values = hanako.find("status:shipped")
    press = hanako.presses(custom_id, message, values, 3)
    await bot.fake.settles()
    assert press.answers == [LATER_SAME]
    assert "movement:moving" in hanako.tokens
    assert len(hanako.messages) == 1
    assert bool(hanako.messages[0]["flags"] & EPHEMERAL) is (place is not None)


@pytest.mark.parametrize("fault", ["reset", "500", "503", "429", "429 shared"])
async def test_a_first_answer_that_failed_is_given_again_in_time(bot: Bot, in_server: Person, fault: str) -> None:
    bot.fake.fails("callback", fault, times=2, seconds=0.3)
    await in_server.uses("check")
    bot.fake.fails("callback", fault, times=2, seconds=0.3)
    await in_server.taps("status:shipped")
    assert "movement:moving" in in_server.tokens
    assert [one.answers for one in bot.fake.interactions.values()] == [[NEW], [SAME]]
    assert bot.fake.injected.total() == 4


async def test_an_answer_whose_receipt_is_lost_is_given_again_at_once_and_counts(bot: Bot, in_server: Person) -> None:
    bot.fake.fails("callback after", "cut")
    await in_server.uses("check")
    assert bot.fake.refused == {40060: 1}
    bot.fake.fails("callback after", "cut", seconds=1.3)
    await in_server.taps("status:shipped")
    await until(lambda: bot.fake.refused == {40060: 2})
    await in_server.uses("write")
    bot.fake.fails("callback after", "cut")
    await in_server.taps("write:reminder")
    assert len(in_server.codes) == 1, "what follows the first answer follows it all the same"


async def test_an_answer_that_comes_too_late_is_no_error(
    bot: Bot, hanako: Person, caplog: pytest.LogCaptureFixture
) -> None:
    await hanako.uses("check")
    custom_id, message, values = hanako.find("status:shipped")
    bot.fake.fails("callback", "404 10062")
    with caplog.at_level(logging.WARNING, "adapters"):
        hanako.presses(custom_id, message, values, 3).settled = True
        await until(lambda: bot.fake.injected.total() == 1)
        await bot.fake.settles()
    assert caplog.text == ""
    hanako.presses(custom_id, message, values, 3)
    await bot.fake.settles()
    assert "movement:moving" in hanako.tokens, "pressed again, the page shows what the first press did"
    assert len(bot.heard["discord:77"][-1].turn.conversation.answers) == 2


async def test_an_answer_that_another_process_gave_is_not_added_to(bot: Bot, in_server: Person) -> None:
    await in_server.uses("write")
    custom_id, message, values = in_server.find("write:reminder")
    bot.fake.fails("callback", "400 40060")
    in_server.presses(custom_id, message, values, 3).settled = True
    await in_server.uses("help")  # one buyer's events follow one another, so that all of the press is over
    assert bot.fake.injected.total() == 1
    assert in_server.codes == []


@pytest.mark.parametrize("fault", ["reset", "500", "503", "429", "429 shared", "429 global"])
@pytest.mark.parametrize("route", ["followup", "send"])
async def test_what_follows_and_direct_messages_get_through(bot: Bot, route: str, fault: str) -> None:
    hanako = Person(bot.fake, place=IN_SERVER if route == "followup" else None)
    bot.fake.fails(route, fault, seconds=0.2)
    if route == "followup":
        await hanako.uses("write")
        await hanako.taps("write:reminder")
        await until(lambda: (len(hanako.codes), len(hanako.messages)) == (1, 3))
    else:
        await hanako.says("注文を確認")
        assert len(hanako.messages) == 1
    assert bot.fake.injected.total() == 1


async def test_a_direct_message_whose_receipt_is_lost_is_not_doubled(bot: Bot, hanako: Person) -> None:
    bot.fake.fails("send after", "cut")
    await hanako.says("注文を確認")
    await until(lambda: len(bot.fake.named("send")) == 2)
    await bot.fake.settles()
    assert len(hanako.messages) == 1


async def test_a_buyer_who_takes_no_direct_messages_any_more_is_no_error(
    bot: Bot, hanako: Person, caplog: pytest.LogCaptureFixture
) -> None:
    bot.fake.closed.add(77)
    with caplog.at_level(logging.WARNING, "adapters"):
        await hanako.says("hello")
    assert caplog.text == ""


async def test_an_error_is_told_kindly_and_logged_without_the_buyers_words(
    bot: Bot, hanako: Person, caplog: pytest.LogCaptureFixture
) -> None:
    await hanako.uses("check")
    bot.product.breaks.add("SECRET-WORDS")
    with caplog.at_level(logging.DEBUG, "adapters"):
        await hanako.says("SECRET-WORDS")
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.getMessage().split()[1] in hanako.text
    assert "ValueError" in record.getMessage()
    assert "SECRET" not in caplog.text
    await hanako.taps("status:shipped")
    assert "movement:moving" in [token for token, _, _ in ways(hanako.messages[0])]


@pytest.mark.parametrize("late", [0.0, 1.6])
async def test_an_error_at_a_press_leaves_the_page_as_it_is(bot: Bot, in_server: Person, late: float) -> None:
    await in_server.uses("check")
    await in_server.taps("status:cancelled", "payment:paypal")
    bot.product.breaks.add("SECRET")
    bot.product.slow["discord:77"] = late
    await in_server.fills("SECRET")
    page, told = in_server.messages
    assert "approved_on:unknown" in [token for token, _, _ in ways(page)]
    assert "番号" in page_text(told)
    assert told["flags"] & EPHEMERAL
    bot.product.slow.clear()
    await in_server.taps("approved_on:unknown")
    assert bot.place[0] == "verdict"


# The line.


@pytest.mark.parametrize("how", ["cut", "come again", "closed"])
async def test_a_broken_line_is_resumed_and_no_interaction_is_lost(bot: Bot, how: str) -> None:
    people = [Person(bot.fake, number) for number in range(1, 21)]
    for number, person in enumerate(people):
        person.types("check")
        if number == 10:
            await _breaks(bot.fake, how)
    await bot.fake.settles()
    for number, person in enumerate(people):
        custom_id, message, values = person.find("status:shipped")
        person.presses(custom_id, message, values, 3)
        if number == 10:
            await _breaks(bot.fake, how)
    await bot.fake.settles()
    assert all("movement:moving" in person.tokens for person in people)
    assert [len(one.answers) for one in bot.fake.interactions.values()] == [1] * 40
    assert (bot.fake.resumes, len(bot.fake.logins)) == (2, 1)


async def test_many_faults_at_once_lose_and_double_nothing(bot: Bot) -> None:
    chance = Random(7)  # noqa: S311  # the same faults at every run
    people = [Person(bot.fake, number, place=IN_SERVER if number % 2 else None) for number in range(1, 13)]
    for person in people:
        await person.uses("check")
    for round_ in range(12):
        for route, fault in product(("callback", "callback after"), ("reset", "500", "503", "429")):
            bot.fake.fails(route, "cut" if route.endswith("after") else fault, seconds=0.02)
        for number, person in enumerate(people):
            found = [way for message in person.messages for way in ways(message) if not way[0].startswith("!")]
            custom_id, message, values = person.find(chance.choice(found)[0])
            person.presses(custom_id, message, values, 2 if values is None else 3)
            if number == 6 and round_ % 4 == 0:
                await _breaks(bot.fake, chance.choice(("cut", "come again", "closed")))
        await bot.fake.settles()
    assert [len(one.answers) for one in bot.fake.interactions.values()] == [1] * 12 * 13
    assert (bot.fake.resumes, len(bot.fake.logins)) == (3, 1)
    assert bot.fake.injected.total() > 70


async def _breaks(fake: FakeDiscord, how: str) -> None:
    await (fake.says(7) if how == "come again" else fake.drops(1006 if how == "cut" else 4000))


async def test_a_line_that_cannot_be_had_for_a_while_is_resumed(bot: Bot, hanako: Person) -> None:
    bot.fake.up = False
    await bot.fake.drops()
    await asyncio.sleep(0.1)
    bot.fake.up = True
    await bot.fake.connects()
    await hanako.uses("check")
    assert "status:shipped" in hanako.tokens
    assert (bot.fake.resumes, len(bot.fake.logins)) == (1, 1)


async def test_a_session_that_is_no_more_is_begun_anew(bot: Bot, hanako: Person) -> None:
    await hanako.uses("check")
    await bot.fake.says(9, data=False)
    await bot.fake.connects()
    await hanako.taps("status:shipped")
    assert "movement:moving" in hanako.tokens
    assert len(bot.fake.logins) == 2


async def test_an_event_that_nobody_can_read_holds_up_nobody(bot: Bot, hanako: Person) -> None:
    bot.fake.happens("INTERACTION_CREATE", {"type": 3, "id": "x", "token": "SECRET"})
    bot.fake.happens("MESSAGE_CREATE", {"channel_id": str(hanako.place.channel)})
    await hanako.uses("check")
    assert "status:shipped" in hanako.tokens
    assert len(bot.fake.logins) == 1


async def test_without_the_gateway_for_too_long_the_end_is_told(content: Content, fake: FakeDiscord) -> None:
    async def silent() -> None:
        async with Bot(content, fake).running(patience=0.5) as talk:
            fake.up = False
            await fake.drops()
            await asyncio.wait({talk})

    with pytest.raises(LostError, match="could not be reached"):
        await silent()


async def test_silence_counts_from_the_first_break(fake: FakeDiscord) -> None:
    gateway = Gateway({"token": TOKEN, "api_url": fake.url}, Host(), patience=0.3)
    await gateway.on_connect()

    async def breaks_again_and_again() -> None:
        while True:
            await gateway.on_disconnect()
            await asyncio.sleep(0.02)

    breaking = asyncio.create_task(breaks_again_and_again())
    with pytest.raises(LostError, match="could not be reached"):
        await asyncio.wait_for(gateway.watch(), HANGS_AFTER)
    breaking.cancel()


@pytest.mark.parametrize("route", ["me", "application", "gateway_bot"])
@pytest.mark.parametrize("fault", ["reset", "503"])
async def test_who_cannot_log_in_tries_again(content: Content, fake: FakeDiscord, route: str, fault: str) -> None:
    fake.fails(route, fault)
    async with Bot(content, fake).running():
        await Person(fake).uses("check")


@pytest.mark.parametrize(("code", "says"), [(4014, "Privileged Gateway Intents"), (4013, "newer"), (4010, "SHARDS")])
async def test_a_closing_that_no_new_try_mends_ends_with_one_sentence(
    content: Content, fake: FakeDiscord, code: int, says: str
) -> None:
    fake.closes_with = code
    with pytest.raises(RefusedError, match=says) as raised:
        async with Bot(content, fake).running() as talk:
            await asyncio.wait({talk})
    assert "\n" not in str(raised.value)
    assert len(fake.logins) == 1, "Discord takes a token away that knocks too often"


def test_a_gateway_that_stays_away_is_tried_less_and_less_often() -> None:
    assert BROKEN.pauses[0] < 1
    assert BROKEN.pauses[-1] >= 60
    assert all(later == min(2 * earlier, 60) for earlier, later in pairwise(BROKEN.pauses))


async def test_a_process_serves_the_shards_that_it_is_given(content: Content, fake: FakeDiscord) -> None:
    fake.shards = 4
    bot = Bot(content, fake)
    bot.shards = "2-3/4"
    async with bot.running():
        await until(lambda: len(fake.logins) == 2)
    assert sorted(login["shard"] for login in fake.logins) == [[2, 4], [3, 4]]


# Replies that got lost, and one buyer who sends very much.


async def test_a_direct_reply_that_got_lost_is_shown_again_without_the_buyer(
    content: Content, fake: FakeDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "REPAIR_AFTER", 0.2)
    fake.fails("send", "503", times=20)
    hanako = Person(fake)
    async with Bot(content, fake).running():
        hanako.writes("発送待ちです")
        await until(lambda: fake.injected["send 503"] == 20)
        await until(lambda: hanako.messages and "payment:paypal" in hanako.tokens)


async def test_a_reply_that_a_crash_cut_off_is_shown_by_the_next_process(
    content: Content, fake: FakeDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, hanako = MemoryStore(), Person(fake, place=ELSEWHERE)
    async with Bot(content, fake, store).running():
        await hanako.uses("check")
    chat = await store.load("discord:77") or Saved()
    lost = Outgoing(chat.version, (), f"{APP}/{[*fake.interactions][-1]}", Language.JA, (Message("もう一度"),))
    await store.save("discord:77", replace(chat, outbox=(lost,)))
    monkeypatch.setattr(running, "REPAIR_AFTER", 0.1)
    async with Bot(content, fake, store).running():
        await until(lambda: "もう一度" in str(hanako.messages))


async def test_one_buyers_flood_keeps_nobody_waiting_and_gets_one_kind_sentence(
    content: Content, fake: FakeDiscord
) -> None:
    flooder, others = Person(fake, 1), [Person(fake, number) for number in range(2, 12)]
    bot = Bot(content, fake)
    bot.fairness = Fairness()
    async with bot.running():
        for _ in range(300):
            flooder.writes("発送待ちです")
        for other in others:
            other.writes("発送待ちです")
        await until(lambda: all(other.messages and "payment:paypal" in other.tokens for other in others))
        await until(lambda: "一度に" in str(flooder.messages))
    assert str(flooder.messages).count("一度に") == 1
    assert len(bot.heard["discord:1"]) <= 45


async def test_who_presses_much_too_fast_sees_every_press_taken_note_of(content: Content, fake: FakeDiscord) -> None:
    hanako, bot = Person(fake), Bot(content, fake)
    bot.fairness = Fairness(waiting=1, a_minute=30)
    async with bot.running():
        await hanako.uses("check")
        custom_id, message, _ = hanako.find("home")
        presses = [hanako.presses(custom_id, message) for _ in range(30)]
        await until(lambda: all(press.answers for press in presses))
    assert len(bot.heard["discord:77"]) <= 12


async def test_a_gateway_that_is_down_at_the_start_is_tried_again(content: Content, fake: FakeDiscord) -> None:
    fake.up = False
    asyncio.get_running_loop().call_later(0.3, setattr, fake, "up", True)  # noqa: FBT003  # setattr names none
    async with Bot(content, fake).running():
        await Person(fake).uses("check")


async def test_a_refused_token_ends_with_one_clear_sentence(content: Content, fake: FakeDiscord) -> None:
    fake.fails("me", "401", times=9)
    with pytest.raises(RefusedError, match="TOKEN") as raised:
        async with Bot(content, fake).running() as talk:
            await asyncio.wait({talk})
    assert "\n" not in str(raised.value)
    assert TOKEN not in str(raised.value)


async def test_a_token_that_is_taken_back_ends_with_the_same_sentence(content: Content, fake: FakeDiscord) -> None:
    async def taken_back() -> None:
        async with Bot(content, fake).running() as talk:
            await fake.drops(4004)
            await asyncio.wait({talk})

    with pytest.raises(RefusedError, match="TOKEN"):
        await taken_back()


async def test_as_many_lines_are_opened_as_discord_asks_for(content: Content, fake: FakeDiscord) -> None:
    fake.shards = 2
    async with Bot(content, fake).running():
        await until(lambda: len(fake.sessions) == 2)
        await Person(fake).uses("check")
        await Person(fake, 5, place=IN_SERVER).uses("check")
    assert [one["shard"] for one in fake.logins] == [[0, 2], [1, 2]]


async def test_a_stop_finishes_what_is_under_way(content: Content, fake: FakeDiscord) -> None:
    people = [Person(fake, number) for number in range(1, 30)]
    bot = Bot(content, fake)
    async with bot.running():
        for person in people:
            bot.product.slow[f"discord:{person.number}"] = 0.4
            person.types("check")
        await until(lambda: len(bot.product.asked) == 29)
    assert [len(person.messages) for person in people] == [1] * 29


# Commands, invitations, memory, the log.


async def test_the_commands_are_told_once_and_then_only_when_they_change(content: Content, fake: FakeDiscord) -> None:
    store = MemoryStore()
    for _ in range(2):
        async with Bot(content, fake, store).running():
            await Person(fake).uses("check")
            await asyncio.sleep(0.05)
    assert len(fake.named("commands")) == 1
    assert [one["name"] for one in fake.commands] == [*LISTED, "setup", "panel", "Explain this reply"]
    for one in fake.commands:
        assert one["integration_types"] == ([0] if one["name"] in {"setup", "panel"} else [0, 1])
        assert {"ja", "en-US"} <= one["name_localizations"].keys()
    assert fake.commands[-1]["name_localizations"]["ja"] == "返信を解説"
    assert fake.commands[1]["options"][0]["autocomplete"]
    account, service = {"token": TOKEN, "api_url": fake.url, "gateway_url": fake.gateway}, make_support(store)
    assert not await register(service, account, force=False)
    assert await register(service, account, force=True)


async def test_commands_that_discord_does_not_take_keep_nobody_from_talking(
    content: Content, fake: FakeDiscord
) -> None:
    fake.fails("commands", "400 30034")
    async with Bot(content, fake).running():
        await Person(fake).uses("check")


async def test_the_invitation_asks_for_as_little_as_can_be(fake: FakeDiscord) -> None:
    server, person = await invitations({"token": TOKEN, "api_url": fake.url, "gateway_url": fake.gateway})
    assert "permissions=274877910016" in server
    assert "scope=bot+applications.commands" in server
    assert "integration_type=0" in server
    assert "bot" not in person.partition("scope=")[2]
    assert "integration_type=1" in person


async def test_nothing_is_kept_for_pages_that_were_shown(bot: Bot) -> None:
    people = [Person(bot.fake, number, place=IN_SERVER) for number in range(1, 11)]
    for person in people:
        await person.uses("check")
    grown: list[int] = []
    for _ in range(4):
        for token in ["status:shipped", "back"] * 5:
            for person in people:
                custom_id, message, values = person.find(token)
                person.presses(custom_id, message, values, 2 if values is None else 3)
            await bot.fake.settles()
        bot.forgets()
        gc.collect()
        kinds = (str(type(one).__module__) for one in gc.get_objects())
        grown.append(sum(kind.startswith(("discord", "adapters.discord")) for kind in kinds))
    assert max(later - earlier for earlier, later in pairwise(grown)) < 10, grown


async def test_the_token_and_the_buyers_words_are_in_no_log_at_no_level(
    content: Content, fake: FakeDiscord, caplog: pytest.LogCaptureFixture
) -> None:
    for route in ("callback", "send"):
        for kind in ("500", "reset", "429"):
            fake.fails(route, kind)
    with caplog.at_level(logging.DEBUG):
        asyncio.get_running_loop().set_debug(True)
        async with Bot(content, fake).running():
            await Person(fake).says("WORDS-OF-THE-BUYER")
            await Person(fake, place=IN_SERVER).uses("ask", question="WORDS-OF-THE-BUYER")
            await fake.drops()
            await fake.connects()
    assert caplog.records
    assert TOKEN not in caplog.text
    assert "WORDS-OF-THE-BUYER" not in caplog.text


# All conversations.


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_a_story_comes_out_the_same_on_discord(content: Content, fake: FakeDiscord, file: Path) -> None:
    transcript = read_transcript(file)
    bot, buyer = Bot(content, fake), Person(fake, 9, transcript.language)
    bot.product.today = transcript.today
    async with bot.running():
        await buyer.uses("start")
        for action in transcript.actions:
            before = len(bot.heard["discord:9"])
            await _does(buyer, action)
            if len(bot.heard["discord:9"]) > before:
                assert [*unmet(action, bot.heard["discord:9"][-1])] == []


async def _does(buyer: Person, action: Action) -> None:
    match action.event:
        case Chose(token) if token in buyer.tokens:
            await buyer.taps(token)
        case Chose(token):
            buyer.presses(token, buyer.messages[-1])
        case Wrote(text) if text.strip():
            buyer.writes(text)
        case Wrote():
            return  # Discord sends no empty message
        case Asked(text):
            buyer.types("ask", question=text)
        case Quoted(text):
            buyer.types("reply", text=text)
        case Sent(sent):
            buyer.writes("", attachments=[attachment("image/png" if sent is Attachment.PHOTO else "application/pdf")])
        case _:
            pytest.fail(f"nobody can do {action.event}")
    await buyer.fake.settles()


@pytest.mark.walks
@pytest.mark.parametrize("language", list(Language))
def test_every_page_stays_within_discords_limits(content: Content, language: Language) -> None:
    painter = Drawing(content.catalog.label)
    lists = 0
    for visit in visits(language):
        messages = painter.messages(worded(visit.turn, content.catalog), "f" * 16, "２０字まで" * 4)
        assert len(messages) <= 5, "somebody's own app may add five messages to one answer"
        for message in messages:
            assert message_problems(message) == [], message
        offered = [*ways(messages[-1])]
        assert any(token.startswith("language:") for token, _, _ in offered)
        lists += any(is_option for _, _, is_option in offered)
    assert lists
