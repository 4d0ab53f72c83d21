"""Unanswered questions that ask the same, found by the words that the playbooks' own questions seldom have. Pure."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[^\W\d_]{3,}")
_STEM = 5
"""Letters that make a word the same word: "refer", "referral", "referred"."""
_ALIKE = 0.22
"""Mean likeness (0..1, cosine) from which a text asks the same as a cluster's, or two clusters as each other."""
_MANY = 400
"""The latest so many texts are compared; older ones were there the last time somebody looked."""
Vector = dict[str, float]


def clusters(texts: Sequence[str], known: Iterable[str]) -> list[list[str]]:
    """The texts in groups that ask the same, largest first, each in the order given.

    known: questions that playbooks have; a word that is rare among them tells more, so that "birthday" counts and
    "points" hardly does. Every text is in one group, if alone.
    """
    latest = list(texts)[-_MANY:]
    weigh = _weights(known)
    vectors = [_vector(text, weigh) for text in latest]
    groups: list[list[int]] = []
    for at in range(len(latest)):
        scores = [_likeness([at], group, vectors) for group in groups]
        best = max(range(len(groups)), key=lambda n: scores[n], default=None)
        if best is not None and scores[best] >= _ALIKE:
            groups[best].append(at)
        else:
            groups.append([at])
    return [[latest[at] for at in sorted(group)] for group in sorted(_joined(groups, vectors), key=len, reverse=True)]


def telling_words(texts: Sequence[str], known: Iterable[str]) -> list[str]:
    """The words (four letters and more) that half of these texts share, the one that tells most first."""
    weigh = _weights(known)
    seen: Counter[str] = Counter()
    shape: dict[str, Counter[str]] = {}
    for text in texts:
        for word in dict.fromkeys(_words(text)):
            if len(word) > 3:
                seen[word[:_STEM]] += 1
                shape.setdefault(word[:_STEM], Counter())[word] += 1
    shared = [stem for stem, count in seen.items() if count > 1 and 2 * count >= len(texts)]
    ranked = sorted(shared, key=lambda stem: -seen[stem] * weigh.get(stem, weigh[""]))
    return [shape[stem].most_common(1)[0][0] for stem in ranked]


def _joined(groups: list[list[int]], vectors: Sequence[Vector]) -> list[list[int]]:
    """Groups that came to be alike only as they grew, put together."""
    out: list[list[int]] = []
    for group in sorted(groups, key=len, reverse=True):
        like = next((other for other in out if _likeness(group, other, vectors) >= _ALIKE), None)
        if like is None:
            out.append(list(group))
        else:
            like += group
    return out


def _likeness(some: Sequence[int], others: Sequence[int], vectors: Sequence[Vector]) -> float:
    """The mean cosine of all pairs."""
    pairs = [
        sum(weight * vectors[other].get(word, 0.0) for word, weight in vectors[one].items())
        for one in some
        for other in others
    ]
    return sum(pairs) / len(pairs)


def _weights(known: Iterable[str]) -> Vector:
    """How much a word tells, by its stem; under "", what a word tells that nobody used before."""
    counted: Counter[str] = Counter()
    total = 1
    for text in known:
        counted.update({word[:_STEM] for word in _words(text)})
        total += 1
    return {stem: math.log(1 + total / (1 + count)) for stem, count in [*counted.items(), ("", 0)]}


def _vector(text: str, weigh: Vector) -> Vector:
    """Of length one; empty for a text without words."""
    raw = {stem: weigh.get(stem, weigh[""]) for stem in {word[:_STEM] for word in _words(text)}}
    size = math.sqrt(sum(weight * weight for weight in raw.values()))
    return {stem: weight / size for stem, weight in raw.items()}


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))
