"""Add or take off points, once. By API, the operation id in the provider's note is how we find it again; where the
provider takes none, a person makes the change by the connector's steps once it is approved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.cases import Proposal
from bot.effects import point_rows, points
from bot.effects.guiding import signed
from bot.effects.values import Check, Form, Grounds, Offer, Preview, Proof, ReadBack, Trust, of_a_row
from bot.words import Words
from connectors.contract import LoyaltyProgram, Operation, PointOfSale

KIND = "adjust_points"
REPEATABLE = False


def offer(grounds: Grounds) -> Offer | None:
    """Points for whoever was found, from their balance now; None where nobody was, or, by API, no balance is seen."""
    support = grounds.program.of(Operation.ADJUST_POINTS)
    return points.offered_to(grounds, support, KIND, offer={}, shown={"points": grounds.points})


def form(proposal: Proposal) -> Form:
    """Signed points, a reason for us, a comment for the provider; says the balance, and that somebody decides."""
    suggested = points.parsed(proposal.shown.get("points"))
    return Form(
        title=Words.of("fix.adjust_points"),
        intro=(points.intro(proposal),),
        submit=Words.of("form.ask"),
        fields=points.fields(proposal, suggested, comment=Words.of("form.comment_default")),
    )


def words(proposal: Proposal) -> Words:
    """+50 points."""
    if proposal.points is None:
        return Words.of("fix.adjust_points")
    return Words.of("what.adjust_points", points=signed(proposal.points))


def validate(proposal: Proposal, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """points: signed, not zero, at most two decimals, not below a zero balance; now: the balance, only where no API
    tells it; reason: ours; comment: the provider's.

    Raises BadFields, with a sentence for each field.
    """
    return points.frozen(proposal, parameters, {})


def preview(proposal: Proposal) -> Preview:
    """The balance before and after, the texts, and what the customer may notice."""
    return points.preview(proposal)


def check(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Check:
    """The balance must be what was decided on, and must not fall below zero."""
    return point_rows.check(proposal, program)


def carry_out(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> None:
    """The one write."""
    point_rows.send(proposal, program)


def reconcile(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> Proof:
    """Whether a row with our operation id is in the member's history."""
    return point_rows.reconcile(proposal, program, since)


def read_back(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, since: datetime) -> ReadBack:
    """Confirmed by our row in the history; where no row can be read, by a balance that moved by exactly our points."""
    return point_rows.read_back(proposal, program, point_rows.reconcile(proposal, program, since))


def aftercare(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram, at: datetime) -> None:
    """Nothing: the provider's own note says it."""


def trust(proposal: Proposal, pos: PointOfSale, program: LoyaltyProgram) -> Trust:
    """Of our row."""
    return of_a_row(program.capabilities)


def undo(proposal: Proposal) -> tuple[Offer, dict[str, Any]] | None:
    """The counter-entry, from the balance that we left behind; the rules check that the points are still there."""
    return point_rows.undo(proposal, Words.of("undo.adjust_points"))


def where_to_look(proposal: Proposal) -> Words:
    """The member's history, for our operation id."""
    return point_rows.where_to_look(proposal)
