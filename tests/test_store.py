"""One contract that every store passes, and what a database file has to stand beside it."""

import resource
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Barrier

import pytest

from bot.content import load_content
from bot.keeping.memory import MemoryStore
from bot.keeping.sql import SqlStore, sqlite_url
from bot.keeping.store import NewerStoreError, Saved, Store, StoreError
from conversations import Answer, Conversation, Language, StepName, look

TALK = Conversation(Language.EN, (Answer(StepName.MENU, "check"), Answer("status", "shipped")))


class Calendar:
    """Tells the day, which passes only when the test says so."""

    def __init__(self) -> None:
        self.today = date(2026, 11, 24)

    def __call__(self) -> date:
        return self.today

    def passes(self, days: int) -> None:
        self.today += timedelta(days=days)


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "chats.sqlite3"


Open = Callable[..., SqlStore]


@pytest.fixture
def opened(file: Path, calendar: Calendar) -> Iterator[Open]:
    """Open the file as often as wanted; every store is closed in the end."""
    stores = []

    def open_it(forget_after: timedelta = timedelta(days=30)) -> SqlStore:
        stores.append(SqlStore(sqlite_url(file), calendar, forget_after))
        return stores[-1]

    yield open_it
    for store in stores:
        store.close()


@pytest.fixture(params=["memory", "sql"])
def store(request: pytest.FixtureRequest, opened: Open) -> Store:
    return MemoryStore() if request.param == "memory" else opened()


def said(store: Store, chat: str) -> Conversation:
    """Return what a store knows of a chat; an empty conversation if it knows nothing."""
    return (store.load(chat) or Saved()).conversation


def ask(file: Path, sql: str) -> list[tuple[object, ...]]:
    """Look into the file, or change it, behind the store's back."""
    with closing(sqlite3.connect(file)) as connection, connection:
        return connection.execute(sql).fetchall()


# What every store does.


def test_of_an_unknown_chat_nothing_is_kept(store: Store) -> None:
    assert store.load("nobody") is None


def test_a_chat_comes_back_as_it_was_saved(store: Store) -> None:
    assert store.save("a", Saved(TALK, ("event 1", "event 2")))
    assert store.load("a") == Saved(TALK, ("event 1", "event 2"), version=1)


def test_chats_are_kept_apart(store: Store) -> None:
    store.save("a", Saved(TALK))
    store.save("b", Saved())
    assert (said(store, "a"), said(store, "b"), store.load("A")) == (TALK, Conversation(), None)


def test_a_save_on_what_was_loaded_goes_through(store: Store) -> None:
    store.save("a", Saved())
    loaded = store.load("a") or Saved()
    assert store.save("a", replace(loaded, conversation=TALK))
    assert said(store, "a") == TALK


def test_a_save_on_an_old_version_is_refused(store: Store) -> None:
    store.save("a", Saved())
    mine, others = store.load("a") or Saved(), store.load("a") or Saved()
    assert store.save("a", replace(others, conversation=TALK))
    assert not store.save("a", mine)
    assert said(store, "a") == TALK


def test_a_chat_can_be_saved_for_the_first_time_only_once(store: Store) -> None:
    assert store.save("a", Saved(TALK))
    assert not store.save("a", Saved())
    assert said(store, "a") == TALK


def test_of_a_forgotten_chat_nothing_is_kept(store: Store) -> None:
    store.save("a", Saved(TALK))
    store.save("b", Saved(TALK))
    store.forget("a")
    assert (store.load("a"), said(store, "b")) == (None, TALK)


def test_a_forgotten_chat_begins_anew(store: Store) -> None:
    store.save("a", Saved(TALK))
    store.forget("a")
    store.forget("a")
    assert store.save("a", Saved(Conversation(Language.EN)))
    assert said(store, "a") == Conversation(Language.EN)


@pytest.mark.parametrize(
    "text", ["👩‍👩‍👧 🇯🇵", "日本語「」〜", "'; DROP TABLE chats; --", '"\\"', "", " \n\t\u0000 ", "x" * 100_000]
)
def test_any_text_comes_back_letter_by_letter(store: Store, text: str) -> None:
    conversation = Conversation(answers=(Answer("item", text),))
    store.save("a", Saved(conversation, (text,)))
    assert store.load("a") == Saved(conversation, (text,), version=1)


@pytest.mark.parametrize("chat", ["telegram:1", "日本語", "' OR 1=1", "x" * 200, "%", " "])
def test_a_chat_may_have_any_name(store: Store, chat: str) -> None:
    store.save(chat, Saved(TALK))
    assert said(store, chat) == TALK


def test_a_note_comes_back_until_it_is_written_anew(store: Store) -> None:
    assert store.load_note("discord:server:1") is None
    store.save_note("discord:server:1", "{}")
    store.save_note("discord:server:2", "日本語 '; DROP TABLE notes; --")
    store.save_note("discord:server:1", "[]")
    assert (store.load_note("discord:server:1"), store.load_note("discord:server:2")) == (
        "[]",
        "日本語 '; DROP TABLE notes; --",
    )


# What only a file does.


def test_a_file_from_before_there_were_notes_is_opened_and_takes_them(file: Path, opened: Open) -> None:
    opened().save("a", Saved(TALK))
    ask(file, "DROP TABLE notes")
    store = opened()
    assert said(store, "a") == TALK
    store.save_note("x", "y")
    assert opened(timedelta(days=1)).load_note("x") == "y"


def test_a_chat_outlives_the_process(opened: Open) -> None:
    first = opened()
    first.save("a", Saved(TALK))
    first.close()
    assert said(opened(), "a") == TALK


def test_two_processes_on_one_file_see_each_other(opened: Open) -> None:
    one, other = opened(), opened()
    one.save("a", Saved(TALK))
    assert said(other, "a") == TALK
    other.forget("a")
    assert one.load("a") is None


def test_of_two_that_write_at_the_same_time_one_is_told_to_look_again(opened: Open) -> None:
    one, other = opened(), opened()
    one.save("a", Saved())
    mine, others = one.load("a") or Saved(), other.load("a") or Saved()
    assert one.save("a", replace(mine, conversation=TALK))
    assert not other.save("a", replace(others, conversation=Conversation()))
    assert said(other, "a") == TALK


def test_a_race_of_two_writers_loses_nothing(file: Path, calendar: Calendar) -> None:
    def write(name: str) -> None:
        with closing(SqlStore(sqlite_url(file), calendar)) as store:
            for number in range(25):
                while not add(store, Answer("item", f"{name}{number}")):
                    pass

    def add(store: Store, answer: Answer) -> bool:
        saved = store.load("a") or Saved()
        return store.save("a", replace(saved, conversation=Conversation(answers=(*saved.conversation.answers, answer))))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, ("one ", "other ")))
    with closing(SqlStore(sqlite_url(file), calendar)) as store:
        values = [answer.value for answer in said(store, "a").answers]
    assert sorted(values) == sorted(f"{name}{number}" for name in ("one ", "other ") for number in range(25))


def test_processes_that_start_together_on_a_new_file_all_start(tmp_path: Path, calendar: Calendar) -> None:
    together = Barrier(4)

    def start(file: Path, chat: str) -> bool:
        together.wait()
        with closing(SqlStore(sqlite_url(file), calendar)) as store:
            return store.save(chat, Saved(TALK))

    with ThreadPoolExecutor(4) as pool:
        for number in range(5):
            started = pool.map(start, [tmp_path / f"{number}.sqlite3"] * 4, "abcd")
            assert list(started) == [True] * 4


def test_readers_do_not_wait_for_a_writer(opened: Open, file: Path) -> None:
    opened()
    assert ask(file, "PRAGMA journal_mode") == [("wal",)]


# Forgetting.


def test_a_chat_is_kept_for_thirty_days(opened: Open, calendar: Calendar) -> None:
    store = opened()
    store.save("a", Saved(TALK))
    calendar.passes(days=30)
    assert said(store, "a") == TALK


def test_a_chat_that_was_unused_longer_says_nothing_any_more(opened: Open, calendar: Calendar) -> None:
    store = opened()
    store.save("a", Saved(TALK, ("event",)))
    calendar.passes(days=31)
    assert store.load("a") == Saved(version=1)


def test_a_chat_that_was_unused_longer_begins_anew(opened: Open, calendar: Calendar) -> None:
    store = opened()
    store.save("a", Saved(TALK))
    calendar.passes(days=31)
    while not store.save("a", store.load("a") or Saved()):  # the first save meets the chat that it deletes
        pass
    assert store.load("a") == Saved(version=1)


def test_every_use_begins_the_thirty_days_anew(opened: Open, calendar: Calendar) -> None:
    store = opened()
    store.save("a", Saved(TALK))
    calendar.passes(days=20)
    store.save("a", store.load("a") or Saved())
    calendar.passes(days=20)
    assert said(store, "a") == TALK


def test_a_start_deletes_what_was_unused_too_long(opened: Open, calendar: Calendar, file: Path) -> None:
    opened().save("a", Saved(TALK))
    calendar.passes(days=31)
    opened()
    assert ask(file, "SELECT chat FROM chats") == []


def test_a_later_save_deletes_what_was_unused_too_long(opened: Open, calendar: Calendar, file: Path) -> None:
    store = opened()
    store.save("a", Saved(TALK))
    calendar.passes(days=31)
    store.save("b", Saved(TALK))
    assert ask(file, "SELECT chat FROM chats") == [("b",)]


def test_the_operator_chooses_after_how_long(opened: Open, calendar: Calendar) -> None:
    store = opened(forget_after=timedelta(days=3))
    store.save("a", Saved(TALK))
    calendar.passes(days=4)
    assert said(store, "a") == Conversation()


# Files of other releases.


def test_a_file_of_a_newer_release_is_named_and_left_as_it_is(opened: Open, file: Path) -> None:
    store = opened()
    store.save("a", Saved(TALK))
    store.close()
    ask(file, "UPDATE release SET number = number + 1")
    before = sha256(file.read_bytes()).hexdigest()
    with pytest.raises(NewerStoreError) as error:
        opened()
    assert str(file) in str(error.value)
    assert "newer release" in str(error.value)
    assert sha256(file.read_bytes()).hexdigest() == before


def test_answers_to_questions_that_are_no_longer_asked_do_not_count(opened: Open, file: Path) -> None:
    store = opened()
    store.save("a", Saved(TALK))
    ask(file, """UPDATE chats SET answers = '[["menu","check"],["horoscope","leo"],["status","shipped"]]'""")
    place = look(said(store, "a"), load_content().handbook, date(2026, 11, 24)).place
    assert place == look(TALK, load_content().handbook, date(2026, 11, 24)).place


def test_a_language_that_is_no_longer_spoken_becomes_japanese(opened: Open, file: Path) -> None:
    store = opened()
    store.save("a", Saved(TALK))
    ask(file, "UPDATE chats SET language = 'tlh'")
    assert said(store, "a") == replace(TALK, language=Language.JA)


# Failing.


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file grow, as on a disk without room."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_said_and_harms_nothing(opened: Open) -> None:
    store = opened()
    store.save("a", Saved(TALK))
    with full_disk(), pytest.raises(StoreError):
        store.save("b", Saved(TALK))
    assert store.save("b", Saved(TALK))
    assert said(store, "a") == said(store, "b") == TALK


def test_a_file_that_may_only_be_read_cannot_be_opened(opened: Open, file: Path, calendar: Calendar) -> None:
    opened().close()
    with pytest.raises(StoreError, match="readonly"):
        SqlStore(f"sqlite:///file:{file}?mode=ro&uri=true", calendar)


@pytest.mark.parametrize("name", ["a folder", "no folder/chats.sqlite3", "a file/chats.sqlite3"])
def test_a_path_that_is_no_file_cannot_be_opened(tmp_path: Path, calendar: Calendar, name: str) -> None:
    (tmp_path / "a folder").mkdir()
    (tmp_path / "a file").touch()
    with pytest.raises(StoreError):
        SqlStore(sqlite_url(tmp_path / name), calendar)


def test_a_file_that_is_no_database_cannot_be_opened_and_stays_as_it_is(opened: Open, file: Path) -> None:
    file.write_bytes(b"my holiday photos" * 1000)
    with pytest.raises(StoreError, match="not a database"):
        opened()
    assert file.read_bytes() == b"my holiday photos" * 1000


@pytest.mark.parametrize("damage", ["answers = '[['", "answers = '[1]'", "event_ids = 'x'", "used_on = 'someday'"])
def test_a_damaged_row_is_said_and_harms_no_other_chat(opened: Open, file: Path, damage: str) -> None:
    store = opened()
    store.save("a", Saved(TALK))
    store.save("b", Saved(TALK))
    ask(file, f"UPDATE chats SET {damage} WHERE chat = 'a'")  # noqa: S608  # a constant of this test
    with pytest.raises(StoreError):
        store.load("a")
    assert said(store, "b") == TALK


def test_a_table_that_is_gone_is_said(opened: Open, file: Path) -> None:
    store = opened()
    ask(file, "DROP TABLE chats")
    for use in (lambda: store.load("a"), lambda: store.save("a", Saved()), lambda: store.forget("a")):
        with pytest.raises(StoreError, match="no such table"):
            use()
