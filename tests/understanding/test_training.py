"""The arithmetic of training: exact against the slow way."""

from __future__ import annotations

import numpy as np
import pytest

from bot.understanding import linear
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
from bot.understanding.cholesky import Cholesky
from bot.understanding.linear import Fit, Folding, Ridge, Rows

RANDOM = np.random.default_rng(7)


def sparse_rows(count: int, columns: int) -> Rows:
    each = [np.sort(RANDOM.choice(columns, 12, replace=False)) for _ in range(count)]
    return Rows.of([12] * count, np.concatenate(each), RANDOM.normal(size=12 * count), columns)


def scores(fit: Fit, rows: Rows) -> np.ndarray:
    return rows.dense() @ fit.weights + fit.bias


@pytest.mark.parametrize("columns", [14, 60, 400])
def test_products_are_those_of_the_dense_rows(columns: int) -> None:
    rows = sparse_rows(50, columns)
    table, kept = rows.dense(), np.arange(columns) % 3 > 0
    dual = RANDOM.normal(size=(50, 3)).astype(np.float32)
    assert [np.count_nonzero(table[at]) for at in (0, 49)] == [12, 12]
    np.testing.assert_allclose(np.tril(rows.gram()), np.tril(table @ table.T), atol=1e-5)
    np.testing.assert_allclose(rows.transposed_times(dual), table.T @ dual, atol=1e-5)
    np.testing.assert_allclose(rows.part(np.array([3, 7])).dense(), table[[3, 7]])
    np.testing.assert_allclose(rows.only(kept).dense(), table[:, kept])


def test_rows_of_length_one() -> None:
    rows = Rows.of([2, 0, 1], np.array([0, 2, 1]), np.array([3.0, 4.0, -2.0]), 3).of_length_one()
    np.testing.assert_allclose(rows.dense(), [[0.6, 0.0, 0.8], [0.0, 0.0, 0.0], [0.0, -1.0, 0.0]])


@pytest.mark.parametrize("exact_rows", [1_000, 0], ids=["exact", "sketched"])
def test_left_out_scores_are_those_of_models_that_never_saw_the_row(
    exact_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linear, "EXACT_ROWS", exact_rows)
    rows = sparse_rows(20, 40)
    targets = np.eye(3)[RANDOM.integers(0, 3, 20)]
    importance = RANDOM.uniform(0.5, 2.0, 20)
    everything = np.arange(20)
    left_out = Ridge(rows, 0.3, importance).fit(targets, asked=everything).left_out
    for at in range(20):
        others = np.delete(everything, at)
        without = Ridge(rows.part(others), 0.3, importance[others]).fit(targets[others], asked=others[:0])
        np.testing.assert_allclose(left_out[at], scores(without, rows.part(np.array([at])))[0], atol=1e-3)


def test_the_sketch_solves_the_same_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, everything = sparse_rows(60, 30), np.arange(60)
    targets, importance = np.eye(4)[RANDOM.integers(0, 4, 60)], RANDOM.uniform(0.5, 2.0, 60)
    exact = Ridge(rows, 0.3, importance).fit(targets, asked=everything[5:50])
    monkeypatch.setattr(linear, "EXACT_ROWS", 0)
    monkeypatch.setattr(linear, "_CHUNK", 16)
    sketched = Ridge(rows, 0.3, importance).fit(targets, asked=everything[5:50])
    np.testing.assert_allclose(sketched.weights, exact.weights, atol=1e-4)
    np.testing.assert_allclose(sketched.bias, exact.bias, atol=1e-4)
    np.testing.assert_allclose(sketched.left_out, exact.left_out, atol=1e-3)


def test_the_nearest_centroid_scores_highest() -> None:
    meanings, labels = RANDOM.normal(size=(30, 5)).astype(np.float32), np.arange(30) % 3
    fit = nearest_centroid(meanings, labels, 4, asked=np.arange(0))  # of the fourth class there is no example
    centres = np.vstack([*(meanings[labels == one].mean(axis=0) for one in range(3)), np.zeros(5)])
    asked = RANDOM.normal(size=(8, 5)).astype(np.float32)
    behind = -0.5 * np.square(asked[:, None] - centres).sum(axis=2)
    told = asked @ fit.weights + fit.bias
    np.testing.assert_allclose(told, behind - behind.mean(axis=1, keepdims=True), atol=1e-5)


def test_a_centroid_without_the_text_that_is_asked_about() -> None:
    meanings, labels = RANDOM.normal(size=(9, 5)).astype(np.float32), np.array([0, 1, 0, 1, 1, 0, 1, 2, 0])
    asked = np.array([1, 2, 6, 7])
    left_out = nearest_centroid(meanings, labels, 3, asked=asked).left_out
    for at, row in enumerate(asked):
        others = np.delete(np.arange(9), row)
        without = nearest_centroid(meanings[others], labels[others], 3, asked=others[:0])
        np.testing.assert_allclose(left_out[at], meanings[row] @ without.weights + without.bias, atol=1e-5)


def test_as_much_is_added_as_makes_the_truth_likeliest() -> None:
    chance = np.random.default_rng(3)
    truth = chance.integers(0, 4, 1_000)
    noise, other_noise, nothing = chance.normal(size=(3, 1_000, 4)) / 5
    good, as_good = np.eye(4)[truth] / 5 + noise, np.eye(4)[truth] / 5 + other_noise
    assert fit_share(good, nothing, truth) == 0.0
    assert fit_share(good, as_good, truth) == 1.0
    assert fit_share(nothing, good, truth) == 3.0
    assert fit_share(good[:0], nothing[:0], truth[:0]) == 0.0


@pytest.mark.parametrize("exact_rows", [1_000, 0], ids=["exact", "sketched"])
def test_what_a_fit_of_the_first_rows_says_of_the_others(exact_rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linear, "EXACT_ROWS", exact_rows)
    rows, first = sparse_rows(600, 40), np.arange(300)
    targets, importance = np.eye(3)[RANDOM.integers(0, 3, 300)], RANDOM.uniform(0.5, 2.0, 600)
    alone = Ridge(rows.part(first), 0.3, importance[:300]).fit(targets, asked=first[:0])
    told = Ridge(rows, 0.3, importance).foretold(targets)
    np.testing.assert_allclose(told, scores(alone, rows.part(first + 300)), atol=1e-4)


@pytest.mark.parametrize("size", [3, 256, 700])
def test_what_is_solved_with_the_factor_is_what_numpy_solves(size: int) -> None:
    root = RANDOM.normal(size=(size, size))
    matrix = root @ root.T / size + np.eye(size)
    right, asked = RANDOM.normal(size=(size, 2)), np.arange(0, size, 2)
    solver = Cholesky.of(np.tril(matrix).astype(np.float32))
    np.testing.assert_allclose(solver.backward(solver.forward(right)), np.linalg.solve(matrix, right), atol=1e-4)
    np.testing.assert_allclose(solver.inverse_diagonal(asked), np.linalg.inv(matrix).diagonal()[asked], atol=1e-4)
    for count in {size, min(size, 256)}:
        part = solver.first(count)
        solved = part.backward(part.forward(right[:count]))
        np.testing.assert_allclose(solved, np.linalg.solve(matrix[:count, :count], right[:count]), atol=1e-4)


def test_features_are_folded_only_where_there_are_many_rows() -> None:
    alone = Folding.of(9_000, 100)
    assert (alone.columns, alone.place[8_999], set(alone.sign)) == (9_000, 8_999, {1})
    folded = Folding.of(9_000, linear.EXACT_ROWS + 1)
    assert folded.columns == linear.SKETCHED
    assert abs(int(folded.sign.astype(int).sum())) < 900


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
