"""An editor who says at one stage of an order what is only so at another is told, and where."""

from bot.content import Content
from bot.editing.check_replies import replies
from bot.editing.check_screens import every_screen
from bot.editing.proofreader import Proofreader
from tests.editor import Editor


def test_a_message_that_is_not_true_at_a_stage_is_named_by_its_row(editor: Editor) -> None:
    editor.row("seller_replies", "kinds", "asks_to_wait")["at"]["arrived"] = ["asks_to_wait"]
    assert (
        "seller_replies.toml: asks_to_wait: at arrived 'asks_to_wait' says what is not so; see its at"
        in editor.is_told()
    )


def test_a_stage_without_an_answer_of_its_own_keeps_to_where_the_usual_one_is_true(editor: Editor) -> None:
    del editor.row("seller_replies", "kinds", "asks_to_wait")["at"]["cancelled"]
    assert any(told.startswith("seller_replies.toml: asks_to_wait: at cancelled") for told in editor.is_told())


def test_a_message_whose_words_are_not_so_is_found_by_its_words(editor: Editor) -> None:
    editor.rewrites("seller/reply_by_deadline.j2", "Thank you for your help.", "Please cancel it before it ships.")
    told = [one for one in editor.is_told() if one.startswith("seller/reply_by_deadline.j2")]
    assert any("arrived" in one for one in told)
    assert any("shipped" in one for one in told)


def test_advice_that_is_not_so_at_a_stage_is_found(editor: Editor) -> None:
    editor.rewrites("ja/stages.j2", "商品が届いていても、", "発送前ならキャンセルを頼みます。")
    assert any("at arrived" in told for told in _told_of_replies(editor.content))


def test_advice_that_points_at_a_message_where_there_is_none_is_found(editor: Editor) -> None:
    editor.rewrites("en/stages.j2", "so you don't need to answer this.", "so reply with the message below.")
    assert any("'message below'" in told for told in _told_of_replies(editor.content))


def test_a_status_without_a_stage_is_missed(editor: Editor) -> None:
    rows = editor.data["stages"]["stages"]
    for row in rows:
        row["when"]["status"] = [status for status in row["when"]["status"] if status != "dispute_open"] or ["unpaid"]
    assert "stages.toml: status 'dispute_open' needs a stage that asks nothing more" in editor.is_told()


def test_a_name_of_a_button_that_is_not_on_the_screen_is_found(editor: Editor) -> None:
    editor.rewrites("ja/verdicts/nothing_to_refund.j2", "念のため", "「セラーへの英文」で聞くか、念のため")
    assert any("'セラーへの英文', which is not on the screen" in told for told in every_screen(editor.content))


def test_another_name_for_a_thing_on_the_screen_is_found_in_any_text(editor: Editor) -> None:
    editor.rewrites("ja/verdicts/cancel_now.j2", "注文履歴", "注文管理")
    assert any("'注文管理'" in told for told in editor.is_told())


def _told_of_replies(content: Content) -> list[str]:
    return [*replies(content, Proofreader(content))]


def test_a_detail_that_a_message_carries_only_sometimes_names_facts_that_there_are(editor: Editor) -> None:
    row = editor.row("drafts", "drafts", "change_instead")
    row["only_if"] = {"colour": {"to_change": ["size"]}, "wanted": {"to_change": ["sise"], "to_chance": ["size"]}}
    told = editor.is_told()
    assert any(one.startswith("drafts.toml: change_instead.only_if: unknown 'colour'") for one in told)
    assert any(
        one.startswith("drafts.toml: change_instead.only_if.wanted.when.to_change: unknown 'sise'") for one in told
    )
    assert any(one.startswith("drafts.toml: change_instead.only_if.wanted.when: unknown 'to_chance'") for one in told)
