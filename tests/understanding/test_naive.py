"""Naive Bayes beside the ridge: what it says, and what it would say of rows it never saw."""

from __future__ import annotations

import numpy as np
import pytest

from bot.understanding.linear import Rows
from bot.understanding.naive import Uses

RANDOM = np.random.default_rng(11)
COLUMNS = np.concatenate([np.sort(RANDOM.choice(30, 8, replace=False)) for _ in range(20)])
ROWS = Rows.of([8] * 20, COLUMNS, RANDOM.uniform(0.1, 1.0, 160), 30)
LABELS = RANDOM.integers(0, 4, 20)


def row(at: int) -> tuple[np.ndarray, np.ndarray]:
    return ROWS.column[ROWS.row == at], ROWS.value[ROWS.row == at]


def test_scores_are_the_damped_mean_uses_of_each_class() -> None:
    table = ROWS.dense()
    means = np.stack([table[owner == LABELS].mean(axis=0) for owner in range(4)], axis=1)
    shares = 2.0 * np.log1p(means / (0.3 * means.mean()))
    expected = ROWS.dense() @ shares
    naive = Uses.of(ROWS, LABELS, 4).naive(2.0)
    scores = np.stack([naive.scores(*row(at)) for at in range(20)])
    np.testing.assert_allclose(scores, expected - expected.mean(axis=1, keepdims=True), rtol=2e-3, atol=2e-3)
    at, _ = row(3)
    np.testing.assert_allclose(naive.differences(at, 2, 0), shares[at, 2] - shares[at, 0], rtol=2e-3, atol=2e-3)
    assert [naive.shares.itemsize, naive.owners.itemsize] == [2, 1]


def test_left_out_scores_are_those_of_classes_that_never_saw_the_row(monkeypatch: pytest.MonkeyPatch) -> None:
    uses, everything = Uses.of(ROWS, LABELS, 4), np.arange(20)
    monkeypatch.setattr(Uses, "_unit", uses._unit)
    left_out = uses.left_out(everything[2:15])
    for number, at in enumerate(range(2, 15)):
        others = np.delete(everything, at)
        without = Uses.of(ROWS.part(others), LABELS[others], 4).naive(1.0)
        np.testing.assert_allclose(left_out[number], without.scores(*row(at)), rtol=2e-3, atol=2e-3)


def test_a_class_of_one_row_has_nothing_left_without_it() -> None:
    rows = Rows.of([2, 1], np.array([0, 1, 1]), np.ones(3), 3)
    left_out = Uses.of(rows, np.array([0, 2]), 3).left_out(np.array([0]))
    assert left_out[0].argmax() == 2
    np.testing.assert_allclose(left_out[0, 0], left_out[0, 1], atol=2e-3)


def test_features_nobody_uses_say_nothing() -> None:
    rows = Rows.of([1], np.array([0]), np.array([1.0]), 2)
    naive = Uses.of(rows, np.array([1]), 2).naive(1.0)
    assert naive.scores(np.array([1]), np.array([1.0])).tolist() == [0.0, 0.0]
    assert naive.scores(np.array([], np.int64), np.array([])).tolist() == [0.0, 0.0]
    assert naive.differences(np.array([1]), 0, 1).tolist() == [0.0]
