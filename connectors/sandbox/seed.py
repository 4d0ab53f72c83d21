"""From described people to the state of a store at a given moment. Deterministic: the same moment, the same world."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import cast

from connectors.sandbox.chain import CHAIN
from connectors.sandbox.people import Loyal, Person, Pos, Sold, ordinary_of
from connectors.sandbox.scenarios import SCENARIOS
from connectors.sandbox.state import Contact, Event, EventType, PosCustomer, PosSale, Store
from connectors.sandbox.vendors import vendor_worlds, worlds_of


def seeded_stores(now: datetime) -> dict[str, Store]:
    """Every store of the chain whose vendors have a sandbox, as of `now`, with its scenarios' and ordinary people."""
    stores = {}
    for place in CHAIN:
        if {place.pos, place.loyalty} <= set(vendor_worlds()):
            store = Store(place.id, place.name, place.number, place.pos, place.loyalty)
            _fill(store, tuple(p for s in SCENARIOS.values() if s.store == store.id for p in s.people), now)
            stores[store.id] = store
    return stores


def contact_id(*parts: object) -> str:
    """32 hexadecimal digits, the same for the same parts."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:32]


def _fill(store: Store, people: Iterable[Person], now: datetime) -> None:
    member_id = vendor_worlds()[store.loyalty].member_id
    sale_ids = itertools.count(5_400_000 + store.location_id % 10 * 10_000)
    for person in (*people, *ordinary_of(store.id)):
        for pos in person.pos:
            store.customers[pos.id] = _customer(store, person, pos, now)
        sold = list(person.sales)
        if person.history and person.pos:
            days = (33, 12, 4) if person.recent else (33, 12)
            sold += [
                Sold(next(sale_ids), person.pos[0].id, timedelta(days=d, minutes=37 * n), 20 + 5 * n)
                for n, d in enumerate(days)
            ]
        known = {loyal.src for loyal in person.loyal if loyal.member}
        for sale in sorted(sold, key=lambda s: s.when, reverse=True):
            store.sales[sale.id] = _sale(sale, now, reached=sale.posted and sale.customer in known)
        for loyal in person.loyal:
            contact = _contact(store, person, loyal, sold, now)
            contact.id = member_id(contact.id, loyal.src)
            store.contacts[contact.id] = contact
    for vendor in worlds_of(store):
        vendor.fill(store, now)
    store.last_nightly = now - timedelta(hours=9)


def _customer(store: Store, person: Person, pos: Pos, now: datetime) -> PosCustomer:
    return PosCustomer(
        id=pos.id,
        first_name=person.first,
        last_name=person.last,
        phone=_phone(pos.phone),
        email=person.own_email if pos.email == "" else pos.email,
        created_at=now - pos.age,
        modified_at=now - min(pos.age, timedelta(days=30)),
        status=pos.status,
        customer_type="Medical" if pos.medical else "Adult Use",
        is_loyalty_member=pos.member,
        merged_into=pos.merged_into,
        created_by_integrator=pos.created_by,
        created_at_location=store.name,
        is_medical=pos.medical,
        extra=dict(pos.extra),
    )


def _sale(sale: Sold, now: datetime, *, reached: bool) -> PosSale:
    at = now - sale.when
    return PosSale(
        id=sale.id,
        customer_id=sale.customer,
        at=at,
        subtotal=float(sale.amount),
        discount=float(sale.discount),
        voided_at=at + timedelta(minutes=5) if sale.voided else None,
        returns=sale.returns,
        posted=reached,
        posts=sale.posts,
        extra=dict(sale.extra),
    )


def _contact(store: Store, person: Person, loyal: Loyal, sold: Iterable[Sold], now: datetime) -> Contact:
    """The persona with a history that adds up to its points: what the listed rows leave over was imported at first."""
    events = [Event(now - when, cast(EventType, kind), value, note) for when, kind, value, note in loyal.events]
    if loyal.member:
        events += [
            Event(now - s.when, "order", s.amount - s.discount)
            for s in sold
            if s.posted and s.customer == loyal.src and s.when <= loyal.joined
        ]
    opening = loyal.points - sum(e.value for e in events)
    if opening and loyal.member:
        events.append(Event(now - loyal.joined, "import", opening, "Opening balance"))
    email = person.own_email if loyal.email == "" else loyal.email
    return Contact(
        id=contact_id(store.id, person.first, person.last, loyal.phone, loyal.src),
        src_id=str(loyal.src) if loyal.src else "",
        first_name=person.first,
        last_name=person.last,
        phone=_phone(loyal.phone) or "",
        email=email or "",
        inserted=now - loyal.joined,
        member=loyal.member,
        hide_points=loyal.hide,
        events=sorted(events, key=lambda e: e.at),
        extra=dict(loyal.extra),
    )


def _phone(last_four: str | None) -> str | None:
    return f"303555{last_four}" if last_four else None
