"""Lead the register's record to the right member: by the customer's own phone where the phone is what is followed, else
by the loyalty id that the register stores.

The number comes from the customer, never from the provider: the POS is the source of truth for contacts, and a wrong
number would hand the points to a stranger.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.cases import Proposal
from bot.effects import changing, linking
from bot.effects.contacts import leave_note, masked, members_by, note_mind, phone_of
from bot.effects.guiding import confirming, minds
from bot.effects.values import (
    BadFields,
    Check,
    Field,
    Form,
    Grounds,
    Guided,
    Impossible,
    Line,
    Offer,
    Preview,
    Proof,
    ReadBack,
    Trust,
    of_a_value,
)
from bot.words import Words
from connectors.contract import LoyaltyProgram, Operation, PointOfSale

KIND = "relink"
REPEATABLE = True
BY_HAND = (
    "Open the profile of {name} in the register.",
    "Type the number that the customer uses today, {phone}, into the phone field. Check the last four digits aloud.",
    "Save, then say here that it is done: I look whether the points are found.",
)


def offer(grounds: Grounds) -> Offer | None:
    """A new phone for the record, or another stored id, as the pair's link is; guided where an obstacle forbids it by
    API; None without a live record, or where it leads to the member already."""
    nature = grounds.nature
    if nature is None or (nature.kind == "derived" and "phone" in nature.follows):
        return _offer_phone(grounds)
    customer, member = grounds.customer, grounds.member
    if nature.kind == "shared":
        made = linking.offer_link(KIND, grounds, new=member.id if member is not None else None)
        return made and Impossible(**made.model_dump(include=set(Offer.model_fields)), why=(nature.relink,))
    unseen = not nature.readable or (customer is not None and grounds.program_vendor not in customer.links)
    if not unseen and (member is None or grounds.stored == member.id):
        return None
    return linking.offer_link(KIND, grounds, new=member.id if member is not None else None)


def _offer_phone(grounds: Grounds) -> Offer | None:
    customer, member = grounds.customer, grounds.member
    if customer is None or member is None or not customer.live:
        return None
    stated = tuple(p for p in dict.fromkeys(grounds.phones) if p != customer.phone)
    people = (customer.phone, customer.email, customer.cell_phone, member.phone, member.email, *grounds.phones)
    common: dict[str, Any] = {
        "kind": KIND,
        "about": f"pos:{customer.id}",
        "offer": {
            "customer": customer.id,
            "member": member.id,
            "notes": grounds.pos.of(Operation.WRITE_NOTE).supported,
        },
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
        return Guided(**common, steps=BY_HAND, why=tuple(w for w in why if w), reads_back=True)
    return Offer(**common)


def _stored_id(proposal: Proposal) -> bool:
    return proposal.offer.get("way") == "link"


def form(proposal: Proposal) -> Form:
    """A yes or no where everything is known already; else the number is asked, and nothing is suggested, so that nobody
    copies the provider's."""
    if _stored_id(proposal):
        return _link_form(proposal)
    before, after = changing.before_of(proposal, "phone"), changing.wanted_of(proposal, "phone")
    if after is not None:
        numbers = {"before": masked("phone", before), "after": masked("phone", after)}
        return Form(
            title=Words.of("confirm.relink.title"),
            intro=(Words.of("confirm.relink.text", before=numbers["before"], after=numbers["after"]),),
            submit=confirming(proposal, "confirm.relink.yes"),
            button=Words.of("fix.relink_to", after=numbers["after"]),
        )
    return Form(
        title=Words.of("fix.relink"),
        intro=(Words.of("form.relink.before", before=masked("phone", before)),),
        submit=confirming(proposal, "form.relink.submit"),
        fields=(phone_field(),),
    )


def _link_form(proposal: Proposal) -> Form:
    points, to = proposal.shown.get("points"), proposal.offer.get("to")
    name, program = str(proposal.shown.get("name") or "–"), str(proposal.shown.get("program") or "–")
    text = Words.of("confirm.relink_id.unseen", name=name, program=program)
    if to is not None:
        amount = Words.of("confirm.relink_id.points", points=str(points)) if points is not None else Words.raw("")
        text = Words.of("confirm.relink_id.text", name=name, member=str(to), points=amount)
    return Form(
        title=Words.of("confirm.relink_id.title"),
        intro=(text,),
        submit=confirming(proposal, "confirm.relink_id.yes"),
        button=Words.of("fix.relink_id"),
    )


def phone_field(**changes: Any) -> Field:
    """Asks for the number that the customer uses today."""
    field = Field(
        name="phone",
        label=Words.of("form.relink.phone"),
        hint=Words.of("modal.customer.phone_hint"),
        placeholder="303-555-0142",
        longest=40,
    )
    return field.model_copy(update=changes)


def words(proposal: Proposal) -> Words:
    """From which number to which; or to which loyalty id."""
    if _stored_id(proposal):
        to = proposal.offer.get("to")
        found = str(to) if to is not None else Words.of("change.link_found")
        return Words.of("what.relink_id", name=str(proposal.shown.get("name") or "–"), member=found)
    before, after = changing.before_of(proposal, "phone"), changing.wanted_of(proposal, "phone")
    if after is None:
        return Words.of("what.relink_unknown", before=masked("phone", before))
    return Words.of("what.relink", before=masked("phone", before), after=masked("phone", after))


def validate(proposal: Proposal, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """phone: a complete US number, as the customer says it; where only one was named in the question, that is taken.
    Nothing where an id is set. Raises BadFields."""
    if _stored_id(proposal):
        return {}
    phone = phone_of(str(parameters.get("phone") or changing.wanted_of(proposal, "phone") or ""))
    if phone is None:
        raise BadFields({"phone": Words.of("field.phone")})
    if phone == changing.before_of(proposal, "phone"):
        raise BadFields({"phone": Words.of("field.phone_same")})
    return {"phone": phone}


def preview(proposal: Proposal) -> Preview:
    """The number or the id before and after, and what changes with it."""
    if _stored_id(proposal):
        return linking.preview_link(proposal, Words.of("mind.relink_id"))
    before, after = changing.before_of(proposal, "phone"), changing.wanted_of(proposal, "phone")
    new = masked("phone", after) if after else Words.of("change.phone_unsaid")
    return Preview(
        lines=(Line(label=Words.of("line.phone"), text=Words.of("change", before=masked("phone", before), after=new)),),
        side_effects=(
            Words.of("mind.relink.store"),
            Words.of("mind.relink.found"),
            *note_mind(proposal),
            *minds(proposal),
        ),
        would_send=Words.of("send.relink", phone=new, customer=str(proposal.offer["customer"])),
    )


def check(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Check:
    """The record is live and is what it was, nobody else has the new number, and it leads to the expected member."""
    if _stored_id(proposal):
        return linking.check_link(proposal, pos, program)
    found = changing.check_contact(proposal, "phone", pos)
    if isinstance(found, Check):
        return found
    wrong = _leads_elsewhere(proposal, program)
    if wrong is not None:
        return Check(state="blocked", reason=wrong)
    return Check(state="as_expected", expected=proposal.expected, shown=proposal.shown)


def _leads_elsewhere(proposal: Proposal, program: LoyaltyProgram) -> Words | None:
    if proposal.expected["member"] is None:  # an undo: the old number led to nobody, and may again
        return None
    members = members_by(program, "phone", proposal.parameters["phone"])
    if members is None:
        return None  # the provider cannot be asked by phone
    found = [m.id for m in members]
    if not found:
        return Words.of("check.relink.nobody")
    return None if found == [proposal.expected["member"]] else Words.of("check.relink.another")


def carry_out(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> None:
    """The one write."""
    if _stored_id(proposal):
        linking.send_link(proposal, pos)
    else:
        changing.send_contact(proposal, "phone", pos)


def reconcile(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> Proof:
    """By the number, or the id, itself."""
    if _stored_id(proposal):
        return linking.proof_of_link(proposal, pos)
    return changing.proof_of_contact(proposal, "phone", pos)


def read_back(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> ReadBack:
    """The register shows the new number, and it leads to the expected member; its balance is what the customer gets."""
    if _stored_id(proposal):
        return linking.read_link(proposal, pos, program)
    phone = pos.customer(proposal.offer["customer"]).phone
    if phone is None or phone != proposal.parameters["phone"]:
        return ReadBack(confirmed=False, reason=Words.of("read.relink.not_yet"))
    members = members_by(program, "phone", phone)
    if proposal.expected["member"] is None or members is None:
        return ReadBack(confirmed=True)
    if [m.id for m in members] != [proposal.expected["member"]]:
        return ReadBack(confirmed=False, reason=Words.of("read.relink.another"))
    balance = program.balance(members[0])
    return ReadBack(confirmed=True, values={"balance": None if balance.hidden else f"{balance.points:f}"})


def aftercare(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, at: datetime) -> None:
    """A note on the profile, where the register takes one; what it says is masked."""
    if _stored_id(proposal):
        leave_note(proposal, pos, at, subject="Loyalty id set", body="The stored loyalty id was set")
        return
    old, after = changing.before_of(proposal, "phone"), masked("phone", proposal.parameters["phone"])
    before = masked("phone", old) if old else "none"
    leave_note(proposal, pos, at, subject="Phone corrected", body=f"Phone changed from {before} to {after}")


def trust(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Trust:
    """Of the phone, or the id, at the register."""
    return of_a_value(pos.capabilities)


def undo(proposal: Proposal) -> tuple[Offer, dict[str, Any]] | None:
    """The old number, or the old id, again; None where there was none, or nobody knows which."""
    if _stored_id(proposal):
        return linking.opposite_link(proposal)
    made = changing.opposite_of(
        proposal,
        "phone",
        shown={"reached": proposal.expected["member"]},
        expected={"member": proposal.shown.get("reached")},
    )
    if made is None or not proposal.guided:
        return made
    opposite, parameters = made
    return Guided(**opposite.model_dump(), steps=BY_HAND, reads_back=True), parameters


def where_to_look(proposal: Proposal) -> Words:
    """The profile's phone field, or its loyalty id."""
    customer = str(proposal.offer["customer"])
    if _stored_id(proposal):
        return Words.of("look.relink_id", customer=customer, member=str(proposal.offer.get("to") or "–"))
    return Words.of("look.relink", customer=customer, digits=proposal.parameters["phone"][-4:])
