"""Which customer a reply is about: the case's, another, or one that people have to be asked about. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from rapidfuzz.distance import OSA

from bot.understanding import Entities, entities, of_another, turned_to, what_about

Whose = Literal["this", "another", "open"]
CONTACT = ("phone", "email", "loyalty_id")
POINTS = ("claimed_points", "observed_points", "points_delta")
_SHORTENED = 3
"""Letters that a first name and its short form have in common."""
_SAME_SHORT = {
    short: full
    for full, many in {
        "michael": "mike mikey",
        "robert": "bob bobby rob",
        "william": "bill billy will",
        "richard": "dick rick",
        "james": "jim jimmy",
        "elizabeth": "liz beth betty",
        "margaret": "peggy meg",
        "katherine": "kate katie kathy cathy",
        "anthony": "tony",
        "guadalupe": "lupe lupita",
        "francisco": "pancho paco",
        "jose": "pepe",
        "jesus": "chuy",
        "ignacio": "nacho",
        "roberto": "beto",
        "enrique": "quique kike",
        "maria": "mary mari",
        "theodore": "ted teddy",
        "edward": "ed eddie ted",
        "charles": "chuck charlie",
        "john": "jack johnny",
    }.items()
    for short in many.split()
}
"""Short names that begin otherwise than the whole ones."""


_OF_THEIRS = re.compile(
    r"\b(?:under|goes by|name is|name on|names|a nombre de|se llama|husband|wife|mom|dad|son|daughter|sister|brother"
    r"|esposo|esposa|mama|papa|hijo|hija)\b",
    re.IGNORECASE,
)
"""The same customer by another name, or on somebody's account: "its under her husband Bob, 303-555-0164"."""


def named_in(text: str, *, area_code: str | None, stores: Mapping[str, Sequence[str]]) -> Entities:
    """What a reply names; also the customer whom it turns to by a first name alone."""
    named = entities(text, area_code=area_code, stores=stores)
    turn = None if named.customer_name else turned_to(text, stores=stores)
    return named if turn is None else named.model_copy(update={"customer_name": (turn.name,)})


def leads_to_somebody(text: str, stores: Mapping[str, Sequence[str]]) -> bool:
    """Whether a reply asks of somebody what was asked before: "what about Maria Lopez?", "ok now Kevin"."""
    turn = turned_to(text, stores=stores)
    return what_about(text) or of_another(text) or (turn is not None and turn.led)


def whose(
    known: Entities,
    called: Sequence[str],
    text: str,
    *,
    area_code: str | None,
    stores: Mapping[str, Sequence[str]],
) -> Whose:
    """Which customer a reply speaks of. known: what was told of the case's; called: that one's names on record."""
    named = named_in(text, area_code=area_code, stores=stores)
    fresh = any(set(getattr(named, key)) - set(getattr(known, key)) for key in CONTACT)
    there = any(getattr(known, key) for key in CONTACT)
    if of_another(text):
        return "another" if there and (fresh or named.customer_name) else "this"
    if not named.customer_name or not (there or known.customer_name):
        return "this"
    before = _parts((*known.customer_name, *called))
    now = _parts(named.customer_name)
    if not before.isdisjoint(now):
        return "this"
    turn = turned_to(text, stores=stores)
    led = what_about(text) or (turn is not None and turn.led)
    if fresh:
        if known.customer_name or led:
            return "another"
        return "open" if called and not _OF_THEIRS.search(text) else "this"
    if any(_alike(one, other) for one in before for other in now):
        return "open"
    if led and (turn is None or turn.sure):
        return "another"
    points = any(getattr(named, key) for key in POINTS)
    return "open" if led or (points and before) else "this"


def another_name(said: Iterable[str], called: Sequence[str]) -> tuple[str, str] | None:
    """How the customer was named and whose the record is, where both can hardly be one person; else None."""
    said = tuple(said)
    named, on_record = _parts(said), _parts(called)
    if not named or not on_record or any(_alike(one, other) for one in named for other in on_record):
        return None
    return ", ".join(said), ", ".join(called)


def names_of_one(known: Sequence[str], more: Sequence[str]) -> tuple[str, ...]:
    """The names of one customer, without those that only repeat a part of what is known: "Dana" beside "Dana Ortiz"."""
    new = [name for name in more if not _parts([name]) <= _parts(known)]
    longer = [name for name in known if not any(_parts([name]) < _parts([one]) for one in new)]
    return (*longer, *new)


def _parts(names: Iterable[str]) -> set[str]:
    return {part for name in names for part in name.casefold().split()}


def _alike(one: str, other: str) -> bool:
    """Whether one may be short for the other, or a slip of it: "Jen" and "Jenny", "Ana" and "Anna"."""
    short = min(one, other, key=len)
    begins = len(short) >= _SHORTENED and one[:_SHORTENED] == other[:_SHORTENED]
    return begins or _SAME_SHORT.get(one, one) == _SAME_SHORT.get(other, other) or OSA.distance(one, other) == 1
