"""BrandLift in the practice world: nobody can ask it, but people can work its screens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from connectors.sandbox.people import Loyal, Person, Pos, Sold, ago
from connectors.sandbox.scenario import Scenario
from connectors.sandbox.state import Contact, Event, Store
from connectors.sandbox.vendors import VendorWorld

# What the shop did that is no row of BrandLift's own.
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
    *events: tuple[Any, str, float, str],
    sales: tuple[Sold, ...] = (),
) -> Scenario:
    first, last = name.split()
    loyal = Loyal(points, phone=phone, src=pos_id, events=events)
    person = Person(first, last, pos=(Pos(pos_id, phone=phone),), loyal=(loyal,), sales=sales)
    return Scenario(scenario, title, covers, f"303-555-{phone}", asking, (person,), store="ivy")


SCENARIOS = (
    _one(
        "brandlift_goodwill",
        "Points are owed, and a person has to add them by hand",
        ("P1",),
        "Vera Stahl",
        4881,
        "0181",
        "please give Vera Stahl 303-555-0181 vera.stahl@example.com 50 points for the wrong flavor",
        140,
    ),
    _one(
        "brandlift_taken_by_hand",
        "Somebody took points away by hand",
        ("P1", "P2"),
        "Walt Egan",
        4882,
        "0182",
        "Walt Egan 303-555-0182 has 200 points less than last week",
        35,
        (ago(days=3), "adjustment", -200, "Fraud check, order 1012"),
    ),
    _one(
        "brandlift_bulk_changed",
        "A bulk change of a whole page took points from this customer too",
        ("P3",),
        "Xena Ferro",
        4883,
        "0183",
        "some customers lost 100 points over night, for example 303-555-0183",
        210,
        (ago(days=1), "adjustment", -100, "Bulk: duplicate reward"),
    ),
    _one(
        "brandlift_file_twice",
        "A CSV file was imported twice, added to what was there",
        ("P4",),
        "Yuri Sand",
        4884,
        "0184",
        "Yuri Sand 303-555-0184 suddenly has 600 points",
        600,
        (ago(days=2), "import", 250, "CSV import"),
        (ago(days=2, minutes=-9), "import", 250, "CSV import"),
    ),
    _one(
        "brandlift_old_app",
        "Points of the app from before were not imported",
        ("P5", "V15"),
        "Zora Klein",
        4885,
        "0185",
        "Zora Klein 303-555-0185 says her points from the old app are gone",
        0,
    ),
    _one(
        "brandlift_cancelled_order",
        "An order was cancelled, and its points stayed",
        ("P6",),
        "Aldo Quist",
        4886,
        "0186",
        "order of Aldo Quist 303-555-0186 was cancelled, he still has the points",
        180,
        sales=(Sold(5881086, 4886, ago(days=2), 95, voided=True),),
    ),
    _one(
        "brandlift_store_sale",
        "A sale at Shopify POS that earned nothing",
        ("P7", "V20"),
        "Bibi Lorne",
        4887,
        "0187",
        "Bibi Lorne 303-555-0187 bought in the store yesterday, no points",
        75,
        sales=(Sold(5881087, 4887, ago(days=1), 48, **_UNHEARD),),
    ),
)


def _settings(store: Store, urls: Mapping[str, str]) -> dict[str, Any]:
    return {}


def _member_id(digest: str, src: int | None) -> str:
    return f"brandlift-{src if src is not None else digest[:12]}"


def _night(store: Store, now: datetime) -> Mapping[str, int]:
    """Finished orders of the shop's customers earn."""
    posted = 0
    members = {c.src_id: c for c in store.contacts.values() if c.member and c.src_id}
    for sale in store.sales.values():
        contact = members.get(str(sale.customer_id))
        if sale.posted or not sale.posts or sale.voided_at or sale.at > now or contact is None:
            continue
        contact.events.append(Event(sale.at, "order", sale.before_tax))
        contact.events.sort(key=lambda event: event.at)
        sale.posted = True
        posted += 1
    return {"sales_posted": posted}


def _adjust(store: Store, now: datetime, values: Mapping[str, Any]) -> None:
    """Edit balance > Adjust Points Balance: member_id or email, points, reason, comment."""
    _give(_chosen(store, (str(values.get("member_id") or values.get("email")),)), now, values)


def _bulk(store: Store, now: datetime, values: Mapping[str, Any]) -> None:
    """More actions > Bulk update points: members (ids or e-mails), points, reason, comment."""
    _give(_chosen(store, values["members"]), now, values)


def _import(store: Store, now: datetime, values: Mapping[str, Any]) -> None:
    """Adjust total points, added to what is there: rows {e-mail: points}, reason, comment."""
    for email, points in values["rows"].items():
        _give(_chosen(store, (email,)), now, {**values, "points": points})


def _chosen(store: Store, keys: Iterable[str]) -> list[Contact]:
    """Raises LookupError for somebody who is not there; then nothing is done."""
    by_key = {key: c for c in store.contacts.values() for key in (c.id, c.email.lower()) if key}
    return [by_key[key.lower()] for key in keys]


def _give(contacts: Iterable[Contact], now: datetime, values: Mapping[str, Any]) -> None:
    points, comment = float(values["points"]), {"brandlift_comment": str(values.get("comment") or "")}
    for contact in contacts:
        contact.events.append(Event(now, "adjustment", points, str(values.get("reason") or ""), dict(comment)))


WORLDS = (
    VendorWorld(
        "brandlift",
        loyalty_settings=_settings,
        member_id=_member_id,
        night=_night,
        deeds={"adjust": _adjust, "bulk": _bulk, "import": _import},
        scenarios=SCENARIOS,
    ),
)
