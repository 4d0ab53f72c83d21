"""How far carrying a list out has come, in our books: each a short transaction, none of them asks a vendor. Every write
is conditional on the state that was read, and claims also on whose turn it is."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from bot.cases import bulk_store, switches
from bot.cases.bulk_models import IN_FLIGHT, BulkRow, BulkRun, RowState, RunState
from bot.cases.database import reading, writing
from bot.errors import TooLate
from bot.words import Words
from bot.work.bulk_parts import SAID, get_run, moved
from bot.work.house import House
from bot.work.offering import SYSTEM
from bot.work.outcomes import outcome
from connectors.errors import VendorError

log = logging.getLogger(__name__)

PROGRESS: Final = timedelta(seconds=3)
GOING: Final = (RunState.RUNNING, RunState.PAUSED, RunState.CANCELLING)
"""Where there may be rows whose end is still to be found out."""
S = RowState


def take_turn(house: House, run_id: str, runner: str) -> tuple[BulkRun, bool] | None:
    """Make the list ours: whoever had it can claim no more rows. With it, whether rows may be sent: while it, or
    everything, is paused, those on their way are only asked about. None when it has ended or not begun."""
    with writing(house.engine) as conn:
        if not bulk_store.take_turn(conn, run_id, runner, GOING):
            return None
        run = get_run(house, conn, run_id)
        return run, run.state is RunState.RUNNING and not switches.is_paused(conn)


def page(house: House, run: BulkRun, states: Sequence[RowState], *, after: int, limit: int) -> list[BulkRow]:
    """Rows that may be looked at now."""
    with reading(house.engine) as conn:
        return bulk_store.rows_of(conn, house.vault, run.id, states, after=after, limit=limit, due=house.clock())


def mark(
    house: House, run: BulkRun, runner: str, rows: Mapping[int, Decimal | None], read: Sequence[BulkRow], due: datetime
) -> list[BulkRow]:
    """Commit "about to send" for rows that may be sent, with the balance before each; the rows as they are then. []
    when it is not our turn any more, or the list or everything was paused just now.

    due: when somebody else may ask what became of them, should this process die.
    """
    now = house.clock()
    marked = []
    with writing(house.engine) as conn:
        if switches.is_paused(conn) or not bulk_store.has_turn(conn, run.id, runner, (RunState.RUNNING,)):
            return []
        for row in read:
            if row.number in rows:
                told: dict[str, Any] = {"before": rows[row.number], "attempt": row.attempt + 1, "sending_since": now}
                told |= {"due_at": due, "absent_at": None, "asked": 0}
                if bulk_store.change_row(conn, run.id, row, state=S.SENDING.value, **told):
                    marked.append(row.model_copy(update={"state": S.SENDING, **told}))
    return marked


def note(house: House, run: BulkRun, *changes: tuple[BulkRow, Mapping[str, Any]]) -> None:
    """Write what became of rows, each only while nobody else moved it or sent it again. A row of a counter-run that is
    done takes its original back."""
    if not changes:
        return
    with writing(house.engine) as conn:
        for row, values in changes:
            written = bulk_store.change_row(conn, run.id, row, same_send=True, **values)
            if written and values.get("state") == S.DONE.value:
                take_back(conn, run, row)


def take_back(conn: Any, run: BulkRun, row: BulkRow) -> None:
    """A row of a counter-run is done: its original was taken back."""
    if run.undo_of is not None:
        bulk_store.change_rows(conn, run.undo_of, [row.number], S.DONE, state=S.UNDONE.value)


def refused(code: str, **more: Any) -> dict[str, Any]:
    """Not sent, or certainly not carried out."""
    return {"state": S.REJECTED.value, "code": code, "due_at": None, **more}


def refused_there(house: House, row: BulkRow, said: str) -> dict[str, Any]:
    """Refused by the provider: what it said is kept with the row, and erased with it."""
    return refused("rejected", private=house.vault.encrypt({**row.private, SAID: said[:300]}))


def unknown(code: str) -> dict[str, Any]:
    """A person has to look."""
    return {"state": S.UNKNOWN.value, "code": code, "due_at": None}


def may_show(house: House, run: BulkRun) -> bool:
    """Take the right to show progress: every three seconds at most, over all processes."""
    with writing(house.engine) as conn:
        return bulk_store.may_show(conn, run.id, now=house.clock(), every=PROGRESS)


def stop_by_itself(house: House, run: BulkRun, code: str, *said: Words) -> None:
    """Pause the list because it cannot go on: people are told why, and resume it when that is mended."""
    with suppress(TooLate), writing(house.engine) as conn:
        result = {**run.result, **outcome(*said, code=code), "by": None}
        moved(house, conn, run, "pause", actor=SYSTEM, result=result, detail={"code": code})


def skip_rest(house: House, run: BulkRun) -> None:
    """The list was stopped: what is not sent will not be."""
    while True:
        with writing(house.engine) as conn:
            if not bulk_store.skip_rows(conn, run.id):
                return


def go_on(house: House, run: BulkRun, trouble: VendorError | None, wait: timedelta) -> None:
    """After a turn: end the list when every row has ended, else queue the next turn for when a row is due. Who lost the
    turn meanwhile may still be the one with the last row."""
    with writing(house.engine) as conn:
        seen = get_run(house, conn, run.id, lock=True)
        if seen.state not in GOING:
            return
        left = bulk_store.counts(conn, run.id)
        waits = seen.state is RunState.PAUSED or (seen.state is RunState.RUNNING and switches.is_paused(conn))
        work = IN_FLIGHT if waits else (S.READY, *IN_FLIGHT)
        if not any(left.get(state) for state in work):
            if not waits:
                _end(house, conn, seen)
            return  # whoever ends the pause queues it again
        if seen.runner != run.runner:
            return
        due = bulk_store.earliest_due(conn, run.id, work)
        later = max(due - house.clock(), timedelta(seconds=0.5)) if due is not None else timedelta()
        troubles = seen.troubles + 1 if trouble is not None else 0
        bulk_store.change_run(conn, run.id, states=GOING, troubles=troubles)
        house.work.enqueue(conn, "bulk_run", f"{run.id}#t{seen.turn}", delay=max(later, wait))


def _end(house: House, conn: Any, run: BulkRun) -> None:
    found = bulk_store.digest(conn, run.id, outcome=True)
    left = {state.value: number for state, number in bulk_store.counts(conn, run.id).items()}
    name = "finish" if run.state is RunState.RUNNING else "stopped"
    detail = {"outcome": found, "rows": left}
    moved(house, conn, run, name, actor=SYSTEM, ended_at=house.clock(), runner=None, detail=detail)
    if run.undo_of is None:
        return
    original = get_run(house, conn, run.undo_of, lock=True)
    undone_whole(house, conn, original)


def undone_whole(house: House, conn: Any, run: BulkRun) -> None:
    """Close a list of which every row was taken back; one with rows that a person has to look at stays open to that."""
    rows = bulk_store.counts(conn, run.id)
    if rows.get(S.UNDONE) and not rows.get(S.DONE) and not rows.get(S.UNKNOWN):
        with suppress(TooLate):
            moved(house, conn, run, "undo", actor=SYSTEM)
