"""The front door keeps its promises: an event counts once, nobody's answers are lost, and a failing store is no end."""

from dataclasses import replace

import pytest

from bot.content import Content
from bot.keeping.fallback import MOST_CHATS, Fallback
from bot.keeping.memory import MemoryStore
from bot.keeping.store import MOST_EVENT_IDS, Saved, Store, StoreError
from bot.support import MOST_RACES, Support
from conversations import Answer, Attachment, Chose, Conversation, Event, Language, Sent, Started, StepName, Wrote
from tests.buyer import TODAY, Screen
from tests.words import Words

CHECK, UNPAID, SHIPPED = Chose("menu:check"), Chose("status:unpaid"), Chose("status:shipped")


class FailingStore(MemoryStore):
    """A store that fails to load, to save, or both, while it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.fails_to_load = self.fails_to_save = False

    def fails(self, *what: str) -> None:
        """Fail in these from now on: "load", "save", or nothing."""
        self.fails_to_load, self.fails_to_save = "load" in what, "save" in what

    async def load(self, chat: str) -> Saved | None:
        if self.fails_to_load:
            raise StoreError
        return await super().load(chat)

    async def save(self, chat: str, saved: Saved) -> bool:
        if self.fails_to_save:
            raise StoreError
        return await super().save(chat, saved)


class RacedStore(MemoryStore):
    """A store on which someone else saves an answer just before each of our first saves."""

    def __init__(self, races: int, other: Answer) -> None:
        super().__init__()
        self.races = races
        self.other = other

    async def save(self, chat: str, saved: Saved) -> bool:
        if self.races:
            self.races -= 1
            theirs = await self.load(chat) or Saved()
            answers = (*theirs.conversation.answers, self.other)
            await super().save(chat, replace(theirs, conversation=Conversation(answers=answers)))
        return await super().save(chat, saved)


class Chat:
    """One chat with the product, over any store."""

    def __init__(self, content: Content, store: Store, name: str = "chat") -> None:
        self.support = Support(content, store, lambda: TODAY)
        self.name = name

    async def does(self, *events: Event, event_id: str | None = None) -> Screen:
        """Do one thing after the other; return what is seen in the end."""
        for event in events[:-1]:
            await self.support.respond(self.name, event)
        return Screen(await self.support.respond(self.name, events[-1], event_id=event_id))


@pytest.fixture
def store() -> FailingStore:
    return FailingStore()


@pytest.fixture
def chat(content: Content, store: FailingStore) -> Chat:
    return Chat(content, store)


async def kept(store: Store) -> list[str]:
    """Return the answers that the store has."""
    return [answer.value for answer in (await store.load("chat") or Saved()).conversation.answers]


# Events that come twice.


async def test_an_event_delivered_twice_counts_once_and_shows_the_screen_again(chat: Chat, store: Store) -> None:
    first = await chat.does(CHECK, Chose("status:unknown"), event_id="7")
    again = await chat.does(Chose("back"), event_id="7")
    assert (again.text, again.tokens) == (first.text, first.tokens)
    assert await kept(store) == ["check", "unknown"]


async def test_an_event_delivered_twice_counts_once_after_a_restart_too(content: Content, store: Store) -> None:
    await Chat(content, store).does(CHECK, event_id="7")
    seen = await Chat(content, store).does(Chose("back"), event_id="7")
    assert seen.step == "status"


async def test_an_event_delivered_twice_while_the_store_fails_counts_once(chat: Chat, store: FailingStore) -> None:
    store.fails("load", "save")
    await chat.does(CHECK, UNPAID, event_id="7")
    await chat.does(Chose("back"), event_id="7")
    store.fails()
    assert (await chat.does(Sent(Attachment.PHOTO))).outcome == "cancel_freely"


async def test_the_same_thing_done_twice_with_two_ids_is_two_events(chat: Chat, store: Store) -> None:
    await chat.does(CHECK, UNPAID, event_id="1")
    await chat.does(Chose("back"), event_id="2")
    await chat.does(Chose("back"), event_id="3")
    assert await kept(store) == []


async def test_only_the_newest_event_ids_are_kept(chat: Chat, store: Store) -> None:
    for number in range(MOST_EVENT_IDS + 5):
        await chat.does(Wrote("hm"), event_id=str(number))
    ids = (await store.load("chat") or Saved()).event_ids
    assert ids == tuple(str(number) for number in range(5, MOST_EVENT_IDS + 5))


# Races.


async def test_a_save_that_lost_a_race_is_done_again_on_what_the_other_wrote(content: Content) -> None:
    store = RacedStore(races=1, other=Answer(StepName.MENU, "check"))
    seen = await Chat(content, store).does(UNPAID)
    assert seen.outcome == "cancel_freely"
    assert await kept(store) == ["check", "unpaid"]


async def test_a_race_that_never_ends_is_answered_from_memory(content: Content) -> None:
    store = RacedStore(races=MOST_RACES, other=Answer(StepName.MENU, "home"))
    chat = Chat(content, store)
    seen = await chat.does(CHECK)
    assert (seen.step, seen.notices) == ("status", ["cannot_remember"])
    assert (await chat.does(UNPAID)).outcome == "cancel_freely"
    assert (await kept(store))[-2:] == ["check", "unpaid"]


# A store that fails.

FAILURES = [("load",), ("save",), ("load", "save")]


@pytest.mark.parametrize("what", FAILURES, ids=" and ".join)
async def test_a_chat_goes_on_with_its_answers_while_the_store_fails(
    chat: Chat, store: FailingStore, what: tuple[str, ...]
) -> None:
    await chat.does(CHECK, UNPAID)
    store.fails(*what)
    seen = await chat.does(Chose("verdict:phone"))
    assert (seen.step, seen.known) == ("steps", {"status": "unpaid"})
    assert (await chat.does(Chose("back"))).step == "verdict"


@pytest.mark.parametrize("what", FAILURES, ids=" and ".join)
async def test_that_it_cannot_remember_is_said_once(chat: Chat, store: FailingStore, what: tuple[str, ...]) -> None:
    await chat.does(CHECK)
    store.fails(*what)
    notices = [(await chat.does(event)).notices for event in (UNPAID, Chose("back"), Wrote("hm"), UNPAID)]
    assert notices == [["cannot_remember"], [], [], []]


@pytest.mark.parametrize("language", Language)
async def test_that_it_cannot_remember_is_said_in_the_buyers_language(
    chat: Chat, store: FailingStore, content: Content, language: Language
) -> None:
    store.fails("save")
    seen = await chat.does(Started(language))
    assert seen.text.startswith(Words(content, language).notice("cannot_remember"))


@pytest.mark.parametrize("what", FAILURES, ids=" and ".join)
async def test_when_the_store_recovers_nothing_that_was_said_is_lost(
    chat: Chat, store: FailingStore, content: Content, what: tuple[str, ...]
) -> None:
    await chat.does(Started(Language.EN), CHECK)
    store.fails(*what)
    await chat.does(SHIPPED, Chose("movement:stuck"))
    store.fails()
    seen = await chat.does(Wrote("hm"))
    assert seen.known == {"status": "shipped", "movement": "stuck"}
    after_a_restart = await Chat(content, store).does(Started())
    assert (after_a_restart.known, after_a_restart.notices) == (seen.known, ["welcome_back"])
    assert after_a_restart.response.turn.conversation.language is Language.EN


@pytest.mark.parametrize("what", FAILURES, ids=" and ".join)
async def test_a_second_failure_is_said_again(chat: Chat, store: FailingStore, what: tuple[str, ...]) -> None:
    for _ in range(2):
        store.fails(*what)
        assert (await chat.does(CHECK)).notices == ["cannot_remember"]
        store.fails()
        assert (await chat.does(Chose("home"))).notices == []


async def test_what_was_kept_before_a_failing_start_is_not_overwritten(store: FailingStore, content: Content) -> None:
    await Chat(content, store).does(Started(Language.EN), CHECK, SHIPPED)
    store.fails("load", "save")
    newly_started = Chat(content, store)
    await newly_started.does(CHECK)
    await newly_started.does(Chose("movement:stuck"))
    store.fails()
    seen = await newly_started.does(Sent(Attachment.PHOTO))
    assert seen.known == {"status": "shipped", "movement": "stuck"}
    assert seen.response.turn.conversation.language is Language.EN


async def test_what_another_process_kept_meanwhile_is_joined(chat: Chat, store: FailingStore, content: Content) -> None:
    await chat.does(CHECK)
    store.fails("save")
    await chat.does(SHIPPED, event_id="ours")
    store.fails()
    await Chat(content, store).does(Chose("coupon:yes"), event_id="theirs")
    seen = await chat.does(Sent(Attachment.PHOTO))
    assert seen.known == {"status": "shipped", "coupon": "yes"}
    assert (await store.load("chat") or Saved()).event_ids == ("theirs", "ours")


async def test_if_the_store_lost_the_chat_it_is_kept_anew(chat: Chat, store: FailingStore) -> None:
    await chat.does(CHECK, SHIPPED)
    store.fails("load", "save")
    await chat.does(Chose("movement:stuck"))
    await store.forget("chat")
    store.fails()
    await chat.does(Sent(Attachment.PHOTO))
    assert await kept(store) == ["check", "shipped", "stuck"]


def test_only_so_many_chats_are_held_in_memory() -> None:
    fallback = Fallback()
    for number in range(MOST_CHATS + 1):
        fallback.hold(str(number), Saved(version=number + 1))
    assert [fallback.newest(chat).version for chat in ("0", "1", str(MOST_CHATS))] == [0, 2, MOST_CHATS + 1]


def test_of_too_many_chats_the_one_longest_unheard_of_is_let_go() -> None:
    fallback = Fallback()
    for number in range(MOST_CHATS):
        fallback.hold(str(number), Saved(version=number + 1))
    fallback.hold("0", Saved(version=1))
    fallback.hold("new", Saved(version=1))
    assert [fallback.newest(chat).version for chat in ("0", "1", "new")] == [1, 0, 1]


class UnforgettingStore(MemoryStore):
    """A store that cannot delete."""

    async def forget(self, chat: str) -> None:
        raise StoreError(chat)


async def test_where_nothing_can_be_deleted_nobody_is_told_that_it_was(content: Content) -> None:
    chat = Chat(content, UnforgettingStore())
    seen = await chat.does(Started(), CHECK, UNPAID, Chose("forget"))
    assert seen.notices == ["cannot_forget"]


# Chats are private.


@pytest.mark.parametrize("what", [(), *FAILURES], ids=" and ".join)
async def test_two_chats_never_see_each_other(content: Content, store: FailingStore, what: tuple[str, ...]) -> None:
    one, other = Chat(content, store, "one"), Chat(content, store, "other")
    other.support = one.support
    store.fails(*what)
    await one.does(Started(Language.EN), CHECK, UNPAID)
    seen = await other.does(Started())
    assert (seen.step, seen.known, seen.response.turn.conversation.language) == ("menu", {}, Language.JA)
    assert (await one.does(Started())).known == {"status": "unpaid"}


async def test_a_forgotten_chat_begins_anew(chat: Chat, store: FailingStore) -> None:
    await chat.does(CHECK, UNPAID)
    await chat.support.forget("chat")
    assert await store.load("chat") is None
    assert (await chat.does(Started())).known == {}


async def test_what_was_said_while_the_store_failed_can_be_forgotten_too(chat: Chat, store: FailingStore) -> None:
    store.fails("load", "save")
    await chat.does(CHECK, UNPAID)
    await chat.support.forget("chat")
    assert (await chat.does(Started())).known == {}
