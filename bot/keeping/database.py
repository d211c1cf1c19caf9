"""What the store needs of a database: statements by name, none of which holds up the event loop."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

Values = Mapping[str, Any]
Row = tuple[Any, ...]


class Database(Protocol):
    """A database that is opened, used, and opened again after it failed."""

    errors: tuple[type[Exception], ...]
    """What using it may raise."""
    heals: bool
    """Whether it connects again by itself after it failed."""

    @property
    def name(self) -> str:
        """How it is called in the log: no password is in it."""

    async def open(self) -> None:
        """Connect, and bring the tables up to this release. Raises ``errors``, ``NewerStoreError``."""

    async def fetch(self, statement: str, values: Values) -> Sequence[Row]:
        """Return rows. Raises ``errors``."""

    async def change(self, statement: str, *values: Values) -> int:
        """Do a statement once for each of the values, all or none; return how many rows changed. Raises ``errors``."""

    async def wipe(self) -> None:
        """Let what was deleted be gone from the files too. Raises ``errors``."""

    async def close(self) -> None:
        """Let go of it. May be opened again."""
