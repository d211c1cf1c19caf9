"""Checks the words of ``words.toml``: each is there in each language, short enough, and in the form that it needs."""

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

from adapters import PLATFORMS
from adapters.platform import platform
from bot.content import Content, no_buttons
from bot.editing.check_texts import in_another_language
from bot.lexicons import TITLED
from conversations import Language
from conversations.data_error import did_you_mean
from conversations.dialog.commands import LISTED
from conversations.dialog.steps import SCREENS, STEPS

LONGEST_LABEL = 20
"""Characters of a button's label that a phone shows whole; every platform takes as many."""


def words(content: Content) -> Iterator[str]:
    """Yield every problem of the words."""
    labels = {language: content.catalog.lexicons[language].labels for language in Language}
    wanted = {*_wanted_labels(content)}
    every = sorted({name for one in labels.values() for name in one} | wanted)
    sections = {_section(name) for name in wanted} | set.intersection(*map(_sections, labels.values()))
    for language in Language:
        own = _sections(labels[language])
        for section in sorted(own - sections):
            hint = did_you_mean(section, sections - own or sections)
            yield f"{language}/words.toml: [{section}]: there is no such section{hint}"
        if own <= sections:  # otherwise it is there under a wrong name
            yield from (
                f"{language}/words.toml: [{section}]: the section is missing" for section in sorted(sections - own)
            )
        for name in every:
            if _section(name) in sections & own:
                yield from _label(language, name, labels[language].get(name))


def _sections(labels: Mapping[str, str]) -> set[str]:
    return {_section(name) for name in labels}


def _label(language: Language, name: str, label: str | None) -> Iterator[str]:
    """Yield what is wrong with one label."""
    where = _label_place(language, name)
    if not label:
        yield f"{where}: the label is missing"
    elif len(label) > LONGEST_LABEL and not name.startswith(no_buttons()):
        yield f"{where}: {label!r} has {len(label)} characters, {LONGEST_LABEL} at most"
    else:
        for on, form in _forms(name):
            if not re.fullmatch(form, label, re.DOTALL):
                yield f"{where}: {label!r} is none that {on} takes; small letters without spaces, or short enough"
        if not name.startswith("language:"):
            yield from (f"{where}: {problem}" for problem in in_another_language(label, language))


def _section(name: str) -> str:
    return name.rpartition(":")[0] or "commands"


def _forms(name: str) -> Iterator[tuple[str, str]]:
    """Yield each platform whose own word this is, with the form that it wants."""
    for on in PLATFORMS:
        for section, form in platform(on).WORDS.items():
            if name.startswith(f"{section}:"):
                yield on.title(), form


def _label_place(language: Language, name: str) -> str:
    """Return the file and the key in which a label stands."""
    section, _, key = name.rpartition(":")
    folder = next((folder for folder, step in TITLED.items() if step == section), None)
    if folder is not None:
        return f"{language}/{folder}/{key}.j2: title"
    return f"{language}/words.toml: {section or 'commands'}.{key}"


def _wanted_labels(content: Content) -> Iterator[str]:
    book = content.handbook
    for step in SCREENS:
        yield from (f"{step}:{value}" for value in STEPS[step].offered(book))
    for fact, values in book.values.items():
        yield from (f"{fact}:{value}" for value in (*values, *book.fact[fact].elsewhere))
    yield from (f"form_choice:{row.id}" for row in book.form_choices)
    yield from (f"command:{name}" for name in LISTED)
    yield from _asked_by_adapters()


def _asked_by_adapters() -> Iterator[str]:
    """Yield the words that the adapters ask for by name: they stand on no screen of the dialog."""
    for source in _sources(files("adapters")):
        yield from re.findall(rf"[\"']((?:{'|'.join(_own_sections())}):[a-z_]+)[\"']", source)


def _own_sections() -> list[str]:
    return ["service", "terminal", *(section for on in PLATFORMS for section in platform(on).WORDS)]


def _sources(folder: Traversable) -> Iterator[str]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _sources(entry)
        elif entry.name.endswith(".py"):
            yield entry.read_text(encoding="utf-8")
