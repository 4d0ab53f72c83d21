"""A phone or an e-mail on the provider's record, once: changed to what the customer says and the register has."""

from __future__ import annotations

from bot.cases import Proposal
from bot.effects.changing import before_of
from bot.effects.contacts import CONTACTS, Contact, members_by, value_of
from bot.effects.values import Check, Proof
from bot.words import Words
from connectors.contract import LoyaltyProgram, Member, Operation, UpdatesMembers, part
from connectors.errors import NotFound, Unsupported


def check_contact(proposal: Proposal, contact: Contact, program: LoyaltyProgram) -> Check:
    """The record is there and has the old value; no other member has the new one."""
    if proposal.guided:
        return Check(state="as_expected", expected=proposal.expected, shown=proposal.shown)
    member = _member_now(proposal, program)
    if member is None:
        return Check(state="blocked", reason=Words.of("check.member_gone"))
    new, now = proposal.parameters[contact], value_of(member, contact)
    if now == new:
        return Check(state="done_already")
    if now != before_of(proposal, contact):
        shown = {**proposal.shown, f"{contact}_before": now}
        return Check(state="moved", expected=proposal.expected, shown=shown, reason=Words.of("check.member.moved"))
    if any(m.id != member.id for m in members_by(program, contact, new) or ()):
        return Check(state="blocked", reason=Words.of("check.contact.another"))
    return Check(state="as_expected", expected=proposal.expected, shown=proposal.shown)


def _member_now(proposal: Proposal, program: LoyaltyProgram) -> Member | None:
    """The provider's record, by its id; where it cannot be asked by that, by what it has and should have."""
    wanted = proposal.offer["member"]
    try:
        return program.member(wanted)
    except NotFound:
        return None
    except Unsupported:
        pass
    for contact in CONTACTS:
        for value in (proposal.parameters.get(contact), before_of(proposal, contact)):
            found = [m for m in (members_by(program, contact, value) or () if value else ()) if m.id == wanted]
            if found:
                return found[0]
    return None


def send_contact(proposal: Proposal, contact: Contact, program: LoyaltyProgram) -> None:
    """The one write."""
    updates = part(program, UpdatesMembers, Operation.UPDATE_MEMBER)  # type: ignore[type-abstract]
    updates.update_member(
        proposal.offer["member"],
        source_id=proposal.offer["customer"],
        operation_id=proposal.operation_id,
        **{contact: proposal.parameters[contact]},
    )


def proof_of_contact(proposal: Proposal, contact: Contact, program: LoyaltyProgram) -> Proof:
    """By the value itself: the new one is there, or the old one still is, or nobody can say."""
    member = _member_now(proposal, program)
    if member is None:
        return "cannot_tell"
    now = value_of(member, contact)
    if now == proposal.parameters[contact]:
        return "applied"
    return "absent" if now == before_of(proposal, contact) else "cannot_tell"
