"""Slips of the thumb in the words that say whose points a number is: "shwos 200", "custmer says 500"."""

from __future__ import annotations

import re
from collections.abc import Collection

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.understanding import amount_words
from bot.understanding.plain import fold

_CUES = frozenset().union(*(one for one in vars(amount_words).values() if isinstance(one, frozenset)))
_TARGETS = sorted(
    word
    for word in (
        amount_words.CLAIM_THINGS
        | amount_words.OBSERVE_THINGS
        | amount_words.CLAIM_FIXED
        | amount_words.CLAIM_PEOPLE
        | amount_words.CLAIM_VERBS
        | amount_words.OBSERVE_VERBS
    )
    if len(word) >= 5
)
_WORD = re.compile(r"[^\W\d_]{4,}")


def mended(text: str, known: Collection[str]) -> str:
    """The text with such words spelled right. `known`: folded words that are right as they stand.

    Only a letter left out, doubled or too many, and two letters exchanged are slips; another letter makes another
    word ("shops", "shots"). The first letter is right.
    """
    return _WORD.sub(lambda found: _meant(found.group(), known), text)


def _meant(written: str, known: Collection[str]) -> str:
    word = fold(written)
    if word in _CUES or word in known:
        return written
    best = process.extractOne(word, _TARGETS, scorer=OSA.distance, score_cutoff=1)
    if best is None:
        return written
    target = best[0]
    slip = len(target) != len(word) or sorted(target) == sorted(word)
    return target if slip and target[0] == word[0] else written
