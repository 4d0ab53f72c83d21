"""Add or take off points at the provider, once. The operation id in the provider's note is how we find it again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.cases import Proposal
from bot.effects.kind import BadFields, Check, Grounds, Offer, Preview, Proof, ReadBack
from connectors.contract import LoyaltyProgram, Operation, PointOfSale
from connectors.errors import NotFound

KIND = "adjust_points"
REPEATABLE = False
LONGEST_COMMENT = 120
LONGEST_REASON = 500
_SPACES = str.maketrans({"−": "-", "–": "-", "—": "-", " ": None, ",": None, "\u00a0": None})
_NUMBER = re.compile(r"[+-]?\d{1,7}(\.\d{1,2})?", re.ASCII)
_NO_MARKUP = str.maketrans("", "", "<>")


def offer(grounds: Grounds) -> Offer | None:
    """Points for the member, from its balance now; None without a member whose points can be seen and changed."""
    member, balance = grounds.member, grounds.balance
    if member is None or balance is None or balance.hidden or member.enrolled is False:
        return None
    if not grounds.program.of(Operation.ADJUST_POINTS).supported:
        return None
    customer = grounds.customer
    people = (member.phone, member.email, customer and customer.phone, customer and customer.email)
    return Offer(
        kind=KIND,
        about=f"pos:{customer.id}" if customer is not None else f"member:{member.id}",
        offer={"member": member.id, "customer": customer.id if customer is not None else None},
        shown={"name": member.name, "points": grounds.points},
        expected={"balance": str(balance.points)},
        people=tuple(p for p in people if p),
    )


def validate(proposal: Proposal, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """points: signed, not zero, at most two decimals, not below a zero balance; reason: ours; comment: the provider's.

    Raises BadFields, with a sentence for each field.
    """
    errors: dict[str, str] = {}
    points = _points(parameters.get("points"))
    if points is None:
        errors["points"] = "Points with a sign, like +50 or -40, and not 0."
    elif Decimal(proposal.expected["balance"]) + points < 0:
        errors["points"] = f"The customer has {_plain(Decimal(proposal.expected['balance']))} points to take off."
    texts: dict[str, str] = {}
    for field, longest in (("reason", LONGEST_REASON), ("comment", LONGEST_COMMENT)):
        texts[field] = " ".join(str(parameters.get(field) or "").translate(_NO_MARKUP).split())
        if not texts[field]:
            errors[field] = "Please write a few words here."
        elif len(texts[field]) > longest:
            errors[field] = f"Please keep this under {longest} characters."
    if errors or points is None:
        raise BadFields(errors)
    return {"points": _plain(points), **texts}


def _points(raw: Any) -> Decimal | None:
    text = str(raw if raw is not None else "").translate(_SPACES)
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text) or None
    except InvalidOperation:
        return None


def _plain(points: Decimal) -> str:
    """Without an exponent or trailing zeros: one form only."""
    text = f"{points:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def note(proposal: Proposal) -> str:
    """The provider's one note: the comment, which the customer may see, and the operation id."""
    return f"{proposal.parameters['comment']} (ref {proposal.operation_id})"


def preview(proposal: Proposal) -> Preview:
    """The balance before and after, and what the customer may notice."""
    before = Decimal(proposal.expected["balance"])
    points = proposal.points or Decimal(0)
    effects = ["The customer may see the comment in their points history."]
    effects.append(
        "Points added by hand do not expire like earned ones."
        if points > 0
        else "Points taken off show in the customer's wallet at once."
    )
    sent = f"{points:+f} points for member {proposal.offer['member']}" if proposal.points is not None else ""
    return Preview(before=_plain(before), after=_plain(before + points), side_effects=tuple(effects), would_send=sent)


def check(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Check:
    """The balance must be what was decided on, and must not fall below zero."""
    try:
        member = program.member(proposal.offer["member"])
    except NotFound:
        return Check(state="blocked", reason="The loyalty provider no longer has this member.")
    balance = program.balance(member)
    if balance.hidden:
        return Check(state="blocked", reason="The provider hides this member's points, so nothing can be checked.")
    fresh = {"balance": _plain(balance.points)}
    if balance.points != Decimal(proposal.expected["balance"]):
        was = _plain(Decimal(proposal.expected["balance"]))
        reason = f"The balance changed from {was} to {fresh['balance']} points since this was asked for."
        return Check(state="moved", expected=fresh, shown=proposal.shown, reason=reason, before=fresh)
    if balance.points + (proposal.points or 0) < 0:
        return Check(state="blocked", reason=f"The customer has only {fresh['balance']} points.", before=fresh)
    return Check(state="as_expected", expected=fresh, shown=proposal.shown, before=fresh)


def carry_out(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> None:
    """The one write."""
    points = Decimal(proposal.parameters["points"])
    program.adjust_points(proposal.offer["member"], points=points, note=note(proposal))


def reconcile(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> Proof:
    """Whether a row with our operation id is in the member's history."""
    return program.find_adjustment(proposal.offer["member"], operation_id=proposal.operation_id, since=since)


def read_back(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> ReadBack:
    """Confirmed by our row in the history; where no row can be read, by a balance that moved by exactly our points."""
    balance = program.balance(program.member(proposal.offer["member"]))
    values = {"balance": None if balance.hidden else _plain(balance.points)}
    proof = reconcile(proposal, pos, program, since)
    if proof == "applied":
        return ReadBack(confirmed=True, values=values)
    before = proposal.result.get("before", {}).get("balance")
    moved = not balance.hidden and before is not None and balance.points - Decimal(before) == proposal.points
    if moved and proof == "cannot_tell":
        return ReadBack(confirmed=True, values=values)
    return ReadBack(
        confirmed=False if proof == "absent" else None, values=values, reason="The provider does not show it yet."
    )


def aftercare(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, at: datetime) -> None:
    """Nothing: the provider's own note says it."""


def settle_s(pos: PointOfSale, program: LoyaltyProgram) -> float:
    """As the provider's connector says."""
    return program.capabilities.settle_s


def proves_absence(pos: PointOfSale, program: LoyaltyProgram) -> bool:
    """As the provider's connector says."""
    return program.capabilities.ledger_proves_absence


def undo(proposal: Proposal) -> tuple[Offer, dict[str, Any]] | None:
    """The counter-entry, from the balance that we left behind; the rules check that the points are still there."""
    after = proposal.result.get("after", {}).get("balance")
    if after is None or proposal.points is None:
        return None
    opposite = Offer(
        kind=KIND,
        about="",
        offer=dict(proposal.offer),
        shown={**proposal.shown, "points": None},
        expected={"balance": after},
    )
    parameters = {
        "points": _plain(-proposal.points),
        "reason": f"Undo: {proposal.parameters['reason']}"[:LONGEST_REASON],
        "comment": "Correction of an earlier adjustment",
    }
    return opposite, parameters


def where_to_look(proposal: Proposal) -> str:
    """The member's history, for our operation id."""
    return (
        f"Open member {proposal.offer['member']} at the loyalty provider and look in the points history for "
        f'"ref {proposal.operation_id}" ({proposal.parameters["points"]} points). If it is there, it arrived.'
    )
