"""The tables, and the statements of the store in the words of each database."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect

METADATA = MetaData()
CHATS = Table(
    "chats",
    METADATA,
    Column("chat", String(200), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("used_on", Date, nullable=False, index=True),
    Column("language", String(8), nullable=False),
    Column("answers", Text, nullable=False),
    Column("event_ids", Text, nullable=False),
    Column("outbox", Text, nullable=False, server_default=""),
    Column("outbox_at", BigInteger, nullable=False, server_default="0", index=True),
    Column("details_until", BigInteger, nullable=False, server_default="0", index=True),
)
NOTES = Table("notes", METADATA, Column("name", String(200), primary_key=True), Column("text", Text, nullable=False))
RELEASES = Table("release", METADATA, Column("number", Integer, primary_key=True))
"""The form of the data, for releases that know nothing of migrations."""
BITE = 500
"""Rows that are gone through at a time, so that nobody waits long."""
_VALUES = ("version", "used_on", "language", "answers", "event_ids", "outbox", "outbox_at", "details_until")
STORED = ("chat", *_VALUES)
"""The columns of a chat."""
_DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {"sqlite": sqlite.dialect(paramstyle="named"), "postgresql": postgresql.psycopg.dialect(paramstyle="pyformat")}  # type: ignore[no-untyped-call]
)


def _newer(put: Any) -> Any:  # noqa: ANN401  # of either dialect
    """Let a row take the place of an older one."""
    new = {name: put.excluded[name] for name in _VALUES}
    return put.on_conflict_do_update(index_elements=["chat"], set_=new, where=CHATS.c.version < put.excluded.version)


@dataclass(frozen=True, slots=True)
class Statement:
    """What the driver is given: the words, and the values that are always the same."""

    words: str
    fixed: Mapping[str, Any]


@cache
def statements(kind: str) -> Mapping[str, Statement]:
    """Return the statements by name, compiled once: the way through all layers costs four times as much."""
    updating, columns = CHATS.update().where, [CHATS.c[name] for name in _VALUES]
    reading = select(CHATS.c.chat, *columns).limit(BITE)
    insert = (sqlite if kind == "sqlite" else postgresql).insert
    chat, version = CHATS.c.chat == bindparam("of_chat"), CHATS.c.version == bindparam("of_version")
    old = select(CHATS.c.chat).where(CHATS.c.used_on < bindparam("before")).limit(BITE)
    late = CHATS.c.outbox_at.between(1, bindparam("before"))
    named = CHATS.c.chat.startswith(bindparam("prefix"), autoescape=False)
    note = insert(NOTES).values(name=bindparam("name"), text=bindparam("text"))
    wanted = {
        "load": select(*columns).where(chat),
        "save": updating(chat, version).values({name: bindparam(name) for name in _VALUES}),
        "insert": insert(CHATS)
        .values({"chat": bindparam("of_chat"), **{name: bindparam(name) for name in _VALUES}})
        .on_conflict_do_nothing(),
        "forget": CHATS.delete().where(chat),
        "delivered": updating(chat, version).values(outbox="", outbox_at=0),
        "late": reading.where(late, named).order_by(CHATS.c.outbox_at),
        "claim": updating(chat, version, CHATS.c.outbox_at == bindparam("seen")).values(outbox_at=bindparam("now")),
        "old": CHATS.delete().where(CHATS.c.chat.in_(old)),
        "young": CHATS.update().values(used_on=bindparam("today")),
        "detailed": reading.where(CHATS.c.details_until.between(1, bindparam("now"))),
        "behind": reading.where(CHATS.c.chat > bindparam("after")).order_by(CHATS.c.chat),
        "put": _newer(insert(CHATS).values({name: bindparam(name) for name in STORED})),
        "notes": select(NOTES.c.name, NOTES.c.text),
        "count": select(func.count()).select_from(CHATS),
        "note": select(NOTES.c.text).where(NOTES.c.name == bindparam("name")),
        "save_note": note.on_conflict_do_update(index_elements=["name"], set_={"text": note.excluded.text}),
    }
    compiled = {name: one.compile(dialect=_DIALECTS[kind]) for name, one in wanted.items()}
    return MappingProxyType(
        {
            name: Statement(str(one), {key: value for key, value in one.params.items() if value is not None})
            for name, one in compiled.items()
        }
    )
