"""The command line: what each command prints, and how it ends when something is wrong."""

import shutil
import sqlite3
import sys
import tomllib
from contextlib import closing
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.content import Content
from tests.terminal import ROOT, python
from tests.words import Words

ROOMS = ("adapters", "bot", "conversations", "messages")
HEAVY = {"dateparser", "jinja2", "jpholiday", "prompt_toolkit", "pydantic", "rich", "sqlalchemy"}


class Shell:
    """Runs commands in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def sets(self, name: str, value: str) -> None:
        """Set an environment variable."""
        self._monkeypatch.setenv(name, value)

    def runs(self, *arguments: str, typed: str = "") -> tuple[int, str, str]:
        """Run ``torikeshi``; return its exit code, and what it printed and complained."""
        self._monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(typed.encode())))
        try:
            code = main(list(arguments))
        except SystemExit as usage:
            code = int(usage.code or 0)
        printed = self._capsys.readouterr()
        return code, printed.out, printed.err


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(monkeypatch, capsys)


# Help and usage.


def test_help_names_every_command(shell: Shell) -> None:
    code, printed, _ = shell.runs("--help")
    assert code == 0
    assert printed.startswith("usage: torikeshi")
    assert all(command in printed for command in ("chat", "check", "map", "transcript"))


def test_help_waits_for_no_library() -> None:
    shown = python("-X", "importtime", "-m", "bot", "--help")
    loaded = {line.rpartition("|")[2].strip() for line in shown.stderr.splitlines()}
    assert shown.returncode == 0
    assert "bot" in loaded
    assert loaded & HEAVY == set()


def test_the_release_is_the_one_of_the_project(shell: Shell) -> None:
    release = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert shell.runs("--version") == (0, f"torikeshi {release}\n", "")


@pytest.mark.parametrize("arguments", [[], ["explode"], ["chat", "--language", "tlh"], ["transcript"]], ids=" ".join)
def test_a_command_that_does_not_exist_is_met_with_the_usage(shell: Shell, arguments: list[str]) -> None:
    code, _, complained = shell.runs(*arguments)
    assert code == 2
    assert complained.startswith("usage: torikeshi")


# check and map


@pytest.mark.walks
def test_check_finds_the_content_sound(shell: Shell) -> None:
    assert shell.runs("check") == (0, "all content is sound\n", "")


def test_map_draws_every_outcome(shell: Shell, content: Content) -> None:
    code, printed, _ = shell.runs("map")
    assert code == 0
    assert printed.startswith("flowchart TD\n")
    assert [outcome for outcome in content.handbook.outcome if f'(["{outcome}"])' not in printed] == []


def test_map_redraws_a_page(shell: Shell, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n```mermaid\nold\n```\nafter\n", encoding="utf-8")
    assert shell.runs("map", "--into", str(page)) == (0, "", "")
    assert page.read_text(encoding="utf-8").startswith("before\n```mermaid\nflowchart TD\n")
    assert page.read_text(encoding="utf-8").endswith("\n```\nafter\n")


def test_map_names_a_page_that_is_not_there(shell: Shell, tmp_path: Path) -> None:
    code, _, complained = shell.runs("map", "--into", str(tmp_path / "nowhere.md"))
    assert code == 2
    assert "nowhere.md: there is no such file" in complained


# Content that cannot be used. A copy of the product is broken and run.


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the product, in which three files are wrong."""
    folder = tmp_path_factory.mktemp("broken")
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    data = folder / "conversations" / "data"
    (data / "rules.toml").write_text("[[rules]\n", encoding="utf-8")
    (folder / "messages" / "ja" / "topics" / "fees.j2").write_bytes("料金".encode("shift_jis"))
    (folder / "messages" / "en" / "words.toml").unlink()
    return folder


def test_check_names_every_file_that_cannot_be_read_and_what_to_mend(broken: Path) -> None:
    checked = python("-m", "bot", "check", folder=broken)
    assert checked.returncode == 1
    assert checked.stderr == ""
    words, topic, rules, count = checked.stdout.splitlines()
    assert rules.startswith("rules.toml: line 1: Expected ']]'")
    assert words.startswith("en/words.toml: the file cannot be read (No such file or directory); restore it")
    assert topic == "ja/topics/fees.j2: the file is not UTF-8 text; save it as UTF-8"
    assert count == "3 problem(s)"


@pytest.mark.parametrize("command", [["chat"], ["chat", "--jsonl"], ["map"], ["transcript", "any"]], ids=" ".join)
def test_nothing_starts_with_content_that_cannot_be_read(broken: Path, command: list[str]) -> None:
    ended = python("-m", "bot", *command, folder=broken)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "ja/topics/fees.j2: the file is not UTF-8 text; save it as UTF-8" in ended.stderr
    assert "Traceback" not in ended.stderr


# Settings and the store.


def test_a_setting_that_cannot_be_used_is_said_in_one_sentence(shell: Shell) -> None:
    shell.sets("TORIKESHI_FORGET_AFTER", "soon")
    code, printed, complained = shell.runs("chat")
    assert (code, printed) == (2, "")
    assert complained == "TORIKESHI_FORGET_AFTER is 'soon'; it must be a number of days from 1 to 3650\n"


def test_a_store_of_a_newer_release_is_named(shell: Shell, tmp_path: Path) -> None:
    shell.runs("chat", "--data", str(tmp_path))
    with closing(sqlite3.connect(tmp_path / "torikeshi.sqlite3")) as connection, connection:
        connection.execute("UPDATE release SET number = number + 1")
    code, printed, complained = shell.runs("chat", "--data", str(tmp_path))
    assert (code, printed) == (2, "")
    assert complained.startswith(f"{tmp_path}/torikeshi.sqlite3 was written by a newer release")


def test_where_nothing_can_be_kept_the_chat_goes_on_and_says_so_once(
    shell: Shell, tmp_path: Path, english: Words
) -> None:
    (tmp_path / "a file").touch()
    shell.sets("TORIKESHI_STORE", str(tmp_path / "a file" / "chats.sqlite3"))
    code, printed, complained = shell.runs("chat", "--language", "en", typed="1\n1\n")
    assert (code, complained) == (0, "")
    assert printed.count(english.notice("cannot_remember")) == 1
    assert english.label("verdict:phone") in printed


# transcript


@pytest.fixture
def story(tmp_path: Path) -> Path:
    """A small transcript that comes out as it says."""
    file = tmp_path / "story.md"
    file.write_text(
        "# Not paid yet [a story]\n- language: en\n- today: 2026-11-24\n\n"
        "> What a reader may want to know.\n\n"
        "1. tap `menu:check`\n"
        "   - step: status\n"
        "2. write `[/bold] :smile:`\n"
        "   - theme: gibberish\n"
        "3. send `photo`\n"
        "4. write `unpaid`\n"
        "   - outcome: cancel_freely\n"
        "   - order: status=unpaid\n"
        "   - buttons: verdict:phone, back\n",
        encoding="utf-8",
    )
    return file


def test_a_transcript_is_shown_as_the_buyer_sees_it(shell: Shell, story: Path, english: Words) -> None:
    code, printed, complained = shell.runs("transcript", str(story))
    assert (code, complained) == (0, "")
    assert "Not paid yet [a story]" in printed
    assert f"> {english.label('menu:check')}" in printed
    assert "> [/bold] :smile:" in printed
    assert english.label("verdict:phone") in printed


def test_a_transcript_is_found_by_its_name(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    code, printed, _ = shell.runs("transcript", "en_old_button")
    assert code == 0
    assert printed


def test_a_transcript_that_comes_out_otherwise_is_told(shell: Shell, story: Path) -> None:
    story.write_text(story.read_text(encoding="utf-8").replace("cancel_freely", "cancel_now"), encoding="utf-8")
    code, printed, _ = shell.runs("transcript", str(story))
    assert code == 1
    told = " ".join(printed.split())
    assert "line 12 (unpaid): outcome should have 'cancel_now', it is ('cancel_freely',)" in told


def test_a_transcript_that_is_not_there_is_told_and_the_others_are_played(
    shell: Shell, story: Path, english: Words
) -> None:
    code, printed, _ = shell.runs("transcript", "nowhere", str(story))
    assert code == 1
    assert "nowhere: there is no tests/transcripts/nowhere.md" in printed
    assert english.label("verdict:phone") in printed


@pytest.mark.parametrize(
    ("was", "becomes", "complaint"),
    [
        ("1. tap", "1. hug", "line 7: neither a step nor an expectation after one: '1. hug `menu:check`'"),
        ("tap `menu:check`", "tap menu:check", "line 7: neither a step nor"),
        ("   - step: status", "   step: status", "line 8: neither a step nor"),
        ("1. tap `menu:check`", "", "line 8: neither a step nor an expectation after one"),
        ("- step: status", "- stepp: status", "line 8: stepp can not be expected; what can be: step, outcome"),
        ("send `photo`", "send `gold`", "line 11: 'gold' is not a valid Attachment"),
        ("language: en", "language: tlh", "line 2: 'tlh' is not a valid Language"),
        ("2026-11-24", "tomorrow", "line 3: Invalid isoformat string: 'tomorrow'"),
        ("- today: 2026-11-24", "", "the day is missing; write a line like - today: 2026-11-24"),
    ],
)
def test_a_transcript_that_cannot_be_read_is_named_with_its_line(
    shell: Shell, story: Path, was: str, becomes: str, complaint: str
) -> None:
    text = story.read_text(encoding="utf-8")
    assert was in text
    story.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    code, _, complained = shell.runs("transcript", str(story))
    assert code == 2
    assert complained.startswith(f"{story}: {complaint}")
    assert len(complained.splitlines()) == 1


def test_a_transcript_that_is_no_utf8_is_named(shell: Shell, story: Path) -> None:
    story.write_bytes("物語".encode("shift_jis"))
    code, _, complained = shell.runs("transcript", str(story))
    assert (code, complained) == (2, f"{story}: the file is not UTF-8 text; save it as UTF-8\n")


def test_an_env_file_that_is_no_text_is_said_in_one_sentence(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_bytes(b"TORIKESHI_TELEGRAM_TOKEN=\xff\xfe")
    code, _, complained = shell.runs("run")
    assert (code, complained) == (2, "The file .env is not UTF-8 text; save it as UTF-8.\n")


def test_labelled_lines_may_hold_any_letters_and_begin_with_a_mark(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text('\ufeff{"text": "手数料\u2028は", "language": "ja", "topic": "fees"}\n', encoding="utf-8")
    assert shell.runs("evaluate", str(file))[0] == 0
    file.write_text("[" * 100_000, encoding="utf-8")
    assert shell.runs("evaluate", str(file))[0] == 2
