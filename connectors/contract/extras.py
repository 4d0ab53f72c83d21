"""What only some vendors have, one small protocol each, fulfilled beside `PointOfSale` or `LoyaltyProgram`.

Reach them by `part`: it raises `Unsupported` with the capability's own sentence where the vendor has no such thing.
Writes raise Rejected, Denied, NotFound, Throttled or Unreachable when nothing was done, UnknownOutcome when nobody can
say, and are never retried here. `operation_id` goes where the vendor has a staff-only place for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol, TypeVar, runtime_checkable

from connectors.contract.capabilities import Capabilities, Operation
from connectors.contract.details import (
    Audience,
    BatchLine,
    BatchResult,
    CheckedIn,
    Discount,
    Employee,
    Enrolment,
    LinkChange,
    MemberTier,
    MergePreview,
    MergeState,
    NativeSnapshot,
    OnlineOrder,
    ProfileNote,
    ProgramRules,
    Purchase,
    Redemption,
    RegisterEntry,
    Reward,
    StoreInfo,
    Tier,
)
from connectors.contract.ports import WriteEvidence
from connectors.contract.records import Customer, Sale
from connectors.errors import Unsupported

P = TypeVar("P")


class _System(Protocol):
    vendor: str
    capabilities: Capabilities


def part(system: _System, protocol: type[P], operation: Operation) -> P:
    """The system as this protocol. Raises Unsupported, with the capability's sentence, where it has no such part."""
    support = system.capabilities.of(operation)
    if not support.supported or not isinstance(system, protocol):
        raise Unsupported(system.vendor, support.why or "This system has no such operation.", detail=operation)
    return system


# -- both ---------------------------------------------------------------------------------------------------------


@runtime_checkable
class ListsStores(Protocol):
    """LIST_STORES"""

    def stores(self) -> Sequence[StoreInfo]:
        """Every location these credentials see."""


# -- registers ----------------------------------------------------------------------------------------------------


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


# -- loyalty programs ---------------------------------------------------------------------------------------------


@runtime_checkable
class Enrolls(Protocol):
    """ENROLL"""

    def enroll(self, person: Enrolment, *, operation_id: str) -> str | None:
        """Make them a member; the member's id, where the answer tells it. May text the customer."""


@runtime_checkable
class OptsIn(Protocol):
    """OPT_IN"""

    def opt_in(self, *, phone: str | None = None, email: str | None = None, wanted: bool) -> None:
        """Set whether the provider may write to this phone or e-mail. Creates nobody."""


@runtime_checkable
class UpdatesMembers(Protocol):
    """UPDATE_MEMBER"""

    def update_member(
        self, member_id: str, *, phone: str | None = None, email: str | None = None, operation_id: str
    ) -> None:
        """Set the provider's own copy of phone or e-mail. Safe to repeat."""


@runtime_checkable
class KnowsTiers(Protocol):
    """READ_TIER"""

    def tiers(self) -> Sequence[Tier]:
        """The program's levels, lowest first."""

    def member_tier(self, member_id: str) -> MemberTier:
        """The member's level now. Raises NotFound."""


@runtime_checkable
class TellsRules(Protocol):
    """READ_PROGRAM"""

    def program_rules(self) -> ProgramRules:
        """What the provider tells of the program's settings."""


@runtime_checkable
class ListsRewards(Protocol):
    """READ_REWARDS"""

    def rewards(self) -> Sequence[Reward]:
        """What points can be spent on."""


@runtime_checkable
class ListsAudiences(Protocol):
    """READ_AUDIENCES"""

    def audiences(self) -> Sequence[Audience]:
        """The provider's groups of contacts."""


@runtime_checkable
class KeepsRedemptions(Protocol):
    """READ_REDEMPTIONS"""

    def redemptions(self, member_id: str, *, since: datetime, until: datetime) -> Sequence[Redemption]:
        """Points spent in the window, oldest first."""


@runtime_checkable
class RefundsRedemptions(Protocol):
    """REFUND_REDEMPTION"""

    def find_redemption(self, reference: str) -> Redemption:
        """By its own id or its discount code. Raises NotFound."""

    def refund_redemption(self, redemption_id: str, *, operation_id: str) -> None:
        """Give the points back. Sent twice, it gives them back once (or `repeatable` does not name it)."""


@runtime_checkable
class KeepsOrders(Protocol):
    """READ_ORDERS: the provider's own copy of the sales."""

    def orders(self, member_id: str) -> Sequence[Sale]:
        """The member's sales as the provider has them, oldest first."""


@runtime_checkable
class RecordsPurchases(Protocol):
    """RECORD_PURCHASE"""

    def record_purchase(self, purchase: Purchase, *, operation_id: str) -> None:
        """Tell the provider of a sale it missed."""


@runtime_checkable
class AdjustsInBatch(Protocol):
    """ADJUST_BATCH: at most `capabilities.batch_limit` lines."""

    def adjust_batch(self, lines: Sequence[BatchLine]) -> Sequence[BatchResult]:
        """One result a line, in their order. Raises UnknownOutcome when nobody can say of any of them."""


@runtime_checkable
class SetsTier(Protocol):
    """SET_TIER"""

    def set_tier(self, member_id: str, tier_id: str, *, operation_id: str) -> None:
        """Put the member on this level. Safe to repeat."""
