"""What a connector is: the words of the house, and the operations a vendor may have.

A connector maps one vendor's API to these models and nothing else, and knows nobody in `bot`. It declares what the
vendor *really* has (`Capabilities`): an operation without evidence is `Unsupported`, never invented. Calls are
blocking, safe from several threads, honour the ambient `deadline` of `connectors.transport`, and raise only
`connectors.errors.VendorError` and its children.

Units: points are `Decimal` (some vendors keep fractions); times are timezone-aware UTC; phones are E.164; e-mails are
lower case; ids are strings, also where the vendor uses integers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Immutable; unknown fields of a vendor never reach these models."""

    model_config = ConfigDict(frozen=True)


class Operation(StrEnum):
    """Everything the bot may want of a vendor. A capability that is missing turns its fact into an asked one."""

    IDENTIFY = "identify"
    FIND_CUSTOMER = "find_customer"
    READ_SALES = "read_sales"
    CHANGE_PHONE = "change_phone"
    WRITE_NOTE = "write_note"
    FIND_MEMBER = "find_member"
    READ_BALANCE = "read_balance"
    READ_LEDGER = "read_ledger"
    ADJUST_POINTS = "adjust_points"


class Support(Model):
    """Whether one operation exists. `why` says what a person does instead, where it does not."""

    supported: bool
    why: str = ""


class Capabilities(Model):
    """The honest matrix of one connector.

    settle_s: seconds after a write until a read-back may be trusted (Dutchie: changes show after 1-5 minutes).
    ledger_proves_absence: whether "the ledger has no such row" is proof that a write did not happen.
    """

    operations: Mapping[Operation, Support]
    settle_s: float
    ledger_proves_absence: bool = False

    def of(self, operation: Operation) -> Support:
        """The declared support; an operation that is not named is unsupported."""
        return self.operations.get(operation, Support(supported=False, why="This system has no such operation."))


CustomerStatus = Literal["active", "archived", "merged", "inactive"]


class Customer(Model):
    """A person's record in the POS. `obstacles` names, in plain words, what forbids changing the phone by API."""

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

    @property
    def live(self) -> bool:
        """Usable at the register: active and not merged away."""
        return self.status == "active" and self.merged_into is None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Sale(Model):
    """One row of the POS's sales journal. Points are what the POS recorded; None where it records none."""

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


class Member(Model):
    """The provider's record of a person.

    balance: as the provider's record says; None where this call does not tell.
    enrolled: True a member, False a contact that is no member, None the API does not say.
    source_id: the POS's customer id, as the provider knows it. source: the POS's name at the provider.
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

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Balance(Model):
    """Points a member can spend now. `hidden`: the provider answers 0 on purpose; `points` is then meaningless."""

    points: Decimal
    hidden: bool = False


EntryKind = Literal["earn", "redeem", "adjust", "expire", "block", "merge", "gift", "import", "other"]


class LedgerEntry(Model):
    """One row of the provider's history. `kind` is "other" unless the row itself says what it is."""

    at: datetime
    kind: EntryKind
    points: Decimal
    note: str = ""
    reference: str | None = None


class Ledger(Model):
    """A member's history in a window, oldest first. `readable` is False when rows came in a shape nobody could read."""

    entries: tuple[LedgerEntry, ...]
    readable: bool = True


class Identity(Model):
    """Who the credentials belong to. `allowed`: per vendor role, whether the key has it (None: not probed)."""

    account: str
    location: str = ""
    shares_customers: bool | None = None
    allowed: Mapping[str, bool] = {}


WriteEvidence = Literal["applied", "absent", "cannot_tell"]


class PointOfSale(Protocol):
    """The register system of one store, with one set of credentials."""

    vendor: str
    capabilities: Capabilities

    def identify(self) -> Identity:
        """Check the credentials and probe what they may do."""

    def find_customers(self, *, phone: str | None = None, email: str | None = None) -> Sequence[Customer]:
        """All records, of any status the vendor shows, with this phone or e-mail, each once; [] when none."""

    def customer(self, customer_id: str) -> Customer:
        """One record by the POS's own id. Raises NotFound."""

    def sales(self, customer_ids: Sequence[str], *, since: datetime, until: datetime) -> Sequence[Sale]:
        """Retail rows of these customers in a window of at most 7 days, oldest first."""

    def sale(self, sale_id: str) -> Sale:
        """One row by receipt id, whoever it belongs to. Raises NotFound."""

    def change_phone(self, customer_id: str, *, expected: str | None, new: str, operation_id: str) -> None:
        """Set the main phone, only while it still equals `expected`.

        Raises Rejected when it moved, when an obstacle stands, or when the vendor refused; Unreachable when it never
        left; UnknownOutcome when nobody can say. Safe to repeat with the same values.
        """

    def write_note(self, customer_id: str, *, subject: str, body: str, at: datetime) -> None:
        """A journal entry on the profile. `body` carries no personal data."""


class LoyaltyProgram(Protocol):
    """The system that owns the points of one store."""

    vendor: str
    capabilities: Capabilities

    def identify(self) -> Identity:
        """Check the credentials."""

    def find_members(
        self, *, phone: str | None = None, email: str | None = None, source_id: str | None = None
    ) -> Sequence[Member]:
        """All records with exactly this phone, e-mail or POS id (one criterion a call), each once; [] when none."""

    def member(self, member_id: str) -> Member:
        """One record by the provider's own id. Raises NotFound."""

    def balance(self, member: Member) -> Balance:
        """Points to spend now, from the provider's own wallet."""

    def ledger(self, member_id: str, *, since: datetime, until: datetime) -> Ledger:
        """What changed the balance in the window."""

    def adjust_points(self, member_id: str, *, points: Decimal, note: str) -> None:
        """Add (or, negative, remove) points once. `note` carries the operation id and may be seen by the customer.

        Raises Rejected, Denied, NotFound, Throttled or Unreachable when nothing was done, UnknownOutcome when nobody
        can say. Never retried here.
        """

    def find_adjustment(self, member_id: str, *, operation_id: str, since: datetime) -> WriteEvidence:
        """Whether an adjustment whose note carries `operation_id` is on record."""
