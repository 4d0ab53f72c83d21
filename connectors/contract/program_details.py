"""What only some programs show or take: rewards, redemptions, tiers, rules, enrolments, purchases, batches.

Units and formats are those of `records`. "Source:" says whose record a value is: the register's, the provider's, or
ours, and which operation brings it.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal

from connectors.contract.base import Model


class Reward(Model):
    """What points can be spent on. points: what it takes, None: not told. automatic: applied by itself, as a tier's
    reward is. pos_discount_id: the register's discount that stands for it. Source: the provider's catalogue
    (READ_REWARDS).
    """

    id: str
    name: str
    points: Decimal | None = None
    available: bool | None = None
    automatic: bool = False
    pos_discount_id: str | None = None


class Redemption(Model):
    """Points spent once. points: how many, positive. at: UTC. code: the discount code that it gave. refunded_at: when
    they were given back; used_at: when its code was used at the register. Source: the provider (READ_REDEMPTIONS).
    """

    id: str
    member_id: str | None
    points: Decimal | None
    at: datetime | None
    name: str = ""
    code: str | None = None
    used_at: datetime | None = None
    refunded_at: datetime | None = None


class Tier(Model):
    """A level of a program. threshold: what reaching it takes, in the program's own unit (points, money or visits).

    Source: the provider's settings (READ_TIER, READ_PROGRAM).
    """

    id: str
    name: str
    threshold: Decimal | None = None


class MemberTier(Model):
    """A member's level now. next_needs: what is still missing to the next, in the program's own unit. expires_at: UTC.

    inferred: concluded from something else, and to be said as likely. Source: the provider's record; Dutchie's own
    program: the register's profile (READ_TIER).
    """

    name: str | None
    id: str | None = None
    next_name: str | None = None
    next_needs: Decimal | None = None
    expires_at: datetime | None = None
    inferred: bool = False


class ProgramRules(Model):
    """What the provider tells of its settings; None where it does not. points_per_100: earned for 100 of the store's
    money. expires_after_days: days. points_label: what points are called there. earning: what earns, in its own words.
    Source: the provider's settings (READ_PROGRAM).
    """

    name: str = ""
    points_label: str = ""
    points_per_100: Decimal | None = None
    expires_after_days: int | None = None
    tiers: tuple[Tier, ...] = ()
    earning: tuple[str, ...] = ()


class Audience(Model):
    """A group of contacts that the provider keeps. size: people. is_program: the members themselves.

    Source: the provider (READ_AUDIENCES).
    """

    id: str
    name: str
    size: int | None = None
    is_program: bool = False


class Enrolment(Model):
    """A person to enrol. phone: E.164; source_id: the register's customer id; store: its name, for the provider.

    texts: whether the provider may text the customer about it. Source: the register's profile and the asker (ENROLL).
    """

    first_name: str
    last_name: str
    phone: str | None = None
    email: str | None = None
    source_id: str | None = None
    store: str = ""
    texts: bool = False


class PurchaseLine(Model):
    """One article of a purchase. price, discount: money of the store, of one piece and of the whole line.

    Source: the register's sale (RECORD_PURCHASE).
    """

    sku: str
    name: str
    quantity: Decimal
    price: Decimal
    category: str = ""
    brand: str = ""
    discount: Decimal = Decimal(0)


class Purchase(Model):
    """A sale that the provider missed. sale_id is what the provider tells repeats apart by. at: UTC. total: money of
    the store, with tax. phone: E.164. Source: the register's sale (RECORD_PURCHASE).
    """

    sale_id: str
    customer_id: str
    at: datetime
    total: Decimal
    location: str = ""
    lines: tuple[PurchaseLine, ...] = ()
    phone: str | None = None
    email: str | None = None


class BatchLine(Model):
    """One change of a batch. points: signed. note: for staff, carries the operation id of the line; comment: for the
    customer. Source: ours, an approved row of a list (ADJUST_BATCH).
    """

    member_id: str
    points: Decimal
    note: str
    comment: str = ""


class BatchResult(Model):
    """What became of one line. reason: why it was refused, for staff. Source: the provider's answer (ADJUST_BATCH)."""

    member_id: str
    state: Literal["done", "rejected", "unknown"]
    reason: str = ""
