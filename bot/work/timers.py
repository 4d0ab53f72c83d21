"""Reminders and expiry: delayed jobs that look at the stored state first, so that a late or early one does no harm."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from bot.cases import Proposal, ProposalState, move, proposal_store, reading
from bot.cases.database import writing
from bot.errors import TooLate
from bot.work.house import House
from bot.work.offering import SYSTEM
from bot.work.queue import subject_of
from bot.work.standing import ran_out, show_later

WAITING = (ProposalState.OFFERED, ProposalState.SUBMITTED)


def start_timers(house: House, conn: sa.Connection, proposal: Proposal) -> None:
    """From the moment it is asked for: the first reminder, and the end of the time to decide."""
    start_expiry(house, conn, proposal)
    _remind_later(house, conn, proposal, 1)


def start_expiry(house: House, conn: sa.Connection, proposal: Proposal) -> None:
    """The end of the time to decide on it, or to do it by hand."""
    if proposal.expires_at is not None:
        left = proposal.expires_at - house.clock()
        house.work.enqueue(conn, "expire", f"{proposal.id}#{proposal.state.value}", delay=left)


def _remind_later(house: House, conn: sa.Connection, proposal: Proposal, nth: int) -> None:
    """Rarer each time: after 15 minutes, then 30 more, then 60, … while there is time left."""
    wait = timedelta(minutes=house.config.policy.remind_minutes * 2 ** (nth - 1))
    if proposal.expires_at is not None and house.clock() + wait < proposal.expires_at:
        house.work.enqueue(conn, "remind", f"{proposal.id}#{nth}", delay=wait)


def remind(house: House, key: str) -> None:
    """The job `remind`, key `<proposal>#<nth>`: nudge who may decide, if it still waits."""
    nth = int(key.partition("#")[2])
    proposal = _read(house, key)
    if proposal.state is not ProposalState.SUBMITTED or ran_out(proposal, house.clock()):
        return
    house.presenter.remind(proposal.id, nth)
    with writing(house.engine) as conn:
        _remind_later(house, conn, proposal, nth + 1)


def expire(house: House, key: str) -> None:
    """The job `expire`, key `<proposal>` or `<proposal>#…`: end what nobody decided in time, and show it."""
    proposal = _read(house, key)
    waiting = proposal.state in WAITING or (proposal.guided and proposal.state is ProposalState.APPROVED)
    if not waiting or not ran_out(proposal, house.clock()):
        return  # decided, or asked for meanwhile: then another timer runs
    with writing(house.engine) as conn:
        try:
            done, seq = move(conn, house.vault, proposal, "expire", actor=SYSTEM, now=house.clock())
        except TooLate:
            return  # somebody was quicker than the clock
        show_later(house, conn, done.id, seq)


def _read(house: House, key: str) -> Proposal:
    with reading(house.engine) as conn:
        return proposal_store.get_proposal(conn, house.vault, subject_of(key))
