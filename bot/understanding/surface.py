"""What a text shows on its surface, phones, e-mails, ids, stores, vendors, each found once; names and points come
after."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.understanding.found import Found, covered, just_before
from bot.understanding.identifiers import emails, loyalty_ids, order_ids
from bot.understanding.phones import phones
from bot.understanding.phrases import phrases
from bot.understanding.plain import plain
from bot.understanding.vocabulary import Vocabulary

_AT = re.compile(r"\b(?:at|in|from|our|the|store|shop|tienda|sucursal|en|la|de)[ ]{1,2}$", re.IGNORECASE)
_SHOP = re.compile(r"[ ]{1,2}(?:store|shop|location|branch|tienda|sucursal)\b", re.IGNORECASE)
_WITHIN = re.compile(r"\b(?:in|on|from|per|via|our|with|and|or|en|de|con|y|o)[ ]$", re.IGNORECASE)
_ACTS = re.compile(
    r"[ ]?(?:says?|shows?|has|had|reads|dice|muestra|tiene|app|points|pts|puntos|loyalty|rewards|widget|is|isnt|wont"
    r"|:|=|\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Surface:
    """shown: the text with contacts and ids covered; unsaid: with stores and vendors covered, too. Both are as long as
    the text that a person reads, and every place is a place in it."""

    shown: str
    unsaid: str
    mail: tuple[Found, ...]
    ids: tuple[Found, ...]
    orders: tuple[Found, ...]
    numbers: tuple[Found, ...]
    shops: tuple[Found, ...]
    providers: tuple[Found, ...]
    registers: tuple[Found, ...]

    @property
    def contacts(self) -> tuple[Found, ...]:
        """The phones and e-mails."""
        return (*self.numbers, *self.mail)


def surface(text: str, *, area_code: str | None, stores: Mapping[str, Sequence[str]], known: Vocabulary) -> Surface:
    """What the text shows. area_code: of local numbers; stores: id -> nicknames."""
    shown = plain(text)
    mail = emails(shown)
    shown = covered(shown, mail)
    ids = loyalty_ids(shown)
    shown = covered(shown, ids)
    orders = order_ids(shown)
    shown = covered(shown, orders)
    numbers = phones(shown, area_code=area_code)
    shown = covered(shown, numbers)
    shops = _shops(shown, stores, known)
    providers = _vendors(shown, known.providers, known)
    registers = _vendors(covered(shown, providers), known.pos, known)
    unsaid = covered(shown, [*shops, *providers, *registers])
    found = (mail, ids, orders, numbers, shops, providers, registers)
    return Surface(shown, unsaid, *(tuple(one) for one in found))


def _shops(text: str, stores: Mapping[str, Sequence[str]], known: Vocabulary) -> list[Found]:
    """Stores by their names; a misspelt one only where the words around speak of a place: people have names, too."""
    exact = phrases(text, stores)
    near = phrases(text, stores, misspelt=True, common=known.meaningful | known.names)
    guessed = [
        one
        for one in near
        if one not in exact and (_AT.search(just_before(text, one.start)) or _SHOP.match(text, one.end))
    ]
    return sorted([*exact, *guessed], key=lambda one: one.start)


def _vendors(text: str, entries: Mapping[str, Sequence[str]], known: Vocabulary) -> list[Found]:
    """Vendors by the ways people write them; one whose name is a common word ("smile") only where a system is spoken
    of."""
    return [
        one
        for one in phrases(text, entries, misspelt=True)
        if text[one.start : one.end].lower() not in known.common
        or _WITHIN.search(just_before(text, one.start))
        or _ACTS.match(text, one.end)
    ]
