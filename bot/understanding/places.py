"""Whether a reply says that the question is about another store: "sorry, this is at Downtown not Airport". Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.understanding.plain import MAX_LENGTH, fold
from bot.understanding.surface import surface
from bot.understanding.vocabulary import Vocabulary, built_in_vocabulary

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_STORE = "thestore"
"""Stands for a store's name or nickname."""
_SHOP = r"(?:store|shop|location|branch|tienda|sucursal|local)"
_S = rf"(?:(?:the|our|la|el) )?(?:{_SHOP} )?(?:de )?{_STORE}(?: (?:{_SHOP}|one))?"
_OTHER = rf"(?:(?:the|our|a|la|una|an) )?(?:other|another|different|otra) {_SHOP}"
_RIGHTS = (
    r"(?:(?:no|nope|nah|oh|oops|ops|ups|whoops|sorry|wait|actually|correction|my bad|my mistake|perdon|disculpa|espera"
    r"|mejor|digo|i meant|i mean|meant|quise decir) )"
)
_PASSED = r"(?:(?:ok|okay|and|but|hey|um|well|please|pls|pero|y|so|hi|entonces) )"
_LEAD = rf"(?:{_RIGHTS}|{_PASSED})*"
_BE = (
    r"(?:this is|that is|thats|it is|its|shes|hes|were|we are|im|i am|this ones|this one is|(?:it )?should (?:be|say)"
    r"|(?:the )?(?:customer|case|question|register) is|es|esto es|estamos|estoy|esta|debe ser|deberia ser) "
)
_PREP = r"(?:at|in|for|from|about|under|on|en|de|para|con|la de|the one (?:at|in|on)) "
_NEG = r"(?:not|no|instead of|rather than|en vez de|en lugar de) "
_NOT_S = rf"(?:and |y )?{_NEG}(?:{_BE})?(?:{_PREP})?{_S}"
_TAIL = (
    rf"(?: (?:please|pls|thanks|thx|sorry|instead|now|tho|though|my bad|my mistake|por favor|porfa|gracias|perdon"
    rf"|mejor|{_NOT_S}))*"
)
_WRONG = rf"(?:(?:thats |its |this is )?(?:the )?wrong {_SHOP}|not (?:this|that|our|my) {_SHOP}|no es esta {_SHOP}"
_WRONG += rf"|{_SHOP} equivocada|me equivoque de {_SHOP})"
_CAN = r"(?:(?:can|could) (?:you|u) |puede |puedes )?(?:please )?"
_SWITCH = r"(?:switch|change|move|set|make|put|cambia|cambialo|cambie|cambielo|pasalo|paselo)"
_IT = r"(?: (?:it|this|the case|the store|this case|la tienda|el caso))?(?: (?:to|a|as|for|at|por))?"
_LOOK = r"(?:check|try|look|look it up|look her up|look him up|look this up|revisa|revise|busca|busque|checa)"
_STATED = re.compile(
    rf"{_LEAD}{_BE}(?:not )?(?:{_PREP})?(?:{_S}|{_OTHER}){_TAIL}"
    rf"|(?:{_PASSED})*{_RIGHTS}{_LEAD}(?:{_PREP})?(?:{_S}|{_OTHER}){_TAIL}"
    rf"|{_LEAD}(?:{_PREP})?{_S} {_NOT_S}{_TAIL}"
    rf"|{_LEAD}{_NOT_S} (?:but |sino )?(?:{_BE})?(?:{_PREP})?{_S}{_TAIL}"
    rf"|{_LEAD}{_WRONG}(?: (?:{_RIGHTS}|{_PASSED})*(?:{_BE})?(?:{_PREP})?{_S})?{_TAIL}"
    rf"|{_LEAD}(?:{_PREP})?{_OTHER}{_TAIL}"
)
_ASKED = re.compile(
    rf"{_LEAD}{_CAN}{_SWITCH}{_IT} (?:{_S}|{_OTHER}){_TAIL}"
    rf"|{_LEAD}{_CAN}{_LOOK}(?: (?:it|her|him|them|this))? (?:at|in|en) (?:{_S}|{_OTHER}){_TAIL}"
    rf"|{_LEAD}(?:what about|how about|que tal|y)(?: (?:at|in|en))? (?:{_S}|{_OTHER}){_TAIL}"
)
_OPENS = re.compile(r"\s*no\b(?!\s+(?:es|esta|son)\b)", re.IGNORECASE)
"""A "no" that denies nothing: "no, es downtown", "no its downtown"; but "no es downtown"."""
_DENIED = re.compile(rf"(?:{_NEG})(?:{_BE})?(?:{_PREP})?(?:(?:the|our|la|el) )?(?:{_SHOP} )?$")


@dataclass(frozen=True)
class Moved:
    """The store that is meant, by its id; None: another one, and nobody said which."""

    store: str | None


def moved_to(text: str, *, stores: Mapping[str, Sequence[str]], vocabulary: Vocabulary | None = None) -> Moved | None:
    """Where a reply moves the question to, or None where it only speaks of a store: "she also shops at Oak".

    stores: id -> names and nicknames.
    """
    text = text[:MAX_LENGTH]
    known = vocabulary or built_in_vocabulary()
    seen = surface(text, area_code=None, stores=stores, known=known)
    ids = [one.value for one in seen.shops]
    said = _said(seen.shown, [(one.start, one.end) for one in seen.shops])
    if not (_ASKED.fullmatch(said) or ("?" not in text and _STATED.fullmatch(said))):
        return None
    places = [found.start() for found in re.finditer(_STORE, said)]
    opens = len("no ") if _OPENS.match(text) else 0
    meant = [one for one, at in zip(ids, places, strict=True) if not _DENIED.search(said[opens:at])]
    return Moved(meant[0] if meant else None)


def _said(text: str, shops: Sequence[tuple[int, int]]) -> str:
    """The folded words, each store as one."""
    out: list[str] = []
    at = 0
    for start, end in (*shops, (len(text), len(text))):
        out += [fold(word) for word in _WORD.findall(text[at:start])]
        if end > start:
            out.append(_STORE)
        at = end
    return " ".join(out)
