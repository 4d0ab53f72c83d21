"""What happens overnight: sales are imported, contacts follow the register, equal contacts merge, points expire, and
balances below zero are lifted to zero. In this order, as the provider's own night run has it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from connectors.sandbox.state import Contact, Event, PosCustomer, Store

FIRST_SYNC = "alpineiq_first_sync"
"""Under this name a store keeps the contacts that its first sync will bring, and from when on."""


def run(store: Store, now: datetime) -> Counter[str]:
    """One night at one store. Returns how many of each kind were done."""
    done: Counter[str] = Counter()
    if store.own.get("alpineiq_frozen"):
        # "Use last backup": nothing of this source is taken in.
        return done
    if (waiting := store.own.get(FIRST_SYNC)) is not None:
        contacts, due = waiting
        if now < due:
            return done
        store.contacts.update(contacts)
        del store.own[FIRST_SYNC]
        done["contacts_added"] = len(contacts)
    done["contacts_updated"] = _follow_register(store)
    done["sales_posted"] = _import_sales(store, now) + _count_pushed(store)
    done["merged"] = _merge(store, now)
    done["expired"] = _expire(store, now)
    done["blocked"] = _block(store, now)
    return done


def _follow_register(store: Store) -> int:
    """Contact details flow one way, from profiles that changed since the last night."""
    updated = 0
    for contact in store.contacts.values():
        customer = _customer_of(store, contact)
        if customer is None or (store.last_nightly and customer.modified_at <= store.last_nightly):
            continue
        before = (contact.first_name, contact.last_name, contact.phone, contact.email)
        contact.first_name, contact.last_name = customer.first_name or "", customer.last_name or ""
        contact.phone, contact.email = customer.phone or contact.phone, customer.email or contact.email
        updated += before != (contact.first_name, contact.last_name, contact.phone, contact.email)
    return updated


def _customer_of(store: Store, contact: Contact) -> PosCustomer | None:
    return store.customers.get(int(contact.src_id)) if contact.src_id.isdigit() else None


def _import_sales(store: Store, now: datetime) -> int:
    posted = 0
    by_source = {c.src_id: c for c in store.contacts.values() if c.member and c.src_id}
    for sale in store.sales.values():
        contact = by_source.get(str(sale.customer_id))
        if sale.posted or not sale.posts or sale.voided_at or sale.at > now or contact is None:
            continue
        contact.events.append(Event(sale.at, "order", sale.before_tax))
        contact.events.sort(key=lambda e: e.at)
        sale.posted = True
        posted += 1
    return posted


def _count_pushed(store: Store) -> int:
    """Sales that were pushed from outside; one that comes again counts once."""
    counted: set[str] = store.own.setdefault("alpineiq_counted", set())
    posted = 0
    for sale_id, phone, email, at, total in store.own.pop("alpineiq_pushed", []):
        found = (c for c in store.contacts.values() if (phone and c.phone == phone) or (email and c.email == email))
        contact = next(found, None)
        if contact is None or not contact.member or sale_id in counted:
            continue
        counted.add(sale_id)
        contact.events.append(Event(at, "order", total))
        contact.events.sort(key=lambda e: e.at)
        posted += 1
    return posted


def _merge(store: Store, now: datetime) -> int:
    """Personas that share a phone, else an e-mail, become one: the older one stays."""
    merged = 0
    for attribute in ("phone", "email"):
        kept: dict[str, Contact] = {}
        for contact in sorted(store.contacts.values(), key=lambda c: c.inserted):
            value = getattr(contact, attribute)
            if not value:
                continue
            survivor = kept.setdefault(value, contact)
            if survivor is not contact:
                _absorb(survivor, contact, now)
                del store.contacts[contact.id]
                merged += 1
    return merged


def _absorb(survivor: Contact, other: Contact, now: datetime) -> None:
    survivor.src_id = survivor.src_id or other.src_id
    survivor.phone = survivor.phone or other.phone
    survivor.email = survivor.email or other.email
    survivor.member = survivor.member or other.member
    survivor.events.extend(other.events)
    survivor.events.sort(key=lambda e: e.at)
    survivor.events.append(Event(now, "merge", 0.0, f"Merged {other.id}"))


def _expire(store: Store, now: datetime) -> int:
    """Earned points go when the last transaction is too long ago; points given by hand stay."""
    expired = 0
    for contact in store.contacts.values():
        orders = [e.at for e in contact.events if e.type in ("order", "redemption", "import")]
        if not orders or contact.points <= 0 or now - max(orders) <= timedelta(days=store.expiration_days):
            continue
        given = sum(e.value for e in contact.events if e.type in ("adjustment", "boost"))
        losing = contact.points - max(given, 0.0)
        if losing > 0:
            contact.events.append(Event(now, "expiration", -losing))
            expired += 1
    return expired


def _block(store: Store, now: datetime) -> int:
    blocked = 0
    for contact in store.contacts.values():
        last = contact.events[-1].type if contact.events else None
        if contact.points < 0 and last not in ("expiration", "block"):
            contact.events.append(Event(now, "block", -contact.points))
            blocked += 1
    return blocked
