"""Two numbers after two screens: "checked the pos, checked the app: 66 and 660"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.understanding.amount_tokens import Tokens
from bot.understanding.amount_words import CLAIM_THINGS, HERE, OBSERVE_THINGS, POINTS
from bot.understanding.cues import Role
from bot.understanding.plain import word_set

_BETWEEN = word_set("and y n then luego e")
_ORDER = word_set("first then respectively primero luego despues next")
_LOOKED = word_set("checked looked check look opened pulled vi revise cheque mire saw scanned tried")


@dataclass
class Number:
    """A number among the tokens; `at` is its place in them."""

    at: int
    value: int
    role: Role | None = None
    rank: int = 0
    is_points: bool = False


def by_listing(tokens: Tokens, numbers: Sequence[Number]) -> None:
    """Give two numbers that stand together the sides of the two screens named before them, in their order, where words
    speak of an order; else neither is told, for the nearest screen is not both numbers'."""
    start = 0
    for first, second in pairwise(numbers):
        before, start = tokens.written[start : first.at], first.at + 1
        between = [word for word in tokens.written[first.at + 1 : second.at] if word not in POINTS]
        sides = _sides(before)
        if not _BETWEEN.issuperset(between) or len(between) > 1 or sorted(sides) != ["claimed", "observed"]:
            continue
        if _is_ordered(before):
            first.role, second.role = sides
            first.rank = second.rank = 3
        else:
            first.role = second.role = None
            first.is_points = second.is_points = True


def _sides(words: Sequence[str]) -> list[Role]:
    out: list[Role] = []
    for word in words:
        if word in CLAIM_THINGS:
            out.append("claimed")
        elif word in OBSERVE_THINGS - HERE:
            out.append("observed")
    return out


def _is_ordered(words: Sequence[str]) -> bool:
    """Whether one was looked at after the other: "first the app then the register", "checked the pos, checked it"."""
    return not _ORDER.isdisjoint(words) or sum(word in _LOOKED for word in words) > 1
