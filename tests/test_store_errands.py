"""``torikeshi store …``: what an operator does with the kept chats."""

import asyncio
import json
import sqlite3
import stat
from contextlib import aclosing, closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.keeping.opening import open_store
from bot.keeping.store import Saved
from bot.settings import Settings
from conversations import Answer, Conversation, Language
from tests.postgres import Postgres

pytestmark = pytest.mark.xdist_group("postgres")
CHATS = {f"telegram:{number}": Conversation(Language.EN, (Answer("status", "shipped"),)) for number in range(1200)}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    address = str(tmp_path / "chats.sqlite3")
    monkeypatch.setenv("TORIKESHI_STORE", address)
    monkeypatch.chdir(tmp_path)
    asyncio.run(_fill(address))
    return address


async def _fill(address: str) -> None:
    async with aclosing(open_store(_settings(address))) as store:
        for chat, conversation in CHATS.items():
            await store.save(chat, Saved(conversation, ("m1",)))
        await store.save_note("discord:server:1", "{}")


def _settings(address: str) -> Settings:
    return Settings(address, timedelta(days=30))


async def _kept(address: str) -> tuple[dict[str, Conversation], str | None]:
    async with aclosing(open_store(_settings(address))) as store:
        kept = {chat: await store.load(chat) for chat in CHATS}
        return {chat: saved.conversation for chat, saved in kept.items() if saved}, await store.load_note(
            "discord:server:1"
        )


def test_a_backup_holds_everything_while_the_bot_runs(
    store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(store)) as bot:
        bot.execute("SELECT * FROM chats").fetchone()
        assert main(["store", "backup", "saved.db"]) == 0
    assert "1200 chats" in capsys.readouterr().out
    file = tmp_path / "saved.db"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert asyncio.run(_kept(str(file))) == (CHATS, "{}")
    assert [one.name for one in tmp_path.iterdir() if "half" in one.name or "tmp" in one.name] == []


def test_what_is_gone_comes_back_from_a_backup(store: str) -> None:
    main(["store", "backup", "saved.db"])
    Path(store).unlink()
    for left in ("-wal", "-shm"):
        Path(store + left).unlink(missing_ok=True)
    assert main(["store", "restore", "saved.db"]) == 0
    assert asyncio.run(_kept(store)) == (CHATS, "{}")


def test_a_chat_that_went_on_since_the_backup_keeps_its_newer_answers(store: str) -> None:
    main(["store", "backup", "saved.db"])

    async def goes_on() -> None:
        async with aclosing(open_store(_settings(store))) as kept:
            saved = await kept.load("telegram:7") or Saved()
            await kept.save("telegram:7", Saved(Conversation(), ("m2",), saved.version))

    asyncio.run(goes_on())
    main(["store", "restore", "saved.db"])
    assert asyncio.run(_kept(store))[0]["telegram:7"] == Conversation()


@pytest.mark.parametrize("again", [False, True])
def test_all_chats_move_to_a_database_server(store: str, postgres: Postgres, again: bool) -> None:
    for _ in range(1 + again):
        assert main(["store", "copy", store, postgres.address]) == 0
    assert asyncio.run(_kept(postgres.address)) == (CHATS, "{}")


def test_a_server_is_backed_up_like_a_file(
    store: str, postgres: Postgres, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    main(["store", "copy", store, postgres.address])
    monkeypatch.setenv("TORIKESHI_STORE", postgres.address)
    assert main(["store", "backup", "saved.db"]) == 0
    assert asyncio.run(_kept(str(tmp_path / "saved.db"))) == (CHATS, "{}")
    postgres.ask("DELETE FROM chats")
    assert main(["store", "restore", "saved.db"]) == 0
    assert asyncio.run(_kept(postgres.address))[0] == CHATS


@pytest.mark.usefixtures("store")
def test_one_chat_is_shown_and_forgotten(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["store", "export", "telegram:7"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["chat"], told["language"], told["answers"]) == ("telegram:7", "en", [["status", "shipped"]])
    assert main(["store", "forget", "telegram:7"]) == 0
    assert main(["store", "export", "telegram:7"]) == 2
    assert main(["store", "forget", "telegram:7"]) == 2
    assert "Nothing is kept of 'telegram:7'" in capsys.readouterr().err


@pytest.mark.parametrize("what", ["no such file", "a folder", "no backup"])
@pytest.mark.usefixtures("store")
def test_what_is_no_backup_is_refused_in_one_sentence(
    what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a folder").mkdir()
    (tmp_path / "no backup").write_bytes(b"my holiday photos" * 100)
    assert main(["store", "restore", what]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.usefixtures("store")
def test_a_backup_of_a_newer_release_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    main(["store", "backup", "saved.db"])
    with closing(sqlite3.connect("saved.db")) as line, line:
        line.execute("UPDATE release SET number = 99")
    assert main(["store", "restore", "saved.db"]) == 2
    assert "newer release" in capsys.readouterr().err


@pytest.mark.usefixtures("store")
def test_a_backup_goes_nowhere_where_there_is_no_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["store", "backup", "nowhere/saved.db"]) == 2
    assert "nowhere is no folder" in capsys.readouterr().err


def test_a_store_that_cannot_be_used_is_said_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TORIKESHI_STORE", str(tmp_path))
    assert main(["store", "export", "telegram:7"]) == 2
    assert capsys.readouterr().err.startswith("The store cannot be used: ")
