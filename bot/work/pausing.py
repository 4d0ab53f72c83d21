"""The switch that stops all effects at once, for everybody, whoever runs."""

from __future__ import annotations

import sqlalchemy as sa

from bot.cases import ProposalState, Vault, audit, open_database, open_vault, proposal_store, switches
from bot.cases.database import writing
from bot.clock import Clock, system_clock
from bot.config import Config
from bot.work import bulk
from bot.work.queue import Work, prepare

OPEN = (ProposalState.SUBMITTED, ProposalState.APPROVED)


def set_pause(config: Config, *, paused: bool, reason: str, by: str, clock: Clock = system_clock) -> int:
    """Stop all effects, or let them go on; returns how many open requests are told.

    Works beside a running `serve`. What is approved stays approved and is carried out when the pause ends.
    """
    prepare(config.database)
    engine = open_database(config.database, pool_size=2)
    work = Work(engine)
    try:
        with writing(engine) as conn:
            vault = open_vault(conn, config.security.keys, config.security.key_readings)
            return _switch(conn, work, vault, paused=paused, reason=reason, by=by, clock=clock)
    finally:
        work.close()
        engine.dispose()


def _switch(conn: sa.Connection, work: Work, vault: Vault, *, paused: bool, reason: str, by: str, clock: Clock) -> int:
    now = clock()
    switches.set_paused(conn, paused=paused, reason=reason, by=by, now=now)
    deed = "effects.pause" if paused else "effects.resume"
    entry = audit.append(conn, actor=by[:40], deed=deed, subject="house", detail={"reason": reason}, now=now)
    bulk.wake(conn, work, vault, entry.seq)
    waiting = proposal_store.proposals_in(conn, vault, OPEN)
    for proposal in waiting:
        work.enqueue(conn, "present", f"{proposal.id}#{entry.seq}")
        if not paused and proposal.state is ProposalState.APPROVED:
            work.enqueue(conn, "effect", f"{proposal.id}#{entry.seq}")
    return len(waiting)
