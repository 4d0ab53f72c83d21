"""What tells a question from chatter: how sure the scores are, and how much of the text the library has words for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
_LONG = 40.0
"""IDF mass from which on a longer text tells no more about being a question."""


@dataclass(frozen=True)
class WordUse:
    """How the training questions use words.

    idf (features,): rarest its maximum, which an unknown word counts as. keys: sorted `word * playbooks + playbook`;
    counts: in how many of that playbook's questions that word stands.
    """

    idf: Floats
    keys: NDArray[np.int64]
    counts: NDArray[np.int32]
    playbooks: int

    @classmethod
    def of(cls, idf: Floats, words: Sequence[NDArray[np.int64]], owners: Sequence[int], playbooks: int) -> WordUse:
        """The use of words by texts (each its words' numbers), of which each belongs to the playbook in `owners`."""
        pairs = [many * playbooks + owner for many, owner in zip(words, owners, strict=True)]
        keys, counts = np.unique(np.concatenate(pairs), return_counts=True)
        return cls(idf, keys, counts.astype(np.int32), playbooks)

    def _used(self, words: NDArray[np.int64], playbook: int) -> NDArray[np.float64]:
        wanted = words * self.playbooks + playbook
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        found: NDArray[np.float64] = np.where(self.keys[at] == wanted, self.counts[at], 0).astype(np.float64)
        return found

    def evidence(self, raw: Floats, words: NDArray[np.int64], unknown: int, own: int = -1) -> NDArray[np.float64]:
        """What tells a question from chatter, one row, from raw scores (playbooks + chatter,) and the text's words.

        words: numbers of the known ones; unknown: how many are not. own: the playbook that the text itself was a
        training question of, whose use of its words then does not count. The last three entries are the share of the
        text's IDF mass that the winner's questions share, the unknown share, and the mass.
        """
        winner = int(np.argmax(raw[:-1]))
        best = float(raw[winner])
        second = float(np.partition(raw[:-1], -2)[-2]) if len(raw) > 2 else 0.0
        weights = self.idf[words]
        strange = unknown * float(self.idf.max())
        mass = float(weights.sum()) + strange or 1.0
        uses = self._used(words, winner) - (winner == own)
        # One question more or less says little once several use a word: 0, 1/2, 2/3, ...
        shared = float(weights @ (uses / (1.0 + uses))) / mass
        return np.array([best, best - second, raw[-1], shared, strange / mass, min(mass, _LONG)])
