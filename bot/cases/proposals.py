"""A proposal's life as data: which move leads from which states to which. One move is one conditional UPDATE, and its
audit row, in the caller's transaction; whoever comes late learns who decided, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.cases import audit
from bot.cases.models import Proposal, ProposalState
from bot.cases.proposal_store import get_proposal
from bot.cases.tables import proposals
from bot.cases.vault import Vault
from bot.errors import TooLate

S = ProposalState
MOVES: Final[dict[str, tuple[frozenset[ProposalState], ProposalState]]] = {
    "submit": (frozenset({S.OFFERED}), S.SUBMITTED),  # parameters frozen, waiting for signatures
    "confirm": (frozenset({S.OFFERED}), S.APPROVED),  # parameters frozen, no signature needed
    "by_hand": (frozenset({S.APPROVED}), S.DONE),  # guided: a person did it; read back where the vendor shows it
    "sign": (frozenset({S.SUBMITTED}), S.SUBMITTED),  # one signature, another is needed
    "approve": (frozenset({S.SUBMITTED}), S.APPROVED),
    "break_glass": (frozenset({S.SUBMITTED}), S.APPROVED),  # by one administrator alone, with a reason
    "decline": (frozenset({S.SUBMITTED}), S.DECLINED),
    "cancel": (frozenset({S.OFFERED, S.SUBMITTED, S.APPROVED}), S.DECLINED),  # approved: only what a person was to do
    "expire": (frozenset({S.OFFERED, S.SUBMITTED, S.APPROVED}), S.EXPIRED),
    "outdate": (frozenset({S.OFFERED, S.SUBMITTED, S.APPROVED}), S.STALE),  # what it was built on has changed
    "refuse": (frozenset({S.OFFERED, S.SUBMITTED, S.APPROVED}), S.REJECTED),  # by the rules; nothing was sent
    "send": (frozenset({S.APPROVED}), S.SENDING),  # committed before the call
    "put_back": (frozenset({S.SENDING}), S.APPROVED),  # the vendor's limit: certainly not applied
    "resend": (frozenset({S.SENDING}), S.SENDING),  # the one retry, after proof of absence
    "finish": (frozenset({S.SENDING, S.UNKNOWN}), S.DONE),
    "reject": (frozenset({S.SENDING, S.UNKNOWN}), S.REJECTED),
    "lose": (frozenset({S.SENDING}), S.UNKNOWN),
    "undo": (frozenset({S.DONE}), S.UNDONE),  # by a counter-entry that is done
}
DECIDING: Final = frozenset({"confirm", "approve", "break_glass", "decline", "cancel", "by_hand"})


def move(
    conn: sa.Connection,
    vault: Vault,
    proposal: Proposal,
    name: str,
    *,
    actor: str,
    now: datetime,
    detail: dict[str, Any] | None = None,
    same_send: bool = False,
    **values: Any,
) -> tuple[Proposal, int]:
    """Make one move, write `values` (columns), append the audit row; returns the new proposal and the row's number.

    same_send: only while nobody else sent it since `proposal` was read. Raises TooLate when that is not so, or when
    the proposal is in none of the states that the move starts from.
    """
    sources, target = MOVES[name]
    if name in DECIDING:
        values |= {"decided_by": actor, "decided_at": now}
    where = [proposals.c.id == proposal.id, proposals.c.state.in_([s.value for s in sources])]
    if same_send:
        where.append(proposals.c.sending_since == proposal.sending_since)
    statement = proposals.update().where(*where).values(state=target.value, **values)
    if conn.execute(statement).rowcount != 1:
        raise too_late(get_proposal(conn, vault, proposal.id))
    entry = audit.append(
        conn,
        actor=actor,
        deed=f"{proposal.kind}.{name}",
        subject=proposal.id,
        detail={"to": target.value, "operation": proposal.operation_id, **(detail or {})},
        now=now,
    )
    return get_proposal(conn, vault, proposal.id), entry.seq


_ENDINGS: Final = {
    S.SUBMITTED: "This request is waiting for a decision already",
    S.APPROVED: "This was approved already",
    S.DECLINED: "This was declined already",
    S.EXPIRED: "This request ran out of time. Ask again to get a fresh one",
    S.STALE: "Something changed since this was offered, so it was replaced by a fresh request",
    S.SENDING: "This is being carried out right now",
    S.DONE: "This is done already",
    S.REJECTED: "This could not be carried out and is closed",
    S.UNKNOWN: "This was sent, and a person is checking whether it arrived",
    S.UNDONE: "This was done, and undone again",
    S.OFFERED: "This was not asked for yet: press its button first",
}


def too_late(proposal: Proposal, *, timezone: str = "UTC") -> TooLate:
    """The error for a click that came late: what happened, who decided, and when (in the store's time)."""
    text = _ENDINGS[proposal.state]
    if proposal.decided_by and proposal.decided_at and proposal.state not in (S.EXPIRED, S.STALE, S.OFFERED):
        when = proposal.decided_at.astimezone(ZoneInfo(timezone))
        who = f"<@{proposal.decided_by}>" if proposal.decided_by[:1] in "UW" else proposal.decided_by
        text += f", by {who} at {when:%H:%M on %b} {when.day}"
    return TooLate(f"{text}.", f"late:{proposal.state.value} {proposal.id}")
