"""springbig as a `LoyaltyProgram`: one store's account, as far as it lets itself be asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NoReturn

from connectors.contract import (
    Balance,
    Enrolment,
    Identity,
    Ledger,
    Member,
    Operation,
    Purchase,
    WriteEvidence,
)
from connectors.errors import NotFound, Rejected, Unsupported
from connectors.springbig import api
from connectors.springbig.capabilities import RECORD, capabilities_of
from connectors.springbig.mapping import enrolment_body, member_from, visit_body
from connectors.springbig.settings import SpringbigSettings
from connectors.transport import Link, Transport
from connectors.values import national

# A number that is given to nobody: with good keys springbig finds no member.
_NOBODY = "5555550100"


class Springbig:
    """Fulfils `connectors.contract.LoyaltyProgram`, and enrols, updates and tells of purchases."""

    vendor = api.VENDOR

    def __init__(self, link: Link, settings: SpringbigSettings) -> None:
        self._link = link
        self._settings = settings
        self.capabilities = capabilities_of(settings)

    def identify(self) -> Identity:
        """springbig names no account; a lookup of nobody shows that the keys are good."""
        self._lookup({"phone_number": _NOBODY})
        return Identity(account="not named by springbig")

    # -- members ------------------------------------------------------------------------------------------------------

    def find_members(
        self, *, phone: str | None = None, email: str | None = None, source_id: str | None = None
    ) -> Sequence[Member]:
        """Those with exactly this phone or e-mail. Raises Unsupported for a register's id."""
        if len([value for value in (phone, email, source_id) if value]) != 1:
            raise ValueError("exactly one of phone, email and source_id")
        if source_id:
            raise Unsupported(api.VENDOR, "springbig cannot be asked by the register's id", detail="find_member")
        found = self._lookup({"phone_number": national(phone)} if phone else {"email": str(email).lower()})
        same = [m for m in found if (m.phone == phone if phone else m.email == str(email).lower())]
        return list({m.id: m for m in same}.values())

    def member(self, member_id: str) -> Member:
        """Not possible. Raises Unsupported."""
        raise Unsupported(api.VENDOR, "springbig cannot be asked by its own number", detail="find_member")

    def enroll(self, person: Enrolment, *, operation_id: str) -> str | None:
        """Make them a member under the register's id; springbig's number."""
        answer = self._link.call(api.ENROLL, body=enrolment_body(person, self._settings.pos_type))
        members = [m for row in api.members_in(answer) or () if (m := member_from(row))]
        if len(members) != 1:
            raise api.unconfirmed(api.ENROLL)
        return members[0].id

    def update_member(
        self,
        member_id: str,
        *,
        source_id: str | None = None,
        phone: str | None = None,
        email: str | None = None,
        operation_id: str,
    ) -> None:
        """Set phone or e-mail. springbig writes by the register's id, so `source_id` is needed (Rejected)."""
        changes = ({"phone_number": national(phone)} if phone else {}) | ({"email": email} if email else {})
        if not changes:
            raise ValueError("phone or email")
        if not source_id:
            raise Rejected(api.VENDOR, "springbig needs the register's id of the member", detail="update_member")
        answer = self._link.call(api.UPDATE, path={"pos_user": source_id}, body={"member": changes})
        if not isinstance(answer, dict):
            raise api.unconfirmed(api.UPDATE)

    def record_purchase(self, purchase: Purchase, *, operation_id: str) -> None:
        """Tell of a sale under its own id. Only where the store switched it on (Unsupported)."""
        if not self._settings.record_visits:
            raise Unsupported(api.VENDOR, RECORD.why, detail=Operation.RECORD_PURCHASE)
        answer = self._link.call(api.VISIT, body=visit_body(purchase, self._settings.pos_type))
        if not isinstance(answer, dict):
            raise api.unconfirmed(api.VISIT)

    # -- what springbig does not tell ---------------------------------------------------------------------------------

    def balance(self, member: Member) -> Balance:
        """Not possible. Raises Unsupported."""
        self._refuse(Operation.READ_BALANCE)

    def ledger(self, member_id: str, *, since: datetime, until: datetime) -> Ledger:
        """Not possible. Raises Unsupported."""
        self._refuse(Operation.READ_LEDGER)

    def adjust_points(self, member_id: str, *, points: Decimal, note: str) -> None:
        """Not possible. Raises Unsupported."""
        self._refuse(Operation.ADJUST_POINTS)

    def find_adjustment(self, member_id: str, *, operation_id: str, since: datetime) -> WriteEvidence:
        """There is no history to look into."""
        return "cannot_tell"

    # -- helpers ------------------------------------------------------------------------------------------------------

    def _refuse(self, operation: Operation) -> NoReturn:
        raise Unsupported(api.VENDOR, self.capabilities.of(operation).why, detail=operation)

    def _lookup(self, params: dict[str, str]) -> list[Member]:
        try:
            answer: Any = self._link.call(api.LOOKUP, params=params)
        except NotFound:
            return []
        except Rejected:
            if self._settings.refusal_means_nobody:
                return []
            raise
        rows = api.members_in(answer)
        members = [m for row in rows or () if (m := member_from(row))]
        if rows is None or len(members) < len(rows):
            raise api.unreadable(api.LOOKUP.operation)
        return members


def open_springbig(settings: SpringbigSettings, transport: Transport) -> Springbig:
    """A store's account, over the shared transport."""
    link = api.open_link(
        transport,
        base_url=settings.base_url,
        api_key=settings.api_key.get_secret_value(),
        auth_token=settings.auth_token.get_secret_value(),
    )
    return Springbig(link, settings)
