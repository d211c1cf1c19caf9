"""Reads a language's words: labels and their other names from ``words.toml``, titles from the templates."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from bot.asked import asked_path, ways_to_ask
from conversations import Language
from conversations.policy.rows import Certainty, Unit
from messages import DayWords, Lexicon

TITLED = {"topics": "topic", "replies": "reply_kind"}
"""Folders whose files carry a ``title`` that is a button's label, and the step it belongs to."""


def read_lexicon(
    language: Language,
    words: Mapping[str, Any],
    templates: Mapping[str, str],
    asked: Mapping[str, str],
    problems: list[str],
) -> Lexicon:
    """Read a language's words, adding to ``problems`` whatever is not in the form that ``words.toml`` explains."""
    file = f"{language}/words.toml"
    tables = {name: _table(f"{file}: {name}", words.get(name), problems) for name in {*_WORDINGS, *words}}
    certainty, units, days = (tables.pop(name) for name in _WORDINGS)
    labels: dict[str, str] = {}
    also: dict[str, tuple[str, ...]] = {}
    for section, entries in tables.items():
        for name, entry in entries.items():
            key = name if section == "commands" else f"{section}:{name}"
            labels[key], also[key] = _label(f"{file}: {section}.{name}", entry, problems)
    problems += [f"{file}: certainty.{one}: a text is needed" for one in Certainty if not _is_text(certainty.get(one))]
    problems += [f"{file}: units.{one}: one and many are needed" for one in Unit if not _is_pair(units.get(one))]
    problems += _day_problems(file, days)
    for folder, step in TITLED.items():
        for path, source in templates.items():
            if path.startswith(f"{language}/{folder}/"):
                name = path.rpartition("/")[2].removesuffix(".j2")
                labels[f"{step}:{name}"] = "".join(block_lines(source, "title"))
                also[f"{step}:{name}"] = tuple(ways_to_ask(asked.get(asked_path(language, folder, name), "")))
    return Lexicon(
        language=language,
        labels=labels,
        also=also,
        certainty=certainty,
        between=str(units.get("between", "-")),
        units={unit: (pair[0], pair[1]) for unit, pair in units.items() if _is_pair(pair)},
        days=DayWords(
            str(days.get("near", "")),
            str(days.get("far", "")),
            tuple(days.get("weekdays", ())),
            tuple(days.get("months", ())),
        ),
    )


_WORDINGS = ("certainty", "units", "days")
"""The sections of ``words.toml`` that hold no labels."""


_NAMED = {"weekdays": 7, "months": 12}
_DAY_PARTS = {"year": 0, "month": "", "day": 0, "weekday": ""}


def _day_problems(file: str, days: Mapping[str, Any]) -> Iterator[str]:
    for form in ("near", "far"):
        try:
            days[form].format(**_DAY_PARTS)
        except (AttributeError, LookupError, ValueError):
            yield f"{file}: days.{form}: a text is needed, with no parts but {{year}}, {{month}}, {{day}}, {{weekday}}"
    for names, number in _NAMED.items():
        if not _are_texts(days.get(names)) or len(days[names]) != number:
            yield f"{file}: days.{names}: {number} texts are needed"


def _table(where: str, table: Any, problems: list[str]) -> Mapping[str, Any]:  # noqa: ANN401  # as TOML has it
    if isinstance(table, dict):
        return table
    problems.append(f"{where}: the section is missing" if table is None else f"{where}: it stands outside a section")
    return {}


def _label(where: str, entry: object, problems: list[str]) -> tuple[str, tuple[str, ...]]:
    match entry:
        case str():
            return entry, ()
        case {"label": str(label), "also": also, **others} if not others and _are_texts(also):
            return label, tuple(also)
        case _:
            problems.append(f'{where}: neither "label" nor {{ label = "label", also = ["other words"] }}')
            return "", ()


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _are_texts(values: object) -> TypeGuard[list[str]]:
    return isinstance(values, list) and all(_is_text(value) for value in values)


def _is_pair(values: object) -> TypeGuard[list[str]]:
    return _are_texts(values) and len(values) == len(("one", "many"))


def blocks(source: str) -> Mapping[str, str]:
    """Return the source of each block of a template, by name."""
    return dict(_BLOCK.findall(source))


_BLOCK = re.compile(r"\{%-?\s*block\s+(\w+)\s*-?%\}(.*?)\{%-?\s*endblock", re.DOTALL)


def block_lines(source: str, block: str) -> list[str]:
    """Return the lines of a template's block that is plain text, such as ``title``."""
    return [line.strip() for line in blocks(source).get(block, "").splitlines() if line.strip()]
