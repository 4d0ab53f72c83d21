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


@dataclass(frozen=True)
class NaiveBayes:
    """Feature k's classes are `owners[starts[k] : starts[k + 1]]`, and how much each speaks for them `shares[...]`."""

    starts: NDArray[np.int32]
    owners: NDArray[np.unsignedinteger]
    shares: NDArray[np.float16]
    classes: int

    def _found(self, at: Ints) -> tuple[Ints, Ints]:
        """For the features `at`: places in `owners`, and which of `at` each belongs to."""
        sizes = self.starts[at + 1] - self.starts[at]
        which = np.repeat(np.arange(len(at)), sizes)
        return np.arange(len(which)) + (self.starts[at] - (np.cumsum(sizes) - sizes))[which], which

    def scores(self, at: Ints, values: Floats) -> NDArray[np.float64]:
        """What a text with these features and values scores, shape (classes,), around zero."""
        places, which = self._found(at)
        told = self.shares[places] * values[which]
        raw: Floats = np.bincount(self.owners[places], told, minlength=self.classes).astype(np.float64)
        centred: NDArray[np.float64] = raw - raw.mean()
        return centred

    def differences(self, at: Ints, winner: int, other: int) -> Floats:
        """How much more each of the features `at` speaks for one class than for the other, shape (features,)."""
        places, which = self._found(at)
        owners = self.owners[places].astype(np.int64)
        side = (owners == winner).astype(np.float64) - (owners == other)
        told: Floats = np.bincount(which, side * self.shares[places], minlength=len(at)).astype(np.float64)
        return told


@dataclass(frozen=True)
class Uses:
    """What the classes of some training rows use: entry k, by feature and then class, is what `owners[k]` adds up to.

    sizes (classes,): how many rows each class has.
    """

    starts: NDArray[np.int32]
    owners: Ints
    sums: Floats
    sizes: Ints

    @classmethod
    def of(cls, rows: Rows, labels: Ints, classes: int) -> Uses:
        """The uses by the first rows, of which `labels` says each one's class; further rows are left out."""
        within = rows.row < len(labels)
        keys = rows.column[within] * classes + labels[rows.row[within]]
        found, place = np.unique(keys, return_inverse=True)
        sums = np.bincount(place, rows.value[within], minlength=len(found)).astype(np.float64)
        starts = np.searchsorted(found, np.arange(rows.columns + 1) * classes).astype(np.int32)
        return cls(starts, found % classes, sums, np.bincount(labels, minlength=classes))

    @property
    def _unit(self) -> float:
        """The use at which damping sets in."""
        means = self.sums / self.sizes[self.owners]
        return _DAMPED_FROM * float(means.sum()) / (max(len(self.starts) - 1, 1) * len(self.sizes)) or 1.0

    def naive(self, factor: float) -> NaiveBayes:
        """What they say, times `factor`."""
        shares = factor * np.log1p(self.sums / self.sizes[self.owners] / self._unit)
        owners = self.owners.astype(np.min_scalar_type(len(self.sizes)))
        return NaiveBayes(self.starts, owners, shares.astype(np.float16), len(self.sizes))

    def left_out(self, rows: Rows, asked: Ints, labels: Ints) -> Floats:
        """What each row asked for would score (asked, classes) had it never been seen; `labels` are the asked rows'."""
        whole, unit = self.naive(1.0), self._unit
        out = np.zeros((len(asked), len(self.sizes)), np.float32)
        bounds = np.searchsorted(rows.row, np.stack([asked, asked + 1]))
        for number, (low, high, label) in enumerate(zip(*bounds, labels, strict=True)):
            at, values = rows.column[low:high], rows.value[low:high]
            scores = whole.scores(at, values)
            places, which = whole._found(at)
            own = self.owners[places] == label
            sums, used = self.sums[places[own]], values[which[own]]
            others = np.maximum(sums - used, 0.0) / max(int(self.sizes[label]) - 1, 1)
            lost = used @ (np.log1p(sums / self.sizes[label] / unit) - np.log1p(others / unit))
            scores[label] -= lost
            out[number] = scores + lost / len(scores)
        return out
