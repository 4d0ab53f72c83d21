"""Points in a text: what is claimed, what the register shows, and what shall be added or taken off.

Each number is read by the nearest cue. Cues have a rank: a word that fixes the meaning ("should be") before a thing that shows points
(app, register) before a person before a bare verb. A number that could be two things is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from bot.understanding.plain import fold, word_set

Role = Literal["claimed", "observed"]
PROVIDER, POS = "theprovider", "thepos"
"""Words that the caller puts in the place of vendors' names."""

_TOKEN = re.compile(
    r"""(?P<money>\$\s?\d[\d,.]*)
  | (?P<signed>(?<![\w.,)+-])[+−-]\d{1,3}(?:,\d{3})+(?![\w%.,]\d?)|(?<![\w.,)+-])[+−-]\d{1,6}(?![\w%]|[.,:/]\d))
  | (?P<number>(?<![\w.,:/#$+−-])(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3})+(?=\s?(?:points?|pts?|puntos|ptos)\b)|\d{1,3}(?:\.\d)?k\b|\d{1,6})(?![\w%]|[.,:/-]\d))
  | (?P<word>[^\W\d_]+)
  | (?P<stop>[.;?!\n¦|])
  | (?P<other>[\d][\w.,:/%-]*)""",
    re.VERBOSE,
)
_LARGEST = 1_000_000
_LONGEST_BARE = 100_000
"""From here on a number is points only where it says so; six digits alone are an id more often."""

_POINTS = word_set("points point pts pt puntos punto ptos pnts puntitos")
_UNITS = word_set("""dollars dollar bucks usd dolares pesos percent times day days week weeks month months year years yr yrs min mins minute minutes
    hour hours hr hrs am pm grams gram g oz ounce ounces mg lb lbs x st nd rd th accounts account profiles profile customers people
    orders order visits visit purchases purchase receipts items item dias semanas meses anos horas minutos veces cuentas perfiles
    compras personas customer clientes jars jar bags boxes units unit packs carts""")
_CLAIM_THINGS = frozenset(
    [
        "app",
        "apps",
        "aplicacion",
        "wallet",
        "wallets",
        "billetera",
        "phone",
        "fone",
        "cel",
        "celular",
        "telefono",
        "text",
        "sms",
        "mensaje",
    ]
    + ["online", "website", "web", "site", "pagina", "dashboard", "portal", PROVIDER]
)
_OBSERVE_THINGS = frozenset(
    [
        "register",
        "reg",
        "pos",
        "caja",
        "screen",
        "pantalla",
        "system",
        "sistema",
        "till",
        "checkout",
        "kiosk",
        "ours",
        "here",
        "aqui",
    ]
    + ["nuestro", POS]
)
_CLAIM_FIXED = word_set("should supposed deberia deberian debe debia expected expects expecting expect")
_CLAIM_PEOPLE = word_set("""customer cust client cliente clienta guest he she they shes hes guy lady dude gal man woman member senora senor ella el
    husband wife mom dad""")
_OBSERVE_PEOPLE = word_set("we i im mine me nosotros yo it")
_CLAIM_VERBS = word_set(
    "says say said claims claim claiming swears insists thinks told dice dicen jura cree had tenia was before"
)
_OBSERVE_VERBS = word_set("""shows show showing shown see seeing reads displays muestra muestran aparece aparecen sale salen marca veo only solo now ahora
    today hoy""")
_LABELS = word_set("id number num numero order ticket receipt recibo profile code codigo pin version gen gelato")
_NUMBERED = word_set("register reg pos caja store till terminal tienda lane")
_SPENT = word_set(
    "spent spend spends gasto gaste paid pago pagaron redeemed redeem canjeo used uso over under since desde"
)
_INSTEAD = re.compile(r"(?:instead of|rather than|en vez de|en lugar de)(?: only| just| solo)?$")
_NEGATED = re.compile(r"(?:^| )(?:not|y no|and not)(?: only| just)?$")
_PREPOSITIONS = word_set("in on at from per by en inside")
_SMALL_WORDS = word_set(
    "the his her their my our your this a el la los su sus customers guests clients de dutchie on at"
)

_ADD = word_set(
    "add give credit put plus dale denle agrega agregale agregar suma sumale sumar pon ponle abona abonale abonar dar darle regalale"
)
_TAKE = word_set(
    "deduct remove subtract minus dock quita quitale quitar resta restale restar descuenta descontar descuentale baja bajale"
)
_AWAY = word_set("off away out back")
_WHOM = word_set("him her them the this that customer cust le a al su another an extra me just about like account")
_AFTER_DELTA = _POINTS | word_set(
    "to for back more on please pls plz porfa por from off and then y al en mas her his him their them a de extra into"
)
_WANTS = word_set("needs need want wants please can could necesita quiere ocupa")
_ADDED = word_set("added credited agregados sumados")
_REMOVED = word_set("removed deducted taken quitados restados")


@dataclass(frozen=True)
class Amounts:
    """Points, each tuple in the order of the text."""

    claimed: tuple[int, ...] = ()
    observed: tuple[int, ...] = ()
    delta: tuple[int, ...] = ()


@dataclass
class _Number:
    """A number among the tokens; `at` is its place in them."""

    at: int
    value: int
    role: Role | None = None
    rank: int = 0
    is_points: bool = False


def amounts(text: str) -> Amounts:
    """The points that the text names. Phones, ids and e-mails must be covered, vendors' names replaced, before."""
    return _Reader(text).read()


def _value(written: str) -> int:
    if written.endswith("k"):
        return round(float(written[:-1]) * 1000)
    return int(written.replace(",", "").replace(".", ""))


class _Reader:
    def __init__(self, text: str) -> None:
        found = list(_TOKEN.finditer(fold(text)))
        self.kinds = [str(one.lastgroup) for one in found]
        self.words = [one.group() for one in found]

    def read(self) -> Amounts:
        deltas = self._deltas()
        numbers = [
            _Number(at, _value(self.words[at]), is_points=self._word(at + 1) in _POINTS)
            for at, kind in enumerate(self.kinds)
            if kind == "number" and at not in deltas and self._may_be_points(at)
        ]
        self._by_neighbours(numbers)
        self._by_opposition(numbers)
        self._by_completion(numbers)
        return Amounts(
            claimed=_unique(one.value for one in numbers if one.role == "claimed"),
            observed=_unique(one.value for one in numbers if one.role == "observed"),
            delta=_unique(deltas[at] for at in sorted(deltas)),
        )

    def _word(self, at: int) -> str:
        return self.words[at] if 0 <= at < len(self.words) and self.kinds[at] == "word" else ""

    def _may_be_points(self, at: int) -> bool:
        """Not a measure, a register's number, money, or what is too large for points."""
        value = _value(self.words[at])
        before, after = self._word(at - 1), self._word(at + 1)
        if value > _LARGEST or (value >= _LONGEST_BARE and after not in _POINTS):
            return False
        if after in _UNITS or before in _SPENT or before in _LABELS:
            return False
        if before in _NUMBERED and 0 < value <= 20:
            return False
        return not (before in ("in", "since", "en", "desde") and 2015 <= value <= 2035)

    # Deltas

    def _deltas(self) -> dict[int, int]:
        """Place of a number -> signed points, for what the text asks to add or to take off."""
        out: dict[int, int] = {}
        for at, kind in enumerate(self.kinds):
            if kind == "signed" and self._word(at + 1) not in _UNITS:
                value = _value(self.words[at][1:])
                out[at] = value if self.words[at][0] == "+" else -value
            elif kind == "number" and self._word(at + 1) not in _UNITS and (sign := self._asked(at)):
                out[at] = sign * _value(self.words[at])
        return {at: value for at, value in out.items() if value and abs(value) <= _LARGEST}

    def _asked(self, at: int) -> int:
        """1 to add, -1 to take off, 0 where nothing is asked of the number there."""
        after = self._word(at + 1)
        if after and after not in _AFTER_DELTA:
            return 0
        back = at - 1
        away = False
        while self._word(back) in _WHOM or self._word(back) in _AWAY:
            away = away or self._word(back) in _AWAY
            back -= 1
        verb = self._word(back)
        if verb in _ADD:
            return 1
        if verb in _TAKE:
            return -1
        if verb in ("take", "knock"):
            following = [self._word(at + step) for step in (1, 2)]
            gone = away or any(word in _AWAY or word == "from" for word in following)
            return -1 if gone else 0
        return self._wanted(at)

    def _wanted(self, at: int) -> int:
        """ "needs 50 points added": the verb comes after."""
        step = at + (2 if self._word(at + 1) in _POINTS else 1)
        if self._word(at - 1) not in _WANTS and self._word(at - 2) not in _WANTS:
            return 0
        return 1 if self._word(step) in _ADDED else -1 if self._word(step) in _REMOVED else 0

    # Claimed and observed

    def _by_neighbours(self, numbers: Sequence[_Number]) -> None:
        """Each number's role from the cue before it or, where that is weaker, from "in the app" after it."""
        start = 0
        for place, number in enumerate(numbers):
            end = numbers[place + 1].at if place + 1 < len(numbers) else len(self.words)
            role, rank = self._cue_before(start, number.at)
            after, last = self._thing_after(number.at, end)
            start = number.at + 1
            if after and rank < 3:
                role, rank, start = after, 3, last + 1
            elif after and rank == 3 and role != after and place + 1 == len(numbers):
                role = None
            number.role, number.rank = role, rank

    def _cue_before(self, start: int, at: int) -> tuple[Role | None, int]:
        """The role that the words before a number give it, and the rank of the cue."""
        best: tuple[Role | None, int] = (None, 0)
        for place in range(at - 1, start - 1, -1):
            if self.kinds[place] in ("stop", "money", "signed", "other"):
                break
            role, rank = self._cue(place)
            if role and rank > best[1]:
                best = (role, rank)
            if rank >= 3:
                break
        return best

    def _cue(self, at: int) -> tuple[Role | None, int]:
        """What the word there says about a number after it."""
        word, after = self._word(at), self._word(at + 1)
        if word in _CLAIM_FIXED:
            return "claimed", 4
        if word in ("phone", "telefono", "cel") and after in ("number", "numero"):
            return None, 0
        if word in _CLAIM_THINGS:
            return "claimed", 3
        if word in _OBSERVE_THINGS:
            return (None, 0) if self._is_place(at) else ("observed", 3)
        if word in _OBSERVE_PEOPLE and word != "it":
            return "observed", 2
        if word == "it" and after in _CLAIM_VERBS | _OBSERVE_VERBS:
            return "observed", 2
        if word in _CLAIM_PEOPLE and after in _CLAIM_VERBS | {"que"}:
            return "claimed", 2
        if word in _CLAIM_VERBS:
            return "claimed", 1
        return ("observed", 1) if word in _OBSERVE_VERBS else (None, 0)

    def _is_place(self, at: int) -> bool:
        """Whether a register is only where somebody stands who says something: "guy at my register swears 600"."""
        before = [self._word(at - 1), self._word(at - 2)]
        return "at" in before and self._word(at + 1) in _CLAIM_VERBS

    def _thing_after(self, at: int, end: int) -> tuple[Role | None, int]:
        """The role that "... in the app", "... on register", "... here" gives the number before it, and where that ends."""
        place = at + 1
        if self._word(place) in _POINTS:
            place += 1
        if self._word(place) in ("here", "aqui", "online") and self._closes(place, end):
            return ("claimed" if self._word(place) == "online" else "observed"), place
        if self._word(place) not in _PREPOSITIONS:
            return None, at
        place += 1
        while self._word(place) in _SMALL_WORDS:
            place += 1
        word = self._word(place)
        if place >= end or (word == "phone" and self._word(place + 1) == "number"):
            return None, at
        if word in _CLAIM_THINGS and self._closes(place, end):
            return "claimed", place
        return ("observed", place) if word in _OBSERVE_THINGS and self._closes(place, end) else (None, at)

    def _closes(self, place: int, end: int) -> bool:
        """Whether the thing there belongs to the number before: no verb follows that gives it to the next one."""
        following = self._word(place + 1)
        return following not in _CLAIM_VERBS | _OBSERVE_VERBS - {"only", "solo", "now", "ahora"} and place < end

    def _by_opposition(self, numbers: Sequence[_Number]) -> None:
        """ "1,200 instead of 900", "1,450 not 450": the second number is what the first is not."""
        for first, second in pairwise(numbers):
            between = [word for word in self.words[first.at + 1 : second.at] if word not in _POINTS]
            joined = " ".join(between)
            if _INSTEAD.search(joined) and len(between) <= 5:
                if first.role is None or first.rank < 3:
                    first.role = "claimed" if first.role == "claimed" and first.rank >= 2 else "observed"
                second.role = _other(first.role)
            elif _NEGATED.search(joined) and len(between) <= 3 and first.role:
                second.role = _other(first.role)

    def _by_completion(self, numbers: Sequence[_Number]) -> None:
        """Of two numbers that are both points, one told and one not: the other one is the other side."""
        if len(numbers) != 2:
            return
        first, second = numbers
        silent = [one for one in numbers if one.role is None]
        told = [one for one in numbers if one.role is not None]
        if len(silent) == len(told) == 1 and told[0].role and (silent[0].is_points or self._owned(silent[0].at)):
            silent[0].role = _other(told[0].role)
        elif first.role == second.role == "claimed" and first.rank != second.rank and min(first.rank, second.rank) == 1:
            weaker = first if first.rank < second.rank else second
            weaker.role = None

    def _owned(self, at: int) -> bool:
        return self._word(at - 1) in ("has", "have", "tiene", "got", "with")


def _other(role: Role) -> Role:
    return "observed" if role == "claimed" else "claimed"


def _unique(numbers: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(numbers))
