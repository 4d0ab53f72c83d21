"""Correct a customer's phone or e-mail, as the customer says it: at the register, which is the source of truth; at the
provider only where the register is right already and the connector has a call for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.cases import Proposal
from bot.effects import changing, provider_contact
from bot.effects.contacts import (
    CONTACTS,
    Contact,
    email_of,
    leave_note,
    masked,
    members_by,
    note_mind,
    phone_of,
    value_of,
)
from bot.effects.guiding import confirming, minds
from bot.effects.relink import phone_field
from bot.effects.values import (
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
    Trust,
    of_a_value,
    offered,
)
from bot.words import Words
from connectors.contract import Customer, LoyaltyProgram, Member, Operation, PointOfSale

KIND = "correct_contact"
REPEATABLE = True
BY_HAND = (
    "Open the profile of {name} in the register.",
    "Type in what the customer uses today: phone {phone}, e-mail {email}. Leave what shows a dash as it is.",
    "Save, then say here that it is done: I look whether it shows.",
)


def offer(grounds: Grounds) -> Offer | None:
    """A new phone or e-mail for the register's record; for the provider's where only that one differs from what the
    customer says. None without a live record."""
    customer = grounds.customer
    if customer is None or not customer.live:
        return None
    named = {"phone": grounds.phones, "email": grounds.emails}
    stale = _stale_at_provider(grounds, named)
    record: Customer | Member = customer if stale is None or grounds.member is None else grounds.member
    stated = {c: _other(named[c], value_of(record, c)) for c in CONTACTS}
    people = [value_of(one, c) for one in (customer, grounds.member) if one is not None for c in CONTACTS]
    common: dict[str, Any] = {
        "kind": KIND,
        "about": f"pos:{customer.id}",
        "offer": {
            "customer": customer.id,
            "member": grounds.member.id if grounds.member is not None else None,
            "at": "register" if stale is None else "provider",
            "follows": list(grounds.nature.follows) if grounds.nature is not None else [],
            "notes": stale is None and grounds.pos.of(Operation.WRITE_NOTE).supported,
        },
        "shown": {
            "name": customer.name,
            "program": grounds.program_title,
            **{f"{c}_before": value_of(record, c) for c in CONTACTS},
            **({stale: stated[stale]} if stale is not None else _only(stated)),
        },
        "expected": {"member": grounds.member.id if grounds.member is not None else None},
        "people": tuple(p for p in (*people, *grounds.phones, *grounds.emails) if p),
    }
    if stale is not None:
        return offered(grounds.program.of(Operation.UPDATE_MEMBER), **common)
    if customer.phone_obstacles:
        return Guided(**common, steps=BY_HAND, why=customer.phone_obstacles, reads_back=True)
    return Offer(**common)


def _stale_at_provider(grounds: Grounds, named: Mapping[str, tuple[str, ...]]) -> Contact | None:
    """What the customer says and the register has, and the provider has otherwise, where it is corrected there."""
    customer, member = grounds.customer, grounds.member
    if customer is None or member is None or grounds.program.of(Operation.UPDATE_MEMBER).mode == "none":
        return None
    for contact in CONTACTS:
        right = value_of(customer, contact)
        if right is not None and right in named[contact] and value_of(member, contact) != right:
            return contact
    return None


def _other(named: tuple[str, ...], now: str | None) -> str | None:
    """The one that was named besides what is there; None where there is none, or several."""
    found = [one for one in dict.fromkeys(named) if one != now]
    return found[0] if len(found) == 1 else None


def _only(stated: Mapping[Contact, str | None]) -> dict[Contact, str]:
    """What was named, where it is just one of the two."""
    found = {contact: value for contact, value in stated.items() if value is not None}
    return found if len(found) == 1 else {}


def contact_of(proposal: Proposal) -> Contact | None:
    """Which of the two is corrected; None while nobody has said."""
    return next((c for c in CONTACTS if changing.wanted_of(proposal, c) is not None), None)


def form(proposal: Proposal) -> Form:
    """A yes or no where staff named the new one already; else either of the two is asked."""
    contact = contact_of(proposal)
    if contact is not None:
        before = masked(contact, changing.before_of(proposal, contact))
        after = masked(contact, changing.wanted_of(proposal, contact))
        return Form(
            title=Words.of("confirm.correct_contact.title"),
            intro=(_confirm_text(proposal, before, after),),
            submit=confirming(proposal, "confirm.relink.yes"),
            button=Words.of("fix.relink_to", after=after),
        )
    phone, email = (masked(c, changing.before_of(proposal, c)) for c in CONTACTS)
    return Form(
        title=Words.of("fix.correct_contact"),
        intro=(Words.of("form.correct_contact.before", phone=phone, email=email),),
        submit=confirming(proposal, "confirm.relink.yes"),
        fields=(
            phone_field(optional=True),
            Field(name="email", label=Words.of("form.correct_contact.email"), optional=True, longest=254),
        ),
    )


def _confirm_text(proposal: Proposal, before: str, after: str) -> Words:
    if proposal.offer["at"] == "provider":
        program = str(proposal.shown.get("program") or "–")
        return Words.of("confirm.correct_contact.provider", program=program, before=before, after=after)
    return Words.of("confirm.relink.text", before=before, after=after)


def words(proposal: Proposal) -> Words:
    """From which to which, and where."""
    contact = contact_of(proposal)
    if contact is None:
        return Words.of("fix.correct_contact")
    before = masked(contact, changing.before_of(proposal, contact))
    after = masked(contact, changing.wanted_of(proposal, contact))
    if proposal.offer["at"] == "provider":
        return Words.of("what.contact_provider", program=str(proposal.shown["program"]), before=before, after=after)
    return Words.of("what.relink" if contact == "phone" else "what.email", before=before, after=after)


def validate(proposal: Proposal, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """phone or email, exactly one, as the customer says it; what the question named already is taken. Raises
    BadFields."""
    typed = {c: str(parameters.get(c) or "").strip() for c in CONTACTS}
    if not any(typed.values()):
        known = contact_of(proposal)
        typed = {c: str(changing.wanted_of(proposal, c) or "") if c == known else "" for c in CONTACTS}
    given: list[Contact] = [c for c in CONTACTS if typed[c]]
    if len(given) != 1:
        raise BadFields({"phone": Words.of("field.one_contact")})
    contact = given[0]
    value = phone_of(typed[contact]) if contact == "phone" else email_of(typed[contact])
    if value is None:
        raise BadFields({contact: Words.of("field.phone" if contact == "phone" else "field.email")})
    if value == changing.before_of(proposal, contact):
        raise BadFields({contact: Words.of("field.phone_same" if contact == "phone" else "field.email_same")})
    return {contact: value}


def preview(proposal: Proposal) -> Preview:
    """Before and after, and what changes with it."""
    contact = contact_of(proposal)
    lines: tuple[Line, ...] = ()
    effects: list[Words] = []
    if contact is not None:
        before = masked(contact, changing.before_of(proposal, contact))
        change = Words.of("change", before=before, after=masked(contact, changing.wanted_of(proposal, contact)))
        lines = (Line(label=Words.of("line.phone" if contact == "phone" else "line.email"), text=change),)
        if contact in proposal.offer["follows"]:
            effects.append(Words.of("mind.relink.found" if contact == "phone" else "mind.email.found"))
    if proposal.offer["at"] == "register":
        effects.append(Words.of("mind.contact.store"))
    return Preview(
        lines=lines,
        side_effects=(*effects, *note_mind(proposal), *minds(proposal)),
        would_send=Words.of("send.contact", what=words(proposal), customer=str(proposal.offer["customer"])),
    )


def check(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Check:
    """The record is live and has the old value; no other live customer, and no other member, has the new one."""
    contact = _frozen(proposal)
    if proposal.offer["at"] == "provider":
        return provider_contact.check_contact(proposal, contact, program)
    found = changing.check_contact(proposal, contact, pos)
    if isinstance(found, Check):
        return found
    if contact in proposal.offer["follows"]:
        members = members_by(program, contact, proposal.parameters[contact]) or ()
        if any(m.id != proposal.expected["member"] for m in members):
            return Check(state="blocked", reason=Words.of("check.contact.another"))
    return Check(state="as_expected", expected=proposal.expected, shown=proposal.shown)


def _frozen(proposal: Proposal) -> Contact:
    return "phone" if "phone" in proposal.parameters else "email"


def carry_out(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> None:
    """The one write."""
    contact = _frozen(proposal)
    if proposal.offer["at"] == "register":
        changing.send_contact(proposal, contact, pos)
    else:
        provider_contact.send_contact(proposal, contact, program)


def reconcile(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> Proof:
    """By the value itself."""
    contact = _frozen(proposal)
    if proposal.offer["at"] == "register":
        return changing.proof_of_contact(proposal, contact, pos)
    return provider_contact.proof_of_contact(proposal, contact, program)


def read_back(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> ReadBack:
    """The record shows the new value."""
    if reconcile(proposal, pos, program, since) == "applied":
        return ReadBack(confirmed=True)
    return ReadBack(confirmed=False, reason=Words.of("read.contact.not_yet"))


def aftercare(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, at: datetime) -> None:
    """A note on the profile, where the register was changed and takes one."""
    if proposal.offer["at"] != "register":
        return
    contact = _frozen(proposal)
    after = masked(contact, proposal.parameters[contact])
    name = "Phone" if contact == "phone" else "E-mail"
    leave_note(proposal, pos, at, subject=f"{name} corrected", body=f"{name} changed to {after}")


def trust(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Trust:
    """Of the value, where it is corrected."""
    return of_a_value((pos if proposal.offer["at"] == "register" else program).capabilities)


def undo(proposal: Proposal) -> tuple[Offer, dict[str, Any]] | None:
    """The old value again; None where there was none, since clearing is not possible by API."""
    made = changing.opposite_of(proposal, _frozen(proposal))
    if made is None or not proposal.guided:
        return made
    steps = tuple(proposal.shown.get("steps") or ())
    return Guided(**made[0].model_dump(), steps=steps, reads_back=proposal.reads_back), made[1]


def where_to_look(proposal: Proposal) -> Words:
    """The profile's phone or e-mail."""
    contact, customer = _frozen(proposal), str(proposal.offer["customer"])
    value = str(proposal.parameters[contact])
    if contact == "phone":
        return Words.of("look.relink", customer=customer, digits=value[-4:])
    return Words.of("look.email", customer=customer, email=masked(contact, value))
