"""What a question names: phones, e-mails, names, orders, ids, points, stores and vendors."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.understanding.amount_words import PERSON, POS, PROVIDER, STORE
from bot.understanding.amounts import amounts
from bot.understanding.customers import is_customer
from bot.understanding.found import COVER, Found, covered, values
from bot.understanding.identifiers import loyalty_ids, order_ids
from bot.understanding.models import Entities
from bot.understanding.names import names
from bot.understanding.phones import phones
from bot.understanding.phrases import phrases
from bot.understanding.plain import plain
from bot.understanding.slips import mended
from bot.understanding.surface import surface
from bot.understanding.vocabulary import Vocabulary, built_in_vocabulary

_LONG_DIGITS = re.compile(r"(?<![\w¦])\+?\d{6,}(?!\w)")
_WORD = re.compile(r"[^\W\d_]+")
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
    seen = surface(text, area_code=area_code, stores=stores, known=known)
    people = names(seen.unsaid, known, contacts=seen.contacts)
    customers = [one for one in people if is_customer(seen.unsaid, one)]
    spoken = _in_their_place(
        seen.shown, {PROVIDER: seen.providers, POS: seen.registers, PERSON: people, STORE: seen.shops}
    )
    points = amounts(mended(spoken, known.meaningful | known.names))
    found = Entities(
        phone=values(seen.numbers),
        email=values(seen.mail),
        customer_name=values(customers),
        order_id=values(seen.orders),
        claimed_points=points.claimed,
        observed_points=points.observed,
        points_delta=points.delta,
        loyalty_id=values(seen.ids),
        store=values(seen.shops),
        provider=values(seen.providers),
        pos=values(seen.registers),
    )
    return found, points.unclear


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
