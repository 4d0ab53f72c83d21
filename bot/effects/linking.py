"""The loyalty id that a register keeps on a customer: set to another member's, or cleared. By API where the connector
declares it, else by a person on the register's own screens, and read back where the API shows the id."""

from __future__ import annotations

from typing import Any

from bot.cases import Proposal
from bot.effects.contacts import live_customer, note_mind
from bot.effects.guiding import minds
from bot.effects.values import Check, Grounds, Guided, Line, Offer, Preview, Proof, ReadBack, offered
from bot.words import Words
from connectors.contract import Customer, LoyaltyProgram, Operation, PointOfSale, SetsLink, Support, part
from connectors.errors import NotFound


def offer_link(kind: str, grounds: Grounds, *, new: str | None) -> Offer | None:
    """The id set to `new` (None: cleared), as the register's connector declares; None without a live record."""
    customer, nature = grounds.customer, grounds.nature
    if customer is None or not customer.live or nature is None:
        return None
    support = grounds.pos.of(Operation.SET_LINK)
    if support.mode == "none":
        support = Support(supported=False, why=nature.relink)
    shows = nature.readable and grounds.program_vendor in customer.links
    support = support.model_copy(update={"reads_back": support.reads_back and shows})
    member = grounds.member
    people = (customer.phone, customer.email, member and member.phone, member and member.email, *grounds.phones)
    return offered(
        support,
        kind=kind,
        about=f"pos:{customer.id}",
        offer={
            "customer": customer.id,
            "member": member.id if member is not None else None,
            "way": "link",
            "to": new,
            "provider": grounds.program_vendor,
            "notes": grounds.pos.of(Operation.WRITE_NOTE).supported,
        },
        shown={
            "name": customer.name,
            "phone_before": customer.phone,
            "program": grounds.program_title,
            "points": None if grounds.balance is None or grounds.balance.hidden else f"{grounds.balance.points:f}",
        },
        expected={"stored": grounds.stored},
        people=tuple(p for p in people if p),
    )


def link_lines(proposal: Proposal) -> tuple[Line, ...]:
    """The id before and after."""
    before, after = proposal.expected.get("stored"), proposal.offer.get("to")
    change = Words.of("change", before=_id(proposal, before), after=_id(proposal, after))
    return (Line(label=Words.of("line.link"), text=change),)


def _id(proposal: Proposal, value: Any) -> str | Words:
    if value is not None:
        return str(value)
    known = proposal.offer.get("reads_back") or not proposal.guided
    cleared = proposal.kind == "clear_link"
    return Words.of("change.no_link") if known or cleared else Words.of("change.link_unseen")


def preview_link(proposal: Proposal, *effects: Words) -> Preview:
    """The id before and after, and what changes with it."""
    to = proposal.offer.get("to")
    send = Words.of("send.clear_link", customer=str(proposal.offer["customer"]))
    if to is not None:
        send = Words.of("send.set_link", member=str(to), customer=str(proposal.offer["customer"]))
    return Preview(
        lines=link_lines(proposal), side_effects=(*effects, *note_mind(proposal), *minds(proposal)), would_send=send
    )


def check_link(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Check:
    """The record is live and stores what it did; the member that it shall lead to is there."""
    customer = live_customer(proposal, pos)
    if isinstance(customer, Check):
        return customer
    vendor, to = proposal.offer["provider"], proposal.offer.get("to")
    if to is not None and _gone(program, to):
        return Check(state="blocked", reason=Words.of("check.member_gone"))
    as_it_is = Check(state="as_expected", expected=proposal.expected, shown=proposal.shown)
    if vendor not in customer.links:
        return as_it_is  # nothing shows the id: whoever does it by hand sees it
    stored = customer.links[vendor]
    if stored == to:
        return Check(state="done_already")
    if stored != proposal.expected["stored"]:
        fresh = {**proposal.expected, "stored": stored}
        return Check(state="moved", expected=fresh, shown=proposal.shown, reason=Words.of("check.link.moved"))
    return as_it_is


def _gone(program: LoyaltyProgram, member_id: str) -> bool:
    if not program.capabilities.of(Operation.FIND_MEMBER).supported:
        return False
    try:
        program.member(member_id)
    except NotFound:
        return True
    return False


def send_link(proposal: Proposal, pos: PointOfSale) -> None:
    """The one write; the connector itself refuses when another id is stored by now."""
    part(pos, SetsLink, Operation.SET_LINK).set_link(  # type: ignore[type-abstract]
        proposal.offer["customer"],
        proposal.offer["provider"],
        expected=proposal.expected["stored"],
        new=proposal.offer.get("to"),
        operation_id=proposal.operation_id,
    )


def proof_of_link(proposal: Proposal, pos: PointOfSale) -> Proof:
    """By the id itself: the new one is there, or the old one still is, or somebody set a third."""
    stored = _stored(proposal, pos.customer(proposal.offer["customer"]))
    if stored == proposal.offer.get("to"):
        return "applied"
    return "absent" if stored == proposal.expected["stored"] else "cannot_tell"


def _stored(proposal: Proposal, customer: Customer) -> str | None:
    return customer.links.get(proposal.offer["provider"])


def read_link(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> ReadBack:
    """The register shows the wanted id; the points of the member it leads to are what the customer gets."""
    customer, to = pos.customer(proposal.offer["customer"]), proposal.offer.get("to")
    if proposal.offer["provider"] not in customer.links:
        return ReadBack(confirmed=None, reason=Words.of("read.link.unseen"))
    if _stored(proposal, customer) != to:
        return ReadBack(confirmed=False, reason=Words.of("read.link.not_yet"))
    if to is None or not program.capabilities.of(Operation.READ_BALANCE).supported:
        return ReadBack(confirmed=True)
    balance = program.balance(program.member(to))
    return ReadBack(confirmed=True, values={"balance": None if balance.hidden else f"{balance.points:f}"})


def opposite_link(proposal: Proposal) -> tuple[Offer, dict[str, Any]] | None:
    """The id that was stored before, which is a relink; None where nobody knows which it was, or none was."""
    before = proposal.expected.get("stored")
    if before is None:
        return None
    offer = {k: v for k, v in proposal.offer.items() if k not in ("mode", "reads_back", "finding")}
    common: dict[str, Any] = {
        "kind": "relink",
        "about": "",
        "offer": {**offer, "to": before, "member": before},
        "shown": {k: v for k, v in proposal.shown.items() if k not in ("steps", "why", "points")},
        "expected": {"stored": proposal.offer.get("to")},
    }
    if not proposal.guided:
        return Offer(**common), {}
    steps, why = (tuple(proposal.shown.get(name) or ()) for name in ("steps", "why"))
    return Guided(**common, steps=steps, why=why, reads_back=proposal.reads_back), {}
