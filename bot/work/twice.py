"""Points are moved once for what a case was asked: which change of the same case an offer would do a second time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.cases import Case, CaseState, Proposal, ProposalState, audit
from bot.cases.proposal_store import POINT_KINDS

UNDER_WAY = frozenset(
    {ProposalState.SUBMITTED, ProposalState.APPROVED, ProposalState.SENDING, ProposalState.UNKNOWN},
)
"""Asked for, and not known to have ended."""
_ANEW = ("case.supply", "case.put_right", "case.points", "case.store", "case.whose")
"""Deeds by which people tell a case something else. To try again, to answer, or to pick another kind of question is to
ask the same once more; and a vendor's message about the very change has a case looked into with nobody asking."""


_STANDING = frozenset((CaseState.ANSWERED, CaseState.WAITING, CaseState.ESCALATED))


def has_asked(proposals: Sequence[Proposal]) -> bool:
    """Whether a change was asked for in the case of these, whatever came of it: the case then stays with its customer,
    whose change and balance its card tells, and another customer's question is a case of its own."""
    return any(one.submitted_at is not None for one in proposals)


def on_offer(conn: sa.Connection, case: Case, offer: Proposal, others: Sequence[Proposal]) -> bool:
    """Whether the case's card shows this offer: while the case stands answered, and nothing stands in its place."""
    return case.state in _STANDING and case.diagnosis is not None and in_its_place(conn, offer, others) is None


def in_its_place(conn: sa.Connection, offer: Proposal, others: Sequence[Proposal]) -> Proposal | None:
    """The change among `others`, those of the offer's case, that it would do a second time; None when there is none.

    While points are under way, nothing else that moves points, in whichever way and for whomever; nor a second change
    of a kind for one customer. Once points were moved, nothing until people told the case something else since. What
    was taken back stands in nobody's way; to take a thing back is done once.
    """
    rest = [other for other in others if other.id != offer.id]
    if offer.undo_of is not None:
        undoing = (*UNDER_WAY, ProposalState.DONE)
        return next((o for o in rest if o.undo_of == offer.undo_of and o.state in undoing), None)
    for other in rest:
        if other.state in UNDER_WAY and (_both_points(offer, other) or _same(offer, other)):
            return other
    moved = [o for o in rest if o.state is ProposalState.DONE and o.undo_of is None and _both_points(offer, o)]
    if not moved:
        return None
    last = max(moved, key=_moment)
    asked = audit.last_about(conn, offer.case_id, *_ANEW)
    return None if asked is not None and asked.at > _moment(last) else last


def _both_points(one: Proposal, other: Proposal) -> bool:
    return one.kind in POINT_KINDS and other.kind in POINT_KINDS


def _same(one: Proposal, other: Proposal) -> bool:
    return (one.kind, one.customer_ref) == (other.kind, other.customer_ref)


def _moment(done: Proposal) -> datetime:
    """When it was sent, or done by hand."""
    return max(filter(None, (done.submitted_at, done.decided_at, done.sending_since)), default=done.created_at)
