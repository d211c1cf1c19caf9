"""Killed at any moment, again and again: every buyer's story ends with its outcome, no tap is lost, none counts twice.

Real processes against platforms of our own. ``TORIKESHI_CRASH_BUYERS`` and ``TORIKESHI_CRASH_KILLS`` make it larger.
"""

import asyncio
import json
import os
import socket
import sqlite3
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from random import Random

import psycopg
import pytest

from tests.postgres import Postgres
from tests.telegram_fake import TOKEN, FakeTelegram, Person
from tests.waiting import until

ROOT = Path(__file__).parent.parent
BUYERS, KILLS = int(os.environ.get("TORIKESHI_CRASH_BUYERS", "16")), int(os.environ.get("TORIKESHI_CRASH_KILLS", "3"))
STORY = ("status:awaiting_shipment", "payment:paypal", "coupon:no")
ANSWERS = [["menu", "check"], ["status", "awaiting_shipment"], ["payment", "paypal"], ["coupon", "no"]]
WITHIN = 60.0 + KILLS * 10
"""Seconds for all; reached only where somebody waits in vain."""

pytestmark = [pytest.mark.xdist_group("postgres"), pytest.mark.timeout(WITHIN * 3)]
_CHANCE = Random(12)  # noqa: S311  # no secret


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server
    assert server.problems == []


class Bot:
    """A process that runs the bot, and is killed and started again."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self._folder, self._settings = folder, dict(settings)
        self._process: Process | None = None

    async def starts(self) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("TORIKESHI_")}
        environment = {**clean, **self._settings, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "bot", "run", "telegram"]
        self._process = await asyncio.create_subprocess_exec(
            *command, cwd=self._folder, env=environment, stderr=DEVNULL
        )

    async def is_killed(self) -> None:
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def ends(self) -> None:
        assert self._process is not None
        self._process.terminate()
        assert await self._process.wait() == 0


@asynccontextmanager
async def running(bots: Sequence[Bot]) -> AsyncIterator[None]:
    await asyncio.gather(*(bot.starts() for bot in bots))
    yield
    await asyncio.gather(*(bot.ends() for bot in bots))


async def tells(buyer: Person) -> None:
    """Play a story: go on as soon as the next button is there; never tap anything twice."""
    buyer.sends("/check")
    for token in STORY:
        await until(lambda token=token: token in buyer.tokens, WITHIN)  # type: ignore[misc]
        await asyncio.sleep(_CHANCE.uniform(0.0, 0.6))  # who reads is not always as quick
        buyer.presses(*buyer.find(token))
    await until(lambda: "verdict:money" in buyer.tokens, WITHIN)


async def go_wrong(times: int, happens: Callable[[], Awaitable[None]], stories: Sequence[asyncio.Task[None]]) -> int:
    """Let something happen at random instants while stories are told; return how often it did."""
    count = 0
    while count < times and not all(story.done() for story in stories):
        await asyncio.sleep(_CHANCE.uniform(0.3, 1.2))
        await happens()
        count += 1
    return count


def each_counted_once(rows: Sequence[str]) -> bool:
    return len(rows) == BUYERS and all(json.loads(row) == ANSWERS for row in rows)


async def test_a_bot_that_is_killed_again_and_again_finishes_every_story(tmp_path: Path, fake: FakeTelegram) -> None:
    store = tmp_path / "chats.sqlite3"
    base = {"TORIKESHI_TELEGRAM_TOKEN": TOKEN, "TORIKESHI_TELEGRAM_API_URL": fake.url, "TORIKESHI_STORE": str(store)}
    bot = Bot(tmp_path, base)
    buyers = [Person(fake, number) for number in range(1, BUYERS + 1)]

    async def dies_and_comes_back() -> None:
        await bot.is_killed()
        await bot.starts()
        before = len(fake.named("getUpdates"))
        await until(lambda: len(fake.named("getUpdates")) > before, WITHIN)

    async with running([bot]):
        await until(lambda: fake.named("getUpdates"), WITHIN)
        stories = [asyncio.create_task(tells(buyer)) for buyer in buyers]
        assert await go_wrong(KILLS, dies_and_comes_back, stories)
        await asyncio.gather(*stories)
    assert each_counted_once(_sqlite(store))


@pytest.mark.parametrize("what", ["replicas die", "the database restarts"])
async def test_replicas_behind_one_address_finish_every_story(
    tmp_path: Path, fake: FakeTelegram, postgres: Postgres, what: str
) -> None:
    fake.ports = [_free_port(), _free_port()]
    base = {
        "TORIKESHI_TELEGRAM_TOKEN": TOKEN,
        "TORIKESHI_TELEGRAM_API_URL": fake.url,
        "TORIKESHI_TELEGRAM_WEBHOOK": "https://bot.example.jp/telegram",
        "TORIKESHI_STORE": postgres.address,
    }
    bots = [Bot(tmp_path, {**base, "TORIKESHI_LISTEN": f"127.0.0.1:{port}"}) for port in fake.ports]
    buyers = [Person(fake, number) for number in range(1, BUYERS + 1)]

    async def one_dies_and_comes_back() -> None:
        bot = _CHANCE.choice(bots)
        await bot.is_killed()
        await bot.starts()

    async def restarts() -> None:
        await asyncio.to_thread(postgres.restarts)

    happens = one_dies_and_comes_back if what == "replicas die" else restarts
    async with running(bots):
        await until(lambda: len(fake.named("setWebhook")) == 2, WITHIN)
        stories = [asyncio.create_task(tells(buyer)) for buyer in buyers]
        assert await go_wrong(KILLS, happens, stories)
        await asyncio.gather(*stories)
    with psycopg.connect(postgres.address) as line:
        rows = [row for (row,) in line.execute("SELECT answers FROM chats").fetchall()]
    assert each_counted_once(rows)


def _sqlite(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as line:
        return [row for (row,) in line.execute("SELECT answers FROM chats")]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
