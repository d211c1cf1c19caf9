"""The example lines that the models are trained on, collected from the content, and a fingerprint of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from bot.asked import ELSEWHERE, asked_files, near_misses, ways_to_ask
from bot.content import Sources
from conversations.reading.questions import OUT_OF_SCOPE
from conversations.reading.seller_replies import BUYER

EVERY = 3
"""Every third question is an example of what no seller writes: enough, and more would drown the sellers."""

FOREIGN = f"{OUT_OF_SCOPE}other_language"
"""Out of scope for a question, but a seller may well write Chinese."""


@dataclass(frozen=True, slots=True)
class Example:
    """An example: the words, what they are (several kinds only for sellers' messages), and where they stand."""

    text: str
    labels: tuple[str, ...]
    place: str


def question_lines(sources: Sources) -> list[Example]:
    """Return the questions of all topics, their near misses, and the lines out of scope."""
    return [*_topic_lines(sources), *_near_misses(sources), *_theme_lines(sources)]


def _topic_lines(sources: Sources) -> Iterator[Example]:
    for path, topic, source in asked_files(sources.asked, "topics"):
        yield from (Example(line, (topic,), path) for line in ways_to_ask(source))


def _near_misses(sources: Sources) -> Iterator[Example]:
    for path, _, source in asked_files(sources.asked, "topics"):
        for text, topic in near_misses(source):
            yield Example(text, (OUT_OF_SCOPE if topic == ELSEWHERE else topic,), path)


def _theme_lines(sources: Sources) -> Iterator[Example]:
    for path, theme, source in asked_files(sources.asked, "themes"):
        yield from (Example(line, (OUT_OF_SCOPE + theme,), path) for line in ways_to_ask(source))


def reply_lines(sources: Sources) -> list[Example]:
    """Return sellers' messages by kind, and what is none."""
    lines: list[Example] = []
    for name, text in sources.samples.items():
        path = f"seller_says/{name}.txt"
        for line in filter(None, map(str.strip, text.splitlines())):
            match name:
                case "several":
                    kinds, _, message = line.partition(" | ")
                    lines.append(Example(message.strip(), tuple(kind.strip() for kind in kinds.split(",")), path))
                case "none":
                    lines.append(Example(line, (BUYER,), path))
                case "none_seller":
                    lines.append(Example(line, (), path))
                case _:
                    lines.append(Example(line, (name,), path))
    asked = [line for line in question_lines(sources) if line.labels != (FOREIGN,)]
    outside = [line for line in asked if line.labels[0].startswith(OUT_OF_SCOPE)]
    inside = [line for line in asked if not line.labels[0].startswith(OUT_OF_SCOPE)]
    return lines + [Example(line.text, (BUYER,), line.place) for line in (*outside, *inside[::EVERY])]


def content_hash(sources: Sources) -> str:
    """Return what changes with every example line, and with nothing else."""
    lines = (f"{line.text}\t{','.join(line.labels)}" for line in (*question_lines(sources), *reply_lines(sources)))
    return sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]
