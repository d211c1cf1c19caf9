"""The product is put together from the settings; a store that cannot be opened does not silence it."""

from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import make_support
from bot.clock import today_in_japan
from bot.keeping.opening import open_store
from bot.keeping.store import Saved, Store
from bot.settings import Settings, SettingsError
from conversations import Chose, Conversation, Language, Started
from tests.buyer import Screen
from tests.terminal import python

IN_ENGLISH = Saved(Conversation(Language.EN))


def opened(store: str | Path) -> Store:
    return open_store(Settings(str(store), timedelta(days=30)))


async def keeps(store: Store) -> bool:
    """Tell whether a store keeps what it is given."""
    kept = await store.save("a", IN_ENGLISH) and await store.load("a")
    await store.close()
    return isinstance(kept, Saved) and kept.conversation == IN_ENGLISH.conversation


async def test_a_path_becomes_a_database_file_and_its_folder_is_made(tmp_path: Path) -> None:
    assert await keeps(opened(tmp_path / "new" / "folders" / "chats.sqlite3"))
    assert (tmp_path / "new" / "folders" / "chats.sqlite3").is_file()


async def test_a_path_may_begin_in_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert await keeps(opened("~/chats.sqlite3"))
    assert (tmp_path / "chats.sqlite3").is_file()


async def test_a_path_may_hold_any_letters(tmp_path: Path) -> None:
    file = tmp_path / "会話 100%?#&.sqlite3"
    assert await keeps(opened(file))
    assert file.is_file()


async def test_a_database_address_is_opened_as_it_is(tmp_path: Path) -> None:
    assert await keeps(opened(f"sqlite:///{tmp_path}/chats.sqlite3"))
    assert (tmp_path / "chats.sqlite3").is_file()


@pytest.mark.parametrize(
    "address",
    [
        "://",
        "nosuch://host/db",
        "file:///srv/chats.sqlite3",
        "postgresql://someone:s3cret@host:port/db",
        "oracle://h/d",
    ],
)
def test_an_address_of_no_usable_database_is_the_operators_to_mend(address: str) -> None:
    with pytest.raises(SettingsError, match=r"^TORIKESHI_STORE is no database address.*Set a file's path") as error:
        opened(address)
    assert "s3cret" not in str(error.value)


def test_a_home_folder_that_nobody_has_is_the_operators_to_mend() -> None:
    with pytest.raises(SettingsError, match="TORIKESHI_STORE is '~nobody-here/chats'"):
        opened("~nobody-here/chats")


@pytest.mark.parametrize("place", ["a file/chats.sqlite3", "a file/deeper/chats.sqlite3", "a folder", "no database"])
async def test_where_nothing_can_be_kept_the_chat_goes_on_and_says_so(tmp_path: Path, place: str) -> None:
    (tmp_path / "a file").touch()
    (tmp_path / "a folder").mkdir()
    (tmp_path / "no database").write_text("my holiday diary" * 100, encoding="utf-8")
    async with aclosing(make_support(opened(tmp_path / place))) as support:
        seen = [Screen(await support.respond("a", event)) for event in (Started(), Chose("menu:check"))]
    assert [screen.notices for screen in seen] == [["cannot_remember"], []]
    assert seen[-1].step == "status"


def test_the_day_is_that_of_japan() -> None:
    nine_hours_ahead = [datetime.now(UTC) + timedelta(hours=9) for _ in range(2)]
    assert nine_hours_ahead[0].date() <= today_in_japan() <= (nine_hours_ahead[1] + timedelta(seconds=5)).date()


def test_what_takes_long_to_load_is_loaded_before_anybody_waits_for_it() -> None:
    told = python(
        "-c",
        "import sys, datetime; from bot.app import settle; from conversations.reading.days import read_day; settle();"
        "before = set(sys.modules); read_day('Nov 3', datetime.date(2026, 11, 24)); print(set(sys.modules) - before)",
    )
    assert (told.stdout, told.returncode) == ("set()\n", 0)
