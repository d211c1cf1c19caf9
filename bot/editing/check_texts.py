"""Checks what the texts say: every claim cites, nothing is promised or typed in, one language, one name a thing."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from bot.content import Sources
from bot.lexicons import blocks
from conversations import Language
from conversations.data_error import did_you_mean
from conversations.reading.spelling import written_in

CLAIMS = {"topics", "themes", "verdicts", "money", "replies"}
"""Folders whose blocks state facts …"""
NO_CLAIMS = ("title", "sample")
"""… but for these: a title, and what a seller writes."""
_CITE = re.compile(r"\{\{\s*cite\(([^)]*)\)\s*\}\}")
_MARKS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_QUOTED = re.compile(r"[(（][^()（）]*[)）]|「[^」]*」|\"[^\"]*\"|“[^”]*”|`[^`]*`|\*\*[^*]*\*\*|\[[^\]]*\]")
"""What a text may say in another language: names on AliExpress's screens, and what somebody types."""
_NAMES = re.compile(r"(?:[A-Z]\w*[・/ ]?)+", re.ASCII)
_LETTER = re.compile(r"[^\W\d_]")
_FEWEST_LETTERS = 12
"""Letters by which a text tells in which language it is."""


def texts(sources: Sources) -> Iterator[str]:
    """Yield every problem of what the templates say."""
    known = frozenset(_known_facts(sources))
    for path, source in sources.templates.items():
        yield from _in_template(path, source, known)
    yield from _unused_facts(sources)


@lru_cache(maxsize=4096)
def _in_template(path: str, source: str, known: frozenset[str]) -> tuple[str, ...]:
    """Return what is wrong in one template; most are as they were when they were last looked at."""
    found = [*_cites(path, source, known)]
    language = _language(path)
    if language is not None:
        for block, text in _said(source):
            where = f"{path}: line {_line(source, text)}: {block or 'text'}"
            found += (f"{where}: {problem}" for problem in _typed_in(text, language))
            found += (f"{where}: {problem}" for problem in in_another_language(text, language))
            found += (f"{where}: {problem}" for problem in _other_names(text, language))
    return tuple(found)


def promises(text: str, language: Language) -> Iterator[str]:
    """Yield every sentence that promises money or a parcel, or sounds surer than anybody can be."""
    words, sure = _claims()["promises"], _claims()["certainties"]
    for sentence in _sentences(text):
        hedged = _finds(words[f"hedges_{language}"], sentence)
        if (_finds(words[language], sentence) and not hedged) or (
            _finds(sure[language], sentence) and not _finds(sure[f"unless_{language}"], sentence)
        ):
            yield sentence


def contradictions(where: str, text: str, said: str, stage: str) -> Iterator[str]:
    """Yield a problem if a text says what is not so at a stage of an order.

    ``said`` is a language, or "message" for the English that a seller reads.
    """
    for pattern in _claims()["contradictions"].get(stage, {}).get(said, ()):
        if found := re.search(pattern, text, re.IGNORECASE):
            yield f"{where}: {found.group()!r} is not so for an order that is {stage}"


# What is typed in.


def _typed_in(text: str, language: Language) -> Iterator[str]:
    """Yield periods and promises in a text."""
    words = _claims()["periods"]
    for pattern in words[language]:
        for found in re.finditer(rf"(?:{pattern})(?!{words[f'example_{language}']})", text, re.IGNORECASE):
            yield f"the period {found.group()!r} is typed in; write it once in the data, and {{{{ … | period }}}} here"
    for sentence in promises(text, language):
        yield f"{sentence[:50]!r} reads as a promise; say what is usual, or under which condition"


def _other_names(text: str, language: Language) -> Iterator[str]:
    """Yield each name in a text that is not the one which our texts have for the thing."""
    for name in _names():
        for found in filter(None, (re.search(pattern, text) for pattern in name[f"not_{language}"])):
            yield f"{found.group()!r} is called {name[language]} here"


def in_another_language(text: str, language: Language) -> Iterator[str]:
    """Yield a problem if a text is not in its language. What is quoted or bold may be."""
    own = _QUOTED.sub("", _QUOTED.sub("", text))
    if (
        not _NAMES.fullmatch(own.strip())
        and len(_LETTER.findall(own)) >= _FEWEST_LETTERS
        and written_in(own) is not language
    ):
        yield f"{' '.join(text.split())[:40]!r} is not in the language of its folder ({language})"


def _sentences(text: str) -> list[str]:
    parts = re.split(r"(?<=[。！？])|(?<=[.!?])\s|\n\s*\n|\n(?=\s*(?:\d+\.|-) )", text)
    return [" ".join(part.split()) for part in parts if part.strip()]


def _finds(patterns: list[str], text: str) -> bool:
    return any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)


@cache
def _claims() -> Mapping[str, Any]:
    return _table("claims.toml")


@cache
def _names() -> Sequence[Mapping[str, Any]]:
    names: Sequence[Mapping[str, Any]] = _table("names.toml")["names"]
    return names


def _table(file: str) -> Mapping[str, Any]:
    return tomllib.loads((files("bot.editing") / file).read_text(encoding="utf-8"))


def _language(path: str) -> Language | None:
    folder = path.partition("/")[0]
    return Language(folder) if folder in set(Language) else None


def _said(source: str) -> Iterator[tuple[str, str]]:
    """Yield the texts of a template by block, without its marks; what sellers write is not ours."""
    found = blocks(source)
    for name, text in found.items() if found else {"": source}.items():
        if name != "sample":
            yield name, _MARKS.sub("\0", _CITE.sub("", text)).replace("\0", "…")


def _line(source: str, text: str) -> int:
    """Return the line in which a text begins, from its first words."""
    first = re.split(r"[…\n]", text.strip(), maxsplit=1)[0].strip()
    at = source.find(first) if first else -1
    return source.count("\n", 0, max(at, 0)) + 1


# What is cited.


def _known_facts(sources: Sources) -> set[str]:
    rows = sources.data.get("facts", {}).get("facts", ())
    return {str(row.get("id")) for row in rows if isinstance(row, dict)}


def _cites(path: str, source: str, known: Collection[str]) -> Iterator[str]:
    """Find claims without a fact: every paragraph and every item of a list must cite."""
    for cited in _CITE.finditer(source):
        for fact in re.findall(r"[\"']([^\"']+)[\"']", cited[1]):
            if fact not in known:
                line = source.count("\n", 0, cited.start()) + 1
                hint = did_you_mean(fact, known)
                yield f"{path}: line {line}: cite({fact}): there is no such fact in facts.toml{hint}"
    for block, text in _claiming(path, source):
        for part in _parts(text):
            if not _CITE.search(part):
                yield f"{path}: line {_line(source, part)}: {block or 'text'}: no fact is cited for {part[:40]!r}"


def _claiming(path: str, source: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a template that state facts."""
    folder = path.split("/")[1] if path.count("/") > 1 else path.split("/", maxsplit=1)[0]
    found = blocks(source).items()
    if folder in CLAIMS:
        yield from ((name, text) for name, text in found if name not in NO_CLAIMS)
    elif path.endswith("cautions.j2") and folder != "dialog":
        yield from found
    elif folder == "steps":
        yield "", source
    elif folder == "seller":
        yield from ((name, text) for name, text in found if name.startswith("when_"))


def _parts(text: str) -> Iterator[str]:
    """Yield the paragraphs and list items of a text; a heading alone claims nothing."""
    for part in re.split(r"\n\s*\n|\n(?=\s*(?:\d+\.|-) )", text):
        plain = re.sub(r"\{%.*?%\}", "", part, flags=re.DOTALL).strip()
        if plain and not re.fullmatch(r"\*\*[^*]+\*\*", plain):
            yield plain


def _unused_facts(sources: Sources) -> Iterator[str]:
    """Find facts of the article (F) that no text of a language carries."""
    articles = sorted(fact for fact in _known_facts(sources) if fact.startswith("F"))
    for language in Language:
        carried: set[str] = set()
        for path, source in sources.templates.items():
            if path.startswith((f"{language}/", "seller/")):
                for cited in _CITE.findall(source):
                    carried.update(re.findall(r"[\"']([^\"']+)[\"']", cited))
        yield from (f"{language}: {fact}: no text carries this fact" for fact in articles if fact not in carried)
