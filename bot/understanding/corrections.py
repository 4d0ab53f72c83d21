"""How people go on in a thread: a number put right ("no, 1200", "perdón, son 1200"), or another question. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from bot.understanding.plain import fold, word_set

_NUMBER = re.compile(r"(?<![\w.$#:-])(?:\d{1,3}(?:\.\d)?k|[1-9]\d{0,2}(?:[,.]\d{3})+|[1-9]\d{0,5}|0)(?![\w%-]|[.,:]\d)")
_CUES = word_set(
    "no nope nah not sorry oops ops wait correction actually meant mean typo rather instead"
    " perdon digo sino mejor quise correccion espera"
)
_BESIDE = _CUES | word_set(
    "i it its is was that thats should be of the said say says make wrong number typed pts points point really and"
    " eran era fue fueron son es decir dicho en vez lugar de me equivoque puntos el la numero que"
)
"""What else may stand there; with any other word it is a sentence of its own, and no correction of ours."""
_TAKEN_BACK = re.compile(
    rf"\b(?:not|no(?: (?:es|son|era|eran|fue|fueron))?|instead of|en vez de|en lugar de) ({_NUMBER.pattern})"
)
_DENIED_ALONE = re.compile(
    rf"\b(?:not|no (?:es|son|era|eran|fue|fueron)|instead of|en vez de|en lugar de) (?:{_NUMBER.pattern})"
)
"""A number that is only denied: what is right instead is not said."""
_POINTS_SAID = word_set("pts points point puntos")
_SMALL = 10
_LARGE = 10_000
"""From here on a bare number is likelier a zip or a receipt than points, unless they were as many before."""
_AREA_CODE, _PHONE = 3, 10
_END = 4
"""Digits by which people call a phone or a receipt."""
_WORD = re.compile(r"[^\W\d_]+")
_BEGINS = word_set("no nope nah sorry oops ops wait correction actually typo perdon digo mejor correccion espera")


@dataclass(frozen=True)
class Correction:
    """The number that is meant, and the one it stands in for, where that is said too."""

    number: int
    instead_of: int | None = None


def correction(text: str, *, old: Collection[int] = (), ids: Collection[str] = ()) -> Correction | None:
    """What a short reply puts right, or None: "*1200", "no, 1200", "1200 not 1000", "no es 1000, son 1200".

    old: the points that it may stand in for; where "points" is not said, only beside such ones is it a very small or a
    very large number. ids: the phones and receipts of the case, in digits; whose end or area code it is, is no points.
    """
    found = _read(text)
    if found is None:
        return None
    if not _POINTS_SAID.intersection(_WORD.findall(fold(text))):
        among = [abs(number) for number in old]
        small = found.number < _SMALL and not any(number < _SMALL for number in among)
        large = found.number >= _LARGE and "," not in text and not any(number >= _LARGE for number in among)
        if small or large or _is_of(str(found.number), ids):
            return None
    return found


def _is_of(number: str, ids: Collection[str]) -> bool:
    """Whether it is how one of them ends, or its area code."""
    national = [one.removeprefix("+1") for one in ids]
    if len(number) == _AREA_CODE:
        return any(one.startswith(number) for one in national if len(one) in (_AREA_CODE, _PHONE))
    return len(number) >= _END and any(one.endswith(number) for one in national)


def _read(text: str) -> Correction | None:
    said = fold(text).strip()
    words = _WORD.findall(_NUMBER.sub(" ", said))
    marked = said.startswith("*") or said.endswith("*")
    if not _BESIDE.issuperset(words) or not (marked or _CUES.intersection(words)):
        return None
    numbers = _NUMBER.findall(said.replace("*", " "))
    if len(numbers) == 1:
        return None if _DENIED_ALONE.search(said) else Correction(_value(numbers[0]))
    taken_back = [found.group(1) for found in _TAKEN_BACK.finditer(said)]
    if len(numbers) != 2 or len(taken_back) != 1:
        return None
    meant = next((one for one in numbers if one != taken_back[0]), None)
    return None if meant is None else Correction(_value(meant), _value(taken_back[0]))


_ASKS = re.compile(
    r"^(?:(?:and|so|ok|okay|also|y|entonces) )*(?:what|whats|when|why|how|where|who|which|is|are|does|do|will|has|have"
    r"|que|cuando|por que|como|donde|cuantos|cuanto|cual|quien|tiene|es|esta)\b"
)


def asks(text: str) -> bool:
    """Whether it is put as a question that wants to be told something: "when do her points expire?"."""
    return text.rstrip().endswith("?") and _ASKS.search(" ".join(_WORD.findall(fold(text)))) is not None


def takes_back(text: str) -> bool:
    """Whether a reply begins like one that puts something right: "actually the app says 1200"."""
    first = _WORD.search(fold(text))
    return first is not None and first.group() in _BEGINS


def _value(number: str) -> int:
    if number.endswith("k"):
        return round(float(number[:-1]) * 1_000)
    return int(number.replace(",", "").replace(".", ""))
