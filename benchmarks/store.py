"""How long the stores take to load and save one chat, with few and with very many chats, and what they cost a turn.

    python benchmarks/store.py [CHATS …]        1,000 and 1,000,000 unless said otherwise

Prints microseconds per load and save of a random chat, as an event does it: median and 99th percentile; the bytes
of a chat; and how many turns a second the product answers with each store, as a share of what it answers with its
chats in memory. PostgreSQL runs from the wheel of the tests, on a socket. A million chats take about a gigabyte in the
folder for temporary files.
"""

import asyncio
import random
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from bot.content import load_content
from bot.keeping.database import Database
from bot.keeping.memory import MemoryStore
from bot.keeping.sql import SqlStore
from bot.keeping.sqlite import SqliteDatabase
from bot.keeping.store import Saved, Store
from bot.support import Support
from conversations import Answer, Chose, Conversation
from tests.postgres import Postgres, new_database, running

TODAY = date(2026, 11, 24)
TALK = Conversation(
    answers=tuple(
        Answer(step, value)
        for step, value in (
            ("menu", "check"),
            ("status", "awaiting_shipment"),
            ("payment", "credit_card"),
            ("coupon", "no"),
            ("verdict", "write"),
            ("reason", "changed_mind"),
            ("draft", "details"),
            ("order_number", "8190123456789012"),
        )
    )
)
IDS = tuple(map(str, range(901, 909)))
MEASURED, WARM_UP = 3000, 300
STEPS = ("menu:check", "status:awaiting_shipment", "payment:paypal", "coupon:no", "verdict:money", "back", "home")
BUYERS, ROUNDS = 60, 8


def name(number: int) -> str:
    """Return a chat's name; neighbours in time are no neighbours in the alphabet."""
    return f"telegram:{number * 7_919 % 1_000_000_007}"


async def fill(store: SqlStore, chats: int) -> None:
    """Put so many chats into a store, quickly."""
    await store.open()
    row = {**store._written(Saved(TALK, IDS), await store._reckon()), "version": 8}  # noqa: SLF001
    for start in range(0, chats, 10_000):
        await store.put([{**row, "chat": name(number)} for number in range(start, min(start + 10_000, chats))])


async def measure(store: Store, chats: int) -> AsyncIterator[float]:
    """Yield how many microseconds each load and save of a random chat took."""
    chance = random.Random(7)  # noqa: S311  # no secret
    for number in range(WARM_UP + MEASURED):
        chat = name(chance.randrange(chats))
        started = time.perf_counter()
        saved = await store.load(chat) or Saved()
        answers = (*saved.conversation.answers[1:], Answer("status", "shipped"))
        ids = (*saved.event_ids[1:], str(number))
        await store.save(chat, replace(saved, conversation=replace(saved.conversation, answers=answers), event_ids=ids))
        if number >= WARM_UP:
            yield (time.perf_counter() - started) * 1e6


async def turns_a_second(store: Store) -> float:
    """Return how many turns the product answers a second, of many buyers at once, with replies kept and delivered."""
    support = Support(load_content(), store, lambda: TODAY)

    async def tells(chat: str) -> None:
        for number in range(ROUNDS):
            for step in STEPS:
                response = await support.respond(chat, Chose(step), event_id=f"{number}{step}", route="")
                await support.delivered(chat, response)

    await tells("telegram:warm")
    started = time.perf_counter()
    await asyncio.gather(*(tells(f"telegram:{number}") for number in range(BUYERS)))
    took = time.perf_counter() - started
    await support.aclose()
    return BUYERS * ROUNDS * len(STEPS) / took


async def tell(kind: str, database: Database, size: Callable[[], float], chats: int) -> None:
    """Print a line for a database with so many chats."""
    async with aclosing(SqlStore(database, lambda: TODAY)) as store:
        await fill(store, chats)
        took = [each async for each in measure(store, chats)]
    middle, high = median(took), quantiles(took, n=100)[-1]
    print(f"{kind:<11} {chats:>10,} {middle:>10.0f} {high:>10.0f} {size() / chats:>10.0f}", flush=True)


def bytes_in(place: Postgres) -> float:
    """Return how many bytes the chats of a database take, indexes included."""
    return float(str(place.ask("SELECT pg_total_relation_size('chats')")[0][0]))


async def main() -> None:
    """Print the table, then the shares."""
    print(f"{'store':<11} {'chats':>10} {'median µs':>10} {'p99 µs':>10} {'B a chat':>10}")
    with TemporaryDirectory() as folder, running(Path(folder) / "server") as server:
        for chats in [int(text) for text in sys.argv[1:]] or [1_000, 1_000_000]:
            file, place = Path(folder) / f"{chats}.sqlite3", new_database(server)
            await tell("SQLite", SqliteDatabase(file), partial(lambda one: one.stat().st_size, file), chats)
            await tell("PostgreSQL", place.database(), partial(bytes_in, place), chats)
        stores: dict[str, Store] = {
            "memory": MemoryStore(),
            "SQLite": SqlStore(SqliteDatabase(Path(folder) / "turns.sqlite3"), lambda: TODAY),
            "PostgreSQL": SqlStore(new_database(server).database(), lambda: TODAY),
        }
        speeds = {kind: await turns_a_second(store) for kind, store in stores.items()}
        for kind, speed in speeds.items():
            print(f"{kind:<11} {speed:>8.0f} turns a second, {speed / speeds['memory']:.2f} of memory", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
