"""Training: from questions, near misses and chatter to weights, probabilities and thresholds. Deterministic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bot.understanding.calibration import (
    Acceptance,
    Thresholds,
    fit_acceptance,
    fit_share,
    fit_sharpness,
    fit_thresholds,
    softmax,
)
from bot.understanding.centroids import nearest_centroid
from bot.understanding.evidence import WordUse
from bot.understanding.features import Features, Featurizer, Seen
from bot.understanding.linear import Fit, Floats, Folding, Ints, Ridge, Rows
from bot.understanding.naive import NaiveBayes, Uses, halves
from bot.understanding.numbering import Numbers, hashed
from bot.understanding.vocabulary import Vocabulary

RIDGE = 0.4
"""Chosen, with the weights in features.py, where leave-one-out over the training texts did best."""
_NEAR_MISS_WEIGHT = 3.0
"""A near miss is written down because it looks so alike: it counts more than a question."""
NAIVE_SHARE = 0.75
"""How much naive Bayes weighs beside ridge regression, both spread alike; anything from a half to one does as well."""
_JUDGED = 3_000
"""Probabilities and thresholds need no more left-out texts than this."""


@dataclass(frozen=True)
class Model:
    """What training found, as plain values; see `Matcher` for how it is used.

    numbers: those of the features. weights (columns, playbooks + 1) of ridge regression, the last columns those of
    meaning, the last class being chatter, to which `naive` is added.
    """

    playbooks: tuple[str, ...]
    seen: Seen
    numbers: Numbers
    folding: Folding
    use: WordUse
    weights: NDArray[np.float16]
    bias: NDArray[np.float32]
    naive: NaiveBayes
    acceptance: Acceptance
    sharpness: float
    thresholds: Thresholds

    def scores(self, at: Ints, values: NDArray[np.float64], meaning: NDArray[np.float32]) -> NDArray[np.float32]:
        """The raw scores (playbooks + 1,) of a text by its features' numbers and values, and its meaning."""
        signed = (values * self.folding.sign[at]).astype(np.float32)
        ridge = signed @ self.weights[self.folding.place[at]].astype(np.float32) + self.bias
        ridge += meaning @ self.weights[-len(meaning) :].astype(np.float32)
        raw: NDArray[np.float32] = ridge + self.naive.scores(at, values).astype(np.float32)
        return raw

    def differences(self, at: Ints, values: NDArray[np.float64], winner: int, other: int) -> NDArray[np.float64]:
        """How much more each feature of a text speaks for one class than for the other, shape (features,)."""
        ridge = self.weights[self.folding.place[at]].astype(np.float64)
        signed = (ridge[:, winner] - ridge[:, other]) * self.folding.sign[at]
        told: NDArray[np.float64] = values * (signed + self.naive.differences(at, winner, other))
        return told

    def different_meanings(self, parts: NDArray[np.float32], winner: int, other: int) -> NDArray[np.float64]:
        """How much more the meaning of each word of a text (words, dimensions) speaks for one class than the other."""
        ridge = self.weights[-parts.shape[1] :].astype(np.float64)
        told: NDArray[np.float64] = parts @ (ridge[:, winner] - ridge[:, other])
        return told


def train(
    questions: Mapping[str, Sequence[str]],
    chatter: Sequence[str],
    vocabulary: Vocabulary,
    near_misses: Mapping[str, Sequence[str]],
) -> tuple[Model, Featurizer]:
    """The model of these playbooks (id -> questions), and the featurizer it goes with.

    Raises ValueError without any question.
    """
    playbooks = tuple(name for name in questions if questions[name])
    if not playbooks:
        raise ValueError("a matcher needs at least one playbook with questions")
    texts, labels = _labelled(playbooks, questions, chatter, near_misses)
    featurizer = Featurizer(vocabulary, Seen.of(texts))
    # A second thread gains little, and where the other cores are busy each product waits for it.
    with threadpool_limits(1, "blas"):
        return _Trainer(playbooks, featurizer, texts, np.array(labels)).model(), featurizer


def _labelled(
    playbooks: Sequence[str],
    questions: Mapping[str, Sequence[str]],
    chatter: Sequence[str],
    near_misses: Mapping[str, Sequence[str]],
) -> tuple[list[str], list[int]]:
    """All training texts and their labels: a playbook's number, -1 for chatter, -2 - p for a near miss of playbook p.

    A near miss that is written as a question elsewhere is not repeated.
    """
    texts: list[str] = []
    labels: list[int] = []
    for at, name in enumerate(playbooks):
        texts += questions[name]
        labels += [at] * len(questions[name])
    texts += chatter
    labels += [-1] * len(chatter)
    taken = {text.casefold() for text in texts}
    for at, name in enumerate(playbooks):
        fresh = [text for text in near_misses.get(name, ()) if text.casefold() not in taken]
        texts += fresh
        labels += [-2 - at] * len(fresh)
    return texts, labels


def weighed(numbers: Numbers, features: Features, idf: Floats) -> tuple[Ints, NDArray[np.float64]]:
    """A text's known features and their values by IDF, scaled to length one. Both empty where none is known."""
    at = numbers.find(features.weights)
    known = at >= 0
    at = at[known]
    values = np.fromiter(features.weights.values(), np.float64, len(features.weights))[known] * idf[at]
    return at, values / (float(np.sqrt(values @ values)) or 1.0)


class _Trainer:
    """The steps of training over one corpus; kept apart so that a trained matcher carries none of it."""

    def __init__(self, playbooks: tuple[str, ...], featurizer: Featurizer, texts: Sequence[str], labels: Ints) -> None:
        self.playbooks, self.featurizer, self.labels = playbooks, featurizer, labels
        rows = [featurizer.features(text) for text in texts]
        hashes, found = np.unique(hashed(chain.from_iterable(row.weights for row in rows)), return_inverse=True)
        self.numbers = Numbers(hashes)
        self.words = self.numbers.find(chain.from_iterable(row.words for row in rows))
        self.texts = np.repeat(np.arange(len(rows)), [len(row.words) for row in rows])
        self.counts = np.bincount(found)
        self.idf = np.log((1.0 + len(rows)) / (1.0 + self.counts)) + 1.0
        self.folding = Folding.of(len(self.numbers), len(rows))
        values = np.fromiter(chain.from_iterable(row.weights.values() for row in rows), np.float64) * self.idf[found]
        self.rows = Rows.of([len(row.weights) for row in rows], found, values, len(self.numbers)).of_length_one()
        self.rows = self.rows.beside(np.vstack([row.meaning for row in rows]))
        owners = labels[self.texts]
        self.use = WordUse.of(self.idf, self.words[owners >= 0], owners[owners >= 0], len(playbooks))

    def model(self) -> Model:
        """Everything fitted, on left-out scores where it must not be flattered by what it saw."""
        judged = np.flatnonzero(self.labels >= -1)
        if len(judged) > _JUDGED:
            judged = judged[np.linspace(0, len(judged) - 1, _JUDGED).astype(np.int64)]
        truth = self.labels[judged]
        fitted, naive = self._joined(self._fit(judged), judged)
        left_out = fitted.left_out
        evidence = self._left_out_evidence(judged, left_out)
        acceptance = fit_acceptance(evidence, (truth >= 0).astype(float))
        asked = truth >= 0
        sharpness = fit_sharpness(left_out[asked][:, :-1], truth[asked])
        scores = softmax(left_out[:, :-1] * sharpness) * acceptance.probability(evidence)[:, None]
        return Model(
            playbooks=self.playbooks,
            seen=self.featurizer.seen,
            numbers=self.numbers,
            folding=self.folding,
            use=self.use,
            weights=halves(fitted.weights),
            bias=fitted.bias,
            naive=naive,
            acceptance=acceptance,
            sharpness=sharpness,
            thresholds=fit_thresholds(scores, truth),
        )

    def _joined(self, ridge: Fit, judged: Ints) -> tuple[Fit, NaiveBayes]:
        """Ridge regression with the nearest centroid at its share, and naive Bayes at its; the left-out scores are
        those of all three together."""
        sure = np.flatnonzero(self.labels >= -1)  # near misses come last, and are examples of nothing
        classes = len(self.playbooks) + 1
        rows, labels = self.rows.part(sure), self.labels[sure] % classes
        uses = Uses.of(rows, labels, classes)
        naive, nearest = uses.left_out(judged), nearest_centroid(rows.block, labels, classes, asked=judged)
        naive_factor = NAIVE_SHARE * _spread(ridge.left_out, naive)
        left_out = ridge.left_out + naive_factor * naive
        evened = _spread(ridge.left_out, nearest.left_out) * nearest.left_out
        asked = self.labels[judged] >= 0
        share = fit_share(left_out[asked][:, :-1], evened[asked][:, :-1], self.labels[judged][asked])
        factor = np.float32(share * _spread(ridge.left_out, nearest.left_out))
        weights = ridge.weights.copy()
        weights[-len(nearest.weights) :] += factor * nearest.weights
        fitted = Fit(weights, ridge.bias + factor * nearest.bias, left_out + share * evened)
        return fitted, uses.naive(naive_factor)

    def _fit(self, judged: Ints) -> Fit:
        """Weights over playbooks and, as the last class, chatter; left-out scores of the judged rows.

        A near miss says "not this one" and nothing else, so its other targets are what a model without near misses
        thinks of it.
        """
        labels, classes = self.labels, len(self.playbooks) + 1
        sure = int((labels >= -1).sum())
        targets = np.zeros((len(labels), classes), np.float32)
        targets[np.arange(sure), labels[:sure]] = 1.0
        owner = np.where(labels < -1, -2 - labels, labels)
        sizes = np.bincount(np.where(owner < 0, classes - 1, owner), minlength=classes)
        importance = (len(labels) / classes / np.maximum(sizes, 1))[owner]
        importance[sure:] *= _NEAR_MISS_WEIGHT
        ridge = Ridge(self.folding.folded(self.rows), RIDGE, importance)
        if sure < len(labels):
            targets[sure:] = np.clip(ridge.foretold(targets[:sure]), 0.0, 1.0)
            targets[np.arange(sure, len(labels)), owner[sure:]] = 0.0
        return ridge.fit(targets, asked=judged)

    def _left_out_evidence(self, judged: Ints, raw: Floats) -> Floats:
        """The evidence for training texts, each as if never seen: a word that it alone has would be unknown."""
        inside = np.isin(self.texts, judged)
        words, texts = self.words[inside], np.searchsorted(judged, self.texts[inside])
        known = self.counts[words] > 1
        unknown = np.bincount(texts[~known], minlength=len(judged))
        return self.use.evidence(raw, words[known], texts[known], unknown, self.labels[judged])


def _spread(scores: Floats, others: Floats) -> float:
    """How much wider spread the scores of a text are than the others; nothing where those are all alike."""
    wide = float(others.std(axis=1).mean())
    return float(scores.std(axis=1).mean()) / wide if wide else 0.0
