"""Treez in the practice world: keys, stored loyalty ids, and what a person does on its screens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.sandbox.state import Contact, Event, PosCustomer, Store
from connectors.sandbox.vendors import VendorWorld
from connectors.treez.sandbox_key import sandbox_key_text
from connectors.treez.sandbox_state import CERTIFICATE, ORGANIZATION, fill, link_of, looked_up, own, set_link
from connectors.treez.situations import SCENARIOS


def _pos_settings(store: Store, urls: Mapping[str, str]) -> dict[str, Any]:
    """The newer generation. Here a merge keeps the destination, as its name says, so it may be tried."""
    return {
        "base_url": urls["treez"],
        "dispensary": store.id,
        "certificate_id": CERTIFICATE,
        "organization_id": ORGANIZATION,
        "private_key": sandbox_key_text(),
        "webhook_secret": own(store).webhook_secret,
        "merge": "destination_survives",
    }


def _loyalty_settings(store: Store, urls: Mapping[str, str]) -> dict[str, Any]:
    return {}


# -- on the screens ---------------------------------------------------------------------------------------------------


def _of(store: Store, values: Mapping[str, Any]) -> PosCustomer:
    """The profile that is meant. Raises LookupError."""
    return store.customers[int(values["customer_id"])]


def _lookup(store: Store, values: Mapping[str, Any]) -> tuple[PosCustomer, Contact | None]:
    """Loyalty ID Lookup, as far as its question. Raises LookupError without an id on file: there is no magnifier."""
    customer = _of(store, values)
    if link_of(customer) is None:
        raise LookupError("no loyalty id is stored on the profile, so there is no magnifier")
    return customer, looked_up(store, customer)


def _accept(store: Store, now: datetime, values: Mapping[str, Any]) -> None:
    """Yes to the other id. Raises LookupError where there is none to accept."""
    customer, found = _lookup(store, values)
    if found is None or found.id == link_of(customer):
        raise LookupError("no record was found" if found is None else "the loyalty id is up to date")
    set_link(customer, found.id, now)


def _clear(store: Store, now: datetime, values: Mapping[str, Any]) -> None:
    """Yes to clearing. Raises LookupError where a record was found, and clearing is not asked."""
    customer, found = _lookup(store, values)
    if found is not None:
        raise LookupError("a record was found, so clearing is not offered")
    set_link(customer, None, now)


def _decline(store: Store, now: datetime, values: Mapping[str, Any]) -> None:
    """No, at whichever question: nothing changes."""
    _lookup(store, values)


def _link_at_register(store: Store, now: datetime, values: Mapping[str, Any]) -> None:
    """The first link, by redeeming at the register. Raises LookupError where one is stored, or nobody is found."""
    customer = _of(store, values)
    found = looked_up(store, customer)
    if link_of(customer) is not None or found is None:
        raise LookupError("a loyalty id is stored already" if found else "nobody at the provider has phone or e-mail")
    set_link(customer, found.id, now)


def _adjust(store: Store, now: datetime, values: Mapping[str, Any]) -> None:
    """Points changed on Treez Loyalty's dashboard. Raises LookupError where Treez Loyalty is not the program."""
    if store.loyalty != "treez":
        raise LookupError("this store's points are not Treez Loyalty's")
    found = looked_up(store, _of(store, values))
    if found is None:
        raise LookupError("nobody at Treez Loyalty has phone or e-mail")
    found.events.append(Event(now, "adjustment", float(values["points"]), str(values.get("reason", ""))))


DEEDS = {
    "accept_loyalty_id": _accept,
    "clear_loyalty_id": _clear,
    "decline_loyalty_id": _decline,
    "link_at_register": _link_at_register,
    "adjust_loyalty_points": _adjust,
}

WORLDS = (
    VendorWorld(
        "treez",
        pos_settings=_pos_settings,
        loyalty_settings=_loyalty_settings,
        fill=fill,
        member_id=lambda digest, _: f"cus_{digest[:12]}",
        deeds=DEEDS,
        scenarios=SCENARIOS,
    ),
)
