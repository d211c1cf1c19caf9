"""Reads what a seller wrote: the kinds of reply in it, and whether it asks for something that could cost the buyer."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

from pydantic import BaseModel, ConfigDict

from conversations.classifier import Classifier, sigmoid, unpacked
from conversations.ngrams import LONGEST, pieces
from conversations.recognition import Ranked, Share

BUYER = "buyer"
"""The label of texts that no seller wrote."""
MOST_KINDS = 3
"""Kinds of one message that are explained at once."""
_QUOTED = re.compile(r"(?m)^\s*>.*$")
_STRETCH = LONGEST // 2
_TELLING = 0.05


class ReplyLimits(BaseModel):
    """How sure a reading must be, from 0 to 1: see ``recognition.toml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sure_from: float = Share
    offer_from: float = Share
    unsafe_from: float = Share
    buyer_from: float = Share


@dataclass(frozen=True, slots=True)
class SellerReading:
    """How a seller's message was read.

    ``kinds`` are all that are at all likely, best first; ``sure`` those to explain at once, unsafe ones first;
    ``offered`` those to ask about. ``unsafe`` is told early rather than late. ``by_seller`` is False for a text
    that more likely the buyer wrote.
    """

    kinds: tuple[Ranked, ...]
    sure: tuple[str, ...]
    offered: tuple[str, ...]
    unsafe: bool
    by_seller: bool


class ReplyReader:
    """Reads sellers' messages with the trained model, which is unpacked at the first message."""

    def __init__(self, stored: Mapping[str, Any], limits: ReplyLimits, unsafe: Collection[str]) -> None:
        """Keep the model as it is stored, and the ids of the unsafe kinds."""
        self._stored, self._limits, self._unsafe = stored, limits, unsafe

    @cached_property
    def _classifier(self) -> Classifier:
        return unpacked(self._stored)

    def read(self, text: str) -> SellerReading:
        """Return how a text is read as a seller's message. What it quotes of the buyer is left out."""
        said = _QUOTED.sub("", text).strip() or text
        scores = self._scores(said)
        buyer = scores.pop(BUYER, 0.0)
        ranked = sorted(map(Ranked, scores, scores.values()), key=lambda one: (-one.score, one.id))
        limits = self._limits
        sure = [one.id for one in ranked if one.score >= limits.sure_from]
        safe = prod(1 - one.score for one in ranked if one.id in self._unsafe)
        named = tuple(sorted(dict.fromkeys(sure), key=lambda kind: kind not in self._unsafe)[:MOST_KINDS])
        offered = tuple(one.id for one in ranked if one.id not in named and one.score >= limits.offer_from)[:MOST_KINDS]
        return SellerReading(
            kinds=tuple(one for one in ranked if one.score >= _TELLING) or tuple(ranked[:1]),
            sure=named,
            offered=offered,
            unsafe=1 - safe >= limits.unsafe_from,
            by_seller=bool(sure) and buyer < limits.buyer_from,
        )

    def _scores(self, said: str) -> dict[str, float]:
        """Return how likely each kind is. A long message is read in stretches, so that nothing hides in its end."""
        model = self._classifier
        best = dict.fromkeys(model.labels, 0.0)
        parts = [said] if len(said) <= LONGEST else _stretches(said)
        for part in parts:
            for label, score in zip(model.labels, model.scores(pieces(part)), strict=True):
                best[label] = max(best[label], sigmoid(score))
        if len(parts) > 1:
            best[BUYER] = min(sigmoid(model.scores(pieces(part))[model.labels.index(BUYER)]) for part in parts)
        return best


MOST_READ = 4000
"""Characters of a message that are read."""


def _stretches(said: str) -> list[str]:
    return [said[start : start + LONGEST] for start in range(0, min(len(said), MOST_READ), _STRETCH)]
