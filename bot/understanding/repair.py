"""Misspelt words are repaired to the vocabulary; common words, names and what staff write often never are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

_SHORTEST = 4
_SHORTEST_PART = 3
_LONGEST = 24


def allowed_edits(length: int) -> int:
    """How many slips a word of this length may have and still be read: a short word has too many neighbours."""
    if length < _SHORTEST or length > _LONGEST:
        return 0
    return 1 if length < 7 else 2 if length < 11 else 3


class Repairer:
    """Repairs single words by optimal string alignment, in which swapped neighbours are one slip, not two.

    targets: the words that a misspelt one may become. known: words that stay as they are (targets do, too), in every
    form that has the same `stem`.
    """

    def __init__(self, targets: Iterable[str], known: Iterable[str], stem: Callable[[str], str] = str) -> None:
        self.targets = frozenset(word for word in targets if len(word) >= _SHORTEST)
        self.known = frozenset(known) | self.targets
        self._stem = stem
        self._known_stems = frozenset(map(stem, self.known))
        self._alike: dict[tuple[str, int], list[str]] = {}
        self._by_tail: dict[str, list[str]] = {}
        for word in sorted(self.targets):
            self._alike.setdefault((word[0], len(word)), []).append(word)
            self._by_tail.setdefault(word[1:], []).append(word)
        self.repair = lru_cache(maxsize=20_000)(self._repair)

    def _repair(self, word: str) -> tuple[str, ...]:
        """The word as it was meant: itself, its nearest target, or the two words run together; never empty."""
        edits = allowed_edits(len(word))
        if not edits or word in self.known or self._stem(word) in self._known_stems:
            return (word,)
        return (
            self._nearest(word, 1)
            or self._other_first_letter(word)
            or self._split(word)
            or (self._nearest(word, edits) if edits > 1 else ())
            or (word,)
        )

    def _nearest(self, word: str, edits: int) -> tuple[str, ...]:
        """The nearest target with the same first letter, which a slip seldom hits."""
        lengths = range(len(word) - edits, len(word) + edits + 1)
        choices = [target for length in lengths for target in self._alike.get((word[0], length), ())]
        near = process.extract(word, choices, scorer=OSA.distance, score_cutoff=edits, limit=None)
        return (min((distance, target) for target, distance, _ in near)[1],) if near else ()

    def _other_first_letter(self, word: str) -> tuple[str, ...]:
        """A target that is one slip away in its first letter: another one, one too many, none, or swapped."""
        swapped = word[1] + word[0] + word[2:]
        near = [*self._by_tail.get(word[1:], ()), *self._by_tail.get(word, ())]
        near += [other for other in (word[1:], swapped) if other in self.targets]
        return (min(near),) if near else ()

    def _split(self, word: str) -> tuple[str, ...]:
        """Two known words without the blank between them, one at least of the shop; the longer first part preferred."""
        for cut in range(len(word) - _SHORTEST_PART, _SHORTEST_PART - 1, -1):
            parts = (word[:cut], word[cut:])
            if self.known.issuperset(parts) and not self.targets.isdisjoint(parts):
                return parts
        return ()
