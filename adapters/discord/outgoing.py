"""How messages look on Discord: one page to be changed in place, and the English alone in a message of its own.

A page is made of components ("Components V2"): 4,000 characters, and two screens in one message. The English is
an old-fashioned message with nothing but a code block, for that is what a phone copies whole.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar
from weakref import WeakKeyDictionary

from adapters import Response, Words
from adapters.buttons import chosen_line, marked
from adapters.markup import Block, Kind, Run, Style, gap_before, parse
from adapters.wire import Raw
from conversations import Language, Place, Role, StepName
from conversations.reading.spelling import UNSEEN
from messages import Button, Message

MOST_BUTTONS = 5
"""Buttons in a row."""
MOST_PRESSED = 10
"""Choices of one screen that are buttons; above so many, a list to choose from."""
MOST_OPTIONS = 25
IS_PAGE = 1 << 15
OWN = "!"
"""What our own buttons begin with; all others carry a token of the dialog."""
CHOOSE, TYPE, TYPED, PRIVATE, DIRECT = "!choose", "!type", "!typed", "!private", "!direct"
OWN_WORDS, QUOTED, AT_ONCE, FILLED = "!words", "!quoted", "!details", "!filled"
GREY, RED = 2, 4
_ROW, _BUTTON, _SELECT, _INPUT, _TEXT, _LINE, _LABEL = 1, 2, 3, 4, 10, 14, 18
_ONE_LINE, _LINES = 1, 2
MOST_FIELDS = 5
"""Fields of a window."""
MOST_TYPED = 4000
"""Characters that a window takes."""
PANEL = ("menu:check", "menu:questions", "menu:write", "menu:reply")
"""What a panel offers. Its buttons are pressed again and again, so they carry no revision."""
NOBODY: Raw = {"parse": []}
"""Whom a message may ping."""

_T = TypeVar("_T")
_MARKS = re.compile(r"[\\`*_~|<>\[\]]|^[#+-]", re.MULTILINE)
_AROUND = {Style.BOLD: "**", Style.ITALIC: "*"}


Part = tuple[str, Sequence[Raw]]
"""A text, and the rows of buttons that belong to it."""


def page(parts: Iterable[str | Part], rows: Iterable[Raw] = ()) -> Raw:
    """Return a message of texts with lines between them, each with its rows of buttons, and rows for all."""
    components: list[Raw] = []
    for part in parts:
        text, own = (part, ()) if isinstance(part, str) else part
        components += [{"type": _LINE}] if components else []
        components += [{"type": _TEXT, "content": text}, *own]
    return {"flags": IS_PAGE, "components": [*components, *rows], "allowed_mentions": NOBODY}


def note(text: str) -> Raw:
    """Return a message of one plain sentence."""
    return page([text])


def english(send: str) -> Raw:
    """Return the message with the English. A backtick becomes an apostrophe: nothing typed ends the block."""
    return {"content": f"```\n{UNSEEN.sub('', send).replace('`', chr(39))}\n```", "allowed_mentions": NOBODY}


def rows_of(buttons: Iterable[Raw]) -> list[Raw]:
    """Lay buttons out in rows."""
    return [{"type": _ROW, "components": row} for row in _chunks([*buttons], MOST_BUTTONS)]


def button(custom_id: str, label: str, style: int = GREY) -> Raw:
    """Return a button."""
    return {"type": _BUTTON, "style": style, "custom_id": custom_id, "label": label}


class Drawing:
    """Draws messages. What was drawn is remembered as long as the message itself lives, no longer."""

    def __init__(self, words: Words) -> None:
        """Keep the words that only Discord needs."""
        self._words = words
        self._drawn: WeakKeyDictionary[Message, str] = WeakKeyDictionary()

    def messages(self, response: Response, revision: str, chosen: str = "") -> list[Raw]:
        """Draw a response; ``chosen`` is the label that led here, ``revision`` tells these buttons from all others.

        What belongs to one English text stands above it, and the buttons below the last, so that it all stays
        where it is when the buyer goes on.
        """
        turn, language = response.turn, response.turn.conversation.language
        buttons = [Button(one.token, self._words(one.label, language)) for one in turn.languages]
        typing = self._typing(turn.place, language, revision)
        return self.pages(response.messages, language, revision, typing, buttons, chosen)

    def pages(  # noqa: PLR0913, PLR0917  # what a page is made of
        self,
        messages: Sequence[Message],
        language: Language,
        revision: str,
        typing: Sequence[Raw] = (),
        more: Sequence[Button] = (),
        chosen: str = "",
    ) -> list[Raw]:
        """Draw messages, with more buttons below: those that open a window to type in, and others."""
        head = f"-# {chosen_line(escaped(chosen), self._words, language)}\n" if chosen else ""
        drawn: list[Raw] = []
        parts: list[Part] = []
        choices = _Choices(self._words("discord:choose", language), revision)
        below: list[Raw] = []
        for message in messages:
            rows = choices.rows(message.buttons)
            parts.append((head + self._text(message, language), () if message.draft is not None else rows))
            head = ""
            if message.draft is not None:
                drawn += [page(parts), english(message.draft.send)]
                parts, below = [], rows
        last = parts or [(self._words("discord:next", language), below)]
        ways = [one for message in messages for one in message.buttons if one.role is not Role.ANSWER]
        once = {one.token: _press(one, revision) for one in (*ways, *more)}
        return [*drawn, page(last, rows_of([*typing, *once.values()]))]

    def invitation(self, user: int, language: Language, revision: str, answer: Message | None = None) -> Raw:
        """Return what everybody may read where somebody called us: the way to ask in private.

        Above it stands the ``answer`` to a question that concerns nobody's order.
        """
        ways = (PRIVATE, "discord:private"), (DIRECT, "discord:direct")
        buttons = [button(marked(name, revision), self._words(label, language)) for name, label in ways]
        answers = [] if answer is None else [self._text(answer, language)]
        return page([*answers, f"<@{user}> {self._words('service:private', language)}"], rows_of(buttons))

    def form(self, step: str, language: Language, revision: str) -> Raw:
        """Return the window in which a step's answer is typed; or free words, or what the seller wrote."""
        name, label, style, most = {
            OWN_WORDS: (TYPED, "discord:own_words", _LINES, MOST_TYPED),
            QUOTED: (QUOTED, "discord:quoted", _LINES, MOST_TYPED),
        }.get(step, (TYPED, f"change:{step}", _ONE_LINE, 200))
        field = {"type": _INPUT, "custom_id": "text", "style": style, "min_length": 1, "max_length": most}
        title = self._words(label, language)
        return {
            "custom_id": marked(name, revision),
            "title": title,
            "components": [{"type": _LABEL, "label": title, "component": field}],
        }

    def details_form(self, details: Sequence[str], language: Language, revision: str) -> Raw:
        """Return the window in which several details of a message are typed at once."""
        fields = [
            {
                "type": _LABEL,
                "label": self._words(f"change:{detail}", language),
                "component": {
                    "type": _INPUT,
                    "custom_id": detail,
                    "style": _ONE_LINE,
                    "max_length": 200,
                    "required": False,
                },
            }
            for detail in details
        ]
        title = self._words("discord:at_once", language)
        return {"custom_id": marked(FILLED, revision), "title": title, "components": fields}

    def panel(self, language: Language) -> Raw:
        """Return the message of a channel from which everybody may ask in private."""
        presses = [button(token, self._words(token, language)) for token in PANEL]
        text = self._words("discord:panel", language)
        return page([text], rows_of(presses))

    def _text(self, message: Message, language: Language) -> str:
        """Return a message's text, with what its English means."""
        text = self._drawn.get(message)
        if text is None:
            text = markdown(parse(message.text))
            if message.draft is not None:
                meaning = "\n".join(f"> {escaped(line)}" for line in message.draft.meaning.splitlines())
                text = f"{text}\n\n**{escaped(self._words('terminal:meaning', language))}**\n{meaning}"
            self._drawn[message] = text
        return text

    def _typing(self, place: Place, language: Language, revision: str) -> list[Raw]:
        """Return the buttons that open a window to type in: every page has one."""
        name, label = OWN_WORDS, "discord:own_words"
        if place.typed is not None:
            name, label = f"{TYPE}:{place.typed}", "discord:type"
        elif place.step in {StepName.REPLY_GROUP, StepName.REPLY_KIND}:
            name, label = QUOTED, "discord:quoted"
        typing = button(marked(name, revision), self._words(label, language))
        return [*self._at_once(place.details, language, revision), typing]

    def _at_once(self, details: Sequence[str], language: Language, revision: str) -> Iterator[Raw]:
        """Yield the button by which all details of a message are typed into one window."""
        if 1 < len(details) <= MOST_FIELDS:
            name = f"{AT_ONCE}:{'+'.join(details)}"
            yield button(marked(name, revision), self._words("discord:at_once", language))


class _Choices:
    """Lays out the choices of a page, screen by screen. What was offered before is not offered again."""

    def __init__(self, placeholder: str, revision: str) -> None:
        self._placeholder, self._revision = placeholder, revision
        self._offered: set[str] = set()
        self._lists = 0

    def rows(self, buttons: Sequence[Button]) -> list[Raw]:
        new = [one for one in buttons if one.role is Role.ANSWER and one.token not in self._offered]
        self._offered |= {one.token for one in new}
        if len(new) > MOST_PRESSED:
            return [self._list(some) for some in _chunks(new, MOST_OPTIONS)]
        return rows_of(_press(one, self._revision) for one in new)

    def _list(self, some: Sequence[Button]) -> Raw:
        name = f"{CHOOSE}{self._lists or ''}"
        self._lists += 1
        select = {
            "type": _SELECT,
            "custom_id": marked(name, self._revision),
            "placeholder": self._placeholder,
            "options": [{"label": one.label, "value": one.token} for one in some],
        }
        return {"type": _ROW, "components": [select]}


def _press(one: Button, revision: str) -> Raw:
    return button(marked(one.token, revision), one.label, RED if one.role is Role.GRAVE else GREY)


def _chunks(all_of_them: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    yield from (all_of_them[start : start + size] for start in range(0, len(all_of_them), size))


def markdown(blocks: Sequence[Block]) -> str:
    r"""Write blocks as Discord reads them; what the buyer typed is code, and formats and addresses nothing.

    >>> markdown(parse("**Now**\n\n1. tap `a*b @everyone`\n2. wait_for_it"))
    '### Now\n\n1. tap `a*b @everyone`\n2. wait\\_for\\_it'
    """
    written: list[str] = []
    for index, block in enumerate(blocks):
        if index:
            written.append(gap_before(block, blocks[index - 1]))
        written.append(_block(block, first=not index))
    return "".join(written)


def _block(block: Block, *, first: bool) -> str:
    if block.kind is Kind.PREFORMATTED:
        return str(english(block.text)["content"])
    if block.kind is Kind.HEADING and first:
        return f"### {escaped(block.text)}"
    return "  " * block.depth + block.marker.replace("•", "-") + "".join(_run(run) for run in block.runs)


def _run(run: Run) -> str:
    if Style.CODE in run.styles:
        return f"`{UNSEEN.sub('', run.text).replace('`', 'ˋ')}`"
    text = escaped(run.text)
    for style, mark in _AROUND.items():
        text = f"{mark}{text}{mark}" if style in run.styles else text
    return f"[{text}](<{run.link}>)" if Style.LINK in run.styles else text


def escaped(text: str) -> str:
    """Return a text whose letters are only letters."""
    return _MARKS.sub(r"\\\g<0>", UNSEEN.sub("", text))
