"""Reads all that the product says and knows from its packages, and reports every problem by file and key."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from jinja2 import Environment, TemplateSyntaxError

from adapters import PLATFORMS
from adapters.platform import platform
from bot.asked import FOLDER
from bot.errors import MendableError
from bot.lexicons import read_lexicon
from bot.slips import slip
from conversations import DataError, Handbook, Language, Readers, read_handbook, read_readers
from conversations.reading.spelling import name_key
from messages import Catalog, Lexicon

MODELS = "understanding.json"
"""The trained models, beside the data."""
SELLER_SAYS = "seller_says"
"""The folder of sellers' messages by kind."""
UNSURE = "status:unknown"


def no_buttons() -> tuple[str, ...]:
    """Return how labels begin that stand on no button of the dialog, the platforms' own words among them."""
    own = (section for name in PLATFORMS for section in platform(name).WORDS)
    return tuple(f"{section}:" for section in ("form_choice", "terminal", "service", *own))


class ContentError(MendableError):
    """Files of the content are wrong. ``problems`` holds all of them, each as ``file: key: what to mend``."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        """Keep the problems; the message is all of them, one a line."""
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class Sources:
    """The content as it was read.

    Parsed data, words by language, templates by path, what people ask by path, what sellers say by kind, the models.
    """

    data: Mapping[str, Mapping[str, Any]]
    words: Mapping[Language, Mapping[str, Any]]
    templates: Mapping[str, str]
    asked: Mapping[str, str]
    samples: Mapping[str, str]
    models: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Content:
    """What the product runs on: the handbook, the readers and the catalog made from the sources."""

    handbook: Handbook
    readers: Readers
    catalog: Catalog
    sources: Sources


@cache
def load_content() -> Content:
    """Return the content of the installed packages. Raises ``ContentError`` with every problem that stops it."""
    return build_content(read_sources(*_installed()))


def read_installed() -> tuple[Sources, tuple[str, ...]]:
    """Return what can be read of the installed content, and what is wrong with the rest."""
    return read_readable(*_installed())


def _installed() -> tuple[Traversable, Traversable]:
    return files("conversations") / "data", files("messages")


def read_sources(data: Traversable, messages: Traversable) -> Sources:
    """Read the files of both folders. Raises ``ContentError`` for files that cannot be read or parsed."""
    sources, problems = read_readable(data, messages)
    if problems:
        raise ContentError(problems)
    return sources


def read_readable(data: Traversable, messages: Traversable) -> tuple[Sources, tuple[str, ...]]:
    """Read the files of both folders; return what could be read, and every problem of the rest."""
    problems: list[str] = []
    tables = {
        entry.name.removesuffix(".toml"): _read_toml(entry, entry.name, problems)
        for entry in (data.iterdir() if data.is_dir() else ())
        if entry.name.endswith(".toml")
    }
    words = {
        language: _read_toml(messages / language / "words.toml", f"{language}/words.toml", problems)
        for language in Language
    }
    templates = {path: _read_text(entry, path, problems) for path, entry in _files(messages, "", ".j2")}
    asked = {
        path: _read_text(entry, path, problems)
        for language in Language
        for path, entry in _files(messages / language / FOLDER, f"{language}/{FOLDER}/", ".txt")
    }
    problems += _syntax_problems(templates)
    samples = {
        entry.name.removesuffix(".txt"): _read_text(entry, f"{SELLER_SAYS}/{entry.name}", problems)
        for entry in ((messages / SELLER_SAYS).iterdir() if (messages / SELLER_SAYS).is_dir() else ())
        if entry.name.endswith(".txt")
    }
    models = _read_models(data / MODELS, problems)
    return Sources(tables, words, templates, asked, samples, models), tuple(problems)


def build_content(sources: Sources) -> Content:
    """Make the handbook and the catalog. Raises ``ContentError`` if ids or labels are wrong."""
    problems: list[str] = []
    lexicons = {
        language: read_lexicon(language, sources.words[language], sources.templates, sources.asked, problems)
        for language in Language
    }
    try:
        handbook = read_handbook(sources.data)
        readers = read_readers(
            sources.data,
            sources.models,
            _names(lexicons, sources),
            unsafe={row.id for row in handbook.reply_kinds if row.unsafe},
            reported={row.id: row.reported for row in handbook.reply_kinds if row.reported},
        )
    except DataError as error:
        raise ContentError((*problems, *error.problems)) from error
    if problems:
        raise ContentError(tuple(problems))
    return Content(handbook, readers, Catalog(sources.templates, lexicons, handbook), sources)


def _files(folder: Traversable, path: str, ending: str) -> Iterator[tuple[str, Traversable]]:
    """Yield the path and entry of each file below a folder that ends so."""
    for entry in sorted(folder.iterdir() if folder.is_dir() else (), key=lambda one: one.name):
        if entry.is_dir():
            yield from _files(entry, f"{path}{entry.name}/", ending)
        elif entry.name.endswith(ending):
            yield f"{path}{entry.name}", entry


def _read_text(entry: Traversable, name: str, problems: list[str]) -> str:
    try:
        return entry.read_text(encoding="utf-8")
    except OSError as error:
        problems.append(f"{name}: the file cannot be read ({error.strerror}); restore it or install anew")
    except UnicodeDecodeError:
        problems.append(f"{name}: the file is not UTF-8 text; save it as UTF-8")
    return ""


def _read_toml(entry: Traversable, name: str, problems: list[str]) -> Mapping[str, Any]:
    try:
        return tomllib.loads(_read_text(entry, name, problems))
    except tomllib.TOMLDecodeError as error:
        reason, _, place = str(error).partition(" (at ")
        line = re.search(r"line \d+", place)
        problems.append(f"{name}: {line.group() if line else 'at its end'}: {reason}; mend that line")
        return {}


def _read_models(entry: Traversable, problems: list[str]) -> Mapping[str, Any]:
    """Read the trained models; before the first training there are none."""
    try:
        models = json.loads(entry.read_text(encoding="utf-8")) if entry.is_file() else {}
    except (OSError, ValueError):
        models = None
    if not isinstance(models, dict):
        problems.append(f"{MODELS}: the file is damaged; run make train")
        return {}
    return models


def _syntax_problems(templates: Mapping[str, str]) -> list[str]:
    environment = Environment(autoescape=False)  # noqa: S701  # only parses
    problems = []
    for path, source in templates.items():
        try:
            environment.parse(source)
        except TemplateSyntaxError as error:
            problems.append(f"{path}: line {error.lineno}: {slip(str(error.message))}")
    return problems


def _names(lexicons: Mapping[Language, Lexicon], sources: Sources) -> Mapping[str, tuple[str, ...]]:
    """Collect what a buyer may type for each button: its labels, other words, and AliExpress's own names."""
    names: dict[str, dict[str, None]] = {}
    never_typed = ("change:", *no_buttons())  # no words for a button wherever it stands

    def add(words: str, token: str) -> None:
        if key := name_key(words):
            names.setdefault(key, {})[token] = None

    for lexicon in lexicons.values():
        for token, label in lexicon.labels.items():
            if not token.startswith(never_typed):
                for words in (label, *lexicon.also[token]):
                    add(words, token)
    for status, shown in _shown_as(sources.data.get("statuses", {}).get("statuses")):
        if UNSURE not in names.get(name_key(shown), {}):  # a name that says too little is asked about
            add(shown, f"status:{status}")
    return {key: tuple(tokens) for key, tokens in names.items()}


def _shown_as(rows: object) -> Iterator[tuple[str, str]]:
    """Yield each status with a name under which AliExpress shows it; rows of a wrong form are named elsewhere."""
    for row in rows if isinstance(rows, list) else ():
        match row:
            case {"id": str(status), "shown_as": [*names]}:
                yield from ((status, name) for name in names if isinstance(name, str))
            case _:
                pass
