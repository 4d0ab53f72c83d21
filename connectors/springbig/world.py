"""springbig in the practice world: the two keys, the numbers on the register's profiles, and its own situations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.sandbox.people import Loyal, Person, Pos, Sold, ago
from connectors.sandbox.scenario import Scenario
from connectors.sandbox.state import Contact, Event, Store
from connectors.sandbox.vendors import VendorWorld

API_KEY = "sandbox-springbig-integration"
_LINK = "springbig_member_id"


def _of(scenario: str, title: str, covers: tuple[str, ...], phone: str, asking: str, *people: Person) -> Scenario:
    return Scenario(scenario, title, covers, f"303-555-{phone}", asking, people, store="yew")


SCENARIOS = (
    _of(
        "springbig_link_of_another",
        "The profile stores the springbig number of somebody else",
        ("V11", "V3"),
        "0181",
        "Abby Crane 303-555-0181 sees 70 points at the register, she has 260",
        Person(
            "Abby",
            "Crane",
            pos=(Pos(4981, phone="0181", extra={_LINK: 704982}),),
            loyal=(Loyal(260, phone="0181", src=4981),),
        ),
        Person("Boris", "Dorn", pos=(Pos(4982, phone="0182"),), loyal=(Loyal(70, phone="0182", src=4982),)),
    ),
    _of(
        "springbig_not_enrolled",
        "A profile at the register, and nobody at springbig",
        ("V5", "V7"),
        "0183",
        "Cleo Finn 303-555-0183 says loyalty shows not connected",
        Person("Cleo", "Finn", pos=(Pos(4983, phone="0183", member=False),)),
    ),
    _of(
        "springbig_two_members",
        "One person joined twice: once by phone, once by e-mail",
        ("V8",),
        "0184",
        "Dino Marsh 303-555-0184 dino.marsh@example.com is missing half of his points",
        Person(
            "Dino",
            "Marsh",
            pos=(Pos(4984, phone="0184"),),
            loyal=(Loyal(45, phone="0184", src=4984, email=None), Loyal(405, phone=None)),
        ),
    ),
    _of(
        "springbig_old_phone",
        "springbig still has the phone from before",
        ("V11",),
        "0185",
        "Elin Rask 303-555-0185 elin.rask@example.com gets no points since her new number",
        Person("Elin", "Rask", pos=(Pos(4985, phone="0185"),), loyal=(Loyal(190, phone="0195", src=4985),)),
    ),
    _of(
        "springbig_missed_visit",
        "A sale that springbig never heard of",
        ("V20",),
        "0186",
        "Fritz Oberon 303-555-0186 no points for receipt 5598601, three days ago",
        Person(
            "Fritz",
            "Oberon",
            pos=(Pos(4986, phone="0186"),),
            loyal=(Loyal(115, phone="0186", src=4986),),
            sales=(Sold(5598601, 4986, ago(days=3), 60, posted=False, posts=False),),
        ),
    ),
    _of(
        "springbig_refunded_in_full",
        "A sale was returned: springbig took its points back as a negative check-in",
        ("V20", "V3"),
        "0187",
        "why did Gwen Tell 303-555-0187 lose 90 points",
        Person(
            "Gwen",
            "Tell",
            pos=(Pos(4987, phone="0187"),),
            loyal=(Loyal(65, phone="0187", src=4987),),
            sales=(Sold(5598602, 4987, ago(days=6), 90), Sold(5598603, 4987, ago(days=2), -90, returns=5598602)),
        ),
    ),
    _of(
        "springbig_tier_on_profile",
        "The register shows a tier, and springbig tells nobody which it is",
        ("V14",),
        "0188",
        "Hedda Loos 303-555-0188 was gold last month",
        Person(
            "Hedda",
            "Loos",
            pos=(Pos(4988, phone="0188", extra={"tier": "Silver"}),),
            loyal=(Loyal(130, phone="0188", src=4988),),
        ),
    ),
)


def _fill(store: Store, now: datetime) -> None:
    """The register shows springbig's number of whoever it enrolled, unless the situation says another."""
    store.loyalty_key = f"sandbox-{store.id}-loyalty"
    store.own["springbig"] = {"visits": set(), "last_id": 790_000}
    for contact in store.contacts.values():
        customer = store.customers.get(int(contact.src_id)) if contact.src_id else None
        if customer is not None and contact.member:
            customer.extra.setdefault(_LINK, int(contact.id))


def _night(store: Store, now: datetime) -> Mapping[str, int]:
    """Sales of the day arrive, and those who joined elsewhere get their number onto the register's profile."""
    posted = 0
    members: dict[str, Contact] = {c.src_id: c for c in store.contacts.values() if c.member and c.src_id}
    for sale in store.sales.values():
        contact = members.get(str(sale.customer_id))
        if sale.posted or not sale.posts or sale.voided_at or sale.at > now or contact is None:
            continue
        contact.events.append(Event(sale.at, "order", sale.before_tax))
        contact.events.sort(key=lambda event: event.at)
        sale.posted = True
        posted += 1
    for src, contact in members.items():
        if src.isdigit() and int(src) in store.customers:
            store.customers[int(src)].extra.setdefault(_LINK, int(contact.id))
    return {"sales_posted": posted}


def _adjust(store: Store, now: datetime, values: Mapping[str, Any]) -> None:
    """A person changes points in springbig's dashboard: member_id, points, note."""
    points, note = float(values["points"]), str(values.get("note") or "")
    store.contacts[str(values["member_id"])].events.append(Event(now, "adjustment", points, note))


def _settings(store: Store, urls: Mapping[str, str]) -> dict[str, Any]:
    """Visits are as assumed in the sandbox, so here they may be sent."""
    return {
        "base_url": urls["springbig"] + "/pos/v1",
        "api_key": API_KEY,
        "auth_token": f"sandbox-{store.id}-loyalty",
        "record_visits": True,
    }


def _member_id(digest: str, src: int | None) -> str:
    """springbig's own numbers."""
    return str(700_000 + src if src is not None else 800_000 + int(digest[:4], 16))


WORLDS = (
    VendorWorld(
        "springbig",
        loyalty_settings=_settings,
        fill=_fill,
        member_id=_member_id,
        night=_night,
        deeds={"adjust": _adjust},
        scenarios=SCENARIOS,
    ),
)
