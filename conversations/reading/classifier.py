"""A trained model that sorts texts by their pieces: what ``torikeshi train`` writes, and how it is asked.

Small whole numbers instead of fractions keep it small; plain Python asks it in less than a millisecond.
"""

import math
import zlib
from array import array
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import mul
from typing import Any

_SEPARATOR = "\n"
_LARGEST = 127
"""A weight is a whole number of steps from -127 to 127."""


class ModelError(ValueError):
    """A model file is damaged, or of a form that this release does not read."""


@dataclass(frozen=True)
class Classifier:
    """Tells how well a text fits each label. One row of weights a piece, one column a label."""

    labels: tuple[str, ...]
    biases: tuple[float, ...]
    step: float
    rarities: Sequence[float]
    weights: bytes
    vocabulary: str

    @cached_property
    def _rows(self) -> Mapping[str, int]:
        return {piece: row for row, piece in enumerate(self.vocabulary.split(_SEPARATOR))}

    @cached_property
    def _weights(self) -> "memoryview[int]":
        return memoryview(self.weights).cast("b")

    def scores(self, counts: Mapping[str, int]) -> list[float]:
        """Return a score for each label, in the order of ``labels``, from a text's pieces and their counts."""
        width = len(self.labels)
        values, rows = weighed(counts, self._rows, self.rarities)
        if not rows:
            return [*self.biases]
        weights, step = self._weights, self.step
        columns = zip(*(weights[row * width : (row + 1) * width] for row in rows), strict=True)
        return [bias + step * sum(map(mul, values, column)) for bias, column in zip(self.biases, columns, strict=True)]

    def known(self, counts: Mapping[str, int]) -> float:
        """Return the share of a text's pieces that occurred in training, from 0 to 1; single letters do not count."""
        return known_share(counts, self._rows)


def known_share(counts: Mapping[str, int], rows: Mapping[str, int]) -> float:
    """Return the share of a text's pieces that have a row, from 0 to 1; single letters do not count."""
    longer = [piece for piece in counts if len(piece) > len("ca")]
    return sum(piece in rows for piece in longer) / len(longer) if longer else 0.0


def weighed(
    counts: Mapping[str, int], rows: Mapping[str, int], rarities: Sequence[float]
) -> tuple[list[float], list[int]]:
    """Return the weights of a text's pieces, and the row of each; pieces that have no row are left out.

    Rare pieces weigh more, repeated ones little more; each kind of piece weighs the same as a whole.
    """
    by_kind: dict[str, tuple[list[float], list[int]]] = {}
    for piece, count in counts.items():
        row = rows.get(piece)
        if row is not None:
            values, found = by_kind.setdefault(piece[0], ([], []))
            values.append((1 + math.log(count)) * rarities[row])
            found.append(row)
    all_values: list[float] = []
    all_rows: list[int] = []
    for values, found in by_kind.values():
        length = math.sqrt(sum(map(mul, values, values)))
        all_values += [value / length for value in values]
        all_rows += found
    return all_values, all_rows


def shares(scores: Sequence[float]) -> list[float]:
    """Return scores as probabilities that sum to one (softmax)."""
    best = max(scores)
    grown = [math.exp(score - best) for score in scores]
    whole = sum(grown)
    return [one / whole for one in grown]


def sigmoid(score: float) -> float:
    """Return a score as a probability of its own."""
    return 1 / (1 + math.exp(-score)) if score > -_LARGEST else 0.0


def packed(
    labels: Sequence[str],
    biases: Sequence[float],
    rows: Sequence[Sequence[float]],
    frequencies: Mapping[str, int],
    *,
    texts: int,
) -> dict[str, Any]:
    """Return a trained model as it is stored.

    ``rows`` are its weights, a row a piece in the order of ``frequencies``, which say in how many of ``texts`` it is.
    """
    step = max(abs(weight) for row in rows for weight in row) / _LARGEST or 1.0
    whole = array("b", (round(weight / step) for row in rows for weight in row))
    return {
        "labels": [*labels],
        "biases": [round(bias, 4) for bias in biases],
        "step": step,
        "texts": texts,
        "frequencies": _pack(array("H", (min(one, 65535) for one in frequencies.values())).tobytes()),
        "weights": _pack(whole.tobytes()),
        "vocabulary": _pack(_SEPARATOR.join(frequencies).encode()),
    }


def unpacked(stored: Mapping[str, Any]) -> Classifier:
    """Return a stored model. Raises ``ModelError``."""
    try:
        frequencies = array("H")
        frequencies.frombytes(_unpack(stored["frequencies"]))
        model = Classifier(
            labels=tuple(stored["labels"]),
            biases=tuple(stored["biases"]),
            step=float(stored["step"]),
            rarities=array("d", (rarity(one, stored["texts"]) for one in frequencies)),
            weights=_unpack(stored["weights"]),
            vocabulary=_unpack(stored["vocabulary"]).decode(),
        )
    except (KeyError, TypeError, ValueError, zlib.error) as error:
        message = f"the model is damaged ({type(error).__name__})"
        raise ModelError(message) from error
    if len(model.weights) != len(frequencies) * len(model.labels) or len(model.biases) != len(model.labels):
        message = "the model's parts do not fit each other"
        raise ModelError(message)
    return model


def rarity(frequency: int, texts: int) -> float:
    """Return how much a piece tells (its smoothed inverse document frequency)."""
    return math.log((1 + texts) / (1 + frequency)) + 1


def _pack(content: bytes) -> str:
    return b64encode(zlib.compress(content, 9)).decode()


def _unpack(content: str) -> bytes:
    return zlib.decompress(b64decode(content, validate=True))
