"""Whatever an editor breaks is named by its file and key, with what to mend, and all of it at once."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.asked import ways_to_ask
from bot.content import Content, ContentError, build_content, read_sources
from bot.editing.check_screens import A_DAY
from conversations import Choice, Language, Notice, Order, Reply
from tests.editor import STALE, Data, Editor, reads
from tests.terminal import ROOT

# The data: ids, rules, forms.


def _first(file: str, table: str, **changes: object) -> Callable[[Editor], None]:
    """Return an edit of the first row of a table."""
    return lambda editor: editor.data[file][table][0].update(changes)


UNKNOWN_IDS: dict[str, tuple[Callable[[Editor], None], str]] = {
    "an outcome of a rule": (
        _first("rules", "rules", outcome="cancel_frely"),
        "rules.toml: rule 1: unknown 'cancel_frely' (did you mean 'cancel_freely'?)",
    ),
    "a fact of a rule": (
        _first("rules", "rules", when={"status": ["unpaid"], "paiment": ["paypal"]}),
        "rules.toml: rule 1 (cancel_freely).when: unknown 'paiment' (did you mean 'payment'?)",
    ),
    "a value of a rule": (
        _first("rules", "rules", when={"status": ["unpayed"]}),
        "rules.toml: rule 1 (cancel_freely).when.status: unknown 'unpayed' (did you mean 'unpaid'?)",
    ),
    "a source of a rule": (
        _first("rules", "rules", cites=["F999"]),
        "rules.toml: rules.cites: unknown 'F999' (did you mean 'F99'?)",
    ),
    "a question of an outcome": (
        _first("outcomes", "outcomes", asks=["cupon"]),
        "outcomes.toml: cancel_freely.asks: unknown 'cupon' (did you mean 'coupon'?)",
    ),
    "a caution of an outcome": (
        _first("outcomes", "outcomes", cautions=["konbini_cod"]),
        "outcomes.toml: cancel_freely.cautions: unknown 'konbini_cod' (did you mean 'konbini_code'?)",
    ),
    "a topic of an outcome": (
        _first("outcomes", "outcomes", topics=["fee"]),
        "outcomes.toml: cancel_freely.topics: unknown 'fee' (did you mean 'fees'?)",
    ),
    "a message of an outcome": (
        _first("outcomes", "outcomes", draft="cancell"),
        "outcomes.toml: cancel_freely.draft: unknown 'cancell' (did you mean 'cancel'?)",
    ),
    "a topic of a group": (
        _first("topics", "groups", topics=["how_to_cancle"]),
        "topics.toml: groups.can_cancel: unknown 'how_to_cancle' (did you mean 'how_to_cancel'?)",
    ),
    "a related topic": (
        _first("topics", "topics", related=["disputes"]),
        "topics.toml: fees.related: unknown 'disputes' (did you mean 'dispute'?)",
    ),
    "a message for a kind of reply": (
        lambda editor: editor.row("seller_replies", "kinds", "agrees").update(drafts=["thank"]),
        "seller_replies.toml: agrees.drafts: unknown 'thank' (did you mean 'thanks'?)",
    ),
    "a detail of a message": (
        lambda editor: editor.row("drafts", "drafts", "thanks").update(details=["order_nr"]),
        "drafts.toml: thanks.details: unknown 'order_nr' (did you mean 'order_number'?)",
    ),
    "a choice on the form": (
        lambda editor: editor.row("reasons", "reasons", "changed_mind").update(form_choice="whatever"),
        "reasons.toml: changed_mind.form_choice: unknown 'whatever'",
    ),
}


@pytest.mark.parametrize(("edit", "told"), UNKNOWN_IDS.values(), ids=UNKNOWN_IDS)
def test_an_unknown_id_is_named_with_the_one_that_was_meant(
    editor: Editor, edit: Callable[[Editor], None], told: str
) -> None:
    edit(editor)
    assert told in editor.is_told()


def test_the_last_rule_for_a_status_must_ask_nothing_more(editor: Editor) -> None:
    rules = editor.data["rules"]["rules"]
    editor.data["rules"]["rules"] = [rule for rule in rules if rule["outcome"] != "too_late_to_cancel"]
    assert editor.is_told() == [
        "outcomes.toml: too_late_to_cancel: no rule leads to it",
        "rules.toml: status 'shipped' needs a last rule that asks nothing more",
    ]


def test_a_status_without_any_rule_is_named(editor: Editor) -> None:
    row = editor.row("statuses", "statuses", "unpaid")
    editor.data["statuses"]["statuses"].append({**row, "id": "lost"})
    assert "rules.toml: status 'lost' needs a last rule that asks nothing more" in editor.is_told()


def test_an_id_that_is_used_twice_is_named(editor: Editor) -> None:
    editor.data["topics"]["topics"].append({"id": "fees"})
    assert editor.is_told() == ["topics.toml: fees: the id is used twice"]


def test_a_topic_or_a_kind_of_reply_that_no_menu_shows_is_named(editor: Editor) -> None:
    editor.data["topics"]["topics"].append({"id": "orphan"})
    kind = editor.row("seller_replies", "kinds", "agrees")
    editor.data["seller_replies"]["kinds"].append({**kind, "id": "stray"})
    assert editor.is_told() == [
        "seller_replies.toml: stray: it is in no group",
        "topics.toml: orphan: it is in no group",
    ]


def test_a_data_file_that_is_missing_is_named(editor: Editor) -> None:
    del editor.data["rules"], editor.data["glossary"]
    assert editor.is_told() == ["glossary.toml: the file is missing", "rules.toml: the file is missing"]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"refund": {"shortest": 9, "longest": 2, "unit": "days", "certainty": "usual"}}, "refund"),
        ({"refund": {"shortest": 1, "longest": 2, "unit": "fortnights", "certainty": "usual"}}, "refund.unit"),
        ({"refund": {"shortest": 1, "longest": 2, "unit": "days"}}, "refund.certainty"),
        ({"cites": []}, "cites"),
        ({"colour": "green"}, "colour"),
        ({"id": "Credit Card"}, "id"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_row_of_the_wrong_form_is_named_with_its_key(editor: Editor, change: Data, key: str) -> None:
    editor.data["payment_methods"]["payment_methods"][0].update(change)
    [told] = [problem for problem in editor.is_told() if problem.startswith("payment_methods.toml")]
    assert told.startswith(f"payment_methods.toml: payment_methods.{change.get('id', 'credit_card')}.{key}: ")


def test_a_table_that_is_no_table_is_named(editor: Editor) -> None:
    editor.data["statuses"]["statuses"] = ["unpaid", 3]
    assert any(problem.startswith("statuses.toml: statuses.1: ") for problem in editor.is_told())


# The words of the buttons.


def test_a_label_that_is_too_long_is_named(editor: Editor) -> None:
    editor.words[Language.JA]["menu"]["check"] = "注文をいますぐここで詳しく確認してもらう"
    editor.words[Language.EN]["commands"]["back"]["label"] = "Back to where I was before"
    assert editor.is_told() == [
        "en/words.toml: commands.back: 'Back to where I was before' has 26 characters, 20 at most"
    ]
    editor.words[Language.JA]["menu"]["check"] += "!"
    assert len(editor.is_told()) == 2


@pytest.mark.parametrize(
    ("section", "words"), [("command_name", "注文 確認"), ("command_name", "Check"), ("command", "長" * 101)]
)
def test_a_command_that_discord_does_not_take_is_named(editor: Editor, section: str, words: str) -> None:
    editor.words[Language.JA][section]["check"] = words
    (told,) = editor.is_told()
    assert told.startswith(f"ja/words.toml: {section}.check: {words!r} is none that Discord takes")


def test_a_title_that_is_too_long_is_named_by_its_own_file(editor: Editor) -> None:
    title = "Fees, charges, costs and money"
    path = "en/topics/fees.j2"
    _, _, rest = editor.templates[path].partition("{% endblock %}")
    editor.templates[path] = f"{{% block title %}}{title}{{% endblock %}}{rest}"
    assert editor.is_told() == [f"{path}: title: {title!r} has {len(title)} characters, 20 at most"]


def test_a_label_that_only_one_language_has_is_missing_in_the_other(editor: Editor) -> None:
    del editor.words[Language.EN]["ago"]["today"]
    editor.words[Language.EN]["menu"]["tea"] = "Have some tea"
    assert editor.is_told() == [
        "en/words.toml: ago.today: the label is missing",
        "ja/words.toml: menu.tea: the label is missing",
    ]


def test_a_label_that_no_language_has_is_missing_in_both(editor: Editor) -> None:
    for language in Language:
        editor.words[language]["payment"]["paypal"] = ""
    assert editor.is_told() == [
        "en/words.toml: payment.paypal: the label is missing",
        "ja/words.toml: payment.paypal: the label is missing",
    ]


@pytest.mark.parametrize("entry", [3, {"also": ["x"]}, {"label": "x", "also": "y"}, {"label": "x", "aslo": ["y"]}])
def test_a_label_in_another_form_is_named_with_the_right_one(editor: Editor, entry: object) -> None:
    editor.words[Language.JA]["menu"]["check"] = entry
    told = 'ja/words.toml: menu.check: neither "label" nor { label = "label", also = ["other words"] }'
    assert editor.is_told() == [told]


def test_a_label_outside_a_section_is_named(editor: Editor) -> None:
    editor.words[Language.JA]["check"] = "確認"
    assert editor.is_told() == ["ja/words.toml: check: it stands outside a section"]


def test_a_section_and_words_that_are_missing_are_named(editor: Editor) -> None:
    del editor.words[Language.JA]["certainty"]
    editor.words[Language.EN]["units"]["days"] = ["day"]
    told = editor.is_told()
    assert "ja/words.toml: certainty: the section is missing" in told
    assert "en/words.toml: units.days: one and many are needed" in told


# The templates: what must be there.


def test_a_file_that_is_missing_is_named(editor: Editor) -> None:
    for path in ("ja/verdicts/cancel_now.j2", "en/money/paypal.j2", "seller/thanks.j2", "en/steps/pc_cancel.j2"):
        del editor.templates[path]
    assert {
        "ja/verdicts/cancel_now.j2: the file is missing",
        "en/money/paypal.j2: the file is missing",
        "seller/thanks.j2: the file is missing",
        "en/steps/pc_cancel.j2: the file is missing",
    } <= set(editor.is_told())


@pytest.mark.parametrize("name", ["dialog/menu.j2", "notices/unclear.j2"])
def test_a_screen_or_notice_that_one_language_lacks_is_named(editor: Editor, name: str) -> None:
    del editor.templates[f"en/{name}"]
    assert editor.is_told() == [f"en/{name}: the file is missing"]


def test_a_file_that_nothing_uses_is_named(editor: Editor) -> None:
    editor.templates["ja/topics/fee.j2"] = editor.templates["ja/topics/fees.j2"]
    assert "ja/topics/fee.j2: nothing uses this file" in editor.is_told()


def test_a_block_that_is_missing_or_misspelt_is_named(editor: Editor) -> None:
    editor.rewrites("ja/topics/fees.j2", "block answer", "block answre")
    editor.rewrites("en/cautions.j2", "block konbini_code", "block konbini_cod")
    told = set(editor.is_told())
    assert {
        "ja/topics/fees.j2: answer: the block is missing",
        "ja/topics/fees.j2: answre: nothing uses this block",
        "en/cautions.j2: konbini_code: the block is missing",
    } <= told


# The templates: what they claim.


def test_a_paragraph_that_cites_nothing_is_named(editor: Editor) -> None:
    editor.rewrites("ja/topics/fees.j2", "{% block answer %}", "{% block answer %}\n根拠のない文です。\n\n")
    assert editor.is_told() == ["ja/topics/fees.j2: line 3: answer: no fact is cited for '根拠のない文です。'"]


def test_an_item_of_a_list_that_cites_nothing_is_named(editor: Editor) -> None:
    editor.templates["en/steps/pc_cancel.j2"] += "\n9. Press the red button.\n"
    assert editor.is_told() == ["en/steps/pc_cancel.j2: line 12: text: no fact is cited for '9. Press the red button.'"]


def test_blocks_that_close_their_gaps_are_read_as_well(editor: Editor) -> None:
    editor.rewrites("ja/topics/fees.j2", "{% block answer %}", "{%- block answer -%}\n根拠のない文。\n\n")
    assert editor.is_told() == ["ja/topics/fees.j2: line 3: answer: no fact is cited for '根拠のない文。'"]


def test_a_fact_that_does_not_exist_is_named(editor: Editor) -> None:
    editor.rewrites("ja/topics/fees.j2", 'cite("', 'cite("F500", "')
    assert editor.is_told() == [
        "ja/topics/fees.j2: line 3: cite(F500): there is no such fact in facts.toml (did you mean 'F50'?)"
    ]


def test_a_fact_of_the_article_that_no_text_carries_is_named(editor: Editor) -> None:
    row = editor.data["facts"]["facts"][0]
    editor.data["facts"]["facts"].append({**row, "id": "F900"})
    editor.data["facts"]["facts"].append({**row, "id": "C900"})
    assert editor.is_told() == ["en: F900: no text carries this fact", "ja: F900: no text carries this fact"]


@pytest.mark.parametrize("marks", ["", "?", "。", " "])
def test_words_that_stand_for_two_questions_are_named_with_both(editor: Editor, marks: str) -> None:
    phrase = ways_to_ask(editor.asked["ja/asked/topics/fees.txt"])[0]
    editor.asked["ja/asked/topics/dispute.txt"] += f"{phrase}{marks}\n"
    told = f"ja/asked/topics/fees.txt: {phrase!r} stands in ja/asked/topics/dispute.txt too"
    assert editor.is_told() == [told, STALE]


# Messages to the seller.

THANKS = "seller/thanks.j2"
MESSAGE = """{% block chat %}
Hello, thank you for order{% if order_number %} {{ order_number }}{% endif %}.
Have a good day.
{% endblock %}
{% block ja %}
こんにちは。注文{{ order_number }}をありがとうございます。
よい一日を。
{% endblock %}
{% block en %}You thank the seller.{% endblock %}
{% block when_ja %}お礼です。{{ cite("T1") }}{% endblock %}
{% block when_en %}Thanks.{{ cite("T1") }}{% endblock %}
"""


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("Hello,", "Hello 様,", "only plain English letters reach every seller: 'Hello 様"),
        ("Have a good day.", "Have a good day. " * 30, "characters even without details, 350 at most"),
        ("Have a good day.", "", "the English and the Japanese have different numbers of lines"),
        ("good day", "good  day", "a gap or a leftover in 'Hello"),
        ("for order{%", "for order ({{ item }}){%", "a gap or a leftover in 'Hello"),
        ("{{ order_number }}", "{{ ordernumber }}", "there is no 'ordernumber' (did you mean 'order_number'?)"),
        ("{{ order_number }}", "{{ order_number | hurry }}", "there is no 'hurry'"),
        (
            "こんにちは。注文{{ order_number }}をありがとうございます。\nよい一日を。",
            "Thank\nyou",
            "the Japanese meaning is missing",
        ),
    ],
)
def test_a_message_that_cannot_be_sent_is_named_with_the_reason(
    editor: Editor, was: str, becomes: str, told: str
) -> None:
    editor.templates[THANKS] = MESSAGE
    editor.rewrites(THANKS, was, becomes)
    problems = editor.is_told()
    assert problems
    assert [problem for problem in problems if not problem.startswith(f"{THANKS}: ") or told not in problem] == []


def test_a_message_too_long_for_the_form_is_named(editor: Editor) -> None:
    editor.rewrites("seller/cancel_other.j2", "{% block form %}", "{% block form %}Hello, dear friend. How are you? ")
    told = editor.is_told()
    assert told
    assert all(one.startswith("seller/cancel_other.j2: form: ") and one.endswith("100 at most") for one in told)


# What cannot be worded.


def test_an_undefined_variable_is_named_with_its_file_and_the_reading_goes_on(editor: Editor) -> None:
    editor.templates["ja/dialog/menu.j2"] += "{{ tody }}"
    editor.rewrites("ja/topics/fees.j2", "{% block answer %}", "{% block answer %}{{ order.paymnet }}")
    menu = Reply("menu", Order(), A_DAY)
    told = reads(editor, menu, replace(menu, screen="topic", subject="fees"), replace(menu, screen="status"))
    assert len(told) == 2
    assert told == [
        "ja/dialog/menu.j2: line 7: there is no 'tody' (did you mean 'today'?)",
        "ja/topics/fees.j2: line 2: there is no 'paymnet' (did you mean 'payment'?)",
    ]


def test_a_filter_that_does_not_exist_is_named_with_its_line(editor: Editor) -> None:
    editor.templates["ja/dialog/menu.j2"] = "\n\n{{ today | daay }}"
    assert reads(editor, Reply("menu", Order(), A_DAY)) == [
        "ja/dialog/menu.j2: line 3: there is no 'daay' (did you mean 'day'?)"
    ]


def test_an_undefined_variable_in_a_notice_is_named(editor: Editor) -> None:
    editor.templates["ja/notices/unclear.j2"] += "{{ herad }}"
    reply = Reply("menu", Order(), A_DAY, notices=(Notice("unclear", "hm"),))
    assert reads(editor, reply) == ["ja/notices/unclear.j2: line 2: there is no 'herad' (did you mean 'heard'?)"]


def test_a_word_that_a_screen_needs_and_nobody_has_is_named(editor: Editor) -> None:
    for language in Language:
        del editor.words[language]["ago"]["today"]
    reply = Reply("requested_on", Order(), A_DAY, (Choice("requested_on:2026-11-24", "ago:today"),))
    assert reads(editor, reply) == ["ja/words.toml: there is no 'ago:today' (did you mean 'ago:yesterday'?)"]


# Files that cannot be read.


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of all content, to be broken."""
    shutil.copytree(ROOT / "conversations" / "data", tmp_path / "data")
    shutil.copytree(ROOT / "messages", tmp_path / "messages", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return tmp_path


def _told(folder: Path) -> list[str]:
    with pytest.raises(ContentError) as error:
        read_sources(folder / "data", folder / "messages")
    assert str(error.value) == "\n".join(error.value.problems)
    return list(error.value.problems)


def test_content_is_read_from_any_folder(folder: Path, content: Content) -> None:
    assert read_sources(folder / "data", folder / "messages") == content.sources


def test_a_toml_file_that_cannot_be_read_is_named_with_the_line(folder: Path) -> None:
    (folder / "data" / "rules.toml").write_text('[[rules]]\noutcome = "x\n', encoding="utf-8")
    [told] = _told(folder)
    assert told.startswith("rules.toml: ")
    assert "line 2" in told


def test_a_template_that_cannot_be_read_is_named_with_the_line(folder: Path) -> None:
    (folder / "messages" / "ja" / "topics" / "fees.j2").write_text("\n\n{% if %}", encoding="utf-8")
    [told] = _told(folder)
    assert told.startswith("ja/topics/fees.j2: line 3: ")


def test_a_file_that_is_no_utf8_is_named(folder: Path) -> None:
    for path in ("messages/ja/words.toml", "messages/en/dialog/menu.j2", "data/facts.toml"):
        (folder / path).write_bytes(b"\x82\xb1")
    assert _told(folder) == [
        "facts.toml: the file is not UTF-8 text; save it as UTF-8",
        "ja/words.toml: the file is not UTF-8 text; save it as UTF-8",
        "en/dialog/menu.j2: the file is not UTF-8 text; save it as UTF-8",
    ]


def test_words_that_are_gone_are_named(folder: Path) -> None:
    (folder / "messages" / "en" / "words.toml").unlink()
    [told] = _told(folder)
    assert told.startswith("en/words.toml: the file cannot be read (No such file or directory)")


def test_data_that_is_gone_is_named(folder: Path) -> None:
    shutil.rmtree(folder / "data")
    with pytest.raises(ContentError, match=r"rules\.toml: the file is missing"):
        build_content(read_sources(folder / "data", folder / "messages"))


# All at once.


def test_problems_of_every_kind_are_told_at_once(editor: Editor) -> None:
    del editor.templates["ja/verdicts/cancel_now.j2"]
    editor.words[Language.EN]["menu"]["check"] = "Check my order now, please"
    editor.rewrites("ja/topics/fees.j2", 'cite("', 'cite("F500", "')
    editor.rewrites(THANKS, "Hello,", "Hello 様,")
    told = "\n".join(editor.is_told())
    for file in ("ja/verdicts/cancel_now.j2", "en/words.toml", "ja/topics/fees.j2", THANKS):
        assert f"{file}: " in told


def test_problems_of_words_and_data_are_told_at_once(editor: Editor) -> None:
    editor.words[Language.JA]["menu"]["check"] = 3
    editor.words[Language.EN]["units"]["days"] = "days"
    editor.data["rules"]["rules"][0]["outcome"] = "cancel_frely"
    told = "\n".join(editor.is_told())
    for file in ("ja/words.toml", "en/words.toml", "rules.toml"):
        assert f"{file}: " in told


# What typed words are understood by.


def test_a_topic_with_too_few_phrasings_is_named(editor: Editor) -> None:
    lines = ways_to_ask(editor.asked["en/asked/topics/fees.txt"])
    editor.asked["en/asked/topics/fees.txt"] = "\n".join(lines[-3:])
    assert editor.is_told() == ["en/asked/topics/fees.txt: 3 ways to ask, 25 at least", STALE]


def test_a_phrasing_that_says_almost_what_another_topic_says_is_named(editor: Editor) -> None:
    lines = "クレジットカードの返金はいつ口座に反映されますか", "クレジットカードの返金はいつ口座に反映されますかね"
    for topic, line in zip(("fees", "dispute"), lines, strict=True):
        editor.asked[f"ja/asked/topics/{topic}.txt"] += f"{line}\n"
    told = editor.is_told()
    assert f"ja/asked/topics/fees.txt: {lines[0]!r}: it is nearly {lines[1]!r} of dispute" in told
    assert STALE in told


@pytest.mark.parametrize("line", ["何かの質問 → no_such_topic", "何かの質問 → ", " → fees"])
def test_a_near_miss_that_leads_nowhere_is_named(editor: Editor, line: str) -> None:
    editor.asked["ja/asked/topics/fees.txt"] += f"{line}\n"
    assert any(problem.startswith(f"ja/asked/topics/fees.txt: {line.strip()!r}: ") for problem in editor.is_told())


def test_facts_and_phrases_that_cannot_be_are_named(editor: Editor) -> None:
    editor.data["mentions"]["status"]["lost"] = {"says": ["lost"]}
    editor.data["mentions"]["status"]["shipped"]["says"].append("(発送")
    editor.data["mentions"]["status"]["shipped"]["asks"] = ["x"]
    told = editor.is_told()
    assert "mentions.toml: status.lost: there is no such fact or value" in told
    assert "mentions.toml: status.shipped.asks: it must be says or names" in told
    assert any(problem.startswith("mentions.toml: status.shipped: '(発送': ") for problem in told)


def test_sellers_messages_of_no_kind_and_too_few_are_named(editor: Editor) -> None:
    editor.samples["holiday"] = "closed\n"
    editor.samples["several"] = "agrees, no_such_kind | ok\n"
    told = editor.is_told()
    assert "seller_says/several.txt: 'ok': there is no kind 'no_such_kind'" in told
    assert any(problem.startswith("seller_says/holiday.txt: ") and "40 at least" in problem for problem in told)


def test_a_damaged_model_file_is_named(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "conversations" / "data", tmp_path / "data")
    (tmp_path / "data" / "understanding.json").write_text("{", encoding="utf-8")
    with pytest.raises(ContentError, match=r"understanding\.json: the file is damaged; run make train"):
        read_sources(tmp_path / "data", ROOT / "messages")
