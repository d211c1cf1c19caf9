"""The pictures show every step, question and verdict, and the page with them is current."""

from pathlib import Path

from bot.editing.diagram import mermaid, with_pictures
from conversations import Handbook
from conversations.dialog.steps import SCREENS, STEPS

PAGE = Path(__file__).parent.parent / "docs" / "dialog.md"


def test_every_screen_question_and_verdict_is_drawn(handbook: Handbook) -> None:
    pictures = "\n".join(mermaid(handbook).values())
    assert all(f"{outcome.id}([" in pictures for outcome in handbook.outcomes)
    assert all(f'{name}["{name}"]' in pictures for name in SCREENS)
    assert 'movement{"movement?"}' in pictures


def test_every_arrow_of_the_table_is_drawn(handbook: Handbook) -> None:
    pictures = "\n".join(mermaid(handbook).values())
    for name, step in STEPS.items():
        for value, arrow in step.leads.items():
            assert f"{name} -->|{value}| {arrow.to if not arrow.anew else ''}" in pictures
    assert "draft -.->|cancel, unless known| reason" in pictures
    assert 'movement -->|late| status{"status?"}' in pictures


def test_no_picture_is_too_big_to_read(handbook: Handbook) -> None:
    arrows = [picture.count("-->") for picture in mermaid(handbook).values()]
    assert max(arrows) <= 25


def test_the_page_shows_the_dialog_as_it_is(handbook: Handbook) -> None:
    page, pictures = PAGE.read_text(encoding="utf-8"), mermaid(handbook)
    assert with_pictures(page, pictures) == page, "run `make docs`"
    assert all(drawn in page for drawn in pictures.values())


def test_only_the_pictures_of_a_page_are_replaced() -> None:
    page = "a\n```mermaid\nold\n```\n\n### B\n\n```mermaid\nolder\n```\nz\n```sh\nls\n```\n"
    drawn = with_pictures(page, {"A": "new", "C": "newer"})
    assert drawn == "a\n```mermaid\nnew\n```\n\n### C\n\n```mermaid\nnewer\n```\nz\n```sh\nls\n```\n"
    assert with_pictures("no picture", {"A": "new"}) == "no picture"
