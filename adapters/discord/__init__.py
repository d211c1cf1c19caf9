"""Discord. An event goes gateway → chats → incoming → (the dialog) → outgoing → callbacks or channels."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from adapters import Response, Service, Words
from adapters.platform import Account, Host, Limits, Setting, Shown

if TYPE_CHECKING:
    from adapters.discord.outgoing import Drawing

PORTAL = "https://discord.com/developers/applications"
SETTINGS = (
    Setting(
        "token",
        "the bot's token, from the developer portal",
        f"{PORTAL} gives you one (your application → Bot → Reset Token)",
        secret=True,
        needed=True,
    ),
    Setting(
        "shards",
        "which part of a large bot this process serves; all of it if unset",
        example="0-3/16",
        form=r"[0-9]{1,4}(-[0-9]{1,4})?/[0-9]{1,4}",
    ),
    Setting("api_url", "`http://host:port` of a compatible server", example="http://localhost:8081"),
    Setting("gateway_url", "`ws://host:port/…` of a compatible server", example="ws://localhost:8081"),
)
LIMITS = Limits(letters=4000, label=80, token=100, messages=5)
"""Five messages are as many as somebody's own app may send in answer to one event."""
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "discord": ".+",
        **dict.fromkeys(("command", "option"), r".{1,100}"),
        **dict.fromkeys(("command_name", "option_name"), r"(?:(?![A-Z])[-_'\w]){1,32}"),
    }
)


async def run(service: Service, account: Account, host: Host, **more: Any) -> None:  # noqa: ANN401  # passed on
    """See ``Platform``; ``more`` as ``running.run`` takes it."""
    from adapters.discord import running  # noqa: PLC0415  # the library is slow to load

    await running.run(service, account, host, **more)


@lru_cache(maxsize=1)
def _drawing(words: Words) -> "Drawing":
    from adapters.discord.outgoing import Drawing  # noqa: PLC0415  # the library is slow to load

    return Drawing(words)


def shown(response: Response, words: Words) -> Sequence[Shown]:
    """See ``Platform``."""
    return [_shown(message) for message in _drawing(words).messages(response, "f" * 16)]


def _shown(message: Mapping[str, Any]) -> Shown:
    parts = [*_inside(message.get("components", ()))]
    text = "".join(part.get("content", "") for part in parts)
    options = [option for part in parts for option in part.get("options", ())]
    buttons = [(part["label"], part["custom_id"]) for part in parts if "custom_id" in part and "label" in part]
    return Shown(message.get("content", text), [*buttons, *((one["label"], one["value"]) for one in options)])


def _inside(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for part in components:
        yield part
        yield from _inside(part.get("components", ()))
