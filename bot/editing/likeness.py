"""Finds the texts among thousands that are nearly alike, without comparing each with each."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from conversations.reading.classifier import rarity, weighed
from conversations.reading.ngrams import pieces


def alike_pairs(texts: Sequence[str], least: float) -> Iterator[tuple[float, int, int]]:
    """Yield every pair that is at least so alike (cosine of their weighed pieces; 1 is the same), by number.

    Pieces that are common are put into the index only where without them two texts could still be so alike: what
    stays out of it can add no more than ``least`` (the all-pairs search of Bayardo, Ma and Srikant, 2007).
    """
    vectors = _vectors(texts)
    heaviest: dict[int, float] = defaultdict(float)
    for vector in vectors:
        for piece, weight in vector.items():
            heaviest[piece] = max(heaviest[piece], weight)
    index: dict[int, list[tuple[int, float]]] = defaultdict(list)
    rests: list[dict[int, float]] = []
    for number, vector in enumerate(vectors):
        shared: dict[int, float] = defaultdict(float)
        for piece, weight in vector.items():
            for other, others in index[piece]:
                shared[other] += weight * others
        for other, product in shared.items():
            likeness = product + sum(weight * vector.get(piece, 0.0) for piece, weight in rests[other].items())
            if likeness >= least:
                yield likeness, number, other
        rests.append(_indexed(number, vector, heaviest, least, index))


def _indexed(
    number: int,
    vector: dict[int, float],
    heaviest: dict[int, float],
    least: float,
    index: dict[int, list[tuple[int, float]]],
) -> dict[int, float]:
    """Put a text's rarer pieces into the index, and return the others."""
    rest: dict[int, float] = {}
    bound = 0.0
    for piece, weight in vector.items():  # the commonest first
        bound += weight * heaviest[piece]
        if bound >= least:
            index[piece].append((number, weight))
        else:
            rest[piece] = weight
    return rest


def _vectors(texts: Sequence[str]) -> list[dict[int, float]]:
    """Return each text's pieces with their weights, of length 1, the commonest pieces first."""
    cut = [_pieces(text) for text in texts]
    counted = Counter(piece for one in cut for piece in one)
    rows = {piece: row for row, (piece, count) in enumerate(counted.most_common()) if count <= len(texts) // 50}
    rarities = [rarity(count, len(texts)) for _, count in counted.most_common()]
    vectors = []
    for one in cut:
        values, own = weighed(one, rows, rarities)
        length = math.sqrt(sum(value * value for value in values)) or 1.0
        vectors.append({row: value / length for row, value in sorted(zip(own, values, strict=True))})
    return vectors


@lru_cache(maxsize=50_000)
def _pieces(text: str) -> Mapping[str, int]:
    return pieces(text)
