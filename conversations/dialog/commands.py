"""The commands that chat platforms know, as tokens of the dialog, and the links that open it at a certain place."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from conversations.events import Asked, Chose, Event, Language, Quoted, Started

LISTED: Mapping[str, str] = MappingProxyType(
    {
        "check": "menu:check",
        "ask": "menu:questions",
        "write": "menu:write",
        "reply": "menu:reply",
        "language": "help:settings",
        "help": "help:me",
        "settings": "help:settings",
        "privacy": "help:privacy",
        "forget": "help:forget",
        "cancel": "help:cancel",
    }
)
"""What a platform lists, in this order; its description is ``command:<name>`` in ``words.toml``."""
UNLISTED: Mapping[str, str] = MappingProxyType({"back": "back", "menu": "home", "home": "home", "restart": "restart"})
TOKENS: Mapping[str, str] = MappingProxyType({**LISTED, **UNLISTED})
START = "start"
_WITH_WORDS: Mapping[str, type[Asked | Quoted]] = {"ask": Asked, "reply": Quoted}
"""Commands that may be followed by words: a question, and what the seller wrote."""


def links(topics: Iterable[str]) -> Mapping[str, str]:
    """Return what may stand behind a start link, with the token it means: each entry and each topic."""
    return MappingProxyType({**{topic: f"topic:{topic}" for topic in topics}, **LISTED})


def to_event(name: str, argument: str, links: Mapping[str, str]) -> Event | None:
    """Return what a command means; None for one that is not ours. A start link that nobody knows is a plain start.

    >>> to_event("start", "fees", links(["fees"])), to_event("start", "no-such", {}), to_event("dance", "", {})
    (Chose(token='topic:fees'), Started(language=None), None)
    """
    if name == START:
        return Chose(links[argument]) if argument in links else Started()
    if name == "language" and argument in set(Language):
        return Chose(f"language:{argument}")
    if argument and name in _WITH_WORDS:
        return _WITH_WORDS[name](argument)
    return Chose(TOKENS[name]) if name in TOKENS else None
