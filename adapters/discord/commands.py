"""The commands as Discord lists them, in both languages; told to Discord only when they changed."""

import json
from hashlib import sha256

import discord
from discord.http import Route

from adapters import Service, Words
from adapters.discord.incoming import EXPLAIN, PANEL, SETUP
from adapters.wire import Raw
from conversations import Language
from conversations.dialog.commands import LISTED

_SLASH, _ON_MESSAGE, _STRING = 1, 3, 3
_EVERYWHERE: Raw = {"integration_types": [0, 1], "contexts": [0, 1, 2]}
"""Added to a server or to a person; in servers, in our direct messages, and in those of others."""
_IN_SERVERS: Raw = {"integration_types": [0], "contexts": [0]}
MANAGE_GUILD = 1 << 5
_LOCALES = {"ja": Language.JA, "en-US": Language.EN, "en-GB": Language.EN}
"""Discord's names of our languages. Everybody else reads English."""
_NOTE = "discord:commands:told"
_OPTIONS: dict[str, tuple[str, Raw]] = {
    "ask": ("question", {"required": True, "autocomplete": True}),
    "reply": ("text", {"required": False}),
}


def definitions(words: Words) -> list[Raw]:
    """Return all commands, as Discord takes them."""
    slash = [_slash(words, name) | _EVERYWHERE for name in LISTED]
    managers = [
        _slash(words, name) | _IN_SERVERS | {"default_member_permissions": MANAGE_GUILD} for name in (SETUP, PANEL)
    ]
    explain = {"type": _ON_MESSAGE, **_texts(words, "name", "discord:explain"), "name": EXPLAIN, **_EVERYWHERE}
    return [*slash, *managers, explain]


async def sync(client: discord.Client, service: Service, *, force: bool = False) -> bool:
    """Tell Discord the commands, if they differ from what it was told last; return whether it was told."""
    commands = definitions(service.words)
    state = f"{client.application_id} {sha256(json.dumps(commands, sort_keys=True).encode()).hexdigest()}"
    if await service.load_note(_NOTE) == state and not force:
        return False
    route = Route("PUT", "/applications/{application_id}/commands", application_id=client.application_id)
    await client.http.request(route, json=commands)
    await service.save_note(_NOTE, state)
    return True


def _slash(words: Words, name: str) -> Raw:
    told = {"type": _SLASH, **_texts(words, "name", f"command_name:{name}"), "name": name}
    told |= _texts(words, "description", f"command:{name}")
    if name in _OPTIONS:
        option, more = _OPTIONS[name]
        texts = _texts(words, "name", f"option_name:{option}") | _texts(words, "description", f"option:{option}")
        told["options"] = [{"type": _STRING, **texts, "name": option, **more}]
    return told


def _texts(words: Words, field: str, label: str) -> Raw:
    """Return a text in English, and in each language that Discord knows of ours."""
    localized = {code: words(label, language) for code, language in _LOCALES.items()}
    return {field: words(label, Language.EN), f"{field}_localizations": localized}
