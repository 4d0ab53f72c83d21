"""What a question names: phones, e-mails, names, orders, ids, points, stores and vendors."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.understanding.amount_words import PERSON, POS, PROVIDER, STORE
from bot.understanding.amounts import amounts
from bot.understanding.customers import is_customer
from bot.understanding.found import COVER, Found, covered, just_before, values
from bot.understanding.identifiers import emails, loyalty_ids, order_ids
from bot.understanding.models import Entities
from bot.understanding.names import names
from bot.understanding.phones import phones
from bot.understanding.phrases import phrases
from bot.understanding.plain import plain
from bot.understanding.slips import mended
from bot.understanding.vocabulary import Vocabulary, built_in_vocabulary

_LONG_DIGITS = re.compile(r"(?<![\w¦])\+?\d{6,}(?!\w)")
_WORD = re.compile(r"[^\W\d_]+")
_AT = re.compile(r"\b(?:at|in|from|our|the|store|shop|tienda|sucursal|en|la|de)[ ]{1,2}$", re.IGNORECASE)
_SHOP = re.compile(r"[ ]{1,2}(?:store|shop|location|branch|tienda|sucursal)\b", re.IGNORECASE)
_WITHIN = re.compile(r"\b(?:in|on|from|per|via|our|with|and|or|en|de|con|y|o)[ ]$", re.IGNORECASE)
_ACTS = re.compile(
    r"[ ]?(?:says?|shows?|has|had|reads|dice|muestra|tiene|app|points|pts|puntos|loyalty|rewards|widget|is|isnt|wont"
    r"|:|=|\d)",
    re.IGNORECASE,
)
_LOOSE_EMAIL = re.compile(r"[^\s@<>,;\[\]]{1,64}@[^\s@<>,;\[\]]{1,255}")


def entities(
    text: str,
    *,
    area_code: str | None = None,
    stores: Mapping[str, Sequence[str]] | None = None,
    vocabulary: Vocabulary | None = None,
) -> Entities:
    """What the text names; precision comes before recall, so a number that could be two things is left out.

    area_code: three digits that a local number of seven belongs to; without it such a number stays bare digits.
    stores: store id -> nicknames; what is found is given as the id. vocabulary: the built-in one by default.
    """
    return _read(text, area_code=area_code, stores=stores or {}, known=vocabulary or built_in_vocabulary())[0]


def unclear_points(text: str) -> tuple[int, ...]:
    """Numbers that are points, though nothing says whether the customer claims them or the register shows them.

    "740 vs 310" gives (740, 310), "she has 500" (500,), "app says 500" (). Ask about them; `entities` leaves them out.
    """
    return _read(text, area_code=None, stores={}, known=built_in_vocabulary())[1]


def _read(
    text: str, *, area_code: str | None, stores: Mapping[str, Sequence[str]], known: Vocabulary
) -> tuple[Entities, tuple[int, ...]]:
    """What the text names, and points that could be either side's."""
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
    people = names(unsaid, known, contacts=[*numbers, *mail])
    customers = [one for one in people if is_customer(unsaid, one)]
    spoken = _in_their_place(shown, {PROVIDER: providers, POS: registers, PERSON: people, STORE: shops})
    points = amounts(mended(spoken, known.meaningful | known.names))
    found = Entities(
        phone=values(numbers),
        email=values(mail),
        customer_name=values(customers),
        order_id=values(orders),
        claimed_points=points.claimed,
        observed_points=points.observed,
        points_delta=points.delta,
        loyalty_id=values(ids),
        store=values(shops),
        provider=values(providers),
        pos=values(registers),
    )
    return found, points.unclear


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


def _in_their_place(text: str, found: Mapping[str, Sequence[Found]]) -> str:
    """The text with every name replaced by the word for what it names, so that a name counts as a cue."""
    out: list[str] = []
    at = 0
    for start, end, word in sorted((one.start, one.end, word) for word, many in found.items() for one in many):
        out += [text[at:start], word]
        at = end
    return "".join([*out, text[at:]])


def masked(text: str) -> str:
    """The text fit for storage: phones, e-mails, ids and names replaced by "[phone]", "[email]", "[id]", "[name]".

    Here recall comes before precision: any first name and any six digits in a row go, too. Points stay.
    Masking what is masked changes nothing.
    """
    for _ in range(5):
        once = _masked_once(text)
        if once == text:
            break
        text = once
    return text


def _masked_once(text: str) -> str:
    known = built_in_vocabulary()
    shown = plain(text).replace(COVER, " ").replace("<", " ").replace(">", " ").replace("&", " ")
    marks: list[tuple[Found, str]] = []

    def take(found: Sequence[Found], mark: str) -> str:
        marks.extend((one, mark) for one in found)
        return covered(shown, found)

    shown_first = shown
    shown = take(_matches(_LOOSE_EMAIL, shown), "[email]")
    shown = take(loyalty_ids(shown), "[id]")
    shown = take(order_ids(shown), "[id]")
    shown = take(phones(shown), "[phone]")
    shown = take(_matches(_LONG_DIGITS, shown), "[id]")
    vendors = [*phrases(shown, known.providers), *phrases(shown, known.pos)]
    shown = covered(shown, vendors)
    shown = take(names(shown, known), "[name]")
    lonely = [one for one in _matches(_WORD, shown) if one.value.casefold() in known.names - known.common]
    take(lonely, "[name]")
    out: list[str] = []
    at = 0
    for one, mark in sorted(marks, key=lambda marked: marked[0].start):
        out += [shown_first[at : one.start], mark]
        at = one.end
    return " ".join("".join([*out, shown_first[at:]]).split())


def _matches(pattern: re.Pattern[str], text: str) -> list[Found]:
    return [Found(match.start(), match.end(), match.group()) for match in pattern.finditer(text)]
