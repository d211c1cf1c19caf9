"""Checks what typed words are understood by: phrasings enough, none against another, models that know them all."""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from bot.asked import ARROW, ELSEWHERE, FOLDER, asked_path, near_misses, ways_to_ask
from bot.content import MODELS, SELLER_SAYS, Content, Sources
from bot.editing.likeness import alike_pairs
from bot.editing.phrasings import Example, content_hash, question_lines, reply_lines
from conversations import Language
from conversations.data_error import did_you_mean
from conversations.reading.seller_replies import BUYER
from conversations.reading.spelling import name_key

FEWEST_PHRASINGS = 25
"""Ways to ask a topic, in each language."""
FEWEST_SAMPLES = 40
"""Sellers' messages of a kind."""
FEWEST_OUTSIDE = 250
"""Lines out of scope, in each language …"""
FEWEST_THEMES = 15
"""… in so many themes."""
ALIKE = 0.9
"""How like each other two phrasings may be that belong to different topics: 1 is the same (cosine of their pieces)."""


def understanding(content: Content) -> Iterator[str]:
    """Yield every problem of the phrasings, the samples and the models, file first."""
    yield from _quotas(content)
    yield from _near_misses(content)
    yield from _samples(content)
    yield from _mentions(content)
    models = content.sources.models
    if models.get("content") == content_hash(content.sources):
        yield from models["alike"]
    else:
        yield f"{MODELS}: the phrasings have changed since it was trained; run make train"
        yield from nearer_elsewhere(content.sources)


def _quotas(content: Content) -> Iterator[str]:
    asked, book = content.sources.asked, content.handbook
    for language in Language:
        for topic in book.topic:
            path = asked_path(language, "topics", topic)
            count = len(ways_to_ask(asked.get(path, "")))
            if count < FEWEST_PHRASINGS:
                yield f"{path}: {count} ways to ask, {FEWEST_PHRASINGS} at least"
        outside = [len(ways_to_ask(asked.get(asked_path(language, "themes", theme.id), ""))) for theme in book.themes]
        if sum(outside) < FEWEST_OUTSIDE or len(outside) < FEWEST_THEMES:
            told = f"{sum(outside)} lines in {len(outside)} themes"
            yield f"{language}/{FOLDER}/themes: {told}, {FEWEST_OUTSIDE} in {FEWEST_THEMES} at least"


def _near_misses(content: Content) -> Iterator[str]:
    known = {*content.handbook.topic, ELSEWHERE}
    for path, source in content.sources.asked.items():
        for words, topic in near_misses(source):
            if not words or topic not in known:
                line, hint = f"{words} {ARROW} {topic}".strip(), did_you_mean(topic, known)
                yield f"{path}: {line!r}: write the words, {ARROW} and a topic or {ELSEWHERE}{hint}"


def _samples(content: Content) -> Iterator[str]:
    kinds = content.handbook.reply_kind
    found: Counter[str] = Counter()
    for line in reply_lines(content.sources):
        if line.place.startswith(SELLER_SAYS):
            found.update(line.labels)
            for kind in line.labels:
                if kind not in kinds and kind != BUYER:
                    yield f"{line.place}: {line.text[:40]!r}: there is no kind {kind!r}"
    for kind in kinds:
        if found[kind] < FEWEST_SAMPLES:
            yield f"{SELLER_SAYS}/{kind}.txt: {found[kind]} messages, {FEWEST_SAMPLES} at least"


def _mentions(content: Content) -> Iterator[str]:
    values = content.handbook.values
    for fact, by_value in content.sources.data["mentions"].items():
        for value, kinds in by_value.items():
            where = f"mentions.toml: {fact}.{value}"
            if value not in values.get(fact, ()):
                yield f"{where}: there is no such fact or value"
            yield from (f"{where}.{kind}: it must be says or names" for kind in kinds if kind not in {"says", "names"})
    yield from content.readers.facts.problems()
    yield from content.readers.clauses.problems()


def nearer_elsewhere(sources: Sources) -> Iterator[str]:
    """Find phrasings that say almost what one of another topic says. Takes seconds; training keeps the result."""
    lines = [line for line in question_lines(sources) if line.place.partition("/")[2].startswith(f"{FOLDER}/")]
    yield from _nearly_alike(tuple(lines))


@lru_cache(maxsize=2)
def _nearly_alike(lines: tuple[Example, ...]) -> tuple[str, ...]:
    """Return a problem for each line whose nearest other line, and a very near one, is of another topic."""
    best: dict[int, tuple[float, int]] = {}
    for likeness, number, other in alike_pairs([line.text for line in lines], ALIKE):
        best[number] = max(best.get(number, (0.0, -1)), (likeness, other))
        best[other] = max(best.get(other, (0.0, -1)), (likeness, number))
    found: list[str] = []
    for number, (_, other) in sorted(best.items()):
        one, near_one = lines[number], lines[other]
        same = name_key(one.text) == name_key(near_one.text)  # named as a duplicate elsewhere
        outside = _is_theme(one) and _is_theme(near_one)  # both are refused, whichever it is
        if one.labels != near_one.labels and not same and not outside:
            found.append(f"{one.place}: {one.text!r}: it is nearly {near_one.text!r} of {near_one.labels[0]}")
    return tuple(found)


def _is_theme(line: Example) -> bool:
    return f"/{FOLDER}/themes/" in line.place
