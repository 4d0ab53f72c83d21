"""Smile.io in the practice world: keys and scopes, rewards that were given out, and its own situations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors.sandbox.people import Loyal, Person, Pos, Sold, ago
from connectors.sandbox.scenario import Scenario
from connectors.sandbox.state import Event, Store
from connectors.sandbox.vendors import VendorWorld

# Smile hears of an order within a minute or so.
_HEARS_AFTER = timedelta(minutes=1)
_READS = ("customer", "points_transaction", "vip_tier", "points_settings")


def _of(scenario: str, title: str, covers: tuple[str, ...], phone: str, asking: str, *people: Person) -> Scenario:
    return Scenario(scenario, title, covers, f"303-555-{phone}", asking, people, store="bay")


def _one(name: str, pos_id: int, phone: str, points: float, *events: Any, sales: Any = (), **extra: Any) -> Person:
    first, last = name.split()
    loyal = Loyal(points, phone=None, src=pos_id, events=events, extra=extra)
    return Person(first, last, pos=(Pos(pos_id, phone=phone),), loyal=(loyal,), sales=sales)


SCENARIOS = (
    _of(
        "smile_adjusted_by_hand",
        "Somebody took points away by hand",
        ("P1", "P2"),
        "0181",
        "Cara Holm 303-555-0181 lost 120 points on Monday",
        _one("Cara Holm", 4781, "0181", 90, (ago(days=2), "adjustment", -120, "Counted twice, order 1021")),
    ),
    _of(
        "smile_nearly_empty",
        "More is to be taken away than there is: Smile refuses it",
        ("P2",),
        "0182",
        "take 300 points from Dirk Amsel 303-555-0182, his order was fraud",
        _one("Dirk Amsel", 4782, "0182", 60),
    ),
    _of(
        "smile_cancelled_kept_points",
        "An order was cancelled, and its points stayed",
        ("P6",),
        "0183",
        "order of Edda Rust 303-555-0183 was cancelled but the points are still there",
        _one("Edda Rust", 4783, "0183", 240, sales=(Sold(5781083, 4783, ago(days=2), 70, voided=True),)),
    ),
    _of(
        "smile_reward_on_cancelled_order",
        "A reward was spent on an order that was cancelled",
        ("P6", "V20"),
        "0184",
        "Falk Osten 303-555-0184 wants the 200 points of his coupon back",
        _one("Falk Osten", 4784, "0184", 35, (ago(days=1), "redemption", -200, "")),
    ),
    _of(
        "smile_other_email",
        "The customer shops with one e-mail and joined with another",
        ("V8", "V11"),
        "0185",
        "Gitta Blau 303-555-0185 gitta.blau@example.com sees no points",
        Person(
            "Gitta",
            "Blau",
            pos=(Pos(4785, phone="0185"),),
            loyal=(Loyal(480, phone=None, src=4785, email="gitta.old@example.com"),),
        ),
    ),
    _of(
        "smile_candidate",
        "Smile knows the customer, who never joined",
        ("V7",),
        "0186",
        "why does Heiner Wolf 303-555-0186 earn nothing",
        Person(
            "Heiner",
            "Wolf",
            pos=(Pos(4786, phone="0186"),),
            loyal=(Loyal(0, phone=None, src=4786, member=False),),
        ),
    ),
    _of(
        "smile_store_sale_missing",
        "A sale at Shopify POS that Smile did not hear of",
        ("P7", "V20"),
        "0187",
        "Ilka Senn 303-555-0187 no points for yesterday in the store",
        _one("Ilka Senn", 4787, "0187", 110, sales=(Sold(5781087, 4787, ago(days=1), 52, posted=False, posts=False),)),
    ),
    _of(
        "smile_tier_lost",
        "The customer fell from Gold to Silver",
        ("V14",),
        "0188",
        "why is Jost Kamp 303-555-0188 not Gold any more",
        _one("Jost Kamp", 4788, "0188", 1300, smile_tier="Silver"),
    ),
)


def _fill(store: Store, now: datetime) -> None:
    key = f"sandbox-{store.id}-loyalty"
    store.loyalty_key = key
    own: dict[str, Any] = {
        "keys": {key: None, f"sandbox-{store.id}-readonly": frozenset(f"{word}:read" for word in _READS)},
        "recent": [],
        "rewards": [],
        "identities": {},
        "last_id": 990_000_000,
    }
    store.own["smile"] = own
    for contact in store.contacts.values():
        if contact.src_id:
            own["identities"][contact.src_id] = contact.id
        for event in contact.events:
            if event.type == "redemption":
                number = 625_470_000 + len(own["rewards"])
                given = {"id": number, "name": "$5 off coupon", "code": f"5off-{number:x}", "member": contact.id}
                own["rewards"].append({**given, "at": event.at, "used_at": event.at + timedelta(hours=1)})


def _night(store: Store, now: datetime) -> Mapping[str, int]:
    """Whatever Smile has not heard of yet and can: every finished sale of a member."""
    posted = 0
    members = {c.src_id: c for c in store.contacts.values() if c.member and c.src_id}
    for sale in store.sales.values():
        contact = members.get(str(sale.customer_id))
        if sale.posted or not sale.posts or sale.voided_at or now - sale.at < _HEARS_AFTER or contact is None:
            continue
        contact.events.append(Event(sale.at, "order", sale.before_tax))
        contact.events.sort(key=lambda event: event.at)
        sale.posted = True
        posted += 1
    return {"sales_posted": posted}


def _settings(store: Store, urls: Mapping[str, str]) -> dict[str, Any]:
    """In the sandbox an identity makes a member, as is assumed."""
    return {
        "base_url": urls["smile"] + "/v1",
        "api_key": f"sandbox-{store.id}-loyalty",
        "enroll_by_identity": True,
    }


def _member_id(digest: str, src: int | None) -> str:
    """Smile's own numbers."""
    return str(304_000_000 + src if src is not None else 305_000_000 + int(digest[:5], 16))


WORLDS = (
    VendorWorld(
        "smile", loyalty_settings=_settings, fill=_fill, member_id=_member_id, night=_night, scenarios=SCENARIOS
    ),
)
