"""The chat by JSON lines: one event a line in, one turn a line out, whatever the line holds."""

import json
import subprocess
import sys
from collections.abc import Iterable
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from adapters import jsonl
from bot.__main__ import main
from bot.content import Content
from bot.keeping.memory import MemoryStore
from bot.support import Support
from tests.buyer import TODAY
from tests.watched import Watched
from tests.words import Words

ROOT = Path(__file__).parent.parent
KEYS = ["chat", "language", "step", "order", "outcome", "topic", "reply_kind", "cites", "messages"]
Turn = dict[str, Any]


def start(chat: str = "a", **fields: object) -> Turn:
    return {"chat": chat, "event": "start", **fields}


def choose(token: str, chat: str = "a", **fields: object) -> Turn:
    return {"chat": chat, "event": "choose", "token": token, **fields}


def write(text: str, chat: str = "a", **fields: object) -> Turn:
    return {"chat": chat, "event": "write", "text": text, **fields}


def as_line(event: Turn | bytes) -> bytes:
    return event if isinstance(event, bytes) else json.dumps(event).encode()


class Pipe:
    """The adapter over a product that keeps its chats in memory."""

    def __init__(self, content: Content) -> None:
        self.support = Support(content, MemoryStore(), lambda: TODAY)

    async def send(self, *events: Turn | bytes) -> list[Turn]:
        """Send each event as a line; return all that comes back."""
        output = BytesIO()
        await jsonl.run(self.support, (as_line(event) + b"\n" for event in events), output)
        return [json.loads(line) for line in output.getvalue().splitlines()]

    async def last(self, *events: Turn) -> Turn:
        """Send events; return what the last of them led to."""
        return (await self.send(*events))[-1]


@pytest.fixture
def pipe(content: Content) -> Pipe:
    return Pipe(content)


def run_command(*arguments: str, lines: Iterable[Turn | bytes]) -> list[Turn]:
    """Send lines to the real command, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "chat", "--jsonl", *arguments],
        input=b"".join(as_line(line) + b"\n" for line in lines),
        capture_output=True,
        check=True,
        timeout=60,
        cwd=ROOT,
    )
    assert done.stderr == b""
    return [json.loads(line) for line in done.stdout.splitlines()]


def tokens(turn: Turn) -> list[str]:
    return [button["token"] for message in turn["messages"] for button in message["buttons"]]


# Through the real command.


def test_the_command_answers_every_line() -> None:
    turns = run_command(lines=[start(language="en"), b"not JSON", choose("menu:check", chat="b"), start()])
    assert [turn.get("step", "error") for turn in turns] == ["menu", "error", "status", "menu"]
    assert [turn.get("language") for turn in turns] == ["en", None, "ja", "en"]


def test_a_conversation_survives_a_restart_of_the_process(tmp_path: Path) -> None:
    data = ["--data", str(tmp_path / "new folder")]
    run_command(*data, lines=[start(language="en"), choose("menu:check"), choose("status:unpaid", id="7")])
    (again, twice) = run_command(*data, lines=[start(), choose("back", id="7")])
    assert (again["language"], again["outcome"]) == ("en", "cancel_freely")
    assert twice["outcome"] == "cancel_freely"


def test_without_a_place_to_keep_them_nothing_is_left_of_chats(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.delenv("TORIKESHI_STORE", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(as_line(choose("menu:check")))))
    assert main(["chat", "--jsonl"]) == 0
    assert json.loads(capfdbinary.readouterr().out)["step"] == "status"
    assert list(tmp_path.iterdir()) == []


# The shape of a turn.


async def test_a_turn_has_all_its_fields_in_the_same_order(pipe: Pipe) -> None:
    turns = await pipe.send(start(), choose("menu:check"), choose("status:unpaid"), write("hm"), choose("topic:fees"))
    assert [list(turn) for turn in turns] == [KEYS] * 5


async def test_the_first_turn_is_the_menu(pipe: Pipe, japanese: Words) -> None:
    turn = await pipe.last(start())
    assert {key: turn[key] for key in KEYS[:7]} == {
        "chat": "a",
        "language": "ja",
        "step": "menu",
        "order": {},
        "outcome": None,
        "topic": None,
        "reply_kind": None,
    }
    assert turn["cites"] == ["T1"]
    [message] = turn["messages"]
    assert list(message) == ["text", "buttons", "draft"]
    assert "AliExpress" in message["text"]
    assert message["buttons"][0] == {"token": "menu:check", "label": japanese.label("menu:check")}
    assert message["draft"] is None


async def test_a_verdict_tells_its_outcome_and_what_is_known_of_the_order(pipe: Pipe) -> None:
    events = ("menu:check", "status:awaiting_shipment", "payment:credit_card", "coupon:no")
    turn = await pipe.last(*map(choose, events))
    assert (turn["step"], turn["outcome"]) == ("verdict", "cancel_now")
    assert turn["order"] == {"status": "awaiting_shipment", "payment": "credit_card", "coupon": False}
    assert "F11" in turn["cites"]


async def test_a_coupon_that_the_buyer_is_not_sure_of_is_unknown(pipe: Pipe) -> None:
    assert (await pipe.last(choose("coupon:yes")))["order"] == {"coupon": True}
    assert (await pipe.last(choose("coupon:unknown")))["order"] == {"coupon": "unknown"}


async def test_the_device_of_the_steps_is_told(pipe: Pipe) -> None:
    turn = await pipe.last(choose("menu:check"), choose("status:unpaid"), choose("verdict:pc"))
    assert turn["order"] == {"status": "unpaid", "device": "pc"}


async def test_a_question_that_is_read_is_told_as_the_topic(pipe: Pipe) -> None:
    turn = await pipe.last(choose("topic:fees"))
    assert (turn["topic"], turn["step"]) == ("fees", "menu")


async def test_a_message_to_the_seller_comes_with_its_meaning(pipe: Pipe) -> None:
    turn = await pipe.last(choose("menu:write"), choose("write:thanks"))
    [draft] = [message["draft"] for message in turn["messages"]]
    assert draft["id"] == "thanks"
    assert draft["send"].isascii()
    assert draft["meaning"]


async def test_letters_are_written_as_they_are(pipe: Pipe) -> None:
    output = BytesIO()
    await jsonl.run(pipe.support, [as_line(start(chat="会話👍"))], output)
    assert output.getvalue().startswith('{"chat": "会話👍"'.encode())
    assert output.getvalue().count(b"\n") == 1


# Chats and events.


async def test_interleaved_chats_do_not_touch_each_other(pipe: Pipe) -> None:
    turns = await pipe.send(
        start("a", language="en"),
        start("b"),
        choose("menu:check", "a"),
        choose("menu:check", "b"),
        choose("status:unpaid", "a"),
        choose("status:shipped", "b"),
    )
    assert [turn["chat"] for turn in turns] == list("ababab")
    assert [turn["language"] for turn in turns] == ["en", "ja"] * 3
    assert turns[-2]["order"] == {"status": "unpaid"}
    assert turns[-1]["order"] == {"status": "shipped"}


async def test_an_id_given_twice_counts_once_and_shows_the_screen_again(pipe: Pipe) -> None:
    first, again = await pipe.send(choose("menu:check", id="7"), choose("menu:questions", id="7"))
    assert again == first


async def test_an_id_counts_in_its_own_chat_only(pipe: Pipe) -> None:
    _, other = await pipe.send(choose("menu:check", id="7"), choose("menu:questions", chat="b", id="7"))
    assert other["step"] == "topic_group"


async def test_today_moves_the_days_to_choose_from(pipe: Pipe) -> None:
    asked = [choose("menu:check"), choose("status:cancel_requested"), choose("seller_answer:none", today="2027-03-01")]
    turn = await pipe.last(*asked)
    assert turn["step"] == "requested_on"
    assert tokens(turn)[:3] == ["requested_on:2027-03-01", "requested_on:2027-02-28", "requested_on:2027-02-26"]
    assert tokens(await pipe.last(start()))[0] == f"requested_on:{TODAY}"


@pytest.mark.parametrize("token", ["nonsense", "", ":", "status:nonsense", "menu:", "a" * 100_000, "開く:😀", "\0"])
async def test_an_unknown_token_shows_the_screen_again_and_says_so(pipe: Pipe, token: str) -> None:
    old, now = await pipe.send(choose("menu:check"), choose(token))
    assert now["step"] == "status"
    assert tokens(now) == tokens(old)
    assert len(now["messages"][0]["text"]) > len(old["messages"][0]["text"])


@pytest.mark.parametrize(
    "attachment", ["photo", "video", "voice", "sticker", "location", "document", "contact", "poll"]
)
async def test_anything_that_is_no_text_is_met_kindly(pipe: Pipe, attachment: str) -> None:
    old, now = await pipe.send(choose("menu:check"), {"chat": "a", "event": attachment})
    assert tokens(now) == tokens(old)
    assert len(now["messages"][0]["text"]) > len(old["messages"][0]["text"])


@pytest.mark.parametrize(
    "text",
    ["", " ", "\0", "あ" * 100_000, "x " * 50_000, "{{ 7 * 7 }}", "\ud83d", "\u202e", "</script>", "[a](b)" * 999],
)
async def test_any_text_has_an_answer(pipe: Pipe, text: str) -> None:
    turn = await pipe.last(choose("menu:check"), write(text))
    assert turn["step"] == "status"
    assert len(turn["messages"][0]["text"]) < 2000
    assert "49" not in turn["messages"][0]["text"]


# Lines that are no event.

LONELY = b'{"chat": "a", "event": "start", "%s": "\\ud800"}'
MALFORMED: dict[str, tuple[bytes | Turn, str]] = {
    "not JSON": (b"hello", "not JSON"),
    "half of a line": (b'{"chat": "a", "event": "sta', "not JSON"),
    "two objects": (b'{"chat": "a"} {"chat": "a"}', "not JSON"),
    "no UTF-8": (b'{"chat": "\xff", "event": "start"}', "not JSON"),
    "a raw NUL": (b'{"chat": "\0", "event": "start"}', "not JSON"),
    "deeply nested": (b"[" * 100_000, "not JSON"),
    "deeply nested and closed": (b'{"chat": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", "not JSON"),
    "a number of many digits": (b'{"chat": ' + b"9" * 5000 + b"}", "not JSON"),
    "no object": (b"[1, 2]", "not a JSON object"),
    "null": (b"null", "not a JSON object"),
    "no chat": ({"event": "start"}, "chat: a text is needed"),
    "a chat that is no text": ({"chat": 7, "event": "start"}, "chat: a text is needed"),
    "an empty chat": ({"chat": "", "event": "start"}, "chat: 1 to 200 characters"),
    "a long chat": ({"chat": "a" * 201, "event": "start"}, "chat: 1 to 200 characters"),
    "a chat with NUL": ({"chat": "a\0", "event": "start"}, "chat: 1 to 200 characters"),
    "a chat with half of a letter": ({"chat": "\ud800", "event": "start"}, "chat: 1 to 200 characters"),
    "no event": ({"chat": "a"}, "event: a text is needed"),
    "an unknown event": ({"chat": "a", "event": "explode"}, "event: unknown 'explode'; one of start, choose, write"),
    "an event that is no text": ({"chat": "a", "event": ["start"]}, "event: a text is needed"),
    "no token": ({"chat": "a", "event": "choose"}, "token: a text is needed"),
    "a token that is no text": ({"chat": "a", "event": "choose", "token": 1}, "token: a text is needed"),
    "no text": ({"chat": "a", "event": "write"}, "text: a text is needed"),
    "an unknown language": (start(language="tlh"), "language: unknown 'tlh'; one of ja, en"),
    "a language that is no text": (start(language=1), "language: a text is needed"),
    "a day that is none": (start(today="2026-02-30"), "today: not a day like 2026-11-24"),
    "a day in other words": (start(today="tomorrow"), "today: not a day like 2026-11-24"),
    "a day as a number": (start(today=20261124), "today: a text is needed"),
    "the first of all days": (start(today="0001-01-01"), "today: not a day like 2026-11-24, from 2000 to 2100"),
    "the last of all days": (start(today="9999-12-31"), "today: not a day like 2026-11-24, from 2000 to 2100"),
    "an id that is no text": (start(id=7), "id: a text is needed"),
    "an empty id": (start(id=""), "id: 1 to 200 characters"),
    "an id with half of a letter": (LONELY % b"id", "id: 1 to 200 characters"),
}


@pytest.mark.parametrize(("line", "error"), MALFORMED.values(), ids=MALFORMED)
async def test_a_line_that_is_no_event_is_named_by_its_number_and_the_stream_goes_on(
    pipe: Pipe, line: bytes | Turn, error: str
) -> None:
    first, malformed, last = await pipe.send(choose("menu:check"), line, start())
    assert list(malformed) == ["error", "line"]
    assert malformed["error"].startswith(f"line 2: {error}")
    assert malformed["line"] == 2
    assert (first["step"], last["step"]) == ("status", "status")


async def test_empty_lines_are_no_events_but_count(pipe: Pipe) -> None:
    turns = await pipe.send(b"", b"  \r", start(), b"oops")
    assert [turn.get("line") for turn in turns] == [None, 4]


async def test_fields_that_are_null_are_as_if_not_given(pipe: Pipe) -> None:
    assert (await pipe.last(start(language=None, today=None, id=None)))["step"] == "menu"


async def test_a_line_may_end_as_windows_ends_it_and_the_last_may_not_end(pipe: Pipe) -> None:
    output = BytesIO()
    await jsonl.run(pipe.support, [as_line(start()) + b"\r\n", as_line(choose("menu:check"))], output)
    assert [json.loads(line)["step"] for line in output.getvalue().splitlines()] == ["menu", "status"]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_a_forged_day_at_an_end_of_time_has_an_answer(pipe: Pipe, day: str) -> None:
    answers = ("menu:check", "status:refund_processing", "payment:credit_card", f"approved_on:{day}")
    assert (await pipe.last(*map(choose, answers)))["messages"]


async def test_a_line_that_fails_inside_does_not_end_the_stream(content: Content) -> None:
    product = Watched(content)
    product.breaks.add("SECRET")
    output = BytesIO()
    await jsonl.run(product, [as_line(write("SECRET")), as_line(write("SECRET"))], output)
    told = [json.loads(line) for line in output.getvalue().splitlines()]
    assert [line["line"] for line in told] == [1, 2]
    assert all("error" in line for line in told)


# Whatever a program sends.


async def test_a_line_that_is_far_too_long_is_named_and_the_next_is_answered(content: Content) -> None:
    output = BytesIO()
    stream = BytesIO(
        b'{"chat": "a", "event": "write", "text": "' + b"x" * 3_000_000 + b'"}\n' + b'{"chat": "b", "event": "start"}\n'
    )
    await jsonl.run(Support(content, MemoryStore(), lambda: TODAY), jsonl.lines_of(stream), output)
    first, second = map(json.loads, output.getvalue().splitlines())
    assert first == {"error": "line 1: longer than 1000000 bytes", "line": 1}
    assert second["step"] == "menu"


@pytest.mark.parametrize("token", ["undo:" + "9" * 5000, "reply_kind:" + "agrees+" * 100_000, "x" * 201])
async def test_a_token_that_no_button_carries_is_an_old_button_and_is_not_kept(content: Content, token: str) -> None:
    pipe = Pipe(content)
    seen = await pipe.last({"chat": "a", "event": "choose", "token": token})
    assert seen["step"] == "menu"
    saved = await pipe.support._store.load("a")
    assert saved is not None
    assert saved.conversation.answers == ()


async def test_an_error_is_logged_without_anybodys_words(
    content: Content, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pipe = Pipe(content)

    async def breaks(*_: object, **__: object) -> None:
        message = "SECRET WORDS"
        raise ValueError(message)

    monkeypatch.setattr(pipe.support, "respond", breaks)
    assert "error" in await pipe.last({"chat": "a", "event": "write", "text": "SECRET WORDS"})
    assert "ValueError" in caplog.text
    assert "SECRET" not in caplog.text
