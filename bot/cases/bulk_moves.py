"""A list's life: one move is one conditional UPDATE with its audit row, which carries the totals and the digest of the
rows, in the caller's transaction. `faults` holds the rows against what was put on record."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.cases import audit
from bot.cases.bulk_models import DECIDING, MOVES, BulkRun, RunState
from bot.cases.bulk_store import bare_run, change_run, digest, get_run
from bot.cases.tables import audit as audit_table
from bot.cases.tables import bulk_runs
from bot.cases.vault import Vault
from bot.errors import TooLate


def move(
    conn: sa.Connection,
    vault: Vault,
    run: BulkRun,
    name: str,
    *,
    actor: str,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
    **values: Any,
) -> tuple[BulkRun, int]:
    """Make one move, write `values` (columns); returns the new run and the audit row's number. Raises TooLate."""
    sources, target = MOVES[name]
    if name in DECIDING:
        values |= {"decided_by": actor, "decided_at": now}
    if not change_run(conn, run.id, states=sources, state=target.value, **values):
        raise too_late(get_run(conn, vault, run.id))
    moved = get_run(conn, vault, run.id)
    return moved, record(conn, moved, name, actor=actor, now=now, detail={"to": target.value, **(detail or {})})


def record(
    conn: sa.Connection, run: BulkRun, deed: str, *, actor: str, now: datetime, detail: Mapping[str, Any]
) -> int:
    """The audit row of something that happened to a list, with its totals; returns the row's number."""
    totals = {"people": run.people, "given": str(run.given), "taken": str(run.taken), "action": run.action}
    told = {**totals, "digest": run.digest, "store": run.store_id, "undo_of": run.undo_of, **detail}
    kept = {k: v for k, v in told.items() if v is not None}
    return audit.append(conn, actor=actor[:40], deed=f"bulk.{deed}", subject=run.id, detail=kept, now=now).seq


_ENDINGS: Final = {
    RunState.READING: "The file is still being read",
    RunState.CHECKING: "The customers are still being looked up",
    RunState.READY: "This was not asked for yet",
    RunState.SUBMITTED: "This is waiting for a decision",
    RunState.RUNNING: "This is being carried out right now",
    RunState.PAUSED: "This is paused",
    RunState.CANCELLING: "This is being stopped",
    RunState.CANCELLED: "This was stopped",
    RunState.DONE: "This is done already",
    RunState.DECLINED: "This was declined already",
    RunState.EXPIRED: "This ran out of time. Send the file again",
    RunState.REFUSED: "This cannot be carried out and is closed",
    RunState.UNDONE: "This was done, and undone again",
}


def too_late(run: BulkRun, *, timezone: str = "UTC") -> TooLate:
    """The error for a press that came late: what happened, who decided, and when (in the store's time)."""
    text = _ENDINGS[run.state]
    if run.decided_by and run.decided_at and run.state not in (RunState.EXPIRED, RunState.SUBMITTED):
        when = run.decided_at.astimezone(ZoneInfo(timezone))
        who = f"<@{run.decided_by}>" if run.decided_by[:1] in "UW" else run.decided_by
        text += f", decided by {who} at {when:%H:%M on %b} {when.day}"
    return TooLate(f"{text}.", f"late:{run.state.value} {run.id}")


def faults(conn: sa.Connection) -> list[str]:
    """Lists whose rows are not those that were put on record: the last digest of the plan and of the outcome, each. A
    list that is under way has no outcome on record yet. One that is on record, and gone, is another."""
    plans, outcomes = _on_record(conn)
    wrong = {*plans, *outcomes} - set(conn.execute(sa.select(bulk_runs.c.id)).scalars())
    wrong |= {s for s, kept in plans.items() if digest(conn, s) != kept}
    wrong |= {s for s, kept in outcomes.items() if digest(conn, s, outcome=True) != kept}
    return sorted(wrong)


def put_anew(conn: sa.Connection, *, actor: str, now: datetime, but: Collection[str]) -> None:
    """After every row's seal was made anew, with another security key: the new digests, on record; those of lists that
    were not as they were put on record (`but`) stay as they are, and so stay at fault. Nothing encrypted is read."""
    plans, outcomes = _on_record(conn)
    for run_id in sorted({*plans, *outcomes} - set(but)):
        plan = digest(conn, run_id)
        same = (bulk_runs.c.id == run_id, bulk_runs.c.digest == plans.get(run_id))
        conn.execute(bulk_runs.update().where(*same).values(digest=plan))
        told = {"digest": plan} if run_id in plans else {}
        told |= {"outcome": digest(conn, run_id, outcome=True)} if run_id in outcomes else {}
        record(conn, bare_run(conn, run_id), "reseal", actor=actor, now=now, detail=told)


def _on_record(conn: sa.Connection) -> tuple[dict[str, str], dict[str, str]]:
    """The last digests of each list in the trail: of its plan, and of its outcome."""
    plans: dict[str, str] = {}
    outcomes: dict[str, str] = {}
    where = audit_table.c.deed.startswith("bulk.", autoescape=True)
    query = sa.select(audit_table.c.subject, audit_table.c.detail).where(where).order_by(audit_table.c.seq)
    for subject, raw in conn.execute(query):
        detail = json.loads(raw)
        plans |= {subject: detail["digest"]} if "digest" in detail else {}
        outcomes |= {subject: detail["outcome"]} if "outcome" in detail else {}
    return plans, outcomes
