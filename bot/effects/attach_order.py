"""Give a sale that was rung up without a customer to the one who made it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.cases import Proposal
from bot.effects.contacts import leave_note
from bot.effects.guiding import minds
from bot.effects.values import Check, Form, Grounds, Line, Offer, Preview, Proof, ReadBack, Trust, of_a_value, offered
from bot.words import Words
from connectors.contract import AttachesOrders, LoyaltyProgram, Operation, PointOfSale, part
from connectors.errors import NotFound

KIND = "attach_order"
REPEATABLE = True


def offer(grounds: Grounds) -> Offer | None:
    """The sale without a customer for this customer; None where either is missing, or the sale was called off."""
    customer, sale = grounds.customer, grounds.unattached
    if customer is None or not customer.live or sale is None or sale.customer_id is not None:
        return None
    if sale.is_void or sale.is_return or sale.cancelled:
        return None
    member = grounds.member
    people = (customer.phone, customer.email, member and member.phone, member and member.email)
    return offered(
        grounds.pos.of(Operation.ATTACH_ORDER),
        kind=KIND,
        about=f"pos:{customer.id}",
        offer={"customer": customer.id, "sale": sale.id, "member": member.id if member is not None else None},
        shown={
            "name": customer.name,
            "number": sale.receipt,
            "at": f"{sale.at:%Y-%m-%d}",
            "total": f"{sale.total:,.2f}",
        },
        expected={"sale_customer": None},
        people=tuple(p for p in people if p),
    )


def _told(proposal: Proposal, name: str) -> str:
    """name, number, at or total, as shown."""
    return str(proposal.shown.get(name) or "–")


def _sale(proposal: Proposal) -> Words:
    """Its number, day and sum."""
    number, at, total = (_told(proposal, name) for name in ("number", "at", "total"))
    return Words.of("change.sale", number=number, at=Words.day(at), total=total)


def form(proposal: Proposal) -> Form:
    """A yes or no that names the sale."""
    return Form(
        title=Words.of("confirm.attach_order.title"),
        intro=(Words.of("confirm.attach_order.text", sale=_sale(proposal), name=_told(proposal, "name")),),
        submit=Words.of("form.ask"),
    )


def words(proposal: Proposal) -> Words:
    """Which sale, to whom."""
    return Words.of("what.attach_order", number=_told(proposal, "number"), name=_told(proposal, "name"))


def validate(proposal: Proposal, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Nothing is typed."""
    return {}


def preview(proposal: Proposal) -> Preview:
    """The sale, nobody's before and this customer's after."""
    owner = Words.of("change", before=Words.of("change.nobody"), after=_told(proposal, "name"))
    return Preview(
        lines=(
            Line(label=Words.of("line.sale"), text=_sale(proposal)),
            Line(label=Words.of("line.sale_of"), text=owner),
        ),
        side_effects=minds(proposal),
        would_send=Words.of(
            "send.attach_order", number=_told(proposal, "number"), customer=str(proposal.offer["customer"])
        ),
        irreversible=True,
    )


def check(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Check:
    """The sale is still nobody's, and stands; the customer is live."""
    try:
        sale = pos.sale(proposal.offer["sale"])
        customer = pos.customer(proposal.offer["customer"])
    except NotFound:
        return Check(state="blocked", reason=Words.of("check.sale_gone"))
    if sale.customer_id == customer.id:
        return Check(state="done_already")
    if sale.customer_id is not None:
        return Check(state="blocked", reason=Words.of("check.sale_taken"))
    if sale.is_void or sale.cancelled:
        return Check(state="blocked", reason=Words.of("check.sale_void"))
    if not customer.live:
        return Check(state="blocked", reason=Words.of("check.not_live"))
    return Check(state="as_expected", expected=proposal.expected, shown=proposal.shown)


def carry_out(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> None:
    """The one write; the connector itself refuses a sale that is somebody's by now."""
    attaches = part(pos, AttachesOrders, Operation.ATTACH_ORDER)  # type: ignore[type-abstract]
    attaches.attach_order(proposal.offer["sale"], proposal.offer["customer"], operation_id=proposal.operation_id)


def reconcile(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> Proof:
    """By the sale's customer."""
    owner = pos.sale(proposal.offer["sale"]).customer_id
    if owner == proposal.offer["customer"]:
        return "applied"
    return "absent" if owner is None else "cannot_tell"


def read_back(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> ReadBack:
    """The sale is this customer's."""
    if reconcile(proposal, pos, program, since) == "applied":
        return ReadBack(confirmed=True)
    return ReadBack(confirmed=False, reason=Words.of("read.sale.not_yet"))


def aftercare(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, at: datetime) -> None:
    """A note on the profile, where the register takes one."""
    leave_note(proposal, pos, at, subject="Sale attached", body=f"Sale {proposal.offer['sale']} was attached")


def trust(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Trust:
    """Of the sale's customer."""
    return of_a_value(pos.capabilities)


def undo(proposal: Proposal) -> tuple[Offer, dict[str, Any]] | None:
    """None: no API takes a customer off a sale."""
    return None


def where_to_look(proposal: Proposal) -> Words:
    """The sale's customer."""
    return Words.of("look.attach_order", number=_told(proposal, "number"), name=_told(proposal, "name"))
