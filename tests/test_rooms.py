"""Who may import whom, so that the core stays pure and a platform stays one file."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters import PLATFORMS

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "adapters", "messages", "conversations")
OURS = {
    "conversations": set[str](),
    "messages": {"conversations"},
    "adapters": {"conversations", "messages"},
    "bot": {"conversations", "messages", "adapters"},
}
INNER = {
    "conversations.dialog": {"policy", "reading"},
    "conversations.policy": set[str](),
    "conversations.reading": set[str](),
    "bot.keeping": set[str](),
    "bot.editing": {"keeping"},
}
"""The rooms within a room, and which of their neighbours each may use: the policy does not know who reads words."""
FROM_OUTSIDE = {
    "conversations": {"pydantic", "pydantic_core", "dateparser", "dateutil", "jpholiday"},
    "messages": {"jinja2", "typing_extensions"},
    "adapters": {
        *("aiohttp", "cachetools", "discord", "markdown_it", "prompt_toolkit", "rich", "telegram"),
        *("typing_extensions", "wcwidth", "yarl"),
    },
    "bot": {
        *("dotenv", "jinja2", "markdown_it", "platformdirs", "rich", "sqlalchemy", "typing_extensions"),
        *("alembic", "cachetools", "prometheus_client", "psycopg", "psycopg_pool", "starlette", "structlog", "uvicorn"),
        *("numpy", "scipy", "sklearn", "threadpoolctl"),  # only to train
    },
}
PURE = {"__future__", "collections", "dataclasses", "datetime", "difflib", "enum", "functools", "itertools", "re"} | {
    *("array", "base64", "math", "operator", "zlib"),
    "types",
    "typing",
    "unicodedata",
}
"""The standard library's values: what the core may use. Nothing here reads a file, a clock or a network."""


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are written in full"
            yield node.module or ""


def _files() -> list[Path]:
    return sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("file", _files(), ids=lambda file: str(file.relative_to(ROOT)))
def test_a_room_imports_only_what_it_may(file: Path) -> None:
    room = file.relative_to(ROOT).parts[0]
    for module in _imports(file):
        top = module.partition(".")[0]
        if top in ROOMS:
            assert top == room or top in OURS[room], f"{room} must not import {module}"
        elif top not in sys.stdlib_module_names:
            assert top in FROM_OUTSIDE[room], f"{room} must not import {module}"
        elif room == "conversations":
            assert top in PURE, f"the core must not import {module}"


@pytest.mark.parametrize("room", INNER)
def test_an_inner_room_imports_no_neighbour_that_it_need_not_know(room: str) -> None:
    outer, _, own = room.partition(".")
    neighbours = {inner.partition(".")[2] for inner in INNER if inner.startswith(f"{outer}.")} - {own}
    for file in (ROOT / outer / own).rglob("*.py"):
        used = {module.split(".")[1] for module in _imports(file) if module.startswith(f"{outer}.")}
        assert used & neighbours <= INNER[room], file.relative_to(ROOT)


@pytest.mark.parametrize("file", _files(), ids=lambda file: str(file.relative_to(ROOT)))
def test_the_core_and_the_words_ask_no_clock(file: Path) -> None:
    if file.relative_to(ROOT).parts[0] in {"conversations", "messages"}:
        calls = {
            node.func.attr
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        assert not calls & {"today", "now", "utcnow", "open", "read_text"}


FRONT_ENDS = {*PLATFORMS.values(), "adapters.console", "adapters.jsonl"}
"""The ways of talking to buyers; all else in ``adapters`` they share."""
NETWORK = {"aiohttp", "yarl"}


@pytest.mark.parametrize("file", [file for file in _files() if file.is_relative_to(ROOT / "adapters")], ids=str)
def test_a_front_end_is_imported_by_none_of_its_neighbours(file: Path) -> None:
    own = ".".join(file.relative_to(ROOT).with_suffix("").parts[:2])
    others = {".".join(module.split(".")[:2]) for module in _imports(file)} & FRONT_ENDS
    assert others <= {own}


def test_a_platforms_library_stays_in_its_folder() -> None:
    libraries = {module.rpartition(".")[2] for module in PLATFORMS.values()}
    for file in _files():
        used = {module.partition(".")[0] for module in _imports(file)}
        parts = file.relative_to(ROOT).parts
        folder = parts[1] if parts[0] == "adapters" else ""
        assert used & libraries <= {folder}, file
        assert not used & NETWORK or folder in {*libraries, "wire.py"}, file
