"""An interaction as it comes over the wire: a command, a press, a choice, a form.

The library's own objects cost more than the whole dialog, and break on whatever is new in them.
"""

from dataclasses import dataclass
from datetime import date

from discord.utils import snowflake_time

from adapters.days import day_in_japan
from adapters.wire import Raw

EPHEMERAL = 1 << 6
"""The mark of a message that only one person sees."""
_WRITES = (1 << 10) | (1 << 11)
"""The rights to see a channel and to write in it."""
_DIRECT = 1
"""Discord's name for our own direct messages; elsewhere others are around."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """Somebody did something with us: who, where, in which language, on which message, and Discord's own data.

    ``token`` opens the way for answers. ``plain``: we are alone with them, so an answer need not be hidden.
    """

    id: int
    kind: int
    token: str
    application: str
    user: int
    plain: bool
    server: int | None
    channel: int
    permissions: int
    own_permissions: int
    locale: str
    server_locale: str
    message: Raw | None
    data: Raw

    @property
    def same(self) -> bool:
        """Tell whether the answer may change the message that was pressed: only one that is theirs alone."""
        return self.message is not None and (self.plain or bool(self.message.get("flags", 0) & EPHEMERAL))

    @property
    def may_write(self) -> bool:
        """Tell whether we may write in the channel on our own, as to who calls us there."""
        return self.own_permissions & _WRITES == _WRITES

    @property
    def revision(self) -> str:
        """Return what tells the buttons of the answer from all others."""
        return f"{self.id:x}"


def read(raw: Raw) -> Interaction:
    """Read an interaction. Raises ``KeyError`` and the like if it is none."""
    member, server = raw.get("member"), raw.get("guild_id")
    return Interaction(
        id=int(raw["id"]),
        kind=raw["type"],
        token=raw["token"],
        application=raw["application_id"],
        user=int((member or raw)["user"]["id"]),
        plain=server is None and raw.get("context", _DIRECT) == _DIRECT,
        server=int(server) if server else None,
        channel=int(raw.get("channel_id", 0)),
        permissions=int(member["permissions"]) if member else 0,
        own_permissions=int(raw.get("app_permissions", _WRITES)),
        locale=raw.get("locale", ""),
        server_locale=raw.get("guild_locale", ""),
        message=raw.get("message"),
        data=raw.get("data") or {},
    )


def made_on(snowflake: int) -> date | None:
    """Return the buyer's day on which an interaction or a message was made, by its id."""
    return day_in_japan(snowflake_time(snowflake).timestamp())
