"""What Treez keeps of a store beside its people and sales, and how its stored loyalty ids come about."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from pyrate_limiter import InMemoryBucket, Rate, RateItem

from connectors.sandbox.state import Contact, PosCustomer, Store

ORGANIZATION = "5c1d9c1e-0000-4000-8000-000000007002"
CERTIFICATE = "sandbox-certificate"
READER = "sandbox-reader"
CLIENT_ID = "sandbox-partner"
PERMISSIONS = {
    CERTIFICATE: (
        "api_customer::read",
        "api_customer::write",
        "api_customer::merge",
        "api_ticket::read",
        "api_discount::read",
        "discountmanagement::readOrgDiscount",
        "catalogservice::listproduct",
    ),
    READER: ("api_customer::read",),
}
FIELD = "Alpine IQ Loyalty Partner Contact ID"


@dataclass
class Entry:
    """A row of a profile's history."""

    at: datetime
    action: str
    kind: str = "Edit"
    user: str = "Robin Vale"


@dataclass
class TreezStore:
    """One store's own part. tokens: v2, with their ends. destination_survives: which side of a merge is kept.

    per_second: calls of one location in any second. shows_ids_in_v2: whether the older generation shows loyalty ids.
    """

    api_key: str
    webhook_secret: str
    tokens: dict[str, datetime] = field(default_factory=dict)
    destination_survives: bool = True
    per_second: int = 10
    shows_ids_in_v2: bool = True
    calls: InMemoryBucket | None = None

    def allows(self, now: datetime) -> bool:
        """Count one call, unless it is one too many in the last second of the world's time."""
        if self.calls is None:
            self.calls = InMemoryBucket([Rate(self.per_second, 1000)])
        at = int(now.timestamp() * 1000)
        self.calls.leak(at)
        return bool(self.calls.put(RateItem("call", at)))


def own(store: Store) -> TreezStore:
    """The store's own part."""
    found: TreezStore = store.own["treez"]
    return found


def fill(store: Store, now: datetime) -> None:
    """Keys of the store, and of every profile birth date, licence, stored loyalty id and history."""
    store.own["treez"] = TreezStore(f"sandbox-{store.id}-treez", f"sandbox-{store.id}-treez-webhook")
    for customer in store.customers.values():
        if customer.date_of_birth is None:
            customer.date_of_birth = datetime.combine(_born(customer), time(), UTC)
        customer.extra.setdefault("treez_licence", f"LIC{_digest(customer.name)[:8].upper()}")
        stored = _stored(store, customer)
        customer.extra["treez_link"] = stored
        customer.extra["treez_history"] = _past(store, customer, stored, now)


def _past(store: Store, customer: PosCustomer, stored: str | None, now: datetime) -> list[Entry]:
    """How the stored id came about. `treez_past`: (how long ago, text with {old} and {new}, who), oldest first."""
    names = {"old": shown_id(_digest("old", store.id, customer.id)[:32]), "new": shown_id(stored)}
    told = [
        Entry(now - when, text.format(**names), user=who) for when, text, who in customer.extra.get("treez_past", ())
    ]
    if told or not stored:
        return told
    return [Entry(now - timedelta(days=90), f'Created "{FIELD}" as "{names["new"]}"')]


def history(customer: PosCustomer) -> list[Entry]:
    """The profile's history, oldest first."""
    found: list[Entry] = customer.extra["treez_history"]
    return found


def link_of(customer: PosCustomer) -> str | None:
    """The stored loyalty id, as the provider writes it."""
    found: str | None = customer.extra.get("treez_link")
    return found


def set_link(customer: PosCustomer, new: str | None, at: datetime) -> None:
    """Store another id, or none, and put it on record."""
    old = link_of(customer)
    customer.extra["treez_link"] = new
    action = f'Changed "{FIELD}" from "{shown_id(old)}" to "{shown_id(new)}"'
    history(customer).append(Entry(at, action if old else f'Created "{FIELD}" as "{shown_id(new)}"'))
    customer.modified_at = at


def shown_id(value: str | None) -> str:
    """Treez shows 32 digits with dashes, as a UUID."""
    if value is None:
        return ""
    return str(uuid.UUID(value)) if len(value) == 32 else value


def looked_up(store: Store, customer: PosCustomer) -> Contact | None:
    """Whom Loyalty ID Lookup finds at the provider: by phone, else by e-mail."""
    for asked, of in ((customer.phone, "phone"), ((customer.email or "").lower(), "email")):
        for contact in store.contacts.values():
            if asked and getattr(contact, of).lower() == asked:
                return contact
    return None


def _stored(store: Store, customer: PosCustomer) -> str | None:
    """By what the scenario says: an id that is gone, the member of a phone, None; else the member of this profile."""
    told = customer.extra.get("treez_link", "own")
    if told == "gone":
        return _digest("gone", store.id, customer.id)[:32]
    for contact in store.contacts.values():
        if told == f"phone:{contact.phone[-4:]}" or (told == "own" and contact.src_id == str(customer.id)):
            return contact.id
    return None


def _born(customer: PosCustomer) -> date:
    """The same for every profile of one name, so that a second profile of a person agrees."""
    return date(1960, 1, 1) + timedelta(days=int(_digest(customer.name)[:6], 16) % 14_000)


def _digest(*parts: Any) -> str:
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()
