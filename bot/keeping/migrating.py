"""Brings the tables of any earlier release up to this one; leaves those of a newer one as they are.

Under a lock: processes that start together do it one after the other.
"""

import logging
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from bot.keeping.store import NewerStoreError

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

RELEASE = 2
"""The form of the data. It is written beside Alembic's own number, for releases that know only this one."""
HEAD = "0002"
"""Alembic's newest revision in ``migrations``."""
_FOLDER = Path(__file__).parent / "migrations"


def bring_up(line: sqlite3.Connection, name: str) -> None:
    """Bring an SQLite file up. Raises ``NewerStoreError`` before anything is changed."""
    if _is_current(line, name):
        return
    from sqlalchemy import create_engine  # noqa: PLC0415  # only where there is something to do
    from sqlalchemy.pool import StaticPool  # noqa: PLC0415

    engine = create_engine("sqlite://", creator=lambda: line, poolclass=StaticPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")
        try:
            if not _is_current(line, name):
                upgrade(connection)
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")


def _is_current(line: sqlite3.Connection, name: str) -> bool:
    tables = {row[0] for row in line.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "release" in tables:
        (newest,) = line.execute("SELECT max(number) FROM release").fetchone()
        refuse_newer(newest or 0, name)
    if "alembic_version" not in tables:
        return False
    return line.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]


def refuse_newer(number: int, name: str) -> None:
    """Raise ``NewerStoreError`` if data has the form of a newer release."""
    if number > RELEASE:
        message = (
            f"{name} was written by a newer release of torikeshi (form {number}, this one reads up to {RELEASE}). "
            "It was left as it is. Install the newer release, or set another TORIKESHI_STORE."
        )
        raise NewerStoreError(message)


def upgrade(connection: "Connection") -> None:
    """Bring the tables up, in the transaction that was begun."""
    from alembic import command  # noqa: PLC0415  # slow to load, and seldom needed
    from alembic.config import Config  # noqa: PLC0415

    logging.getLogger("alembic").setLevel(logging.WARNING)
    settings = Config()
    settings.set_main_option("script_location", str(_FOLDER))
    settings.attributes["connection"] = connection
    command.upgrade(settings, HEAD)
