"""What each row of a list does at the vendors: a module with these few names for each kind of list. Marks, retries and
signatures are kept by `bot.work`, which calls these in order: find, look, send, confirm or reconcile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict

from connectors.contract import LoyaltyProgram, Operation, PointOfSale, WriteEvidence


class Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Named(Value):
    """Whom a row of a file names, as it names them."""

    phone: str | None = None
    email: str | None = None
    customer: str | None = None
    member: str | None = None


class Target(Value):
    """Whom a row is for, as the vendors know them. customer: the register's id. member: the provider's. balance: as it
    was when they were looked up."""

    customer: str | None = None
    member: str | None = None
    first_name: str = ""
    last_name: str = ""
    phone: str | None = None
    email: str | None = None
    balance: Decimal | None = None


class Line(Value):
    """One row as it is sent. before: the balance that it stands on. exact: only while the balance is still that."""

    number: int
    target: Target
    points: Decimal | None
    operation_id: str
    comment: str
    before: Decimal | None = None
    exact: bool = False
    texts: bool = False


class Look(Value):
    """The vendor's present state before a row is sent. code: why it is not sent."""

    state: Literal["go", "blocked", "done_already"]
    code: str = ""
    before: Decimal | None = None


class Sent(Value):
    """What the answer to a write says of one row. reason: the vendor's refusal, for staff."""

    state: Literal["sent", "rejected", "unknown"]
    reason: str = ""


class Seen(Value):
    """What the vendor shows afterwards. confirmed None: nothing can be told."""

    confirmed: bool | None
    after: Decimal | None = None


class RowKind(Protocol):
    """The names that each module of a kind of list has. What asks vendors may raise `connectors.errors.VendorError`."""

    ACTION: str
    OPERATION: Operation
    NEEDS_REGISTER: bool
    """Whether rows are looked up in the register."""

    def find(self, named: Named, pos: PointOfSale, program: LoyaltyProgram) -> Target | str:
        """Whom a row is for, or the code of what is wrong with it."""

    def look(self, line: Line, program: LoyaltyProgram) -> Look:
        """The vendor's present state, just before."""

    def send(self, lines: Sequence[Line], program: LoyaltyProgram) -> list[Sent]:
        """The one write, of at most `batch` lines; one answer a line, in their order."""

    def confirm(self, line: Line, program: LoyaltyProgram, since: datetime) -> Seen:
        """What the vendor shows of a row it took after `since`."""

    def reconcile(self, line: Line, program: LoyaltyProgram, since: datetime) -> WriteEvidence:
        """Whether a row that was sent after `since`, with no answer, is there."""

    def batch(self, program: LoyaltyProgram) -> int:
        """Rows of one write."""

    def calls(self, program: LoyaltyProgram) -> float:
        """Calls to the provider that one row takes, all told."""

    def proves_absence(self, program: LoyaltyProgram) -> bool:
        """Whether "absent" is proof that it was not applied."""

    def side_effects(self, program: LoyaltyProgram, *, texts: bool) -> tuple[str, ...]:
        """Codes of what customers may notice."""
