"""Checks all content at once, so that an editor sees every mistake with its file and key before a buyer does."""

from collections.abc import Iterator, Sequence

from bot.content import Content, ContentError, Sources, build_content, read_installed
from bot.editing.check_drafts import drafts
from bot.editing.check_files import missing_files, same_names
from bot.editing.check_phrasings import understanding
from bot.editing.check_screens import every_screen
from bot.editing.check_texts import texts
from bot.editing.check_words import words
from conversations import Language


def check() -> list[str]:
    """Return every problem of the installed content, each as ``file: key: what to mend``; none if all is sound."""
    sources, unreadable = read_installed()
    return sorted({*unreadable, *_not_because_of(unreadable, sources)})


def _not_because_of(unreadable: Sequence[str], sources: Sources) -> list[str]:
    """Return what is wrong beside the files that cannot be read, and not only because they cannot be."""
    files = {problem.partition(": ")[0] for problem in unreadable}
    only_templates = all(file.endswith(".j2") for file in files)
    others = check_sources(sources) if only_templates else [*texts(sources)]
    spoilt = {*files, *Language} if files else files  # a whole language misses what a file of it would say
    return [one for one in others if one.partition(": ")[0] not in spoilt]


def check_sources(sources: Sources) -> list[str]:
    """Return every problem of what was read; what cannot be put together is still checked for all else."""
    try:
        content = build_content(sources)
    except ContentError as error:
        return sorted({*error.problems, *texts(sources)})
    return check_content(content)


def check_content(content: Content) -> list[str]:
    """Return every problem of a content that could be built."""
    return sorted({*static_problems(content), *every_screen(content)})


def static_problems(content: Content) -> Iterator[str]:
    """Yield what is wrong in the files themselves, without looking at the screens that come of them."""
    for one in (missing_files, words, same_names, drafts, understanding):
        yield from one(content)
    yield from texts(content.sources)
