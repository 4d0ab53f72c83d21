"""Weighted ridge regression over sparse rows, solved in the dual: exact, deterministic, and its leave-one-out is free.

The dual costs rows cubed and does not care how many features there are, which suits a few thousand short texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_HEAVY = 24
"""Features in more rows than this are multiplied as a dense block; rarer ones pair by pair."""


@dataclass(frozen=True)
class Rows:
    """Sparse rows: entry k says that row `row[k]` has feature `column[k]` with `value[k]`."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    value: Floats
    count: int
    columns: int

    @classmethod
    def of(cls, rows: Sequence[dict[int, float]], columns: int) -> Rows:
        """Rows from one dict (column -> value) each."""
        sizes = [len(row) for row in rows]
        return cls(
            row=np.repeat(np.arange(len(rows), dtype=np.int64), sizes),
            column=np.fromiter((column for row in rows for column in row), np.int64, sum(sizes)),
            value=np.fromiter((value for row in rows for value in row.values()), np.float64, sum(sizes)),
            count=len(rows),
            columns=columns,
        )

    def gram(self) -> Floats:
        """Every row's product with every other, shape (count, count)."""
        order = np.argsort(self.column, kind="stable")
        row, column, value = self.row[order], self.column[order], self.value[order]
        sizes = np.bincount(column, minlength=self.columns)
        starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        heavy = np.flatnonzero(sizes > _HEAVY)
        dense = np.zeros((self.count, len(heavy)))
        place = np.full(self.columns, -1)
        place[heavy] = np.arange(len(heavy))
        inside = place[column] >= 0
        dense[row[inside], place[column[inside]]] = value[inside]
        gram = dense @ dense.T
        cells: list[NDArray[np.int64]] = []
        products: list[Floats] = []
        for size in range(1, _HEAVY + 1):
            at = starts[sizes == size][:, None] + np.arange(size)
            cells.append((row[at][:, :, None] * self.count + row[at][:, None, :]).ravel())
            products.append((value[at][:, :, None] * value[at][:, None, :]).ravel())
        flat = np.bincount(np.concatenate(cells), np.concatenate(products), minlength=self.count**2)
        return gram + flat.reshape(gram.shape)

    def transposed_times(self, dual: Floats) -> Floats:
        """The primal weights, shape (columns, classes), of dual weights with shape (count, classes)."""
        out = np.empty((self.columns, dual.shape[1]))
        for target in range(dual.shape[1]):
            out[:, target] = np.bincount(self.column, self.value * dual[self.row, target], minlength=self.columns)
        return out


@dataclass(frozen=True)
class Fit:
    """Dual weights and the scores that each row would get from a model that never saw it; both (rows, classes)."""

    dual: Floats
    left_out: Floats


def fit(gram: Floats, targets: Floats, importance: Floats, *, ridge: float) -> Fit:
    """Ridge regression of `targets` on rows with this Gram matrix; `importance` (rows,) weighs each row's error."""
    inverse = np.linalg.inv(gram + np.diag(ridge / importance))
    dual = inverse @ targets
    return Fit(dual, targets - dual / np.diag(inverse)[:, None])
