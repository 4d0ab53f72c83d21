"""Cholesky's factor of a large symmetric positive matrix and what is solved with it, block by block.

numpy has the factor but nothing that solves with a triangle. By blocks nearly everything is a product of matrices, and
only the small blocks on the diagonal are ever inverted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Ints = NDArray[np.int64]

BLOCK = 256


@dataclass(frozen=True)
class Cholesky:
    """factor (size, size): lower; what stands above the blocks on its diagonal is not read. inverses: those blocks'."""

    factor: NDArray[np.float32]
    inverses: tuple[NDArray[np.float32], ...]

    @classmethod
    def of(cls, matrix: NDArray[np.float32]) -> Cholesky:
        """The factor, made in the place of `matrix`, of which only the lower triangle is read."""
        inverses = []
        for at in range(0, len(matrix), BLOCK):
            end = min(at + BLOCK, len(matrix))
            below = matrix[at:, at:end] - matrix[at:, :at] @ matrix[at:end, :at].T
            root = np.linalg.cholesky(below[: end - at])
            inverses.append(np.linalg.inv(root))
            matrix[at:end, at:end] = root
            matrix[end:, at:end] = below[end - at :] @ inverses[-1].T
        return cls(matrix, tuple(inverses))

    def first(self, count: int) -> Cholesky:
        """The factor of the first `count` rows and columns of the matrix."""
        whole, rest = divmod(count, BLOCK)
        cut = (self.inverses[whole][:rest, :rest],) if rest else ()
        return Cholesky(self.factor[:count, :count], (*self.inverses[:whole], *cut))

    def _blocks(self) -> Iterator[tuple[slice, NDArray[np.float32]]]:
        for number, inverse in enumerate(self.inverses):
            yield slice(number * BLOCK, number * BLOCK + len(inverse)), inverse

    def forward(self, right: Floats, start: int = 0) -> NDArray[np.float32]:
        """The factor's inverse times `right` (size - start, columns), which is zero in the `start` rows left out.

        start is a multiple of BLOCK.
        """
        out = np.array(right, np.float32)
        for at, inverse in self._blocks():
            if at.start >= start:
                own, before = slice(at.start - start, at.stop - start), at.start - start
                out[own] = inverse @ (out[own] - self.factor[at, start : at.start] @ out[:before])
        return out

    def backward(self, right: Floats) -> NDArray[np.float32]:
        """The inverse of the factor's transpose times `right`, (size, columns)."""
        out = np.array(right, np.float32)
        for at, inverse in reversed(list(self._blocks())):
            out[at] = inverse.T @ (out[at] - self.factor[at.stop :, at].T @ out[at.stop :])
        return out

    def inverse_diagonal(self, asked: Ints) -> NDArray[np.float32]:
        """The diagonal of the matrix's inverse at the places asked for, which are sorted."""
        out = [np.zeros(0, np.float32)]
        for low in range(0, len(asked), BLOCK):
            some = asked[low : low + BLOCK]
            start = int(some[0]) // BLOCK * BLOCK
            unit = np.zeros((len(self.factor) - start, len(some)), np.float32)
            unit[some - start, np.arange(len(some))] = 1.0
            out.append(np.square(self.forward(unit, start)).sum(axis=0))
        return np.concatenate(out)
