"""CommonMark parsed once into plain blocks of styled runs; each chat platform writes them in its own way."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from markdown_it import MarkdownIt
from markdown_it.token import Token
from wcwidth import wcwidth


class Style(Enum):
    """What a run can look like. The buyer's own words are always CODE, so they can format and address nothing."""

    BOLD = auto()
    ITALIC = auto()
    CODE = auto()
    LINK = auto()


class Kind(Enum):
    """What a block is."""

    HEADING = auto()  # a paragraph that is bold as a whole
    PARAGRAPH = auto()
    ITEM = auto()
    PREFORMATTED = auto()


@dataclass(frozen=True, slots=True)
class Run:
    """Letters that look the same. ``link`` is an address for the style LINK."""

    text: str
    styles: frozenset[Style] = frozenset()
    link: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or an item of a list with its marker ("1. ", "• ") and how deep it lies."""

    kind: Kind
    runs: tuple[Run, ...]
    marker: str = ""
    depth: int = 0

    @property
    def text(self) -> str:
        """The letters alone."""
        return "".join(run.text for run in self.runs)


def columns(text: str) -> int:
    """Return how many columns a text takes on a phone; a Japanese letter takes two.

    >>> columns("ok"), columns("はい")
    (2, 4)
    """
    return sum(max(wcwidth(letter), 0) for letter in text)


def gap_before(block: Block, previous: Block) -> str:
    """Return what stands between two blocks: items of a list follow closely."""
    close = block.kind is Kind.ITEM is previous.kind and block.marker.strip()
    return "\n" if close else "\n\n"


_PARSER = MarkdownIt("commonmark", {"html": False})
_STYLES = {"strong": Style.BOLD, "em": Style.ITALIC, "link": Style.LINK}


def parse(text: str) -> tuple[Block, ...]:
    r"""Return the blocks of a CommonMark text. HTML stays the letters it is.

    >>> [(block.kind.name, block.marker, block.text) for block in parse("**Now**\n\n1. tap `a*b`\n2. wait")]
    [('HEADING', '', 'Now'), ('ITEM', '1. ', 'tap a*b'), ('ITEM', '2. ', 'wait')]
    """
    return tuple(_blocks(_PARSER.parse(text)))


def _blocks(tokens: Iterable[Token]) -> Iterator[Block]:
    lists: list[int | None] = []  # per level the next number; None for bullets
    marker = ""
    for token in tokens:
        match token.type:
            case "bullet_list_open":
                lists.append(None)
            case "ordered_list_open":
                lists.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "list_item_open":
                number = lists[-1]
                marker = "• " if number is None else f"{number}. "
                lists[-1] = None if number is None else number + 1
            case "inline":
                runs = tuple(_joined(_runs(token.children or ())))
                yield Block(_kind(runs, in_list=bool(lists)), runs, marker, max(len(lists) - 1, 0))
                marker = " " * len(marker)  # the item's next paragraph stands under its first
            case "fence" | "code_block":
                yield Block(Kind.PREFORMATTED, (Run(token.content.rstrip("\n")),), depth=max(len(lists) - 1, 0))
            case _:
                marker = marker if lists else ""


def _kind(runs: tuple[Run, ...], *, in_list: bool) -> Kind:
    if in_list:
        return Kind.ITEM
    return Kind.HEADING if all(Style.BOLD in run.styles for run in runs) else Kind.PARAGRAPH


def _runs(tokens: Iterable[Token]) -> Iterator[Run]:
    styles: list[Style] = []
    link = ""
    for token in tokens:
        name = token.type.removesuffix("_open").removesuffix("_close")
        if token.nesting > 0:
            styles.append(_STYLES[name])
            link = str(token.attrGet("href") or "") if name == "link" else link
        elif token.nesting < 0:
            styles.remove(_STYLES[name])
        elif token.type in {"softbreak", "hardbreak"}:
            yield Run("\n", frozenset(styles), link if Style.LINK in styles else "")
        else:
            own = {Style.CODE} if token.type == "code_inline" else set()
            yield Run(token.content, frozenset({*styles, *own}), link if Style.LINK in styles else "")


def _joined(runs: Iterable[Run]) -> Iterator[Run]:
    """Join neighbours that look the same; drop empty ones."""
    last: Run | None = None
    for run in runs:
        if not run.text:
            continue
        if last is not None and (last.styles, last.link) == (run.styles, run.link):
            last = Run(last.text + run.text, last.styles, last.link)
            continue
        if last is not None:
            yield last
        last = run
    if last is not None:
        yield last
