"""Our row in the provider's history: its one note, sent once, found again by its operation id, taken back by a
counter-entry."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.cases import Proposal
from bot.effects.guiding import plain, signed
from bot.effects.points import LONGEST_REASON, balance_of
from bot.effects.values import Check, Guided, Offer, Proof, ReadBack
from bot.words import Words
from connectors.contract import LedgerEntry, LoyaltyProgram, Operation
from connectors.errors import NotFound

_HISTORY = timedelta(days=90)
_UNDO = 20
"""Letters for what stands before the reason of an undo, in any language."""


def note(proposal: Proposal, about: str = "") -> str:
    """The provider's one note: the comment, which the customer may see, then the operation id and what it is for."""
    return f"{proposal.parameters['comment']} (ref {proposal.operation_id}{f' {about}' if about else ''})"


def named(entries: Iterable[LedgerEntry], about: str) -> Decimal:
    """What the rows whose notes name `about` (as `note` writes it) come to: not 0 where it stands."""
    wanted = re.compile(rf"\(ref \S+ {re.escape(about)}\)")
    return sum((e.points for e in entries if wanted.search(e.note)), Decimal(0))


def history(proposal: Proposal, program: LoyaltyProgram) -> tuple[LedgerEntry, ...] | None:
    """The member's rows of the last 90 days; None where the provider shows none that can be read."""
    if not program.capabilities.of(Operation.READ_LEDGER).supported or proposal.offer["member"] is None:
        return None
    since, until = proposal.created_at - _HISTORY, proposal.created_at + _HISTORY
    ledger = program.ledger(proposal.offer["member"], since=since, until=until)
    return ledger.entries if ledger.readable else None


def check(proposal: Proposal, program: LoyaltyProgram) -> Check:
    """The balance must be what was decided on, and not fall below zero; where no API tells it, nothing is asked."""
    if "balance" not in proposal.expected:
        return Check(state="as_expected", expected=proposal.expected, shown=proposal.shown)
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
        return Check(
            state="moved", expected={**proposal.expected, **fresh}, shown=proposal.shown, reason=reason, before=fresh
        )
    if balance.points + (proposal.points or 0) < 0:
        return Check(state="blocked", reason=Words.of("check.points.few", balance=fresh["balance"]), before=fresh)
    return Check(state="as_expected", expected=proposal.expected, shown=proposal.shown, before=fresh)


def send(proposal: Proposal, program: LoyaltyProgram, about: str = "") -> None:
    """The one write."""
    points = Decimal(proposal.parameters["points"])
    program.adjust_points(proposal.offer["member"], points=points, note=note(proposal, about))


def reconcile(proposal: Proposal, program: LoyaltyProgram, since: datetime) -> Proof:
    """Whether a row with our operation id is in the member's history."""
    return program.find_adjustment(proposal.offer["member"], operation_id=proposal.operation_id, since=since)


def read_back(proposal: Proposal, program: LoyaltyProgram, proof: Proof) -> ReadBack:
    """Confirmed by our row in the history; where no row can be read, by a balance that moved by exactly our points."""
    if "balance" not in proposal.expected:
        return ReadBack(confirmed=None, reason=Words.of("read.points.unseen"))
    balance = program.balance(program.member(proposal.offer["member"]))
    values = {"balance": None if balance.hidden else plain(balance.points)}
    if proof == "applied":
        return ReadBack(confirmed=True, values=values)
    before = proposal.result.get("before", {}).get("balance")
    moved = not balance.hidden and before is not None and balance.points - Decimal(before) == proposal.points
    if moved and proof == "cannot_tell":
        return ReadBack(confirmed=True, values=values)
    return ReadBack(
        confirmed=False if proof == "absent" else None, values=values, reason=Words.of("read.points.not_yet")
    )


def undo(proposal: Proposal, comment: Words) -> tuple[Offer, dict[str, Any]] | None:
    """The counter-entry, from the balance that we left behind; the rules check that the points are still there. What a
    person did is taken back by a person, by the same steps."""
    before, after = balance_of(proposal), proposal.result.get("after", {}).get("balance")
    if proposal.points is None or before is None or (after is None and not proposal.guided):
        return None
    known = "balance" in proposal.expected
    opposite = Offer(
        kind=proposal.kind,
        about="",
        offer={k: v for k, v in proposal.offer.items() if k not in ("mode", "reads_back")},
        shown={**{k: v for k, v in proposal.shown.items() if k not in ("steps", "why")}, "points": None},
        expected={**proposal.expected, "balance": after} if known else {},
    )
    if proposal.guided:
        steps, why = (tuple(proposal.shown.get(name) or ()) for name in ("steps", "why"))
        opposite = Guided(
            **opposite.model_dump(), steps=steps, why=why, reads_back=proposal.offer.get("reads_back", False)
        )
    parameters = {
        **proposal.parameters,
        "points": plain(-proposal.points),
        "reason": Words.of("undo.reason", reason=proposal.parameters["reason"][: LONGEST_REASON - _UNDO]),
        "comment": comment,
        **({} if known else {"now": plain(before + proposal.points)}),
    }
    return opposite, parameters


def where_to_look(proposal: Proposal) -> Words:
    """The member's history, for our operation id."""
    return Words.of(
        "look.points",
        member=str(proposal.offer["member"] or "–"),
        operation=proposal.operation_id,
        points=signed(proposal.points or Decimal(0)),
    )
