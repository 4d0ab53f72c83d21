"""Points for many: a signed change each, where the provider takes ten at once (Rivo) or one by one. The operation id in
each row's note is how it is found again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from bot.effects.bulk import Line, Look, Named, Seen, Sent, Target
from connectors.contract import (
    AdjustsInBatch,
    BatchLine,
    Customer,
    LoyaltyProgram,
    Member,
    Operation,
    PointOfSale,
    WriteEvidence,
    part,
)
from connectors.errors import NotFound, Rejected

ACTION: Final = "adjust_points"
OPERATION: Final = Operation.ADJUST_POINTS
NEEDS_REGISTER = False


def find(named: Named, pos: PointOfSale, program: LoyaltyProgram) -> Target | str:
    """The one member whom the row names: by the provider's id, the register's, e-mail or phone, the surest first."""
    try:
        found = _members(named, pos, program)
    except NotFound:
        found = []
    if isinstance(found, str):
        return found
    if len(found) != 1:
        return "several_customers" if found else "unknown_customer"
    member = found[0]
    pairs = ((named.phone, member.phone), (named.email, member.email))
    if any(said and known and said != known for said, known in pairs):
        return "contradiction"
    if member.enrolled is False:
        return "not_a_member"
    points = member.balance
    if points is None:
        balance = program.balance(member)
        if balance.hidden:
            return "hidden"
        points = balance.points
    return Target(
        customer=member.source_id,
        member=member.id,
        first_name=member.first_name,
        last_name=member.last_name,
        phone=member.phone,
        email=member.email,
        balance=points,
    )


def _members(named: Named, pos: PointOfSale, program: LoyaltyProgram) -> Sequence[Member] | str:
    """Raises NotFound when nobody has the id."""
    keys = program.capabilities.finds_by
    if named.member:
        return [program.member(named.member)]
    if named.customer and "source_id" in keys:
        return program.find_members(source_id=named.customer)
    if named.email and "email" in keys:
        return program.find_members(email=named.email)
    if named.phone and "phone" in keys:
        return program.find_members(phone=named.phone)
    if named.customer:
        return _of(pos.customer(named.customer), program)
    if named.phone or named.email:
        customers = [c for c in pos.find_customers(phone=named.phone, email=named.email) if c.live]
        if len(customers) != 1:
            return "several_customers" if customers else "unknown_customer"
        return _of(customers[0], program)
    return "not_findable"


def _of(customer: Customer, program: LoyaltyProgram) -> Sequence[Member] | str:
    """The members that a record of the register leads to."""
    asked: dict[str, Any] = {"source_id": customer.id, "email": customer.email, "phone": customer.phone}
    for key, value in asked.items():
        if value and key in program.capabilities.finds_by:
            return program.find_members(**{key: value})
    return "not_findable"


def look(line: Line, program: LoyaltyProgram) -> Look:
    """The balance must not fall below zero, nor, for an exact row, have moved."""
    try:
        balance = program.balance(_member(line))
    except NotFound:
        return Look(state="blocked", code="unknown_customer")
    if balance.hidden:
        return Look(state="blocked", code="hidden")
    if line.exact and balance.points != line.before:
        return Look(state="blocked", code="moved", before=balance.points)
    if line.points is not None and balance.points + line.points < 0:
        return Look(state="blocked", code="below_zero", before=balance.points)
    return Look(state="go", before=balance.points)


def _member(line: Line) -> Member:
    """Enough of the member to ask for the balance without looking them up once more."""
    return Member(id=str(line.target.member), phone=line.target.phone, email=line.target.email)


def note(line: Line) -> str:
    """The comment, which the customer may see, and the operation id."""
    return f"{line.comment} (ref {line.operation_id})"


def send(lines: Sequence[Line], program: LoyaltyProgram) -> list[Sent]:
    """A batch, where there are several; one change alone, of which a refusal is certain."""
    if len(lines) > 1:
        taken = _batches(program).adjust_batch([_line(line) for line in lines])
        return [Sent(state="sent" if one.state == "done" else one.state, reason=one.reason) for one in taken]
    [line] = lines
    try:
        program.adjust_points(str(line.target.member), points=_points(line), note=note(line))
    except (Rejected, NotFound) as error:
        return [Sent(state="rejected", reason=error.reason)]
    return [Sent(state="sent")]


def _batches(program: LoyaltyProgram) -> AdjustsInBatch:
    return part(program, AdjustsInBatch, Operation.ADJUST_BATCH)  # type: ignore[type-abstract]


def _line(line: Line) -> BatchLine:
    return BatchLine(member_id=str(line.target.member), points=_points(line), note=note(line), comment=line.comment)


def _points(line: Line) -> Any:
    if line.points is None:
        raise ValueError(f"row {line.number} has no points")
    return line.points


def confirm(line: Line, program: LoyaltyProgram, since: datetime) -> Seen:
    """By a balance that moved by exactly these points after the provider said yes, which takes one call; where
    something else moved it too, by our row in the history."""
    balance = program.balance(_member(line))
    after = None if balance.hidden else balance.points
    if after is not None and line.before is not None and after - line.before == line.points:
        return Seen(confirmed=True, after=after)
    proof = reconcile(line, program, since)
    return Seen(confirmed={"applied": True, "absent": False, "cannot_tell": None}[proof], after=after)


def reconcile(line: Line, program: LoyaltyProgram, since: datetime) -> WriteEvidence:
    """Whether a row with our operation id is in the member's history."""
    return program.find_adjustment(str(line.target.member), operation_id=line.operation_id, since=since)


def batch(program: LoyaltyProgram) -> int:
    """As many as the provider takes at once."""
    limit = program.capabilities.batch_limit
    return limit if limit > 1 and program.capabilities.of(Operation.ADJUST_BATCH).supported else 1


def calls(program: LoyaltyProgram) -> float:
    """The balance before, its share of the write, the balance after."""
    return 2 + 1 / batch(program)


def proves_absence(program: LoyaltyProgram) -> bool:
    """As the provider's connector says."""
    return program.capabilities.ledger_proves_absence


def side_effects(program: LoyaltyProgram, *, texts: bool) -> tuple[str, ...]:
    """The comment may be seen, and lists do not stop for each other."""
    return ("comment_seen",)
