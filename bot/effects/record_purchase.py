"""Make good a purchase that the provider missed, once for one receipt: told to the provider where it takes purchases,
else by an adjustment that names the receipt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from typing import Any

from bot.cases import Proposal
from bot.effects import point_rows, points
from bot.effects.guiding import minds, plain, signed
from bot.effects.values import (
    BadFields,
    Check,
    Field,
    Form,
    Grounds,
    Line,
    Offer,
    Preview,
    Proof,
    ReadBack,
    Trust,
    of_a_row,
)
from bot.words import Words
from connectors.contract import LoyaltyProgram, Operation, PointOfSale, Purchase, RecordsPurchases, Sale, part
from connectors.errors import NotFound

KIND = "record_purchase"
REPEATABLE = False


def offer(grounds: Grounds) -> Offer | None:
    """The sale that earned nothing, or one to be named: told to the provider where it takes purchases, else made good
    by hand. None where there is nobody to get the points, or the sale was called off."""
    sale, program = grounds.missed or grounds.receipt, grounds.program
    if sale is not None and (sale.is_void or sale.is_return or sale.cancelled or sale.total <= 0):
        return None
    tells, adjusts = program.of(Operation.RECORD_PURCHASE), program.of(Operation.ADJUST_POINTS)
    by_visit = tells.mode == "api" and grounds.customer is not None and sale is not None
    support = tells if by_visit or (tells.mode == "guided" and adjusts.mode != "api") else adjusts
    return points.offered_to(
        grounds,
        support,
        KIND,
        offer={
            "way": "visit" if by_visit else "adjust",
            "sale": sale.id if sale is not None else None,
            "receipt": sale.receipt.lstrip("#") if sale is not None else None,
            "own": _own(grounds),
            **({**_worth(sale, grounds), "told_as": _told_as(grounds)} if by_visit and sale is not None else {}),
        },
        shown={
            "sale": _shown(sale) if sale is not None else None,
            "points": plain(grounds.due) if grounds.due else None,
        },
        unseen=by_visit,
    )


def _own(grounds: Grounds) -> list[str]:
    """Under which of the register's ids a sale is this customer's."""
    customer = grounds.customer
    return [] if customer is None else [customer.id, *customer.merged_from, *(one.id for one in grounds.others)]


def _told_as(grounds: Grounds) -> str | None:
    """Under which of the register's ids the provider knows the member: an older one, where a profile was merged."""
    known = grounds.member.source_id if grounds.member is not None else None
    return known or (grounds.customer.id if grounds.customer is not None else None)


def _worth(sale: Sale, grounds: Grounds) -> dict[str, Any]:
    """What a purchase counts for where points are limited: by the program's rules, else by its dollars, which is said
    and signed for."""
    if grounds.due:
        return {"worth": plain(grounds.due), "estimated": False}
    return {
        "worth": plain((sale.total * grounds.points_per_dollar).to_integral_value(ROUND_CEILING)),
        "estimated": True,
    }


def _shown(sale: Sale) -> dict[str, Any]:
    return sale.model_dump(mode="json", include={"id", "customer_id", "at", "total", "location"})


def form(proposal: Proposal) -> Form:
    """A yes or no where the provider is told of the sale; else the receipt, its points, a reason and a comment."""
    if proposal.offer["way"] == "visit":
        return Form(
            title=Words.of("fix.record_purchase"),
            intro=(Words.of("form.purchase.visit", receipt=proposal.offer["receipt"], total=_total(proposal)),),
            submit=Words.of("form.ask"),
            fields=(points.texts(proposal, comment=Words.of("form.purchase.comment_default"))[0],),
        )
    suggested = points.parsed(proposal.shown.get("points"))
    known, typed = proposal.offer["receipt"], points.asked_before(proposal).get("receipt")
    initial = Words.raw(str(typed)) if typed else None
    receipt = Field(name="receipt", label=Words.of("form.purchase.receipt"), initial=initial, longest=60)
    number, *rest = points.fields(proposal, suggested, comment=Words.of("form.purchase.comment_default"))
    hint = Words.of("form.purchase.points_by_rule" if suggested else "form.purchase.points_hint")
    number = number.model_copy(update={"label": Words.of("form.purchase.points"), "hint": hint})
    named = (Words.of("form.purchase.about", receipt=_receipt_of(proposal, str(known))),) if _named(proposal) else ()
    return Form(
        title=Words.of("fix.record_purchase"),
        intro=(*named, points.intro(proposal), Words.of("form.purchase.once")),
        submit=Words.of("form.ask"),
        fields=(*(() if known else (receipt,)), number, *rest),
    )


def _named(proposal: Proposal) -> bool:
    """Whether it is known which sale it is about."""
    return bool(proposal.offer["receipt"] and proposal.shown.get("sale"))


def _receipt_of(proposal: Proposal, receipt: str) -> Words:
    """Its number, day and sum."""
    day = Words.day(str(proposal.shown["sale"]["at"]))
    return Words.of("line.receipt_of", receipt=receipt, day=day, total=_total(proposal))


def _total(proposal: Proposal) -> str:
    return f"${Decimal(proposal.shown['sale']['total']):,.2f}"


def words(proposal: Proposal) -> Words:
    """+80 points for receipt 5512064."""
    receipt = str(proposal.parameters.get("receipt") or proposal.offer["receipt"] or "–")
    if proposal.offer["way"] == "visit":
        return Words.of("what.record_purchase.visit", receipt=receipt)
    if proposal.points is None:
        return Words.of("fix.record_purchase")
    return Words.of("what.record_purchase", points=signed(proposal.points), receipt=receipt)


def validate(proposal: Proposal, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """receipt: its number, where none is known; points: more than 0 (of an undo: less), now: only where no API tells
    the balance; reason: ours; comment: the provider's. Where the provider is told of the sale: the reason alone; its
    points are what it counts for in the limits.

    Raises BadFields.
    """
    errors: dict[str, Words] = {}
    if proposal.offer["way"] == "visit":
        reason = points.checked_texts({**parameters, "comment": "–"}, errors)["reason"]
        if errors:
            raise BadFields(errors)
        return {"receipt": proposal.offer["receipt"], "points": proposal.offer["worth"], "reason": reason}
    receipt = points.clean(proposal.offer["receipt"] or parameters.get("receipt")).lstrip("#")
    if not points.REFERENCE.fullmatch(receipt):
        errors["receipt"] = Words.of("field.receipt")
    return {"receipt": receipt, **points.frozen(proposal, parameters, errors, given="field.purchase_points")}


def about(proposal: Proposal) -> str:
    """How the provider's note names the receipt."""
    return f"receipt {proposal.parameters.get('receipt', '')}"


def preview(proposal: Proposal) -> Preview:
    """The receipt, the balance before and after, and what the customer may notice."""
    receipt = str(proposal.parameters.get("receipt") or proposal.offer["receipt"] or "–")
    named = Words.raw(receipt)
    if proposal.shown.get("sale"):
        named = _receipt_of(proposal, receipt)
    line = Line(label=Words.of("line.receipt"), text=named)
    if proposal.offer["way"] != "visit":
        return points.preview(proposal, line)
    counts = "mind.purchase.counts_by_dollars" if proposal.offer["estimated"] else "mind.purchase.counts"
    return Preview(
        lines=(line, *points.text_lines(proposal)),
        side_effects=(
            Words.of("mind.purchase.rules"),
            Words.of(counts, points=str(proposal.offer["worth"])),
            *minds(proposal),
        ),
        would_send=Words.of("send.record_purchase", receipt=receipt),
        irreversible=True,
    )


def check(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Check:
    """The provider does not have the receipt yet, neither as a purchase nor in a row that names it; the balance is what
    was decided on. Of an undo the balance alone counts."""
    if proposal.undo_of is None:
        rows = point_rows.history(proposal, program)
        numbers = {proposal.offer["sale"], proposal.parameters["receipt"]} - {None}
        if rows is not None and any(r.reference in numbers and r.points > 0 for r in rows):
            return Check(state="blocked", reason=Words.of("check.purchase.arrived"))
        if rows is not None and point_rows.named(rows, about(proposal)) > 0:
            return Check(state="blocked", reason=Words.of("check.purchase.made_good"))
        wrong = _at_register(proposal, pos)
        if wrong is not None:
            return wrong
    return point_rows.check(proposal, program)


def _at_register(proposal: Proposal, pos: PointOfSale) -> Check | None:
    """Whether the register's sale is not what was decided on: voided, another customer's, of another sum, or typed by
    another of its numbers, under which it could be made good twice. One that it does not know proves nothing."""
    if not pos.capabilities.of(Operation.READ_SALES).supported:
        return None
    receipt = str(proposal.parameters["receipt"])
    try:
        sale = pos.sale(proposal.offer["sale"] or receipt)
    except NotFound:
        return None
    if proposal.offer["sale"] is None and sale.receipt.lstrip("#").lower() != receipt.lower():
        return Check(state="blocked", reason=Words.of("check.purchase.other_number", receipt=sale.receipt))
    if sale.is_void or sale.cancelled:
        return Check(state="blocked", reason=Words.of("check.purchase.called_off"))
    if not _theirs(sale, proposal, pos):
        return Check(state="blocked", reason=Words.of("check.purchase.anothers"))
    known = proposal.shown.get("sale")
    if known and Decimal(known["total"]) != sale.total:
        return Check(state="blocked", reason=Words.of("check.purchase.changed"))
    return None


def _theirs(sale: Sale, proposal: Proposal, pos: PointOfSale) -> bool:
    """A sale without a customer is whoever's the staff say; one with a customer is theirs, under any profile that was
    theirs."""
    own = proposal.offer.get("own")
    if not own or sale.customer_id is None or sale.customer_id in own:
        return True
    try:
        return pos.customer(sale.customer_id).merged_into in own
    except NotFound:
        return False


def carry_out(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> ReadBack | None:
    """The one write: the purchase, which nothing shows afterwards but the provider's own yes; or the adjustment."""
    if proposal.offer["way"] != "visit":
        point_rows.send(proposal, program, about(proposal))
        return None
    recorder = part(program, RecordsPurchases, Operation.RECORD_PURCHASE)  # type: ignore[type-abstract]
    recorder.record_purchase(_purchase(proposal), operation_id=proposal.operation_id)
    return ReadBack(confirmed=True, reason=Words.of("read.purchase.taken"))


def _purchase(proposal: Proposal) -> Purchase:
    sale = proposal.shown["sale"]
    return Purchase(
        sale_id=sale["id"],
        customer_id=proposal.offer["told_as"],
        at=sale["at"],
        total=sale["total"],
        location=sale["location"] or "",
        phone=proposal.shown.get("phone"),
        email=proposal.shown.get("email"),
    )


def reconcile(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> Proof:
    """Of a purchase nothing can be read; of an adjustment, our row in the history."""
    return "cannot_tell" if proposal.offer["way"] == "visit" else point_rows.reconcile(proposal, program, since)


def read_back(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> ReadBack:
    """Of a purchase nothing can be read; of an adjustment, our row in the history."""
    if proposal.offer["way"] == "visit":
        return ReadBack(confirmed=None, reason=Words.of("read.points.unseen"))
    return point_rows.read_back(proposal, program, reconcile(proposal, pos, program, since))


def aftercare(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, at: datetime) -> None:
    """Nothing: the provider's own record says it."""


def trust(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Trust:
    """Of our row; a purchase that was told shows nowhere, and nobody asks."""
    return of_a_row(program.capabilities)


def undo(proposal: Proposal) -> tuple[Offer, dict[str, Any]] | None:
    """The counter-entry that names the receipt; a purchase that was told cannot be called back by API."""
    if proposal.offer["way"] == "visit":
        return None
    return point_rows.undo(proposal, Words.of("undo.record_purchase"))


def where_to_look(proposal: Proposal) -> Words:
    """The purchase in the member's visits, or our row."""
    if proposal.offer["way"] != "visit":
        return point_rows.where_to_look(proposal)
    return Words.of("look.purchase", name=str(proposal.offer["member"] or "–"), receipt=proposal.offer["receipt"])
