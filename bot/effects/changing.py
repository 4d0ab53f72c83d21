"""A phone or an e-mail on the register's record: changed from what was shown to what the customer says, once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.cases import Proposal
from bot.effects.contacts import Contact, live_customer, others_with, value_of
from bot.effects.values import Check, Offer, Proof
from bot.words import Words
from connectors.contract import ChangesEmail, Customer, Operation, PointOfSale, part

OPERATIONS = {"phone": Operation.CHANGE_PHONE, "email": Operation.CHANGE_EMAIL}


def before_of(proposal: Proposal, contact: Contact) -> str | None:
    """What the register had when it was offered."""
    found = proposal.shown.get(f"{contact}_before")
    return str(found) if found else None


def wanted_of(proposal: Proposal, contact: Contact) -> str | None:
    """The new one, as asked for, or as staff named it already; a renewed offer remembers what was asked for."""
    asked = proposal.parameters or proposal.shown.get("asked") or {}
    found = asked.get(contact) or (proposal.shown.get(contact) if not proposal.parameters else None)
    return str(found) if found else None


def check_contact(proposal: Proposal, contact: Contact, pos: PointOfSale) -> Customer | Check:
    """The record as it is, where it is live, has the old value, and nobody else has the new one; else why not."""
    customer = live_customer(proposal, pos)
    if isinstance(customer, Check):
        return customer
    new, now = str(proposal.parameters[contact]), value_of(customer, contact)
    if now == new:
        return Check(state="done_already")
    if now != before_of(proposal, contact):
        shown = {**proposal.shown, f"{contact}_before": now}
        reason = Words.of("check.phone.moved" if contact == "phone" else "check.email.moved")
        return Check(state="moved", expected=proposal.expected, shown=shown, reason=reason)
    if customer.phone_obstacles and not proposal.guided:
        why = Words.vendor("; ".join(customer.phone_obstacles))
        return Check(state="blocked", reason=Words.of("check.contact.obstacle", why=why))
    if others_with(pos, contact, new, customer.id):
        reason = Words.of("check.phone.taken" if contact == "phone" else "check.email.taken")
        return Check(state="blocked", reason=reason)
    return customer


def send_contact(proposal: Proposal, contact: Contact, pos: PointOfSale) -> None:
    """The one write; the connector itself refuses when the old value is not there any more."""
    customer, old = proposal.offer["customer"], before_of(proposal, contact)
    new, operation = str(proposal.parameters[contact]), proposal.operation_id
    if contact == "phone":
        pos.change_phone(customer, expected=old, new=new, operation_id=operation)
    else:
        changes = part(pos, ChangesEmail, Operation.CHANGE_EMAIL)  # type: ignore[type-abstract]
        changes.change_email(customer, expected=old, new=new, operation_id=operation)


def proof_of_contact(proposal: Proposal, contact: Contact, pos: PointOfSale) -> Proof:
    """By the value itself: the new one is there, or the old one still is, or somebody set a third."""
    now = value_of(pos.customer(proposal.offer["customer"]), contact)
    if now == proposal.parameters[contact]:
        return "applied"
    return "absent" if now == before_of(proposal, contact) else "cannot_tell"


def opposite_of(
    proposal: Proposal,
    contact: Contact,
    *,
    shown: Mapping[str, Any] | None = None,
    expected: Mapping[str, Any] | None = None,
) -> tuple[Offer, dict[str, Any]] | None:
    """The old value again; None where there was none, since clearing is not possible by API. shown: what differs
    besides; expected: where that differs."""
    old, new = before_of(proposal, contact), proposal.parameters.get(contact)
    if old is None or new is None:
        return None
    offer = Offer(
        kind=proposal.kind,
        about="",
        offer={k: v for k, v in proposal.offer.items() if k not in ("mode", "reads_back", "finding")},
        shown={**proposal.shown, f"{contact}_before": new, contact: old, **(shown or {})},
        expected=dict(expected if expected is not None else proposal.expected),
    )
    return offer, {contact: old}
