"""What only some registers have, one small protocol each, fulfilled beside `PointOfSale` (see `parts`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol, runtime_checkable

from connectors.contract.ports import WriteEvidence
from connectors.contract.records import Customer
from connectors.contract.register_details import (
    CheckedIn,
    Discount,
    Employee,
    LinkChange,
    MergePreview,
    MergeState,
    NativeSnapshot,
    OnlineOrder,
    ProfileNote,
    RegisterEntry,
    StoreInfo,
)


@runtime_checkable
class ListsStores(Protocol):
    """LIST_STORES"""

    def stores(self) -> Sequence[StoreInfo]:
        """Every location these credentials see."""


@runtime_checkable
class FindsByOtherKeys(Protocol):
    """FIND_BY_OTHER_KEYS: which keys, `capabilities.finds_by` says."""

    def find_customers_by(
        self,
        *,
        first_name: str | None = None,
        last_name: str | None = None,
        birth_date: date | None = None,
        licence: str | None = None,
        medical_id: str | None = None,
        external_id: str | None = None,
    ) -> Sequence[Customer]:
        """All records that fit all that is given; [] when none. Raises Unsupported for keys it has no lookup by."""


@runtime_checkable
class ChangesEmail(Protocol):
    """CHANGE_EMAIL"""

    def change_email(self, customer_id: str, *, expected: str | None, new: str, operation_id: str) -> None:
        """Set the e-mail, only while it still equals `expected` (Rejected otherwise). Safe to repeat."""


@runtime_checkable
class MarksMembers(Protocol):
    """MARK_MEMBER: the register's own "is a member" flag."""

    def mark_member(self, customer_id: str, *, operation_id: str) -> None:
        """Set the flag. Safe to repeat. Raises Rejected when an obstacle stands."""


@runtime_checkable
class SetsLink(Protocol):
    """SET_LINK"""

    def set_link(
        self, customer_id: str, provider: str, *, expected: str | None, new: str | None, operation_id: str
    ) -> None:
        """Store another loyalty id, or with None clear it, only while it still is `expected` (Rejected otherwise)."""


@runtime_checkable
class KeepsLinkHistory(Protocol):
    """READ_LINK_HISTORY"""

    def link_changes(self, customer_id: str) -> Sequence[LinkChange]:
        """Every recorded change of the loyalty id, oldest first."""


@runtime_checkable
class Merges(Protocol):
    """MERGE_CUSTOMERS. Nothing here can be undone."""

    def preview_merge(self, survivor_id: str, absorbed_id: str) -> MergePreview:
        """What would happen, and what forbids it. Raises NotFound."""

    def merge(self, preview: MergePreview, *, operation_id: str) -> MergeState:
        """Do what was previewed; Rejected if the vendor would do anything else by now."""

    def merge_status(self, reference: str) -> MergeState:
        """How far it is. After an unknown outcome, `merge_evidence` tells."""

    def merge_evidence(self, preview: MergePreview) -> WriteEvidence:
        """Whether the absorbed record is gone into the survivor."""


@runtime_checkable
class AttachesOrders(Protocol):
    """ATTACH_ORDER"""

    def attach_order(self, sale_id: str, customer_id: str, *, operation_id: str) -> None:
        """Give a sale without a customer to this one. Rejected when it belongs to another. Safe to repeat."""


@runtime_checkable
class ListsDiscounts(Protocol):
    """READ_DISCOUNTS"""

    def discounts(self) -> Sequence[Discount]:
        """All that are not deleted, inactive ones too."""


@runtime_checkable
class KeepsNotes(Protocol):
    """READ_NOTES"""

    def notes(self, customer_id: str) -> Sequence[ProfileNote]:
        """The profile's journal, oldest first."""


@runtime_checkable
class KeepsRegisterEntries(Protocol):
    """READ_REGISTER_ENTRIES"""

    def register_entries(self, *, since: datetime, until: datetime) -> Sequence[RegisterEntry]:
        """Movements at the register in a window of at most 7 days, oldest first."""


@runtime_checkable
class ListsEmployees(Protocol):
    """READ_EMPLOYEES"""

    def employees(self) -> Sequence[Employee]:
        """Who works here."""


@runtime_checkable
class ShowsCheckedIn(Protocol):
    """READ_CHECKED_IN"""

    def checked_in(self) -> Sequence[CheckedIn]:
        """Who is in the store now."""


@runtime_checkable
class ShowsOnlineOrders(Protocol):
    """READ_ONLINE_ORDERS"""

    def online_orders(self, order_id: str | None = None) -> Sequence[OnlineOrder]:
        """One by its id, or those open now. Raises NotFound for an unknown id."""


@runtime_checkable
class KeepsNativePoints(Protocol):
    """SNAPSHOT_BALANCES: a whole location in one call, for a daily job and never for a diagnosis."""

    def native_snapshot(self, *, at: datetime) -> NativeSnapshot:
        """The register's own ledger. `at`: now, by the caller's clock."""
