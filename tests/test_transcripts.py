"""Whole stories, readable by the operator, come out as they say."""

from pathlib import Path

import pytest

from bot.content import Content
from bot.editing.transcripts import read_transcript, responses, unmet
from bot.keeping.memory import MemoryStore
from bot.support import Support
from conversations import Language

FILES = sorted((Path(__file__).parent / "transcripts").glob("*.md"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_a_story_comes_out_as_it_says(content: Content, file: Path) -> None:
    transcript = read_transcript(file)
    support = Support(content, MemoryStore(), lambda: transcript.today)
    played = await responses(transcript, support)
    assert [problem for action, response in played if action for problem in unmet(action, response)] == []
    assert any(action and action.expects for action, _ in played), "a story must say how it comes out"


async def test_every_outcome_has_a_story_in_each_language(content: Content) -> None:
    told: set[tuple[Language, str]] = set()
    for file in FILES:
        transcript = read_transcript(file)
        for action in transcript.actions:
            told |= {(transcript.language, outcome) for outcome in action.expects.get("outcome", ())}
    wanted = {(language, outcome.id) for language in Language for outcome in content.handbook.outcomes}
    assert wanted - told == set()


def test_there_are_stories_enough() -> None:
    assert len(FILES) >= 40
