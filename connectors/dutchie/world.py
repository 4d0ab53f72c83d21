"""Dutchie in the practice world: keys, and the register's own nightly ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.sandbox.state import PosKey, Store
from connectors.sandbox.vendors import VendorWorld


def _fill(store: Store, now: datetime) -> None:
    store.pos_keys[f"sandbox-{store.id}-pos"] = PosKey()
    if store.id == "pine":
        store.pos_keys["sandbox-pine-medical"] = PosKey(menu="medical")
        store.pos_keys["sandbox-pine-recreational"] = PosKey(menu="recreational")
        store.pos_keys["sandbox-pine-customers-only"] = PosKey(roles=frozenset({"Customer"}))
    _take_snapshot(store)


def _take_snapshot(store: Store) -> None:
    """Last night's copy of the register's own ledger: a store run on a third party has zeros there."""
    own = {c.src_id: c for c in store.contacts.values()} if store.loyalty == "dutchie" else {}
    rows = []
    for customer_id in sorted(store.customers):
        member = own.get(str(customer_id))
        events = member.events if member else []
        rows.append(
            {
                "customerId": customer_id,
                "loyaltyBalance": round(sum(e.value for e in events), 2),
                "loyaltySpent": round(-sum(e.value for e in events if e.type == "redemption"), 2),
                "loyaltyEarned": round(sum(e.value for e in events if e.value > 0), 2),
            }
        )
    store.snapshot = rows


def _night(store: Store, now: datetime) -> Mapping[str, int]:
    _take_snapshot(store)
    return {}


def _pos_settings(store: Store, urls: Mapping[str, str]) -> dict[str, Any]:
    return {"base_url": urls["dutchie"], "api_key": f"sandbox-{store.id}-pos"}


WORLDS = (VendorWorld("dutchie", pos_settings=_pos_settings, fill=_fill, night=_night),)
