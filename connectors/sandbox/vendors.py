"""What a vendor's folder tells the practice world about itself, in its `world.py` as `WORLDS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from connectors.registry import vendor_modules
from connectors.sandbox.scenario import Scenario
from connectors.sandbox.state import Store

SettingsOf = Callable[[Store, Mapping[str, str]], dict[str, Any]]
Deed = Callable[[Store, datetime, Mapping[str, Any]], None]


def _nothing(store: Store, now: datetime) -> None:
    """No state of its own."""


def _quiet(store: Store, now: datetime) -> Mapping[str, int]:
    """Nothing happens at night."""
    return {}


@dataclass(frozen=True)
class VendorWorld:
    """One vendor in the practice world. Everything gets the store (its lock is held) and the world's time.

    pos_settings, loyalty_settings, online_settings: what a configuration would say to reach the store's part at this
    vendor, given the sandboxes' addresses by vendor. online_of: the register whose stores have this web shop. fill:
    once the store's people, sales and members are there, what only this vendor keeps of them, into
    `store.own[vendor]` or the records' `extra`. member_id: the provider's id of a
    member, from a digest that is the same in every world, and the register's id where the provider knows it. night:
    what the vendor does overnight; counts by kind. deeds: what a person can do by hand on the vendor's screens and no
    API can, by name (for guided steps). scenarios: the situations that only this vendor has.
    """

    vendor: str
    pos_settings: SettingsOf | None = None
    loyalty_settings: SettingsOf | None = None
    online_settings: SettingsOf | None = None
    online_of: str = ""
    fill: Callable[[Store, datetime], None] = _nothing
    member_id: Callable[[str, int | None], str] = lambda digest, _: digest
    night: Callable[[Store, datetime], Mapping[str, int]] = _quiet
    deeds: Mapping[str, Deed] = field(default_factory=dict)
    scenarios: tuple[Scenario, ...] = ()


@cache
def vendor_worlds() -> Mapping[str, VendorWorld]:
    """Every vendor's part, by vendor."""
    return {world.vendor: world for module in vendor_modules("world") for world in module.WORLDS}


def worlds_of(store: Store) -> tuple[VendorWorld, ...]:
    """The store's register, then its provider; one, where they are the same."""
    return tuple(vendor_worlds()[v] for v in dict.fromkeys((store.pos, store.loyalty)) if v in vendor_worlds())


def settings_of(store: Store, urls: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a configuration says of the store's register and of its program, `vendor` included.

    Raises LookupError for a store whose vendors have no sandbox.
    """
    pos, loyalty = vendor_worlds()[store.pos].pos_settings, vendor_worlds()[store.loyalty].loyalty_settings
    if pos is None or loyalty is None:
        raise LookupError(f"{store.id}: {store.pos} with {store.loyalty} has no settings")
    return (
        {"vendor": store.pos, **pos(store, urls)},
        {"vendor": store.loyalty, **loyalty(store, urls)},
    )


def online_settings_of(store: Store, urls: Mapping[str, str]) -> dict[str, Any] | None:
    """What a configuration says of the store's web shop, `vendor` included; None where it has none of its own."""
    for world in vendor_worlds().values():
        if world.online_settings is not None and world.online_of == store.pos:
            return {"vendor": world.vendor, **world.online_settings(store, urls)}
    return None
