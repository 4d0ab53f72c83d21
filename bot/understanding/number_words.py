"""Numbers written as words, in English and Spanish: "two hundred fifty", "a hundred", "mil doscientos"."""

from __future__ import annotations

from collections.abc import Sequence

from bot.understanding.plain import word_set


def _counted(words: str, first: int, step: int = 1) -> dict[str, int]:
    return {word: first + step * n for n, word in enumerate(words.split())}


_ONES = _counted("one two three four five six seven eight nine", 1)
_UNOS = {**_counted("uno dos tres cuatro cinco seis siete ocho nueve", 1), "un": 1, "una": 1}
_TEENS = {
    **_counted("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 10),
    **_counted("diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve", 10),
    **_counted("veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho", 21),
    "veintiun": 21,
    "veintinueve": 29,
}
_TENS = {**_counted("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10), "fourty": 40, "ninty": 90}
_DECENAS = _counted("veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa", 20, 10)
_CENTENAS = {
    "ciento": 100,
    **_counted("doscientos trescientos cuatrocientos quinientos seiscientos", 200, 100),
    **_counted("setecientos ochocientos novecientos", 700, 100),
}
_ALONE = {"zero": 0, "cero": 0, "cien": 100}
_THOUSAND = word_set("thousand mil")
TIMES = {"hundred": 100, "thousand": 1_000, "mil": 1_000}
"""What a number before it is multiplied with, also one in digits: "5 hundred"."""
_JOINTS = word_set("and y")
_WORDS = frozenset({*_ONES, *_UNOS, *_TEENS, *_TENS, *_DECENAS, *_CENTENAS, *_ALONE, *TIMES})
_VAGUE = word_set("couple few several some many unos unas varios pocos algunos")
_LESS_THAN_TEN = frozenset({*_ONES, *_UNOS, "once"})
"""How many of anything there are ("two profiles"); "once" is no number in English."""


def number_words(words: Sequence[str], at: int) -> tuple[int | None, int]:
    """(value, how many words it takes) of the number that begins at `at`; (None, 0) where none does.

    (None, n): n words of numbers that are not one clear number ("five fifty", "a couple hundred"). `words` are folded;
    what is no word is "". Of less than ten, and for "once", a single word counts only before points: see `small`.
    """
    start = at + 1 if words[at] in ("a", "an") and _word(words, at + 1) in TIMES else at
    end = start
    while _word(words, end) in _WORDS or (end > start and _joins(words, end)):
        end += 1
    if end == start:
        return None, 0
    if _word(words, at - 1) in _VAGUE or (_word(words, at - 1) == "of" and _word(words, at - 2) in _VAGUE):
        return None, end - at
    return _value(words[start:end]), end - at


def small(words: Sequence[str], at: int, length: int) -> bool:
    """Whether a number in words is points only where the next word says so."""
    return length == 1 and words[at] in _LESS_THAN_TEN


def _word(words: Sequence[str], at: int) -> str:
    return words[at] if 0 <= at < len(words) else ""


def _joins(words: Sequence[str], at: int) -> bool:
    return _word(words, at) in _JOINTS and words[at - 1] in _WORDS and _word(words, at + 1) in _WORDS


def _value(said: Sequence[str]) -> int | None:
    """The one number that these words are in good order, or None."""
    if len(said) == 1 and said[0] in _ALONE:
        return _ALONE[said[0]]
    at = next((n for n, word in enumerate(said) if word in _THOUSAND), None)
    if at is None:
        return _below_thousand(said)
    many = _below_thousand(said[:at]) if at else 1
    rest = _below_thousand(_after_and(said[at + 1 :])) if said[at + 1 :] else 0
    return None if many is None or rest is None else many * 1_000 + rest


def _below_thousand(said: Sequence[str]) -> int | None:
    """ "two hundred and fifty", "twelve hundred", "ciento veinte", "treinta y cinco"."""
    if "hundred" in said:
        at = list(said).index("hundred")
        many = _below_hundred(said[:at]) if at else 1
        rest = _below_hundred(_after_and(said[at + 1 :])) if said[at + 1 :] else 0
        return None if many is None or rest is None or many % 10 == 0 else many * 100 + rest
    if said and said[0] in _CENTENAS:
        rest = _below_hundred(said[1:]) if said[1:] else 0
        return None if rest is None else _CENTENAS[said[0]] + rest
    return _ALONE[said[0]] if len(said) == 1 and said[0] == "cien" else _below_hundred(said)


def _below_hundred(said: Sequence[str]) -> int | None:
    single = {**_ONES, **_UNOS, **_TEENS, **_TENS, **_DECENAS}
    match list(said):
        case [one]:
            return single.get(one)
        case [ten, one] if ten in _TENS and one in _ONES:
            return _TENS[ten] + _ONES[one]
        case [ten, "y", one] if ten in _DECENAS and one in _UNOS:
            return _DECENAS[ten] + _UNOS[one]
    return None


def _after_and(said: Sequence[str]) -> Sequence[str]:
    return said[1:] if said[:1] == ["and"] else said
