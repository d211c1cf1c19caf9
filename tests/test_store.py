"""One contract that every store passes, and what a database file has to stand beside it."""

import asyncio
import logging
import resource
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest

from bot.content import load_content
from bot.keeping.database import Database
from bot.keeping.memory import MemoryStore
from bot.keeping.postgres import PostgresDatabase
from bot.keeping.sql import SqlStore
from bot.keeping.sqlite import SqliteDatabase
from bot.keeping.store import NewerStoreError, Outgoing, Saved, Store, StoreError
from conversations import Answer, Conversation, Language, StepName, look
from messages import Button, Draft, Message
from tests.postgres import Postgres
from tests.waiting import HANGS_AFTER, until

pytestmark = pytest.mark.xdist_group("postgres")
TALK = Conversation(Language.EN, (Answer(StepName.MENU, "check"), Answer("status", "shipped")))
REPLY = Message(
    "**Yes.** 「はい」",
    (Button("status:shipped", "発送済み"),),
    Draft("cancel", "Hello", "こんにちは"),
    ("F1",),
    (("11月24日", date(2026, 11, 24)),),
)


class Calendar:
    """Tells the day and the time, which pass only when the test says so."""

    def __init__(self) -> None:
        self.today = date(2026, 11, 24)
        self.now = 1_790_000_000.0

    def __call__(self) -> date:
        return self.today

    def time(self) -> float:
        return self.now

    def passes(self, days: int = 0, seconds: float = 0) -> None:
        self.today += timedelta(days=days)
        self.now += days * 86_400 + seconds


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "chats.sqlite3"


class Place:
    """Where chats are kept: a file, or a database on a server. It is opened as often as wanted."""

    def __init__(self, calendar: Calendar, file: Path, server: Postgres | None) -> None:
        self.calendar, self.file, self.server = calendar, file, server
        self.stores: list[SqlStore] = []

    def opened(self, forget_after: timedelta = timedelta(days=30)) -> SqlStore:
        database: Database = SqliteDatabase(self.file) if self.server is None else self.server.database()
        store = SqlStore(database, self.calendar, forget_after, ("item", "order_number"), self.calendar.time)
        self.stores.append(store)
        return store

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        """Look into it, or change it, behind the store's back."""
        if self.server is not None:
            return self.server.ask(sql)
        with closing(sqlite3.connect(self.file)) as connection, connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(params=["sqlite", "postgresql"])
async def place(request: pytest.FixtureRequest, file: Path, calendar: Calendar) -> AsyncIterator[Place]:
    server = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    somewhere = Place(calendar, file, server)
    yield somewhere
    for store in somewhere.stores:
        await store.close()


@pytest.fixture
async def folder(file: Path, calendar: Calendar) -> AsyncIterator[Place]:
    """A file, for what concerns files alone."""
    somewhere = Place(calendar, file, None)
    yield somewhere
    for store in somewhere.stores:
        await store.close()


@pytest.fixture
async def served(postgres: Postgres, file: Path, calendar: Calendar) -> AsyncIterator[Place]:
    """A database on a server, for what concerns servers alone."""
    somewhere = Place(calendar, file, postgres)
    yield somewhere
    for store in somewhere.stores:
        await store.close()


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, file: Path, calendar: Calendar) -> AsyncIterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    server = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    somewhere = Place(calendar, file, server)
    yield somewhere.opened()
    for one in somewhere.stores:
        await one.close()


async def said(store: Store, chat: str) -> Conversation:
    """Return what a store knows of a chat; an empty conversation if it knows nothing."""
    return (await store.load(chat) or Saved()).conversation


# What every store does.


async def test_of_an_unknown_chat_nothing_is_kept(store: Store) -> None:
    assert await store.load("nobody") is None


async def test_a_chat_comes_back_as_it_was_saved(store: Store) -> None:
    assert await store.save("a", Saved(TALK, ("event 1", "event 2")))
    assert await store.load("a") == Saved(TALK, ("event 1", "event 2"), version=1)


async def test_chats_are_kept_apart(store: Store) -> None:
    await store.save("a", Saved(TALK))
    await store.save("b", Saved())
    assert (await said(store, "a"), await said(store, "b"), await store.load("A")) == (TALK, Conversation(), None)


async def test_a_save_on_what_was_loaded_goes_through(store: Store) -> None:
    await store.save("a", Saved())
    loaded = await store.load("a") or Saved()
    assert await store.save("a", replace(loaded, conversation=TALK))
    assert await said(store, "a") == TALK


async def test_a_save_on_an_old_version_is_refused(store: Store) -> None:
    await store.save("a", Saved())
    mine, others = await store.load("a") or Saved(), await store.load("a") or Saved()
    assert await store.save("a", replace(others, conversation=TALK))
    assert not await store.save("a", mine)
    assert await said(store, "a") == TALK


async def test_a_chat_can_be_saved_for_the_first_time_only_once(store: Store) -> None:
    assert await store.save("a", Saved(TALK))
    assert not await store.save("a", Saved())
    assert await said(store, "a") == TALK


async def test_of_a_forgotten_chat_nothing_is_kept(store: Store) -> None:
    await store.save("a", Saved(TALK))
    await store.save("b", Saved(TALK))
    await store.forget("a")
    assert (await store.load("a"), await said(store, "b")) == (None, TALK)


async def test_a_forgotten_chat_begins_anew(store: Store) -> None:
    await store.save("a", Saved(TALK))
    await store.forget("a")
    await store.forget("a")
    assert await store.save("a", Saved(Conversation(Language.EN)))
    assert await said(store, "a") == Conversation(Language.EN)


@pytest.mark.parametrize(
    "text", ["👩‍👩‍👧 🇯🇵", "日本語「」〜", "'; DROP TABLE chats; --", '"\\"', "", " \n\t\u0000 ", "x" * 100_000]
)
async def test_any_text_comes_back_letter_by_letter(store: Store, text: str) -> None:
    conversation = Conversation(answers=(Answer("own", text),))
    await store.save("a", Saved(conversation, (text,)))
    assert await store.load("a") == Saved(conversation, (text,), version=1)


@pytest.mark.parametrize("chat", ["telegram:1", "日本語", "' OR 1=1", "x" * 200, "%", " "])
async def test_a_chat_may_have_any_name(store: Store, chat: str) -> None:
    await store.save(chat, Saved(TALK))
    assert await said(store, chat) == TALK


async def test_a_note_comes_back_until_it_is_written_anew(store: Store) -> None:
    assert await store.load_note("discord:server:1") is None
    await store.save_note("discord:server:1", "{}")
    await store.save_note("discord:server:2", "日本語 '; DROP TABLE notes; --")
    await store.save_note("discord:server:1", "[]")
    assert (await store.load_note("discord:server:1"), await store.load_note("discord:server:2")) == (
        "[]",
        "日本語 '; DROP TABLE notes; --",
    )


async def test_replies_are_kept_with_what_they_answer_until_they_are_delivered(store: Store) -> None:
    reply = Outgoing(1, ("m1",), "77 発送済み", Language.JA, (REPLY, REPLY))
    await store.save("telegram:1", Saved(TALK, ("m1",), outbox=(reply,)))
    await store.save("telegram:2", Saved(TALK))
    await store.save("discord:1", Saved(TALK, outbox=(reply,)))
    kept = await store.load("telegram:1")
    assert kept is not None
    assert kept.outbox == (reply,)
    assert await store.undelivered("telegram:", 0) == [("telegram:1", kept)]
    await store.delivered([("telegram:1", 1), ("discord:1", 7)])
    assert await store.undelivered("telegram:", 0) == []
    assert await store.load("telegram:1") == replace(kept, outbox=())
    assert [chat for chat, _ in await store.undelivered("discord:", 0)] == ["discord:1"], "it is at another version"


# What every database does.


async def test_a_chat_outlives_the_process(place: Place) -> None:
    first = place.opened()
    await first.save("a", Saved(TALK))
    await first.close()
    assert await said(place.opened(), "a") == TALK


async def test_two_processes_see_each_other(place: Place) -> None:
    one, other = place.opened(), place.opened()
    await one.save("a", Saved(TALK))
    assert await said(other, "a") == TALK
    await other.forget("a")
    assert await one.load("a") is None


async def test_of_two_that_write_at_the_same_time_one_is_told_to_look_again(place: Place) -> None:
    one, other = place.opened(), place.opened()
    await one.save("a", Saved())
    mine, others = await one.load("a") or Saved(), await other.load("a") or Saved()
    assert await one.save("a", replace(mine, conversation=TALK))
    assert not await other.save("a", replace(others, conversation=Conversation()))
    assert await said(other, "a") == TALK


async def test_a_race_of_writers_loses_nothing(place: Place) -> None:
    async def write(store: Store, name: str) -> None:
        for number in range(25):
            while not await add(store, Answer("own", f"{name}{number}")):
                pass

    async def add(store: Store, answer: Answer) -> bool:
        saved = await store.load("a") or Saved()
        answers = (*saved.conversation.answers, answer)
        return await store.save("a", replace(saved, conversation=Conversation(answers=answers)))

    await asyncio.gather(*(write(place.opened(), name) for name in ("one ", "two ", "three ")))
    values = [answer.value for answer in (await said(place.opened(), "a")).answers]
    assert sorted(values) == sorted(f"{name}{number}" for name in ("one ", "two ", "three ") for number in range(25))


async def test_processes_that_start_together_on_a_new_database_all_start(place: Place) -> None:
    stores = [place.opened() for _ in range(4)]
    kept = await asyncio.gather(*(store.save(chat, Saved(TALK)) for store, chat in zip(stores, "abcd", strict=True)))
    assert kept == [True] * 4


async def test_undelivered_replies_are_given_to_one_asker_only_and_again_when_they_stay_so(place: Place) -> None:
    one, other = place.opened(), place.opened()
    reply = Outgoing(1, ("m1",), "", Language.JA, (REPLY,))
    await one.save("telegram:1", Saved(TALK, outbox=(reply,)))
    assert await one.undelivered("telegram:", 20) == []
    place.calendar.passes(seconds=21)
    found = await asyncio.gather(one.undelivered("telegram:", 20), other.undelivered("telegram:", 20))
    assert sorted(len(one) for one in found) == [0, 1]
    assert await other.undelivered("telegram:", 20) == []
    place.calendar.passes(seconds=21)
    assert len(await other.undelivered("telegram:", 20)) == 1


async def test_a_database_of_a_newer_release_is_refused(place: Place) -> None:
    store = place.opened()
    await store.save("a", Saved(TALK))
    await store.close()
    place.ask("UPDATE release SET number = number + 1")
    before = place.ask("SELECT * FROM chats")
    with pytest.raises(NewerStoreError, match=r"newer release.*\(form 3, this one reads up to 2\)"):
        await place.opened().load("a")
    assert place.ask("SELECT * FROM chats") == before


@pytest.mark.parametrize("damage", ["answers = '[['", "answers = '[1]'", "event_ids = 'x'", "outbox = '[{}]'"])
async def test_a_damaged_row_is_said_and_harms_no_other_chat(place: Place, damage: str) -> None:
    store = place.opened()
    await store.save("a", Saved(TALK))
    await store.save("b", Saved(TALK))
    place.ask(f"UPDATE chats SET {damage} WHERE chat = 'a'")  # noqa: S608  # a constant of this test
    with pytest.raises(StoreError, match="damaged"):
        await store.load("a")
    assert await said(store, "b") == TALK
    assert store.works
    await store.forget("a")
    assert await store.load("a") is None


async def test_a_table_that_is_gone_is_said_once(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    store = place.opened()
    await store.load("a")
    place.ask("ALTER TABLE chats RENAME TO other")
    for _ in range(3):
        with pytest.raises(StoreError):
            await store.load("a")
    assert not store.works
    place.ask("ALTER TABLE other RENAME TO chats")
    await _comes_back(store)
    assert [record.levelname for record in caplog.records if "store" in record.message] == ["ERROR", "INFO"]


async def _comes_back(store: SqlStore) -> None:
    """Wait until a store that failed is tried again."""
    async with asyncio.timeout(HANGS_AFTER):
        while not store.works:
            try:
                await store.load("a")
            except StoreError:
                await asyncio.sleep(0.02)


# Forgetting.


async def test_a_chat_is_kept_for_thirty_days(place: Place) -> None:
    store = place.opened()
    await store.save("a", Saved(TALK))
    place.calendar.passes(days=30)
    assert await said(store, "a") == TALK


async def test_a_chat_that_was_unused_longer_says_nothing_any_more_and_begins_anew(place: Place) -> None:
    store = place.opened()
    await store.save("a", Saved(TALK, ("event",)))
    place.calendar.passes(days=31)
    assert await store.load("a") == Saved(version=1)
    while not await store.save("a", await store.load("a") or Saved()):  # it may just be deleted
        pass
    assert await said(store, "a") == Conversation()


async def test_every_use_begins_the_thirty_days_anew(place: Place) -> None:
    store = place.opened()
    await store.save("a", Saved(TALK))
    place.calendar.passes(days=20)
    await store.save("a", await store.load("a") or Saved())
    place.calendar.passes(days=20)
    assert await said(store, "a") == TALK


@pytest.mark.parametrize("chats", [1, 1201])
async def test_what_was_unused_too_long_is_deleted_by_itself(place: Place, chats: int) -> None:
    store = place.opened()
    for number in range(chats):
        await store.save(f"{number}", Saved(TALK))
    place.calendar.passes(days=31)
    await store.save("new", Saved(TALK))
    await until(lambda: place.ask("SELECT count(*) FROM chats") == [(1,)])


async def test_the_operator_chooses_after_how_long(place: Place) -> None:
    store = place.opened(forget_after=timedelta(days=3))
    await store.save("a", Saved(TALK))
    place.calendar.passes(days=4)
    assert await said(store, "a") == Conversation()


@pytest.mark.parametrize("wrong", [date(2100, 1, 1), date(1970, 1, 1), date(2028, 1, 1)])
async def test_a_clock_that_is_wrong_for_a_while_deletes_nothing(place: Place, wrong: date) -> None:
    store = place.opened()
    right = place.calendar.today
    for number in range(5):
        await store.save(f"{number}", Saved(TALK))
    place.calendar.today = wrong
    assert await said(store, "1") == TALK, "also while it is wrong"
    await store.save("0", await store.load("0") or Saved())
    await place.opened().save("new", Saved(TALK))
    await store.sweep()
    place.calendar.today = right + timedelta(days=1)
    await store.save("newer", Saved(TALK))
    await store.sweep()
    assert place.ask("SELECT count(*) FROM chats") == [(7,)]
    place.calendar.passes(days=31)
    await store.sweep()
    assert place.ask("SELECT count(*) FROM chats") == [(0,)], "and all age on from the right day"


async def test_a_clock_that_began_wrong_deletes_nothing_when_it_is_put_right(place: Place) -> None:
    right, place.calendar.today = place.calendar.today, date(1970, 1, 1)
    await place.opened().save("a", Saved(TALK))
    place.calendar.today, store = right, place.opened()
    for _ in range(6):
        place.calendar.passes(days=1)
        await store.save("b", await store.load("b") or Saved(TALK))
        await store.sweep()
        assert await said(store, "a") == TALK
    place.calendar.passes(days=32)
    await store.sweep()
    assert place.ask("SELECT count(*) FROM chats") == [(0,)]


async def test_what_was_typed_for_the_seller_is_gone_after_a_day(place: Place) -> None:
    store = place.opened()
    typed = (Answer("item", "rain jacket"), Answer("order_number", "8190123456789012"))
    talk = replace(TALK, answers=(*TALK.answers, *typed))
    reply = Outgoing(1, (), "", Language.EN, (replace(REPLY, text="rain jacket"),))
    await store.save("a", Saved(talk, outbox=(reply,)))
    place.calendar.passes(seconds=23 * 3600)
    saved = await store.load("a") or Saved()
    assert saved.conversation == talk
    await store.save("a", saved)  # using the chat does not put it off
    place.calendar.passes(seconds=3601)
    assert await said(store, "a") == TALK
    await store.sweep()
    (row,) = place.ask("SELECT answers, outbox FROM chats")
    assert "rain jacket" not in str(row)
    assert "8190123456789012" not in str(row)
    assert await said(store, "a") == TALK


# What only a file has to stand.


async def test_a_file_of_the_release_before_is_taken_over_without_loss(folder: Place) -> None:
    with closing(sqlite3.connect(folder.file)) as connection:
        connection.executescript(RELEASE_1)
    store = folder.opened()
    assert await store.load("telegram:7") == Saved(replace(TALK, chosen=True), ("m1", "m2"), 3)
    assert await store.load_note("discord:server:1") == "{}"
    assert folder.ask("SELECT number FROM release") == [(2,)], "the release before refuses it now"


RELEASE_1 = """
CREATE TABLE chats (chat VARCHAR(200) NOT NULL, version INTEGER NOT NULL, used_on DATE NOT NULL,
    language VARCHAR(8) NOT NULL, answers TEXT NOT NULL, event_ids TEXT NOT NULL, PRIMARY KEY (chat));
CREATE INDEX ix_chats_used_on ON chats (used_on);
CREATE TABLE notes (name VARCHAR(200) NOT NULL, text TEXT NOT NULL, PRIMARY KEY (name));
CREATE TABLE release (number INTEGER NOT NULL, PRIMARY KEY (number));
INSERT INTO release VALUES (1);
INSERT INTO notes VALUES ('discord:server:1', '{}');
INSERT INTO chats VALUES
    ('telegram:7', 3, '2026-11-20', 'en', '[["menu","check"],["status","shipped"]]', '["m1", "m2"]');
"""
"""A file as the release before left it."""


async def test_a_file_of_a_newer_release_is_left_byte_for_byte(folder: Place) -> None:
    store = folder.opened()
    await store.save("a", Saved(TALK))
    await store.close()
    folder.ask("UPDATE release SET number = number + 1")
    before = sha256(folder.file.read_bytes()).hexdigest()
    with pytest.raises(NewerStoreError) as error:
        await folder.opened().open()
    assert str(folder.file) in str(error.value)
    assert sha256(folder.file.read_bytes()).hexdigest() == before


async def test_answers_to_questions_that_are_no_longer_asked_do_not_count(folder: Place) -> None:
    store = folder.opened()
    await store.save("a", Saved(TALK))
    folder.ask("""UPDATE chats SET answers = '[["menu","check"],["horoscope","leo"],["status","shipped"]]'""")
    leads_to = look(await said(store, "a"), load_content().handbook, date(2026, 11, 24)).place
    assert leads_to == look(TALK, load_content().handbook, date(2026, 11, 24)).place


async def test_a_language_that_is_no_longer_spoken_becomes_japanese(folder: Place) -> None:
    store = folder.opened()
    await store.save("a", Saved(TALK))
    folder.ask("UPDATE chats SET language = 'tlh'")
    assert await said(store, "a") == replace(TALK, language=Language.JA)


async def test_readers_do_not_wait_for_a_writer(folder: Place) -> None:
    await folder.opened().open()
    assert folder.ask("PRAGMA journal_mode") == [("wal",)]


async def test_nobody_else_on_the_machine_can_read_it(tmp_path: Path, calendar: Calendar) -> None:
    somewhere = Place(calendar, tmp_path / "new" / "chats.sqlite3", None)
    store = somewhere.opened()
    await store.save("a", Saved(TALK))
    files = [*somewhere.file.parent.iterdir()]
    assert len(files) == 3
    assert [oct(one.stat().st_mode & 0o777) for one in (somewhere.file.parent, *files)] == ["0o700", *["0o600"] * 3]
    await store.close()


async def test_a_file_that_others_could_read_is_closed_to_them(folder: Place) -> None:
    await folder.opened().save("a", Saved(TALK))
    await folder.stores[0].close()
    folder.file.chmod(0o644)
    await folder.opened().save("b", Saved(TALK))
    assert oct(folder.file.stat().st_mode & 0o777) == "0o600"


@pytest.mark.parametrize("way", ["forget", "sweep"])
async def test_what_is_deleted_is_gone_from_the_files_too(folder: Place, way: str) -> None:
    store = folder.opened()
    conversation = Conversation(answers=(Answer("item", "PURPLE-UMBRELLA"),))
    for number in range(40):
        await store.save(f"{number}", Saved(conversation))
        await store.save(f"{number}", replace(await store.load(f"{number}") or Saved(), event_ids=("x" * 200,)))
    assert b"PURPLE-UMBRELLA" in b"".join(one.read_bytes() for one in folder.file.parent.iterdir() if one.is_file())
    if way == "sweep":
        folder.calendar.passes(days=32)
        await store.sweep()
    else:
        for number in range(40):
            await store.forget(f"{number}")
    for one in folder.file.parent.iterdir():
        assert b"PURPLE-UMBRELLA" not in one.read_bytes(), one.name


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file grow, as on a disk without room."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_full_disk_is_said_and_harms_nothing(folder: Place) -> None:
    store = folder.opened()
    await store.save("a", Saved(TALK))
    with full_disk(), pytest.raises(StoreError):
        await store.save("b", Saved(TALK))
    assert await store.save("b", Saved(TALK))
    assert await said(store, "a") == await said(store, "b") == TALK


async def test_a_locked_file_keeps_nobody_else_waiting_and_is_used_again(folder: Place) -> None:
    store = folder.opened()
    await store.save("a", Saved(TALK))
    ticks = 0
    with closing(sqlite3.connect(folder.file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        saving = asyncio.create_task(store.save("b", Saved(TALK)))
        while not saving.done():
            await asyncio.sleep(0.005)
            ticks += 1
        with pytest.raises(StoreError, match="locked"):
            saving.result()
        other.execute("ROLLBACK")
    assert ticks > 5, "everything else went on meanwhile"
    await _comes_back(store)
    assert await store.save("b", Saved(TALK))


async def test_a_file_that_is_locked_at_the_start_is_opened_later(folder: Place) -> None:
    await folder.opened().save("a", Saved(TALK))
    await folder.stores[0].close()
    store = folder.opened()
    with closing(sqlite3.connect(folder.file, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError):
            await store.open()
    await _comes_back(store)
    assert await said(store, "a") == TALK


async def test_a_file_that_is_removed_while_it_is_open_is_noticed_and_made_anew(folder: Place) -> None:
    store = folder.opened()
    await store.save("a", Saved(TALK))
    for one in folder.file.parent.iterdir():
        one.unlink()
    with pytest.raises(StoreError, match="removed"):
        await store.save("b", Saved(TALK))
    await _comes_back(store)
    assert await store.save("b", Saved(TALK))
    assert folder.ask("SELECT chat FROM chats") == [("b",)]


@pytest.mark.parametrize("name", ["a folder", "a file/chats.sqlite3", "a link"])
async def test_a_path_that_is_no_file_cannot_be_opened(tmp_path: Path, calendar: Calendar, name: str) -> None:
    (tmp_path / "a folder").mkdir()
    (tmp_path / "a file").touch()
    (tmp_path / "a link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(StoreError):
        await Place(calendar, tmp_path / name, None).opened().open()
    assert not (tmp_path / "nowhere").exists()


async def test_a_file_that_is_no_database_cannot_be_opened_and_stays_as_it_is(folder: Place) -> None:
    folder.file.write_bytes(b"my holiday photos" * 1000)
    with pytest.raises(StoreError, match="not a database"):
        await folder.opened().open()
    assert folder.file.read_bytes() == b"my holiday photos" * 1000


# What only a server does.


async def test_a_server_that_restarts_costs_nothing(served: Place, postgres: Postgres) -> None:
    store = served.opened()
    await store.save("a", Saved(TALK))
    postgres.restarts()
    while await _saved_now(store) is None:  # noqa: ASYNC110  # it is told by asking
        await asyncio.sleep(0.05)
    assert await said(store, "a") == await said(store, "b") == TALK


async def _saved_now(store: SqlStore) -> bool | None:
    try:
        return await store.save("b", Saved(TALK))
    except StoreError:
        return None


async def test_a_line_that_is_cut_is_not_noticed(served: Place) -> None:
    store = served.opened()
    for number in range(5):
        assert await store.save(f"{number}", Saved(TALK))
        served.ask(CUT)
        assert await said(store, f"{number}") == TALK


CUT = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND datname = current_database()"""


async def test_a_row_that_somebody_holds_keeps_nobody_waiting_for_long(served: Place, postgres: Postgres) -> None:
    store = served.opened()
    await store.save("a", Saved(TALK))
    saved = await store.load("a") or Saved()
    with psycopg.connect(postgres.address) as other:
        other.execute("SELECT * FROM chats FOR UPDATE")
        with pytest.raises(StoreError, match="timeout"):
            await store.save("a", saved)
    await _comes_back(store)
    assert await store.save("a", saved)


async def test_a_server_that_is_not_there_is_said_without_the_password(
    calendar: Calendar, caplog: pytest.LogCaptureFixture
) -> None:
    store = SqlStore(PostgresDatabase("postgres://me:s3cret@127.0.0.1:1/nothing"), calendar)
    with pytest.raises(StoreError) as error:
        await store.open()
    assert "s3cret" not in str(error.value) + caplog.text
    assert "127.0.0.1/nothing" in str([vars(record) for record in caplog.records])
    await store.close()
