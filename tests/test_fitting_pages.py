"""Pages that fit the order: nothing past is called to come, nothing is asked or shown that this case does not have."""

import re
from datetime import date

import pytest

from conversations import Language
from tests.buyer import Buyer

CARD = "payment:credit_card"


@pytest.fixture(params=list(Language))
async def someone(request: pytest.FixtureRequest, buyer: Buyer, english_buyer: Buyer) -> Buyer:
    """A buyer of each language."""
    return buyer if request.param is Language.JA else english_buyer


async def test_a_wrong_address_asks_for_no_variant(someone: Buyer) -> None:
    await someone.taps_old("write:change_instead")
    await someone.taps("to_change:address", "draft:details", "order_number:", "item:")
    assert (someone.sees.step, someone.sees.draft.id) == ("draft", "change_instead")


async def test_a_wrong_size_asks_for_both_sizes(someone: Buyer) -> None:
    await someone.taps_old("write:change_instead")
    await someone.taps("to_change:size", "draft:details", "order_number:", "item:", "ordered:")
    assert someone.sees.step == "wanted"


async def test_a_wrong_address_is_a_matter_of_the_whole_order(someone: Buyer) -> None:
    await someone.checks(status="awaiting_shipment", payment="credit_card", coupon="no")
    await someone.taps("verdict:write", "reason:wrong_address")
    assert not [token for token in someone.sees.tokens if token.startswith("scope:")]
    await someone.taps_old("scope:part")
    assert "one item" not in someone.sees.draft.send


async def test_a_detail_to_keep_is_shown(someone: Buyer) -> None:
    await someone.taps_old("write:reminder")
    await someone.taps("draft:details")
    await someone.says("8190123456789012")
    await someone.says("blue rain jacket")
    await someone.taps("draft:details")
    assert "8190123456789012" in someone.sees.text
    await someone.taps("order_number:8190123456789012")
    assert "blue rain jacket" in someone.sees.text


@pytest.mark.parametrize("kind", ["asks_evidence", "offers_change"])
async def test_two_messages_on_a_screen_have_two_headings(someone: Buyer, kind: str) -> None:
    stage = {"asks_evidence": ("status:shipped", "movement:moving"), "offers_change": ("status:awaiting_shipment",)}
    await someone.taps("menu:check", *stage[kind])
    await someone.taps_old(f"reply_kind:{kind}")
    assert len(someone.sees.drafts) == 2
    headings = re.findall(r"^\*\*.*(?:英文|[Mm]essage).*\*\*$", someone.sees.text, re.MULTILINE)
    assert len(set(headings)) == 2


async def test_buttons_that_name_a_stage_are_explained(someone: Buyer) -> None:
    await someone.taps_old("reply_kind:already_shipped")
    assert "status:cancelled" in someone.sees.tokens
    implied = r"「発送済みの注文」として|as if this is so"
    assert re.search(implied, someone.sees.text)
    await someone.taps_old("reply_kind:refuses")
    assert re.search(r"下のボタン|buttons below", someone.sees.text)
    assert not re.search(implied, someone.sees.text)
    await someone.taps("status:shipped")
    await someone.taps_old("reply_kind:refuses")
    assert not re.search(r"下のボタン|buttons below", someone.sees.text)


async def test_yesterday_is_one_tap(someone: Buyer) -> None:
    await someone.taps("menu:check", "status:cancel_requested", "seller_answer:none")
    assert "requested_on:2026-11-23" in someone.sees.tokens


@pytest.mark.parametrize(
    "road",
    [
        ("status:cancelled", CARD, "approved_on:2026-10-20"),
        ("status:refund_completed", "completed_on:2026-10-28", CARD),
    ],
)
async def test_days_that_are_past_are_called_past(someone: Buyer, road: tuple[str, ...]) -> None:
    await someone.taps("menu:check")
    for token in road:
        await someone.taps_old(token)
    assert re.search("過ぎ|passed", someone.sees.text)
    await someone.taps("verdict:money")
    assert re.search("過ぎています|has passed", someone.sees.text)


async def test_days_to_come_are_not_called_past(someone: Buyer) -> None:
    someone.today = date(2026, 11, 24)
    await someone.taps("menu:check", "status:refund_completed", "completed_on:2026-11-21", CARD, "verdict:money")
    assert not re.search("過ぎています|has passed", someone.sees.text)


@pytest.mark.parametrize("device", ["phone", "pc"])
async def test_after_a_refusal_nobody_is_told_to_request_as_if_for_the_first_time(someone: Buyer, device: str) -> None:
    await someone.taps("menu:check", "status:cancel_requested", "seller_answer:refused", f"verdict:{device}")
    assert re.search("また出て|shows again", someone.sees.text)


@pytest.mark.parametrize("device", ["phone", "pc"])
async def test_of_an_order_shipped_in_part_the_unshipped_item_is_chosen(someone: Buyer, device: str) -> None:
    await someone.checks(status="partially_shipped", payment="credit_card", coupon="no")
    await someone.taps(f"verdict:{device}")
    assert re.search("未発送の商品|not shipped yet", someone.sees.text)


@pytest.mark.parametrize("device", ["phone", "pc"])
async def test_the_steps_of_a_completed_refund_speak_of_nothing_earlier(someone: Buyer, device: str) -> None:
    await someone.taps("menu:check", "status:refund_completed", "completed_on:2026-11-21", CARD, f"verdict:{device}")
    assert "Waiting for Refund" not in someone.sees.text
    assert "Refund Completed" in someone.sees.text


@pytest.mark.parametrize(
    "road",
    [
        ("status:cancelled", "payment:konbini", "approved_on:2026-11-21"),
        ("status:refund_completed", "completed_on:2026-11-21", "payment:konbini"),
        ("status:awaiting_shipment", "payment:konbini", "coupon:yes"),
    ],
)
async def test_a_bonus_is_never_named_without_its_expiry(someone: Buyer, road: tuple[str, ...]) -> None:
    await someone.taps("menu:check", *road)
    assert "C35" in someone.sees.cites
    assert re.search("有効期限|expir", someone.sees.text)


async def test_who_paid_otherwise_hears_of_no_bonus(someone: Buyer) -> None:
    await someone.taps("menu:check", "status:refund_completed", "completed_on:2026-11-21", CARD)
    assert "C35" not in someone.sees.cites


@pytest.mark.parametrize(
    ("road", "problem"),
    [
        (("status:delivered", "protection:open", "problem:defect"), "broken"),
        (("status:delivered", "protection:open", "problem:missing_parts"), "missing"),
        (("status:delivered", "protection:open", "problem:changed_mind"), "return it"),
        (("status:not_arrived", "delivery:overdue", "protection:open"), "has not arrived"),
        (("status:shipped", "movement:moving"), "refund"),
    ],
)
async def test_a_seller_who_is_silent_reads_what_the_matter_is(
    someone: Buyer, road: tuple[str, ...], problem: str
) -> None:
    await someone.taps("menu:check", *road)
    await someone.taps_old("reply_kind:no_answer")
    assert (someone.sees.draft.id, problem in someone.sees.draft.send) == ("reply_by_deadline", True)


async def test_a_parcel_that_came_after_all_is_not_waited_for(someone: Buyer) -> None:
    await someone.taps("menu:check", "status:cancelled", "after_cancel:parcel_came", "verdict:phone")
    assert not re.search("届いたら|When the item arrives", someone.sees.text)


async def test_who_paid_at_a_store_is_not_told_to_choose_the_way_they_paid(someone: Buyer) -> None:
    await someone.checks(status="awaiting_shipment", payment="konbini", coupon="no")
    await someone.taps("verdict:phone")
    assert "Original payment method" not in someone.sees.text
    assert {"B10", "C9"} <= {*someone.sees.cites}


@pytest.mark.parametrize("kind", ["partial_refund", "holiday"])
async def test_before_shipping_nothing_is_said_of_what_comes_after(someone: Buyer, kind: str) -> None:
    await someone.taps("menu:check", "status:awaiting_shipment")
    await someone.taps_old(f"reply_kind:{kind}")
    assert not re.search("届いたあと|Already arrived|紛争の期限|dispute", someone.sees.text)


async def test_before_shipping_a_review_is_answered_by_the_cancellation(someone: Buyer) -> None:
    await someone.taps("menu:check", "status:awaiting_shipment")
    await someone.taps_old("reply_kind:bad_review_fear")
    assert "approve my cancellation" in someone.sees.draft.send
