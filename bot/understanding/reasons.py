"""Why a text matched, in its own words: the words as they were written, those side by side together. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.understanding.features import Word
from bot.understanding.models import Reason, Repair
from bot.understanding.plain import fold, word_set

_MOST = 5
"""Telling words a side; with more nobody sees what counted."""
_GAP = 2
"""Words between two telling ones that are told with them, where they say nothing by themselves."""
_BEGINNING = 4
"""Letters that two forms of one word share at their beginning."""
_SILENT = word_set(
    "the a an of and in on is to for at this that it they i you your we our us my me have with per or if as so do did"
    " does can be by from but when what which how why where will would could should get there here not any some about"
    " el la los las un una unos unas de del en y o a al le les se lo me te su sus mi con por para que es ya como si"
)
"""Words that tell a person nothing by themselves, as we say them."""


def told(
    shares: Iterable[tuple[float, tuple[str, ...]]], words: Sequence[Word]
) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """What a person is told of what spoke for the first and against it: the text's own words, neighbours together.

    shares: what each feature gave, and its words as we say them or as written; each word has its part of them all.
    words: the text's, in its order. Words that say nothing by themselves stand only between telling ones, and "not"
    before one.
    """
    weights: dict[int, float] = {}
    for share, named in shares:
        places = _places(named, words)
        for at in places:
            weights[at] = weights.get(at, 0.0) + share / len(places)
    ranked = sorted(weights, key=lambda at: (-abs(weights[at]), at))
    pro = [at for at in ranked if weights[at] > 0][:_MOST]
    contra = [at for at in ranked if weights[at] < 0][:_MOST]
    return _runs(pro, weights, words), _runs(contra, weights, words)


def _runs(places: Iterable[int], weights: Mapping[int, float], words: Sequence[Word]) -> tuple[Reason, ...]:
    """The words at these places in the text's order, those that stand together as one reason."""
    runs: list[list[int]] = []
    for at in sorted(places):
        gap = range(runs[-1][-1] + 1 if runs else at, at)
        if runs and len(gap) <= _GAP and all(_is_silent(words[n]) for n in gap):
            runs[-1] += [*gap, at]
        else:
            runs.append([at - 1, at] if at and words[at - 1].meant == "not" else [at])
    said = [(_as_written(run, words), sum(weights.get(at, 0.0) for at in run)) for run in runs]
    return tuple(Reason(words=text, weight=round(weight, 4)) for text, weight in said)


def _places(named: tuple[str, ...], words: Sequence[Word]) -> set[int]:
    """Where the telling words of a reason stand in the text."""
    spots = (next((n for n, word in enumerate(words) if name in (word.meant, word.written)), None) for name in named)
    return {at for at in spots if at is not None and _tells(words[at])}


def _tells(word: Word) -> bool:
    return not word.meant.startswith("<") and not _is_silent(word) and any(map(str.isalpha, word.meant))


def _is_silent(word: Word) -> bool:
    return word.meant in _SILENT


def _as_written(places: Sequence[int], words: Sequence[Word]) -> str:
    """The words at these places as they stand in the text; a phrase that we say in two words stands there once."""
    written = [words[at].written for at in places]
    return " ".join(word for at, word in enumerate(written) if not at or word != written[at - 1])


def readings(words: Iterable[Word]) -> tuple[Repair, ...]:
    """What was read as something else that a person should know of: slips, slang and other languages; not another form
    of the same word, nor what says nothing by itself."""
    found = [
        Repair(written=word.written, meant=word.meant)
        for word in words
        if word.written != word.meant and _tells(word) and not _same_word(fold(word.written), word.meant)
    ]
    return tuple(dict.fromkeys(found))


def _same_word(written: str, meant: str) -> bool:
    """Whether they are two forms of one word: expire, expired; point, points."""
    shared = next((n for n, (one, other) in enumerate(zip(written, meant, strict=False)) if one != other), None)
    shorter = min(len(written), len(meant))
    shared = shorter if shared is None else shared
    return shared >= max(_BEGINNING, shorter - 1) and abs(len(written) - len(meant)) <= _BEGINNING - 1
