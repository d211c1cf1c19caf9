"""Draws the conversations that the README shows, in both languages, from what the product really says.

make picture        writes docs/conversation.en.svg and docs/conversation.ja.svg
"""

import asyncio
import io
import re
from datetime import date
from pathlib import Path

from rich.console import CONSOLE_SVG_FORMAT, Console
from rich.terminal_theme import MONOKAI

from adapters.console import show, to_event
from bot.content import load_content
from bot.keeping.memory import MemoryStore
from bot.support import Support
from conversations import Language, Started

TODAY = date(2026, 11, 24)
COLUMNS = 84
SAYS = {
    Language.EN: ("I paid by credit card and it has not shipped yet. Wrong size!", "No"),
    Language.JA: ("クレカで払って、まだ未発送。サイズを間違えた", "使っていない"),
}
"""What the buyer types after the first screen."""
# Without the fonts that would be loaded from somewhere: a picture in a repository needs no network.
FORMAT = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)


def main() -> None:
    """Write a picture a language beside this file."""
    for language in Language:
        drawn = asyncio.run(conversation(language)).export_svg(
            title="torikeshi", theme=MONOKAI, code_format=FORMAT, unique_id=f"torikeshi-{language}"
        )
        Path(__file__).with_name(f"conversation.{language}.svg").write_text(drawn, encoding="utf-8")


async def conversation(language: Language) -> Console:
    """Return a terminal in which a buyer has reached the verdict."""
    content = load_content()
    support = Support(content, MemoryStore(), lambda: TODAY)
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, highlight=False)
    prompt = support.words("terminal:prompt", language)
    buttons = (await support.respond("picture", Started(language))).messages[-1].buttons
    for typed in SAYS[language]:
        console.print(f"\n[bold]{prompt} >[/bold] {typed}")
        response = await support.respond("picture", to_event(typed, buttons))
        buttons = tuple(show(console, response, support.words))
    return console


if __name__ == "__main__":
    main()
