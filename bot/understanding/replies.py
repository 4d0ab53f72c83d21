"""What a short reply asks of a case, in both languages: "why?", "never mind", "what about her other number". Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

from rapidfuzz import fuzz, process

from bot.understanding.plain import fold, word_set


def _phrases(block: str) -> frozenset[str]:
    return frozenset(" ".join(one.split()) for one in block.split("/"))


_WORD = re.compile(r"[^\W_]+")
_ALIKE = 88.5
"""How alike (of 100) a misspelt reply must be to one we know."""
_SHORTEST_MISSPELT = 7
_BEFORE = word_set(
    "oh ok okay ah but and so actually sorry please pls no nah ya mejor perdon pero y eso entonces a ver"
)
_AFTER = word_set(
    "please pls thanks thank you thx ty then now i we got found figured solved it out all good gracias ya por favor"
    " porfa tho though lol"
)
_SURELY = word_set("nevermind nvm nm olvidalo olvidelo olvidale olvidate")
_TAIL = _AFTER | word_set(
    "she he they the a one my bad wrong person customer guy lady number left gone is was its fixed fine sorry mistake"
    " already se fue la el clienta cliente lo encontre encontramos resuelto me equivoque era otro otra persona"
)
"""What may follow a sure "never mind": why, and nothing that asks ("nvm she left", "olvídalo, ya se fue")."""
_LONGEST_TAIL = 7
_NEVER_MIND = _phrases("""
    never mind / nevermind / nvm / nm / forget it / forget about it / disregard / disregard that / ignore that /
    ignore this / ignore my last message / ignore that last one / scratch that / cancel / cancel that / cancel it /
    all good / all set / we good / were good / its fine / its fixed / fixed it / found it / got it / resolved /
    solved / solved it / figured it out / we figured it out / my bad wrong person / olvidalo / olvidelo / olvidale /
    olvidate / dejalo / dejelo / dejalo asi / no importa / ya no / ya quedo / ya esta / ya se arreglo / se arreglo /
    ya lo resolvimos / lo resolvimos / no hace falta / ya no hace falta / ya no es necesario / no es necesario /
    cancela / cancelalo
""")
_WHY = _phrases("""
    why / whyy / why this / why that / why is that / why so / why this one / why this answer / why that answer /
    why did you say that / why did you say this / why do you think that / why did you pick this /
    why did you pick that / what makes you say that / what makes you think that / based on what / reason /
    the reason / y tho / how come / how do you know / how do you know that / explain / explain this / explain that /
    explain this answer / por que / porque / porque esta respuesta / por que esta respuesta / por que esa respuesta
    / por que dices eso / por que dice eso / como sabes / como lo sabes / como lo sabe / como sabes eso /
    en que te basas / explica / explicame / explicalo
""")
_GOES_ON = re.compile(
    r"^(?:what about|how about|and|or|also|try|oops|sorry|wait|correction|maybe|same|now|i meant|meant|its actually"
    r"|could be|any luck|y|o|tambien|prueba|pruebe|perdon|que tal|que hay|quise decir|el correcto|quizas?|ahora)\b"
    r"|\b(?:too|instead|also|tambien)$"
    r"|\b(?:other|right|correct|wrong|new|old|otro|otra|correcto|nuevo|viejo) "
    r"(?:number|phone|cell|email|mail|numero|telefono|cel|celular|correo)\b"
)


def asks_why(text: str) -> bool:
    """Whether a reply asks for our reasons, and nothing else."""
    return _says(text, _WHY)


def never_mind(text: str) -> bool:
    """Whether a reply says that nothing more is wanted, and nothing else."""
    return _says(text, _NEVER_MIND) or _surely(_words(text))


def goes_on(text: str) -> bool:
    """Whether a reply goes on with what was said before it, however clear a question it may be by itself."""
    return _GOES_ON.search(" ".join(_words(text))) is not None


def _surely(words: list[str]) -> bool:
    """Whether a reply begins with a sure "never mind" and goes on with why, in a few words."""
    first = next((at for at, word in enumerate(words) if word not in _BEFORE), len(words))
    rest = words[first:]
    if rest[:2] in (["never", "mind"], ["forget", "it"]):
        tail = rest[2:]
    elif rest and rest[0] in _SURELY:
        tail = rest[1:]
    else:
        return False
    return len(tail) <= _LONGEST_TAIL and _TAIL.issuperset(tail)


def _says(text: str, known: Collection[str]) -> bool:
    """Whether the words, politeness at either end apart, are one of the known phrases, or a slip from one."""
    words = _words(text)
    first = next((at for at, word in enumerate(words) if word not in _BEFORE), len(words))
    last = next((at for at in range(len(words), 0, -1) if words[at - 1] not in _AFTER), 0)
    said = {" ".join(words[start:end]) for start in range(first + 1) for end in range(last, len(words) + 1)}
    if not said.isdisjoint(known):
        return True
    core = " ".join(words[first:last])
    if len(core) < _SHORTEST_MISSPELT:
        return False
    return process.extractOne(core, known, scorer=fuzz.ratio, score_cutoff=_ALIKE) is not None


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))
