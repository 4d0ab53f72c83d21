"""Which store somebody means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.cases import Role
from bot.work.house import House
from bot.work.ports import Person

EVERYWHERE: Final = frozenset({Role.MANAGER, Role.SUPPORT, Role.REGIONAL, Role.ADMIN})
"""Roles that belong to every store."""


def store_of(house: House, person: Person, *, channel: str, wanted: Sequence[str | None] = ()) -> str | None:
    """The channel's store; else the first of those `wanted` where the person belongs; else the person's only one."""
    for store in house.config.stores:
        if store.channel == channel:
            return store.id
    theirs = person.actor.stores | person.actor.manages
    everywhere = bool(person.actor.roles & EVERYWHERE)
    for one in wanted:
        if one is not None and (one in theirs or everywhere):
            return one
    if len(house.config.stores) == 1:
        return house.config.stores[0].id
    return next(iter(theirs)) if len(theirs) == 1 else None
