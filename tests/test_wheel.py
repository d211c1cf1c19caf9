"""A built wheel carries all content and works from any folder."""

import json
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.test_cli import ROOMS

ROOT = Path(__file__).parent.parent
PLAYER = "bot/editing/transcripts.py"
"""Plays the stories of the tests; who installs the product has none."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, built as it is now."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def _run(wheel: Path, tmp_path: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command line out of the wheel, in a folder that has nothing to do with the project."""
    code = (
        f"import sys; sys.path[:0] = [{str(wheel)!r}]; import bot.__main__ as m; assert {str(wheel)!r} in m.__file__; "
    )
    code += f"sys.exit(m.main({list(arguments)!r}))"
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-I", "-c", code]
    return subprocess.run(
        command, cwd=tmp_path, env=environment, input=stdin, capture_output=True, text=True, check=False
    )


def test_the_wheel_carries_every_file_of_the_rooms_as_it_is(wheel: Path) -> None:
    """So what ``check`` says here of the content holds of the wheel's."""
    with ZipFile(wheel) as packed:
        carried = {name: packed.read(name) for name in packed.namelist() if not name.startswith("torikeshi-")}
    files = (file for room in ROOMS for file in (ROOT / room).rglob("*") if file.is_file() and file.suffix != ".pyc")
    ours = {str(file.relative_to(ROOT)): file.read_bytes() for file in files}
    del ours[PLAYER]
    assert carried == ours


def test_the_wheel_plays_no_stories(wheel: Path, tmp_path: Path) -> None:
    assert "transcript" not in _run(wheel, tmp_path, "--help").stdout


def test_the_wheel_talks(wheel: Path, tmp_path: Path) -> None:
    events = '{"chat": "a", "event": "start"}\n{"chat": "a", "event": "choose", "token": "status:unpaid"}\n'
    result = _run(wheel, tmp_path, "chat", "--jsonl", stdin=events)
    assert [json.loads(line)["outcome"] for line in result.stdout.splitlines()] == [None, "cancel_freely"]
