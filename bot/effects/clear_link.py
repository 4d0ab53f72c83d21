"""Take a loyalty id off the register's record that leads to nobody any more, so that the right one can be linked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.cases import Proposal
from bot.effects import linking
from bot.effects.contacts import CONTACTS, leave_note, members_by
from bot.effects.values import Check, Form, Grounds, Offer, Preview, Proof, ReadBack, Trust, of_a_value
from bot.words import Words
from connectors.contract import LoyaltyProgram, PointOfSale

KIND = "clear_link"
REPEATABLE = True


def offer(grounds: Grounds) -> Offer | None:
    """Clearing the stored id; None where the record is known to store none, or leads to the customer's own member."""
    customer, member, vendor = grounds.customer, grounds.member, grounds.program_vendor
    if customer is not None and vendor in customer.links and grounds.stored is None:
        return None
    if member is not None and member.id == grounds.stored:
        return None
    return linking.offer_link(KIND, grounds, new=None)


def form(proposal: Proposal) -> Form:
    """A yes or no."""
    return Form(
        title=Words.of("confirm.clear_link.title"),
        intro=(Words.of("confirm.clear_link.text", name=str(proposal.shown.get("name") or "–")),),
        submit=Words.of("form.ask"),
    )


def words(proposal: Proposal) -> Words:
    """Whose link."""
    return Words.of("what.clear_link", name=str(proposal.shown.get("name") or "–"))


def validate(proposal: Proposal, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Nothing is typed."""
    return {}


def preview(proposal: Proposal) -> Preview:
    """The id before, none after, and what the customer notices."""
    return linking.preview_link(proposal, Words.of("mind.clear_link"))


def check(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Check:
    """The id is still stored, and the provider finds nobody by the profile's phone or e-mail: else that one is linked,
    and nothing is cleared."""
    found = linking.check_link(proposal, pos, program)
    if found.state != "as_expected":
        return found
    customer = pos.customer(proposal.offer["customer"])
    for contact in CONTACTS:
        value = customer.phone if contact == "phone" else customer.email
        if value and members_by(program, contact, value):
            return Check(state="blocked", reason=Words.of("check.clear_link.found"))
    return found


def carry_out(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> None:
    """The one write."""
    linking.send_link(proposal, pos)


def reconcile(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> Proof:
    """By the id itself."""
    return linking.proof_of_link(proposal, pos)


def read_back(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> ReadBack:
    """The register shows no id."""
    return linking.read_link(proposal, pos, program)


def aftercare(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, at: datetime) -> None:
    """A note on the profile."""
    leave_note(proposal, pos, at, subject="Loyalty id cleared", body="The stored loyalty id was cleared")


def trust(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Trust:
    """Of the id at the register."""
    return of_a_value(pos.capabilities)


def undo(proposal: Proposal) -> tuple[Offer, dict[str, Any]] | None:
    """The old id again, which is a relink; None where nobody knows which it was."""
    return linking.opposite_link(proposal)


def where_to_look(proposal: Proposal) -> Words:
    """The profile's loyalty id."""
    return Words.of("look.clear_link", customer=str(proposal.offer["customer"]))
