"""A customer's phone and e-mail, as kinds of fixes need them: read from what was typed, shown masked, looked up only by
what the systems look up by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from bot.cases import Proposal, mask_email, mask_phone
from bot.effects.values import Check
from bot.words import Words
from connectors.contract import Customer, LoyaltyProgram, Member, Operation, PointOfSale
from connectors.errors import NotFound, VendorError

Contact = Literal["phone", "email"]
CONTACTS: tuple[Contact, ...] = ("phone", "email")


def phone_of(raw: str) -> str | None:
    """What was typed as E.164; None for what is no complete US number without an extension."""
    try:
        parsed = phonenumbers.parse(raw, "US")
    except phonenumbers.NumberParseException:
        return None
    complete = phonenumbers.is_possible_number_with_reason(parsed) == phonenumbers.ValidationResult.IS_POSSIBLE
    if not complete or parsed.country_code != 1 or parsed.extension:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def email_of(raw: str) -> str | None:
    """What was typed as an address in lower case; None for what is none."""
    try:
        return validate_email(raw.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return None


def masked(contact: Contact, value: object) -> str:
    """Fit for a channel; a dash where there is none."""
    if not value:
        return "–"
    return mask_phone(str(value)) if contact == "phone" else mask_email(str(value))


def value_of(customer: Customer | Member, contact: Contact) -> str | None:
    """The phone or the e-mail of a record."""
    return customer.phone if contact == "phone" else customer.email


def customers_by(pos: PointOfSale, contact: Contact, value: str) -> Sequence[Customer]:
    """All records of the register with it; none where it is not looked up by that. Raises VendorError."""
    if contact not in pos.capabilities.finds_by:
        return ()
    return pos.find_customers(phone=value) if contact == "phone" else pos.find_customers(email=value)


def members_by(program: LoyaltyProgram, contact: Contact, value: str) -> Sequence[Member] | None:
    """All members with it; None where the provider cannot be asked by that. Raises VendorError."""
    capabilities = program.capabilities
    if contact not in capabilities.finds_by or not capabilities.of(Operation.FIND_MEMBER).supported:
        return None
    return program.find_members(phone=value) if contact == "phone" else program.find_members(email=value)


def live_customer(proposal: Proposal, pos: PointOfSale) -> Customer | Check:
    """The register's record as it is now, or why nothing may be done with it. Raises VendorError."""
    try:
        customer = pos.customer(proposal.offer["customer"])
    except NotFound:
        return Check(state="blocked", reason=Words.of("check.customer_gone"))
    return customer if customer.live else Check(state="blocked", reason=Words.of("check.not_live"))


def others_with(pos: PointOfSale, contact: Contact, value: str, own: str) -> bool:
    """Whether another live record of the register has it. Raises VendorError."""
    return any(c.live and c.id != own for c in customers_by(pos, contact, value))


def leave_note(proposal: Proposal, pos: PointOfSale, at: datetime, *, subject: str, body: str) -> None:
    """A note on the profile, where the register takes one; what it says is masked. A courtesy: a refusal is ignored."""
    if not pos.capabilities.of(Operation.WRITE_NOTE).supported:
        return
    try:
        text = f"{body} by Pointsman (ref {proposal.operation_id})."
        pos.write_note(proposal.offer["customer"], subject=subject, body=text, at=at)
    except VendorError:
        return  # the change is done and on record with us


def note_mind(proposal: Proposal) -> tuple[Words, ...]:
    """That the profile's journal will name the change, where the register takes notes."""
    return (Words.of("mind.note"),) if proposal.offer.get("notes") else ()
