"""Known phrases in a text: stores by their nicknames, vendors by the ways people write them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.understanding.found import Found
from bot.understanding.plain import fold

_FUZZY_LENGTH = 6
_WORD = re.compile(r"[^\W\d_]+")
_folded = lru_cache(maxsize=8_192)(fold)
"""Letters, and the spellings that every text is held against, are folded once."""


@lru_cache(maxsize=64)
def _pattern(spellings: tuple[tuple[str, str], ...]) -> tuple[re.Pattern[str], dict[str, str]]:
    """One pattern for all spellings, the longest first, and what each spelling means."""
    meaning = {" ".join(written.split()): meant for written, meant in spellings}
    longest_first = sorted(meaning, key=lambda written: (-len(written), written))
    joined = "|".join(re.escape(written).replace(r"\ ", r"[\s-]?") for written in longest_first)
    return re.compile(rf"(?<!\w)(?:{joined or '(?!)'})(?!\w)"), {_tight(key): meant for key, meant in meaning.items()}


def _tight(text: str) -> str:
    return re.sub(r"[\s-]", "", text)


def _letterwise_fold(text: str) -> str:
    """The text folded letter by letter, so that positions stay."""
    return text.lower() if text.isascii() else "".join(_folded(letter)[:1] or letter for letter in text)


def phrases(
    text: str,
    entries: Mapping[str, Sequence[str]],
    *,
    misspelt: bool = False,
    common: Collection[str] = frozenset(),
) -> list[Found]:
    """Where the text writes one of `entries` (our name -> spellings, itself among them), as our name in lower case.

    misspelt: also words of six or more letters that are one slip from a spelling; words in `common` are none.
    """
    spellings = {_folded(name).replace("_", " "): name.lower() for name in entries}
    spellings |= {
        _folded(written): name.lower() for name, many in entries.items() for written in many if written.strip()
    }
    pattern, meaning = _pattern(tuple(sorted(spellings.items())))
    folded = _letterwise_fold(text)
    found = [Found(m.start(), m.end(), meaning[_tight(m.group())]) for m in pattern.finditer(folded)]
    if misspelt:
        taken = {at for one in found for at in range(one.start, one.end)}
        targets = {
            written: name for written, name in spellings.items() if written.isalpha() and len(written) >= _FUZZY_LENGTH
        }
        for match in _WORD.finditer(folded):
            word = match.group()
            if match.start() in taken or len(word) < _FUZZY_LENGTH or word in common:
                continue
            meant = {name for written, name in targets.items() if OSA.distance(word, written, score_cutoff=1) <= 1}
            if len(meant) == 1:
                found.append(Found(match.start(), match.end(), meant.pop()))
    return sorted(found, key=lambda one: one.start)
