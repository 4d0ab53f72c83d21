"""Points in a text: what is claimed, what the register shows, and what shall be added or taken off.

Each number is read by the nearest cue. Cues have a rank: a word that fixes the meaning ("should be") before a thing
that shows points (app, register) before a person before a bare verb. A number that could be two things is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.understanding.amount_tokens import Tokens
from bot.understanding.amount_words import CLAIM_FIXED, PAST, POINTS, PROVIDER, SHOWED, YESTERDAY
from bot.understanding.countable import may_be_balance
from bot.understanding.cues import FIXED, NOBODYS, Cues, Role
from bot.understanding.cues_after import CuesAfter
from bot.understanding.deltas import deltas
from bot.understanding.listed import Number, by_listing
from bot.understanding.plain import word_set
from bot.understanding.shorthand import spelled_out

_INSTEAD = re.compile(r"(?:instead of|rather than|en vez de|en lugar de)(?: only| just| solo)?$")
_EITHER = word_set("or o")
_MAYBE = word_set("or o was is were it maybe perhaps like era es fue quizas tal vez")
"""Words between two numbers of which only one is right: "200 or was it 460"."""
_THERE = word_set("there alla ahi")
_IS = word_set("is its es esta hay son trae")
_STANDING = word_set("sitting sits stuck stands standing came comes come ended")
_UPON = word_set("on at up with")
_NONE = word_set("no not any sin zero ningun")
_AGAINST = word_set("vs versus contra")
_NOW = word_set("now ahora ahorita today hoy currently actualmente")
_EARLIER = word_set("before antes")
_SHOWING = word_set("showing shows shown displayed appearing")
_HAS = word_set("has have tiene")
_OWNING = word_set("has have tiene got gets with trae")
_NEGATED = re.compile(r"(?:^| )(?:not|y no|and not)(?: only| just)?$")


@dataclass(frozen=True)
class Amounts:
    """Points, each tuple in the order of the text."""

    claimed: tuple[int, ...] = ()
    observed: tuple[int, ...] = ()
    delta: tuple[int, ...] = ()
    unclear: tuple[int, ...] = ()
    """Surely points, but nothing says whose: to be asked about."""


def amounts(text: str) -> Amounts:
    """The points that the text names. Phones, ids and e-mails must be covered, vendors' names replaced, before."""
    return _Reader(spelled_out(text)).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens = Tokens(text)
        self.word = self.tokens.word
        self.cues = Cues(self.tokens)
        self.cues_after = CuesAfter(self.tokens, self.cues)

    def read(self) -> Amounts:
        asked = deltas(self.tokens)
        numbers = [
            Number(at, self.tokens.value(at), is_points=self._are_points(at))
            for at, kind in enumerate(self.tokens.kinds)
            if kind == "number" and at not in asked and may_be_balance(self.tokens, at)
        ]
        self._by_neighbours(numbers)
        by_listing(self.tokens, numbers)
        self._by_time(numbers)
        self._by_opposition(numbers)
        self._by_completion(numbers)
        return Amounts(
            claimed=_unique(one.value for one in numbers if one.role == "claimed"),
            observed=_unique(one.value for one in numbers if one.role == "observed"),
            delta=_unique(asked[at] for at in sorted(asked)),
            unclear=self._unclear(numbers),
        )

    def _are_points(self, at: int) -> bool:
        """Whether the word after or before the number says so: "500 pts", "points: 500", but not "no points 500"."""
        labelled = self.word(at - 1) in POINTS and self.word(at - 2) not in _NONE and self._opens(at - 2)
        return self.word(at + 1) in POINTS or labelled

    def _opens(self, at: int) -> bool:
        return at < 0 or self.tokens.kinds[at] != "number"

    def _by_neighbours(self, numbers: Sequence[Number]) -> None:
        """Each number's role from the cue before it or, where that is weaker, from "in the app" after it."""
        start = 0
        for place, number in enumerate(numbers):
            end = numbers[place + 1].at if place + 1 < len(numbers) else len(self.tokens)
            cue = self.cues.before(start, number.at)
            role, rank = cue.role, cue.rank
            after, last = self.cues_after.after(number.at, end)
            start = number.at + 1
            if after and (rank < 3 or (rank == 3 and not cue.near)):
                role, rank, start = after, 3, last + 1
            elif after and rank == 3 and role != after and place + 1 == len(numbers):
                role = None
                number.is_points = True  # "pos here 90 in app": whose is it?
            if rank < 3 and 0 < number.value < 10 and not number.is_points:
                role = None  # "now he has 2": of anything
            number.role, number.rank = role, rank

    def _by_time(self, numbers: Sequence[Number]) -> None:
        """ "it said 300 now 0": what a screen showed before is no balance beside what it shows now; "the app said 300,
        now 0" may be the app's both."""
        start = 0
        for first, second in pairwise(numbers):
            before, start = self.tokens.written[start : first.at], first.at + 1
            showed = not SHOWED.isdisjoint(before[-4:])
            between = self.tokens.written[first.at + 1 : second.at]
            earlier = self.word(first.at + 1) in _EARLIER or not YESTERDAY.isdisjoint((*before, *between))
            if not (showed or earlier) or not self._is_now(first.at, second.at):
                continue
            if second.role is None and not 0 < second.value < 10:
                second.role = "observed"  # "balance was 640, its 64 now"
            if first.role == "observed":
                first.role, first.rank = None, NOBODYS
            elif showed and not earlier and first.role == "claimed" and first.rank == 3 and second.rank < 3:
                first.role = second.role = None
                first.is_points = second.is_points = True

    def _is_now(self, before: int, at: int) -> bool:
        """Whether the second of two numbers is what there is now."""
        following = {self.tokens.beside(at), self.word(at + 2) if self.word(at + 1) in POINTS else ""}
        return not _NOW.isdisjoint({*self.tokens.written[before + 1 : at], *following})

    def _by_opposition(self, numbers: Sequence[Number]) -> None:
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
            elif _NEGATED.search(joined) and len(between) <= 2 and min(first.value, second.value) >= 10:
                first.is_points = second.is_points = True  # "why 80 and not 800"
            elif joined in _AGAINST and second.role is None and first.rank <= 1:
                first.role, first.is_points = None, True  # "shows 80/800"
            elif self._is_either(between, second) and max(first.value, second.value) >= 10:
                first.role = second.role = None
                first.is_points = second.is_points = True
            elif not between and first.is_points and first.role is second.role is None:
                second.is_points = True  # "her points 300 350"

    def _is_either(self, between: Sequence[str], second: Number) -> bool:
        """Whether two numbers with these words between are told as one or the other."""
        if _EITHER.isdisjoint(between) or not _MAYBE.issuperset(between):
            return False
        return second.role is None or (len(between) > 1 and second.rank < 3)

    def _by_completion(self, numbers: Sequence[Number]) -> None:
        """Of two numbers that are both points, one told and one not: the other one is the other side."""
        if len(numbers) != 2:
            return
        first, second = numbers
        if not _EITHER.isdisjoint(self.tokens.written[first.at + 1 : second.at]):
            return
        silent = [one for one in numbers if one.role is None and one.rank != NOBODYS]
        told = [one for one in numbers if one.role is not None]
        if len(silent) == len(told) == 1 and told[0].role and self._is_other_side(silent[0], told[0]):
            silent[0].role = _other(told[0].role)
        elif first.role is None and second.rank == FIXED and self._stands(first.at):
            # "500 should be 700", "its 900 but should be 1200"
            first.role = "observed"
        elif second.role is None and first.rank == FIXED and self._is_there(second.at):
            second.role = "observed"  # "should be 500, is 200", "expected 500, 200 showing"
        elif first.role == second.role:
            self._by_sameness(first, second)

    def _by_sameness(self, first: Number, second: Number) -> None:
        """Of two numbers that both seem to be one side's, one is not: one thing shows one balance."""
        if first.role == "observed" and first.rank != second.rank and second.rank == 1:
            second.role, second.is_points = None, True  # "we show 12, he shows 120"
        elif first.role == "observed" and first.rank == 1 and second.rank == 2:
            first.role, first.is_points = None, True  # "she shows 120 we show 12"
        elif first.role == "claimed":
            provided = [one for one in (first, second) if self._told_by_provider(one.at)]
            past = [one for one in (first, second) if self._is_past(one.at)]
            if len(provided) == 1:
                provided[0].role = None  # "guest insists on 2,050, alpine says 250": not what the customer says
            elif len(past) == 1:
                # "wallet shows 0 but she had 610": the 610 is claimed; the 0 is neither that nor the register's.
                (first if past == [second] else second).role = None
            elif first.rank != second.rank and min(first.rank, second.rank) == 1:
                (first if first.rank < second.rank else second).role = None
            elif first.rank == FIXED and second.rank == 3 and first.value != second.value:
                second.role, second.is_points = None, True  # "customer expected 510 but app says 51"
            elif first.rank == second.rank == 3 and first.value != second.value:
                first.role = second.role = None  # "text said 200, app shows 20"
                first.is_points = second.is_points = True

    def _is_other_side(self, silent: Number, told: Number) -> bool:
        """Whether a number is points, and not the told side's once more: "she has 480, app says 520" is open."""
        if silent.at < told.at and told.role == "claimed" and self.word(silent.at - 1) in _HAS:
            return False
        return silent.is_points or self._owned(silent.at)

    def _is_there(self, at: int) -> bool:
        stands = self.word(at - 1) in _UPON and self.word(at - 2) in _STANDING
        return stands or self.word(at - 1) in _IS or self.word(at + 1 + (self.word(at + 1) in POINTS)) in _SHOWING

    def _told_by_provider(self, at: int) -> bool:
        """Whether the provider shows that number: "alpine says 250"."""
        return PROVIDER in (self.word(at - 1), self.word(at - 2))

    def _stands(self, at: int) -> bool:
        """Whether a number is what there is: after "is", or right before "should"."""
        following = [self.word(at + step) for step in (1, 2)]
        return self.word(at - 1) in ("is", "its", "at", "es", "esta", "en") or not CLAIM_FIXED.isdisjoint(following)

    def _unclear(self, numbers: Sequence[Number]) -> tuple[int, ...]:
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
        on_screen = any(self.cues.theirs(at - step) for step in (1, 2))
        return on_screen or self.word(at - 1) in _OWNING


def _other(role: Role) -> Role:
    return "observed" if role == "claimed" else "claimed"


def _unique(numbers: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(numbers))
