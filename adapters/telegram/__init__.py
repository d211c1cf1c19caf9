"""Telegram. An update goes polling → incoming → chats → (the dialog) → outgoing → delivery → connection."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from adapters import Response, Service, Words
from adapters.platform import Account, Host, Limits, Setting, Shown

if TYPE_CHECKING:
    from adapters.telegram.outgoing import Drawing

SETTINGS = (
    Setting("token", "the bot's token, from @BotFather", "@BotFather gives you one", secret=True, needed=True),
    Setting(
        "webhook",
        "the `https://` address at which Telegram reaches us; we ask Telegram if unset",
        example="https://bot.example.jp/telegram",
    ),
    Setting("api_url", "`http://host:port` of a local Bot API server", example="http://localhost:8081"),
)
LIMITS = Limits(letters=4096, token=64)
WORDS: Mapping[str, str] = MappingProxyType({"telegram": ".+"})


async def run(service: Service, account: Account, host: Host, **more: Any) -> None:  # noqa: ANN401  # passed on
    """See ``Platform``; ``more`` as ``running.run`` takes it."""
    from adapters.telegram import running  # noqa: PLC0415  # the library is slow to load

    await running.run(service, account, host, **more)


@lru_cache(maxsize=1)
def _drawing(words: Words) -> "Drawing":
    from adapters.telegram.outgoing import Drawing  # noqa: PLC0415  # the library is slow to load

    return Drawing(words)


def shown(response: Response, words: Words) -> Sequence[Shown]:
    """See ``Platform``."""
    drawing, language = _drawing(words), response.turn.conversation.language
    screens = [drawing.screen(message, language, revision="zzzzzz") for message in response.messages]
    return [
        Shown(screen.text, [(key["text"], key.get("callback_data", "")) for row in screen.rows for key in row])
        for screen in screens
    ]
