"""The two things that a vendor can be for a store: its register, or its loyalty program."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

from connectors.contract.capabilities import Capabilities
from connectors.contract.records import Balance, Customer, Identity, Ledger, Member, Sale
from connectors.contract.register_details import (
    Discount,
    StoreInfo,
)

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


class OnlineMenu(Protocol):
    """The web shop of one store. It has no loyalty by API: `capabilities.checks` says what a person looks at."""

    vendor: str
    capabilities: Capabilities

    def identify(self) -> Identity:
        """Check the credentials."""

    def stores(self) -> Sequence[StoreInfo]:
        """Every shop these credentials see."""

    def discounts(self) -> Sequence[Discount]:
        """The specials on the menu."""


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
