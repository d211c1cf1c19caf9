"""What the owners of a server set: its language, whether we answer when we are called, and in which channels."""

import json
from dataclasses import dataclass, replace

from adapters import Service, Words
from adapters.discord.outgoing import OWN, button, page, rows_of
from adapters.wire import Raw
from conversations import FIRST_LANGUAGE, Language

_SETTING = f"{OWN}setup:"
_ROW, _CHANNELS, _BLUE, _GREY = 1, 8, 1, 2
_TEXT_CHANNELS = (0, 2, 5, 10, 11, 12, 13)
"""The kinds of channels in which people write."""
MOST_CHANNELS = 25


@dataclass(frozen=True, slots=True)
class Server:
    """A server's settings. ``language`` is None until one is chosen; no ``channels`` means all of them."""

    language: Language | None = None
    mentions: bool = True
    channels: tuple[str, ...] = ()

    def answers_in(self, *channels: int | None) -> bool:
        """Tell whether a call in a channel, or in a thread of it, is answered."""
        return self.mentions and (not self.channels or not {*self.channels}.isdisjoint(map(str, channels)))

    def with_setting(self, setting: str, values: tuple[str, ...]) -> "Server":
        """Return the settings with one changed; an unknown one changes nothing."""
        match setting.partition(":"):
            case ("language", _, code) if code in set(Language):
                return replace(self, language=Language(code))
            case ("mentions", _, state):
                return replace(self, mentions=state == "on")
            case ("channels", _, _):
                return replace(self, channels=values)
            case _:
                return self


async def load(service: Service, server: int) -> Server:
    """Return what was set; the defaults where nothing was, or it cannot be read."""
    kept = json.loads(await service.load_note(_name(server)) or "{}")
    language = Language(kept["language"]) if kept.get("language") in set(Language) else None
    return Server(language, kept.get("mentions", True), tuple(kept.get("channels", ())))


async def save(service: Service, server: int, settings: Server) -> None:
    """Keep what was set."""
    kept = {"language": settings.language, "mentions": settings.mentions, "channels": settings.channels}
    await service.save_note(_name(server), json.dumps(kept))


def _name(server: int) -> str:
    return f"discord:server:{server}"


def settings_page(settings: Server, words: Words, language: Language, *, may_write: bool) -> Raw:
    """Return the page on which a server's settings are seen and changed, with what is missing for them."""
    chosen = settings.language or FIRST_LANGUAGE
    languages = [
        button(f"{_SETTING}language:{one}", words(f"language:{one}", language), _BLUE if one is chosen else _GREY)
        for one in Language
    ]
    state, label = ("off", "discord:mentions_on") if settings.mentions else ("on", "discord:mentions_off")
    switch = button(f"{_SETTING}mentions:{state}", words(label, language), _BLUE if settings.mentions else _GREY)
    channels = {
        "type": _CHANNELS,
        "custom_id": f"{_SETTING}channels",
        "placeholder": words("discord:all_channels", language),
        "channel_types": [*_TEXT_CHANNELS],
        "min_values": 0,
        "max_values": MOST_CHANNELS,
        "default_values": [{"id": one, "type": "channel"} for one in settings.channels],
    }
    rows = [*rows_of(languages), *rows_of([switch]), {"type": _ROW, "components": [channels]}]
    now = words(f"language:{chosen}", language)
    missing = [] if may_write else [words("discord:missing", language)]
    return page([words("discord:setup", language).format(language=now), *missing], rows)
