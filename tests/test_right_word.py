"""The right word in every state: what did not come, what came wrong, and answers to sellers that know the order."""

import re

import pytest

from bot.content import Content
from conversations import Chose, Conversation, Filled, Handbook, Language, Wrote, advance
from tests.buyer import TODAY, Buyer

STAGES = {
    "before_shipping": ("status:awaiting_shipment",),
    "shipped": ("status:shipped", "movement:moving"),
    "arrived": ("status:delivered", "protection:open", "problem:defect"),
    "dispute_open": ("status:dispute_open",),
    "cancelled": ("status:cancelled", "payment:paypal", "approved_on:unknown"),
}
"""How a buyer tells where their order stands."""
NOT_SO = {
    "before_shipping": r"have received my order|has arrived|on its way|dispute",
    "shipped": r"not been shipped|before you ship|have received my order",
    "arrived": r"cancel(?!led)|not been shipped|not received|tracking",
    "dispute_open": r"cancel(?!led)|not been shipped|will open a dispute",
    "cancelled": r"would like to cancel|approve my cancel|not been shipped|will open a dispute",
}
"""What nobody whose order stands there would write."""

UNKNOWN_WORDS = "会社のボーナスはいつ出ますか"


@pytest.fixture(params=list(Language))
async def someone(request: pytest.FixtureRequest, buyer: Buyer, english_buyer: Buyer) -> Buyer:
    """A buyer of each language."""
    return buyer if request.param is Language.JA else english_buyer


@pytest.mark.parametrize("stage", STAGES)
async def test_an_answer_to_the_seller_says_nothing_that_the_order_contradicts(
    someone: Buyer, handbook: Handbook, stage: str
) -> None:
    await someone.taps("menu:check", *STAGES[stage])
    for kind in handbook.reply_kind:
        await someone.taps_old(f"reply_kind:{kind}")
        assert someone.sees.reply_kind == kind
        assert someone.sees.known["status"] == STAGES[stage][0].partition(":")[2]
        for draft in someone.sees.drafts:
            assert not re.search(NOT_SO[stage], draft.send), (kind, draft.send)
        if not someone.sees.drafts:
            assert not re.search("下の英文|message below", someone.sees.text), kind


@pytest.mark.parametrize(
    ("stage", "said", "drafts"),
    [
        ("arrived", "Please wait 3-5 days, we will solve it", ["reply_by_deadline"]),
        ("arrived", "We refund $5 and you keep it, ok?", ["full_refund"]),
        ("cancelled", "Please confirm received first, then we refund", ["confirm_after_refund"]),
        ("dispute_open", "Please cancel the dispute first, then we refund you", ["cancel_dispute"]),
        ("shipped", "Please send a photo or video of the problem", ["not_received", "asks_evidence"]),
    ],
)
async def test_what_the_seller_wrote_is_answered_by_where_the_order_stands(
    buyer: Buyer, stage: str, said: str, drafts: list[str]
) -> None:
    await buyer.taps("menu:check", *STAGES[stage])
    await buyer.says(said)
    assert [one.id for one in buyer.sees.drafts] == drafts


@pytest.mark.parametrize(
    ("stage", "kind", "drafts"),
    [
        ("before_shipping", "asks_evidence", ["second_request"]),
        ("before_shipping", "blame_user", ["second_request"]),
        ("before_shipping", "confirm_receipt", ["second_request"]),
        ("shipped", "already_packed", ["after_shipping"]),
        ("shipped", "asks_to_wait", ["after_shipping"]),
        ("shipped", "out_of_stock_buyer_cancels", ["after_shipping"]),
        ("shipped", "other_item", ["after_shipping"]),
        ("shipped", "blame_user", ["not_received", "blame_user"]),
        ("shipped", "cancel_dispute", ["cancel_dispute", "reply_by_deadline"]),
        ("arrived", "cancel_dispute", ["cancel_dispute", "reply_by_deadline"]),
        ("dispute_open", "agrees", ["thanks"]),
        ("dispute_open", "refuse_parcel", ["refuse_parcel"]),
        ("cancelled", "asks_to_wait", ["complete_refund"]),
        ("cancelled", "asks_evidence", ["complete_refund"]),
        ("cancelled", "pay_more_shipping", ["complete_refund"]),
        ("cancelled", "no_answer", []),
    ],
)
async def test_each_reply_has_the_answer_of_its_stage(someone: Buyer, stage: str, kind: str, drafts: list[str]) -> None:
    await someone.taps("menu:check", *STAGES[stage])
    await someone.taps_old(f"reply_kind:{kind}")
    assert [one.id for one in someone.sees.drafts] == drafts


@pytest.mark.parametrize("kind", ["already_shipped", "already_packed", "asks_to_wait", "other_item"])
async def test_no_message_admits_that_the_parcel_has_left(someone: Buyer, kind: str) -> None:
    """It could be held against the buyer, and the seller's word alone proves nothing."""
    await someone.taps("menu:check", *STAGES["shipped"])
    await someone.taps_old(f"reply_kind:{kind}")
    for draft in someone.sees.drafts:
        assert not re.search(r"I know that|already on its way", draft.send)
    assert not re.search(r"まだ発送前なら|still says it hasn't shipped", someone.sees.text)


async def test_a_change_is_accepted_without_giving_up_the_request(someone: Buyer) -> None:
    await someone.taps("menu:check", *STAGES["before_shipping"])
    await someone.taps_old("reply_kind:offers_change")
    accepted = next(one for one in someone.sees.drafts if one.id == "offers_change_accept")
    assert "withdraw my cancellation request after" in accepted.send


async def test_who_paid_at_a_store_is_told_that_the_bonus_may_expire(someone: Buyer) -> None:
    await someone.taps("menu:check", "status:cancelled", "payment:konbini", "approved_on:unknown")
    await someone.taps_old("verdict:money")
    assert re.search("期限の長さ|How long it is valid", someone.sees.text)


async def test_a_message_on_the_tracking_does_not_contradict_the_buyer(someone: Buyer) -> None:
    await someone.taps("menu:check", *STAGES["shipped"])
    await someone.taps_old("write:not_moving")
    assert "no carrier record" not in someone.sees.draft.send


async def test_who_has_the_item_is_not_told_to_wait_for_it(someone: Buyer) -> None:
    await someone.taps("menu:check", *STAGES["arrived"])
    await someone.taps_old("verdict:steps")
    await someone.taps_old("device:phone")
    assert not re.search("届いたら|When the item arrives", someone.sees.text)


async def test_without_a_known_order_its_stage_can_be_chosen_beside_the_answer(someone: Buyer) -> None:
    await someone.taps("menu:reply", "reply_group:shipping", "reply_kind:asks_to_wait")
    assert someone.sees.draft.id == "asks_to_wait"
    await someone.taps("status:delivered")
    assert (someone.sees.reply_kind, someone.sees.draft.id) == ("asks_to_wait", "reply_by_deadline")


async def test_a_pasted_reply_shows_no_other_sample(buyer: Buyer) -> None:
    await buyer.taps("menu:reply", "reply_group:shipping", "reply_kind:asks_to_wait")
    sample = "kindly give us few more days"
    assert sample in buyer.sees.text
    await buyer.taps("home")
    await buyer.says("Dear friend, please wait 3-5 days, we will ship soon.")
    assert buyer.sees.reply_kind == "asks_to_wait"
    assert sample not in buyer.sees.text


@pytest.mark.parametrize(
    ("told", "delivery"),
    [
        ("荷物が届かない", None),
        ("3か月前に注文して発送済みのまま届きません。", None),
        ("2か月たっても商品が届きません。返金してほしい", None),
        ("配達完了になってるのに届いてない", "says_delivered"),
        ("my package never arrived", None),
        ("it says delivered but i never got it", "says_delivered"),
    ],
)
async def test_what_never_came_has_a_way_of_its_own(buyer: Buyer, told: str, delivery: str | None) -> None:
    await buyer.says(told)
    assert buyer.sees.known["status"] == "not_arrived"
    assert buyer.sees.known.get("delivery") == delivery
    await buyer.taps_old(f"delivery:{delivery or 'overdue'}")
    await buyer.taps("protection:open")
    assert buyer.sees.outcome == "never_arrived"
    await buyer.taps("verdict:write")
    assert "has not arrived" in buyer.sees.draft.send


async def test_a_deadline_that_is_near_comes_first(someone: Buyer) -> None:
    for road in (
        ("status:not_arrived", "delivery:overdue", "protection:ends_soon"),
        ("status:delivered", "protection:ends_soon", "problem:defect"),
    ):
        await someone.taps_old("restart")
        await someone.taps("menu:check", *road)
        assert re.search("今日のうちに|today", someone.sees.text)


@pytest.mark.parametrize("problem", ["defect", "wrong_item", "missing_parts", "not_as_described"])
async def test_what_came_wrong_is_named_and_nobody_asks_who_pays_for_the_return(someone: Buyer, problem: str) -> None:
    await someone.taps("menu:check", "status:delivered", "protection:open", f"problem:{problem}")
    assert someone.sees.outcome == "arrived_wrong"
    await someone.taps("verdict:write")
    send = someone.sees.draft.send
    assert re.search("broken|not the item|missing|not as described", send)
    assert "photos" in send
    assert "return shipping" not in send


async def test_who_only_changed_their_mind_asks_about_the_return(buyer: Buyer) -> None:
    await buyer.taps("menu:check", "status:delivered", "protection:open", "problem:changed_mind", "verdict:write")
    assert "return shipping" in buyer.sees.draft.send


@pytest.mark.parametrize(
    "told",
    [
        "在庫切れなのに「いらなくなった」を選べって言われてます",
        "理由は「いらなくなった」にしろと言われた",
        "セラーにサイズ間違いってことにしてくれって頼まれた",
        "seller says out of stock and wants me to cancel with reason I don't want this order anymore",
    ],
)
async def test_a_reason_that_the_seller_demands_is_not_the_buyers(buyer: Buyer, told: str) -> None:
    await buyer.says(told)
    assert "reason" not in buyer.sees.known
    assert buyer.sees.reply_kind == "change_reason"
    assert {"C12", "C13"} <= {*buyer.sees.cites}


@pytest.mark.parametrize(
    ("told", "payment"),
    [
        ("デビットカード（JCB）", "debit_card"),
        ("Vプリカ(Visa)", "prepaid_card"),
        ("Debit card (JCB Debit)", "debit_card"),
        ("VISAのデビットで払いました", "debit_card"),
        ("Visaで払いました", "credit_card"),
    ],
)
async def test_a_brand_is_a_credit_card_only_by_itself(buyer: Buyer, told: str, payment: str) -> None:
    await buyer.taps("menu:check", "status:payment_verifying")
    await buyer.says(told)
    assert buyer.sees.known["payment"] == payment


async def test_a_cancelled_order_is_four_taps_from_its_verdict(someone: Buyer) -> None:
    await someone.taps("menu:check", "status:cancelled", "payment:credit_card", "approved_on:2026-11-21")
    assert someone.sees.outcome == "refund_on_time"


async def test_who_cannot_see_the_status_gets_two_easy_questions(someone: Buyer) -> None:
    await someone.taps("menu:check", "status:unknown")
    long_page = someone.sees.text
    await someone.taps("status:unseen", "parcel:not_here")
    assert long_page not in someone.sees.text
    await someone.taps("shipping_notice:came")
    assert (someone.sees.known["status"], someone.sees.step) == ("shipped", "movement")


async def test_the_long_help_for_the_status_is_not_said_twice(buyer: Buyer) -> None:
    await buyer.taps("menu:check", "status:unknown")
    long_page = buyer.sees.text
    await buyer.says("ほげほげふがふが")
    assert long_page not in buyer.sees.text
    assert "status:unseen" in buyer.sees.tokens


@pytest.mark.parametrize("way", ["verdict", "money", "steps", "draft"])
async def test_a_long_page_is_not_said_again_when_words_are_not_understood(buyer: Buyer, way: str) -> None:
    await buyer.checks(status="awaiting_shipment", payment="credit_card", coupon="no")
    ways = {
        "verdict": (),
        "money": ("verdict:money",),
        "steps": ("verdict:phone",),
        "draft": ("verdict:write", "reason:other"),
    }
    await buyer.taps(*ways[way])
    page, tokens = buyer.sees.text, buyer.sees.tokens
    await buyer.says("ほげほげふがふが")
    assert page not in buyer.sees.text
    assert buyer.sees.step == way
    if buyer.sees.notices:
        assert buyer.sees.tokens == tokens


@pytest.mark.parametrize(
    "told",
    [
        "先週の水曜にクレカで払った注文をキャンセル申請したけど、まだ返事なし",
        "発送済みで5日追跡が動いていません",
        "クレカで払ってまだ発送待ちです。クーポンは使ってません",
        "paid by paypal, not shipped yet, used a coupon",
    ],
)
async def test_back_never_shows_the_same_screen(buyer: Buyer, told: str) -> None:
    await buyer.says(told)
    for _ in range(10):
        before = buyer.sees.text
        await buyer.taps_old("back")
        if not buyer.sees.response.turn.conversation.answers:
            break
        assert buyer.sees.text != before


async def test_long_words_of_the_buyer_are_cut_with_a_sign(buyer: Buyer) -> None:
    await buyer.says(
        "Dear friend please close your dispute at first and after that we arrange the money back, trust me please"
    )
    assert buyer.sees.reply_kind == "cancel_dispute"
    assert "…`" in buyer.sees.text


@pytest.mark.parametrize(
    "topic", ["cancel_before_shipping", "message_to_seller", "change_order_instead", "never_arrived"]
)
async def test_every_answer_leads_to_the_order_and_to_a_message(someone: Buyer, topic: str) -> None:
    await someone.taps_old(f"topic:{topic}")
    assert {"menu:check", "menu:write"} <= {*someone.sees.tokens}


async def test_after_facts_and_an_answered_question_the_check_is_one_tap_away(buyer: Buyer) -> None:
    await buyer.says("発送待ちでPayPal払いです。手数料はかかりますか？")
    assert buyer.sees.screens[0] == "topic"
    await buyer.taps("menu:check")
    assert buyer.sees.step == "coupon"


@pytest.mark.parametrize("reason", ["wrong_item_or_size", "wrong_address"])
async def test_a_wrong_choice_can_be_changed_instead(someone: Buyer, reason: str) -> None:
    await someone.checks(status="awaiting_shipment", payment="credit_card", coupon="no")
    await someone.taps("verdict:write", f"reason:{reason}")
    change = {"wrong_item_or_size": "write:change_instead", "wrong_address": "to_change:address"}[reason]
    await someone.taps(change)
    if reason == "wrong_item_or_size":
        await someone.taps("to_change:size")
    assert someone.sees.draft.id == "change_instead"


async def test_of_two_alike_one_is_kept(buyer: Buyer) -> None:
    await buyer.says("間違えて2個買っちゃった")
    assert buyer.sees.known["reason"] == "duplicate_order"
    await buyer.taps_old("write:cancel")
    await buyer.taps("scope:part")
    assert "need only one" in buyer.sees.draft.send


@pytest.mark.parametrize("payment", ["credit_card", "debit_card", "alipay", "konbini", "paypay", "paypal", "other"])
async def test_the_money_page_of_a_completed_refund_speaks_of_nothing_earlier(someone: Buyer, payment: str) -> None:
    await someone.taps("menu:check", "status:refund_completed", "completed_on:2026-11-21", f"payment:{payment}")
    await someone.taps("verdict:money")
    assert "Refund Processing" not in someone.sees.text


async def test_alipay_has_no_dates_of_a_statement(someone: Buyer) -> None:
    await someone.taps("menu:check", "status:refund_completed", "completed_on:2026-11-21", "payment:alipay")
    assert re.search("この支払い方法での日数は、確認できていません|no separate figure", someone.sees.text)


@pytest.mark.parametrize(
    "told", ["不安です", "困っています", "お願いします", "だれかいますか", "詐欺にあった", "help me", "I'm scared"]
)
async def test_nobody_who_is_afraid_is_sent_away(buyer: Buyer, told: str) -> None:
    await buyer.says(told)
    assert not re.search("苦手|not good at small talk|small talk", buyer.sees.text)
    assert "menu:check" in buyer.sees.tokens


async def test_keeping_the_order_after_all_is_no_reason_to_cancel(buyer: Buyer) -> None:
    await buyer.says("やっぱりキャンセルやめたい、出した申請って取り消せる？")
    assert "reason" not in buyer.sees.known
    assert buyer.sees.response.turn.replies[0].subject == "withdraw_request"


async def test_what_fits_the_order_is_offered_first(someone: Buyer) -> None:
    await someone.taps("menu:check", "status:delivered", "protection:open", "problem:defect", "home", "menu:write")
    assert someone.sees.tokens[0] == "write:return_after_delivery"


@pytest.mark.parametrize(
    ("told", "language"), [("英語にして", Language.EN), ("English please", Language.EN), ("日本語で", Language.JA)]
)
async def test_the_language_changes_when_somebody_asks_for_it(buyer: Buyer, told: str, language: Language) -> None:
    await buyer.taps("menu:check")
    await buyer.says(told)
    assert buyer.sees.response.turn.conversation.language is language


async def test_who_writes_in_the_other_language_is_offered_it(buyer: Buyer, english_buyer: Buyer) -> None:
    await buyer.says("is there a fee for cancelling my order?")
    assert "language:en" in buyer.sees.tokens
    await english_buyer.says("キャンセルに手数料はかかりますか？")
    assert "language:ja" in english_buyer.sees.tokens


async def test_words_are_repeated_in_the_width_in_which_they_were_typed(buyer: Buyer) -> None:
    await buyer.says("亲，已经发货了，不能取消")
    assert "亲，已经发货了，不能取消" in buyer.sees.text
    assert "reply_may_be_unsafe" not in buyer.sees.notices


@pytest.mark.parametrize(
    ("told", "facts"),
    [
        ("キャンセルしたはずの荷物が届きました", {"status": "cancelled", "after_cancel": "parcel_came"}),
        ("they shipped it even though i cancelled", {"status": "cancelled", "after_cancel": "parcel_coming"}),
        ("キャンセル申請したのに発送されました", {"status": "cancel_requested", "seller_answer": "shipped_anyway"}),
        ("発送待ちのまま届かない", {"status": "awaiting_shipment"}),
        ("荷物は届いてるけど色が違う", {"status": "delivered", "problem": "wrong_item"}),
        ("配達完了なのに、まだ届いていません", {"status": "not_arrived", "delivery": "says_delivered"}),
        ("荷物が届かない。追跡が動いていません", {"status": "not_arrived", "delivery": "stuck"}),
        ("they sent the wrong size", {"status": "delivered", "problem": "wrong_item"}),
        ("キャンセル申請したのに、セラーから返事がない", {"status": "cancel_requested", "seller_answer": "none"}),
        ("間違えてサイズを選び、違う色が届きました", {"status": "delivered", "problem": "wrong_item"}),
    ],
)
async def test_facts_that_are_told_together_fit_each_other(content: Content, told: str, facts: dict[str, str]) -> None:
    assert dict(content.readers.facts.read(told, TODAY)) == facts


async def test_of_several_details_at_once_the_good_ones_are_kept(content: Content) -> None:
    book, readers = content.handbook, content.readers
    start = advance(Conversation(), Chose("write:reminder"), book, readers, TODAY)
    given: tuple[tuple[str, str], ...] = (
        ("order_number", "12"),
        ("item", "雨の日に着るもの"),
        ("status", "shipped"),
        ("wanted", "size L"),
    )
    turn = advance(start.conversation, Filled(given), book, readers, TODAY)
    assert (turn.place.step, [notice.name for notice in turn.replies[0].notices]) == (
        "order_number",
        ["detail_order_number"],
    )
    assert turn.place.order.known() == {"wanted": "size L"}
    given = (("order_number", "8190123456789012"), ("item", ""))
    turn = advance(turn.conversation, Filled(given), book, readers, TODAY)
    assert (turn.place.step, turn.place.order.fact("order_number")) == ("draft", "8190123456789012")


@pytest.mark.parametrize(
    "lines", [("発送済み", "動いている"), ("注文を確認する", "発送待ち", "PayPal", "使っていない")]
)
async def test_quick_lines_that_name_choices_are_taken_one_by_one(content: Content, lines: tuple[str, ...]) -> None:
    first, *more = lines
    start = advance(Conversation(), Chose("menu:check"), content.handbook, content.readers, TODAY)
    turn = advance(start.conversation, Wrote(first, tuple(more)), content.handbook, content.readers, TODAY)
    assert turn.place.step == "verdict"


async def test_words_that_nothing_is_known_of_repeat_no_long_page(buyer: Buyer) -> None:
    await buyer.checks(status="awaiting_shipment", payment="credit_card", coupon="no")
    page, tokens = buyer.sees.text, buyer.sees.tokens
    await buyer.says(UNKNOWN_WORDS)
    assert buyer.sees.notices == ["unclear"]
    assert page not in buyer.sees.text
    assert buyer.sees.tokens == tokens
    await buyer.taps_old("restart")
    await buyer.says(UNKNOWN_WORDS)
    assert (buyer.sees.notices, buyer.sees.step) == (["unclear"], "menu")


@pytest.mark.parametrize("kind", ["asks_to_wait", "refuses"])
async def test_without_a_known_order_nothing_is_said_of_its_shipping(buyer: Buyer, kind: str) -> None:
    await buyer.taps_old(f"reply_kind:{kind}")
    assert "If you have not shipped it yet" in buyer.sees.draft.send
    await buyer.taps("status:awaiting_shipment")
    assert "has not been shipped yet" in buyer.sees.draft.send


async def test_with_the_parcel_here_nobody_asks_to_send_nothing(buyer: Buyer) -> None:
    await buyer.taps("menu:check", "status:cancelled", "after_cancel:parcel_came")
    await buyer.says("We can give you 3 dollars back and you keep the goods, is it ok for you?")
    assert buyer.sees.draft.id == "complete_refund"
    assert "do not send" not in buyer.sees.draft.send
