"""Which language to answer in."""

from __future__ import annotations

import re
from typing import Literal

from bot.understanding.plain import fold, plain

_SPANISH = frozenset(
    """el la los las un una unos de del al que y o pero con sin por para su sus mi mis tu le les lo se me te nos es son
    esta estan estoy hay fue era tiene tienen tengo tenia dice dicen sale salen aparece aparecen quiere puede puedo quien como
    cuando donde porque cual cuanto cuantos no si ya mas muy aqui ayer hoy manana hola gracias porfa favor buenas buenos dias tardes
    cliente clienta cuenta puntos tienda caja correo telefono numero compra recibo compro saldo billetera inscrito miembro
    dio dieron ella ellos este esto esa eso otro otra otra dos todo nada nunca necesito ocupo ayuda dale quita agrega senora senor
    perfil tarjeta sistema nombre venta pedido mal viejo nuevo hacer falta aun todavia entonces tambien""".split()
)
_ENGLISH = frozenset(
    """the a an of to and or but with without for on at by from in is are was were be been has have had do does did
    i you he she it we they his her their our my your this that these those what why how when where who which not dont doesnt didnt isnt cant
    says shows customer points account phone number email store register app receipt order purchase balance member wallet
    profile wrong missing please thanks hi hello can could would should will get got there here no me so if all just yesterday
    today she's shes hes says still any some two""".split()
)
_BOTH = _SPANISH & _ENGLISH
_WORD = re.compile(r"[^\W\d_]+")
_SPANISH_LETTERS = re.compile("[ñ¿¡]", re.IGNORECASE)


def language_of(text: str) -> Literal["en", "es"]:
    """The language that more of the text's words speak; English where nothing tells."""
    shown = plain(text)
    words = [word for word in _WORD.findall(fold(shown)) if word not in _BOTH]
    spanish = sum(word in _SPANISH for word in words) + bool(_SPANISH_LETTERS.search(shown))
    english = sum(word in _ENGLISH for word in words)
    return "es" if spanish > english else "en"
