"""Checks all content at once, so that an editor sees every mistake with its file and key before a buyer does."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import product

from markdown_it import MarkdownIt

from bot.asked import asked_path, ways_to_ask
from bot.content import Content, ContentError, load_content, no_buttons
from bot.editing.check_phrasings import understanding
from bot.editing.every_path import walk
from bot.editing.proofreader import UNWORDABLE, Proofreader, said
from bot.lexicons import TITLED, block_lines, blocks
from conversations import Language, Notice, Order, Reply
from conversations.dialog.steps import SCREENS, STEPS
from conversations.policy.handbook import Handbook
from conversations.reading.spelling import name_key
from messages.page import LONGEST_DRAFT
from messages.wording import sentences

LONGEST_LABEL = 20
"""Characters of a button's label; LINE takes no more."""
LONGEST_TEXT = 2000
"""Characters of a message; Discord takes no more."""
LONGEST_TOKEN = 64
"""Bytes of a button's token; Telegram takes no more."""
A_DAY = date(2026, 11, 24)
"""A day to look at the conversations from; which one does not matter."""

_COMMAND_FORMS = {
    **dict.fromkeys(("command:", "option:"), re.compile(r".{1,100}")),
    **dict.fromkeys(("command_name:", "option_name:"), re.compile(r"(?:(?![A-Z])[-_'\w]){1,32}")),
}
"""What Discord takes as a command's description, and as its name."""
_BLOCKS = {
    "topics": ("title", "answer"),
    "themes": ("answer",),
    "verdicts": ("headline", "why", "steps", "money"),
    "money": ("how_long", "where", "worry"),
    "replies": ("title", "sample", "meaning", "advice", "trap"),
}
_UNCITED = ("title", "sample")
_CITE = re.compile(r"\{\{\s*cite\(([^)]*)\)\s*\}\}")
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_DRAFT_GAP = re.compile(r"  | [.,!?]|\(\s*\)|\{\{|\}\}")


def check() -> list[str]:
    """Return every problem of the installed content, each as ``file: key: what to mend``; none if all is sound."""
    try:
        content = load_content()
    except ContentError as error:
        return list(error.problems)
    return check_content(content)


def check_content(content: Content) -> list[str]:
    """Return every problem of a content that could be built."""
    checks = (_missing_files, _words, _uncited, _names, _drafts, understanding)
    problems = [problem for one in checks for problem in one(content)]
    problems = problems or [*_conversations(content)]  # a conversation shows many files at once
    return sorted(dict.fromkeys(problems))


# What must exist.


def _wanted_files(content: Content) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each template that the data calls for, with its blocks."""
    book = content.handbook
    steps = {row.steps for row in book.outcomes if row.steps} | {row.steps for row in book.rules if row.steps}
    for language in Language:
        by_folder = {
            "topics": book.topic,
            "themes": [row.id for row in book.themes],
            "verdicts": book.outcome,
            "money": book.method,
            "replies": book.reply_kind,
            "steps": [f"{device}_{kind}" for device in ("phone", "pc") for kind in steps],
        }
        for folder, names in by_folder.items():
            yield from ((f"{language}/{folder}/{name}.j2", _BLOCKS.get(folder, ())) for name in names)
        yield f"{language}/cautions.j2", tuple(book.caution)
    advice = [f"when_{language}" for language in Language]
    for name in book.draft:
        form = ("form", "form_ja") if name in book.cancel_drafts else ()
        yield f"seller/{name}.j2", ("chat", *Language, *advice, *form)


def _missing_files(content: Content) -> Iterator[str]:
    wanted = dict(_wanted_files(content))
    templates = content.sources.templates
    for path, needed in wanted.items():
        if path not in templates:
            yield f"{path}: the file is missing"
            continue
        found = set(blocks(templates[path]))
        yield from (f"{path}: {block}: the block is missing" for block in needed if block not in found)
        yield from (f"{path}: {block}: nothing uses this block" for block in sorted(found - set(needed)))
    for path in templates:
        _, _, within = path.partition("/")
        if within.startswith(("dialog/", "notices/")):
            twins = [f"{language}/{within}" for language in Language]
            yield from (f"{twin}: the file is missing" for twin in twins if twin not in templates)
        elif path not in wanted:
            yield f"{path}: nothing uses this file"


def _words(content: Content) -> Iterator[str]:
    labels = {language: content.catalog.lexicons[language].labels for language in Language}
    every = {name for one in labels.values() for name in one} | set(_wanted_labels(content))
    for language in Language:
        for name in sorted(every):
            label = labels[language].get(name)
            where = _label_place(language, name)
            if not label:
                yield f"{where}: the label is missing"
            elif len(label) > LONGEST_LABEL and not name.startswith(no_buttons()):
                yield f"{where}: {label!r} has {len(label)} characters, {LONGEST_LABEL} at most"
            elif (form := _forms(name)) and not form.fullmatch(label):
                yield f"{where}: {label!r} is none that Discord takes; small letters without spaces, or short enough"


def _forms(name: str) -> re.Pattern[str] | None:
    """Return the form that Discord wants of a command's words."""
    return next((form for section, form in _COMMAND_FORMS.items() if name.startswith(section)), None)


def _label_place(language: Language, name: str) -> str:
    """Return the file and key in which a label stands."""
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
    yield from (f"form_choice:{row.id}" for row in content.handbook.form_choices)


# What the words say.


def _uncited(content: Content) -> Iterator[str]:
    """Find claims without a fact: every paragraph and every item of a list must cite."""
    known = {fact.id for fact in content.handbook.facts}
    for path, source in content.sources.templates.items():
        for cited in _CITE.findall(source):
            for fact in re.findall(r"[\"']([^\"']+)[\"']", cited):
                if fact not in known:
                    yield f"{path}: cite({fact}): there is no such fact in facts.toml"
        for block, text in _claims(path, source):
            for part in _parts(text):
                if not _CITE.search(part):
                    yield f"{path}: {block or 'text'}: no fact is cited for {part[:40]!r}"
    yield from _unused_facts(content)


def _claims(path: str, source: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a template that state facts."""
    folder = path.split("/")[1] if path.count("/") > 1 else path.split("/", maxsplit=1)[0]
    found = blocks(source).items()
    if folder in _BLOCKS:
        yield from ((name, text) for name, text in found if name not in _UNCITED)
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


def _unused_facts(content: Content) -> Iterator[str]:
    """Find facts of the article (F) that no text of a language carries."""
    articles = [fact.id for fact in content.handbook.facts if fact.id.startswith("F")]
    for language in Language:
        carried: set[str] = set()
        for path, source in content.sources.templates.items():
            if path.startswith((f"{language}/", "seller/")):
                for cited in _CITE.findall(source):
                    carried.update(re.findall(r"[\"']([^\"']+)[\"']", cited))
        yield from (f"{language}: {fact}: no text carries this fact" for fact in articles if fact not in carried)


def _names(content: Content) -> Iterator[str]:
    """Find phrasings that stand for two questions, and titles that two buttons share."""
    for language in Language:
        where: dict[str, tuple[str, str]] = {}
        for folder in TITLED:
            for path, source in content.sources.templates.items():
                if path.startswith(f"{language}/{folder}/"):
                    name = path.rpartition("/")[2].removesuffix(".j2")
                    asked = asked_path(language, folder, name)
                    lines = [(path, line) for line in block_lines(source, "title")]
                    lines += [(asked, line) for line in ways_to_ask(content.sources.asked.get(asked, ""))]
                    for place, line in lines:
                        first, of = where.setdefault(name_key(line), (place, name))
                        if of != name:
                            yield f"{place}: {line!r} stands in {first} too"


def _drafts(content: Content) -> Iterator[str]:
    """Word every message to the seller with every choice of details, and look at the result as the seller would."""
    for name, row in content.handbook.draft.items():
        path = f"seller/{name}.j2"
        found = blocks(content.sources.templates.get(path, ""))
        for block, meaning in (("chat", "ja"), ("form", "form_ja")):
            if not {block, meaning} <= set(found):
                continue
            for values in _details(row.details, content.handbook):
                try:
                    send = _block(content, path, block, values)
                    meant = _block(content, path, meaning, values)
                except UNWORDABLE as error:
                    yield f"{path}: {block}: {said(error)}"
                    break
                yield from _draft_problems(f"{path}: {block}", send, meant, LONGEST_DRAFT[block], values)


def _details(details: tuple[str, ...], book: Handbook) -> Iterator[dict[str, object]]:
    for given in product((True, False), repeat=len(details)):
        values: dict[str, object] = dict.fromkeys(book.details, "")
        values |= {name: book.fact[name].example for name, is_given in zip(details, given, strict=True) if is_given}
        yield from ({**values, "part": part} for part in (True, False))


def _block(content: Content, path: str, block: str, values: Mapping[str, object]) -> str:
    templates = content.catalog.templates[Language.EN]
    return sentences(templates.block(path, block, {**values, "cite": lambda *_: ""}))


def _draft_problems(where: str, send: str, meant: str, longest: int, values: Mapping[str, object]) -> Iterator[str]:
    if not send.isascii():
        yield f"{where}: only plain English letters reach every seller: {send!r}"
    if not any(value for name, value in values.items() if name != "part") and len(send) > longest:
        yield f"{where}: {len(send)} characters even without details, {longest} at most"
    if send.count("\n") != meant.count("\n"):
        yield f"{where}: the English and the Japanese have different numbers of lines"
    if _DRAFT_GAP.search(send):
        yield f"{where}: a gap or a leftover in {send!r}"
    if not _JAPANESE.search(meant):
        yield f"{where}: the Japanese meaning is missing"


# What buyers will see.


def _conversations(content: Content) -> Iterator[str]:
    """Walk every conversation: each screen can be worded, fits every platform, and leads on."""
    proofreader = Proofreader(content)
    for language in Language:
        for notice in _notices(content, language):
            proofreader.message(Reply("menu", Order(), A_DAY, notices=(notice,)), language)
        shown: dict[str, str] = {}
        for visit in walk(replace(content, catalog=proofreader), language, A_DAY):
            for message in visit.messages:
                shown.setdefault(message.text, f"{language}: {visit.turn.place.step}")
                yield from (
                    f"{language}: {button.token}: the token is no ASCII text of {LONGEST_TOKEN} bytes at most"
                    for button in message.buttons
                    if not button.token.isascii() or len(button.token) > LONGEST_TOKEN
                )
        yield from (problem for text, where in shown.items() for problem in _text_problems(where, text))
    yield from proofreader.problems


def _notices(content: Content, language: Language) -> Iterator[Notice]:
    """Yield every line that can stand above a screen; choosing alone does not lead to them."""
    for path in content.sources.templates:
        if path.startswith(f"{language}/notices/"):
            yield Notice(path.rpartition("/")[2].removesuffix(".j2"), "heard", "english")


def _text_problems(where: str, text: str) -> Iterator[str]:
    if not text:
        yield f"{where}: the text is empty"
    if len(text) > LONGEST_TEXT:
        yield f"{where}: {len(text)} characters, {LONGEST_TEXT} at most: {text[:40]!r}"
    shown = "".join(
        child.content for token in MarkdownIt().parse(text) for child in token.children or () if child.type == "text"
    )
    if "**" in shown:
        place = max(0, shown.index("**") - 20)
        yield f"{where}: bold marks that do not close near {shown[place : place + 40]!r}"
