"""People, sales and points: the records every register or program shows.

Units: points are `Decimal` (some vendors keep fractions); money is `Decimal` in the store's currency, in whole units
("20.50"); times are timezone-aware UTC; phones are E.164; e-mails are lower case; ids are strings, also where the
vendor uses integers. "Source:" says whose record a value is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from connectors.contract.base import Model
from connectors.contract.operations import Operation

CustomerStatus = Literal["active", "archived", "merged", "inactive"]


class Customer(Model):
    """A person's record in the POS.

    status: "merged" is merged *away*; a record that took in others is "active" and names them in `merged_from`.
    phone_obstacles: in plain words, what forbids changing the phone by API. links: the loyalty id that the record
    stores, by provider's vendor; None: the field was read and is empty; no key: this vendor shows no such field.
    birth_date tells namesakes apart and is never shown. tier, is_member: the register's own flags, not the provider's.
    Source: the register (FIND_CUSTOMER).
    """

    id: str
    first_name: str = ""
    last_name: str = ""
    phone: str | None = None
    cell_phone: str | None = None
    email: str | None = None
    status: CustomerStatus = "active"
    merged_into: str | None = None
    is_member: bool | None = None
    tier: str | None = None
    created_by: str | None = None
    created_at: datetime | None = None
    modified_at: datetime | None = None
    phone_obstacles: tuple[str, ...] = ()
    merged_from: tuple[str, ...] = ()
    links: Mapping[str, str | None] = {}
    groups: tuple[str, ...] = ()
    birth_date: date | None = None

    @property
    def live(self) -> bool:
        """Usable at the register: active and not merged away."""
        return self.status == "active" and self.merged_into is None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Sale(Model):
    """One row of the POS's sales journal. Points are what the POS recorded; None where it records none.

    number: what stands on the receipt, where that is not the id. cancelled: never completed, or called off.
    earns: False where the vendor says that this sale cannot earn. location: the store's name or id, where it is told.
    total: with tax, negative on a return; before_tax, refunded: money too. Source: the register's journal (READ_SALES);
    from `KeepsOrders`, the provider's copy of it (READ_ORDERS).
    """

    id: str
    customer_id: str | None
    at: datetime
    total: Decimal
    before_tax: Decimal | None = None
    is_void: bool = False
    is_return: bool = False
    returns_sale_id: str | None = None
    points_earned: Decimal | None = None
    points_spent: Decimal | None = None
    source: str = ""
    number: str = ""
    cancelled: bool = False
    earns: bool | None = None
    refunded: Decimal | None = None
    location: str = ""

    @property
    def receipt(self) -> str:
        """What people call it: the number on the receipt, else the id."""
        return self.number or self.id


class Member(Model):
    """The provider's record of a person.

    balance: as the provider's record says; None where this call does not tell.
    enrolled: True a member, False a contact that is no member, None the API does not say.
    source_id: the POS's customer id, as the provider knows it. source: the POS's name at the provider.
    tier: where the record names it. expires_at: when points will expire, where the record says.
    Source: the provider (FIND_MEMBER).
    """

    id: str
    first_name: str = ""
    last_name: str = ""
    phone: str | None = None
    email: str | None = None
    balance: Decimal | None = None
    enrolled: bool | None = None
    source_id: str | None = None
    source: str = ""
    joined_at: datetime | None = None
    tier: str | None = None
    expires_at: datetime | None = None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Balance(Model):
    """Points a member can spend now. `hidden`: the provider answers 0 on purpose; `points` is then meaningless.

    as_of: for a figure that is not live, the moment it was true. Source: the provider's wallet (READ_BALANCE).
    """

    points: Decimal
    hidden: bool = False
    as_of: datetime | None = None


EntryKind = Literal["earn", "redeem", "adjust", "expire", "block", "merge", "gift", "import", "other"]


class LedgerEntry(Model):
    """One row of the provider's history. `kind` is "other" unless the row itself says what it is. points: signed.

    note: staff's, may be seen by the customer. reference: a sale, reward or change it stands for. Source: the provider
    (READ_LEDGER).
    """

    at: datetime
    kind: EntryKind
    points: Decimal
    note: str = ""
    reference: str | None = None


class Ledger(Model):
    """A member's history in a window, oldest first. `readable` is False when rows came in a shape nobody could read.

    since: where only a part of the window was read, its beginning. Source: the provider (READ_LEDGER).
    """

    entries: tuple[LedgerEntry, ...]
    readable: bool = True
    since: datetime | None = None


class Identity(Model):
    """Who the credentials belong to. `allowed`: per vendor role or scope, whether the key has it (absent: not known).

    cannot: operations that the vendor has, and these credentials may not do. shares_customers: whether profiles are one
    over all locations. Source: the vendor's answer to these credentials (IDENTIFY).
    """

    account: str
    location: str = ""
    shares_customers: bool | None = None
    allowed: Mapping[str, bool] = {}
    cannot: frozenset[Operation] = frozenset()


class WebhookNotice(Model):
    """A vendor's message that was verified. key: the same for every delivery of one message.

    topic: the vendor's own word. The ids say whose cached facts are stale now; phones: E.164; e-mails: lower case;
    test: only a trial by the store. Source: the vendor's message (WEBHOOKS).
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
