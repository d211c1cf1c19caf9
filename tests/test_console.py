"""The chat in a terminal, as the person before it has it: through a pipe, and at a real (pseudo-)terminal."""

import signal
import subprocess
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from adapters.console import to_event
from bot.__main__ import main
from bot.content import Content
from bot.keeping.memory import MemoryStore
from bot.support import Support
from conversations import Chose, Event, Language, Started, Wrote
from messages import Button
from tests.buyer import TODAY, Screen
from tests.terminal import ROOT, Terminal
from tests.words import Words

HEARS_CTRL_C = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from bot.__main__ import main; sys.exit(main())"
)
"""The command line as a person's shell starts it: a job in the background, as tests may be, is deaf to Ctrl-C."""


class Piped:
    """The command with words from a pipe, in this process."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._arguments = ["chat", "--data", str(folder)]
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def says(self, words: bytes, *arguments: str) -> str:
        """Start the command, let it read the words to their end; return all that it printed."""
        self._monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(words), encoding="utf-8"))
        assert main([*self._arguments, *arguments]) == 0
        return self._capsys.readouterr().out


@pytest.fixture
def piped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Piped:
    return Piped(tmp_path, monkeypatch, capsys)


# What is typed.

BUTTONS = tuple(Button(f"menu:{number}", f"{number}つ目") for number in range(1, 13))


@pytest.mark.parametrize(
    ("typed", "event"),
    [
        ("1", Chose("menu:1")),
        (" 12 ", Chose("menu:12")),
        ("02", Chose("menu:2")),
        ("３", Chose("menu:3")),  # a full-width figure, as a Japanese keyboard types it
        ("0", Wrote("0")),
        ("13", Wrote("13")),
        ("-1", Wrote("-1")),
        ("1.", Wrote("1.")),
        ("②", Wrote("②")),
        ("9" * 5000, Wrote("9" * 5000)),
        ("8190123456789012", Wrote("8190123456789012")),
        ("3つ目", Wrote("3つ目")),
        ("", Wrote("")),
    ],
)
def test_the_number_of_a_button_presses_it_and_all_else_is_words(typed: str, event: Event) -> None:
    assert to_event(typed, BUTTONS) == event


def test_without_buttons_a_number_is_words() -> None:
    assert to_event("1", ()) == Wrote("1")


# Through a pipe.


def test_a_pipe_is_answered_without_colours_and_left_politely_at_its_end(tmp_path: Path, english: Words) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "chat", "--language", "en", "--data", str(tmp_path)],
        input=b"1\nunpaid\n",
        capture_output=True,
        check=True,
        timeout=60,
        cwd=ROOT,
    )
    shown = done.stdout.decode()
    assert f" 1 {english.label('menu:check')}\n" in shown
    assert f"{english.label('terminal:prompt')} > unpaid\n" in shown
    assert f" 1 {english.label('verdict:phone')}\n" in shown
    assert shown.endswith(f"\n{english.label('terminal:farewell')}\n")
    assert "\x1b" not in shown
    assert done.stderr == b""


def test_ctrl_c_leaves_politely_while_a_pipe_is_awaited(tmp_path: Path, english: Words) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HEARS_CTRL_C, "chat", "--language", "en", "--data", str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("1\n")
        process.stdin.flush()
        while english.label("home") not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGINT)
        assert english.label("terminal:farewell") in process.stdout.read()
        assert process.wait(timeout=30) == 0


def test_without_a_word_the_chat_opens_and_says_farewell(piped: Piped, japanese: Words) -> None:
    shown = piped.says(b"")
    assert f" 1 {japanese.label('menu:check')}\n" in shown
    assert japanese.label("terminal:farewell") in shown


def test_the_last_line_may_be_without_an_end(piped: Piped, japanese: Words) -> None:
    assert f" 1 {japanese.label('status:unpaid')}\n" in piped.says(b"1")


def test_bytes_that_are_no_letters_are_words_that_are_not_understood(piped: Piped, japanese: Words) -> None:
    assert f" 1 {japanese.label('status:unpaid')}\n" in piped.says(b"\xff\xfe\x00\n1\n")


def test_a_chat_resumes_in_its_language_where_it_was_left(piped: Piped, english: Words) -> None:
    piped.says(b"1\n1\n", "--language", "en")
    shown = piped.says(b"")
    assert english.notice("welcome_back") in shown
    assert f" 1 {english.label('verdict:phone')}\n" in shown


# At a terminal. One visit is played once; each test looks at a part of it.

Evening = dict[str, str]


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory, english: Words) -> Evening:
    """Play a visit, leave with Ctrl-C, come back, leave with Ctrl-D; return what was shown after each act."""
    data = ["--data", str(tmp_path_factory.mktemp("evening"))]
    prompt = f"{english.label('terminal:prompt')} >"
    shown: Evening = {}
    with Terminal("--language", "en", *data) as terminal:

        def types(line: str, last: str = "home") -> str:
            terminal.types(f"{line}\r")
            return terminal.reads_until(english.label(last)) + terminal.reads_until(prompt)

        shown["opened"] = terminal.reads_until(prompt)
        shown["a number"] = types("1")
        shown["a label"] = types(english.label("status:unpaid"))
        shown["other words"] = types(english.other_name("restart"), last="help:me")
        shown["list of messages"] = types("3")
        shown["message"] = types(english.label("write:thanks"))
        terminal.types("\x03")
        shown["Ctrl-C"], code = terminal.leaves()
        shown["exit code after Ctrl-C"] = str(code)
    with Terminal(*data) as terminal:
        shown["opened again"] = terminal.reads_until(prompt)
        terminal.types("\x04")
        shown["Ctrl-D"], code = terminal.leaves()
        shown["exit code after Ctrl-D"] = str(code)
    return shown


def test_the_buttons_are_numbered(evening: Evening, english: Words) -> None:
    labels = [english.label(f"menu:{choice}") for choice in ("check", "questions", "write", "reply")]
    assert "".join(f" {number:>2} {label}\n" for number, label in enumerate(labels, start=1)) in evening["opened"]


def test_a_number_presses_its_button(evening: Evening, english: Words) -> None:
    assert f" 1 {english.label('status:unpaid')}\n" in evening["a number"]


def test_a_typed_label_presses_its_button(evening: Evening, english: Words) -> None:
    assert f" 1 {english.label('verdict:phone')}\n" in evening["a label"]


def test_other_words_are_understood(evening: Evening, english: Words) -> None:
    assert f" 1 {english.label('menu:check')}\n" in evening["other words"]


async def test_the_english_to_send_stands_free_of_any_frame(evening: Evening, content: Content, english: Words) -> None:
    support = Support(content, MemoryStore(), lambda: TODAY)
    await support.respond("a", Started(Language.EN))
    draft = Screen(await support.respond("a", Chose("write:thanks"))).draft
    lines = evening["message"].splitlines()
    first = lines.index(draft.send.splitlines()[0])
    assert lines[first : first + len(draft.send.splitlines())] == draft.send.splitlines()
    assert english.label("terminal:send") in lines[first - 1]
    assert set(lines[first + len(draft.send.splitlines())]) == {"─"}


@pytest.mark.parametrize("keys", ["Ctrl-C", "Ctrl-D"])
def test_leaving_is_polite(evening: Evening, english: Words, keys: str) -> None:
    assert evening[keys].endswith(f"\n{english.label('terminal:farewell')}\n")
    assert "Traceback" not in evening[keys]
    assert evening[f"exit code after {keys}"] == "0"


def test_coming_back_resumes_where_it_was_left(evening: Evening, english: Words) -> None:
    assert english.notice("welcome_back") in evening["opened again"]
    assert english.label("terminal:send") in evening["opened again"]
