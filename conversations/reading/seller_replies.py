"""Reads what a seller wrote: the kinds of reply in it, and whether it asks for something that could cost the buyer."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

from pydantic import BaseModel, ConfigDict

from conversations.reading.classifier import Classifier, sigmoid, unpacked
from conversations.reading.clauses import Clauses
from conversations.reading.ngrams import LONGEST, pieces
from conversations.reading.phrases import Phrase
from conversations.reading.questions import Ranked, Share
from conversations.reading.spelling import spell, visible

BUYER = "buyer"
"""The label of texts that no seller wrote."""
CHINESE = "chinese_only"
"""The kind of a message of which nothing is known but its language."""
REFUSES, AGREES = "refuses", "agrees"
"""The kinds that nobody can mean at once."""
MOST_KINDS = 3
"""Kinds of one message that are explained at once."""
_QUOTED = re.compile(r"(?m)^[^\S\n]*>(.*)$")
"""What a message quotes: mostly the buyer's own words, but a demand may hide there."""
_SENTENCE_END = re.compile(r"(?<=[。．.!?！？\n;；])\s*")
_SHORTEST = 8
"""Letters of a sentence that can hold a demand."""
MOST_SENTENCES = 60
"""Sentences that are also read one by one; a message of more is read in stretches."""
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

    def __init__(
        self,
        stored: Mapping[str, Any],
        limits: ReplyLimits,
        unsafe: Collection[str],
        reported: Mapping[str, tuple[str, ...]],
        clauses: Clauses,
    ) -> None:
        """Keep the model as it is stored, the ids of the unsafe kinds, and how buyers tell of a kind."""
        self._stored, self._limits, self._unsafe = stored, limits, unsafe
        self._clauses = clauses
        self._reported = {kind: tuple(map(Phrase, phrases)) for kind, phrases in reported.items()}

    def reported(self, text: str) -> SellerReading | None:
        """Return what a buyer tells in their own words of the seller's demands; None if they tell of none."""
        plain = spell(text[:LONGEST])
        if not (self._clauses.is_reported(plain) or self._clauses.is_demanded(text)):
            return None
        kinds = self._named(plain)
        ranked = tuple(Ranked(kind, 1.0) for kind in kinds[:MOST_KINDS])
        return SellerReading(ranked, kinds[:MOST_KINDS], (), unsafe=True, by_seller=False) if kinds else None

    @cached_property
    def _classifier(self) -> Classifier:
        return unpacked(self._stored)

    def read(self, text: str) -> SellerReading:
        """Return how a text is read as a seller's message. What it quotes of the buyer is left out, but for demands."""
        text = visible(text[:MOST_READ])
        quoted = "\n".join(_QUOTED.findall(text)).strip()
        said = _QUOTED.sub("", text).strip() or quoted
        scores = self._scores(said)
        answers = any(scores[kind] >= self._limits.sure_from for kind in scores if kind != BUYER)
        demanded = 0.0
        for part in self._hiding_places(said, quoted):
            hidden = self._scores(part)
            demanded = max(demanded, 1 - prod(1 - hidden[kind] for kind in self._unsafe if kind in hidden))
            if part is quoted and answers:
                continue  # what the seller answers may be the buyer's own words
            scores |= {kind: max(scores[kind], hidden[kind]) for kind in self._unsafe if kind in scores}
        buyer = scores.pop(BUYER, 0.0)
        ranked = sorted(map(Ranked, scores, scores.values()), key=lambda one: (-one.score, one.id))
        limits = self._limits
        sure = [one.id for one in ranked if one.score >= limits.sure_from]
        safe = prod(1 - one.score for one in ranked if one.id in self._unsafe)
        sure = _telling(sure)
        named = tuple(sorted(sure, key=lambda kind: kind not in self._unsafe)[:MOST_KINDS])
        offered = tuple(one.id for one in ranked if one.id not in named and one.score >= limits.offer_from)[:MOST_KINDS]
        # Few samples are Chinese, so a low score says nothing there; what is unsafe is said in plain words.
        unsafe_from = limits.sure_from if scores.get(CHINESE, 0.0) >= limits.sure_from else limits.unsafe_from
        return SellerReading(
            kinds=tuple(one for one in ranked if one.score >= _TELLING) or tuple(ranked[:1]),
            sure=named,
            offered=offered,
            unsafe=max(1 - safe, demanded) >= unsafe_from,
            by_seller=bool(sure) and buyer < limits.buyer_from,
        )

    @staticmethod
    def _hiding_places(said: str, quoted: str) -> Iterator[str]:
        """Yield what a demand may hide in: what is quoted, and each sentence of long and friendly talk."""
        if quoted and quoted != said:
            yield quoted
        sentences = [one for one in _SENTENCE_END.split(said) if len(one) > _SHORTEST]
        if 1 < len(sentences) <= MOST_SENTENCES:
            yield from sentences

    def _named(self, plain: str) -> tuple[str, ...]:
        """Return the kinds of which a phrase is in a text."""
        return tuple(
            kind
            for kind, phrases in self._reported.items()
            if any(phrase.may_be_in(plain) and phrase.pattern.search(plain) for phrase in phrases)
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
        if best.get(CHINESE, 0.0) >= self._limits.sure_from:  # few samples are Chinese, but a word there is plain
            best |= dict.fromkeys(self._named(spell(said[:MOST_READ])), 1.0)
        return best


def _telling(sure: list[str]) -> list[str]:
    """Return the kinds that matter, of those that are sure, best first: a bare refusal says less than its ground."""
    if sure[:1] == [REFUSES]:
        sure = [kind for kind in sure if kind != AGREES]
    general = {CHINESE, REFUSES}
    return [kind for kind in sure if kind not in general] or [kind for kind in sure if kind != CHINESE] or sure


MOST_READ = 5000
"""Characters of a message that are read."""


def _stretches(said: str) -> list[str]:
    return [said[start : start + LONGEST] for start in range(0, min(len(said), MOST_READ), _STRETCH)]
