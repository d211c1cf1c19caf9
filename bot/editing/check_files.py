"""Checks that every file and block is there that the data calls for, and none that nothing uses."""

from collections.abc import Iterator

from bot.asked import asked_path, ways_to_ask
from bot.content import Content
from bot.lexicons import TITLED, block_lines, blocks
from conversations import Language
from conversations.reading.spelling import name_key

_BLOCKS = {
    "topics": ("title", "answer"),
    "themes": ("answer",),
    "verdicts": ("headline", "why", "steps", "money"),
    "money": ("how_long", "where", "worry"),
    "replies": ("title", "sample", "meaning", "advice", "trap"),
}


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
        yield f"{language}/stages.j2", _stage_blocks(content)
    advice = [f"when_{language}" for language in Language]
    for name in book.draft:
        form = ("form", "form_ja") if name in book.cancel_drafts else ()
        yield f"seller/{name}.j2", ("chat", *Language, *advice, *form)


def _optional(path: str, content: Content) -> Iterator[str]:
    """Yield the blocks that a template may have: a kind of reply may have advice of its own for a stage."""
    kind = content.handbook.reply_kind.get(path.rpartition("/")[2].removesuffix(".j2"))
    if "/replies/" in path and kind is not None:
        yield from (f"advice_{stage}" for stage in kind.at)


def _stage_blocks(content: Content) -> tuple[str, ...]:
    """Return the blocks of what is said of any reply at a stage: with an answer to send, and without."""
    book = content.handbook
    needed = (
        f"{stage}_{'answer' if drafts else 'no_answer'}"
        for kind in book.reply_kinds
        for stage, drafts in kind.at.items()
    )
    return tuple(dict.fromkeys(needed))


def missing_files(content: Content) -> Iterator[str]:
    """Yield files and blocks that are missing, or that nothing uses."""
    wanted = dict(_wanted_files(content))
    templates = content.sources.templates
    for path, needed in wanted.items():
        if path not in templates:
            yield f"{path}: the file is missing"
            continue
        found = set(blocks(templates[path]))
        yield from (f"{path}: {block}: the block is missing" for block in needed if block not in found)
        used = {*needed, *_optional(path, content)}
        yield from (f"{path}: {block}: nothing uses this block" for block in sorted(found - used))
    for path in templates:
        _, _, within = path.partition("/")
        if within.startswith(("dialog/", "notices/")):
            twins = [f"{language}/{within}" for language in Language]
            yield from (f"{twin}: the file is missing" for twin in twins if twin not in templates)
        elif path not in wanted:
            yield f"{path}: nothing uses this file"


def same_names(content: Content) -> Iterator[str]:
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
