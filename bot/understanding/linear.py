"""Weighted ridge regression over sparse rows: deterministic, and what each row scores when left out is free.

Up to EXACT_ROWS rows it is solved exactly, in the dual, which costs rows cubed (seconds, and for a moment six bytes
for each pair of rows) and does not care how many features there are. With more rows the features are folded into
SKETCHED columns (a count sketch: each feature has a column and a sign), and the primal is solved, which costs rows
times columns squared: libraries of thousands of playbooks train in seconds and stay small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Ints = NDArray[np.int64]

EXACT_ROWS = 9_000
SKETCHED = 4_096
_HEAVY = 200
"""Features in more rows than this are multiplied as a dense block; rarer ones pair by pair, which then is cheaper."""
_CHUNK = 2_048
_FACTORED_AT_ONCE = 256
_SIGN = 0x9E3779B1
"""Knuth's multiplicative hash: its high bit scatters the signs of neighbouring features."""


@dataclass(frozen=True)
class Rows:
    """Sparse rows: entry k says that row `row[k]` has feature `column[k]` with `value[k]`; sorted by row."""

    row: Ints
    column: Ints
    value: Floats
    count: int
    columns: int

    @classmethod
    def of(cls, rows: Sequence[tuple[Ints, Floats]], columns: int) -> Rows:
        """Rows from the columns and values of each."""
        sizes = [len(at) for at, _ in rows]
        return cls(
            row=np.repeat(np.arange(len(rows), dtype=np.int64), sizes),
            column=np.concatenate([at for at, _ in rows]) if rows else np.zeros(0, np.int64),
            value=np.concatenate([values for _, values in rows]) if rows else np.zeros(0),
            count=len(rows),
            columns=columns,
        )

    def part(self, chosen: Ints) -> Rows:
        """The chosen rows alone; `chosen` is sorted."""
        place = np.full(self.count, -1)
        place[chosen] = np.arange(len(chosen))
        row = place[self.row]
        kept = row >= 0
        return Rows(row[kept], self.column[kept], self.value[kept], len(chosen), self.columns)

    def gram(self) -> NDArray[np.float32]:
        """Every row's product with every other, shape (count, count)."""
        order = np.argsort(self.column, kind="stable")
        row, column, value = self.row[order], self.column[order], self.value[order].astype(np.float32)
        sizes = np.bincount(column, minlength=self.columns)
        starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        heavy = np.flatnonzero(sizes > _HEAVY)
        dense = np.zeros((self.count, len(heavy)), np.float32)
        place = np.full(self.columns, -1)
        place[heavy] = np.arange(len(heavy))
        inside = place[column] >= 0
        dense[row[inside], place[column[inside]]] = value[inside]
        gram: NDArray[np.float32] = dense @ dense.T
        for size in range(1, _HEAVY + 1):
            at = starts[sizes == size][:, None] + np.arange(size)
            cells = row[at][:, :, None] * self.count + row[at][:, None, :]
            np.add.at(gram.reshape(-1), cells.ravel(), (value[at][:, :, None] * value[at][:, None, :]).ravel())
        return gram

    def transposed_times(self, dual: Floats) -> Floats:
        """The primal weights, shape (columns, classes), of dual weights with shape (count, classes)."""
        out = np.empty((self.columns, dual.shape[1]), np.float32)
        for target in range(dual.shape[1]):
            out[:, target] = np.bincount(self.column, self.value * dual[self.row, target], minlength=self.columns)
        return out

    def dense(self, start: int, stop: int) -> NDArray[np.float32]:
        """Rows start..stop as a table, shape (stop - start, columns)."""
        low, high = np.searchsorted(self.row, [start, stop])
        cells = (self.row[low:high] - start) * self.columns + self.column[low:high]
        flat = np.bincount(cells, self.value[low:high], minlength=(stop - start) * self.columns)
        table: NDArray[np.float32] = flat.reshape(stop - start, self.columns).astype(np.float32)
        return table


@dataclass(frozen=True)
class Fit:
    """Ridge regression's weights (columns, classes) and bias (classes,).

    left_out: the scores, (asked rows, classes), that each row asked for would get from a model that never saw it.
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    left_out: Floats

    def scores(self, rows: Rows) -> Floats:
        """The scores of rows over the same columns, shape (rows, classes)."""
        out: Floats = np.zeros((rows.count, len(self.bias)))
        bounds = np.searchsorted(rows.row, np.arange(rows.count + 1))
        for at, (low, high) in enumerate(pairwise(bounds)):
            out[at] = rows.value[low:high] @ self.weights[rows.column[low:high]] + self.bias
        return out


@dataclass(frozen=True)
class Folding:
    """Where each feature's weights stand: feature k is column `place[k]`, its value times `sign[k]`."""

    place: NDArray[np.int32]
    sign: NDArray[np.int8]

    @classmethod
    def of(cls, features: int, rows: int) -> Folding:
        """Each feature a column of its own, or SKETCHED columns for all where there are many rows."""
        numbers = np.arange(features)
        if rows <= EXACT_ROWS or features <= SKETCHED:
            return cls(numbers.astype(np.int32), np.ones(features, np.int8))
        high_bit = (numbers.astype(np.uint64) * _SIGN >> np.uint64(31)) & np.uint64(1)
        return cls((numbers % SKETCHED).astype(np.int32), (1 - 2 * high_bit.astype(np.int8)).astype(np.int8))

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return int(self.place.max(initial=-1)) + 1

    def folded(self, rows: Rows) -> Rows:
        """Rows over features as rows over these columns."""
        column, value = self.place[rows.column].astype(np.int64), rows.value * self.sign[rows.column]
        return Rows(rows.row, column, value, rows.count, self.columns)


class Ridge:
    """Ridge regression over some rows; what every fit of them shares is made once.

    importance (rows,) weighs each row's error.
    """

    def __init__(self, rows: Rows, ridge: float, importance: Floats) -> None:
        self._rows, self._ridge, self._importance = rows, ridge, importance
        if rows.count <= EXACT_ROWS:
            self._scale = np.sqrt(importance).astype(np.float32)
            gram = rows.gram()
            gram += 1.0
            gram *= self._scale[:, None]
            gram *= self._scale
            gram[np.diag_indices(rows.count)] += ridge
            _invert_root(gram)
            # root.T @ root is the gram matrix's inverse; the first rows' part has the first part of this root.
            self._root = gram

    def fit(self, count: int, targets: Floats, *, asked: Ints) -> Fit:
        """Fit `targets` (count, classes) to the first `count` rows; those `asked` for (sorted) get left-out scores."""
        whole = count == self._rows.count
        rows = self._rows if whole else self._rows.part(np.arange(count))
        if self._rows.count > EXACT_ROWS:
            return _sketched(rows, targets, self._importance[:count], self._ridge, asked)
        root, scale, goal = self._root[:count, :count], self._scale[:count, None], targets.astype(np.float32)
        dual = scale * (root.T @ (root @ (scale * goal)))
        own = scale[asked] ** 2 * np.einsum("ra,ra->a", root[:, asked], root[:, asked])[:, None]
        return Fit(rows.transposed_times(dual), dual.sum(axis=0), goal[asked] - dual[asked] / own)


def _invert_root(matrix: NDArray[np.float32]) -> None:
    """Puts the inverse of Cholesky's lower factor in the matrix's place, by halves: it is nearly all products."""
    size = len(matrix)
    if size <= _FACTORED_AT_ONCE:
        matrix[:] = np.linalg.inv(np.linalg.cholesky(matrix))
        return
    half = size // 2
    first, second, below = matrix[:half, :half], matrix[half:, half:], matrix[half:, :half]
    _invert_root(first)
    across = _times_lower(below, first, transposed=True)
    second -= across @ across.T
    _invert_root(second)
    below[:] = -second @ _times_lower(across, first)
    matrix[:half, half:] = 0.0


def _times_lower(
    left: NDArray[np.float32], lower: NDArray[np.float32], *, transposed: bool = False
) -> NDArray[np.float32]:
    """`left` times a lower triangle, or times its transpose; the empty quarter is left out."""
    half = len(lower) // 2
    out = np.empty_like(left)
    if transposed:
        np.matmul(left[:, :half], lower[:half, :half].T, out=out[:, :half])
        np.matmul(left, lower[half:].T, out=out[:, half:])
    else:
        np.matmul(left, lower[:, :half], out=out[:, :half])
        np.matmul(left[:, half:], lower[half:, half:], out=out[:, half:])
    return out


def _sketched(rows: Rows, targets: Floats, importance: Floats, ridge: float, asked: Ints) -> Fit:
    size = rows.columns + 1
    curve = np.zeros((size, size), np.float32)
    pull = np.zeros((size, targets.shape[1]), np.float32)
    for start in range(0, rows.count, _CHUNK):
        part = slice(start, min(start + _CHUNK, rows.count))
        table = _with_constant(rows.dense(part.start, part.stop))
        weighted = table * np.sqrt(importance[part, None], dtype=np.float32)
        curve += weighted.T @ weighted
        pull += table.T @ (targets[part] * importance[part, None]).astype(np.float32)
    curve[np.diag_indices(size)] += ridge
    _invert_root(curve)
    weights = curve.T @ (curve @ pull)
    left_out = np.zeros((len(asked), targets.shape[1]), np.float32)
    for start in range(0, rows.count, _CHUNK):
        inside = np.flatnonzero((asked >= start) & (asked < start + _CHUNK))
        if len(inside):
            at = asked[inside]
            table = _with_constant(rows.dense(start, min(start + _CHUNK, rows.count)))[at - start]
            own = importance[at] * ((table @ curve.T) ** 2).sum(axis=1)
            left_out[inside] = targets[at] - (targets[at] - table @ weights) / np.maximum(1.0 - own, 1e-4)[:, None]
    return Fit(weights[:-1], weights[-1], left_out)


def _with_constant(table: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.hstack([table, np.ones((len(table), 1), np.float32)])
