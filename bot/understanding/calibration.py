"""From raw class scores to probabilities and a decision, all fitted on leave-one-out scores of the training texts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.understanding.models import Decision

Floats = NDArray[np.floating]

# What a mistake costs a budtender with a customer waiting; thresholds follow from these, not the other way round.
# An answer to chatter is the dearest: the bot speaks uncalled. A choice costs one more tap.
COST = {
    ("right", "answer"): 0.0,
    ("right", "choose"): 1.0,
    ("right", "none"): 4.0,
    ("second", "answer"): 6.0,
    ("second", "choose"): 1.0,
    ("second", "none"): 4.0,
    ("wrong", "answer"): 6.0,
    ("wrong", "choose"): 3.0,
    ("wrong", "none"): 4.0,
    ("chatter", "answer"): 8.0,
    ("chatter", "choose"): 5.0,
    ("chatter", "none"): 0.0,
}
CHOICES = 3
_SHARES = (0.0, 0.25, 0.5, 1.0, 2.0, 3.0)
_WEIGHED_ON = 1_000
"""Left-out texts that are enough to find a share by."""
_NEARLY = 1.03


@dataclass(frozen=True)
class Acceptance:
    """Logistic regression on evidence columns: how likely a text is a question of the library at all."""

    weights: Floats
    centre: Floats
    spread: Floats

    def probability(self, evidence: Floats) -> Floats:
        """Probabilities (rows,) for evidence (rows, columns)."""
        scaled = (evidence - self.centre) / self.spread
        likely: Floats = 1.0 / (1.0 + np.exp(-np.clip(scaled @ self.weights[:-1] + self.weights[-1], -30.0, 30.0)))
        return likely


def fit_acceptance(evidence: Floats, is_question: Floats) -> Acceptance:
    """Newton's method with a small ridge; both classes count equally, however many rows each has."""
    centre, spread = evidence.mean(axis=0), evidence.std(axis=0) + 1e-9
    design = np.hstack([(evidence - centre) / spread, np.ones((len(evidence), 1))])
    share = max(is_question.mean(), 1e-9)
    row_weight = np.where(is_question > 0, 0.5 / share, 0.5 / max(1.0 - share, 1e-9))
    penalty = np.full(design.shape[1], 0.5)
    penalty[-1] = 1e-3
    weights = np.zeros(design.shape[1])
    for _ in range(30):
        guess = 1.0 / (1.0 + np.exp(-np.clip(design @ weights, -30.0, 30.0)))
        slope = design.T @ (row_weight * (guess - is_question)) + penalty * weights
        curve = (design.T * (row_weight * guess * (1.0 - guess))) @ design + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        weights = weights - step
        if np.abs(step).max() < 1e-8:
            break
    return Acceptance(weights, centre, spread)


def fit_sharpness(scores: Floats, truth: NDArray[np.int64]) -> float:
    """The softmax factor under which the true playbooks are likeliest; scores (questions, playbooks)."""
    tried = np.geomspace(1.0, 40.0, 25)
    return float(tried[np.argmax(_likelihoods(scores, truth, tried))])


def fit_share(scores: Floats, more: Floats, truth: NDArray[np.int64]) -> float:
    """How much of the scores `more` to add, of _SHARES, so that the true playbooks are likeliest.

    scores, more: (questions, playbooks), of models that never saw the question. Without questions nothing is added.
    """
    if not len(truth):
        return 0.0
    some = np.linspace(0, len(truth) - 1, min(len(truth), _WEIGHED_ON)).astype(np.int64)
    tried = np.geomspace(1.0, 40.0, 9)
    likely = [_likelihoods(scores[some] + share * more[some], truth[some], tried).max() for share in _SHARES]
    return _SHARES[int(np.argmax(likely))]


def _likelihoods(scores: Floats, truth: NDArray[np.int64], factors: Floats) -> Floats:
    """The log likelihood of the true playbooks under each softmax factor, shape (factors,)."""
    behind = (scores - scores.max(axis=1, keepdims=True)).astype(np.float32)
    own = behind[np.arange(len(truth)), truth]
    shares = (np.exp(own * factor) / np.exp(behind * factor).sum(axis=1) for factor in factors.tolist())
    return np.array([np.log(share + 1e-12, dtype=float).sum() for share in shares])


def softmax(scores: Floats) -> Floats:
    """Row-wise softmax."""
    grown = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = grown / grown.sum(axis=1, keepdims=True)
    return shares


@dataclass(frozen=True)
class Thresholds:
    """answer: with at least this score and this margin. choose: with at least this sum of scores. Else none."""

    answer_score: float
    answer_margin: float
    choose_total: float

    def decide(self, score: float, margin: float, total: float) -> Decision:
        """The decision for the best score, its margin over the second, and the sum over all playbooks."""
        if score >= self.answer_score and margin >= self.answer_margin:
            return "answer"
        return "choose" if total >= self.choose_total else "none"


def fit_thresholds(scores: Floats, truth: NDArray[np.int64]) -> Thresholds:
    """The thresholds of least cost; scores (texts, playbooks), truth the playbook's column, or -1 for chatter.

    Questions and chatter weigh the same. Of all thresholds that are nearly as cheap the middle ones are taken.
    """
    best, total = scores.max(axis=1), scores.sum(axis=1)
    margin = best - np.partition(scores, -2, axis=1)[:, -2] if scores.shape[1] > 1 else best
    rank = np.where(truth < 0, -1, (scores > scores[np.arange(len(truth)), np.maximum(truth, 0)][:, None]).sum(axis=1))
    kinds = np.select([rank < 0, rank == 0, rank < CHOICES], ["chatter", "right", "second"], "wrong")
    weight = np.where(truth < 0, 1.0 / max((truth < 0).sum(), 1), 1.0 / max((truth >= 0).sum(), 1))
    cost = {
        decision: weight * np.array([COST[(str(kind), decision)] for kind in kinds])
        for decision in ("answer", "choose", "none")
    }
    grid, margins = np.round(np.arange(0.05, 1.0, 0.025), 3), np.round(np.arange(0.0, 0.6, 0.05), 3)
    otherwise = np.where(total[:, None] >= grid, cost["choose"][:, None], cost["none"][:, None])
    answered = (best >= grid[:, None, None]) & (margin >= margins[:, None])
    costs = otherwise.sum(axis=0) + answered.astype(float) @ (cost["answer"][:, None] - otherwise)
    keys = np.stack(np.meshgrid(grid, margins, grid, indexing="ij"), axis=-1)  # score, margin, total
    # A text more or less moves the single cheapest far about; the middle of all that are nearly as cheap stays put.
    near = keys[costs <= costs.min() * _NEARLY + 1e-12]
    middle = near[np.argmin(np.abs(near - np.median(near, axis=0)).sum(axis=1))]
    return Thresholds(*map(float, middle))
