"""Which playbook a text means, how sure that is, and whether it is a question at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.understanding.calibration import (
    Acceptance,
    Floats,
    Thresholds,
    fit_acceptance,
    fit_sharpness,
    fit_thresholds,
    softmax,
)
from bot.understanding.features import Features, Featurizer
from bot.understanding.linear import Rows, fit
from bot.understanding.models import Candidate, Match
from bot.understanding.plain import MAX_LENGTH
from bot.understanding.vocabulary import Vocabulary

RIDGE = 0.5
"""Chosen, with the weights in features.py, where leave-one-out over the training texts did best."""
_NEAR_MISS_WEIGHT = 3.0
"""A near miss is written down because it looks so alike: it counts more than a question."""
_SHOWN = 5
_LONG = 40.0
"""IDF mass from which on a longer text tells no more about being a question."""
_NOTHING = Match(candidates=(), margin=0.0, decision="none")


@dataclass(frozen=True)
class _Corpus:
    """The training texts: features, class of each (-1: chatter, -2 - p: a near miss of playbook p)."""

    features: list[Features]
    labels: NDArray[np.int64]


class Matcher:
    """A trained matcher. Make one with `Matcher.train`; `match` is pure and safe to call from many threads."""

    def __init__(
        self,
        *,
        playbooks: tuple[str, ...],
        featurizer: Featurizer,
        columns: dict[str, int],
        use: _WordUse,
        weights: Floats,
        bias: Floats,
        acceptance: Acceptance,
        sharpness: float,
        thresholds: Thresholds,
    ) -> None:
        self.playbooks = playbooks
        self.thresholds = thresholds
        self._featurizer = featurizer
        self._columns = columns
        self._use = use
        self._weights = weights
        self._bias = bias
        self._acceptance = acceptance
        self._sharpness = sharpness

    @classmethod
    def train(
        cls,
        questions: Mapping[str, Sequence[str]],
        chatter: Sequence[str],
        vocabulary: Vocabulary,
        near_misses: Mapping[str, Sequence[str]] | None = None,
    ) -> Matcher:
        """A matcher for these playbooks (id -> questions). Deterministic: the same input gives the same matcher.

        near_misses: texts that must not match the playbook they are listed under, whatever else they may mean.
        Raises ValueError without any question.
        """
        playbooks = tuple(name for name in questions if questions[name])
        if not playbooks:
            raise ValueError("a matcher needs at least one playbook with questions")
        texts, labels = _labelled(playbooks, questions, chatter, near_misses or {})
        featurizer = Featurizer(vocabulary, texts)
        corpus = _Corpus([featurizer.features(text) for text in texts], np.array(labels))
        return _Trainer(playbooks, featurizer, corpus).matcher()

    def match(self, text: str) -> Match:
        """The playbooks that the text may mean, best first, and what to do about it.

        A candidate's score is the probability that the text is a question of that playbook. Texts of more than
        MAX_LENGTH characters, and texts without words, mean nothing.
        """
        if len(text) > MAX_LENGTH:
            return _NOTHING
        features = self._featurizer.features(text)
        if not any(not word.startswith("<") for word in features.words):
            return _NOTHING
        scores = self._scores(features)
        order = np.argsort(-scores, kind="stable")
        best = float(scores[order[0]])
        margin = best - float(scores[order[1]]) if len(order) > 1 else best
        return Match(
            candidates=tuple(
                Candidate(playbook=self.playbooks[at], score=round(float(scores[at]), 4)) for at in order[:_SHOWN]
            ),
            margin=round(margin, 4),
            decision=self.thresholds.decide(best, margin, float(scores.sum())),
        )

    def _scores(self, features: Features) -> Floats:
        """Each playbook's probability, shape (playbooks,)."""
        known = [(self._columns[name], weight) for name, weight in features.weights.items() if name in self._columns]
        at = np.array([column for column, _ in known], np.int64)
        values = np.array([weight for _, weight in known]) * self._use.idf[at]
        length = float(np.sqrt(values @ values)) or 1.0
        raw: Floats = (values / length) @ self._weights[at] + self._bias
        words = [self._columns[word] for word in features.words if word in self._columns]
        evidence = self._use.evidence(raw, words, len(features.words) - len(words))
        shares = softmax(raw[None, :-1] * self._sharpness)[0]
        likely: Floats = shares * self._acceptance.probability(evidence[None, :])
        return likely


def _labelled(
    playbooks: Sequence[str],
    questions: Mapping[str, Sequence[str]],
    chatter: Sequence[str],
    near_misses: Mapping[str, Sequence[str]],
) -> tuple[list[str], list[int]]:
    """All training texts and their labels. A near miss that is written as a question elsewhere is not repeated."""
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


@dataclass(frozen=True)
class _WordUse:
    """How the training questions use words. idf (columns,), rarest its maximum, which an unknown word counts as.

    used (columns, playbooks): in how many of the playbook's questions a word stands.
    """

    idf: Floats
    rarest: float
    used: Floats

    def evidence(self, raw: Floats, words: Sequence[int], unknown: int, own: int = -1) -> Floats:
        """What tells a question from chatter, one row, from raw scores (playbooks + chatter,) and the text's words.

        words: columns of the known ones; unknown: how many are not. own: the playbook that the text itself was a
        training question of, whose use of its words then does not count. The last three entries are the share of the
        text's IDF mass that the winner's questions share, the unknown share, and the mass.
        """
        ranked = np.sort(raw[:-1])[::-1]
        winner = int(np.argmax(raw[:-1]))
        second = ranked[1] if len(ranked) > 1 else 0.0
        at = np.array(words, np.int64)
        strange = unknown * self.rarest
        mass = float(self.idf[at].sum()) + strange or 1.0
        uses = self.used[at, winner] - (winner == own)
        # One question more or less says little once several use a word: 0, 1/2, 2/3, ...
        shared = float(self.idf[at] @ (uses / (1.0 + uses))) / mass
        return np.array([ranked[0], ranked[0] - second, raw[-1], shared, strange / mass, min(mass, _LONG)])


class _Trainer:
    """The steps of training over one corpus; kept apart so that a trained matcher carries none of it."""

    def __init__(self, playbooks: tuple[str, ...], featurizer: Featurizer, corpus: _Corpus) -> None:
        self.playbooks, self.featurizer, self.corpus = playbooks, featurizer, corpus
        names: dict[str, int] = {}
        for features in corpus.features:
            for name in features.weights:
                names.setdefault(name, len(names))
        self.columns = names
        counts = np.zeros(len(names))
        for features in corpus.features:
            counts[[names[name] for name in features.weights]] += 1
        self.counts = counts
        self.idf = np.log((1.0 + len(corpus.features)) / (1.0 + counts)) + 1.0
        self.rows = Rows.of([self._row(features) for features in corpus.features], len(names))
        used = np.zeros((len(names), len(playbooks)))
        for features, label in zip(corpus.features, corpus.labels, strict=True):
            if label >= 0:
                used[[names[word] for word in features.words], label] += 1
        self.use = _WordUse(self.idf, float(self.idf.max()), used)

    def _row(self, features: Features) -> dict[int, float]:
        row = {self.columns[name]: weight * self.idf[self.columns[name]] for name, weight in features.weights.items()}
        length = sum(value * value for value in row.values()) ** 0.5 or 1.0
        return {column: value / length for column, value in row.items()}

    def matcher(self) -> Matcher:
        dual, left_out = self._fit()
        weights = self.rows.transposed_times(dual)
        labels = self.corpus.labels
        judged = np.flatnonzero(labels >= -1)
        evidence = np.vstack([self._left_out_evidence(int(at), left_out[at]) for at in judged])
        truth = labels[judged]
        acceptance = fit_acceptance(evidence, (truth >= 0).astype(float))
        sharpness = fit_sharpness(left_out[labels >= 0][:, :-1], labels[labels >= 0])
        scores = softmax(left_out[judged][:, :-1] * sharpness) * acceptance.probability(evidence)[:, None]
        return Matcher(
            playbooks=self.playbooks,
            featurizer=self.featurizer,
            columns=self.columns,
            use=self.use,
            weights=weights,
            bias=dual.sum(axis=0),
            acceptance=acceptance,
            sharpness=sharpness,
            thresholds=fit_thresholds(scores, truth),
        )

    def _fit(self) -> tuple[Floats, Floats]:
        """Dual weights and left-out scores, shape (texts, playbooks + 1); the last column is chatter.

        A near miss says "not this one" and nothing else, so its other targets are what a model without near misses
        thinks of it.
        """
        labels, classes = self.corpus.labels, len(self.playbooks) + 1
        gram = self.rows.gram() + 1.0
        targets = np.zeros((len(labels), classes))
        sure = np.flatnonzero(labels >= -1)
        targets[sure, labels[sure]] = 1.0
        owner = np.where(labels < -1, -2 - labels, labels)
        sizes = np.bincount(np.where(owner < 0, classes - 1, owner), minlength=classes)
        importance = (len(labels) / classes / np.maximum(sizes, 1))[owner]
        importance[labels < -1] *= _NEAR_MISS_WEIGHT
        first = fit(gram[np.ix_(sure, sure)], targets[sure], importance[sure], ridge=RIDGE)
        missed = np.flatnonzero(labels < -1)
        if not len(missed):
            return first.dual, first.left_out
        targets[missed] = np.clip(gram[np.ix_(missed, sure)] @ first.dual, 0.0, 1.0)
        targets[missed, owner[missed]] = 0.0
        second = fit(gram, targets, importance, ridge=RIDGE)
        return second.dual, second.left_out

    def _left_out_evidence(self, at: int, raw: Floats) -> Floats:
        """The evidence for a training text as if it had never been seen: a word of its own alone would be unknown."""
        seen = [self.columns[word] for word in self.corpus.features[at].words]
        words = [word for word in seen if self.counts[word] > 1]
        return self.use.evidence(raw, words, len(seen) - len(words), own=int(self.corpus.labels[at]))
