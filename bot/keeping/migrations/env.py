"""Alembic's way to the tables: the connection of the store, in the transaction that it has begun."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transaction_per_migration=False)
context.run_migrations()
