"""A built wheel carries all content and works from any folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


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


def test_the_wheel_finds_its_content_sound(wheel: Path, tmp_path: Path) -> None:
    result = _run(wheel, tmp_path, "check")
    assert (result.returncode, result.stderr) == (0, "")


def test_the_wheel_talks(wheel: Path, tmp_path: Path) -> None:
    events = '{"chat": "a", "event": "start"}\n{"chat": "a", "event": "choose", "token": "status:unpaid"}\n'
    result = _run(wheel, tmp_path, "chat", "--jsonl", stdin=events)
    assert [json.loads(line)["outcome"] for line in result.stdout.splitlines()] == [None, "cancel_freely"]


def test_the_wheel_carries_no_tests(wheel: Path) -> None:
    names = subprocess.run(
        [sys.executable, "-m", "zipfile", "-l", str(wheel)], check=True, capture_output=True, text=True
    ).stdout
    assert "tests/" not in names
    assert all(
        part in names for part in ("messages/README.md", "conversations/data/facts.toml", "messages/ja/cautions.j2")
    )
