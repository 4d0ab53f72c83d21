"""Add or take off points at the provider, once. The operation id in the provider's note is how we find it again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.cases import Proposal
from bot.effects.guiding import minds, plain, signed
from bot.effects.kind import (
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
    offered,
)
from bot.words import Words
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
    customer = grounds.customer
    people = (member.phone, member.email, customer and customer.phone, customer and customer.email)
    return offered(
        grounds.program.of(Operation.ADJUST_POINTS),
        kind=KIND,
        about=f"pos:{customer.id}" if customer is not None else f"member:{member.id}",
        offer={"member": member.id, "customer": customer.id if customer is not None else None},
        shown={"name": member.name, "points": grounds.points},
        expected={"balance": str(balance.points)},
        people=tuple(p for p in people if p),
    )


def form(proposal: Proposal) -> Form:
    """Signed points, a reason for us, a comment for the provider; says the balance, and that somebody decides."""
    asked = proposal.parameters or proposal.shown.get("asked") or {}
    suggested = _points(asked.get("points") or proposal.shown.get("points"))
    fields = (
        Field(
            name="points",
            label=Words.of("form.points"),
            hint=Words.of("form.points_hint"),
            placeholder="+50",
            initial=Words.raw(signed(suggested)) if suggested else None,
            longest=12,
        ),
        *texts(asked, comment=Words.of("form.comment_default")),
    )
    balance = plain(Decimal(proposal.expected["balance"]))
    return Form(
        title=Words.of("fix.adjust_points"),
        intro=(Words.of("form.adjust_points.balance", balance=balance),),
        submit=Words.of("form.ask"),
        fields=fields,
    )


def texts(asked: Mapping[str, Any], *, comment: Words) -> tuple[Field, Field]:
    """The two texts of a change of points: why, for us, and what the provider's note says. asked: as typed before."""
    typed = {name: Words.raw(str(asked[name])) for name in ("reason", "comment") if asked.get(name)}
    return (
        Field(
            name="reason",
            label=Words.of("form.reason"),
            hint=Words.of("form.reason_hint"),
            initial=typed.get("reason"),
            input="lines",
            longest=LONGEST_REASON,
        ),
        Field(
            name="comment",
            label=Words.of("form.comment"),
            hint=Words.of("form.comment_hint"),
            initial=typed.get("comment", comment),
            longest=LONGEST_COMMENT,
        ),
    )


def words(proposal: Proposal) -> Words:
    """+50 points."""
    if proposal.points is None:
        return Words.of("fix.adjust_points")
    return Words.of("what.adjust_points", points=signed(proposal.points))


def validate(proposal: Proposal, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """points: signed, not zero, at most two decimals, not below a zero balance; reason: ours; comment: the provider's.

    Raises BadFields, with a sentence for each field.
    """
    errors: dict[str, Words] = {}
    points = _points(parameters.get("points"))
    if points is None:
        errors["points"] = Words.of("field.points")
    elif Decimal(proposal.expected["balance"]) + points < 0:
        errors["points"] = Words.of("field.points_have", balance=plain(Decimal(proposal.expected["balance"])))
    said = checked_texts(parameters, errors)
    if errors or points is None:
        raise BadFields(errors)
    return {"points": plain(points), **said}


def checked_texts(parameters: Mapping[str, Any], errors: dict[str, Words]) -> dict[str, str]:
    """reason and comment, tidied; what is wrong with them is added to `errors`."""
    said: dict[str, str] = {}
    for field, longest in (("reason", LONGEST_REASON), ("comment", LONGEST_COMMENT)):
        said[field] = " ".join(str(parameters.get(field) or "").translate(_NO_MARKUP).split())
        if not said[field]:
            errors[field] = Words.of("field.empty")
        elif len(said[field]) > longest:
            errors[field] = Words.of("field.too_long", longest=str(longest))
    return said


def _points(raw: Any) -> Decimal | None:
    text = str(raw if raw is not None else "").translate(_SPACES)
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text) or None
    except InvalidOperation:
        return None


def note(proposal: Proposal) -> str:
    """The provider's one note: the comment, which the customer may see, and the operation id."""
    return f"{proposal.parameters['comment']} (ref {proposal.operation_id})"


def preview(proposal: Proposal) -> Preview:
    """The balance before and after, the texts, and what the customer may notice."""
    before = Decimal(proposal.expected["balance"])
    points = proposal.points or Decimal(0)
    change = Words.of("change", before=plain(before), after=plain(before + points))
    known = (Words.of("mind.points.added" if points > 0 else "mind.points.taken"),) if points else ()
    effects = (Words.of("mind.points.note"), *known, *minds(proposal))
    return Preview(
        lines=(Line(label=Words.of("line.balance"), text=change), *text_lines(proposal)),
        side_effects=effects,
        would_send=Words.of("send.adjust_points", points=signed(points), member=str(proposal.offer["member"])),
    )


def text_lines(proposal: Proposal) -> tuple[Line, ...]:
    """The reason and the comment, as deciders read them."""
    return tuple(
        Line(label=Words.of(f"line.{name}"), text=Words.raw(str(proposal.parameters[name])))
        for name in ("reason", "comment")
        if proposal.parameters.get(name)
    )


def check(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Check:
    """The balance must be what was decided on, and must not fall below zero."""
    try:
        member = program.member(proposal.offer["member"])
    except NotFound:
        return Check(state="blocked", reason=Words.of("check.member_gone"))
    balance = program.balance(member)
    if balance.hidden:
        return Check(state="blocked", reason=Words.of("check.points_hidden"))
    fresh = {"balance": plain(balance.points)}
    if balance.points != Decimal(proposal.expected["balance"]):
        was = plain(Decimal(proposal.expected["balance"]))
        reason = Words.of("check.points.moved", before=was, after=fresh["balance"])
        return Check(state="moved", expected=fresh, shown=proposal.shown, reason=reason, before=fresh)
    if balance.points + (proposal.points or 0) < 0:
        return Check(state="blocked", reason=Words.of("check.points.few", balance=fresh["balance"]), before=fresh)
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
    values = {"balance": None if balance.hidden else plain(balance.points)}
    proof = reconcile(proposal, pos, program, since)
    if proof == "applied":
        return ReadBack(confirmed=True, values=values)
    before = proposal.result.get("before", {}).get("balance")
    moved = not balance.hidden and before is not None and balance.points - Decimal(before) == proposal.points
    if moved and proof == "cannot_tell":
        return ReadBack(confirmed=True, values=values)
    return ReadBack(
        confirmed=False if proof == "absent" else None, values=values, reason=Words.of("read.points.not_yet")
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
        "points": plain(-proposal.points),
        "reason": f"Undo: {proposal.parameters['reason']}"[:LONGEST_REASON],
        "comment": "Correction of an earlier adjustment",
    }
    return opposite, parameters


def where_to_look(proposal: Proposal) -> Words:
    """The member's history, for our operation id."""
    return Words.of(
        "look.points",
        member=str(proposal.offer["member"]),
        operation=proposal.operation_id,
        points=signed(proposal.points or Decimal(0)),
    )
