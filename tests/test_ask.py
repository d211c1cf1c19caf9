"""The commands that answer without a chat: ``ask``, ``read``, ``evaluate`` and ``train``."""

import json
import sys
from pathlib import Path

import pytest

from bot.content import Content, Sources
from bot.editing.phrasings import content_hash
from bot.editing.training import train
from conversations import Language
from conversations.reading.classifier import ModelError, unpacked
from conversations.reading.ngrams import pieces
from conversations.reading.questions import QuestionLimits, QuestionReader
from tests.test_cli import Shell, shell

__all__ = ["shell"]
_LIMITS = QuestionLimits(answer_from=dict.fromkeys(Language, 0.6), clarify_from=0.2, clarify_while=0.5, offer_from=0)


def test_a_question_is_answered_as_a_buyer_would_see_it(shell: Shell) -> None:
    code, printed, complained = shell.runs("ask", "キャンセル料はかかりますか")
    assert (code, complained) == (0, "")
    assert "AliExpress" in printed


def test_questions_from_the_input_are_answered_one_by_one(shell: Shell) -> None:
    code, printed, _ = shell.runs(
        "ask", "--json", "-", typed='手数料は？\n\n{"text": "how do I open a dispute", "language": "en"}\n'
    )
    one, other = map(json.loads, printed.splitlines())
    assert code == 0
    assert set(one) == {"text", "decision", "topics", "theme", "facts"}
    assert (one["text"], one["topics"][0]["id"]) == ("手数料は？", "fees")
    assert (other["decision"], other["topics"][0]["id"], other["theme"]) == ("answer", "dispute", None)
    assert len(one["topics"]) == 5
    assert [topic["score"] for topic in one["topics"]] == sorted((t["score"] for t in one["topics"]), reverse=True)


def test_only_facts_that_were_stated_appear(shell: Shell) -> None:
    typed = "クレカで払って未発送。クーポンは使ってない。スマホで見てる。サイズ間違えた\nクレカの返金は遅い？\n"
    _, printed, _ = shell.runs("ask", "--json", typed=typed)
    told, asked = (json.loads(line)["facts"] for line in printed.splitlines())
    assert told == {
        "status": "awaiting_shipment",
        "payment": "credit_card",
        "reason": "wrong_item_or_size",
        "coupon": False,
        "device": "phone",
    }
    assert asked == {}


def test_what_is_out_of_scope_is_refused_with_its_theme(shell: Shell) -> None:
    _, printed, _ = shell.runs("ask", "--json", "明日の大阪の天気を教えて")
    assert (json.loads(printed)["decision"], json.loads(printed)["theme"]) == ("refuse", "weather")


def test_a_text_of_nothing_but_marks_is_of_no_topic(shell: Shell) -> None:
    _, printed, _ = shell.runs("ask", "--json", "!?")
    assert (json.loads(printed)["topics"], json.loads(printed)["theme"]) == ([], "gibberish")


@pytest.mark.parametrize("line", ['{"text": 3}', '{"language": "ja"}'])
def test_a_line_without_a_text_is_said_to_have_none(shell: Shell, line: str) -> None:
    code, printed, _ = shell.runs("ask", "--json", "-", typed=f"{line}\nfees\n")
    assert code == 0
    assert "error" in json.loads(printed.splitlines()[0])
    assert json.loads(printed.splitlines()[1])["text"] == "fees"


def test_a_sellers_message_is_explained(shell: Shell) -> None:
    code, printed, _ = shell.runs("read", "Dear friend, please close the dispute first, then we refund you")
    assert code == 0
    assert "dispute" in printed
    _, printed, _ = shell.runs("read", "-", "--language", "ja", typed="Dear friend,\nwe have no stock, please cancel\n")
    assert "在庫" in printed


def test_a_sellers_message_is_explained_to_programs(shell: Shell) -> None:
    typed = "please close dispute first then we refund\nok dear, agree cancel your order\n"
    _, printed, _ = shell.runs("read", "--json", "-", typed=typed)
    unsafe, safe = map(json.loads, printed.splitlines())
    assert set(unsafe) == {"text", "kinds", "unsafe", "draft"}
    assert (unsafe["unsafe"], unsafe["kinds"][0]["id"], unsafe["draft"]["id"]) == (
        True,
        "cancel_dispute",
        "cancel_dispute",
    )
    assert (safe["unsafe"], safe["draft"]["id"]) == (False, "thanks")
    assert unsafe["draft"]["send"].isascii()
    assert unsafe["draft"]["meaning"]


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    rows: list[dict[str, object]] = [
        {"text": "手数料はかかりますか", "language": "ja", "topic": "fees"},
        {"text": "手数料はかかりますか", "language": "ja", "topic": "dispute"},
        {"text": "明日の天気は", "language": "ja", "theme": "weather"},
        {"text": "🎉🎉", "language": "ja", "theme": "gibberish"},
        {"text": "クレカで払った", "language": "ja", "facts": {"payment": "credit_card"}},
        {"text": "please close the dispute first", "kinds": ["cancel_dispute"], "unsafe": True},
    ]
    file = tmp_path / "labelled.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def test_a_labelled_file_is_scored_with_its_uncertainty(shell: Shell, labelled: Path, tmp_path: Path) -> None:
    table = tmp_path / "confusions.tsv"
    code, printed, _ = shell.runs("evaluate", str(labelled), "--confusions", str(table))
    assert code == 0
    for said in ("top-1", "top-3", "answered directly", "facts, precision", "unsafe recall", "1 of 2"):
        assert said in printed
    assert "手数料" not in printed
    assert table.read_text(encoding="utf-8") == "dispute\tfees\t1\n"


@pytest.mark.parametrize("line", ["[]", "{", '{"topic": "fees"}'])
def test_a_labelled_file_that_is_none_is_named_with_its_line(shell: Shell, tmp_path: Path, line: str) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text(f"\n{line}\n", encoding="utf-8")
    code, _, complained = shell.runs("evaluate", str(file))
    assert (code, complained) == (2, f'{file}: line 2: not a JSON object with a "text"\n')


def test_a_labelled_file_that_is_not_there_is_named(shell: Shell, tmp_path: Path) -> None:
    code, _, complained = shell.runs("evaluate", str(tmp_path / "no"))
    assert code == 2
    assert "cannot be read" in complained


def test_training_without_its_library_says_what_to_install(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bot.editing.training", None)
    code, _, complained = shell.runs("train")
    assert code == 2
    assert "make train" in complained


def _small(sources: Sources) -> Sources:
    """Return a content with few lines in one language, that is learnt in a second."""
    asked = {
        path: _few(sources.asked[path])
        for path in (
            *(f"ja/asked/topics/{topic}.txt" for topic in ("fees", "dispute", "refund_time")),
            *(f"ja/asked/themes/{theme}.txt" for theme in ("weather", "other_shop")),
        )
    }
    samples = {name: _few(sources.samples[name]) for name in ("agrees", "holiday", "none", "none_seller")}
    return Sources(sources.data, sources.words, sources.templates, asked, samples, {})


def _few(lines: str) -> str:
    """Return the first of some lines, and the last ones, which are near misses."""
    first, last = lines.splitlines()[:20], lines.splitlines()[-3:]
    return "\n".join([*first, *last])


def test_what_is_trained_is_what_is_asked(content: Content) -> None:
    sources = _small(content.sources)
    models = json.loads(json.dumps(train(sources)))
    assert models["content"] == content_hash(sources)
    reader = QuestionReader(models["questions"], _LIMITS)
    assert reader.read("取り消すと料金を取られますか").topics[0].id == "fees"
    assert reader.read("紛争はどう開きますか").topics[0].id == "dispute"
    replies = unpacked(models["replies"])
    scores = dict(zip(replies.labels, replies.scores(pieces("we are on holiday now")), strict=True))
    assert max(scores, key=lambda kind: scores[kind]) == "holiday"


@pytest.mark.parametrize("part", ["labels", "weights", "vocabulary", "frequencies", "texts", "step"])
def test_a_damaged_model_is_refused(content: Content, part: str) -> None:
    stored = dict(content.sources.models["questions"])
    for broken in ({}, {part: "?"}, {part: None}):
        bad = {name: value for name, value in stored.items() if name != part} | broken
        with pytest.raises(ModelError):
            unpacked(bad)
    with pytest.raises(ModelError):
        unpacked({**stored, "labels": stored["labels"][:-1]})


def test_a_damaged_gate_is_refused(content: Content) -> None:
    stored = {**content.sources.models["questions"], "gate": {"weights": "?"}}
    with pytest.raises(ModelError):
        QuestionReader(stored, _LIMITS).read("手数料は")


@pytest.mark.parametrize("command", ["ask", "read"])
def test_a_language_that_is_none_does_not_end_the_stream(shell: Shell, command: str) -> None:
    typed = '{"text": "手数料は？", "language": []}\n{"text": "手数料は？", "language": {"a": 1}}\n'
    code, printed, _ = shell.runs(command, "--json", "-", typed=typed)
    assert code == 0
    assert len(printed.splitlines()) == 2
