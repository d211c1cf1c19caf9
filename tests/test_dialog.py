"""How the conversation behaves: the shortest path, nothing asked twice, always a way back, nothing lost."""

import pytest

from bot.content import Content
from bot.keeping.memory import MemoryStore
from conversations import Attachment, Language
from tests.buyer import Buyer

CARD = {"status": "awaiting_shipment", "payment": "credit_card"}
"""The order of most buyers: paid by card, not shipped yet."""


async def test_the_first_screen_offers_every_job(buyer: Buyer) -> None:
    assert {"menu:check", "menu:questions", "menu:write", "menu:reply", "language:en"} <= set(buyer.sees.tokens)
    assert "T1" in buyer.sees.cites


async def test_the_common_case_has_its_verdict_after_four_taps(buyer: Buyer) -> None:
    await buyer.taps("menu:check", "status:awaiting_shipment", "payment:credit_card", "coupon:no")
    assert buyer.sees.outcome == "cancel_now"


async def test_an_unpaid_order_needs_no_further_question(buyer: Buyer) -> None:
    await buyer.taps("menu:check", "status:unpaid")
    assert buyer.sees.outcome == "cancel_freely"


async def test_who_does_not_know_the_status_is_shown_where_to_look_and_asked_again(buyer: Buyer) -> None:
    await buyer.taps("menu:check", "status:unknown")
    assert buyer.sees.step == "status"
    assert {"F10", "F11", "F12", "F78", "C20"} <= set(buyer.sees.cites)
    for name in ("Payment Being Verified", "Awaiting Shipment", "To ship", "払い戻し&返品"):
        assert name in buyer.sees.text
    await buyer.taps("status:shipped")
    assert buyer.sees.step == "movement"


async def test_back_undoes_one_answer_at_a_time(buyer: Buyer) -> None:
    await buyer.checks(**CARD)
    steps = []
    while "back" in buyer.sees.tokens:
        await buyer.taps("back")
        steps.append(buyer.sees.step)
    assert steps[-4:] == ["coupon", "payment", "status", "menu"]


async def test_back_on_the_first_screen_stays_there(buyer: Buyer) -> None:
    await buyer.taps_old("back")
    assert buyer.sees.step == "menu"


async def test_changing_one_answer_keeps_the_others(buyer: Buyer) -> None:
    await buyer.checks(**CARD)
    await buyer.taps("verdict:change", "change:payment", "payment:konbini")
    assert buyer.sees.outcome == "cancel_now"
    assert buyer.sees.known.items() >= {"status": "awaiting_shipment", "payment": "konbini", "coupon": "no"}.items()


async def test_answers_that_still_fit_survive_a_changed_status(buyer: Buyer) -> None:
    await buyer.checks(**CARD)
    await buyer.taps("verdict:change", "change:status", "status:refund_processing")
    assert buyer.sees.step == "approved_on"
    await buyer.taps("approved_on:unknown")
    assert buyer.sees.outcome == "refund_on_time"


async def test_changing_an_answer_to_itself_leads_back_to_the_verdict(buyer: Buyer) -> None:
    await buyer.checks(**CARD)
    await buyer.taps("verdict:change", "change:coupon", "coupon:no")
    assert buyer.sees.step == "verdict"


async def test_changing_the_reason_leads_back_to_the_verdict(buyer: Buyer) -> None:
    await buyer.checks(**CARD)
    await buyer.taps("verdict:write", "reason:changed_mind", "back", "back", "verdict:write")
    await buyer.taps("reason:other", "back", "back")
    assert buyer.sees.step == "verdict"
    await buyer.taps_old("reason:other")
    await buyer.taps("verdict:change", "change:reason", "reason:wrong_address")
    assert buyer.sees.step == "verdict"
    assert buyer.sees.known["reason"] == "wrong_address"


async def test_an_old_button_is_answered_anew_from_there(buyer: Buyer) -> None:
    await buyer.checks(**CARD)
    await buyer.taps("verdict:money")
    await buyer.taps_old("status:delivered")
    assert buyer.sees.step == "protection"
    await buyer.taps("protection:open", "problem:changed_mind")
    assert (buyer.sees.step, buyer.sees.outcome) == ("verdict", "return_or_dispute")


async def test_an_old_button_leads_into_the_check_from_anywhere(buyer: Buyer) -> None:
    await buyer.taps("menu:questions")
    await buyer.taps_old("status:shipped")
    assert buyer.sees.step == "movement"
    await buyer.taps("back")
    assert buyer.sees.step == "status"


async def test_old_buttons_of_lists_lead_to_their_screens(buyer: Buyer) -> None:
    await buyer.taps_old("reply_kind:outside_refund")
    assert buyer.sees.reply_kind == "outside_refund"
    await buyer.taps_old("write:reminder")
    assert buyer.sees.draft.id == "reminder"
    await buyer.taps_old("topic_group:refund")
    assert buyer.sees.step == "topic"
    await buyer.taps_old("verdict:money")
    assert buyer.sees.step == "status"


@pytest.mark.parametrize("way", ["phone", "pc", "money", "write"])
async def test_a_way_that_a_verdict_does_not_have_repeats_the_verdict(buyer: Buyer, way: str) -> None:
    await buyer.taps("menu:check", "status:cancelled", "after_cancel:not_paid")
    assert f"verdict:{way}" not in buyer.sees.tokens
    await buyer.taps_old(f"verdict:{way}")
    assert (buyer.sees.step, buyer.sees.notices) == ("verdict", ["old_button"])
    await buyer.says("スマホ")
    assert buyer.sees.step == "verdict"


async def test_an_old_way_pressed_elsewhere_leads_to_the_verdict_that_lacks_it(buyer: Buyer) -> None:
    await buyer.taps("menu:check", "status:cancelled", "after_cancel:not_paid", "home")
    await buyer.taps_old("verdict:phone")
    assert (buyer.sees.step, buyer.sees.outcome) == ("verdict", "nothing_to_refund")


async def test_a_way_chosen_before_the_verdict_was_corrected_does_not_count(buyer: Buyer) -> None:
    await buyer.checks(**CARD)
    await buyer.taps("verdict:phone")
    await buyer.taps_old("status:unpaid")
    assert buyer.sees.step == "verdict"
    await buyer.taps("verdict:phone")
    await buyer.taps_old("status:cancelled")
    await buyer.taps("after_cancel:not_paid")
    assert buyer.sees.step == "verdict"


async def test_the_payment_can_be_changed_beside_the_money(buyer: Buyer) -> None:
    await buyer.taps("menu:check", "status:shipped", "movement:moving", "verdict:money", "payment:paypal")
    await buyer.taps("money:payment", "payment:konbini")
    assert buyer.sees.step == "money"
    assert "C9" in buyer.sees.cites
    await buyer.taps("back", "back")
    assert buyer.sees.step == "money"


async def test_a_verdict_shows_three_cautions_and_the_others_have_a_screen_of_their_own(buyer: Buyer) -> None:
    await buyer.checks(status="awaiting_shipment", payment="prepaid_card", coupon="yes")
    verdict, [shown] = buyer.sees.response.turn.place.verdict, buyer.sees.response.turn.replies
    await buyer.taps("verdict:cautions")
    [others] = buyer.sees.response.turn.replies
    assert verdict is not None
    assert shown.cautions == verdict.cautions[:3]
    assert others.cautions == verdict.cautions[3:] != ()


async def test_who_was_told_yes_gets_a_thank_you_to_send(buyer: Buyer) -> None:
    await buyer.taps("menu:check", "status:cancel_requested", "seller_answer:agreed", "verdict:write")
    assert buyer.sees.draft.id == "thanks"


async def test_who_was_refused_sees_how_to_ask_again_and_who_was_ignored_how_to_return(buyer: Buyer) -> None:
    await buyer.taps("menu:check", "status:cancel_requested", "seller_answer:refused", "verdict:phone")
    assert "F49" in buyer.sees.cites
    await buyer.taps_old("seller_answer:shipped_anyway")
    await buyer.taps("verdict:phone")
    assert "F18" in buyer.sees.cites


async def test_a_double_tap_counts_once(buyer: Buyer) -> None:
    await buyer.taps("menu:check", "status:shipped")
    await buyer.taps_old("status:shipped")
    assert buyer.sees.step == "movement"
    await buyer.taps("back")
    assert buyer.sees.step == "status"


@pytest.mark.parametrize(
    "token",
    [
        "status:teleported",
        "nonsense",
        "",
        ":",
        "status",
        "menu:",
        "menu:home",
        "menu:restart",
        "draft:details",
        "language:fr",
        "topic:no_such_topic",
        "approved_on:yesterday",
        "approved_on:20261124",
        "approved_on:9999-12-31",
        "approved_on:0001-01-01",
        "approved_on:2026-11-25",
        "item:日本語",
        "order_number:12",
        "change:verdict",
        "💥" * 500,
    ],
)
async def test_a_button_that_means_nothing_today_repeats_the_question(buyer: Buyer, token: str) -> None:
    await buyer.taps("menu:check", "status:shipped")
    await buyer.taps_old(token)
    assert (buyer.sees.step, buyer.sees.notices) == ("movement", ["old_button"])
    assert buyer.sees.known == {"status": "shipped"}


async def test_a_question_in_the_middle_is_answered_and_the_dialog_goes_on(buyer: Buyer) -> None:
    await buyer.taps("menu:check", "status:awaiting_shipment")
    await buyer.taps_old("topic:fees")
    assert (buyer.sees.topic, buyer.sees.step) == ("fees", "payment")
    assert "F5" in buyer.sees.cites
    await buyer.taps("payment:paypal")
    assert buyer.sees.topic is None
    assert buyer.sees.step == "coupon"


async def test_back_from_a_question_returns_to_where_it_was_asked(buyer: Buyer) -> None:
    await buyer.checks(**CARD)
    await buyer.taps("verdict:cautions", "topic:seller_approval", "topic:seller_refused", "back")
    assert buyer.sees.topic == "seller_approval"
    await buyer.taps("continue")
    assert buyer.sees.step == "cautions"
    assert "topic:seller_approval" in buyer.sees.tokens


async def test_every_answer_of_the_menu_is_two_taps_away(buyer: Buyer, content: Content) -> None:
    for group in content.handbook.topic_groups:
        for topic in group.topics:
            await buyer.taps_old("home")
            await buyer.taps("menu:questions", f"topic_group:{group.id}", f"topic:{topic}")
            assert buyer.sees.topic == topic
            related = content.handbook.topic[topic].related
            assert {f"topic:{one}" for one in related} <= set(buyer.sees.tokens)


async def test_the_language_changes_in_the_middle_and_nothing_else(buyer: Buyer) -> None:
    await buyer.taps("menu:check", "status:awaiting_shipment")
    before = buyer.sees
    await buyer.taps_old("language:en")
    assert (buyer.sees.step, buyer.sees.known) == (before.step, before.known)
    assert buyer.sees.tokens == before.tokens
    assert buyer.sees.labels != before.labels


async def test_a_topic_being_read_is_shown_again_in_the_other_language(buyer: Buyer) -> None:
    await buyer.taps("menu:questions", "topic_group:cost", "topic:fees")
    await buyer.taps_old("language:en")
    assert buyer.sees.topic == "fees"
    assert "F5" in buyer.sees.cites


async def test_home_keeps_the_order_and_leads_back_to_it(buyer: Buyer) -> None:
    await buyer.checks(**CARD)
    await buyer.taps("home", "menu:check")
    assert (buyer.sees.step, buyer.sees.outcome) == ("verdict", "cancel_now")


async def test_start_over_begins_anew_and_can_be_undone(buyer: Buyer) -> None:
    await buyer.checks(**CARD)
    await buyer.taps("home", "restart")
    assert buyer.sees.known == {}
    await buyer.taps_old("back")
    assert buyer.sees.known["payment"] == "credit_card"


async def test_after_starting_over_twice_only_the_last_order_is_kept(buyer: Buyer) -> None:
    await buyer.checks(**CARD)
    await buyer.taps("home", "restart", "menu:check", "status:shipped", "home", "restart")
    stored = await buyer.store.load(buyer.chat)
    assert stored is not None
    assert "credit_card" not in {answer.value for answer in stored.conversation.answers}


async def test_start_over_tapped_twice_is_still_undone_at_once(buyer: Buyer) -> None:
    await buyer.checks(**CARD)
    await buyer.taps("home", "restart")
    await buyer.taps_old("restart")
    await buyer.taps_old("back")
    assert buyer.sees.known["payment"] == "credit_card"


async def test_start_over_drops_what_was_typed_for_the_seller(buyer: Buyer) -> None:
    await buyer.taps("menu:write", "write:reminder", "draft:details")
    await buyer.says("8190123456789012")
    await buyer.taps("home", "restart")
    assert "8190123456789012" not in str(await buyer.store.load(buyer.chat))


async def test_start_over_with_nothing_said_changes_nothing(buyer: Buyer) -> None:
    await buyer.taps_old("restart")
    assert buyer.sees.step == "menu"


async def test_opening_again_resumes_where_it_was_left(content: Content) -> None:
    store = MemoryStore()
    first = Buyer(content, store=store)
    await first.opens()
    await first.checks(**CARD)
    again = Buyer(content, store=store)
    await again.opens()
    assert (again.sees.step, again.sees.outcome, again.sees.notices) == ("verdict", "cancel_now", ["welcome_back"])


async def test_a_date_button_means_the_same_day_when_it_is_tapped_later(buyer: Buyer) -> None:
    await buyer.taps("menu:check", "status:cancelled", "payment:paypal")
    two_or_three_days_ago = buyer.sees.tokens[2]
    buyer.today = buyer.today.replace(month=12, day=20)
    await buyer.taps_old(two_or_three_days_ago)
    assert buyer.sees.known["approved_on"] == "2026-11-21"
    assert buyer.sees.outcome == "refund_overdue"


async def test_the_same_answers_lead_to_another_verdict_on_another_day(buyer: Buyer) -> None:
    await buyer.taps("menu:check", "status:cancel_requested", "seller_answer:none", "requested_on:2026-11-24")
    assert buyer.sees.outcome == "wait_for_seller"
    buyer.today = buyer.today.replace(day=28)
    await buyer.opens()
    assert buyer.sees.outcome == "seller_silent"


async def test_help_can_be_read_anywhere(buyer: Buyer) -> None:
    await buyer.taps("menu:check", "status:shipped")
    await buyer.says("使い方")
    assert buyer.sees.step == "movement"
    assert "T1" in buyer.sees.cites
    await buyer.taps("movement:moving")
    assert buyer.sees.outcome == "too_late_to_cancel"


class TestTypedWords:
    """Words work wherever buttons do."""

    @pytest.mark.parametrize("text", ["処理中", "Processing"])
    async def test_a_status_name_that_says_too_little_is_asked_about(self, buyer: Buyer, text: str) -> None:
        await buyer.taps("menu:check")
        await buyer.says(text)
        assert buyer.sees.step == "status"
        assert "C20" in buyer.sees.cites

    async def test_a_reason_typed_anywhere_leads_to_its_message(self, buyer: Buyer) -> None:
        await buyer.says("在庫切れ")
        assert buyer.sees.draft.id == "cancel_out_of_stock"

    @pytest.mark.parametrize("text", ["発送待ち", " 発送待ち。", "Awaiting Shipment", "TO SHIP", "未発送", "3", "３"])
    async def test_a_choice_is_taken_by_label_name_or_number(self, buyer: Buyer, text: str) -> None:
        await buyer.taps("menu:check")
        await buyer.says(text)
        assert buyer.sees.known == {"status": "awaiting_shipment"}

    async def test_the_same_word_means_the_choice_of_this_question(self, buyer: Buyer) -> None:
        await buyer.taps("menu:check", "status:awaiting_shipment", "payment:other")
        await buyer.says("わからない")
        assert buyer.sees.known["coupon"] == "unknown"

    async def test_a_name_from_elsewhere_is_understood_too(self, buyer: Buyer) -> None:
        await buyer.says("発送済み")
        assert buyer.sees.step == "movement"

    async def test_a_word_that_may_mean_several_things_decides_none_where_none_is_asked(self, buyer: Buyer) -> None:
        await buyer.says("わからない")
        assert (buyer.sees.step, buyer.sees.known) == ("menu", {})

    async def test_yes_and_no_answer_a_question(self, english_buyer: Buyer) -> None:
        await english_buyer.taps("menu:check", "status:awaiting_shipment", "payment:alipay")
        await english_buyer.says("Yes")
        assert english_buyer.sees.known["coupon"] == "yes"

    async def test_back_can_be_typed(self, buyer: Buyer) -> None:
        await buyer.taps("menu:check", "status:shipped")
        await buyer.says("戻る")
        assert buyer.sees.step == "status"

    @pytest.mark.parametrize(
        ("text", "notice"),
        [
            ("", "empty"),
            ("   \n", "empty"),
            ("\u200b\u202e\x00\x07", "empty"),
            ("x" * 100_000, "too_long"),
            ("{{7*7}}" * 20_000, "too_long"),
            ("\ud800", "empty"),
        ],
    )
    async def test_what_is_not_understood_repeats_the_question(self, buyer: Buyer, text: str, notice: str) -> None:
        await buyer.taps("menu:check", "status:shipped")
        await buyer.says(text)
        assert (buyer.sees.step, buyer.sees.notices) == ("movement", [notice])
        assert "movement:moving" in buyer.sees.tokens

    @pytest.mark.parametrize("text", ["🎉🎉🎉", "99", "asdkjhasd qwepoi", "!!!!!!", "1234567890"])
    async def test_gibberish_is_said_not_to_be_understood_and_nothing_moves(self, buyer: Buyer, text: str) -> None:
        await buyer.taps("menu:check", "status:shipped")
        await buyer.says(text)
        assert (buyer.sees.step, buyer.sees.theme, buyer.sees.known) == ("movement", "gibberish", {"status": "shipped"})
        assert "movement:moving" in buyer.sees.tokens

    async def test_the_buyers_words_come_back_as_they_were(self, buyer: Buyer) -> None:
        text = "{{7*7}} *_[ <b> @everyone `code`"
        await buyer.taps("menu:check", "status:cancel_requested", "seller_answer:none")
        await buyer.says(text)
        assert buyer.sees.notices == ["no_date"]
        assert text in buyer.sees.text

    async def test_a_command_works_where_a_text_is_asked(self, buyer: Buyer) -> None:
        await buyer.taps("menu:write", "write:reminder", "draft:details", "order_number:")
        await buyer.says("/check")
        assert buyer.sees.step == "status"

    async def test_typed_words_are_not_stored(self, buyer: Buyer) -> None:
        await buyer.taps("menu:check")
        await buyer.says("私の電話番号は090-0000-0000です")
        assert "090" not in str(await buyer.store.load(buyer.chat))

    @pytest.mark.parametrize("attachment", list(Attachment))
    async def test_what_is_no_text_gets_a_kind_line_and_the_question(
        self, buyer: Buyer, attachment: Attachment
    ) -> None:
        await buyer.taps("menu:check", "status:shipped")
        await buyer.sends(attachment)
        assert buyer.sees.step == "movement"
        assert buyer.sees.notices[0].startswith("cannot_read")

    async def test_a_typed_label_of_a_date_choice_is_that_choice(self, buyer: Buyer) -> None:
        await buyer.taps("menu:check", "status:cancel_requested", "seller_answer:none")
        await buyer.says("2〜3日前")
        assert buyer.sees.known["requested_on"] == "2026-11-21"

    @pytest.mark.parametrize(
        ("text", "notice"),
        [
            ("いつだったかな", "no_date"),
            ("明日", "future_date"),
            ("2026/12/31", "future_date"),
            ("12/25", "future_date"),
        ],
    )
    async def test_a_date_that_cannot_be_is_asked_again(self, buyer: Buyer, text: str, notice: str) -> None:
        await buyer.taps("menu:check", "status:cancel_requested", "seller_answer:none")
        await buyer.says(text)
        assert (buyer.sees.step, buyer.sees.notices) == ("requested_on", [notice])

    async def test_words_at_a_date_question_may_name_another_thing(self, buyer: Buyer) -> None:
        await buyer.taps("menu:check", "status:cancel_requested", "seller_answer:none")
        await buyer.says("発送済み")
        assert buyer.sees.step == "movement"


async def test_a_language_is_spoken_from_the_first_screen(content: Content) -> None:
    for language in Language:
        someone = Buyer(content, language)
        await someone.opens()
        assert someone.sees.response.turn.conversation.language is language


async def test_a_long_conversation_forgets_only_what_counts_no_more(buyer: Buyer) -> None:
    await buyer.checks(**CARD)
    for _ in range(60):
        await buyer.taps_old("topic:fees")
        await buyer.taps_old("topic:dispute")
    stored = await buyer.store.load(buyer.chat)
    assert stored is not None
    assert len(stored.conversation.answers) <= 100
    assert buyer.sees.known["payment"] == "credit_card"
    await buyer.taps("continue")
    assert buyer.sees.outcome == "cancel_now"
