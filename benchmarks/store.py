"""How long the store takes to load and save one chat, with few and with very many chats in the file.

    python benchmarks/store.py [CHATS …]        1,000, 100,000 and 1,000,000 unless said otherwise

Prints microseconds per load and save of a random chat through ``SqlStore``, as an event does it: median and 99th
percentile. The aim is 500 µs at most, however many chats there are. A million chats take about 400 MB in the
folder for temporary files.
"""

import random
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from bot.keeping.sql import SqlStore, sqlite_url
from bot.keeping.store import Saved
from conversations import Answer

TODAY = date(2026, 11, 24)
ANSWERS = """[["menu","check"],["status","awaiting_shipment"],["payment","credit_card"],["coupon","no"],\
["verdict","write"],["reason","changed_mind"],["draft","details"],["order_number","8190123456789012"]]"""
EVENT_IDS = '["901", "902", "903", "904", "905", "906", "907", "908"]'
MEASURED = 5000
WARM_UP = 500


def fill(file: Path, chats: int) -> None:
    """Put so many chats into a new file, quickly."""
    SqlStore(sqlite_url(file), lambda: TODAY).close()
    rows = ((name(number), 8, TODAY.isoformat(), "ja", ANSWERS, EVENT_IDS) for number in range(chats))
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.executemany(
            "INSERT INTO chats (chat, version, used_on, language, answers, event_ids) VALUES (?, ?, ?, ?, ?, ?)", rows
        )


def name(number: int) -> str:
    """Return a chat's name; neighbours in time are no neighbours in the alphabet."""
    return f"telegram:{number * 7_919 % 1_000_000_007}"


def measure(file: Path, chats: int) -> Iterator[float]:
    """Yield how many microseconds each load and save of a random chat took."""
    chance = random.Random(7)  # noqa: S311  # no secret
    with closing(SqlStore(sqlite_url(file), lambda: TODAY)) as store:
        for number in range(WARM_UP + MEASURED):
            chat = name(chance.randrange(chats))
            started = time.perf_counter()
            saved = store.load(chat) or Saved()
            answers = (*saved.conversation.answers[1:], Answer("status", "shipped"))
            ids = (*saved.event_ids[1:], str(number))
            store.save(chat, replace(saved, conversation=replace(saved.conversation, answers=answers), event_ids=ids))
            if number >= WARM_UP:
                yield (time.perf_counter() - started) * 1e6


def main() -> None:
    """Print a line for each number of chats."""
    print(f"{'chats':>10} {'median µs':>10} {'p99 µs':>10} {'file MB':>10}")
    for chats in [int(text) for text in sys.argv[1:]] or [1_000, 100_000, 1_000_000]:
        with TemporaryDirectory() as folder:
            file = Path(folder) / "chats.sqlite3"
            fill(file, chats)
            took = list(measure(file, chats))
            size = file.stat().st_size / 1e6
            print(f"{chats:>10,} {median(took):>10.0f} {quantiles(took, n=100)[-1]:>10.0f} {size:>10.0f}", flush=True)


if __name__ == "__main__":
    main()
