"""Words into features: as read (lexicon, repair, stems, their pairs and kinds) and as written (words and pieces)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise

import numpy as np
import Stemmer  # type: ignore[import-not-found]
from numpy.typing import NDArray

from bot.understanding.meanings import built_in_meanings
from bot.understanding.plain import fold, word_set
from bot.understanding.repair import Repairer
from bot.understanding.tokens import tokens
from bot.understanding.vocabulary import Vocabulary

NAME = "<name>"
_WINDOW = 10
_PIECES = (2, 3, 4, 5)
WORD_WEIGHT, PAIR_WEIGHT, PIECE_WEIGHT = 1.0, 0.8, 0.3
WRITTEN_WEIGHT = 0.5
"""What was written counts beside what it was read as: a repair may be wrong."""
CONCEPT_WEIGHT, CONCEPT_PAIR_WEIGHT = 1.0, 0.55
MEANING_WEIGHT = 1.2
"""Beside features of length one; anything from one to two does as well."""
_ALIKE = "%"
"""Before the name of a group of general words: a kind that makes pairs with its like, not with the shop's kinds."""
# Too common to make a pair with a word further off; beside each other they still do ("not a member").
_FUNCTION = word_set(
    "the a an of and in on is to for at this it they i you your we my have with per or if as so do did does can be by"
)

Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Seen:
    """The words of the training texts: `often`, in two or more of them, and those in one alone.

    A word written once may itself be a slip: it is mended where it looks like one of the shop's or of `often`, and
    others are mended to it only where they look like none of those.
    """

    often: frozenset[str] = frozenset()
    once: frozenset[str] = frozenset()

    @classmethod
    def of(cls, texts: Iterable[str]) -> Seen:
        """The words of these texts, masks apart."""
        counts = Counter(word for text in texts for word in set(tokens(text)) if not word.startswith("<"))
        return cls(
            frozenset(word for word, count in counts.items() if count > 1),
            frozenset(word for word, count in counts.items() if count == 1),
        )


@dataclass(frozen=True)
class Word:
    """A word as we say it, and what stood in the text for it."""

    meant: str
    written: str


@dataclass(frozen=True)
class Features:
    """A text as the linear model sees it: each feature's weight before IDF; `words` are the stems alone.

    meaning (dimensions,): where its words point together, of length MEANING_WEIGHT, or nothing.
    """

    weights: dict[str, float]
    words: tuple[str, ...]
    meaning: NDArray[np.float32]


class Featurizer:
    """Turns texts into features. What it knows comes from the vocabulary and from the training texts' words."""

    def __init__(self, vocabulary: Vocabulary, seen: Seen) -> None:
        self.seen = seen
        self._lexicon = _lexicon_of(vocabulary)
        self._longest: dict[str, int] = {}
        for first, *rest in self._lexicon:
            self._longest[first] = max(1 + len(rest), self._longest.get(first, 0))
        common = vocabulary.common
        self._names = vocabulary.names - common
        spelled = {word for phrase in self._lexicon for word in phrase}
        canonical = {word for phrase in self._lexicon.values() for word in phrase}
        shop = spelled | canonical | vocabulary.words
        # Without the cache that is its own: a call holds the interpreter's lock throughout, so threads may share it.
        self._english = Stemmer.Stemmer("english", 0).stemWord
        self._spanish = Stemmer.Stemmer("spanish", 0).stemWord
        spanish, english = (vocabulary.never_repair.get(language, frozenset()) for language in ("es", "en"))
        self._speaks_spanish = spanish - english
        self._stem = lru_cache(maxsize=20_000)(self._stem_of)
        self._pieces = lru_cache(maxsize=20_000)(_pieces_of)
        known = common | vocabulary.names | seen.often | {word for group in vocabulary.alike for word in group}
        self._repairer = Repairer(shop | (seen.often - self._names), known, self._english)
        self._second = Repairer(seen.once - self._repairer.known, (), self._english)
        plain_words = {phrase[0]: meant for phrase, meant in self._lexicon.items() if len(phrase) == 1}
        self._by_stem = {self._stem(word): meant for word, meant in sorted(plain_words.items(), reverse=True)}
        self._kept = common | canonical
        spoken = [(k, self._concept_key(phrase)) for k, phrases in vocabulary.concepts.items() for phrase in phrases]
        spoken += [(_ALIKE + group[0], (self._stem(word),)) for group in vocabulary.alike for word in group]
        self._concepts: dict[Phrase, tuple[str, ...]] = {}
        for kind, key in dict.fromkeys(spoken):
            self._concepts[key] = (*self._concepts.get(key, ()), kind)
        self._longest_concept = max(map(len, self._concepts), default=0)

    def words(self, text: str) -> list[Word]:
        """The text's words as we say them: slang replaced, slips repaired, first names masked."""
        return self._said(tokens(text))

    def _said(self, written: Sequence[str]) -> list[Word]:
        replaced = self._replace([Word(token, token) for token in written])
        repaired: list[Word] = []
        for word in replaced:
            if word.meant in self._names:
                repaired.append(Word(NAME, word.written))
            elif word.meant.startswith("<"):
                repaired.append(word)
            else:
                repaired.extend(Word(meant, word.written) for meant in self._repaired(word.meant))
        return self._replace(repaired)

    def _repaired(self, word: str) -> Phrase:
        """The word as it was meant, by the words we know well, else by those that one text has."""
        meant = self._repairer.repair(word)
        return self._second.repair(word) if meant == (word,) and not self._repairer.knows(word) else meant

    def features(self, text: str) -> Features:
        """The text's features; the same text always gives the same."""
        written = tokens(text)
        said = self._said(written)
        words = [word.meant for word in said]
        stems = [self._stem(word) for word in words]
        weights: dict[str, float] = {}
        for stem in stems:
            weights[stem] = weights.get(stem, 0.0) + WORD_WEIGHT
        shown = [token for token in written if not token.startswith("<") and token not in self._names]
        for token in shown:
            weights[f"={token}"] = WRITTEN_WEIGHT
            for piece in self._pieces(token):
                weights[piece] = weights.get(piece, 0.0) + PIECE_WEIGHT
        for pair, _, _ in _pairs_of(stems):
            weights[pair] = PAIR_WEIGHT
        for feature, weight, _ in _meanings(self._kinds(words, stems)):
            weights[feature] = weight
        return Features(weights, tuple(dict.fromkeys(stems)), self.meanings(said).sum(axis=0))

    def meanings(self, words: Sequence[Word]) -> NDArray[np.float32]:
        """What each of these words gives to their text's meaning, shape (words, dimensions)."""
        table = built_in_meanings()
        known = [word.meant if word.meant in table.place else word.written for word in words]
        return table.parts(known) * np.float32(MEANING_WEIGHT)

    def _concept_key(self, phrase: str) -> Phrase:
        """The stems of a phrase, in which "<number>" and the like stand for themselves; "=word" is that form only."""
        if phrase.startswith("="):
            return (phrase,)
        written = [token for part in phrase.split() for token in ([part] if part.startswith("<") else tokens(part))]
        return tuple(self._stem(word.meant) for word in self._said(written))

    def _kinds(self, words: Sequence[str], stems: Sequence[str]) -> dict[str, str]:
        """The kinds of which the text has a word or phrase, each with the first that it has."""
        out: dict[str, str] = {}
        for at, word in enumerate(words):
            for kind in self._concepts.get((f"={word}",), ()):
                out.setdefault(kind, word)
            for end in range(at + 1, min(at + self._longest_concept, len(stems)) + 1):
                for kind in self._concepts.get(tuple(stems[at:end]), ()):
                    out.setdefault(kind, " ".join(words[at:end]))
        return out

    def sources(self, text: str) -> dict[str, tuple[str, ...]]:
        """Where each feature of the text comes from: the meant words, one for a word or piece, two for a pair."""
        written = tokens(text)
        words = [word.meant for word in self._said(written)]
        stems = [self._stem(word) for word in words]
        meant = dict(zip(reversed(stems), reversed(words), strict=True))
        out: dict[str, tuple[str, ...]] = {}
        for stem in stems:
            out.setdefault(stem, (meant[stem],))
        for token in written:
            for feature in (f"={token}", *self._pieces(token)):
                out.setdefault(feature, (token,))
        for pair, left, right in _pairs_of(stems):
            out.setdefault(pair, (meant[left], meant[right]))
        kinds = self._kinds(words, stems)
        out |= {feature: tuple(dict.fromkeys(kinds[kind] for kind in told)) for feature, _, told in _meanings(kinds)}
        return out

    def _replace(self, words: Sequence[Word]) -> list[Word]:
        """The words with every phrase of the lexicon replaced, the longest phrase first."""
        spelled = [word.meant for word in words]
        out: list[Word] = []
        at = 0
        while at < len(words):
            for length in range(min(self._longest.get(spelled[at], 0), len(words) - at), 0, -1):
                meant = self._lexicon.get(tuple(spelled[at : at + length]))
                if meant is not None:
                    written = " ".join(dict.fromkeys(word.written for word in words[at : at + length]))
                    out.extend(Word(one, written) for one in meant)
                    at += length
                    break
            else:
                out.extend(Word(one, words[at].written) for one in self._other_form(spelled[at]))
                at += 1
        return out

    def _other_form(self, word: str) -> Phrase:
        """What the lexicon says for another form of the word ("tickets" where "ticket" is written); else the word."""
        if word in self._kept or word in self._names or word.startswith("<"):
            return (word,)
        return self._by_stem.get(self._stem(word), (word,))

    def _stem_of(self, word: str) -> str:
        if word.startswith("<"):
            return word
        return str(self._spanish(word) if word in self._speaks_spanish else self._english(word))


def _meanings(kinds: Iterable[str]) -> Iterable[tuple[str, float, tuple[str, ...]]]:
    """The features of kinds alone and of two together: the feature, its weight, its kinds."""
    ordered = sorted(kinds)
    for kind in ordered:
        yield f"#{kind}", CONCEPT_WEIGHT, (kind,)
    for left, right in combinations(ordered, 2):
        if left.startswith(_ALIKE) == right.startswith(_ALIKE):
            yield f"#{left}+{right}", CONCEPT_PAIR_WEIGHT, (left, right)


def _lexicon_of(vocabulary: Vocabulary) -> dict[Phrase, Phrase]:
    """Every written phrase -> the phrase it means; vendors' names included."""
    lexicon: dict[Phrase, Phrase] = {}
    for entries in (vocabulary.texting, vocabulary.pos, vocabulary.providers, vocabulary.lexicon):
        for meant, written in entries.items():
            target = tuple(fold(meant).replace("_", " ").split())
            for phrase in written:
                lexicon[_phrase(phrase)] = target
    return {phrase: target for phrase, target in lexicon.items() if phrase}


def _phrase(text: str) -> Phrase:
    return tuple(tokens(text))


def _pairs_of(stems: Sequence[str]) -> Iterable[tuple[str, str, str]]:
    """Neighbours in their order, and content words near each other in any order: the feature and its two stems."""
    for left, right in pairwise(stems):
        yield f"{left}>{right}", left, right
    content = [stem for stem in stems if stem not in _FUNCTION]
    for at, left in enumerate(content):
        for right in content[at + 1 : at + _WINDOW]:
            if left != right:
                yield f"{min(left, right)}+{max(left, right)}", left, right


def _pieces_of(stem: str) -> tuple[str, ...]:
    """The word's character n-grams with its ends marked; none for masks and function words."""
    if stem.startswith("<") or stem in _FUNCTION:
        return ()
    padded = f"^{stem}$"
    return tuple(
        f"~{padded[at : at + size]}" for size in _PIECES for at in range(len(padded) - size + 1) if size < len(padded)
    )
