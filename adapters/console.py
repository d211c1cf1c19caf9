"""The chat in a terminal: Markdown shown well, numbered buttons, the English to send free of any frame."""

import sys
from collections.abc import Sequence

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.formatted_text import FormattedText
from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from adapters import Response, Service, Words
from conversations import Chose, Event, Language, Started, Wrote
from messages import Button, Draft

CHAT = "console"
"""The terminal has one buyer, so one chat."""


async def run(service: Service, language: Language | None) -> None:
    """Talk until the buyer leaves with Ctrl-C, Ctrl-D or the end of the input. Never raises for that."""
    console = Console(highlight=False)
    read, words = _reader(), service.words
    response = await service.respond(CHAT, Started(language))
    try:
        while True:
            buttons = show(console, response, words)
            typed = await read(_prompt(words, response), [button.label for button in buttons])
            response = await service.respond(CHAT, to_event(typed, buttons))
    except (EOFError, KeyboardInterrupt):
        console.print()
        console.print(Text(words("terminal:farewell", response.turn.conversation.language), style="dim"))


def to_event(typed: str, buttons: Sequence[Button]) -> Event:
    """Read a typed number as the button that bears it, and anything else as words."""
    number = typed.strip()
    if number.isdecimal() and len(number) < 4 and 1 <= int(number) <= len(buttons):  # noqa: PLR2004  # "100" at most
        return Chose(buttons[int(number) - 1].token)
    return Wrote(typed)


def show(console: Console, response: Response, words: Words) -> list[Button]:
    """Print the messages; return the buttons in the order of their numbers."""
    buttons: list[Button] = []
    language = response.turn.conversation.language
    for message in response.messages:
        console.print()
        console.print(Padding(Markdown(message.text), (0, 1)))
        if message.draft is not None:
            _show_draft(console, message.draft, words, language)
        if message.buttons:
            console.print()
        for button in message.buttons:
            buttons.append(button)
            console.print(Text.assemble((f" {len(buttons):>2} ", "bold cyan"), button.label))
    return buttons


def _show_draft(console: Console, draft: Draft, words: Words, language: Language) -> None:
    """Print the English between two rules, with nothing beside it, so that it can be selected whole."""
    console.print()
    console.print(Rule(words("terminal:send", language), style="green", align="left"))
    console.print(Text(draft.send, style="bold"), soft_wrap=True)
    console.print(Rule(style="green"))
    console.print(
        Padding(
            Text.assemble((f"{words('terminal:meaning', language)}\n", "bold dim"), (draft.meaning, "dim")),
            (0, 1),
        )
    )


def _prompt(words: Words, response: Response) -> str:
    return words("terminal:prompt", response.turn.conversation.language)


class _Lines:
    """Reads lines from a pipe or file."""

    async def __call__(self, prompt: str, _: list[str]) -> str:
        """Return the next line. Raises ``EOFError`` at the end."""
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        sys.stdout.write(f"\n{prompt} > {line if line.endswith(chr(10)) else line + chr(10)}")
        return line.rstrip("\n")


class _Keyboard:
    """Reads lines from a person, with history and completion of the labels."""

    def __init__(self) -> None:
        self._session: PromptSession[str] = PromptSession()

    async def __call__(self, prompt: str, labels: list[str]) -> str:
        """Return what was typed. Raises ``EOFError`` or ``KeyboardInterrupt`` when the person leaves."""
        line = FormattedText([("", "\n"), ("class:prompt bold", f"{prompt} > ")])
        return await self._session.prompt_async(line, completer=WordCompleter(labels, sentence=True))


def _reader() -> "_Lines | _Keyboard":
    return _Keyboard() if sys.stdin.isatty() and sys.stdout.isatty() else _Lines()
