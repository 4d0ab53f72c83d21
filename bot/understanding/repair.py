"""Misspelt words are repaired to the vocabulary; common words, names and what staff write often never are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

_SHORTEST = 4
_SHORTEST_PART = 3
_LONGEST = 24
_VOWELS = str.maketrans("", "", "aeiou")
_SHORTENED = 5
"""Letters from which on a word is shortened by leaving out its vowels."""


def allowed_edits(length: int) -> int:
    """How many slips a word of this length may have and still be read: a short word has too many neighbours."""
    if length < _SHORTEST or length > _LONGEST:
        return 0
    return 1 if length < 7 else 2 if length < 11 else 3


def skeletons(word: str) -> tuple[str, str]:
    """The word as thumbs shorten it: without vowels after the first letter, the last letter kept or not."""
    bare = word[0] + word[1:-1].translate(_VOWELS)
    return bare + word[-1], bare + word[-1].translate(_VOWELS)


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
        self._by_skeleton: dict[str, str] = {}
        for word in (*sorted(self.targets), *sorted(self.known - self.targets)):
            if len(word) >= _SHORTENED:
                for skeleton in skeletons(word):
                    self._by_skeleton.setdefault(skeleton, word)
        self.repair = lru_cache(maxsize=20_000)(self._repair)

    def knows(self, word: str) -> bool:
        """Whether the word, or another form of it, is a word that stays as it is."""
        return word in self.known or self._stem(word) in self._known_stems

    def _repair(self, word: str) -> tuple[str, ...]:
        """The word as it was meant: itself, what it shortens, its nearest target, or two words run together."""
        edits = allowed_edits(len(word))
        if not edits or self.knows(word):
            return (word,)
        return (
            self._without_vowels(word)
            or self._nearest(word, 1)
            or self._other_first_letter(word)
            or self._split(word)
            or (self._nearest(word, edits) if edits > 1 else ())
            or (word,)
        )

    def _without_vowels(self, word: str) -> tuple[str, ...]:
        """The word that this is without its vowels ("blnce", "rcpts"), a target preferred."""
        meant = self._by_skeleton.get(word) if word == skeletons(word)[0] else None
        return (meant,) if meant else ()

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
