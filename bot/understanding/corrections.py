"""How people go on in a thread: a number put right ("no, 1200", "perdón, son 1200"), or another question. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.understanding.plain import fold, word_set

_NUMBER = re.compile(r"(?<![\w.$-])(?:\d{1,3}(?:,\d{3})+|\d{1,6})(?![\w%-]|[.,]\d)")
_CUES = word_set(
    "no nope nah not sorry oops ops wait correction actually meant mean typo rather instead"
    " perdon digo sino mejor quise correccion espera"
)
_BESIDE = _CUES | word_set(
    "i it its is was that thats should be of the said say says make wrong number typed pts points point really and"
    " eran era son es decir dicho en vez de me equivoque puntos el la numero que"
)
"""What else may stand there; with any other word it is a sentence of its own, and no correction of ours."""
_TAKEN_BACK = re.compile(rf"\b(?:not|no|instead of|en vez de) ({_NUMBER.pattern})")
_WORD = re.compile(r"[^\W\d_]+")
_BEGINS = word_set("no nope nah sorry oops ops wait correction actually typo perdon digo mejor correccion espera")


@dataclass(frozen=True)
class Correction:
    """The number that is meant, and the one it stands in for, where that is said too."""

    number: int
    instead_of: int | None = None


def correction(text: str) -> Correction | None:
    """What a short reply puts right, or None: "*1200", "no, 1200", "1200 not 1000", "no 1000 sino 1200"."""
    said = fold(text).strip()
    words = _WORD.findall(said)
    marked = said.startswith("*") or said.endswith("*")
    if not _BESIDE.issuperset(words) or not (marked or _CUES.intersection(words)):
        return None
    numbers = _NUMBER.findall(said.replace("*", " "))
    if len(numbers) == 1:
        return Correction(_value(numbers[0]))
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
    return int(number.replace(",", ""))
