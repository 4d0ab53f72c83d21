"""Words into features: lexicon, repair, stems, pairs of stems, and pieces of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import snowballstemmer  # type: ignore[import-untyped]

from bot.understanding.plain import fold, word_set
from bot.understanding.repair import Repairer
from bot.understanding.tokens import tokens
from bot.understanding.vocabulary import Vocabulary

NAME = "<name>"
_WINDOW = 6
_PIECES = (3, 4, 5)
_WORD_WEIGHT, _PAIR_WEIGHT, _PIECE_WEIGHT = 1.0, 0.7, 0.5
# Too common to make a pair with a word further off; beside each other they still do ("not a member").
_FUNCTION = word_set(
    "the a an of and in on is to for at this it they i you your we my have with per or if as so do did does can be by"
)

Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Features:
    """A text as the linear model sees it: each feature's weight before IDF; `words` are the stems alone."""

    weights: dict[str, float]
    words: tuple[str, ...]


class Featurizer:
    """Turns texts into features. What it knows comes from the vocabulary and from the words of the training texts.

    A word written in two or more training texts is known and may be repaired to; one written once may itself be a slip.
    """

    def __init__(self, vocabulary: Vocabulary, texts: Iterable[str]) -> None:
        self._lexicon = _lexicon_of(vocabulary)
        self._longest = max((len(phrase) for phrase in self._lexicon), default=1)
        common = vocabulary.common
        self._names = vocabulary.names - common
        seen = Counter(word for text in texts for word in set(tokens(text)))
        spelled = {word for phrase in self._lexicon for word in phrase}
        canonical = {word for phrase in self._lexicon.values() for word in phrase}
        often = {word for word, count in seen.items() if count > 1}
        shop = spelled | canonical | vocabulary.words
        self._english = snowballstemmer.stemmer("english")
        self._spanish = snowballstemmer.stemmer("spanish")
        spanish, english = (vocabulary.never_repair.get(language, frozenset()) for language in ("es", "en"))
        self._speaks_spanish = spanish - english
        self._stem = lru_cache(maxsize=20_000)(self._stem_of)
        self._pieces = lru_cache(maxsize=20_000)(_pieces_of)
        self._repairer = Repairer(
            shop | (often - common - self._names), common | vocabulary.names | often, self._english.stemWord
        )
        plain_words = {phrase[0]: meant for phrase, meant in self._lexicon.items() if len(phrase) == 1}
        self._by_stem = {self._stem(word): meant for word, meant in sorted(plain_words.items(), reverse=True)}
        self._kept = common | canonical

    def words(self, text: str) -> list[str]:
        """The text's words as we say them: slang replaced, slips repaired, first names masked."""
        replaced = self._replace(tokens(text))
        repaired: list[str] = []
        for word in replaced:
            if word in self._names:
                repaired.append(NAME)
            elif word.startswith("<"):
                repaired.append(word)
            else:
                repaired.extend(self._repairer.repair(word))
        return self._replace(repaired)

    def features(self, text: str) -> Features:
        """The text's features; the same text always gives the same."""
        stems = [self._stem(word) for word in self.words(text)]
        weights: dict[str, float] = {}
        for stem in stems:
            weights[stem] = weights.get(stem, 0.0) + _WORD_WEIGHT
            for piece in self._pieces(stem):
                weights[piece] = weights.get(piece, 0.0) + _PIECE_WEIGHT
        for pair in _pairs_of(stems):
            weights[pair] = _PAIR_WEIGHT
        return Features(weights, tuple(dict.fromkeys(stems)))

    def _replace(self, words: Sequence[str]) -> list[str]:
        """The words with every phrase of the lexicon replaced, the longest phrase first."""
        out: list[str] = []
        at = 0
        while at < len(words):
            for length in range(min(self._longest, len(words) - at), 0, -1):
                meant = self._lexicon.get(tuple(words[at : at + length]))
                if meant is not None:
                    out.extend(meant)
                    at += length
                    break
            else:
                out.extend(self._other_form(words[at]))
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
        stemmer = self._spanish if word in self._speaks_spanish else self._english
        return str(stemmer.stemWord(word))


def _lexicon_of(vocabulary: Vocabulary) -> dict[Phrase, Phrase]:
    """Every written phrase -> the phrase it means; vendors' names included."""
    lexicon: dict[Phrase, Phrase] = {}
    for entries in (vocabulary.pos, vocabulary.providers, vocabulary.lexicon):
        for meant, written in entries.items():
            target = tuple(fold(meant).replace("_", " ").split())
            for phrase in written:
                lexicon[_phrase(phrase)] = target
    return {phrase: target for phrase, target in lexicon.items() if phrase}


def _phrase(text: str) -> Phrase:
    return tuple(tokens(text))


def _pairs_of(stems: Sequence[str]) -> Iterable[str]:
    """Neighbours in their order, and content words near each other in any order."""
    for left, right in pairwise(stems):
        yield f"{left}>{right}"
    content = [stem for stem in stems if stem not in _FUNCTION]
    for at, left in enumerate(content):
        for right in content[at + 1 : at + _WINDOW]:
            if left != right:
                yield f"{min(left, right)}+{max(left, right)}"


def _pieces_of(stem: str) -> tuple[str, ...]:
    """The word's character n-grams with its ends marked; none for masks and function words."""
    if stem.startswith("<") or stem in _FUNCTION:
        return ()
    padded = f"^{stem}$"
    return tuple(
        f"~{padded[at : at + size]}" for size in _PIECES for at in range(len(padded) - size + 1) if size < len(padded)
    )
