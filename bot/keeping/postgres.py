"""PostgreSQL, over a pool of asynchronous connections: any number of processes may share it."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg import conninfo
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from bot.keeping.database import Row, Values
from bot.keeping.migrating import HEAD, refuse_newer, upgrade
from bot.keeping.schema import RELEASES, Statement, statements

MOST_CONNECTIONS = 10
CONNECT_WITHIN, WAIT_WITHIN = 3, 3.0
"""Seconds to reach the server, and to wait for a free connection."""
WITHIN = "-c statement_timeout=2000 -c lock_timeout=1000 -c idle_in_transaction_session_timeout=10000"
"""Milliseconds for one statement: a buyer waits for it."""
LOCK = 8190_7_1_1
"""The advisory lock under which the tables are brought up; any number that nobody else uses."""


class PostgresDatabase:
    """A database on a server."""

    heals = True
    errors: tuple[type[Exception], ...] = (psycopg.Error, PoolTimeout, OSError, SQLAlchemyError)

    def __init__(self, address: str) -> None:
        """Open nothing yet. Raises ``ValueError`` for an address that is none."""
        self._address = "postgresql" + address[address.index("://") :]
        try:
            self._parts: Mapping[str, Any] = conninfo.conninfo_to_dict(self._address)
            self._url = make_url(self._address).set(drivername="postgresql+psycopg")
        except (psycopg.Error, ArgumentError):
            message = "no address"
            raise ValueError(message) from None
        self._pool: AsyncConnectionPool[psycopg.AsyncConnection[Row]] | None = None
        self._words = statements("postgresql")

    @property
    def name(self) -> str:
        """See ``Database``."""
        return f"{self._parts.get('host', 'this machine')}/{self._parts.get('dbname', '')}"

    async def open(self) -> None:
        """See ``Database``."""
        await self.close()
        await asyncio.to_thread(self._bring_up)
        more = {"autocommit": True, "prepare_threshold": 1, "connect_timeout": CONNECT_WITHIN, "options": WITHIN}
        pool = AsyncConnectionPool(
            self._address, kwargs=more, min_size=1, max_size=MOST_CONNECTIONS, timeout=WAIT_WITHIN, open=False
        )
        try:
            await pool.open(wait=True, timeout=CONNECT_WITHIN)
        except BaseException:
            await pool.close()
            raise
        self._pool = pool

    async def fetch(self, statement: str, values: Values) -> Sequence[Row]:
        """See ``Database``."""
        one = self._words[statement]
        return (await self._sure(one, [values]))[1]

    async def change(self, statement: str, *values: Values) -> int:
        """See ``Database``."""
        return (await self._sure(self._words[statement], values))[0]

    async def wipe(self) -> None:
        """See ``Database``: the server's own vacuum does it."""

    async def close(self) -> None:
        """See ``Database``."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    async def _sure(self, one: Statement, values: Sequence[Values]) -> tuple[int, Sequence[Row]]:
        """Do a statement, once more where its connection was cut.

        Nobody knows then whether it was done; each is so that doing it twice does no harm.
        """
        try:
            return await self._do(one, values)
        except psycopg.OperationalError as error:
            if error.sqlstate is not None and not error.sqlstate.startswith(("57P", "08")):
                raise
            if self._pool is not None:
                await self._pool.check()  # others may be cut too
            return await self._do(one, values)

    async def _do(self, one: Statement, values: Sequence[Values]) -> tuple[int, Sequence[Row]]:
        if self._pool is None:
            message = "the database is not open"
            raise psycopg.OperationalError(message)
        async with self._pool.connection() as line:
            if len(values) == 1:
                done = await line.execute(one.words, {**one.fixed, **values[0]})
                return done.rowcount, await done.fetchall() if done.description else ()
            async with line.transaction(), line.cursor() as cursor:
                await cursor.executemany(one.words, [{**one.fixed, **each} for each in values])
                return cursor.rowcount, ()

    def _bring_up(self) -> None:
        engine = create_engine(self._url, poolclass=NullPool, connect_args={"connect_timeout": CONNECT_WITHIN})
        with engine.begin() as connection:
            if self._is_current(connection):
                return
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            if not self._is_current(connection):
                upgrade(connection)

    def _is_current(self, connection: Connection) -> bool:
        tables = {*inspect(connection).get_table_names()}
        if "release" in tables:
            refuse_newer(max(connection.execute(RELEASES.select()).scalars(), default=0), self.name)
        if "alembic_version" not in tables:
            return False
        return [*connection.execute(text("SELECT version_num FROM alembic_version")).scalars()] == [HEAD]
