"""What the sandbox world is made of: stores, customers, sales, contacts, events. Plain, mutable, without behaviour.

One kind of record serves every vendor, each showing it in its own shape; `extra` holds, under names that start with
the vendor's, what only one of them keeps. Phones are ten national digits as text; times are timezone-aware UTC; points
are floats, as in the vendors' JSON. Everything here is guarded by `World.lock`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

ALL_ROLES = frozenset({"Customer", "Reporting", "PreOrder", "Inventory", "Employee"})


@dataclass(slots=True)
class PosCustomer:
    """A customer as the register keeps it. `visible_at` and `before` hide a fresh write until the API shows it."""

    id: int
    first_name: str | None
    last_name: str | None
    phone: str | None
    email: str | None
    created_at: datetime
    modified_at: datetime
    cell_phone: str | None = None
    status: str | None = "Active"
    customer_type: str | None = "Adult Use"
    address1: str | None = "14 Pine St"
    city: str | None = "Denver"
    state: str | None = "CO"
    postal_code: str | None = "80202"
    date_of_birth: datetime | None = None
    gender: str | None = None
    notes: str | None = None
    external_id: str | None = None
    custom_identifier: str | None = None
    is_loyalty_member: bool | None = True
    tier: str | None = None
    merged_into: int | None = None
    created_by_integrator: str | None = None
    created_at_location: str | None = None
    is_medical: bool = False
    extra: dict[str, Any] = field(default_factory=dict)
    before: PosCustomer | None = None
    visible_at: datetime | None = None

    @property
    def name(self) -> str:
        return f"{self.first_name or ''} {self.last_name or ''}".strip()


@dataclass(slots=True)
class PosSale:
    """A row of the register's sales journal. `posts`: whether the nightly import may ever carry it to the provider."""

    id: int
    customer_id: int | None
    at: datetime
    subtotal: float
    discount: float = 0.0
    kind: str = "Retail"
    voided_at: datetime | None = None
    returns: int | None = None
    posted: bool = True
    posts: bool = True
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def before_tax(self) -> float:
        return round(self.subtotal - self.discount, 2)

    @property
    def tax(self) -> float:
        return round(self.before_tax * 0.15, 2)

    @property
    def total(self) -> float:
        return round(self.before_tax + self.tax, 2)


@dataclass(slots=True)
class JournalEntry:
    id: int
    customer_id: int
    subject: str
    body: str
    at: datetime


EventType = Literal["order", "adjustment", "expiration", "redemption", "boost", "import", "block", "merge"]


@dataclass(slots=True)
class Event:
    """What moved a contact's points, once."""

    at: datetime
    type: EventType
    value: float
    note: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Contact:
    """A persona of the provider; a member of the program only if `member`."""

    id: str
    src_id: str
    first_name: str
    last_name: str
    phone: str
    email: str
    inserted: datetime
    member: bool = True
    opted_in: bool = True
    email_opted_in: bool = True
    hide_points: bool = False
    blocklisted: bool = False
    events: list[Event] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def points(self) -> float:
        return round(sum(e.value for e in self.events), 4)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class PosKey:
    """One API key of the register: its roles, and the menu whose customers it sees (None: all)."""

    roles: frozenset[str] = ALL_ROLES
    menu: Literal["medical", "recreational"] | None = None


@dataclass(slots=True)
class Store:
    """One location with its register and its loyalty account. Keys are the sandbox's own and open nothing else.

    pos, loyalty: the vendors. own: what a vendor keeps of the store, by vendor. replays: customers that were created
    under a consumer key and idempotency key.
    """

    id: str
    name: str
    location_id: int
    pos: str = "dutchie"
    loyalty: str = "alpineiq"
    pos_keys: dict[str, PosKey] = field(default_factory=dict)
    uid: str = ""
    loyalty_key: str = ""
    own: dict[str, Any] = field(default_factory=dict)
    customers: dict[int, PosCustomer] = field(default_factory=dict)
    sales: dict[int, PosSale] = field(default_factory=dict)
    journal: list[JournalEntry] = field(default_factory=list)
    contacts: dict[str, Contact] = field(default_factory=dict)
    snapshot: list[dict[str, float]] = field(default_factory=list)
    expiration_days: int = 365
    last_nightly: datetime | None = None
    replays: dict[tuple[str, str], int] = field(default_factory=dict)


@dataclass(slots=True)
class Settings:
    """Switches of the sandbox for what the vendors leave open.

    pos_delay_s: seconds until a write shows in the register's reads (the vendor says 1-5 minutes).
    limits: answer 429 past the documented limits. archived_by_id: an archived record is still readable by id.
    first_page: the number of the first page of customers-paginated (sources disagree: 0 or 1).
    """

    pos_delay_s: float = 0.0
    limits: bool = True
    archived_by_id: bool = True
    first_page: int = 0
