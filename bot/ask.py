"""The commands ``ask`` and ``read``: one question answered, or one seller's message explained, without a chat."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from bot.clock import today_in_japan
from bot.content import Content, load_content
from bot.facts_json import understood
from conversations import Asked, Event, Language, Quoted, Reply
from conversations.policy.order import Order
from conversations.reading.questions import BEST
from conversations.reading.spelling import written_in

STDIN = "-"


def ask(text: str, language: Language | None, *, as_lines: bool) -> int:
    """Answer a question, or with ``-`` each line of the input; as a buyer sees it, or as JSON."""
    return _each(text, language, Asked, question_json if as_lines else None)


def read(text: str, language: Language | None, *, as_lines: bool) -> int:
    """Explain a seller's message, or with ``-`` the whole input (as JSON: each line)."""
    return _each(text, language, Quoted, reply_json if as_lines else None)


_Told = Callable[[str, Language, Content, date], dict[str, Any]]


def _each(text: str, chosen: Language | None, event: type[Asked] | type[Quoted], told: _Told | None) -> int:
    content = load_content()
    if told is None:
        for one in _texts(text, whole=event is Quoted):
            _show(content, event(one), chosen or written_in(one))
        return 0
    for line in sys.stdin if text == STDIN else [text]:
        if line.strip():
            print(json.dumps(_answered(line, chosen, told, content), ensure_ascii=False), flush=True)
    return 0


def _texts(text: str, *, whole: bool) -> Iterable[str]:
    if text != STDIN:
        return [text]
    return [sys.stdin.read()] if whole else (line for line in sys.stdin if line.strip())


def _show(content: Content, event: Event, language: Language) -> None:
    """Print what a buyer in a new chat would see. What that takes is loaded only here: programs ask for JSON."""
    from rich.console import Console

    from adapters.console import show
    from bot.keeping.memory import MemoryStore
    from bot.support import Support

    support = Support(content, MemoryStore(), today_in_japan)
    response = asyncio.run(support.respond("ask", event, language=language))
    show(Console(highlight=False), response, content.catalog.label)


def _answered(line: str, language: Language | None, told: _Told, content: Content) -> dict[str, Any]:
    """Read a line as plain text, or as an object with ``text`` and perhaps ``language``; say what is wrong with it."""
    text: object = line.strip()
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        fields = None
    if isinstance(fields, dict):
        text = fields.get("text")
        if str(fields.get("language")) in set(Language):
            language = Language(str(fields["language"]))
    if not isinstance(text, str):
        return {"error": 'a line is a text, or an object with "text"'}
    return {"text": text, **told(text, language or written_in(text), content, today_in_japan())}


def question_json(text: str, _: Language, content: Content, today: date) -> dict[str, Any]:
    """Return how a text is understood: the decision, the best topics, the theme, and the facts that it states."""
    asked = content.readers.questions.read(text)
    return {
        "decision": asked.decision,
        "topics": [{"id": one.id, "score": round(one.score, 4)} for one in asked.topics[:BEST]],
        "theme": asked.theme,
        "facts": understood(content.readers.facts.read(text, today), content.handbook),
    }


def reply_json(text: str, language: Language, content: Content, today: date) -> dict[str, Any]:
    """Return how a seller's message is understood: its kinds, whether it is unsafe, and what answers it."""
    book = content.handbook
    reading = content.readers.replies.read(text)
    likely = reading.sure or reading.offered[:1]
    draft = None
    if likely:
        reply = Reply("draft", Order(), today, draft=book.answers_to(likely, book.stage(Order(), likely))[0])
        draft = content.catalog.message(reply, language).draft
    return {
        "kinds": [{"id": one.id, "score": round(one.score, 4)} for one in reading.kinds],
        "unsafe": reading.unsafe,
        "draft": {"id": draft.id, "send": draft.send, "meaning": draft.meaning} if draft else None,
    }
