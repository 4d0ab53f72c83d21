"""What only some registers show or take: stores, merges, discounts, notes, people at the register, orders from the web.

Units and formats are those of `records`. "Source:" says whose record a value is: the register's, the provider's, or
ours, and which operation brings it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Literal

from connectors.contract.base import Model


class StoreInfo(Model):
    """A location as the vendor names it. mapped: how other systems' names for it are tied to it, by source.

    Source: the vendor's list of locations (LIST_STORES).
    """

    id: str
    name: str
    active: bool = True
    mapped: Mapping[str, str] = {}


class LinkChange(Model):
    """One change of a stored loyalty id. at: UTC. new None: cleared, or not told. by: who, as the vendor names them.

    said: the vendor's own words about it. Source: the register's history of the profile (READ_LINK_HISTORY).
    """

    at: datetime
    provider: str
    new: str | None
    by: str = ""
    said: str = ""


class MergePreview(Model):
    """What a merge of two records would do. blockers: why it cannot be done, in plain words; empty: it can.

    survivor_id: the record that would stay, which may be the vendor's choice. kept and lost: plain words a decider
    reads ("e-mail dana@…"), never shown unmasked in a channel. Source: the register's own preview, or, where it has
    none, both profiles as they are (MERGE_CUSTOMERS).
    """

    survivor_id: str
    absorbed_id: str
    blockers: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    vendor_chooses: bool = False


class MergeState(Model):
    """How far a merge is. reference: what `merge_status` asks by. reason: why it failed, for staff.

    Source: the register's job, or, where it keeps none, both profiles read again (MERGE_CUSTOMERS).
    """

    state: Literal["running", "done", "failed"]
    reference: str
    survivor_id: str | None = None
    reason: str = ""


class Discount(Model):
    """A discount of the register, or a provider's. kind: the vendor's own word; applied_by: who applies it.

    external_id: the id at the provider a register's discount stands for. weekdays: lower-case English names; empty:
    every day. locations and groups: empty: all. starts_at, ends_at: UTC. code: what is typed at the till. loyalty:
    whether it is a reward of a program, None where nothing tells. points: what it takes. one_item: whether it comes off
    one article of the cart only, None where nothing tells. Source: the register's or the web shop's list of discounts
    (READ_DISCOUNTS).
    """

    id: str
    name: str
    kind: str = ""
    active: bool = True
    applied_by: str = ""
    external_id: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    weekdays: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    code: str | None = None
    loyalty: bool | None = None
    points: Decimal | None = None
    one_item: bool | None = None


class NativeRow(Model):
    """What the register's own ledger says of one customer, in points; earned and spent are lifetime figures.

    Source: the register's nightly file (SNAPSHOT_BALANCES).
    """

    customer_id: str
    balance: Decimal
    earned: Decimal | None = None
    spent: Decimal | None = None


class NativeSnapshot(Model):
    """The register's own ledger, whole, as of `as_of` (the end of a business day, not now). Times are UTC.

    rows: by the register's customer id. Source: the register's nightly file (SNAPSHOT_BALANCES).
    """

    taken_at: datetime
    as_of: datetime
    rows: Mapping[str, NativeRow]


class ProfileNote(Model):
    """An entry of a profile's journal. at: UTC. Source: the register (READ_NOTES)."""

    id: str
    at: datetime | None
    subject: str
    body: str


class RegisterEntry(Model):
    """A movement at the register: who made a sale, a return, an adjustment, and why. at: UTC. amount: money of the
    store, signed. kind: the vendor's own word. Source: the register (READ_REGISTER_ENTRIES).
    """

    id: str
    kind: str
    at: datetime | None
    amount: Decimal | None
    by: str = ""
    sale_id: str | None = None
    reason: str = ""
    comment: str = ""


class Employee(Model):
    """A person who works at the register. groups: permission groups, by name. Source: the register (READ_EMPLOYEES)."""

    id: str
    name: str
    active: bool
    groups: tuple[str, ...] = ()


class CheckedIn(Model):
    """A customer who is in the store now. status: the vendor's own word. Source: the register (READ_CHECKED_IN)."""

    customer_id: str
    sale_id: str | None = None
    status: str = ""


class OnlineOrder(Model):
    """An order from the web, as the register sees it. at: UTC. total: money of the store, with tax. status: the
    vendor's own word. reason: why it was refused. Source: the register (READ_ONLINE_ORDERS).
    """

    id: str
    customer_id: str | None
    status: str
    at: datetime | None
    total: Decimal | None
    sale_id: str | None = None
    reason: str = ""
    cancellable: bool | None = None
