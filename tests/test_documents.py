"""What the documents tell a reader to type works, and the files that they name are there."""

import asyncio
import json
import re
import shlex
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest

from bot.content import Content
from tests.terminal import ROOT
from tests.test_cli import Shell, shell
from tests.watched import Watched

__all__ = ["shell"]
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "messages" / "README.md"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROOMS = "adapters|benchmarks|bot|conversations|docs|messages|tests"
YET_TO_MAKE = {"messages/ja/dialog/choice_order.j2", "messages/en/dialog/choice_order.j2", "adapters/telnet.py"}
"""Files that a page tells its reader to make."""


def _blocks(language: str = "") -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def test_the_commands_of_the_readme_are_answered(shell: Shell) -> None:
    typed = re.findall(r"^\.venv/bin/torikeshi ((?:ask|read) \"[^\"]*\")", README, re.MULTILINE)
    assert [line.partition(" ")[0] for line in typed] == ["ask", "read"]
    question, message = (json.loads(shell.runs(*shlex.split(line), "--json")[1]) for line in typed)
    assert question["decision"] == "answer"
    assert message["unsafe"]
    assert all(shell.runs(*shlex.split(line))[0] == 0 for line in typed)


def test_the_json_lines_of_the_readme_are_answered_with_the_keys_that_it_names(shell: Shell) -> None:
    [lines] = _blocks("jsonl")
    code, printed, _ = shell.runs("chat", "--jsonl", typed=lines)
    answers = [json.loads(line) for line in printed.splitlines()]
    assert (code, len(answers)) == (0, len(lines.splitlines()))
    named = re.search(r"Each line is answered by one with (.*?) \(each with (.*?)\)", README, re.DOTALL)
    assert named is not None
    assert [set(answer) for answer in answers] == [set(re.findall(r"`(\w+)`", named[1]))] * len(answers)
    assert set(answers[0]["messages"][0]) == set(re.findall(r"`(\w+)`", named[2]))


def test_a_malformed_json_line_gets_what_the_readme_says(shell: Shell) -> None:
    _, printed, _ = shell.runs("chat", "--jsonl", typed='{"chat": "a", "event": "start"}\n\n{\n')
    told = json.loads(printed.splitlines()[-1])
    assert (set(told), told["line"]) == ({"error", "line"}, 3)
    assert told["error"].startswith("line 3: ")


def test_every_command_of_the_readme_is_one(shell: Shell) -> None:
    _, helped, _ = shell.runs("--help")
    named = set(re.findall(r"(?:`torikeshi |· `)(\w+)", README)) - {"messages"}
    assert {"run", "chat", "transcript", "discord"} <= named
    assert named <= set(re.findall(r"^    (\w+)", helped, re.MULTILINE))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_file_that_a_document_names_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for path in {*re.findall(rf"`((?:{ROOMS})/[^`\s]*)`", text)} - YET_TO_MAKE:
        pattern = re.sub(r"<[^>]*>", "*", path.rstrip("/"))
        assert [*ROOT.glob(pattern)], path
    for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (document.parent / link).exists(), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_what_a_document_lets_make_do_is_in_the_makefile(document: Path) -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    said = re.findall(r"(?:`|^)make ([a-z ]+?)(?:`| LANGUAGE|  )", document.read_text(encoding="utf-8"), re.MULTILINE)
    assert {target for targets_said in said for target in targets_said.split()} <= targets


async def test_the_platform_that_a_page_adds_talks(content: Content, unused_tcp_port: int) -> None:
    page = (ROOT / "docs" / "tasks" / "add-a-platform.md").read_text(encoding="utf-8")
    [code] = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    telnet = ModuleType("telnet")
    exec(compile(code, "telnet.py", "exec"), telnet.__dict__)  # noqa: S102  # the page's own example
    service, stop = Watched(content), asyncio.Event()
    running = asyncio.create_task(telnet.run(service, {"token": str(unused_tcp_port)}, stop))
    await asyncio.sleep(0)
    reader, writer = await _connected(unused_tcp_port)
    for typed in (b"1\n", "未発送\n".encode()):
        await reader.readuntil(b"> ")
        writer.write(typed)
    await reader.readuntil(b"> ")
    [heard] = service.heard.values()
    assert [response.turn.place.step for response in heard] == ["menu", "status", "payment"]
    writer.write_eof()
    await reader.read()
    writer.close()
    await writer.wait_closed()
    stop.set()
    await running


async def _connected(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect as soon as the server listens."""
    while True:
        with suppress(ConnectionRefusedError):
            return await asyncio.open_connection("127.0.0.1", port)
        await asyncio.sleep(0)
