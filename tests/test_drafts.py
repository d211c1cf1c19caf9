"""Messages to the seller: the right one for the case, short enough, with the details woven in and nothing unsafe."""

import pytest

from bot.content import Content
from conversations import Handbook, Language, Order, Reply
from conversations.dialog.steps import StepName
from messages.page import LONGEST_DRAFT
from tests.buyer import Buyer

TWO = ("8190123456789012か8190123456789013", "Order 8190123456789012, tel 0312345678")
"""More than one number that could be an order's: which one is not guessed."""
CARD = {"status": "awaiting_shipment", "payment": "credit_card"}


async def _fill(buyer: Buyer, **details: str) -> None:
    """Add details to the message on the screen, and leave out the others."""
    await buyer.taps("draft:details")
    while buyer.sees.step in {"order_number", "item", "ordered", "wanted"}:
        if text := details.get(buyer.sees.step):
            await buyer.says(text)
        else:
            await buyer.taps(f"{buyer.sees.step}:")


async def test_the_cancel_request_comes_in_two_lengths(buyer: Buyer) -> None:
    await buyer.checks(**CARD)
    await buyer.taps("verdict:write", "reason:changed_mind")
    form, chat = buyer.sees.drafts
    assert (form.id, chat.id) == ("cancel_changed_mind_form", "cancel_changed_mind")
    assert len(form.send) <= 100
    assert len(chat.send) <= 350


async def test_every_reason_has_its_own_words(buyer: Buyer, handbook: Handbook) -> None:
    said = set()
    for reason in handbook.values["reason"]:
        await buyer.taps_old("home")
        await buyer.taps("menu:write", "write:cancel")
        if "draft:reason" in buyer.sees.tokens:
            await buyer.taps("draft:reason")
        await buyer.taps(f"reason:{reason}")
        assert buyer.sees.draft.id == f"cancel_{reason}"
        said |= {draft.send for draft in buyer.sees.drafts}
    assert len(said) == 2 * len(handbook.values["reason"])


async def test_a_part_can_be_cancelled_instead_of_the_whole(buyer: Buyer) -> None:
    await buyer.checks(**CARD)
    await buyer.taps("verdict:write", "reason:changed_mind")
    whole = [draft.send for draft in buyer.sees.drafts]
    await buyer.taps("scope:part")
    part = [draft.send for draft in buyer.sees.drafts]
    assert all(one != other for one, other in zip(whole, part, strict=True))
    await buyer.taps("scope:whole")
    assert [draft.send for draft in buyer.sees.drafts] == whole


async def test_when_the_rest_has_left_only_the_unshipped_part_is_asked_for(buyer: Buyer) -> None:
    await buyer.checks(status="partially_shipped", payment="paypal")
    await buyer.taps("verdict:write", "reason:changed_mind")
    assert "one item in my order" in buyer.sees.draft.send


async def test_details_are_woven_in_where_they_are_given(buyer: Buyer) -> None:
    await buyer.checks(**CARD)
    await buyer.taps("verdict:write", "reason:wrong_item_or_size")
    await _fill(
        buyer, order_number="８１９０ １２３４ ５６７８ ９０１２", item="rain jacket", ordered="size M", wanted="size L"
    )
    for detail in ("8190123456789012", "rain jacket", "size M", "size L"):
        assert detail in buyer.sees.draft.send


async def test_details_left_out_leave_no_gap(buyer: Buyer, handbook: Handbook) -> None:
    for draft in handbook.drafts:
        if not draft.menu:
            continue
        await buyer.taps_old("home")
        await buyer.taps("menu:write", f"write:{draft.id}")
        for _ in draft.needs:
            await buyer.taps(buyer.sees.tokens[0])
        bare = buyer.sees.draft.send
        await _fill(buyer)
        assert buyer.sees.draft.send == bare


async def test_a_detail_given_before_can_be_kept(buyer: Buyer) -> None:
    await buyer.taps("menu:write", "write:reminder")
    await _fill(buyer, order_number="8190123456789012")
    await buyer.taps("draft:details", "order_number:8190123456789012")
    await buyer.says("lamp")
    assert "8190123456789012" in buyer.sees.draft.send
    assert "lamp" in buyer.sees.draft.send


@pytest.mark.parametrize(
    "text", ["最初からやり直す", "English", "使い方", "よくある質問", "キャンセル料はかかりますか"]
)
async def test_commands_and_questions_are_not_taken_for_a_detail(buyer: Buyer, text: str) -> None:
    await buyer.taps("menu:write", "write:reminder", "draft:details", "order_number:")
    await buyer.says(text)
    assert "item" not in buyer.sees.known
    assert not any(notice.startswith("detail") for notice in buyer.sees.notices)


async def test_a_size_of_one_digit_is_a_size_and_no_button(buyer: Buyer) -> None:
    await buyer.taps("menu:write", "write:change_instead", "to_change:size", "draft:details", "order_number:", "item:")
    await buyer.says("2")
    assert buyer.sees.known["ordered"] == "2"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("100×200cm", "100x200cm"),
        ("42½", "42 1/2"),
        ("Café crème", "Cafe creme"),
        ("blue–green", "blue-green"),
        ("“L” size", '"L" size'),
        ("jacket 🧥", "jacket"),
    ],
)
async def test_signs_of_other_keyboards_become_plain_letters(buyer: Buyer, text: str, kept: str) -> None:
    await buyer.taps("menu:write", "write:reminder", "draft:details", "order_number:")
    await buyer.says(text)
    assert buyer.sees.known["item"] == kept


@pytest.mark.parametrize("text", ["красный M", "빨간색", "α"])
async def test_letters_that_have_no_like_are_asked_about_and_not_dropped(buyer: Buyer, text: str) -> None:
    await buyer.taps("menu:write", "write:reminder", "draft:details", "order_number:")
    await buyer.says(text)
    assert (buyer.sees.step, buyer.sees.notices) == ("item", ["detail_no_letters"])


@pytest.mark.parametrize("text", ["注文番号：8190123456789012", "Order 8190-1234-5678-9012", "8190 1234 5678 9012です"])
async def test_an_order_number_is_found_among_words(buyer: Buyer, text: str) -> None:
    await buyer.taps("menu:write", "write:reminder", "draft:details")
    await buyer.says(text)
    assert buyer.sees.known["order_number"] == "8190123456789012"


async def test_a_detail_that_does_not_fit_is_named(buyer: Buyer) -> None:
    await buyer.taps("menu:write", "write:cancel", "reason:wrong_item_or_size")
    await _fill(buyer, ordered="M" * 30, wanted="L" * 30)
    form = buyer.sees.response.messages[0]
    assert form.draft is not None
    assert "M" * 30 not in form.draft.send
    assert "注文したもの" in form.text


async def test_details_can_be_given_anew(buyer: Buyer) -> None:
    await buyer.taps("menu:write", "write:reminder")
    await _fill(buyer, order_number="8190123456789012")
    await _fill(buyer, order_number="8190123456789099", item="lamp")
    assert "8190123456789099" in buyer.sees.draft.send
    assert "lamp" in buyer.sees.draft.send


async def test_the_reason_can_be_changed_from_the_message(buyer: Buyer) -> None:
    await buyer.taps("menu:write", "write:cancel", "reason:other", "draft:reason", "reason:duplicate_order")
    assert buyer.sees.draft.id == "cancel_duplicate_order"


async def test_back_from_the_details_undoes_one_of_them(buyer: Buyer) -> None:
    await buyer.taps("menu:write", "write:reminder", "draft:details")
    await buyer.says("8190123456789012")
    assert buyer.sees.step == "item"
    await buyer.taps("back")
    assert buyer.sees.step == "order_number"
    assert "order_number" not in buyer.sees.known


@pytest.mark.parametrize("text", ["注文", "12345", "819012345678901234567", "8190-abcd", "🎁", "٣٤٥٦٧٨٩٠١٢٣٤", *TWO])
async def test_an_order_number_of_another_form_is_asked_again(buyer: Buyer, text: str) -> None:
    await buyer.taps("menu:write", "write:reminder", "draft:details")
    await buyer.says(text)
    assert (buyer.sees.step, buyer.sees.notices) == ("order_number", ["detail_order_number"])
    assert text in buyer.sees.text


class TestJapaneseForTheSeller:
    """Japanese typed where the seller will read is caught kindly."""

    async def test_known_words_are_offered_in_english(self, buyer: Buyer) -> None:
        await buyer.taps(
            "menu:write", "write:change_instead", "to_change:size", "draft:details", "order_number:", "item:"
        )
        await buyer.says("黒 Mサイズ")
        assert buyer.sees.notices == ["detail_translated"]
        assert buyer.sees.tokens[0] == "ordered:black M size"
        await buyer.taps("ordered:black M size", "wanted:")
        assert "black M size" in buyer.sees.draft.send

    async def test_other_words_can_be_typed_anew_or_left_out(self, buyer: Buyer) -> None:
        await buyer.taps("menu:write", "write:reminder", "draft:details", "order_number:")
        await buyer.says("雨の日に着る上着")
        assert (buyer.sees.step, buyer.sees.notices) == ("item", ["detail_japanese"])
        assert "雨の日に着る上着" in buyer.sees.text
        await buyer.taps("item:")
        assert buyer.sees.step == "draft"

    async def test_what_is_too_long_in_english_is_not_offered(self, buyer: Buyer) -> None:
        await buyer.taps(
            "menu:write", "write:change_instead", "to_change:size", "draft:details", "order_number:", "item:"
        )
        await buyer.says("黒 " * 7)
        assert (buyer.sees.step, buyer.sees.notices) == ("ordered", ["detail_japanese"])
        assert not any("black" in token for token in buyer.sees.tokens)

    async def test_nothing_japanese_reaches_the_message(self, buyer: Buyer) -> None:
        await buyer.taps("menu:write", "write:reminder", "draft:details", "order_number:")
        await buyer.says("靴")
        await buyer.taps("item:shoes")
        assert buyer.sees.draft.send.isascii()
        assert "shoes" in buyer.sees.draft.send


@pytest.mark.parametrize("text", ["me@example.com", "https://example.com/x", "call 090-1234-5678", "@everyone"])
async def test_contact_details_do_not_get_into_the_message(buyer: Buyer, text: str) -> None:
    await buyer.taps("menu:write", "write:reminder", "draft:details", "order_number:")
    await buyer.says(text)
    assert (buyer.sees.step, buyer.sees.notices) == ("item", ["detail_private"])


async def test_what_has_no_letters_is_asked_again(buyer: Buyer) -> None:
    await buyer.taps("menu:write", "write:reminder", "draft:details", "order_number:")
    await buyer.says("🧥✨")
    assert (buyer.sees.step, buyer.sees.notices) == ("item", ["detail_no_letters"])


async def test_a_long_item_is_shortened_and_says_so(buyer: Buyer) -> None:
    await buyer.taps("menu:write", "write:reminder", "draft:details", "order_number:")
    await buyer.says("very " * 30 + "long jacket")
    assert buyer.sees.notices == ["shortened"]
    assert len(buyer.sees.known["item"]) <= 50


@pytest.mark.parametrize("text", ["{{7*7}}", "*_[x](y)", "<b>bold</b>", "`code`", "{% raw %}", "a|b~c"])
async def test_what_the_buyer_typed_stands_in_the_message_as_it_was(buyer: Buyer, text: str) -> None:
    await buyer.taps("menu:write", "write:reminder", "draft:details", "order_number:")
    await buyer.says(text)
    assert text in buyer.sees.draft.send


async def test_a_message_stays_within_its_length_with_the_longest_details(content: Content, buyer: Buyer) -> None:
    longest = {name: content.handbook.fact[name].longest for name in content.handbook.details}
    for draft in content.handbook.drafts:
        stage = draft.at[0]
        given = {name: ("8" if name == "order_number" else "W") * longest[name] for name in draft.details}
        facts = {fact: content.handbook.values[fact][0] for fact in draft.needs}
        facts |= {"reason": draft.id.removeprefix("cancel_")} if draft.id in content.handbook.cancel_drafts else {}
        for form in (True, False) if draft.id in content.handbook.cancel_drafts else (False,):
            reply = Reply("draft", Order(**given, **facts), buyer.today, draft=draft.id, form=form, stage=stage)
            message = content.catalog.message(reply, Language.JA).draft
            assert message is not None
            assert len(message.send) <= LONGEST_DRAFT["form" if form else "chat"], draft.id


async def test_every_kind_of_reply_has_an_explanation_and_an_answer(
    buyer: Buyer, english_buyer: Buyer, handbook: Handbook
) -> None:
    for someone in (buyer, english_buyer):
        for group in handbook.reply_groups:
            for kind in group.kinds:
                await someone.taps_old("home")
                await someone.taps("menu:reply", f"reply_group:{group.id}", f"reply_kind:{kind}")
                assert someone.sees.reply_kind == kind
                assert any(cite.startswith("D") for cite in someone.sees.cites), kind
                assert [draft.id for draft in someone.sees.drafts] == list(handbook.reply_kind[kind].drafts)
                assert all(draft.meaning for draft in someone.sees.drafts)


async def test_a_refused_buyer_gets_a_next_move(buyer: Buyer) -> None:
    await buyer.taps("menu:check", "status:cancel_requested", "seller_answer:refused")
    assert buyer.sees.outcome == "seller_refused"
    await buyer.taps("verdict:write")
    assert buyer.sees.draft.id == "second_request"
    assert "back" in buyer.sees.tokens


async def test_another_answer_of_the_seller_leads_to_the_kinds_of_reply(buyer: Buyer) -> None:
    await buyer.taps("menu:check", "status:cancel_requested", "menu:reply")
    assert buyer.sees.step == StepName.REPLY_GROUP
    await buyer.taps("back")
    assert buyer.sees.step == "seller_answer"
