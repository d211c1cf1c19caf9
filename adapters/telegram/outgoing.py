"""How a message looks on Telegram: text with entities, so that nothing typed can format or break it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from weakref import WeakKeyDictionary

from telegram import MessageEntity

from adapters import Words
from adapters.buttons import marked
from adapters.markup import Block, Kind, Run, Style, columns, gap_before, parse
from adapters.wire import Raw
from conversations import Language, Role
from conversations.dialog.screens import BACK, HOME
from conversations.reading.spelling import UNSEEN
from messages import Button, Message

LONGEST_COPY = 256
"""Characters that a button can put into the clipboard. A longer text is copied by a tap on it."""
HALF_ROW = 14
"""Columns of a label that still shows whole on half a row of a phone; a Japanese letter takes two."""
WAYS_BACK = frozenset({BACK.token, HOME.token})
"""Where these stand, a buyer finds them without reading."""
FOLD_FROM = 600
"""Columns of text that always stand open, a dozen lines of a phone; what follows may fold …"""
FOLD_AT_LEAST = 300
"""… if it is at least so long that folding saves anything."""

_LINKED = re.compile(r"(\w+://[!-~]+|[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}(?:/[!-~]*)?|(?<!\w)[/#@$][\w/@#$]+|\d{7,})")
"""What an app makes a link of by itself: addresses, commands, tags, names, and long numbers, as of phones and cards."""
_ENTITIES = {Style.BOLD: MessageEntity.BOLD, Style.ITALIC: MessageEntity.ITALIC, Style.CODE: MessageEntity.CODE}


@dataclass(frozen=True, slots=True)
class Screen:
    """One Telegram message. ``pressable`` if its buttons lead on; a draft's ``kept`` are those that only copy."""

    text: str
    entities: Sequence[Raw] = ()
    keyboard: Raw | None = None
    pressable: bool = False
    kept: Raw | None = None

    @property
    def rows(self) -> Sequence[Sequence[Raw]]:
        """The buttons, row by row."""
        return self.keyboard["inline_keyboard"] if self.keyboard else ()


class Drawing:
    """Draws messages. What was drawn is remembered as long as the message itself lives, no longer."""

    def __init__(self, words: Words) -> None:
        """Keep the words that only Telegram needs."""
        self._words = words
        self._drawn: WeakKeyDictionary[Message, tuple[str, Sequence[Raw]]] = WeakKeyDictionary()

    def screen(self, message: Message, language: Language, *, revision: str = "", head: str = "") -> Screen:
        """Draw a message below a line ``head``; ``revision`` tells this screen's buttons apart."""
        drawn = self._drawn.get(message)
        if drawn is None:
            drawn = self._drawn[message] = self._draw(message, language)
        text, entities = drawn
        if head:
            head += "\n\n"
            entities = [{**one, "offset": one["offset"] + _units(head)} for one in entities]
            text = head + text
        copy = self._copy_row(message, language)
        kept = None if message.draft is None else {"inline_keyboard": [copy] if copy else []}
        rows = [*([copy] if copy else []), *rows_of(message.buttons, revision)]
        keyboard = {"inline_keyboard": rows} if rows else None
        return Screen(text, entities, keyboard, bool(message.buttons), kept)

    def _draw(self, message: Message, language: Language) -> tuple[str, Sequence[Raw]]:
        page = _Page(message.days)
        page.blocks(parse(message.text))
        if message.draft is not None:
            page.gap()
            page.write(message.draft.send, MessageEntity.PRE)
            page.gap()
            page.write(self._words("terminal:meaning", language), MessageEntity.BOLD)
            page.write("\n")
            page.plain(message.draft.meaning)
        return page.done()

    def _copy_row(self, message: Message, language: Language) -> list[Raw]:
        if message.draft is None or len(message.draft.send) > LONGEST_COPY:
            return []
        return [{"text": self._words("service:copy", language), "copy_text": {"text": message.draft.send}}]


class _Page:
    """A text being written, and where its entities are, counted as Telegram counts: in UTF-16 units."""

    def __init__(self, days: Sequence[tuple[str, date]]) -> None:
        self._parts: list[str] = []
        self._at = 0
        self._entities: list[Raw] = []
        self._days = days

    def done(self) -> tuple[str, Sequence[Raw]]:
        return "".join(self._parts), sorted(self._entities, key=lambda one: (one["offset"], -one["length"]))

    def write(self, text: str, *kinds: str, link: str = "") -> None:
        text = UNSEEN.sub("", text)
        start, self._at = self._at, self._at + _units(text)
        self._parts.append(text)
        for kind in kinds:
            self._mark(kind, start, self._at, **({"url": link} if kind == MessageEntity.TEXT_LINK else {}))

    def plain(self, text: str) -> None:
        """Write a text in which a buyer's own words may look like a command or a link; they show as they are."""
        for index, part in enumerate(_LINKED.split(text)):
            self.write(part, *([MessageEntity.CODE] if index % 2 else []))

    def gap(self) -> None:
        self.write("\n\n" if self._parts else "")

    def blocks(self, blocks: Sequence[Block]) -> None:
        fold, start = folded_from(blocks), None
        for index, block in enumerate(blocks):
            if index:
                self.write(gap_before(block, blocks[index - 1]))
            if index == fold:
                start = self._at
            self._block(block)
        if start is not None:
            self._mark(MessageEntity.EXPANDABLE_BLOCKQUOTE, start, self._at)

    def _block(self, block: Block) -> None:
        if block.kind is Kind.PREFORMATTED:
            self.write(block.text, MessageEntity.PRE)
            return
        self.write("   " * block.depth + block.marker)
        for run in block.runs:
            self._run(run)

    def _run(self, run: Run) -> None:
        kinds = [_ENTITIES[style] for style in run.styles if style in _ENTITIES]
        if Style.CODE in run.styles:
            kinds = [MessageEntity.CODE]  # Telegram lets code stand only alone
        elif Style.LINK in run.styles:
            kinds.append(MessageEntity.TEXT_LINK)
        start = self._at
        self.write(run.text, *kinds, link=run.link)
        if not {Style.CODE, Style.LINK} & run.styles:
            self._mark_days(run.text, start)

    def _mark_days(self, text: str, start: int) -> None:
        """Let the app offer a named day for its calendar. Noon in Japan lies in that day almost everywhere."""
        for words, day in self._days:
            for match in re.finditer(re.escape(words), text):
                offset = start + _units(text[: match.start()])
                noon = int(datetime.combine(day, time(3), UTC).timestamp())
                self._mark(MessageEntity.DATE_TIME, offset, offset + _units(words), unix_time=noon)

    def _mark(self, kind: str, start: int, end: int, **more: object) -> None:
        if end > start:
            self._entities.append({"type": str(kind), "offset": start, "length": end - start, **more})


def _units(text: str) -> int:
    return len(text) + sum(letter > "\uffff" for letter in text)


def folded_from(blocks: Sequence[Block]) -> int | None:
    """Return the block from which a long text folds; None if nothing may.

    What folds is the end of a text: remarks and cautions. Headings, numbered steps and the beginning stand open.
    """
    lengths = [columns(block.text) for block in blocks]
    start = len(blocks)
    while start > 0 and _may_fold(blocks[start - 1]) and sum(lengths[: start - 1]) >= FOLD_FROM:
        start -= 1
    return start if sum(lengths[start:]) >= FOLD_AT_LEAST else None


def _may_fold(block: Block) -> bool:
    return block.kind is Kind.PARAGRAPH or (block.kind is Kind.ITEM and not block.marker[:1].isdigit())


def article(id: str, title: str, screen: Screen) -> Raw:  # noqa: A002  # Telegram's name
    """Return an answer to be chosen and sent into any chat."""
    said: Raw = {"message_text": screen.text, "link_preview_options": {"is_disabled": True}}
    if screen.entities:
        said["entities"] = screen.entities
    description = screen.text.partition("\n")[0]
    return {"type": "article", "id": id, "title": title, "description": description, "input_message_content": said}


def rows_of(buttons: Iterable[Button], revision: str) -> list[list[Raw]]:
    """Lay buttons out: two in a row where both are short, otherwise each on its own; the ways back share the last."""
    rows: list[list[Raw]] = []
    ways: list[Raw] = []
    waiting = False
    for button in buttons:
        short = columns(button.label) <= HALF_ROW
        key: Raw = {"text": button.label, "callback_data": marked(button.token, revision)}
        if button.role is Role.GRAVE:
            key["style"] = "danger"
        if button.token in WAYS_BACK:
            ways.append(key)
        elif short and waiting:
            rows[-1].append(key)
            waiting = False
        else:
            rows.append([key])
            waiting = short
    return [*rows, ways] if ways else rows
