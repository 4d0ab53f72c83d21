"""What a short reply asks of a case, in both languages: "why?", "never mind", "what about her other number". Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

from rapidfuzz import fuzz, process

from bot.understanding.plain import fold, word_set


def _phrases(block: str) -> frozenset[str]:
    return frozenset(" ".join(one.split()) for one in block.split("/"))


_WORD = re.compile(r"[^\W_]+")
_ALIKE = 88.0
"""How alike (of 100) a misspelt reply must be to one we know."""
_SHORTEST_MISSPELT = 7
_BEFORE = word_set("oh ok okay ah but and so actually sorry please pls no ya mejor perdon pero y entonces")
_AFTER = word_set(
    "please pls thanks thank you thx ty then now i we got found figured solved it out all good gracias ya por favor"
)
_NEVER_MIND = _phrases("""
    never mind / nevermind / nvm / nm / forget it / forget about it / disregard / disregard that / ignore
    that / ignore this / scratch that / cancel / cancel that / cancel it / all good / found it / got it /
    solved / solved it / figured it out / olvidalo / olvidelo / olvidale / olvidate / dejalo / dejelo /
    dejalo asi / no importa / ya no / ya quedo / ya esta / no hace falta / cancela / cancelalo
""")
_WHY = _phrases("""
    why / why this / why that / why so / why this answer / why that answer / why did you say that / why did
    you say this / why do you think that / why did you pick this / how come / how do you know / how do you
    know that / explain / explain this / explain that / explain this answer / por que / porque / porque esta
    respuesta / por que esta respuesta / por que esa respuesta / por que dices eso / por que dice eso / como
    sabes / como lo sabes / como lo sabe / explica / explicame / explicalo
""")
_GOES_ON = re.compile(
    r"^(?:what about|how about|and|or|also|try|oops|sorry|wait|correction|y|o|tambien|prueba|pruebe|perdon|que tal)\b"
    r"|\b(?:other|right|correct|new|old|otro|otra|correcto|nuevo|viejo) "
    r"(?:number|phone|cell|email|mail|numero|telefono|celular|correo)\b"
)


def asks_why(text: str) -> bool:
    """Whether a reply asks for our reasons, and nothing else."""
    return _says(text, _WHY)


def never_mind(text: str) -> bool:
    """Whether a reply says that nothing more is wanted, and nothing else."""
    return _says(text, _NEVER_MIND)


def goes_on(text: str) -> bool:
    """Whether a reply goes on with what was said before it, however clear a question it may be by itself."""
    return _GOES_ON.search(" ".join(_words(text))) is not None


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
