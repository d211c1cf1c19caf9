"""Checks every screen that a buyer can reach: it can be worded in each language, fits everywhere, and leads on."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from markdown_it import MarkdownIt

from adapters import PLATFORMS
from adapters.platform import platform
from bot.content import Content
from bot.editing.check_replies import replies
from bot.editing.every_path import places
from bot.editing.proofreader import Proofreader
from conversations import Language, Notice, Order, Reply, Turn
from conversations.dialog.screens import screens
from messages import Message

A_DAY = date(2026, 11, 24)
"""A day to look at the conversations from; which one does not matter."""
MOST_LETTERS = 2000
"""Characters of one message, so that two fit into one page everywhere."""
POINTED_AT = ("menu:", "verdict:", "draft:", "help:")
"""The buttons that texts point at by name."""
_QUOTED = {Language.JA: re.compile("「([^」]+)」"), Language.EN: re.compile('"([^"]+)"')}
_A_FACT = (("payment", "paypal"),)
_MARKDOWN = MarkdownIt()


def every_screen(content: Content) -> Iterator[str]:
    """Yield every problem of the screens. The dialog is walked once: where it leads depends on no language."""
    proofreader = Proofreader(content)
    ours = {language: _pointed_at(proofreader, language) for language in Language}
    worded: dict[tuple[Language, Reply], Message] = {}
    for _, turn in places(content, Language.JA, A_DAY):
        for language in Language:
            seen = [(language, reply) for reply in _replies(turn, language, content)]
            for one in seen:
                if one not in worded:
                    worded[one] = proofreader.message(one[1], language)
            yield from _dead_pointers({one: worded[one] for one in seen}, ours[language])
    worded.update(((language, reply), proofreader.message(reply, language)) for language, reply in _notices(content))
    texts: dict[str, str] = {}
    for (language, reply), message in worded.items():
        texts.setdefault(message.text, f"{language}: {reply.screen}")
        yield from _carried(message, language)
    yield from (problem for text, where in texts.items() for problem in _text_problems(where, text))
    yield from replies(content, proofreader)
    yield from proofreader.problems


def _pointed_at(proofreader: Proofreader, language: Language) -> frozenset[str]:
    labels = proofreader.lexicons[language].labels
    return frozenset(label for name, label in labels.items() if name.startswith(POINTED_AT))


def _dead_pointers(screen: Mapping[tuple[Language, Reply], Message], ours: frozenset[str]) -> Iterator[str]:
    """Yield the names of our own buttons that a text names although they are not on the screen."""
    shown = {button.label for message in screen.values() for button in message.buttons}
    for (language, reply), message in screen.items():
        for label in ours.intersection(_QUOTED[language].findall(message.text)) - shown:
            where = f"{language}: {reply.screen} {reply.subject or ''}"
            yield f"{where}: the text names {label!r}, which is not on the screen"


def _replies(turn: Turn, language: Language, content: Content) -> tuple[Reply, ...]:
    """Return what is seen at a place in a language."""
    if language is turn.conversation.language:
        return turn.replies
    return screens(turn.place, language, content.handbook, A_DAY)


def _notices(content: Content) -> Iterator[tuple[Language, Reply]]:
    """Yield every line that can stand above a screen; choosing alone does not lead to them."""
    for path in content.sources.templates:
        folder, _, name = path.partition("/notices/")
        if name:
            notice = Notice(name.removesuffix(".j2"), "heard", "english", _A_FACT)
            yield Language(folder), Reply("menu", Order(), A_DAY, notices=(notice,))


def _carried(message: Message, language: Language) -> Iterator[str]:
    """Yield the tokens that some platform's buttons cannot carry."""
    limits = [limit for on in PLATFORMS if (limit := platform(on).LIMITS.token) is not None]
    for button in message.buttons:
        if not button.token.isascii() or len(button.token) > min(limits):
            yield f"{language}: {button.token}: the token is no ASCII text of {min(limits)} bytes at most"


def _text_problems(where: str, text: str) -> Iterator[str]:
    if not text:
        yield f"{where}: the text is empty"
    if len(text) > MOST_LETTERS:
        yield f"{where}: {len(text)} characters, {MOST_LETTERS} at most: {text[:40]!r}"
    tokens = (child for token in _MARKDOWN.parse(text) for child in token.children or ())
    shown = "".join(child.content for child in tokens if child.type == "text")
    if "**" in shown:
        place = max(0, shown.index("**") - 20)
        yield f"{where}: bold marks that do not close near {shown[place : place + 40]!r}"
