"""What the house does for itself: forget in time, notice what is stuck, and pick up what fell."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from prometheus_client import Gauge

from bot.cases import (
    ProposalState,
    bulk_store,
    case_store,
    checkpoints,
    erasure,
    evidence,
    inbox,
    proposal_store,
    snapshots,
    switches,
)
from bot.cases.database import overwrite_erased, writing
from bot.config import Config
from bot.work import bulk, native_points
from bot.work.exceptions import tell_exceptions
from bot.work.house import House

log = logging.getLogger(__name__)

SWEEP_EVERY = timedelta(minutes=5)
KEEP_WORK = timedelta(days=14)
"""How long finished work stays: as long as a repeated event could still arrive, and longer."""
STUCK_AFTER = timedelta(minutes=10)
WORK = Gauge("pointsman_work", "Work in the durable queue, by state.", ["state"])
STUCK = Gauge("pointsman_stuck", "Work that needs an operator: failed for good, or running for too long.")


def every_second(house: House) -> None:
    """The heartbeat's errand: queue the sweep, the retention and the nightly points once for each of their times, over
    all processes, and see every minute whether another process fetched newer points."""
    now = datetime.now(UTC)
    minute = int(now.timestamp() // 60)
    if _asked_for.get("points") != minute:
        native_points.queue_due(house)
        native_points.use_newest(house)
        _asked_for["points"] = minute
    slot = int(now.timestamp() // SWEEP_EVERY.total_seconds())
    if _asked_for.get("sweep") == slot:
        return
    with writing(house.engine) as conn:
        house.work.enqueue(conn, "sweep", str(slot))
        house.work.enqueue(conn, "retain", f"{now:%Y-%m-%d}")
    _asked_for["sweep"] = slot


_asked_for: Final[dict[str, int]] = {}


def sweep(house: House, _key: str) -> None:
    """Measure the queue, alert on what is stuck, and queue again what our tables say is unfinished."""
    counts = house.work.counts()
    for state, number in counts.items():
        WORK.labels(state).set(number)
    stuck = house.work.stuck(older_than=STUCK_AFTER)
    STUCK.set(len(stuck))
    for one in stuck:
        log.error("Stuck work: %s is %s since %s", one.workflow_id, one.state, one.since.isoformat())
    sign_head(house)
    _pick_up(house)
    tell_exceptions(house)


def sign_head(house: House) -> None:
    """Sign the audit trail's head if anything was written since, and keep a copy outside where the settings name a
    file: one that cannot be written is alarming, and stops nothing."""
    with writing(house.engine) as conn:
        signed = checkpoints.make(conn, house.vault, now=house.clock())
    keep_outside(house.config, signed)


def keep_outside(config: Config, signed: checkpoints.Checkpoint | None) -> None:
    """Add a signed head to the file that the settings name, if they do."""
    path = config.security.audit_heads
    if signed is None or path is None:
        return
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{signed.model_dump_json()}\n")
    except OSError as error:
        log.error("The audit trail's signed head could not be kept in %s: %s", path, error.strerror)


def _pick_up(house: House) -> None:
    """Belt and braces: if the engine's tables were lost, ours still know what was to be done."""
    now = house.clock()
    mark = int(now.timestamp())
    with writing(house.engine) as conn:
        if not switches.is_paused(conn):
            for proposal in proposal_store.proposals_in(
                conn, house.vault, (ProposalState.APPROVED, ProposalState.SENDING)
            ):
                since = proposal.sending_since or proposal.decided_at or proposal.created_at
                if now - since > STUCK_AFTER:
                    house.work.enqueue(conn, "effect", f"{proposal.id}#sweep{mark}")
        for proposal in proposal_store.proposals_in(
            conn, house.vault, (ProposalState.OFFERED, ProposalState.SUBMITTED)
        ):
            if proposal.expires_at is not None and now > proposal.expires_at + STUCK_AFTER:
                house.work.enqueue(conn, "expire", f"{proposal.id}#sweep{mark}")
        bulk.pick_up(house, conn, mark, older_than=STUCK_AFTER)
        for key in inbox.unhandled(conn, after=now - 3 * STUCK_AFTER, before=now - STUCK_AFTER):
            house.work.enqueue(conn, "question", f"{key}#sweep{mark}")


def retain(house: House, _key: str) -> None:
    """Delete finished work and personal data whose time is over; decisions and their audit stay."""
    gone = house.work.delete_finished(older_than=KEEP_WORK)
    with writing(house.engine) as conn:
        before = house.clock() - timedelta(days=house.config.retention.personal_days)
        forgotten = {
            "arrivals": inbox.erase_payloads(conn, before=before),
            "facts": evidence.erase_evidence(conn, before=before),
            "cases": case_store.erase_private(conn, before=before),
            "changes": proposal_store.erase_private(conn, before=before),
            "rows of lists": bulk_store.erase_private(conn, before=before),
            "nightly points": snapshots.erase_old(conn, before=before),
        }
    if any(forgotten.values()) and not overwrite_erased(house.engine, *erasure.TABLES):
        log.warning("What was forgotten is overwritten the next time: the database was in use")
    log.info("Retention: %d jobs; %s", gone, ", ".join(f"{number} {what}" for what, number in forgotten.items()))


JOBS: Final[Mapping[str, Callable[[House, str], None]]] = {"sweep": sweep, "retain": retain}
