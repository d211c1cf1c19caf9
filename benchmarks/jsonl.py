"""How many events a second the product answers on one core, with few and with very many chats at the same time.

    python benchmarks/jsonl.py [CHATS …]        10, 10,000 and 100,000 unless said otherwise

Runs the real ``torikeshi chat --jsonl`` (its chats in memory, see ``store.py`` for a file) and sends it what buyers
do: the stories of ``tests/transcripts``, each with a question, a typed day and a new beginning added, so verdicts,
questions, messages to the seller, typed words and days. Each chat begins somewhere in its story and the chats take
turns. Prints events a second from the first answer to the last. The aim is 5,000, however many chats there are.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import chain, count, islice
from pathlib import Path
from threading import Thread
from typing import BinaryIO

from bot.editing.transcripts import read_transcript
from conversations import Chose, Event, Language, Sent, Started, Wrote

STORIES = Path(__file__).parent.parent / "tests" / "transcripts"
QUESTIONS = (
    "手数料はかかりますか",
    "クレカに戻るまで何日",
    "届いてしまったらどうする",
    "Is there a fee?",
    "返金が遅い",
    "hello",
)
DAYS = ("先週の金曜", "11/3", "two weeks ago", "3日前")
EVENTS = 60_000
EVENTS_A_CHAT = 3


def as_fields(event: Event) -> dict[str, str]:
    """Return an event as a line has it."""
    match event:
        case Started(language):
            return {"event": "start", "language": language or Language.JA}
        case Chose(token):
            return {"event": "choose", "token": token}
        case Wrote(text):
            return {"event": "write", "text": text}
        case Sent(attachment):
            return {"event": attachment.value}


def stories() -> list[list[bytes]]:
    """Return what buyers do, story by story: the lines without the chat's name."""
    told = []
    for number, file in enumerate(sorted(STORIES.glob("*.md"))):
        read = read_transcript(file)
        added: list[Event] = [Wrote(QUESTIONS[number % len(QUESTIONS)]), Chose("continue")]
        if number % 3 == 0:
            added += [Chose("change:requested_on"), Wrote(DAYS[number % len(DAYS)])]
        events = (Started(read.language), *(action.event for action in read.actions), *added, Chose("restart"))
        told.append([json.dumps(as_fields(event))[1:].encode() for event in events])
    return told


def lines(chats: int) -> Iterator[bytes]:
    """Yield events without end; the chats take turns."""
    told = stories()
    for turn in count():
        for chat in range(chats):
            story = told[chat % len(told)]
            yield b'{"chat": "%d", %s\n' % (chat, story[(chat // len(told) + turn) % len(story)])


def send(sent: Iterator[bytes], into: BinaryIO) -> None:
    """Send all lines, some hundred at a time."""
    while block := b"".join(islice(sent, 500)):
        into.write(block)
    into.close()


def measure(chats: int) -> tuple[int, float]:
    """Return how many events were answered, and how many seconds that took."""
    events = max(EVENTS, EVENTS_A_CHAT * chats)
    sent = islice(lines(chats), events)
    command = [sys.executable, "-m", "bot", "chat", "--jsonl"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(process.pid, {min(os.sched_getaffinity(0))})
        Thread(target=send, args=(chain(sent), process.stdin)).start()
        process.stdout.readline()
        started = time.perf_counter()
        answered = sum(1 for line in process.stdout if b'"error"' not in line[:10])
        return answered, time.perf_counter() - started


def main() -> None:
    """Print a line for each number of chats."""
    print(f"{'chats':>10} {'events':>10} {'events/s':>10}")
    for chats in [int(text) for text in sys.argv[1:]] or [10, 10_000, 100_000]:
        answered, seconds = measure(chats)
        print(f"{chats:>10,} {answered:>10,} {answered / seconds:>10,.0f}", flush=True)


if __name__ == "__main__":
    main()
