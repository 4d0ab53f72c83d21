"""Make a customer of the register a member at the loyalty provider, with the register's own name, phone and e-mail,
and only once they agreed. The provider may text them at once, and no API takes it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from rapidfuzz import fuzz, utils

from bot.cases import Proposal, mask_email, mask_phone
from bot.effects.guiding import minds
from bot.effects.values import (
    BadFields,
    Check,
    Choice,
    Field,
    Form,
    Grounds,
    Line,
    Offer,
    Preview,
    Proof,
    ReadBack,
    Trust,
    offered,
)
from bot.words import Words
from connectors.contract import Customer, Enrolls, Enrolment, LoyaltyProgram, Member, Operation, PointOfSale, part
from connectors.errors import NotFound

KIND = "enroll"
REPEATABLE = False
_CONTACT: Final = ("phone", "email")
_SAME_NAME: Final = 60.0
"""Similarity (0..100) below which a phone or e-mail under another name is somebody else's."""


def offer(grounds: Grounds) -> Offer | None:
    """The register's customer, when nobody or only a contact is found at the provider; None without a live record with
    a phone or an e-mail, and for a member."""
    customer, member = grounds.customer, grounds.member
    if customer is None or not customer.live or not (customer.phone or customer.email):
        return None
    if member is not None and member.enrolled is not False:
        return None
    people = (customer.phone, customer.email, customer.cell_phone, member and member.phone, member and member.email)
    return offered(
        grounds.program.of(Operation.ENROLL),
        kind=KIND,
        about=f"pos:{customer.id}",
        offer={"customer": customer.id, "member": member.id if member is not None else None},
        shown=_shown(customer),
        expected={},
        people=tuple(p for p in people if p),
    )


def _shown(customer: Customer) -> dict[str, Any]:
    """What is sent of the register's record."""
    return {
        "name": customer.name,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "phone": customer.phone,
        "email": customer.email,
    }


def form(proposal: Proposal) -> Form:
    """That the customer agreed, and whether to texts too; says who is enrolled and that they may be texted."""
    yes, no = Choice(id="yes", label=Words.of("form.yes")), Choice(id="no", label=Words.of("form.no"))
    name, contact = _who(proposal)
    asked = proposal.parameters or proposal.shown.get("asked") or {}
    return Form(
        title=Words.of("fix.enroll"),
        intro=(
            Words.of("form.enroll.who", name=name, contact=contact),
            Words.of("form.enroll.consequence"),
        ),
        submit=Words.of("form.ask"),
        fields=(
            Field(name="consent", label=Words.of("form.enroll.consent"), input="choice", choices=(yes, no)),
            Field(
                name="texts",
                label=Words.of("form.enroll.texts"),
                input="choice",
                choices=(no, yes),
                initial=Words.raw(str(asked.get("texts") or "no")),
            ),
        ),
    )


def _who(proposal: Proposal) -> tuple[str, str]:
    """The name, and phone and e-mail masked."""
    masked = {"phone": mask_phone, "email": mask_email}
    contact = [mask(proposal.shown[key]) for key, mask in masked.items() if proposal.shown.get(key)]
    return proposal.shown.get("name") or "–", ", ".join(contact)


def words(proposal: Proposal) -> Words:
    """Dana Ortiz becomes a member."""
    return Words.of("what.enroll", name=proposal.shown.get("name") or "–")


def validate(proposal: Proposal, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """consent: "yes", the customer agreed to join; texts: "yes" when they agreed to texts too, else "no".

    Raises BadFields.
    """
    if parameters.get("consent") != "yes":
        raise BadFields({"consent": Words.of("field.consent")})
    return {"consent": "yes", "texts": "yes" if parameters.get("texts") == "yes" else "no"}


def preview(proposal: Proposal) -> Preview:
    """Who becomes a member, what was agreed to, and that the provider may write to them."""
    name, contact = _who(proposal)
    texts = Words.of("form.yes" if proposal.parameters.get("texts") == "yes" else "form.no")
    known = Words.of("mind.enroll.nobody" if proposal.offer["member"] is None else "mind.enroll.contact")
    return Preview(
        lines=(
            Line(label=Words.of("line.enroll"), text=Words.of("line.enroll_who", name=name, contact=contact)),
            Line(label=Words.of("line.texts"), text=texts),
        ),
        side_effects=(known, *(minds(proposal) or (Words.of("mind.enroll.texts"),))),
        would_send=Words.of("send.enroll", customer=str(proposal.offer["customer"])),
        irreversible=True,
    )


def check(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Check:
    """The register's record is live and as it was shown; its phone and e-mail are nobody else's at the provider."""
    try:
        customer = pos.customer(proposal.offer["customer"])
    except NotFound:
        return Check(state="blocked", reason=Words.of("check.customer_gone"))
    if not customer.live:
        return Check(state="blocked", reason=Words.of("check.enroll.not_live"))
    if not customer.phone and not customer.email:
        return Check(state="blocked", reason=Words.of("check.enroll.no_contact"))
    if _shown(customer) != _sent(proposal):
        shown = {**proposal.shown, **_shown(customer)}
        reason = Words.of("check.enroll.changed")
        return Check(state="moved", expected=proposal.expected, shown=shown, reason=reason)
    found = _found(proposal, program)
    if any(m.name and customer.name and _differs(m.name, customer.name) for m in found):
        return Check(state="blocked", reason=Words.of("check.enroll.somebody_else"))
    if any(m.enrolled is not False for m in found):
        return Check(state="done_already", before={"member": found[0].id})
    before = {"member": found[0].id if found else None}
    return Check(state="as_expected", expected=proposal.expected, shown=proposal.shown, before=before)


def _sent(proposal: Proposal) -> dict[str, Any]:
    return {name: proposal.shown.get(name) for name in ("name", "first_name", "last_name", *_CONTACT)}


def _differs(one: str, other: str) -> bool:
    return fuzz.token_set_ratio(one, other, processor=utils.default_process) < _SAME_NAME


def _found(proposal: Proposal, program: LoyaltyProgram) -> Sequence[Member]:
    """Records at the provider with the phone or the e-mail that are sent, each once."""
    found: dict[str, Member] = {}
    for key in _CONTACT:
        value = proposal.shown.get(key)
        if value and key in program.capabilities.finds_by:
            found |= {m.id: m for m in program.find_members(**{key: value})}
    return list(found.values())


def carry_out(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> None:
    """The one write."""
    shown = proposal.shown
    person = Enrolment(
        first_name=shown["first_name"],
        last_name=shown["last_name"],
        phone=shown["phone"],
        email=shown["email"],
        source_id=proposal.offer["customer"],
        texts=proposal.parameters["texts"] == "yes",
    )
    enroller = part(program, Enrolls, Operation.ENROLL)  # type: ignore[type-abstract]
    enroller.enroll(person, operation_id=proposal.operation_id)


def reconcile(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> Proof:
    """By looking the member up: whoever is enrolled now was enrolled by us or needs it no more."""
    return "applied" if any(m.enrolled is not False for m in _found(proposal, program)) else "absent"


def read_back(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> ReadBack:
    """The provider finds them by the register's phone or e-mail, as a member."""
    members = [m for m in _found(proposal, program) if m.enrolled is not False]
    if members:
        return ReadBack(confirmed=True, values={"member": members[0].id})
    return ReadBack(confirmed=False, reason=Words.of("read.enroll.not_yet"))


def aftercare(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, at: datetime) -> None:
    """Nothing: the member's record says it."""


def trust(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Trust:
    """It may be sent once more after nobody was found only where it cannot be done twice: the provider may leave some
    people out of its answers, and each sending may text the customer."""
    twice = Operation.ENROLL not in program.capabilities.repeatable
    return Trust(settle_s=program.capabilities.settle_s, absence_is_proof=not twice)


def undo(proposal: Proposal) -> None:
    """None by API: the customer leaves the program on the provider's own screens."""
    return


def where_to_look(proposal: Proposal) -> Words:
    """The member, by the phone or e-mail of the register's profile."""
    return Words.of("look.enroll", customer=str(proposal.offer["customer"]))
