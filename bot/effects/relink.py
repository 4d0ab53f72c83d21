"""Correct the phone in the POS, so that it leads to the right member. The number comes from the customer, never from
the provider: the POS is the source of truth for contacts, and a wrong number would hand the points to a stranger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import phonenumbers

from bot.cases import Proposal, mask_phone
from bot.effects.guiding import minds
from bot.effects.kind import (
    BadFields,
    Check,
    Field,
    Form,
    Grounds,
    Guided,
    Line,
    Offer,
    Preview,
    Proof,
    ReadBack,
)
from bot.words import Words
from connectors.contract import Customer, LoyaltyProgram, Operation, PointOfSale
from connectors.errors import NotFound, VendorError

KIND = "relink"
REPEATABLE = True
_BY_HAND = (
    "Open the profile of {name} in the register.",
    "Type the number that the customer uses today, {phone}, into the phone field. Check the last four digits aloud.",
    "Save, then say here that it is done: I look whether the points are found.",
)


def offer(grounds: Grounds) -> Offer | None:
    """A new phone for the POS record; guided where an obstacle forbids it by API; None without a live record."""
    customer, member = grounds.customer, grounds.member
    if customer is None or member is None or not customer.live:
        return None
    stated = tuple(p for p in dict.fromkeys(grounds.phones) if p != customer.phone)
    people = (customer.phone, customer.email, customer.cell_phone, member.phone, member.email, *grounds.phones)
    common: dict[str, Any] = {
        "kind": KIND,
        "about": f"pos:{customer.id}",
        "offer": {"customer": customer.id, "member": member.id},
        "shown": {
            "name": customer.name,
            "phone_before": customer.phone,
            "phone": stated[0] if len(stated) == 1 else None,
            "reached": grounds.reached.id if grounds.reached is not None else None,
        },
        "expected": {"member": member.id},
        "people": tuple(p for p in people if p),
    }
    support = grounds.pos.of(Operation.CHANGE_PHONE)
    if not support.supported or customer.phone_obstacles:
        why = customer.phone_obstacles or (support.why,)
        return Guided(**common, steps=_BY_HAND, why=tuple(w for w in why if w), reads_back=True)
    return Offer(**common)


def form(proposal: Proposal) -> Form:
    """A yes or no where staff named the number already; else the number is asked, and nothing is suggested, so that
    nobody copies the provider's."""
    before, after = (masked(number_of(proposal, which)) for which in ("phone_before", "phone"))
    if number_of(proposal, "phone") is not None:
        return Form(
            title=Words.of("confirm.relink.title"),
            intro=(Words.of("confirm.relink.text", before=before, after=after),),
            submit=Words.of("confirm.relink.yes"),
            button=Words.of("fix.relink_to", after=after),
        )
    number = Field(
        name="phone",
        label=Words.of("form.relink.phone"),
        hint=Words.of("modal.customer.phone_hint"),
        placeholder="303-555-0142",
        longest=40,
    )
    return Form(
        title=Words.of("fix.relink"),
        intro=(Words.of("form.relink.before", before=before),),
        submit=Words.of("form.relink.submit"),
        fields=(number,),
    )


def words(proposal: Proposal) -> Words:
    """From which number to which."""
    before, after = number_of(proposal, "phone_before"), number_of(proposal, "phone")
    if after is None:
        return Words.of("what.relink_unknown", before=masked(before))
    return Words.of("what.relink", before=masked(before), after=masked(after))


def number_of(proposal: Proposal, which: str) -> str | None:
    """The old number ("phone_before"), or the new one as asked for or named ("phone"); a renewed offer remembers it."""
    asked = proposal.parameters or proposal.shown.get("asked") or {}
    found = (asked.get("phone") if which == "phone" else None) or proposal.shown.get(which)
    return str(found) if found else None


def masked(phone: str | None) -> str:
    """Fit for a channel; a dash where there is none."""
    return mask_phone(phone) if phone else "–"


def validate(proposal: Proposal, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """phone: a valid US number, as the customer says it; where only one was named in the question, that is taken.

    Raises BadFields.
    """
    raw = str(parameters.get("phone") or number_of(proposal, "phone") or "")
    try:
        parsed = phonenumbers.parse(raw, "US")
        complete = phonenumbers.is_possible_number_with_reason(parsed) == phonenumbers.ValidationResult.IS_POSSIBLE
        usable = complete and parsed.country_code == 1 and not parsed.extension
    except phonenumbers.NumberParseException:
        usable = False
    if not usable:
        raise BadFields({"phone": Words.of("field.phone")})
    phone = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if phone == proposal.shown.get("phone_before"):
        raise BadFields({"phone": Words.of("field.phone_same")})
    return {"phone": phone}


def preview(proposal: Proposal) -> Preview:
    """The number before and after, and what changes with it."""
    before, after = number_of(proposal, "phone_before"), number_of(proposal, "phone")
    unsaid = Words.of("change.phone_unsaid")
    new = masked(after) if after else unsaid
    return Preview(
        lines=(Line(label=Words.of("line.phone"), text=Words.of("change", before=masked(before), after=new)),),
        side_effects=(Words.of("mind.relink.store"), Words.of("mind.relink.found"), *minds(proposal)),
        would_send=Words.of("send.relink", phone=new, customer=str(proposal.offer["customer"])),
    )


def check(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Check:
    """The record is live and has the old number, nobody else has the new one, and it leads to the expected member."""
    try:
        customer = pos.customer(proposal.offer["customer"])
    except NotFound:
        return Check(state="blocked", reason=Words.of("check.customer_gone"))
    if not customer.live:
        return Check(state="blocked", reason=Words.of("check.not_live"))
    new, old = proposal.parameters["phone"], proposal.shown.get("phone_before")
    if customer.phone == new:
        return Check(state="done_already")
    if customer.phone != old:
        shown = {**proposal.shown, "phone_before": customer.phone}
        reason = Words.of("check.relink.moved")
        return Check(state="moved", expected=proposal.expected, shown=shown, reason=reason)
    blocked = _blocked(proposal, customer, pos, program)
    if blocked:
        return Check(state="blocked", reason=blocked)
    return Check(state="as_expected", expected=proposal.expected, shown=proposal.shown)


def _blocked(proposal: Proposal, customer: Customer, pos: PointOfSale, program: LoyaltyProgram) -> Words | None:
    new = proposal.parameters["phone"]
    if customer.phone_obstacles and not proposal.guided:
        return Words.of("check.relink.obstacle", why=Words.vendor("; ".join(customer.phone_obstacles)))
    others = [c for c in pos.find_customers(phone=new) if c.live and c.id != customer.id]
    if others:
        return Words.of("check.relink.taken")
    if proposal.expected["member"] is None:  # an undo: the old number led to nobody, and may again
        return None
    found = [m.id for m in program.find_members(phone=new)]
    if not found:
        return Words.of("check.relink.nobody")
    if found != [proposal.expected["member"]]:
        return Words.of("check.relink.another")
    return None


def carry_out(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> None:
    """The one write; the connector itself refuses when the old number is not there any more."""
    pos.change_phone(
        proposal.offer["customer"],
        expected=proposal.shown.get("phone_before"),
        new=proposal.parameters["phone"],
        operation_id=proposal.operation_id,
    )


def reconcile(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> Proof:
    """By the number itself: the new one is there, or the old one still is, or somebody set a third."""
    phone = pos.customer(proposal.offer["customer"]).phone
    if phone == proposal.parameters["phone"]:
        return "applied"
    return "absent" if phone == proposal.shown.get("phone_before") else "cannot_tell"


def read_back(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> ReadBack:
    """The register shows the new number, and it leads to the expected member; its balance is what the customer gets."""
    wanted = proposal.parameters.get("phone")
    phone = pos.customer(proposal.offer["customer"]).phone
    if phone is None or (wanted is not None and phone != wanted) or phone == proposal.shown.get("phone_before"):
        return ReadBack(confirmed=False, reason=Words.of("read.relink.not_yet"))
    if proposal.expected["member"] is None:
        return ReadBack(confirmed=True)
    members = program.find_members(phone=phone)
    if [m.id for m in members] != [proposal.expected["member"]]:
        return ReadBack(confirmed=False, reason=Words.of("read.relink.another"))
    balance = program.balance(members[0])
    return ReadBack(confirmed=True, values={"balance": None if balance.hidden else f"{balance.points:f}"})


def aftercare(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, at: datetime) -> None:
    """A note on the profile; what it says is masked."""
    if not pos.capabilities.of(Operation.WRITE_NOTE).supported:
        return
    before = proposal.shown.get("phone_before")
    try:
        pos.write_note(
            proposal.offer["customer"],
            subject="Phone corrected",
            body=f"Phone changed from {mask_phone(before) if before else 'none'} to "
            f"{mask_phone(proposal.parameters['phone'])} by Pointsman (ref {proposal.operation_id}).",
            at=at,
        )
    except VendorError:
        return  # the change is done and on record with us; the note is a courtesy


def settle_s(pos: PointOfSale, program: LoyaltyProgram) -> float:
    """As the POS's connector says."""
    return pos.capabilities.settle_s


def proves_absence(pos: PointOfSale, program: LoyaltyProgram) -> bool:
    """Reading the number back is proof, once the settling time is over."""
    return True


def undo(proposal: Proposal) -> tuple[Offer, dict[str, Any]] | None:
    """The old number again; None where there was none, since clearing is not possible by API."""
    before = proposal.shown.get("phone_before")
    if before is None:
        return None
    opposite = Offer(
        kind=KIND,
        about="",
        offer=dict(proposal.offer),
        shown={
            **proposal.shown,
            "phone_before": proposal.parameters["phone"],
            "phone": before,
            "reached": proposal.expected["member"],
        },
        expected={"member": proposal.shown.get("reached")},
    )
    return opposite, {"phone": before}


def where_to_look(proposal: Proposal) -> Words:
    """The profile's phone field."""
    return Words.of("look.relink", customer=str(proposal.offer["customer"]), digits=proposal.parameters["phone"][-4:])
