"""The store in a database: what becomes a row, what is forgotten when, and what happens when the database fails."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.keeping.ageing import Reckoning, read_reckoning
from bot.keeping.database import Database, Row
from bot.keeping.outbox import read_outbox, write_outbox
from bot.keeping.schema import BITE, STORED
from bot.keeping.store import Saved, StoreError
from conversations import FIRST_LANGUAGE, Answer, Conversation, Language

log = logging.getLogger(__name__)
Stored = Mapping[str, Any]
"""A chat as it is stored, by column."""
FORGET_AFTER = timedelta(days=30)
DETAILS_FOR = 24 * 3600
"""Seconds after which what was typed for the seller is gone."""
SWEEP_EVERY = 3600.0
"""Seconds between two looks at what is to be forgotten."""
TRIED_AGAIN = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds after which a database that failed is opened again; the last goes on."""
RECKONING = "store:day"
"""The note of the day that counts."""
_GUESSED = "?"
"""Stands after a language that nobody chose: the app's, or the one of the first words."""


class SqlStore:
    """Keeps chats in a database. It opens by itself at the first use, and again after it failed."""

    def __init__(
        self,
        database: Database,
        today: Callable[[], date],
        forget_after: timedelta = FORGET_AFTER,
        details: Collection[str] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Open nothing yet. ``details`` are the steps whose answers are a buyer's own words for the seller."""
        self._database = database
        self._today, self._clock = today, clock
        self._forget_after = forget_after
        self._details = frozenset(details)
        self._is_open = False
        self._opening = asyncio.Lock()
        self._failed, self._next_try, self._why = 0, 0.0, ""
        self._reckoning: Reckoning | None = None
        self._sweeping: asyncio.Task[None] | None = None
        self._swept_at = 0.0

    @property
    def works(self) -> bool:
        """See ``Store``."""
        return not self._failed

    async def open(self) -> None:
        """Open the database. Raises ``NewerStoreError``, and ``StoreError`` if it cannot be opened now."""
        async with self._opening:
            if self._is_open:
                return
            with self._guarded(proves=False):
                await self._database.open()
                self._is_open = True
                await self._reckon()
            self._sweep_soon()

    async def load(self, chat: str) -> Saved | None:
        """See ``Store``."""
        rows = await self._fetch("load", of_chat=chat)
        return self._read(rows[0]) if rows else None

    async def save(self, chat: str, saved: Saved) -> bool:
        """See ``Store``."""
        await self._ready()
        values = self._written(saved, await self._reckon())
        which = {"of_chat": chat, "of_version": saved.version}
        kept = await self._change("save" if saved.version else "insert", {**which, **values})
        self._sweep_soon()
        return kept == 1

    async def forget(self, chat: str) -> None:
        """See ``Store``."""
        await self._change("forget", {"of_chat": chat})
        with self._guarded():
            await self._database.wipe()

    async def delivered(self, chats: Sequence[tuple[str, int]]) -> None:
        """See ``Store``."""
        await self._change("delivered", *({"of_chat": chat, "of_version": version} for chat, version in chats))

    async def undelivered(self, prefix: str, older_than: float) -> Sequence[tuple[str, Saved]]:
        """See ``Store``."""
        now = int(self._clock())
        claimed = []
        for chat, *row in await self._fetch("late", prefix=prefix, before=int(now - older_than)):
            claim = {"of_chat": chat, "of_version": row[0], "seen": row[6], "now": now}
            if await self._change("claim", claim):
                claimed.append((chat, self._read(tuple(row))))
        return claimed

    async def load_note(self, name: str) -> str | None:
        """See ``Store``."""
        rows = await self._fetch("note", name=name)
        return rows[0][0] if rows else None

    async def save_note(self, name: str, text: str) -> None:
        """See ``Store``."""
        await self._change("save_note", {"name": name, "text": text})

    async def rows(self) -> AsyncIterator[Sequence[Stored]]:
        """Yield all chats as they are stored, some at a time, in the order of their names. Raises ``StoreError``."""
        after = ""
        while rows := await self._fetch("behind", after=after):
            yield [dict(zip(STORED, row, strict=True)) for row in rows]
            after = rows[-1][0]

    async def put(self, rows: Sequence[Stored]) -> int:
        """Store chats as another store had them, unless ours are as new; return how many. Raises ``StoreError``."""
        days = [{**row, "used_on": _as_day(row["used_on"])} for row in rows]
        return await self._change("put", *days) if days else 0

    async def notes(self) -> Mapping[str, str]:
        """Return all notes. Raises ``StoreError``."""
        return dict(await self._fetch("notes"))

    async def count(self) -> int:
        """Return how many chats are kept. Raises ``StoreError``."""
        return int((await self._fetch("count"))[0][0])

    async def aclose(self) -> None:
        """See ``close``."""
        await self.close()

    async def close(self) -> None:
        """See ``Store``."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            await asyncio.gather(self._sweeping, return_exceptions=True)
        await self._database.close()
        self._is_open = False

    # Forgetting.

    async def sweep(self) -> None:
        """Forget what is due, a few rows at a time. Raises ``StoreError``."""
        await self._ready()
        self._swept_at = time.monotonic()
        due = (await self._reckon()).day - self._forget_after
        gone = 0
        while changed := await self._change("old", {"before": due}):
            gone += changed
            await asyncio.sleep(0)
        while rows := await self._fetch("detailed", now=int(self._clock())):
            for chat, *row in rows:
                await self._strip(chat, tuple(row))
            gone += len(rows)
            if len(rows) < BITE:
                break
        if gone:
            with self._guarded():
                await self._database.wipe()

    async def _strip(self, chat: str, row: Row) -> None:
        """Let go of a chat's details; also of replies that show them and nobody took for a day."""
        saved = replace(self._read(row), outbox=())
        values = {**self._written(saved, await self._reckon()), "used_on": row[1], "details_until": 0}
        await self._change("save", {"of_chat": chat, "of_version": saved.version, **values})

    def _sweep_soon(self) -> None:
        """Look after what is due, beside everything else, now and then."""
        if time.monotonic() - self._swept_at > SWEEP_EVERY or not self._swept_at:
            self._swept_at = time.monotonic()
            self._sweeping = asyncio.create_task(self._sweep_quietly())

    async def _sweep_quietly(self) -> None:
        try:
            await self.sweep()
        except StoreError:
            self._swept_at = 0.0  # said in the log; the next save tries again

    async def _reckon(self) -> Reckoning:
        """Return the day that counts, and note it where it changes."""
        today = self._today()
        before = self._reckoning
        if before is None:
            rows = await self._database.fetch("note", {"name": RECKONING})
            before = read_reckoning(rows[0][0] if rows else None, today)
            if not rows:
                await self._database.change("save_note", {"name": RECKONING, "text": before.written()})
        now = before.at(today)
        if now != before:
            if before.jumps_at(today):
                log.warning("the clock has leapt, so all chats count as used today", extra={"day": now.day.isoformat()})
                await self._database.change("young", {"today": now.day})
            await self._database.change("save_note", {"name": RECKONING, "text": now.written()})
            self._swept_at = 0.0
        self._reckoning = now
        return now

    def _day(self) -> date:
        today = self._today()
        return self._reckoning.at(today).day if self._reckoning else today

    # Rows.

    def _written(self, saved: Saved, reckoning: Reckoning) -> dict[str, Any]:
        now = int(self._clock())
        conversation = saved.conversation
        has_details = any(one.step in self._details and one.value for one in conversation.answers)
        return {
            "version": saved.version + 1,
            "used_on": reckoning.day,
            "language": conversation.language.value + ("" if conversation.chosen else _GUESSED),
            "answers": _write_answers(conversation.answers),
            "event_ids": json.dumps(saved.event_ids),
            "outbox": write_outbox(saved.outbox),
            "outbox_at": now if saved.outbox else 0,
            "details_until": (saved.details_until or now + DETAILS_FOR) if has_details else 0,
        }

    def _read(self, row: Row) -> Saved:
        version, used_on, language, answers, event_ids, outbox, _, details_until = row
        try:
            if _as_day(used_on) < self._day() - self._forget_after:
                return Saved(version=version)
            said = _read_answers(answers)
            if details_until and details_until <= self._clock():
                said = tuple(one for one in said if one.step not in self._details)
                details_until = 0
            conversation = Conversation(_language(language.rstrip(_GUESSED)), said, language in set(Language))
            return Saved(conversation, tuple(json.loads(event_ids)), version, read_outbox(outbox), details_until)
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            message = "a chat's row is damaged"
            raise StoreError(message) from error

    # The database.

    async def _ready(self) -> None:
        if self._failed and time.monotonic() < self._next_try:
            raise StoreError(self._why)
        if not self._is_open:
            await self.open()

    async def _fetch(self, statement: str, **values: object) -> Sequence[Row]:
        await self._ready()
        with self._guarded():
            return await self._database.fetch(statement, values)

    async def _change(self, statement: str, *values: dict[str, Any]) -> int:
        await self._ready()
        with self._guarded():
            return await self._database.change(statement, *values)

    @contextmanager
    def _guarded(self, *, proves: bool = True) -> Iterator[None]:
        """Turn the database's errors into ours; say once that it fails, and once that it is back.

        Opening it ``proves`` nothing yet: a table may be gone, or the disk full.
        """
        try:
            yield
        except self._database.errors as error:
            self._is_open = self._is_open and self._database.heals
            self._why = kind(error)
            if not self._failed:
                told = {"store": self._database.name, "why": self._why}
                log.error("the store fails; chats go on from memory", extra=told)  # noqa: TRY400  # no row in the log
            pause = TRIED_AGAIN[min(self._failed, len(TRIED_AGAIN) - 1)]
            self._failed += 1
            self._next_try = time.monotonic() + pause
            raise StoreError(self._why) from error
        if self._failed and proves:
            log.info("the store is back", extra={"store": self._database.name})
            self._failed = 0


def kind(error: BaseException) -> str:
    """Return what an error of a database says, without what stood in the row."""
    return str(getattr(error, "orig", error)).partition("\n")[0] or type(error).__name__


def _as_day(kept: date | str) -> date:
    return kept if isinstance(kept, date) else date.fromisoformat(kept)


def _write_answers(answers: Sequence[Answer]) -> str:
    return json.dumps([[one.step, one.value] for one in answers], separators=(",", ":"))


def _read_answers(text: str) -> tuple[Answer, ...]:
    """Read answers; those of steps that this release does not have stay, and do not count."""
    return tuple(Answer(str(step), str(value)) for step, value in json.loads(text))


def _language(code: str) -> Language:
    return Language(code) if code in set(Language) else FIRST_LANGUAGE
