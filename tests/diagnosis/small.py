"""A register and a loyalty programme of a few records, for facts that need a situation the sandbox does not have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from bot.diagnosis import Subject, Systems
from bot.understanding.models import Entities
from connectors.contract import (
    Balance,
    Capabilities,
    Customer,
    Identity,
    Ledger,
    Member,
    Operation,
    Sale,
    Support,
    WriteEvidence,
)
from connectors.errors import NotFound, Unsupported

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def capabilities(*lacking: Operation) -> Capabilities:
    operations = {o: Support(supported=o not in lacking, why="Look it up by hand.") for o in Operation}
    return Capabilities(operations=operations, settle_s=0, finds_by=frozenset(("phone", "email", "source_id")))


class SmallRegister:
    """Fulfils `PointOfSale` for reading."""

    vendor = "small"

    def __init__(
        self, customers: Sequence[Customer] = (), sales: Sequence[Sale] = (), lacking: Sequence[Operation] = ()
    ) -> None:
        self.customers = list(customers)
        self.rows = list(sales)
        self.capabilities = capabilities(*lacking)

    def identify(self) -> Identity:
        return Identity(account="small")

    def find_customers(self, *, phone: str | None = None, email: str | None = None) -> Sequence[Customer]:
        return [
            c for c in self.customers if (phone and phone in (c.phone, c.cell_phone)) or (email and email == c.email)
        ]

    def customer(self, customer_id: str) -> Customer:
        found = next((c for c in self.customers if c.id == customer_id), None)
        if found is None:
            raise NotFound("small", "there is no such customer")
        return found

    def sales(self, customer_ids: Sequence[str], *, since: datetime, until: datetime) -> Sequence[Sale]:
        found = [s for s in self.rows if s.customer_id in customer_ids and since <= s.at <= until]
        return sorted(found, key=lambda s: s.at)

    def sale(self, sale_id: str) -> Sale:
        found = next((s for s in self.rows if s.id == sale_id), None)
        if found is None:
            raise NotFound("small", "there is no such sale")
        return found

    def change_phone(self, customer_id: str, *, expected: str | None, new: str, operation_id: str) -> None:
        raise Unsupported(self.vendor, "this register is for reading")

    def write_note(self, customer_id: str, *, subject: str, body: str, at: datetime) -> None:
        raise Unsupported(self.vendor, "this register is for reading")


class SmallProgram:
    """Fulfils `LoyaltyProgram` for reading. `before`: called at every lookup, to hold it up or to count."""

    vendor = "small"

    def __init__(
        self,
        members: Sequence[Member] = (),
        ledgers: Mapping[str, Ledger] | None = None,
        lacking: Sequence[Operation] = (),
        before: Callable[[], None] = lambda: None,
    ) -> None:
        self.members = list(members)
        self.ledgers = dict(ledgers or {})
        self.capabilities = capabilities(*lacking)
        self._before = before

    def identify(self) -> Identity:
        return Identity(account="small")

    def find_members(
        self, *, phone: str | None = None, email: str | None = None, source_id: str | None = None
    ) -> Sequence[Member]:
        self._before()
        return [
            m
            for m in self.members
            if (phone and m.phone == phone) or (email and m.email == email) or (source_id and m.source_id == source_id)
        ]

    def member(self, member_id: str) -> Member:
        found = next((m for m in self.members if m.id == member_id), None)
        if found is None:
            raise NotFound("small", "there is no such member")
        return found

    def balance(self, member: Member) -> Balance:
        if member.balance is None:
            raise NotFound("small", "there is no wallet")
        return Balance(points=member.balance)

    def ledger(self, member_id: str, *, since: datetime, until: datetime) -> Ledger:
        return self.ledgers.get(member_id, Ledger(entries=()))

    def adjust_points(self, member_id: str, *, points: Decimal, note: str) -> None:
        raise Unsupported(self.vendor, "this programme is for reading")

    def find_adjustment(self, member_id: str, *, operation_id: str, since: datetime) -> WriteEvidence:
        return "absent"


def small(
    customers: Sequence[Customer] = (),
    members: Sequence[Member] = (),
    sales: Sequence[Sale] = (),
    ledgers: Mapping[str, Ledger] | None = None,
) -> Systems:
    """Both systems."""
    return Systems(pos=SmallRegister(customers, sales), program=SmallProgram(members, ledgers))


def about(area_code: str | None = "303", **entities: object) -> Subject:
    """A question that names these entities."""
    return Subject(
        entities=Entities.model_validate(entities), store_id="pine", store_name="Pine St", area_code=area_code
    )
