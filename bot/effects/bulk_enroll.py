"""Members out of many customers of the register, each with the register's own name, phone and e-mail. No API takes it
back, and the provider may write to them where texts were agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.effects.bulk import Line, Look, Named, Seen, Sent, Target
from connectors.contract import (
    Customer,
    Enrolls,
    Enrolment,
    LoyaltyProgram,
    Member,
    Operation,
    PointOfSale,
    WriteEvidence,
    part,
)
from connectors.errors import NotFound, Rejected

ACTION: Final = "enroll"
OPERATION: Final = Operation.ENROLL
NEEDS_REGISTER = True


def find(named: Named, pos: PointOfSale, program: LoyaltyProgram) -> Target | str:
    """The one live customer of the register whom the row names, when the provider does not know them as a member."""
    customer = _customer(named, pos)
    if isinstance(customer, str):
        return customer
    pairs = ((named.phone, customer.phone), (named.email, customer.email))
    if any(said and known and said != known for said, known in pairs):
        return "contradiction"
    target = Target(
        customer=customer.id,
        first_name=customer.first_name,
        last_name=customer.last_name,
        phone=customer.phone,
        email=customer.email,
    )
    if not (target.phone or target.email):
        return "no_person"
    if not target.email and "phone" not in program.capabilities.finds_by:
        return "needs_email"  # nobody could see afterwards whether they were enrolled
    found = _found(target, program)
    if any(member.enrolled is not False for member in found):
        return "already_member"
    return target.model_copy(update={"member": found[0].id}) if found else target


def _customer(named: Named, pos: PointOfSale) -> Customer | str:
    found: Sequence[Customer]
    if named.customer:
        try:
            found = [pos.customer(named.customer)]
        except NotFound:
            found = []
    elif named.phone or named.email:
        key = {"phone": named.phone} if named.phone else {"email": named.email}
        found = pos.find_customers(**key)
    else:
        return "not_findable"
    live = [one for one in found if one.live]
    if len(live) != 1:
        return "several_customers" if live else "unknown_customer"
    return live[0]


def _found(target: Target, program: LoyaltyProgram) -> list[Member]:
    """Records at the provider with the phone or the e-mail, each once."""
    found: dict[str, Member] = {}
    asked = {"phone": target.phone, "email": target.email}
    for key, value in asked.items():
        if value and key in program.capabilities.finds_by:
            found |= {member.id: member for member in program.find_members(**{key: value})}
    return list(found.values())


def look(line: Line, program: LoyaltyProgram) -> Look:
    """Whoever became a member meanwhile is left alone."""
    members = [member for member in _found(line.target, program) if member.enrolled is not False]
    return Look(state="done_already", code="already_member") if members else Look(state="go")


def send(lines: Sequence[Line], program: LoyaltyProgram) -> list[Sent]:
    """One person."""
    [line] = lines
    person = Enrolment(
        first_name=line.target.first_name,
        last_name=line.target.last_name,
        phone=line.target.phone,
        email=line.target.email,
        source_id=line.target.customer,
        texts=line.texts,
    )
    enroller = part(program, Enrolls, OPERATION)  # type: ignore[type-abstract]
    try:
        enroller.enroll(person, operation_id=line.operation_id)
    except (Rejected, NotFound) as error:
        return [Sent(state="rejected", reason=error.reason)]
    return [Sent(state="sent")]


def confirm(line: Line, program: LoyaltyProgram, since: datetime) -> Seen:
    """The provider finds them by phone or e-mail, as a member."""
    return Seen(confirmed=reconcile(line, program, since) == "applied")


def reconcile(line: Line, program: LoyaltyProgram, since: datetime) -> WriteEvidence:
    """By looking them up: whoever is a member now was enrolled by us, or needs it no more."""
    members = [member for member in _found(line.target, program) if member.enrolled is not False]
    return "applied" if members else "absent"


def batch(program: LoyaltyProgram) -> int:
    """No provider takes several."""
    return 1


def calls(program: LoyaltyProgram) -> float:
    """Looked up before and after, by each of phone and e-mail where both are asked, and the write."""
    return 1 + 2 * len({"phone", "email"} & program.capabilities.finds_by)


def proves_absence(program: LoyaltyProgram) -> bool:
    """Never: a second try might text the customer a second time."""
    return False


def side_effects(program: LoyaltyProgram, *, texts: bool) -> tuple[str, ...]:
    """What nothing takes back, and what customers may get."""
    return ("no_undo", "texts_sent" if texts else "texts_off")
