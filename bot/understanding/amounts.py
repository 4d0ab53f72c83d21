"""Points in a text: what is claimed, what the register shows, and what shall be added or taken off.

Each number is read by the nearest cue. Cues have a rank: a word that fixes the meaning ("should be") before a thing
that shows points (app, register) before a person before a bare verb. A number that could be two things is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from bot.understanding.amount_words import (
    CLAIM_FIXED,
    CLAIM_PEOPLE,
    CLAIM_THINGS,
    CLAIM_VERBS,
    EXPIRING,
    HAVE,
    LABELS,
    LARGEST,
    LONGEST_BARE,
    NUMBERED,
    OBSERVE_PEOPLE,
    OBSERVE_THINGS,
    OBSERVE_VERBS,
    OFFERS,
    PAST,
    POINTS,
    PREPOSITIONS,
    SIGNS,
    SMALL_WORDS,
    SPENT,
    UNITS,
    Tokens,
)
from bot.understanding.deltas import deltas
from bot.understanding.plain import word_set
from bot.understanding.shorthand import spelled_out

Role = Literal["claimed", "observed"]

_INSTEAD = re.compile(r"(?:instead of|rather than|en vez de|en lugar de)(?: only| just| solo)?$")
_EITHER = word_set("or o")
_THERE = word_set("there alla ahi")
_THEIRS = word_set("hers theirs")
_OF_THEM = word_set("her his their customers custs clients guests")
_SCREENS = word_set("screen pantalla")
_IS = word_set("is its es esta hay")
_AGAINST = word_set("vs versus contra")
_TOGETHER = word_set("and or vs versus y o con with than que")
_NEGATED = re.compile(r"(?:^| )(?:not|y no|and not)(?: only| just)?$")


@dataclass(frozen=True)
class Amounts:
    """Points, each tuple in the order of the text."""

    claimed: tuple[int, ...] = ()
    observed: tuple[int, ...] = ()
    delta: tuple[int, ...] = ()
    unclear: tuple[int, ...] = ()
    """Surely points, but nothing says whose: to be asked about."""


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
    return _Reader(spelled_out(text)).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens = Tokens(text)
        self.word = self.tokens.word

    def read(self) -> Amounts:
        asked = deltas(self.tokens)
        numbers = [
            _Number(at, self.tokens.value(at), is_points=self.word(at + 1) in POINTS)
            for at, kind in enumerate(self.tokens.kinds)
            if kind == "number" and at not in asked and self._may_be_points(at)
        ]
        self._by_neighbours(numbers)
        self._by_opposition(numbers)
        self._by_completion(numbers)
        return Amounts(
            claimed=_unique(one.value for one in numbers if one.role == "claimed"),
            observed=_unique(one.value for one in numbers if one.role == "observed"),
            delta=_unique(asked[at] for at in sorted(asked)),
            unclear=self._unclear(numbers),
        )

    def _may_be_points(self, at: int) -> bool:
        """Not a measure, a register's number, money, or what is too large for points."""
        value = self.tokens.value(at)
        before, after = self.word(at - 1), self.word(at + 1)
        if value > LARGEST or (value >= LONGEST_BARE and after not in POINTS):
            return False
        if len(self.tokens.written[at]) > 1 and self.tokens.written[at].startswith("0"):
            return False  # "ends in 0142"
        if after in UNITS or after == "off" or before in SPENT or before in LABELS:
            return False
        if after in POINTS and self.word(at + 2) in OFFERS | EXPIRING:
            return False
        if after in _EITHER and self.word(at + 3) in UNITS:
            return False  # "10 or 15 customers"
        if before in NUMBERED and 0 < value <= 20:
            return False
        return not (before in ("in", "since", "en", "desde") and 2015 <= value <= 2035)

    def _by_neighbours(self, numbers: Sequence[_Number]) -> None:
        """Each number's role from the cue before it or, where that is weaker, from "in the app" after it."""
        start = 0
        for place, number in enumerate(numbers):
            end = numbers[place + 1].at if place + 1 < len(numbers) else len(self.tokens)
            role, rank = self._cue_before(start, number.at)
            after, last = self._thing_after(number.at, end)
            start = number.at + 1
            if after and rank < 3:
                role, rank, start = after, 3, last + 1
            elif after and rank == 3 and role != after and place + 1 == len(numbers):
                role = None
            if rank < 3 and 0 < number.value < 10 and not number.is_points:
                role = None  # "now he has 2": of anything
            number.role, number.rank = role, rank

    def _cue_before(self, start: int, at: int) -> tuple[Role | None, int]:
        """The role that the words before a number give it, and the rank of the cue."""
        best: tuple[Role | None, int] = (None, 0)
        for place in range(at - 1, start - 1, -1):
            if self.tokens.kinds[place] in ("stop", "money", "signed", "other"):
                break
            role, rank = self._cue(place)
            if rank >= 3:
                return role, rank
            if role and rank > best[1]:
                best = (role, rank)
        return best

    def _cue(self, at: int) -> tuple[Role | None, int]:
        """What the word there says about a number after it."""
        word, after = self.word(at), self.word(at + 1)
        if word in CLAIM_FIXED:
            return "claimed", 4
        if word in CLAIM_THINGS | OBSERVE_THINGS:
            return self._thing(at)
        if word in CLAIM_VERBS and self.word(at - 1) in SIGNS:
            return None, 3
        if word in OBSERVE_PEOPLE and word != "it":
            return ("observed", 2) if self._looks(at) else (None, 0)
        if word == "it" and after in CLAIM_VERBS | OBSERVE_VERBS:
            return "observed", 2
        if word in _THEIRS or (word in CLAIM_PEOPLE and after in CLAIM_VERBS | {"que"}):
            return "claimed", 2
        if word in CLAIM_VERBS:
            return "claimed", 1
        return ("observed", 1) if word in OBSERVE_VERBS else (None, 0)

    def _thing(self, at: int) -> tuple[Role | None, int]:
        """What a thing that shows points says about a number after it."""
        if self.word(at) in ("phone", "telefono", "cel") and self.word(at + 1) in ("number", "numero"):
            return None, 0
        if self.word(at) in ("online", "web") and self.word(at + 1) in ("order", "orders", "menu", "store", "shop"):
            return None, 0
        if self._both_named(at) or self._theirs(at):
            return None, 3
        if self.word(at) in CLAIM_THINGS:
            return "claimed", 3
        return (None, 0) if self._is_place(at) else ("observed", 3)

    def _theirs(self, at: int) -> bool:
        """Whether a screen there may be the customer's own: "her screen 500" is her phone's, or her profile here."""
        return self.word(at) in _SCREENS and self.word(at - 1) in _OF_THEM

    def _looks(self, at: int) -> bool:
        """Whether somebody there looks at a balance ("i only see 900", "mine 300"), and does not do something else."""
        following = [self.word(at + step) for step in (1, 2)]
        seen = not (OBSERVE_VERBS | HAVE).isdisjoint(following)
        return seen or (at + 1 < len(self.tokens) and self.tokens.kinds[at + 1] == "number")

    def _both_named(self, at: int) -> bool:
        """Whether a thing there is named together with one of the other side: "in the app and the register, 740"."""
        place = at - 1
        while self.word(place) in SMALL_WORDS:
            place -= 1
        other = OBSERVE_THINGS if self.word(at) in CLAIM_THINGS else CLAIM_THINGS
        return self.word(place) in _TOGETHER and self.word(place - 1) in other

    def _is_place(self, at: int) -> bool:
        """Whether a register is only where somebody stands who says something: "guy at my register swears 600"."""
        after = at + 2 if self.word(at) in NUMBERED and at + 1 < len(self.tokens) and not self.word(at + 1) else at + 1
        return "at" in (self.word(at - 1), self.word(at - 2)) and self.word(after) in CLAIM_VERBS

    def _thing_after(self, at: int, end: int) -> tuple[Role | None, int]:
        """The role that "in the app" or "here" gives the number before it, and the place where that ends."""
        place = at + 1
        if self.word(place) in POINTS:
            place += 1
        if self.word(place) in ("here", "aqui", "online") and self._closes(place, end):
            return ("claimed" if self.word(place) == "online" else "observed"), place
        if self.word(place) not in PREPOSITIONS:
            return None, at
        place += 1
        while self.word(place) in SMALL_WORDS:
            place += 1
        word = self.word(place)
        if place >= end or (word == "phone" and self.word(place + 1) == "number"):
            return None, at
        if word in CLAIM_THINGS and self._closes(place, end):
            return "claimed", place
        return ("observed", place) if word in OBSERVE_THINGS and self._closes(place, end) else (None, at)

    def _closes(self, place: int, end: int) -> bool:
        """Whether the thing there belongs to the number before: no verb follows that gives it to the next one."""
        following = self.word(place + 1)
        return following not in CLAIM_VERBS | OBSERVE_VERBS - {"only", "solo", "now", "ahora"} and place < end

    def _by_opposition(self, numbers: Sequence[_Number]) -> None:
        """ "1,200 instead of 900", "1,450 not 450": the second number is what the first is not. "500 or 600": neither
        is told."""
        for first, second in pairwise(numbers):
            between = [word for word in self.tokens.written[first.at + 1 : second.at] if word not in POINTS]
            joined = " ".join(between)
            if _INSTEAD.search(joined) and len(between) <= 5:
                if first.role is None or first.rank < 3:
                    first.role = "claimed" if first.role == "claimed" and first.rank >= 2 else "observed"
                second.role = _other(first.role)
            elif _NEGATED.search(joined) and len(between) <= 3 and first.role:
                second.role = _other(first.role)
            elif joined in _EITHER and second.role is None and max(first.value, second.value) >= 10:
                first.role = second.role = None
                first.is_points = second.is_points = True

    def _by_completion(self, numbers: Sequence[_Number]) -> None:
        """Of two numbers that are both points, one told and one not: the other one is the other side."""
        if len(numbers) != 2:
            return
        first, second = numbers
        if not _EITHER.isdisjoint(self.tokens.written[first.at + 1 : second.at]):
            return
        silent = [one for one in numbers if one.role is None]
        told = [one for one in numbers if one.role is not None]
        if len(silent) == len(told) == 1 and told[0].role and (silent[0].is_points or self._owned(silent[0].at)):
            silent[0].role = _other(told[0].role)
        elif first.role is None and second.rank == 4 and self._stands(first.at):
            # "500 should be 700", "its 900 but should be 1200"
            first.role = "observed"
        elif second.role is None and first.rank == 4 and self.word(second.at - 1) in _IS:
            second.role = "observed"  # "should be 500, is 200"
        elif first.role == second.role == "claimed":
            past = [one for one in numbers if self._is_past(one.at)]
            if len(past) == 1:
                # "wallet shows 0 but she had 610": the 610 is claimed; the 0 is neither that nor the register's.
                (first if past == [second] else second).role = None
            elif first.rank != second.rank and min(first.rank, second.rank) == 1:
                (first if first.rank < second.rank else second).role = None

    def _stands(self, at: int) -> bool:
        """Whether a number is what there is: after "is", or right before "should"."""
        following = [self.word(at + step) for step in (1, 2)]
        return self.word(at - 1) in ("is", "its", "at", "es", "esta", "en") or not CLAIM_FIXED.isdisjoint(following)

    def _unclear(self, numbers: Sequence[_Number]) -> tuple[int, ...]:
        """Numbers without a role that are points all the same: said so, owned, or set against each other."""
        apart = {
            one.at
            for first, second in pairwise(numbers)
            if second.at - first.at <= 3 and not _AGAINST.isdisjoint(self.tokens.written[first.at + 1 : second.at])
            for one in (first, second)
        }
        there = {one.at for one in numbers[1:] if self.word(one.at + 1) in _THERE}  # "500 here 200 there"
        silent = [one for one in numbers if one.role is None and one.value]
        return _unique(one.value for one in silent if one.is_points or self._owned(one.at) or one.at in apart | there)

    def _is_past(self, at: int) -> bool:
        return not PAST.isdisjoint((self.word(at - 1), self.word(at - 2)))

    def _owned(self, at: int) -> bool:
        """Whether a number is what somebody has, or what a screen shows that may be theirs."""
        on_screen = any(self._theirs(at - step) for step in (1, 2))
        return on_screen or self.word(at - 1) in ("has", "have", "tiene", "got", "with")


def _other(role: Role) -> Role:
    return "observed" if role == "claimed" else "claimed"


def _unique(numbers: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(numbers))
