"""The example lines that the models are trained on, collected from the content, and a fingerprint of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from bot.content import Sources
from bot.lexicons import NEAR_MISSES, TOPIC_NAMES, block_lines
from conversations import Language
from conversations.recognition import OUT_OF_SCOPE
from conversations.seller_replies import BUYER

ARROW = " → "
"""Stands in a near miss between the words and the id of the topic that they belong to."""
ELSEWHERE = "out_of_scope"
"""The id in a near miss that belongs to no topic."""
EVERY = 3
"""Every third question is an example of what no seller writes: enough, and more would drown the sellers."""

FOREIGN = f"{OUT_OF_SCOPE}other_language"
"""Out of scope for a question, but a seller may well write Chinese."""


@dataclass(frozen=True, slots=True)
class Line:
    """An example: the words, what they are (several kinds only for sellers' messages), and where they stand."""

    text: str
    labels: tuple[str, ...]
    place: str


def question_lines(sources: Sources) -> list[Line]:
    """Return the questions of all topics, their near misses, and the lines out of scope."""
    return [*_topic_lines(sources), *_near_misses(sources), *_theme_lines(sources)]


def _files(sources: Sources, folder: str) -> Iterator[tuple[str, str, str]]:
    """Yield the path, the name and the source of each template of a folder, in every language."""
    for language in Language:
        for path, source in sources.templates.items():
            if path.startswith(f"{language}/{folder}/"):
                yield path, path.rpartition("/")[2].removesuffix(".j2"), source


def _topic_lines(sources: Sources) -> Iterator[Line]:
    for path, topic, source in _files(sources, "topics"):
        for line in block_lines(source, TOPIC_NAMES):
            yield Line(line, (topic,), path)


def _near_misses(sources: Sources) -> Iterator[Line]:
    for path, _, source in _files(sources, "topics"):
        for line in block_lines(source, NEAR_MISSES):
            text, _, topic = line.partition(ARROW)
            yield Line(text.strip(), (OUT_OF_SCOPE if topic.strip() == ELSEWHERE else topic.strip(),), path)


def _theme_lines(sources: Sources) -> Iterator[Line]:
    for path, theme, source in _files(sources, "themes"):
        for line in block_lines(source, TOPIC_NAMES):
            yield Line(line, (OUT_OF_SCOPE + theme,), path)


def reply_lines(sources: Sources) -> list[Line]:
    """Return sellers' messages by kind, and what is none."""
    lines: list[Line] = []
    for name, text in sources.samples.items():
        path = f"seller_says/{name}.txt"
        for line in filter(None, map(str.strip, text.splitlines())):
            match name:
                case "several":
                    kinds, _, message = line.partition(" | ")
                    lines.append(Line(message.strip(), tuple(kind.strip() for kind in kinds.split(",")), path))
                case "none":
                    lines.append(Line(line, (BUYER,), path))
                case "none_seller":
                    lines.append(Line(line, (), path))
                case _:
                    lines.append(Line(line, (name,), path))
    asked = [line for line in question_lines(sources) if line.labels != (FOREIGN,)]
    outside = [line for line in asked if line.labels[0].startswith(OUT_OF_SCOPE)]
    inside = [line for line in asked if not line.labels[0].startswith(OUT_OF_SCOPE)]
    return lines + [Line(line.text, (BUYER,), line.place) for line in (*outside, *inside[::EVERY])]


def content_hash(sources: Sources) -> str:
    """Return what changes with every example line, and with nothing else."""
    lines = (f"{line.text}\t{','.join(line.labels)}" for line in (*question_lines(sources), *reply_lines(sources)))
    return sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]
