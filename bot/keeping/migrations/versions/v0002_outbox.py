"""Replies that are still to be delivered, and when typed details have to be gone."""

from alembic import op
from sqlalchemy import BigInteger, Column, Text

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    """Add what releases before did not keep; they refuse the file from now on."""
    op.add_column("chats", Column("outbox", Text, nullable=False, server_default=""))
    for name in ("outbox_at", "details_until"):
        op.add_column("chats", Column(name, BigInteger, nullable=False, server_default="0"))
        op.create_index(f"ix_chats_{name}", "chats", [name])
    op.execute("DELETE FROM release")
    op.execute("INSERT INTO release (number) VALUES (2)")
