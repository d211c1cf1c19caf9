"""A catalog for checking: what cannot be worded is noted with its file, and the check goes on."""

from jinja2 import TemplateError, TemplateSyntaxError

from bot.content import Content
from conversations import Language, Reply
from messages import Catalog, Message

UNWORDABLE = (TemplateError, LookupError, TypeError, ValueError)
"""What a template can raise."""


class Proofreader(Catalog):
    """Words replies as the product does. ``problems`` are those that could not be worded, file first."""

    def __init__(self, content: Content) -> None:
        """Begin with no problems."""
        super().__init__(content.sources.templates, content.catalog.lexicons, content.handbook)
        self.problems: dict[str, None] = {}
        self._opened = ""
        for templates in self.templates.values():
            templates.opened = self._open

    def _open(self, path: str) -> None:
        """Note a template: it is the file to mend if anything goes wrong until the next is opened."""
        self._opened = path

    def message(self, reply: Reply, language: Language) -> Message:
        """Word one reply; in place of one that cannot be worded return a dash."""
        try:
            return super().message(reply, language)
        except UNWORDABLE as error:
            self.problems[f"{self._opened}: {said(error)}"] = None
            return Message("-")

    def label(self, name: str, language: Language) -> str:
        """Return a label; its file is the one to mend."""
        self._opened = f"{language}/words.toml"
        return super().label(name, language)


def said(error: Exception) -> str:
    """Return in a line what is wrong with a template or a word."""
    match error:
        case TemplateSyntaxError():
            return f"line {error.lineno}: {error.message}"
        case TemplateError():
            return str(error)
        case KeyError():
            return f"there is no {error.args[0]!r}"
        case _:
            return f"{type(error).__name__}: {error}"
