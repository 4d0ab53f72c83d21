"""The arithmetic of training: exact against the slow way."""

from __future__ import annotations

import numpy as np
import pytest

from bot.understanding.calibration import (
    Acceptance,
    Thresholds,
    fit_acceptance,
    fit_sharpness,
    fit_thresholds,
    softmax,
)
from bot.understanding.linear import Rows, fit

RANDOM = np.random.default_rng(7)


def sparse_rows(count: int, columns: int) -> list[dict[int, float]]:
    return [
        {int(column): float(RANDOM.normal()) for column in RANDOM.choice(columns, 12, replace=False)}
        for _ in range(count)
    ]


def dense(rows: list[dict[int, float]], columns: int) -> np.ndarray:
    out = np.zeros((len(rows), columns))
    for at, row in enumerate(rows):
        for column, value in row.items():
            out[at, column] = value
    return out


@pytest.mark.parametrize("columns", [14, 60, 400])
def test_products_are_those_of_the_dense_rows(columns: int) -> None:
    rows = sparse_rows(50, columns)
    table = dense(rows, columns)
    sparse = Rows.of(rows, columns)
    dual = RANDOM.normal(size=(50, 3))
    np.testing.assert_allclose(sparse.gram(), table @ table.T, atol=1e-12)
    np.testing.assert_allclose(sparse.transposed_times(dual), table.T @ dual, atol=1e-12)


def test_left_out_scores_are_those_of_models_that_never_saw_the_row() -> None:
    rows = sparse_rows(20, 40)
    gram = Rows.of(rows, 40).gram() + 1.0
    targets = np.eye(3)[RANDOM.integers(0, 3, 20)]
    importance = RANDOM.uniform(0.5, 2.0, 20)
    left_out = fit(gram, targets, importance, ridge=0.3).left_out
    for at in range(20):
        others = [row for row in range(20) if row != at]
        dual = fit(gram[np.ix_(others, others)], targets[others], importance[others], ridge=0.3).dual
        np.testing.assert_allclose(left_out[at], gram[at, others] @ dual, atol=1e-9)


def test_acceptance_learns_which_side_is_which_and_both_count_the_same() -> None:
    evidence = np.array([[3.0, 0.1], [2.5, 0.3], [2.8, 0.2], [0.1, 0.2], [0.2, 0.1]])
    acceptance = fit_acceptance(evidence, np.array([1.0, 1.0, 1.0, 0.0, 0.0]))
    likely = acceptance.probability(evidence)
    assert (likely[:3] > 0.5).all()
    assert (likely[3:] < 0.5).all()


def test_acceptance_without_chatter_says_yes() -> None:
    acceptance = fit_acceptance(np.array([[1.0], [2.0]]), np.array([1.0, 1.0]))
    assert (acceptance.probability(np.array([[1.5]])) > 0.9).all()


def test_far_evidence_is_still_a_probability() -> None:
    acceptance = Acceptance(weights=np.array([5.0, 0.0]), centre=np.array([0.0]), spread=np.array([1e-9]))
    np.testing.assert_allclose(acceptance.probability(np.array([[1.0], [-1.0]])), [1.0, 0.0], atol=1e-12)


def test_softmax_rows_sum_to_one() -> None:
    np.testing.assert_allclose(softmax(np.array([[1.0, 1.0], [700.0, 0.0]])), [[0.5, 0.5], [1.0, 0.0]], atol=1e-12)


def test_sharpness_grows_with_how_sure_the_scores_are() -> None:
    truth = np.array([0, 1, 0, 1])
    sure = np.array([[0.9, 0.1], [0.1, 0.9], [0.8, 0.2], [0.2, 0.8]])
    unsure = np.array([[0.6, 0.4], [0.7, 0.3], [0.4, 0.6], [0.4, 0.6]])
    assert fit_sharpness(sure, truth) > fit_sharpness(unsure, truth)


def test_thresholds_part_clear_questions_close_calls_and_chatter() -> None:
    scores = np.array([[0.9, 0.02]] * 6 + [[0.45, 0.44]] * 3 + [[0.44, 0.45]] * 3 + [[0.1, 0.05]] * 12)
    truth = np.array([0] * 12 + [-1] * 12)
    thresholds = fit_thresholds(scores, truth)
    decisions = [
        thresholds.decide(float(row.max()), float(abs(row[0] - row[1])), float(row.sum()))
        for row in scores[[0, 6, 9, 12]]
    ]
    assert decisions == ["answer", "choose", "choose", "none"]


def test_decide() -> None:
    thresholds = Thresholds(answer_score=0.6, answer_margin=0.2, choose_total=0.5)
    asked = [(0.7, 0.3, 0.9), (0.7, 0.1, 0.9), (0.5, 0.4, 0.6), (0.3, 0.2, 0.4)]
    assert [thresholds.decide(*one) for one in asked] == ["answer", "choose", "choose", "none"]
