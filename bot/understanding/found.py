"""A thing found in a text, and how found things are covered so that nothing is read twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

COVER = "¦"
"""Stands for each letter of what was read already: no word, no digit, no blank."""


@dataclass(frozen=True)
class Found:
    """`value` was written at text[start:end]."""

    start: int
    end: int
    value: str


_NEAR = 80
"""Characters before a place in which a word still says something about it."""


def just_before(text: str, at: int) -> str:
    """The text right before that place: what a pattern that ends in `$` looks at, at the same cost anywhere."""
    return text[max(at - _NEAR, 0) : at]


def covered(text: str, found: Iterable[Found]) -> str:
    """The text, as long as before, with everything found covered."""
    letters = list(text)
    for one in found:
        letters[one.start : one.end] = COVER * (one.end - one.start)
    return "".join(letters)


def values(found: Iterable[Found]) -> tuple[str, ...]:
    """What was found, in the order of the text, each once."""
    return tuple(dict.fromkeys(one.value for one in sorted(found, key=lambda one: one.start)))
