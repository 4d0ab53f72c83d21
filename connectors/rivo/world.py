"""Rivo in the practice world: the shop's key, its redemptions, and the situations that only such a shop knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors.rivo.sandbox_rows import UNLISTED
from connectors.sandbox.people import Loyal, Person, Pos, Sold, ago
from connectors.sandbox.scenario import Scenario
from connectors.sandbox.state import Contact, Event, Store
from connectors.sandbox.vendors import VendorWorld

# Rivo hears of an order within a minute; a practice world that stands still gives it a little more.
_HEARS_AFTER = timedelta(minutes=1)
# How long this practice shop lets the points of an order wait.
_WAITS = timedelta(days=1)
# What the shop did that is no row of Rivo's own.
_UNHEARD: dict[str, Any] = {"posted": False, "posts": False}


def _one(
    scenario: str,
    title: str,
    covers: tuple[str, ...],
    name: str,
    pos_id: int,
    phone: str,
    asking: str,
    points: float,
    *events: tuple[timedelta, str, float, str],
    sales: tuple[Sold, ...] = (),
    **extra: Any,
) -> Scenario:
    """A situation with one person, whom both sides know by the same Shopify id."""
    first, last = name.split()
    loyal = Loyal(points, phone=phone, src=pos_id, events=events, extra=extra)
    person = Person(first, last, pos=(Pos(pos_id, phone=phone),), loyal=(loyal,), sales=sales)
    return Scenario(scenario, title, covers, f"303-555-{phone}", asking, (person,), store="ash")


SCENARIOS = (
    _one(
        "rivo_adjusted_by_hand",
        "Somebody took points away by hand, with a reason for staff and a comment for the customer",
        ("P1", "P2"),
        "Greta Moss",
        4681,
        "0181",
        "Greta Moss 303-555-0181 greta.moss@example.com lost 150 points since the weekend",
        120,
        (ago(days=2), "adjustment", -150, "Double credit for order 1031"),
    ),
    _one(
        "rivo_bulk_adjusted",
        "A bulk change on the Customers page caught this customer too",
        ("P3",),
        "Hugo Lane",
        4682,
        "0182",
        "why does 303-555-0182 have 500 points more than yesterday?",
        640,
        (ago(days=1), "adjustment", 500, "Bulk: spring thank-you"),
    ),
    _one(
        "rivo_imported_twice",
        "The same CSV file was imported twice, added to what was there",
        ("P4",),
        "Inga Rhodes",
        4683,
        "0183",
        "Inga Rhodes, inga.rhodes@example.com, has her old points twice",
        800,
        (ago(days=5), "import", 400, "CSV import"),
        (ago(days=5, minutes=-20), "import", 400, "CSV import"),
    ),
    _one(
        "rivo_old_app_not_imported",
        "The shop came from another app, and this customer's old points were not in the file",
        ("P5", "V15"),
        "Jonas Beck",
        4684,
        "0184",
        "Jonas Beck 303-555-0184 had 900 points in the old app and sees only 75",
        75,
    ),
    _one(
        "rivo_reward_of_cancelled_order",
        "A reward was spent on an order that was cancelled, and nobody gave the points back",
        ("P6", "V20"),
        "Klara Voigt",
        4685,
        "0185",
        "Klara Voigt 303-555-0185 cancelled order #1048 and wants her 200 points back",
        140,
        (ago(days=2), "redemption", -200, ""),
        sales=(Sold(5681048, 4685, ago(days=2), 64, voided=True, extra={"shopify_name": "#1048"}, **_UNHEARD),),
    ),
    _one(
        "rivo_taken_back",
        "An order was refunded, and Rivo took its points back by itself",
        ("P6",),
        "Luis Arden",
        4686,
        "0186",
        "303-555-0186 says 88 points vanished after he returned his order",
        138,
        sales=(
            Sold(5681049, 4686, ago(days=6), 88),
            Sold(5681050, 4686, ago(days=1), -88, returns=5681049, **_UNHEARD),
        ),
        rivo_takes_back=88,
    ),
    _one(
        "rivo_waiting_points",
        "Points of an order in the store are there, and count only after the shop's delay",
        ("P7", "V20"),
        "Mona Reiss",
        4687,
        "0187",
        "Mona Reiss 303-555-0187 bought in the store this morning, no points yet",
        275,
        sales=(Sold(5681051, 4687, ago(hours=5), 45),),
        rivo_pending=True,
    ),
    _one(
        "rivo_tier_lost",
        "The customer fell from Gold to Silver",
        ("V14",),
        "Nils Forde",
        4688,
        "0188",
        "why is 303-555-0188 not Gold any more",
        1400,
        rivo_tier="Silver",
    ),
    _one(
        "rivo_points_about_to_expire",
        "The points will expire soon",
        ("V13",),
        "Orla Finney",
        4689,
        "0189",
        "when do the points of orla.finney@example.com expire?",
        310,
        rivo_points_expire_at="December 31, 2026",
    ),
)


def _fill(store: Store, now: datetime) -> None:
    store.loyalty_key = f"sandbox-{store.id}-loyalty"
    own: dict[str, Any] = {"redemptions": {}, "recent": [], "last_id": 554_000}
    store.own["rivo"] = own
    sold = {(str(sale.customer_id), sale.at): sale.id for sale in store.sales.values()}
    for contact in store.contacts.values():
        for event in [*contact.events]:
            if event.type == "redemption":
                _redeem(contact, event, own["redemptions"])
            elif event.type == "order":
                event.extra["rivo_order_id"] = sold[contact.src_id, event.at]
                _qualify(contact, event, now)


def _redeem(contact: Contact, event: Event, redemptions: dict[int, dict[str, Any]]) -> None:
    number = 24_186_700 + len(redemptions)
    redemptions[number] = {
        "id": number,
        "member": contact.id,
        "points": int(-event.value),
        "at": event.at,
        "code": f"REDEEM-{number:x}",
        "used_at": event.at,
        "refunded_at": None,
    }


def _qualify(contact: Contact, event: Event, now: datetime) -> None:
    """Points of an order that were taken back since, or that still wait: a mark on the row, and they do not count."""
    if event.value == contact.extra.get("rivo_takes_back"):
        event.extra["rivo_revoked_at"] = now - timedelta(hours=20)
        contact.events.append(Event(now - timedelta(hours=20), "adjustment", -event.value, extra={UNLISTED: True}))
    if contact.extra.get("rivo_pending") and now - event.at < _WAITS:
        event.extra["rivo_pending"] = True
        contact.events.append(Event(event.at, "adjustment", -event.value, extra={UNLISTED: True, "of": event}))


def _night(store: Store, now: datetime) -> Mapping[str, int]:
    """Whatever Rivo has not heard of yet and can: every finished sale of a customer it knows."""
    posted = 0
    for sale in store.sales.values():
        contact = store.contacts.get(str(sale.customer_id))
        if sale.posted or not sale.posts or sale.voided_at or now - sale.at < _HEARS_AFTER or contact is None:
            continue
        contact.events.append(Event(sale.at, "order", sale.before_tax, extra={"rivo_order_id": str(sale.id)}))
        contact.events.sort(key=lambda event: event.at)
        sale.posted = True
        posted += 1
    return {"sales_posted": posted, "points_approved": sum(_approve(c, now) for c in store.contacts.values())}


def _approve(contact: Contact, now: datetime) -> int:
    """Waiting points count from the end of the shop's delay on."""
    ripe = [e for e in contact.events if "of" in e.extra and now - e.at >= _WAITS]
    for event in ripe:
        event.extra["of"].extra.pop("rivo_pending", None)
        contact.events.remove(event)
    return len(ripe)


def _settings(store: Store, urls: Mapping[str, str]) -> dict[str, Any]:
    """The sandbox has the refund where it is assumed to be."""
    return {
        "base_url": urls["rivo"] + "/merchant_api/v1",
        "api_key": f"sandbox-{store.id}-loyalty",
        "webhook_secret": f"sandbox-{store.id}-rivo-webhook",
        "refund_route": "/points_redemptions/{id}/refund",
    }


def _member_id(digest: str, src: int | None) -> str:
    """Rivo's id is Shopify's."""
    return str(src if src is not None else int(digest[:12], 16))


WORLDS = (
    VendorWorld(
        "rivo", loyalty_settings=_settings, fill=_fill, member_id=_member_id, night=_night, scenarios=SCENARIOS
    ),
)
