"""Naive Bayes beside ridge regression, over the same rows: how much each class uses each feature, damped.

Ridge regression finds what parts the classes; with few texts a class it also learns chance. Naive Bayes learns less and
errs elsewhere, so that the sum of both is right more often than either, most of all where words are missing.
Only what a class uses is kept, so that it stays small for thousands of playbooks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.understanding.linear import Floats, Ints, Rows

_DAMPED_FROM = 0.3
"""In means of what any class uses of any feature: from about there on, more use of a feature counts ever less."""
_LEAST = np.finfo(np.float16).tiny


def halves(values: Floats) -> NDArray[np.float16]:
    """The values as half floats. Nearer to zero than their full precision reaches is zero: it would weigh next to
    nothing, and costs twenty times as much to round."""
    return np.where(np.abs(values) < _LEAST, 0.0, values).astype(np.float16)


def _uses(starts: NDArray[np.int32], at: Ints) -> tuple[Ints, Ints]:
    """For the features `at`: the places of their uses, and which of `at` each belongs to."""
    sizes = starts[at + 1] - starts[at]
    which = np.repeat(np.arange(len(at)), sizes)
    return np.arange(len(which)) + (starts[at] - (np.cumsum(sizes) - sizes))[which], which


@dataclass(frozen=True)
class NaiveBayes:
    """Feature k's classes are `owners[starts[k] : starts[k + 1]]`, and how much each speaks for them `shares[...]`."""

    starts: NDArray[np.int32]
    owners: NDArray[np.unsignedinteger]
    shares: NDArray[np.float16]
    classes: int

    def scores(self, at: Ints, values: Floats) -> NDArray[np.float64]:
        """What a text with these features and values scores, shape (classes,), around zero."""
        places, which = _uses(self.starts, at)
        told = self.shares[places] * values[which]
        raw: Floats = np.bincount(self.owners[places], told, minlength=self.classes).astype(np.float64)
        centred: NDArray[np.float64] = raw - raw.mean()
        return centred

    def differences(self, at: Ints, winner: int, other: int) -> Floats:
        """How much more each of the features `at` speaks for one class than for the other, shape (features,)."""
        places, which = _uses(self.starts, at)
        owners = self.owners[places].astype(np.int64)
        side = (owners == winner).astype(np.float64) - (owners == other)
        told: Floats = np.bincount(which, side * self.shares[places], minlength=len(at)).astype(np.float64)
        return told


@dataclass(frozen=True)
class Uses:
    """What the classes of some training rows use: entry k, by feature and then class, is what `owners[k]` adds up to.

    labels (rows,): each row's class. use: which entry of `owners` each entry of the rows adds to. sizes (classes,): how
    many rows each class has.
    """

    rows: Rows
    labels: Ints
    use: Ints
    starts: NDArray[np.int32]
    owners: Ints
    sums: Floats
    sizes: Ints

    @classmethod
    def of(cls, rows: Rows, labels: Ints, classes: int) -> Uses:
        """The uses by these rows, of which `labels` says each one's class."""
        keys, use = np.unique(rows.column * classes + labels[rows.row], return_inverse=True)
        sums = np.bincount(use, rows.value).astype(np.float64)
        starts = np.searchsorted(keys, np.arange(rows.columns + 1) * classes).astype(np.int32)
        return cls(rows, labels, use, starts, keys % classes, sums, np.bincount(labels, minlength=classes))

    @property
    def _unit(self) -> float:
        """The use at which damping sets in."""
        means = self.sums / self.sizes[self.owners]
        return _DAMPED_FROM * float(means.sum()) / (max(len(self.starts) - 1, 1) * len(self.sizes)) or 1.0

    @property
    def _shares(self) -> Floats:
        shares: Floats = np.log1p(self.sums / self.sizes[self.owners] / self._unit)
        return shares

    def naive(self, factor: float) -> NaiveBayes:
        """What they say, times `factor`."""
        owners = self.owners.astype(np.min_scalar_type(len(self.sizes)))
        return NaiveBayes(self.starts, owners, halves(factor * self._shares), len(self.sizes))

    def left_out(self, asked: Ints) -> Floats:
        """What each row asked for would score, shape (asked, classes), had it never been seen."""
        classes, unit, shares = len(self.sizes), self._unit, self._shares
        part, use, label = self.rows.part(asked), self.use[np.isin(self.rows.row, asked)], self.labels[asked]
        # Features that many classes use are multiplied as a dense block; the rest use by use, which then is cheaper.
        crowded = np.diff(self.starts) > classes**0.5
        places, which = _uses(self.starts, np.flatnonzero(crowded))
        table = np.zeros((int(crowded.sum()), classes), np.float32)
        table[which, self.owners[places]] = shares[places]
        rare = np.flatnonzero(~crowded[part.column])
        places, which = _uses(self.starts, part.column[rare])
        entry = rare[which]
        cells = part.row[entry] * classes + self.owners[places]
        scores = np.bincount(cells, part.value[entry] * shares[places], minlength=len(asked) * classes)
        scores = scores.reshape(len(asked), classes) + part.only(crowded).dense() @ table
        others = np.maximum(self.sums[use] - part.value, 0.0) / np.maximum(self.sizes[label] - 1, 1)[part.row]
        lost = part.value * (shares[use] - np.log1p(others / unit))
        scores[np.arange(len(asked)), label] -= np.bincount(part.row, lost, minlength=len(asked))
        centred: Floats = scores - scores.mean(axis=1, keepdims=True)
        return centred
