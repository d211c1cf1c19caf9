"""What an editor may not write: periods, promises, another language; and that they are told so in plain words."""

import re
import shutil
from pathlib import Path

import pytest

from bot.asked import ways_to_ask
from bot.content import read_readable
from bot.editing.check import check_sources
from bot.editing.check_screens import A_DAY
from conversations import Language, Order, Reply
from tests.editor import STALE, Data, Editor, reads
from tests.terminal import ROOT

JA, EN = "ja/topics/fees.j2", "en/topics/fees.j2"
CITE = '{{ cite("F72") }}'
SURE = {"certainty": "usual"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of all content, to be broken."""
    shutil.copytree(ROOT / "conversations" / "data", tmp_path / "data")
    shutil.copytree(ROOT / "messages", tmp_path / "messages", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return tmp_path


def _told(folder: Path) -> tuple[str, ...]:
    return read_readable(folder / "data", folder / "messages")[1]


# What a text may not say.


@pytest.mark.parametrize(
    ("path", "typed", "told"),
    [
        (JA, "返金の目安は5〜15営業日です。", "the period '5〜15営業日' is typed in"),
        (JA, "目安は１５日です。", "the period '１５日' is typed in"),
        (JA, "目安は三週間です。", "the period '三週間' is typed in"),
        (
            "en/topics/fees.j2",
            "It usually takes 5–15 business days.",
            "the period '5–15 business days'",
        ),
        (EN, "It usually takes three weeks.", "the period 'three weeks' is typed in"),
        (JA, "お金は口座に届きます。", "'お金は口座に届きます。' reads as a promise"),
        (
            "ja/topics/fees.j2",
            "必ず全額が返ってきます。",
            "'必ず全額が返ってきます。' reads as a promise",
        ),
        (
            "en/topics/fees.j2",
            "Your money will be refunded.",
            "'Your money will be refunded.' reads as a",
        ),
        (
            "en/topics/fees.j2",
            "You will get your money back.",
            "'You will get your money back.' reads as",
        ),
        (
            "en/topics/fees.j2",
            "A refund is guaranteed.",
            "'A refund is guaranteed.' reads as a promise",
        ),
        ("ja/verdicts/cancel_now.j2", "お金は戻ります。", "'お金は戻ります。' reads as a promise"),
    ],
)
def test_a_period_or_a_promise_in_a_text_is_named(editor: Editor, path: str, typed: str, told: str) -> None:
    block = "money" if "verdicts" in path else "answer"
    editor.rewrites(path, f"{{% block {block} %}}", f"{{% block {block} %}}\n{typed}{CITE}\n\n")
    problems = editor.is_told()
    assert any(problem.startswith(f"{path}: line ") and told in problem for problem in problems), problems
    assert all(problem.startswith(f"{path}: ") for problem in problems)


def test_the_issue_of_a_period_and_a_promise_in_one_sentence_is_told_as_both(editor: Editor) -> None:
    typed = "返金は5〜15営業日で届きます。"
    editor.rewrites("ja/topics/fees.j2", "{% block answer %}", f"{{% block answer %}}\n{typed}{CITE}\n\n")
    told = editor.is_told()
    assert len(told) == 2
    assert {"typed in" in one for one in told} == {True, False}


@pytest.mark.parametrize(
    "typed",
    [
        "「3日前」のように打ってください。",
        "お金が戻るとは限りません。",
        "返金はふつう元の支払い方法に戻ります。",
        "必ず戻る、という約束はありません。",
    ],
)
def test_an_example_and_a_hedged_sentence_are_no_promise(editor: Editor, typed: str) -> None:
    editor.rewrites("ja/topics/fees.j2", "{% block answer %}", f"{{% block answer %}}\n{typed}{CITE}\n\n")
    assert editor.is_told() == []


@pytest.mark.parametrize(
    ("path", "typed", "told"),
    [
        (JA, "ふつう「注文管理」で見られます。", "'注文管理' is called 注文履歴（My Orders） here"),
        (
            JA,
            "買い手保護期間のうちに動きましょう。",
            "'買い手保護期間' is called バイヤープロテクション（買い手保護） here",
        ),
        (
            JA,
            "取引の照会番号を聞きましょう。",
            "'取引の照会番号' is called 返金の照会番号（transaction reference） here",
        ),
        (EN, "Look it up on a PC.", "'PC' is called computer here"),
        (EN, "That depends on the konbini.", "'konbini' is called convenience store here"),
        ("en/themes/worried.j2", "See your order details.", "'order details' is called Order Details (注文詳細) here"),
    ],
)
def test_another_name_for_what_has_one_already_is_named_with_the_right_one(
    editor: Editor, path: str, typed: str, told: str
) -> None:
    editor.rewrites(path, "{% block answer %}", f"{{% block answer %}}\n{typed}{CITE}\n\n")
    (problem,) = editor.is_told()
    assert problem.startswith(f"{path}: line ")
    assert problem.endswith(told)


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        (JA, "バイヤープロテクション（買い手保護）の期限を見ましょう。"),
        (JA, "返金の照会番号（transaction reference）を聞きましょう。"),
        (EN, "You may pay at a convenience store (konbini)."),
    ],
)
def test_the_right_name_with_its_other_one_in_brackets_is_fine(editor: Editor, path: str, typed: str) -> None:
    editor.rewrites(path, "{% block answer %}", f"{{% block answer %}}\n{typed}{CITE}\n\n")
    assert editor.is_told() == []


@pytest.mark.parametrize("name", ["verdicts/cancel_now.j2", "topics/fees.j2", "money/paypal.j2", "dialog/payment.j2"])
@pytest.mark.parametrize(("to", "of"), [("ja", "en"), ("en", "ja")])
def test_a_screen_pasted_over_that_of_another_language_is_named(editor: Editor, name: str, to: str, of: str) -> None:
    editor.templates[f"{to}/{name}"] = editor.templates[f"{of}/{name}"]
    told = editor.is_told()
    assert told
    assert all(one.startswith(f"{to}/{name}: ") for one in told)
    assert any(one.endswith(f"is not in the language of its folder ({to})") for one in told)


def test_a_label_in_another_language_is_named(editor: Editor) -> None:
    editor.words[Language.JA]["service"]["copy"] = "Copy this text now"
    editor.words[Language.EN]["service"]["copy"] = "この英文をコピーしておきます"
    told = editor.is_told()
    assert [one.partition(": ")[0] for one in told] == ["en/words.toml", "ja/words.toml"]
    assert all("service.copy" in one and "is not in the language" in one for one in told)


# Words that platforms and screens ask for.


@pytest.mark.parametrize(
    ("section", "name"),
    [
        ("discord", "closed"),
        ("service", "failed"),
        ("telegram", "description"),
        ("terminal", "meaning"),
        ("command", "ask"),
    ],
)
def test_a_platforms_word_that_nobody_has_is_named_in_both_files(editor: Editor, section: str, name: str) -> None:
    for language in Language:
        del editor.words[language][section][name]
    told = [f"{language}/words.toml: {section}.{name}: the label is missing" for language in ("en", "ja")]
    assert editor.is_told() == told


def test_a_misspelt_section_is_named_once_with_the_right_one(editor: Editor) -> None:
    editor.words[Language.EN]["menue"] = editor.words[Language.EN].pop("menu")
    assert editor.is_told() == ["en/words.toml: [menue]: there is no such section (did you mean 'menu'?)"]


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ({"near": "{month}月{dya}日"}, "days.near: a text is needed"),
        ({"weekdays": ["月"]}, "days.weekdays: 7 texts are needed"),
    ],
)
def test_words_for_days_that_cannot_be_are_named(editor: Editor, days: Data, told: str) -> None:
    editor.words[Language.JA]["days"].update(days)
    assert any(one.startswith(f"ja/words.toml: {told}") for one in editor.is_told())


# In the words of an editor.


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"refund": {"shortest": "soon", "longest": 2, "unit": "days", **SURE}}, "refund.shortest"),
        ({"refund": {"shortest": 1, "longest": 2, "unit": "bussiness_days", **SURE}}, "refund.unit: one of"),
        ({"refund": {"shortest": 15, "longest": 5, "unit": "days", **SURE}}, "shortest (15) is more than"),
        ({"refund": {"shortest": 1, "longest": 2, "unit": "days"}}, "refund.certainty: this is missing; write it"),
        ({"refund": {"shortest": 1, "longest": 999, "unit": "days", **SURE}}, "it is too big; 400 is the most"),
        ({"cites": "F72"}, "cites: a list in [ ] is needed"),
        ({"cites": []}, "cites: at least one is needed"),
        ({"colour": "green"}, "colour: there is no such key"),
    ],
)  # fmt: skip
def test_a_wrong_column_is_told_in_plain_words(editor: Editor, change: Data, told: str) -> None:
    editor.data["payment_methods"]["payment_methods"][0].update(change)
    (problem,) = (one for one in editor.is_told() if one.startswith("payment_methods.toml: "))
    assert ": payment_methods.credit_card." in problem
    assert told in problem
    assert not any(word in problem for word in ("Input should", "pydantic", "type=", "Field required", "Extra inputs"))


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("{% endblock %}", "", "is not closed"),
        ("{% block answer %}", "{% block answer %}{{ figures. }}", "the marks do not fit together"),
        ("{% block answer %}", "{% blok answer %}", "is not closed"),
    ],
)
def test_a_slip_in_a_templates_marks_is_told_with_its_line(folder: Path, was: str, becomes: str, told: str) -> None:
    file = folder / "messages" / "ja" / "topics" / "fees.j2"
    file.write_text(file.read_text(encoding="utf-8").replace(was, becomes), encoding="utf-8")
    (problem,) = _told(folder)
    assert re.match(r"ja/topics/fees\.j2: line \d+: ", problem)
    assert told in problem


def test_a_figure_that_does_not_exist_is_told_with_the_one_that_was_meant(editor: Editor) -> None:
    editor.rewrites(
        "ja/topics/fees.j2", "{% block answer %}", "{% block answer %}\n{{ figures.seller_replay | period }}"
    )
    told = reads(editor, Reply("topic", Order(), A_DAY, subject="fees"))
    assert told == ["ja/topics/fees.j2: line 3: there is no 'seller_replay' (did you mean 'seller_reply'?)"]


def test_a_quote_that_is_missing_is_told_with_its_line(folder: Path) -> None:
    file = folder / "messages" / "ja" / "words.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("[menu]\n", '[menu]\ntea = "お茶\n', 1), encoding="utf-8")
    (problem,) = _told(folder)
    assert re.match(r"ja/words\.toml: line \d+: ", problem)


# A theme against a topic, and everything at once.


def test_a_phrasing_that_says_almost_what_a_theme_says_is_named(editor: Editor) -> None:
    line = max(ways_to_ask(editor.asked["ja/asked/themes/customs_tax.txt"]), key=len)
    editor.asked["ja/asked/topics/fees.txt"] += f"{line}ね\n"
    told = [one for one in editor.is_told() if one.startswith("ja/asked/topics/fees.txt: ")]
    assert len(told) == 1
    assert "oos:customs_tax" in told[0] or "it is nearly" in told[0]


def test_mistakes_in_files_screens_and_stale_models_are_told_at_once(editor: Editor) -> None:
    editor.asked["ja/asked/topics/fees.txt"] += "これはまったく新しい聞き方です\n"
    editor.rewrites("en/verdicts/cancel_now.j2", "{% block why %}", "{% block why %}{{ order.paymnet }}")
    editor.words[Language.EN]["menu"]["check"] = "Check my order now, please"
    told = check_sources(editor.sources)
    assert STALE in told
    assert any(one.startswith("en/words.toml: menu.check: ") for one in told)
    slips = [one for one in told if one.startswith("en/verdicts/cancel_now.j2: ")]
    assert slips == ["en/verdicts/cancel_now.j2: line 2: there is no 'paymnet' (did you mean 'payment'?)"]


def test_where_the_data_cannot_be_read_the_texts_are_still_checked(editor: Editor) -> None:
    editor.data["rules"]["rules"][0]["outcome"] = "cancel_frely"
    editor.rewrites("ja/topics/fees.j2", "{% block answer %}", "{% block answer %}\n根拠のない文です。\n\n")
    told = check_sources(editor.sources)
    assert any(one.startswith("rules.toml: rule 1: unknown 'cancel_frely'") for one in told)
    assert any(one.startswith("ja/topics/fees.j2: line 3: answer: no fact is cited") for one in told)
