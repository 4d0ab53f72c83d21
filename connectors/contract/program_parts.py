"""What only some programs have, one small protocol each, fulfilled beside `LoyaltyProgram` (see `parts`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from connectors.contract.program_details import (
    Audience,
    BatchLine,
    BatchResult,
    Enrolment,
    MemberTier,
    ProgramRules,
    Purchase,
    Redemption,
    Reward,
    Tier,
)
from connectors.contract.records import Sale
from connectors.contract.register_details import (
    NativeSnapshot,
)


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
        self,
        member_id: str,
        *,
        source_id: str | None = None,
        phone: str | None = None,
        email: str | None = None,
        operation_id: str,
    ) -> None:
        """Set the provider's own copy of phone or e-mail. Safe to repeat.

        source_id: the register's id of the member, which some providers write by; one that needs it and does not get it
        raises Rejected.
        """


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
class AnswersBySnapshot(Protocol):
    """SNAPSHOT_BALANCES of a program: its balances come from the last file that it was given or fetched."""

    def native_snapshot(self, *, at: datetime) -> NativeSnapshot:
        """Fetch the file, a whole location in one call, and answer by it. `at`: now, by the caller's clock."""

    def use_snapshot(self, snapshot: NativeSnapshot) -> None:
        """Answer by this file, unless a newer one is in use."""
