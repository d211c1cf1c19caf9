"""The tables as releases before migrations had them: where they stand already, they stay."""

from alembic import op
from sqlalchemy import Column, Date, Integer, String, Text

revision, down_revision = "0001", None


def upgrade() -> None:
    """Make what is not there."""
    op.create_table(
        "chats",
        Column("chat", String(200), primary_key=True),
        Column("version", Integer, nullable=False),
        Column("used_on", Date, nullable=False),
        Column("language", String(8), nullable=False),
        Column("answers", Text, nullable=False),
        Column("event_ids", Text, nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_chats_used_on", "chats", ["used_on"], if_not_exists=True)
    op.create_table(
        "notes", Column("name", String(200), primary_key=True), Column("text", Text, nullable=False), if_not_exists=True
    )
    op.create_table("release", Column("number", Integer, primary_key=True), if_not_exists=True)
