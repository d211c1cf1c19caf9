"""The diagram shows every step, question and verdict, and the architecture page is current."""

from pathlib import Path

from bot.editing.diagram import mermaid, with_diagram
from conversations import Handbook
from conversations.dialog.steps import STEPS, Kind

PAGE = Path(__file__).parent.parent / "docs" / "architecture.md"


def test_every_screen_question_and_verdict_is_drawn(handbook: Handbook) -> None:
    diagram = mermaid(handbook)
    assert all(f"{outcome.id}([" in diagram for outcome in handbook.outcomes)
    assert all(f"{name}[" in diagram for name, step in STEPS.items() if step.kind is Kind.SCREEN)
    assert 'movement{"movement?"}' in diagram


def test_the_architecture_page_shows_the_dialog_as_it_is(handbook: Handbook) -> None:
    assert mermaid(handbook) in PAGE.read_text(encoding="utf-8"), "run `make docs`"


def test_only_the_diagram_of_a_page_is_replaced() -> None:
    assert with_diagram("a\n```mermaid\nold\n```\nb", "new") == "a\n```mermaid\nnew\n```\nb"
