"""How a person of the world is described, before anybody knows what time it is: everything is relative to now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any


def ago(*, days: float = 0, hours: float = 0, minutes: float = 0) -> timedelta:
    """How long before the world's first moment."""
    return timedelta(days=days, hours=hours, minutes=minutes)


@dataclass(frozen=True)
class Pos:
    """A profile in the register. `phone`: the last four digits; `email` "": the person's own; None: none.

    extra: goes into the record's `extra`, here and below.
    """

    id: int
    phone: str | None
    email: str | None = ""
    status: str = "Active"
    merged_into: int | None = None
    member: bool | None = True
    created_by: str | None = None
    age: timedelta = timedelta(days=400)
    medical: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Loyal:
    """A persona at the provider, with the points it ends with. `events`: (how long ago, type, points, note).

    src: the register's id as the provider knows it; None: signed up outside the register.
    """

    points: float
    phone: str | None
    src: int | None = None
    email: str | None = ""
    member: bool = True
    hide: bool = False
    joined: timedelta = timedelta(days=300)
    events: tuple[tuple[timedelta, str, float, str], ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sold:
    """A sale of the register; on a negative amount, the return of the sale `returns`. Amounts are before tax."""

    id: int
    customer: int | None
    when: timedelta
    amount: float
    discount: float = 0
    posted: bool = True
    posts: bool = True
    voided: bool = False
    returns: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Person:
    """A human being, with all that the two systems hold about them.

    history: give them ordinary older sales, posted, on the first profile. recent: one of these inside seven days.
    """

    first: str
    last: str
    pos: tuple[Pos, ...] = ()
    loyal: tuple[Loyal, ...] = ()
    sales: tuple[Sold, ...] = ()
    email: str | None = None
    history: bool = True
    recent: bool = True

    @property
    def own_email(self) -> str:
        return self.email or f"{self.first}.{self.last}@example.com".lower()


def simple(
    first: str,
    last: str,
    pos_id: int,
    phone: str,
    points: float,
    *,
    events: tuple[tuple[timedelta, str, float, str], ...] = (),
) -> Person:
    """A person whose register and provider agree."""
    return Person(
        first, last, pos=(Pos(pos_id, phone=phone),), loyal=(Loyal(points, phone=phone, src=pos_id, events=events),)
    )


_ORDINARY = """
    Abel Stone, Bea Novak, Cal Winters, Dot Hughes, Eli Mercer, Fay Lund, Gus Alvarez, Hope Daly, Ian Frost, Joy Tran,
    Ken Abbott, Lia Romano, Moe Sato, Nia Cole, Otto Blum, Pia Hansen, Quin Marsh, Ray Dutton, Sue Lang, Tom Becker,
    Una Walsh, Vic Moreno, Wes Hale, Xia Chen, Yara Haddon, Zack Ellis, Alma Reed, Bo Larsen, Cora Finch, Dev Patel
"""
_OAK = "Iris Nolan, Jack Webb, Kira Stein, Leo Grant, Maya Singh, Nick Osborn, Opal Dunn, Pete Riggs"

_ELSEWHERE = """
    Ann Holt, Ben Kerr, Cleo Voss, Dale Ruiz, Ella Stroud, Ford Yates, Gia Mori, Hal Benson, Ivy Quint, Jon Petty,
    Kay Lowell, Lon Abrams
"""


def _ordinary(names: str, *, first_id: int, first_phone: int, medical_every: int) -> tuple[Person, ...]:
    people = []
    for n, name in enumerate(names.split(",")):
        first, last = name.split()
        phone, pos_id = f"{first_phone + n:04d}", first_id + n
        pos = Pos(pos_id, phone=phone, medical=n % medical_every == 0)
        people.append(Person(first, last, pos=(pos,), loyal=(Loyal(150 + 10 * n, phone=phone, src=pos_id),)))
    return tuple(people)


def ordinary_of(store_id: str) -> tuple[Person, ...]:
    """People with nothing the matter, so that windows and pages hold other people's rows too."""
    if store_id == "pine":
        return _ordinary(_ORDINARY, first_id=870100, first_phone=100, medical_every=5)
    if store_id == "oak":
        return _ordinary(_OAK, first_id=890180, first_phone=180, medical_every=4)
    return _ordinary(_ELSEWHERE, first_id=4100, first_phone=100, medical_every=6)
