"""Recognises what a buyer asks: answer at once, ask which of a few was meant, or say honestly that it is not known."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from conversations.events import Language
from conversations.reading.classifier import Classifier, ModelError, shares, unpacked
from conversations.reading.ngrams import pieces
from conversations.reading.spelling import written_in

OUT_OF_SCOPE = "oos:"
"""How labels begin that are themes out of scope; alone it is one without a theme."""
NOISE = "gibberish"
"""The theme of a text without any letter."""
BEST = 5
"""Topics that are ranked."""
OFFERED = 3
"""Topics that are offered as "did you mean"."""
_MOST_PIECES = 60
"""Beyond so many pieces a text is long, and longer makes no difference."""

Share = Field(ge=0, le=1)


class QuestionLimits(BaseModel):
    """How sure a reading must be, from 0 to 1: see ``recognition.toml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer_from: Mapping[Language, float]
    clarify_from: float = Share
    clarify_while: float = Share
    offer_from: float = Share


class Decision(StrEnum):
    """What to do with a question."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Ranked:
    """A reading and how likely it is, from 0 to 1."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class Recognition:
    """How a question was read: the decision, the best topics first, and the theme if it is out of scope."""

    decision: Decision
    topics: tuple[Ranked, ...] = ()
    theme: str | None = None
    offered: tuple[str, ...] = ()


class Gate:
    """Tells from a reading's figures how likely its best topic is right: a small model trained beside the large one."""

    def __init__(self, weights: tuple[float, ...], bias: float) -> None:
        """Keep the weights, in the order of ``figures``."""
        self._weights, self._bias = weights, bias

    def trust(self, figures: tuple[float, ...]) -> float:
        """Return the likelihood, from 0 to 1."""
        score = self._bias + sum(weight * one for weight, one in zip(self._weights, figures, strict=True))
        return 1 / (1 + math.exp(-score))


def figures(best: float, second: float, outside: float, known: float, count: int) -> tuple[float, ...]:
    """Return what the gate looks at: the best share, its lead, the share of all themes, what is known, the length."""
    return _logit(best), best - second, _logit(outside), known, min(count, _MOST_PIECES) / _MOST_PIECES


def _logit(share: float) -> float:
    kept = min(max(share, 1e-6), 1 - 1e-6)
    return math.log(kept / (1 - kept))


class QuestionReader:
    """Reads questions with the trained model, which is unpacked at the first question."""

    def __init__(self, stored: Mapping[str, Any], limits: QuestionLimits) -> None:
        """Keep the model as it is stored."""
        self._stored, self._limits = stored, limits

    @cached_property
    def _classifier(self) -> Classifier:
        return unpacked(self._stored)

    @cached_property
    def _gate(self) -> Gate:
        try:
            gate = self._stored["gate"]
            return Gate(tuple(gate["weights"]), float(gate["bias"]))
        except (KeyError, TypeError, ValueError) as error:
            message = f"the model's gate is damaged ({type(error).__name__})"
            raise ModelError(message) from error

    def read(self, text: str) -> Recognition:
        """Return how a text is read as a question, in whatever language it is."""
        counts = pieces(text)
        if not counts:
            return Recognition(Decision.REFUSE, theme=NOISE)
        ranked = self._ranked(counts)
        topics = tuple(one for one in ranked if not one.id.startswith(OUT_OF_SCOPE))[:BEST]
        themes = [one for one in ranked if one.id.startswith(OUT_OF_SCOPE)]
        outside = sum(one.score for one in themes)
        known = self._classifier.known(counts)
        trust = self._gate.trust(figures(topics[0].score, topics[1].score, outside, known, len(counts)))
        decision = self._decide(trust, outside, written_in(text))
        refused = decision is Decision.REFUSE and outside > topics[0].score
        theme = themes[0].id.removeprefix(OUT_OF_SCOPE) if refused else ""
        offered = tuple(one.id for one in topics[:OFFERED] if one.score >= self._limits.offer_from)
        return Recognition(decision, topics, theme or None, offered)

    def topics(self, text: str) -> tuple[str, ...]:
        """Return all topics, the likeliest for a text first; for a question that is still being typed."""
        ranked = self._ranked(pieces(text))
        return tuple(one.id for one in ranked if not one.id.startswith(OUT_OF_SCOPE))

    def _ranked(self, counts: Mapping[str, int]) -> list[Ranked]:
        """Return topics and themes by how likely they are; equal ones by name."""
        likely = map(Ranked, self._classifier.labels, shares(self._classifier.scores(counts)))
        return sorted(likely, key=lambda one: (-one.score, one.id))

    def _decide(self, trust: float, outside: float, language: Language) -> Decision:
        if trust >= self._limits.answer_from[language]:
            return Decision.ANSWER
        if trust >= self._limits.clarify_from and outside <= self._limits.clarify_while:
            return Decision.CLARIFY
        return Decision.REFUSE
