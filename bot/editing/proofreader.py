"""A catalog for checking: what cannot be worded is noted with its file and line, and the check goes on."""

import re
import traceback
from collections.abc import Iterator

from jinja2 import TemplateError, TemplateSyntaxError

from bot.content import Content
from bot.slips import slip
from conversations import Language, Reply
from conversations.data_error import did_you_mean
from messages import Catalog, Message

UNWORDABLE = (TemplateError, LookupError, TypeError, ValueError, AttributeError)
"""What a template can raise."""
_FROM_STRING = "<template>"
"""What Python takes for the file of a template that was read by ourselves."""


class Proofreader(Catalog):
    """Words replies as the product does. ``problems`` are those that could not be worded, file first."""

    def __init__(self, content: Content) -> None:
        """Begin with no problems."""
        super().__init__(content.sources.templates, content.catalog.lexicons, content.handbook)
        self.problems: dict[str, None] = {}
        self._content = content
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
            self.problems[f"{self._opened}: {told(error, self._content)}"] = None
            return Message("-")

    def label(self, name: str, language: Language) -> str:
        """Return a label; its file is the one to mend."""
        self._opened = f"{language}/words.toml"
        return super().label(name, language)


def told(error: Exception, content: Content) -> str:
    """Return in a line what is wrong with a template or a word, and in which line if that is known."""
    line = error.lineno if isinstance(error, TemplateSyntaxError) else _line(error)
    where = f"line {line}: " if line else ""
    if missing := _missing(error):
        return f"{where}there is no {missing!r}{did_you_mean(missing, _names(content))}"
    if isinstance(error, TemplateSyntaxError):
        return f"{where}{slip(str(error.message))}"
    return f"{where}a value is used here in a way that does not fit it; compare with the lines around"


def _missing(error: Exception) -> str | None:
    """Return the name that a template uses and nobody has."""
    if isinstance(error, KeyError):
        return str(error.args[0])
    found = re.search(r"attribute '?([^'\s]+)'?|'([^']+)' is undefined|No (?:filter|test) named '([^']+)'", str(error))
    return next((name for name in found.groups() if name), None) if found else None


def _names(content: Content) -> Iterator[str]:
    """Yield what templates may use, for a hint at what was meant."""
    book = content.handbook
    yield from ("order", "today", "verdict", "window", "figures", "methods", "statuses", "label", "certainty", "cite")
    yield from ("period", "day", "heard", "english", "facts", "explained", "subject", "refund")
    for names in (book.figures, book.method, book.fact):
        yield from names
    yield from content.catalog.lexicons[Language.EN].labels


def _line(error: Exception) -> int | None:
    """Return the line of a template in which something went wrong, from the trace that Jinja rewrote."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == _FROM_STRING]
    return lines[-1] if lines else None
