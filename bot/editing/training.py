"""Trains the models that read typed words, from the phrasings beside the answers. Needs scikit-learn (``make train``).

The result is one small file, which the product reads without scikit-learn.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.preprocessing import MultiLabelBinarizer
from threadpoolctl import threadpool_limits

from bot.content import MODELS, Sources, read_sources
from bot.editing.check_phrasings import nearer_elsewhere
from bot.editing.phrasings import Example, content_hash, question_lines, reply_lines
from conversations.reading.classifier import known_share, packed, rarity, weighed
from conversations.reading.ngrams import pieces
from conversations.reading.questions import OUT_OF_SCOPE, figures

STRENGTH = 30.0
"""How closely the models follow the phrasings (C); from 10 to 40 the development set saw no difference."""
ROUNDS = 200
FOLDS = 5
SEED = 1

_Matrix = NDArray[np.float64]


def train(sources: Sources) -> dict[str, Any]:
    """Return the models of a content in the form in which they are stored."""
    questions = question_lines(sources)
    with threadpool_limits(1):  # the matrices are small: threads wait for each other longer than they calculate
        return {
            "content": content_hash(sources),
            "alike": [*nearer_elsewhere(sources)],
            "made_with": f"scikit-learn {version('scikit-learn')}",
            "questions": {**_QuestionSorter(questions).stored(), "gate": _gate(questions)},
            "replies": _stored_replies(reply_lines(sources)),
        }


def train_installed() -> str:
    """Train on the installed content and write the models beside its data; return what was done, in a sentence."""
    data = Path(str(files("conversations") / "data"))
    sources = read_sources(data, files("messages"))
    models = train(sources)
    file = data / MODELS
    file.write_text(json.dumps(models) + "\n", encoding="utf-8")
    return f"{file.name}: {file.stat().st_size:,} bytes, trained on {len(question_lines(sources)):,} questions"


class _Vocabulary:
    """The pieces of the training lines, and texts as rows of weights over them."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = len(texts)
        counted = Counter(piece for text in texts for piece in pieces(text))
        self.frequencies = dict(sorted(counted.items()))
        self.rows = {piece: row for row, piece in enumerate(self.frequencies)}
        self.rarities = [rarity(one, self.texts) for one in self.frequencies.values()]

    def matrix(self, texts: Sequence[str]) -> csr_matrix:
        values: list[float] = []
        columns: list[int] = []
        ends = [0]
        for text in texts:
            weights, rows = weighed(pieces(text), self.rows, self.rarities)
            values += weights
            columns += rows
            ends.append(len(columns))
        return csr_matrix((values, columns, ends), shape=(len(texts), len(self.rows)))

    def stored(self, labels: Sequence[str], biases: _Matrix, weights: _Matrix) -> dict[str, Any]:
        return packed(labels, biases.tolist(), weights.T.tolist(), self.frequencies, texts=self.texts)


class _QuestionSorter:
    """Sorts questions into topics and themes: each text belongs to just one."""

    def __init__(self, lines: Sequence[Example]) -> None:
        self.vocabulary = _Vocabulary([line.text for line in lines])
        self._model = LogisticRegression(C=STRENGTH, max_iter=ROUNDS)
        self._model.fit(self.vocabulary.matrix([line.text for line in lines]), [line.labels[0] for line in lines])
        self.labels: list[str] = self._model.classes_.tolist()

    def stored(self) -> dict[str, Any]:
        return self.vocabulary.stored(self.labels, self._model.intercept_, self._model.coef_)

    def looked_at(self, lines: Sequence[Example]) -> Iterator[tuple[tuple[float, ...], bool]]:
        """Yield for each line what the gate looks at, and whether the best topic is the right one."""
        outside = np.array([label.startswith(OUT_OF_SCOPE) for label in self.labels])
        topics = [label for label in self.labels if not label.startswith(OUT_OF_SCOPE)]
        shares = self._model.predict_proba(self.vocabulary.matrix([line.text for line in lines]))
        for line, row in zip(lines, shares, strict=True):
            inside = row[~outside]
            best, second = np.sort(inside)[::-1][:2]
            counts = pieces(line.text)
            known = known_share(counts, self.vocabulary.rows)
            shown = figures(float(best), float(second), float(row[outside].sum()), known, len(counts))
            yield shown, topics[int(inside.argmax())] == line.labels[0]


def _gate(lines: Sequence[Example]) -> dict[str, Any]:
    """Train the gate on lines that the model at hand has not seen, themes as a whole among them."""
    seen: list[tuple[float, ...]] = []
    right: list[bool] = []
    for held in filter(any, _held_out(lines)):
        sorter = _QuestionSorter([line for line, out in zip(lines, held, strict=True) if not out])
        for shown, is_right in sorter.looked_at([line for line, out in zip(lines, held, strict=True) if out]):
            seen.append(shown)
            right.append(is_right)
    gate = LogisticRegression(max_iter=ROUNDS).fit(np.array(seen), np.array(right))
    return {"weights": np.round(gate.coef_[0], 4).tolist(), "bias": round(float(gate.intercept_[0]), 4)}


def _held_out(lines: Sequence[Example]) -> Iterator[list[bool]]:
    """Yield which lines to hold out: a fifth of all, then all lines of every fifth theme."""
    fold = np.random.default_rng(SEED).integers(FOLDS, size=len(lines))
    for number in range(FOLDS):
        yield [bool(one == number) for one in fold]
    themes = sorted({line.labels[0] for line in lines if line.labels[0].startswith(OUT_OF_SCOPE)})
    for number in range(FOLDS):
        held = {*themes[number::FOLDS]}
        yield [line.labels[0] in held for line in lines]


def _stored_replies(lines: Sequence[Example]) -> dict[str, Any]:
    """Train a model for sellers' messages: each kind is a question of its own, for a message can be of several."""
    vocabulary = _Vocabulary([line.text for line in lines])
    binary = MultiLabelBinarizer()
    kinds = binary.fit_transform([line.labels for line in lines])
    model = OneVsRestClassifier(LogisticRegression(C=STRENGTH, max_iter=ROUNDS, class_weight="balanced"))
    model.fit(vocabulary.matrix([line.text for line in lines]), kinds)
    weights = np.vstack([one.coef_ for one in model.estimators_])
    biases = np.concatenate([one.intercept_ for one in model.estimators_])
    return vocabulary.stored(binary.classes_.tolist(), biases, weights)
