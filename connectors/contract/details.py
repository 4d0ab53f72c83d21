"""What only some vendors show or take: merges, redemptions, rewards, rules, stores, notes, people at the register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Literal

from connectors.contract.base import Model


class StoreInfo(Model):
    """A location as the vendor names it. mapped: how other systems' names for it are tied to it, by source."""

    id: str
    name: str
    active: bool = True
    mapped: Mapping[str, str] = {}


class LinkChange(Model):
    """One change of a stored loyalty id. new None: cleared, or not told. by: who, as the vendor names them."""

    at: datetime
    provider: str
    new: str | None
    by: str = ""
    said: str = ""


class MergePreview(Model):
    """What a merge of two records would do. blockers: why it cannot be done, in plain words; empty: it can.

    survivor_id: the record that would stay, which may be the vendor's choice. kept and lost: plain words a decider
    reads ("e-mail dana@…"), never shown unmasked in a channel.
    """

    survivor_id: str
    absorbed_id: str
    blockers: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    vendor_chooses: bool = False


class MergeState(Model):
    """How far a merge is. reference: what `merge_status` asks by. reason: why it failed, for staff."""

    state: Literal["running", "done", "failed"]
    reference: str
    survivor_id: str | None = None
    reason: str = ""


class Discount(Model):
    """A discount of the register, or a provider's. kind: the vendor's own word; applied_by: who applies it.

    external_id: the id at the provider a register's discount stands for. weekdays: lower-case English names; empty:
    every day. locations and groups: empty: all.
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


class Reward(Model):
    """What points can be spent on. points None: not told. automatic: applied by itself, as a tier's reward is."""

    id: str
    name: str
    points: Decimal | None = None
    available: bool | None = None
    automatic: bool = False
    pos_discount_id: str | None = None


class Redemption(Model):
    """Points spent once. refunded_at: when they were given back; used_at: when its code was used at the register."""

    id: str
    member_id: str | None
    points: Decimal | None
    at: datetime | None
    name: str = ""
    code: str | None = None
    used_at: datetime | None = None
    refunded_at: datetime | None = None


class Tier(Model):
    """A level of a program. threshold: what reaching it takes, in the program's own unit."""

    id: str
    name: str
    threshold: Decimal | None = None


class MemberTier(Model):
    """A member's level now. inferred: concluded from something else, and to be said as likely."""

    name: str | None
    id: str | None = None
    next_name: str | None = None
    next_needs: Decimal | None = None
    expires_at: datetime | None = None
    inferred: bool = False


class ProgramRules(Model):
    """What the provider tells of its settings; None where it does not. points_per_100: earned for 100 of money."""

    name: str = ""
    points_label: str = ""
    points_per_100: Decimal | None = None
    expires_after_days: int | None = None
    tiers: tuple[Tier, ...] = ()
    earning: tuple[str, ...] = ()


class Audience(Model):
    """A group of contacts that the provider keeps."""

    id: str
    name: str
    size: int | None = None
    is_program: bool = False


class Enrolment(Model):
    """A person to enrol. texts: whether the provider may text the customer about it."""

    first_name: str
    last_name: str
    phone: str | None = None
    email: str | None = None
    source_id: str | None = None
    store: str = ""
    texts: bool = False


class PurchaseLine(Model):
    """One article of a purchase. price: of one piece."""

    sku: str
    name: str
    quantity: Decimal
    price: Decimal
    category: str = ""
    brand: str = ""
    discount: Decimal = Decimal(0)


class Purchase(Model):
    """A sale that the provider missed. sale_id is what the provider tells repeats apart by."""

    sale_id: str
    customer_id: str
    at: datetime
    total: Decimal
    location: str = ""
    lines: tuple[PurchaseLine, ...] = ()
    phone: str | None = None
    email: str | None = None


class BatchLine(Model):
    """One change of a batch. note carries the operation id of the line."""

    member_id: str
    points: Decimal
    note: str
    comment: str = ""


class BatchResult(Model):
    """What became of one line. reason: why it was refused, for staff."""

    member_id: str
    state: Literal["done", "rejected", "unknown"]
    reason: str = ""


class NativeRow(Model):
    """What the register's own ledger says of one customer; earned and spent are lifetime figures."""

    customer_id: str
    balance: Decimal
    earned: Decimal | None = None
    spent: Decimal | None = None


class NativeSnapshot(Model):
    """The register's own ledger, whole, as of `as_of` (the end of a business day, not now)."""

    taken_at: datetime
    as_of: datetime
    rows: Mapping[str, NativeRow]


class ProfileNote(Model):
    """An entry of a profile's journal."""

    id: str
    at: datetime | None
    subject: str
    body: str


class RegisterEntry(Model):
    """A movement at the register: who made a sale, a return, an adjustment, and why."""

    id: str
    kind: str
    at: datetime | None
    amount: Decimal | None
    by: str = ""
    sale_id: str | None = None
    reason: str = ""
    comment: str = ""


class Employee(Model):
    """A person who works at the register. groups: permission groups, by name."""

    id: str
    name: str
    active: bool
    groups: tuple[str, ...] = ()


class CheckedIn(Model):
    """A customer who is in the store now."""

    customer_id: str
    sale_id: str | None = None
    status: str = ""


class OnlineOrder(Model):
    """An order from the web, as the register sees it."""

    id: str
    customer_id: str | None
    status: str
    at: datetime | None
    total: Decimal | None
    sale_id: str | None = None
    reason: str = ""
    cancellable: bool | None = None


class WebhookNotice(Model):
    """A vendor's message that was verified. key: the same for every delivery of one message.

    topic: the vendor's own word. The ids say whose cached facts are stale now; test: only a trial by the store.
    """

    vendor: str
    key: str
    topic: str
    customer_ids: tuple[str, ...] = ()
    member_ids: tuple[str, ...] = ()
    sale_ids: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    test: bool = False
