"""Dutchie in the practice world: keys, and the register's own nightly ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from connectors.dutchie.day import Day, Deal, WebOrder
from connectors.dutchie.situations import SCENARIOS
from connectors.sandbox.state import Event, PosKey, Store
from connectors.sandbox.vendors import VendorWorld


def _fill(store: Store, now: datetime) -> None:
    store.pos_keys[f"sandbox-{store.id}-pos"] = PosKey()
    if store.id == "pine":
        store.pos_keys["sandbox-pine-medical"] = PosKey(menu="medical")
        store.pos_keys["sandbox-pine-recreational"] = PosKey(menu="recreational")
        store.pos_keys["sandbox-pine-customers-only"] = PosKey(roles=frozenset({"Customer"}))
    for customer in store.customers.values():
        customer.tier = customer.extra.get("tier")
    store.own["dutchie"] = _day(store, now)
    _take_snapshot(store, now)


def _day(store: Store, now: datetime) -> Day:
    """An ordinary day: the provider's reward, one of last year, somebody waiting, an online order."""
    method = {"alpineiq": "By Alpine IQ", "springbig": "By SpringBig"}.get(store.loyalty, "Automatic")
    deals = [
        Deal(9001, "AIQ $5 off" if store.loyalty == "alpineiq" else "$5 off", method, external_id="9001"),
        Deal(9003, "Summer special", "Manual", active=False, until=now - timedelta(days=200), weekdays=("friday",)),
        Deal(9004, "Gone", "Manual", deleted=True),
    ]
    first = sorted(store.customers)[:2]
    orders = {77001: WebOrder(77001, first[0], now - timedelta(hours=2), 35.0)}
    return Day(deals=deals, orders=orders, checked_in=first[1:])


def _take_snapshot(store: Store, now: datetime) -> None:
    """The register's own ledger at the end of yesterday: a store run on a third party has zeros there."""
    ended = datetime.combine(now.date(), time.min, UTC)
    own = {c.src_id: c for c in store.contacts.values()} if store.loyalty == "dutchie" else {}
    rows = []
    for customer_id in sorted(store.customers):
        member = own.get(str(customer_id))
        events = [e for e in member.events if e.at < ended] if member else []
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
    _take_snapshot(store, now)
    return {}


def _type_new_total(store: Store, now: datetime, values: Mapping[str, Any]) -> None:
    """At the register: a new total of a customer's own points."""
    member = next(c for c in store.contacts.values() if c.src_id == str(values["customer_id"]))
    change = float(values["total"]) - member.points
    member.events.append(Event(now, "adjustment", change, str(values.get("reason", ""))))


def _settings(store: Store, urls: Mapping[str, str]) -> dict[str, Any]:
    return {"base_url": urls["dutchie"], "api_key": f"sandbox-{store.id}-pos"}


WORLDS = (
    VendorWorld(
        "dutchie",
        pos_settings=_settings,
        loyalty_settings=_settings,
        fill=_fill,
        member_id=lambda digest, source: str(source) if source else digest,
        night=_night,
        deeds={"type_new_total": _type_new_total},
        scenarios=SCENARIOS,
    ),
)
