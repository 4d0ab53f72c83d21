"""The world as JSON-safe values for people: each person once, register side and provider side beside each other."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from connectors.sandbox.state import Contact, Event, PosCustomer, PosSale, Store

_RECENT = timedelta(days=30)
_ROWS = 12


def store_view(store: Store, now: datetime) -> dict[str, Any]:
    """{id, name, customers: [{name, pos: [...], provider: [...], pos_says, provider_says}]}.

    A row of `customers` is one person: profiles and contacts that share a register id, a phone, an e-mail or a name.
    `pos_says` is what the register shows (the points its phone leads to), `provider_says` what the person's own
    contact holds; None where there is nothing.
    """
    people: list[tuple[list[PosCustomer], list[Contact]]] = []
    by_name: dict[str, int] = {}
    for customer in store.customers.values():
        index = by_name.setdefault(customer.name, len(people))
        if index == len(people):
            people.append(([], []))
        people[index][0].append(customer)
    for contact in store.contacts.values():
        index = by_name.setdefault(contact.name, len(people))
        if index == len(people):
            people.append(([], []))
        people[index][1].append(contact)
    return {
        "id": store.id,
        "name": store.name,
        "customers": [_person(store, pos, loyal, now) for pos, loyal in people],
    }


def _person(store: Store, profiles: list[PosCustomer], contacts: list[Contact], now: datetime) -> dict[str, Any]:
    name = profiles[0].name if profiles else contacts[0].name
    ids = {p.id for p in profiles}
    sales = [s for s in store.sales.values() if s.customer_id in ids and now - s.at <= _RECENT]
    return {
        "name": name,
        "phone": next((p.phone for p in profiles if p.phone), contacts[0].phone if contacts else None),
        "pos_says": _register_shows(store, profiles),
        "provider_says": sum(c.points for c in contacts) if contacts else None,
        "pos": [_profile(p) for p in profiles],
        "sales": [_sale(s) for s in sorted(sales, key=lambda s: s.at)[-_ROWS:]],
        "journal": [
            {"at": j.at.isoformat(), "subject": j.subject, "body": j.body}
            for j in store.journal
            if j.customer_id in ids
        ],
        "provider": [_contact(c) for c in contacts],
    }


def _register_shows(store: Store, profiles: list[PosCustomer]) -> float | None:
    """The register finds a contact by phone only, on the first usable profile that has one."""
    for profile in profiles:
        if profile.status == "Active" and profile.merged_into is None and profile.phone:
            for contact in store.contacts.values():
                if contact.phone == profile.phone and contact.member:
                    return 0.0 if contact.hide_points else contact.points
            return None
    return None


def _profile(customer: PosCustomer) -> dict[str, Any]:
    return {
        "id": customer.id,
        "phone": customer.phone,
        "email": customer.email,
        "status": customer.status,
        "merged_into": customer.merged_into,
        "is_loyalty_member": customer.is_loyalty_member,
        "modified_at": customer.modified_at.isoformat(),
    }


def _sale(sale: PosSale) -> dict[str, Any]:
    return {
        "id": sale.id,
        "customer_id": sale.customer_id,
        "at": sale.at.isoformat(),
        "before_tax": sale.before_tax,
        "total": sale.total,
        "voided": sale.voided_at is not None,
        "returns": sale.returns,
        "posted": sale.posted,
    }


def _contact(contact: Contact) -> dict[str, Any]:
    return {
        "id": contact.id,
        "source_id": contact.src_id,
        "phone": contact.phone,
        "email": contact.email,
        "member": contact.member,
        "points": contact.points,
        "hidden": contact.hide_points,
        "ledger": [_event(e) for e in contact.events[-_ROWS:]],
    }


def _event(event: Event) -> dict[str, Any]:
    return {"at": event.at.isoformat(), "type": event.type, "points": event.value, "note": event.note}
