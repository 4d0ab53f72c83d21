"""BrandLift as a `LoyaltyProgram` that can only be asked of a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NoReturn

from connectors.brandlift.capabilities import CAPABILITIES
from connectors.brandlift.settings import BrandLiftSettings
from connectors.contract import Balance, Identity, Ledger, Member, Operation, WriteEvidence
from connectors.errors import Unsupported
from connectors.transport import Transport

VENDOR = "brandlift"


class BrandLift:
    """Fulfils `connectors.contract.LoyaltyProgram`; every call raises Unsupported with the capability's sentence."""

    vendor = VENDOR
    capabilities = CAPABILITIES

    def identify(self) -> Identity:
        """There are no credentials."""
        _refuse(Operation.IDENTIFY)

    def find_members(
        self, *, phone: str | None = None, email: str | None = None, source_id: str | None = None
    ) -> Sequence[Member]:
        """A person looks."""
        _refuse(Operation.FIND_MEMBER)

    def member(self, member_id: str) -> Member:
        """A person looks."""
        _refuse(Operation.FIND_MEMBER)

    def balance(self, member: Member) -> Balance:
        """A person looks."""
        _refuse(Operation.READ_BALANCE)

    def ledger(self, member_id: str, *, since: datetime, until: datetime) -> Ledger:
        """A person looks."""
        _refuse(Operation.READ_LEDGER)

    def adjust_points(self, member_id: str, *, points: Decimal, note: str) -> None:
        """A person does it."""
        _refuse(Operation.ADJUST_POINTS)

    def find_adjustment(self, member_id: str, *, operation_id: str, since: datetime) -> WriteEvidence:
        """There is nothing to look into."""
        return "cannot_tell"


def open_brandlift(settings: BrandLiftSettings, transport: Transport) -> BrandLift:
    """A shop's program; nothing is opened."""
    return BrandLift()


def _refuse(operation: Operation) -> NoReturn:
    raise Unsupported(VENDOR, CAPABILITIES.of(operation).why, detail=operation)
