"""Weighted ridge regression over sparse rows: deterministic, and what each row scores when left out is free.

Up to EXACT_ROWS rows it is solved exactly, in the dual, which costs rows cubed (seconds, and for a moment five bytes
for each pair of rows) and does not care how many features there are. With more rows the features are folded into
SKETCHED columns (a count sketch: each feature has a column and a sign), and the primal is solved, which costs rows
times columns squared: libraries of thousands of playbooks train in seconds and stay small.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.understanding.cholesky import Cholesky

Floats = NDArray[np.floating]
Ints = NDArray[np.int64]

EXACT_ROWS = 9_000
SKETCHED = 4_096
_HEAVY = 1 / 40
"""Features in more than this share of the rows are multiplied as a dense block; rarer ones pair by pair, which then is
cheaper."""
_CHUNK = 2_048
_SIGN = 0x9E3779B1
"""Knuth's multiplicative hash: its high bit scatters the signs of neighbouring features."""


@dataclass(frozen=True)
class Rows:
    """Sparse rows: entry k says that row `row[k]` has feature `column[k]` with `value[k]`.

    block (count, further columns): what every row has, in columns that come after the sparse ones.
    """

    row: Ints
    column: Ints
    value: Floats
    count: int
    columns: int
    block: NDArray[np.float32]

    @classmethod
    def of(cls, sizes: Sequence[int], column: Ints, value: Floats, columns: int) -> Rows:
        """Rows from how many entries each has, and the columns and values of all, one row's after another's."""
        count = len(sizes)
        return cls(np.repeat(np.arange(count), sizes), column, value, count, columns, np.zeros((count, 0), np.float32))

    @property
    def width(self) -> int:
        """How many columns there are, those of the block included."""
        return self.columns + int(self.block.shape[1])

    def part(self, chosen: Ints) -> Rows:
        """The chosen rows alone; `chosen` is sorted."""
        place = np.full(self.count, -1)
        place[chosen] = np.arange(len(chosen))
        row = place[self.row]
        kept = row >= 0
        return Rows(row[kept], self.column[kept], self.value[kept], len(chosen), self.columns, self.block[chosen])

    def only(self, kept: NDArray[np.bool_]) -> Rows:
        """All rows with some of the sparse columns, which are numbered anew; `kept` (columns,) says which."""
        inside = kept[self.column]
        column = (np.cumsum(kept) - 1)[self.column[inside]]
        return Rows(self.row[inside], column, self.value[inside], self.count, int(kept.sum()), self.block[:, :0])

    def beside(self, block: NDArray[np.float32]) -> Rows:
        """The rows with further columns, shape (count, further), that every row has."""
        return replace(self, block=np.hstack([self.block, block]))

    def of_length_one(self) -> Rows:
        """The rows, each scaled to length one; a row of nothing stays as it is."""
        length = np.sqrt(np.bincount(self.row, self.value**2, minlength=self.count))
        return replace(self, value=self.value / length[self.row])

    def by_size(self) -> Iterator[tuple[Ints, Ints, NDArray[np.float32]]]:
        """The columns, those together that equally many rows have: their numbers (some,), their rows and values, both
        (some, size), sorted by row."""
        order = np.argsort(self.column * self.count + self.row)
        sizes = np.bincount(self.column, minlength=self.columns)
        starts = np.cumsum(sizes) - sizes
        for size in np.unique(sizes[sizes > 0]):
            columns = np.flatnonzero(sizes == size)
            at = order[starts[columns, None] + np.arange(size)]
            yield columns, self.row[at], self.value[at].astype(np.float32)

    def gram(self) -> NDArray[np.float32]:
        """Every row's product with every other, shape (count, count); right in the lower triangle only."""
        heavy = np.bincount(self.column, minlength=self.columns) > self.count * _HEAVY
        dense = self.only(heavy).dense()
        gram: NDArray[np.float32] = dense @ dense.T + self.block @ self.block.T
        for _, row, value in self.only(~heavy).by_size():
            later, earlier = np.tril_indices(row.shape[1])
            cells = row[:, later] * self.count + row[:, earlier]
            np.add.at(gram.reshape(-1), cells.ravel(), (value[:, later] * value[:, earlier]).ravel())
        return gram

    def transposed_times(self, dual: NDArray[np.float32]) -> NDArray[np.float32]:
        """The primal weights, shape (columns, classes), of dual weights with shape (count, classes)."""
        out = np.zeros((self.columns, dual.shape[1]), np.float32)
        for columns, row, value in self.by_size():
            out[columns] = np.einsum("ks,ksc->kc", value, dual[row])
        return np.vstack([out, self.block.T @ dual])

    def dense(self) -> NDArray[np.float32]:
        """The rows as a table, shape (count, width)."""
        table = np.zeros((self.count, self.width), np.float32)
        np.add.at(table.reshape(-1), self.row * self.width + self.column, self.value.astype(np.float32))
        table[:, self.columns :] = self.block
        return table


@dataclass(frozen=True)
class Fit:
    """Ridge regression's weights (columns, classes) and bias (classes,).

    left_out: the scores, (asked rows, classes), that each row asked for would get from a model that never saw it.
    """

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    left_out: Floats


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
        return Rows(rows.row, column, value, rows.count, self.columns, rows.block)


class Ridge:
    """Ridge regression over some rows; what every fit of them shares is made once.

    importance (rows,) weighs each row's error.
    """

    def __init__(self, rows: Rows, ridge: float, importance: Floats) -> None:
        self._rows, self._ridge, self._importance = rows, ridge, importance
        if rows.count <= EXACT_ROWS:
            self._scale = np.sqrt(importance, dtype=np.float32)[:, None]
            gram = rows.gram()
            gram += 1.0
            gram *= self._scale
            gram *= self._scale.T
            gram[np.diag_indices(rows.count)] += ridge
            self._root = Cholesky.of(gram)

    def fit(self, targets: Floats, *, asked: Ints) -> Fit:
        """Fit `targets` (rows, classes); those `asked` for (sorted) get left-out scores."""
        if self._rows.count > EXACT_ROWS:
            return _sketched(self._rows, targets, self._importance, self._ridge, asked)
        goal = targets.astype(np.float32)
        dual = self._scale * self._root.backward(self._root.forward(self._scale * goal))
        own = self._scale[asked] ** 2 * self._root.inverse_diagonal(asked)[:, None]
        return Fit(self._rows.transposed_times(dual), dual.sum(axis=0), goal[asked] - dual[asked] / own)

    def foretold(self, targets: Floats) -> Floats:
        """What a fit of the first rows to `targets` (their number, classes) says of all the others."""
        count, rest = len(targets), np.arange(len(targets), self._rows.count)
        if self._rows.count > EXACT_ROWS:
            rows, importance = self._rows.part(np.arange(count)), self._importance[:count]
            fit = _sketched(rows, targets, importance, self._ridge, rest[:0])
            return self._rows.part(rest).dense() @ fit.weights + fit.bias
        half_way = self._root.first(count).forward(self._scale[:count] * targets)
        told: Floats = self._root.factor[rest, :count] @ half_way / self._scale[rest]
        return told


def _sketched(rows: Rows, targets: Floats, importance: Floats, ridge: float, asked: Ints) -> Fit:
    rows, scale = rows.beside(np.ones((rows.count, 1), np.float32)), np.sqrt(importance, dtype=np.float32)
    scaled = replace(rows, value=rows.value * scale[rows.row], block=rows.block * scale[:, None])
    curve = np.zeros((rows.width, rows.width), np.float32)
    pull = np.zeros((rows.width, targets.shape[1]), np.float32)
    for part in _chunks(np.arange(rows.count)):
        table = scaled.part(part).dense()
        curve += table.T @ table
        meant = np.flatnonzero(targets[part].any(axis=0))
        pull[:, meant] += table.T @ (scale[part, None] * targets[part][:, meant])
    curve[np.diag_indices(rows.width)] += ridge
    root = Cholesky.of(curve)
    weights = root.backward(root.forward(pull))
    left_out = []
    for part in _chunks(asked):
        table = rows.part(part).dense()
        own = importance[part] * np.square(root.forward(table.T)).sum(axis=0)
        error = (targets[part] - table @ weights) / np.maximum(1.0 - own, 1e-4)[:, None]
        left_out.append(targets[part] - error)
    return Fit(weights[:-1], weights[-1], np.vstack(left_out))


def _chunks(numbers: Ints) -> list[Ints]:
    """The numbers, _CHUNK at a time; at least one part, which may be empty."""
    return np.split(numbers, range(_CHUNK, len(numbers), _CHUNK))
