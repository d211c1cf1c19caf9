"""What Discord takes: its documented limits, and its published OpenAPI document where that is at hand."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_PUBLISHED = Path(os.environ.get("TORIKESHI_SPECS", "../shared/specs")) / "discord_openapi.json"
SPEC = json.loads(_PUBLISHED.read_text(encoding="utf-8")) if _PUBLISHED.is_file() else None
"""The published document; the tests work without it, and look less closely."""
Fields = dict[str, Any]
EPHEMERAL, IS_V2 = 1 << 6, 1 << 15
PATHS = {
    "callback": ("/interactions/{interaction_id}/{interaction_token}/callback", "post"),
    "followup": ("/webhooks/{webhook_id}/{webhook_token}", "post"),
    "edit": ("/webhooks/{webhook_id}/{webhook_token}/messages/@original", "patch"),
    "send": ("/channels/{channel_id}/messages", "post"),
    "open": ("/users/@me/channels", "post"),
    "commands": ("/applications/{application_id}/commands", "put"),
}
_COMMAND_NAME = re.compile(r"[-_'\w]{1,32}")


def against_spec(route: str, body: Any) -> list[str]:  # noqa: ANN401  # any JSON
    """Return what the published document says against a request."""
    if SPEC is None or route not in PATHS:
        return []
    path, method = PATHS[route]
    schema = SPEC["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]
    return [f"{route}: {problem}" for problem in _unfit(body, schema, "body")]


def _unfit(value: Any, schema: Fields, where: str) -> list[str]:  # noqa: ANN401  # any JSON
    """Return why a value does not fit a schema: of several kinds, why not the one that comes nearest."""
    assert SPEC is not None
    if "$ref" in schema:
        return _unfit(value, SPEC["components"]["schemas"][schema["$ref"].rpartition("/")[2]], where)
    for several in ("oneOf", "anyOf"):
        if several in schema:
            return min((_unfit(value, one, where) for one in schema[several]), key=len)
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(isinstance(value, _TYPES[kind]) for kind in types):
        return [f"{where} is {value!r:.60}, not {types}"] * 9
    if "enum" in schema and value not in schema["enum"]:
        return [f"{where} is {value!r:.60}, not one of {schema['enum']}"] * 9
    return [*_bounds(value, schema, where), *_inside(value, schema, where)]


def _bounds(value: Any, schema: Fields, where: str) -> Iterator[str]:  # noqa: ANN401  # any JSON
    size = len(value) if isinstance(value, (str, list)) else value if isinstance(value, int) else None
    for least, most in (("minLength", "maxLength"), ("minItems", "maxItems"), ("minimum", "maximum")):
        if size is not None and not schema.get(least, size) <= size <= schema.get(most, size):
            yield f"{where} is outside {least} and {most}: {size}"


def _inside(value: Any, schema: Fields, where: str) -> Iterator[str]:  # noqa: ANN401  # any JSON
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield from _unfit(one, schema.get("items", {}), f"{where}[{index}]")
    if isinstance(value, dict) and "properties" in schema:
        yield from (f"{where}.{name} is missing" for name in schema.get("required", ()) if name not in value)
        for name, one in value.items():
            if name in schema["properties"]:
                yield from _unfit(one, schema["properties"][name], f"{where}.{name}")
            else:
                yield f"{where}.{name} is unknown"


_TYPES: dict[str, tuple[type, ...]] = {
    "null": (type(None),),
    "object": (dict,),
    "array": (list,),
    "string": (str, int),  # ids come from the library as numbers, and Discord takes them
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


def message_problems(message: Fields) -> list[str]:
    """Return what is wrong with a message that is sent or shown."""
    components, content = message.get("components", []), message.get("content", "")
    found = [] if message.get("allowed_mentions") == {"parse": []} else ["somebody may be pinged"]
    if not message.get("flags", 0) & IS_V2:
        return [*found, *([] if 1 <= len(content) <= 2000 and not components else ["an old-fashioned message"])]
    every = [*nested(components)]
    texts = [one["content"] for one in every if one["type"] == 10]
    if content or not components or message.get("embeds"):
        found.append("old-fashioned things in a page, or nothing in it")
    if len(every) > 40 or sum(map(len, texts)) > 4000 or not all(map(str.strip, texts)):
        found.append(f"{len(every)} components, texts of {[*map(len, texts)]}")
    ids = [one["custom_id"] for one in every if "custom_id" in one]
    if len(ids) != len({*ids}) or not all(1 <= len(one) <= 100 for one in ids):
        found.append(f"custom ids {ids}")
    for one in every:
        found += _component_problems(one)
    return found


def nested(components: list[Fields]) -> Iterator[Fields]:
    """Yield all components, those within others too."""
    for one in components:
        yield one
        yield from nested(one.get("components", []))


def _component_problems(one: Fields) -> Iterator[str]:
    kinds = [inner["type"] for inner in one.get("components", [])]
    if one["type"] == 1 and not (kinds in ([3], [8]) or (kinds == [2] * len(kinds) and 1 <= len(kinds) <= 5)):
        yield f"a row of {kinds}"
    if one["type"] == 2 and not 1 <= len(one["label"]) <= 38:
        yield f"label {one['label']!r}"
    if one["type"] == 3:
        options = one["options"]
        if not 1 <= len(options) <= 25 or len({option["value"] for option in options}) != len(options):
            yield f"{len(options)} options"
        if not all(1 <= len(option[name]) <= 100 for option in options for name in ("label", "value")):
            yield f"options {options}"
        if len(one.get("placeholder", "")) > 150:
            yield "placeholder"


def command_problems(commands: list[Fields]) -> list[str]:
    """Return what is wrong with a list of commands."""
    found = []
    for kind, most in ((1, 100), (2, 15), (3, 15)):
        if sum(one["type"] == kind for one in commands) > most:
            found.append(f"too many commands of kind {kind}")
    for one in [*commands, *(option for command in commands for option in command.get("options", []))]:
        names = [one["name"], *one["name_localizations"].values()]
        if not all(1 <= len(name) <= 32 for name in names):
            found.append(f"names {names}")
        if one["type"] != 3 or "options" not in one:
            texts = [one.get("description"), *one.get("description_localizations", {}).values()]
            slash = "description" in one
            if slash and not all(text and 1 <= len(text) <= 100 for text in texts):
                found.append(f"descriptions {texts}")
            if slash and not all(_COMMAND_NAME.fullmatch(name) and name == name.lower() for name in names):
                found.append(f"names {names}")
    for code in ("ja", "en-US"):
        names = [one["name_localizations"][code] for one in commands]
        if len(names) != len({*names}):
            found.append(f"a name twice in {names}")
    return found


def form_problems(form: Fields) -> list[str]:
    """Return what is wrong with a window."""
    found = [] if 1 <= len(form["title"]) <= 45 and 1 <= len(form["components"]) <= 5 else ["title or size"]
    fine = (one["type"] == 18 and 1 <= len(one["label"]) <= 45 for one in form["components"])
    return found if all(fine) else [*found, f"components {form['components']}"]
