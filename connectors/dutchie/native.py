"""Dutchie's own points as a `LoyaltyProgram`: last night's balances, what each sale earned, and no way to write.

The balances come from one file of the whole location, which the vendor makes at night and gives out once a minute: a
daily job loads it (`native_snapshot`, or `use_snapshot` with one that was kept); every question reads what is there.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from connectors.contract import (
    Balance,
    Capabilities,
    Customer,
    Enrolment,
    HumanCheck,
    Identity,
    Ledger,
    LedgerEntry,
    Member,
    MemberTier,
    NativeRow,
    NativeSnapshot,
    Operation,
    Sale,
    Tier,
    WriteEvidence,
    by_api,
    guided,
    missing,
)
from connectors.dutchie import api
from connectors.dutchie.client import Dutchie, open_dutchie
from connectors.dutchie.settings import DutchieSettings
from connectors.errors import Rejected, Unreachable, Unsupported
from connectors.transport import Transport

_LONGEST_LEDGER = timedelta(days=28)

_ADJUST = guided(
    "Dutchie changes its own points at the register only.",
    "At the register, open the profile of {name} ({customer_id}).",
    "Press the pencil beside Available Loyalty Points.",
    "Type the new total: {target}. That is {points} points from the total now.",
    "Give the manager PIN and a reason if it asks, and save.",
    reads_back=True,
)

CAPABILITIES = Capabilities(
    operations={
        **by_api(
            Operation.IDENTIFY,
            Operation.FIND_MEMBER,
            Operation.READ_BALANCE,
            Operation.READ_LEDGER,
            Operation.READ_TIER,
            Operation.ENROLL,
            Operation.SNAPSHOT_BALANCES,
        ),
        Operation.ADJUST_POINTS: _ADJUST,
        Operation.REFUND_REDEMPTION: missing(
            "Dutchie gives redeemed points back only when an online order is cancelled; else adjust at the register."
        ),
        Operation.READ_PROGRAM: missing("Dutchie shows the program's rules on its screens only."),
        Operation.RECORD_PURCHASE: missing("Dutchie's points follow its own sales; none can be told to it."),
        Operation.UPDATE_MEMBER: missing("The member is the register's profile: correct that."),
    },
    # The next file is made in the night.
    settle_s=24 * 3600,
    ledger_shows=frozenset(("earn", "redeem")),
    finds_by=frozenset(("phone", "email", "source_id")),
    repeatable=frozenset((Operation.ENROLL,)),
    checks=(
        HumanCheck(
            setting="Accrual, expiration, tiers and what is taxed",
            where="Dutchie Backoffice > Settings > Loyalty > Rules",
            covers=("V13", "V14"),
            inferred="Recent sales that earned nothing suggest that accrual is off.",
        ),
        HumanCheck(
            setting="Auto-enrollment and Welcome Bonus",
            where="Dutchie Backoffice > Loyalty Settings",
            covers=("E4", "E12"),
        ),
        HumanCheck(
            setting="No third party's loyalty is still connected",
            where="Dutchie Backoffice > Settings > Integrations",
            covers=("E8",),
        ),
    ),
)


class DutchieLoyalty:
    """Fulfils `connectors.contract.LoyaltyProgram` over the register of the same location."""

    vendor = api.VENDOR
    capabilities = CAPABILITIES

    def __init__(self, register: Dutchie) -> None:
        self._register = register
        self._lock = threading.Lock()
        self._snapshot: NativeSnapshot | None = None

    def identify(self) -> Identity:
        """As the register's."""
        return self._register.identify()

    # -- the nightly file ---------------------------------------------------------------------------------------------

    def native_snapshot(self, *, at: datetime) -> NativeSnapshot:
        """Ask for last night's file, and answer by it from now on."""
        snapshot = self._register.native_snapshot(at=at)
        self.use_snapshot(snapshot)
        return snapshot

    def use_snapshot(self, snapshot: NativeSnapshot) -> None:
        """Answer by this file from now on, unless a newer one is there."""
        with self._lock:
            if self._snapshot is None or self._snapshot.taken_at <= snapshot.taken_at:
                self._snapshot = snapshot

    # -- reads --------------------------------------------------------------------------------------------------------

    def find_members(
        self, *, phone: str | None = None, email: str | None = None, source_id: str | None = None
    ) -> Sequence[Member]:
        """The register's profiles that are in use: each is its own member."""
        if len([value for value in (phone, email, source_id) if value]) != 1:
            raise ValueError("exactly one of phone, email and source_id")
        if source_id:
            return [self.member(source_id)]
        return [self._member(c) for c in self._register.find_customers(phone=phone, email=email) if c.live]

    def member(self, member_id: str) -> Member:
        """By the register's id."""
        return self._member(self._register.customer(member_id))

    def balance(self, member: Member) -> Balance:
        """The points of last night. A customer whom the file does not name has none."""
        snapshot = self._held()
        if snapshot is None:
            raise Unreachable(
                self.vendor,
                f"last night's points of {api.TITLE} are not loaded yet",
                detail=api.SNAPSHOT.operation,
            )
        row = snapshot.rows.get(member.id)
        return Balance(points=row.balance if row else Decimal(0), as_of=snapshot.as_of)

    def ledger(self, member_id: str, *, since: datetime, until: datetime) -> Ledger:
        """What the sales of the last four weeks of the window earned and spent; changes by hand are in no API."""
        start = max(since, until - _LONGEST_LEDGER)
        sales = self._register.sales([member_id], since=start, until=until)
        entries = tuple(entry for sale in sales if not sale.is_void for entry in _entries(sale))
        return Ledger(entries=entries, since=start if start > since else None)

    def tiers(self) -> Sequence[Tier]:
        """The vendor lists none."""
        return []

    def member_tier(self, member_id: str) -> MemberTier:
        """The name on the profile."""
        return MemberTier(name=self._register.customer(member_id).tier)

    # -- writes -------------------------------------------------------------------------------------------------------

    def enroll(self, person: Enrolment, *, operation_id: str) -> str | None:
        """Set the flag on an existing profile; making profiles is the register's own business."""
        if person.source_id is None:
            raise Rejected(self.vendor, "the customer needs a profile in the register first", detail=operation_id)
        self._register.mark_member(person.source_id, operation_id=operation_id)
        return person.source_id

    def adjust_points(self, member_id: str, *, points: Decimal, note: str) -> None:
        """Not by API."""
        raise Unsupported(self.vendor, _ADJUST.why, detail=Operation.ADJUST_POINTS)

    def find_adjustment(self, member_id: str, *, operation_id: str, since: datetime) -> WriteEvidence:
        """Changes by hand show in no API."""
        return "cannot_tell"

    # -- helpers ------------------------------------------------------------------------------------------------------

    def _held(self) -> NativeSnapshot | None:
        with self._lock:
            return self._snapshot

    def _member(self, customer: Customer) -> Member:
        snapshot = self._held()
        row: NativeRow | None = snapshot.rows.get(customer.id) if snapshot else None
        return Member(
            id=customer.id,
            first_name=customer.first_name,
            last_name=customer.last_name,
            phone=customer.phone or customer.cell_phone,
            email=customer.email,
            balance=row.balance if row else None,
            enrolled=customer.is_member,
            source_id=customer.id,
            source="dutchie",
            tier=customer.tier,
        )


def _entries(sale: Sale) -> tuple[LedgerEntry, ...]:
    """A sale's points: what it earned, and what was spent on it. On a return both are negative at the vendor."""
    earned, spent = sale.points_earned or Decimal(0), sale.points_spent or Decimal(0)
    found = []
    if earned:
        found.append(LedgerEntry(at=sale.at, kind="earn", points=earned, reference=sale.id))
    if spent:
        found.append(LedgerEntry(at=sale.at, kind="redeem", points=-spent, reference=sale.id))
    return tuple(found)


def open_dutchie_loyalty(settings: DutchieSettings, transport: Transport) -> DutchieLoyalty:
    """A store's own points, over the shared transport."""
    return DutchieLoyalty(open_dutchie(settings, transport))
