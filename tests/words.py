"""The words that the product says now, so that tests follow the editors and not the other way round."""

from dataclasses import dataclass

from bot.content import Content
from conversations import Language


@dataclass(frozen=True)
class Words:
    """The words of one language."""

    content: Content
    language: Language

    def label(self, name: str) -> str:
        """Return a button's label, or a word of the terminal."""
        return self.content.catalog.label(name, self.language)

    def other_name(self, name: str) -> str:
        """Return something else that a buyer may type for a button."""
        return self.content.catalog.lexicons[self.language].also[name][0]

    def notice(self, name: str) -> str:
        """Return how a line above a screen begins."""
        return self.content.sources.templates[f"{self.language}/notices/{name}.j2"].strip()[:12]
