"""Someone who edits the content, on a copy of their own, and what they are told."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

from bot.content import Content, ContentError, Sources, build_content
from bot.editing.check import static_problems
from bot.editing.proofreader import Proofreader
from conversations import Language, Reply

Data = dict[str, Any]


STALE = "understanding.json: the phrasings have changed since it was trained; run make train"


class Editor:
    """Someone who changes the content, on a copy of their own."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self.samples = dict(sources.samples)
        self.data: Data = deepcopy(dict(sources.data))
        self.words: dict[Language, Data] = {language: deepcopy(dict(sources.words[language])) for language in Language}
        self.templates = dict(sources.templates)
        self.asked = dict(sources.asked)

    def rewrites(self, path: str, was: str, becomes: str) -> None:
        """Replace a part of a template."""
        assert was in self.templates[path], f"{path} no longer says {was!r}"
        self.templates[path] = self.templates[path].replace(was, becomes, 1)

    def row(self, file: str, table: str, row_id: str) -> Data:
        """Return a row of a data file, to be changed."""
        found: Data = next(row for row in self.data[file][table] if row["id"] == row_id)
        return found

    @property
    def sources(self) -> Sources:
        return replace(
            self._sources,
            data=self.data,
            words=self.words,
            templates=self.templates,
            asked=self.asked,
            samples=self.samples,
        )

    @property
    def content(self) -> Content:
        return build_content(self.sources)

    def is_told(self) -> list[str]:
        """Return what the editor is told of the files themselves; the screens are looked at apart, for the time."""
        try:
            return sorted({*static_problems(self.content)})
        except ContentError as error:
            return list(error.problems)


def reads(editor: Editor, *replies: Reply) -> list[str]:
    """Return what a proofreader notes while it reads these replies in Japanese."""
    proofreader = Proofreader(editor.content)
    for reply in replies:
        proofreader.message(reply, Language.JA)
    return list(proofreader.problems)
