"""What tells a question from chatter: how sure the scores are, and how much of the text the library has words for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Ints = NDArray[np.int64]
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
    def of(cls, idf: Floats, words: Ints, owners: Ints, playbooks: int) -> WordUse:
        """The use of words by texts: all their words' numbers, and for each the playbook that its text belongs to."""
        keys, counts = np.unique(words * playbooks + owners, return_counts=True)
        return cls(idf, keys, counts.astype(np.int32), playbooks)

    @cached_property
    def rarest(self) -> float:
        """The IDF of a word that is in no text or one."""
        return float(self.idf.max())

    def _used(self, words: Ints, playbooks: Ints) -> NDArray[np.float64]:
        wanted = words * self.playbooks + playbooks
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        found: NDArray[np.float64] = np.where(self.keys[at] == wanted, self.counts[at], 0).astype(np.float64)
        return found

    def evidence(self, raw: Floats, words: Ints, texts: Ints, unknown: Ints, own: Ints) -> NDArray[np.float64]:
        """What tells a question from chatter, one row a text, from raw scores (texts, playbooks + chatter) and words.

        words: numbers of the known words of all texts; texts: which text each stands in. unknown (texts,): how many
        are not known. own (texts,): the playbook that the text itself was a training question of, whose use of its
        words then does not count; -1 for none. The last three entries are the share of the text's IDF mass that the
        winner's questions share, the unknown share, and the mass.
        """
        likely, count = raw[:, :-1], len(raw)
        winner = likely.argmax(axis=1)
        best = likely.max(axis=1)
        second = np.partition(likely, -2, axis=1)[:, -2] if likely.shape[1] > 1 else np.zeros(count)
        weights = self.idf[words]
        strange = unknown * self.rarest
        mass = np.bincount(texts, weights, minlength=count) + strange
        mass[mass == 0.0] = 1.0
        uses = self._used(words, winner[texts]) - (winner == own)[texts]
        # One question more or less says little once several use a word: 0, 1/2, 2/3, ...
        shared = np.bincount(texts, weights * uses / (1.0 + uses), minlength=count) / mass
        return np.stack([best, best - second, raw[:, -1], shared, strange / mass, np.minimum(mass, _LONG)], axis=1)
