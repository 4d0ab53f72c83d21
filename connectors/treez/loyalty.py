"""Treez Loyalty as a `LoyaltyProgram`: nothing by API, everything by a person; said so, each time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NoReturn

from connectors.contract import Balance, Identity, Ledger, Member, Operation, WriteEvidence
from connectors.errors import Unsupported
from connectors.transport import Transport
from connectors.treez import api
from connectors.treez.capabilities import LOYALTY
from connectors.treez.settings import TreezLoyaltySettings


class TreezLoyalty:
    """Fulfils `connectors.contract.LoyaltyProgram`. Every method raises Unsupported with the capability's sentence."""

    vendor = api.VENDOR
    capabilities = LOYALTY

    def identify(self) -> Identity:
        """No account to ask."""
        _no(Operation.IDENTIFY)

    def find_members(
        self, *, phone: str | None = None, email: str | None = None, source_id: str | None = None
    ) -> Sequence[Member]:
        """Nobody is found by API."""
        _no(Operation.FIND_MEMBER)

    def member(self, member_id: str) -> Member:
        """Nobody is shown by API."""
        _no(Operation.FIND_MEMBER)

    def balance(self, member: Member) -> Balance:
        """The wallet at the register shows it."""
        _no(Operation.READ_BALANCE)

    def ledger(self, member_id: str, *, since: datetime, until: datetime) -> Ledger:
        """The dashboard shows it."""
        _no(Operation.READ_LEDGER)

    def adjust_points(self, member_id: str, *, points: Decimal, note: str) -> None:
        """A person does it on the dashboard."""
        _no(Operation.ADJUST_POINTS)

    def find_adjustment(self, member_id: str, *, operation_id: str, since: datetime) -> WriteEvidence:
        """Nothing can be told from here."""
        return "cannot_tell"


def open_treez_loyalty(settings: TreezLoyaltySettings, transport: Transport) -> TreezLoyalty:
    """A store's program; nothing is called."""
    return TreezLoyalty()


def _no(operation: Operation) -> NoReturn:
    raise Unsupported(api.VENDOR, LOYALTY.of(operation).why, detail=operation)
