"""What comes in by HTTP: Telegram's updates, and who looks whether all is well."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO

import aiohttp
import pytest

from adapters import RefusedError, telegram
from adapters.inbox import Fairness, Inbox
from adapters.pace import Allowance, Pace
from adapters.platform import Host
from bot.content import Content
from bot.hosting import Address, read_hosting
from bot.keeping.memory import MemoryStore
from bot.keeping.store import Store
from bot.metrics import KIND, Metered, Metrics
from bot.settings import SettingsError
from bot.web import LONGEST_BODY, Counted, application, serving
from tests.buyer import TODAY
from tests.telegram_fake import TOKEN, FakeTelegram, Person
from tests.waiting import until

FREE = Allowance(100_000, at_once=100_000)
LOCAL = Address("127.0.0.1", 0)


class Replica:
    """One of the processes behind an address."""

    def __init__(self, content: Content, fake: FakeTelegram, store: Store) -> None:
        self.fake = fake
        self.hosts = {"telegram": Host(inbox=Inbox(Fairness(waiting=100, a_minute=100_000)))}
        self.metrics = Metrics(self.hosts)
        self.product = Metered(content, store, lambda: TODAY, self.metrics)
        self.keeps = True
        self.port = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Replica"]:
        host = self.hosts["telegram"]
        app = application(self.hosts, lambda: self.keeps, Counted(KIND, self.metrics.numbers))
        async with serving(app, LOCAL) as self.port:
            account = {"token": TOKEN, "api_url": self.fake.url, "webhook": f"http://127.0.0.1:{self.port}/telegram"}
            self.fake.busy.append(host.inbox)
            self.fake.ports.append(self.port)
            talk = asyncio.create_task(telegram.run(self.product, account, host, pace=Pace(FREE, FREE)))
            await until(lambda: host.ready or talk.done())
            try:
                yield self
            finally:
                self.fake.ports.remove(self.port)
                host.stop.set()
                await talk

    async def asks(self, path: str, **more: object) -> tuple[int, str]:
        """Ask as a supervisor or anybody else would."""
        address = f"http://127.0.0.1:{self.port}{path}"
        async with aiohttp.ClientSession() as session:
            asked = session.post(address, **more) if more else session.get(address)  # type: ignore[arg-type]
            async with asked as answer:
                return answer.status, await answer.text()


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server
    assert server.problems == []


@pytest.fixture
async def replica(content: Content, fake: FakeTelegram) -> AsyncIterator[Replica]:
    async with Replica(content, fake, MemoryStore()).running() as one:
        yield one


async def test_updates_that_telegram_brings_are_answered(replica: Replica, fake: FakeTelegram) -> None:
    hanako = Person(fake)
    await hanako.says("/check")
    await hanako.taps("status:awaiting_shipment", "payment:paypal", "coupon:no")
    assert "verdict:money" in hanako.tokens
    assert fake.webhook["allowed_updates"]
    assert {*fake.brought} == {200}
    assert replica.hosts["telegram"].ready


async def test_several_processes_behind_one_address_answer_each_buyer_once_and_in_order(
    content: Content, fake: FakeTelegram
) -> None:
    store = MemoryStore()
    people = [Person(fake, number) for number in range(1, 21)]
    async with Replica(content, fake, store).running(), Replica(content, fake, store).running():
        for person in people:
            person.sends("/check")
        await fake.settles()
        for token in ("status:awaiting_shipment", "payment:paypal", "coupon:no"):
            for person in people:
                person.presses(*person.find(token))
            await fake.settles()
    assert all("verdict:money" in person.tokens and len(person.messages) == 1 for person in people)


async def test_who_does_not_know_the_secret_is_not_heard(replica: Replica, fake: FakeTelegram) -> None:
    update = {"update_id": 1, "message": {"message_id": 1, "from": {"id": 7}, "chat": {"id": 7, "type": "private"}}}
    for secret in ("", "guessed", fake.webhook["secret_token"][:-1]):
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        assert (await replica.asks("/telegram", json=update, headers=headers))[0] == 403
    assert (await replica.asks("/elsewhere", json=update))[0] == 404
    assert fake.chats == {}


@pytest.mark.parametrize(
    ("body", "status"), [(b"no json", 400), (b"[]", 400), (b'{"update_id": "x"}', 400), (b'{"update_id": 1}', 200)]
)
async def test_whatever_is_brought_is_answered(replica: Replica, fake: FakeTelegram, body: bytes, status: int) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": fake.webhook["secret_token"]}
    assert (await replica.asks("/telegram", data=body, headers=headers))[0] == status


async def test_a_body_that_is_far_too_long_is_not_read(replica: Replica) -> None:
    assert (await replica.asks("/telegram", data=BytesIO(b" " * (LONGEST_BODY + 1))))[0] == 413


async def test_what_is_not_kept_yet_is_not_taken_when_it_stops(content: Content, fake: FakeTelegram) -> None:
    hanako, store = Person(fake), MemoryStore()
    one, other = Replica(content, fake, store), Replica(content, fake, store)
    async with one.running():
        hanako.sends("/check")
        await until(lambda: hanako.messages)
    hanako.sends("発送待ち")  # nobody is there
    async with other.running():
        await fake.settles()
    assert "payment:paypal" in hanako.tokens


async def test_fetching_takes_the_address_back(fake: FakeTelegram, replica: Replica) -> None:
    assert replica.port
    host = Host(inbox=Inbox())
    account = {"token": TOKEN, "api_url": fake.url, "webhook": ""}
    talk = asyncio.create_task(telegram.run(replica.product, account, host))
    await fake.hears("getUpdates")
    host.stop.set()
    await talk
    assert fake.webhook == {}


async def test_an_address_that_telegram_does_not_take_ends_with_one_sentence(
    content: Content, fake: FakeTelegram
) -> None:
    fake.fails("setWebhook", "400")
    with pytest.raises(RefusedError, match="TORIKESHI_TELEGRAM_WEBHOOK"):
        async with Replica(content, fake, MemoryStore()).running():
            pass


async def test_who_looks_sees_whether_it_lives_and_whether_it_can_work(replica: Replica) -> None:
    assert await replica.asks("/healthz") == (200, "ok")
    assert await replica.asks("/readyz") == (200, '{"store":true,"telegram":true}')
    replica.keeps = False
    replica.hosts["telegram"].ready = False
    assert await replica.asks("/readyz") == (503, '{"store":false,"telegram":false}')
    assert (await replica.asks("/healthz"))[0] == 200


async def test_the_numbers_tell_what_happens_and_nothing_of_anybody(replica: Replica, fake: FakeTelegram) -> None:
    hanako = Person(fake, 90817263)
    await hanako.says("/check")
    await hanako.taps("status:awaiting_shipment", "payment:paypal", "coupon:no")
    await hanako.says("zzgrmpf qqx")
    fake.fails("sendMessage", "500", times=2)
    await hanako.says("8190123456789012 の傘")
    status, told = await replica.asks("/metrics")
    assert status == 200
    for line in (
        'torikeshi_turns_total{platform="telegram"} 6.0',
        'torikeshi_outcomes_total{outcome="cancel_now"} 1.0',
        'torikeshi_turn_seconds_count{platform="telegram"} 6.0',
        'torikeshi_platform_troubles_total{kind="retry",platform="telegram"} 2.0',
        'torikeshi_under_way{platform="telegram"} 0.0',
        'torikeshi_platform_ready{platform="telegram"} 1.0',
    ):
        assert line in told
    assert 'torikeshi_unanswered_total{platform="telegram"} 2.0' in told
    assert not any(secret in told for secret in ("90817263", "8190123456789012", "grmpf", "傘", TOKEN))


async def test_a_port_that_is_taken_is_said_in_one_sentence(replica: Replica) -> None:
    app = application({}, lambda: True, Counted(KIND, bytes))
    with pytest.raises(SettingsError, match=f"TORIKESHI_LISTEN is 127.0.0.1:{replica.port}, and nobody can listen"):
        async with serving(app, Address("127.0.0.1", replica.port)):
            pass


def test_the_settings_of_the_process_are_read() -> None:
    usual = read_hosting({})
    assert (usual.fairness, usual.listen, usual.log_as_json, usual.log_level) == (Fairness(), None, False, "INFO")
    assert read_hosting({}, is_reached=True).listen == Address("127.0.0.1", 8080)
    environment = {
        "TORIKESHI_MOST_WAITING": "9",
        "TORIKESHI_MOST_A_MINUTE": "60",
        "TORIKESHI_LISTEN": "[::1]:9000",
        "TORIKESHI_LOG": "json",
        "TORIKESHI_LOG_LEVEL": "warning",
    }
    own = read_hosting(environment)
    assert (own.fairness, own.listen, own.log_as_json, own.log_level) == (
        Fairness(9, 60),
        Address("::1", 9000),
        True,
        "WARNING",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TORIKESHI_MOST_WAITING", "0"),
        ("TORIKESHI_MOST_A_MINUTE", "many"),
        ("TORIKESHI_LISTEN", "8080"),
        ("TORIKESHI_LISTEN", "host:99999"),
        ("TORIKESHI_LOG", "xml"),
        ("TORIKESHI_LOG_LEVEL", "loud"),
    ],
)
def test_a_setting_that_cannot_be_used_is_said_in_one_sentence(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} is '{value}'; it must be"):
        read_hosting({name: value})
