"""Lists of changes: all that Slack, the command line and the jobs do with them. Call these by this module's name.

A file is read by `bot.bulk.read_file`; `plan_bulk` stores it and has it looked up; `preview` says what it would do;
`submit_bulk` asks for it, `approve_bulk` and `decline_bulk` decide; `pause_bulk`, `resume_bulk` and `cancel_bulk` steer
it; `progress` and `outcome_file` show it; `undo_bulk` makes the counter-run. Each change of state has
`Presenter.show_bulk` called, and progress at most every three seconds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from bot.cases import Vault, bulk_store
from bot.cases.bulk_models import UNDECIDED, RunState
from bot.cases.database import writing
from bot.words import Words
from bot.work.bulk_books import stop_by_itself
from bot.work.bulk_check import check
from bot.work.bulk_deciding import (
    approve_bulk,
    cancel_bulk,
    decline_bulk,
    pause_bulk,
    remind_later,
    resolve_row,
    resume_bulk,
    submit_bulk,
    undo_bulk,
    unknown_rows,
)
from bot.work.bulk_parts import get_run, moved, read_run
from bot.work.bulk_plan import plan_bulk
from bot.work.bulk_run import carry_list
from bot.work.bulk_view import Progress, outcome_file, preview, progress, who
from bot.work.house import House
from bot.work.offering import SYSTEM
from bot.work.outcomes import NOTHING_SENT, outcome
from bot.work.queue import Work, subject_of

__all__ = [
    "JOBS",
    "Progress",
    "approve_bulk",
    "cancel_bulk",
    "decline_bulk",
    "outcome_file",
    "pause_bulk",
    "plan_bulk",
    "preview",
    "progress",
    "read_run",
    "resolve_row",
    "resume_bulk",
    "submit_bulk",
    "undo_bulk",
    "unknown_rows",
    "who",
]

log = logging.getLogger(__name__)


def show(house: House, key: str) -> None:
    """The job `bulk_show`, key `<run>#<n>`: bring what people see up to date."""
    house.presenter.show_bulk(subject_of(key))


def remind(house: House, key: str) -> None:
    """The job `bulk_remind`, key `<run>#<nth>`: nudge who may decide, if it still waits."""
    run = read_run(house, subject_of(key))
    over = run.expires_at is not None and house.clock() >= run.expires_at
    if run.state is not RunState.SUBMITTED or over:
        return
    nth = int(key.partition("#")[2])
    house.presenter.remind_bulk(run.id, nth)
    with writing(house.engine) as conn:
        remind_later(house, conn, run, nth + 1)


def expire(house: House, key: str) -> None:
    """The job `bulk_expire`, key `<run>` or `<run>#…`: end what nobody decided in time."""
    with writing(house.engine) as conn:
        run = get_run(house, conn, subject_of(key), lock=True)
        if run.state in UNDECIDED and run.expires_at is not None and house.clock() >= run.expires_at:
            moved(house, conn, run, "expire", actor=SYSTEM)


def give_up(house: House, run_id: str) -> None:
    """A job of a list failed for good: it is closed, or waits for a person, and says so."""
    run = read_run(house, run_id)
    log.error("List %s was given up while it was %s", run.id, run.state.value)
    if run.state in (RunState.READING, RunState.CHECKING):
        with writing(house.engine) as conn:
            result = outcome(Words.of("bulk.gave_up"), NOTHING_SENT, code="gave_up")
            moved(house, conn, get_run(house, conn, run_id, lock=True), "refuse", actor=SYSTEM, result=result)
    else:
        stop_by_itself(house, run, "gave_up", Words.of("bulk.gave_up"))


def wake(conn: sa.Connection, work: Work, vault: Vault, seq: int) -> None:
    """Everything may go on again, or stopped: show every list that is under way, and queue those that run."""
    for run in bulk_store.runs_in(conn, vault, (RunState.RUNNING, RunState.CANCELLING)):
        work.enqueue(conn, "bulk_show", f"{run.id}#p{seq}")
        work.enqueue(conn, "bulk_run", f"{run.id}#p{seq}")


def pick_up(house: House, conn: sa.Connection, mark: int, *, older_than: timedelta) -> None:
    """The sweep's errand: lists that nothing was heard of for long are queued again, should the engine have lost them;
    where it had not, the newer turn takes over."""
    before = house.clock() - older_than
    for state, job in (
        (RunState.CHECKING, "bulk_check"),
        (RunState.RUNNING, "bulk_run"),
        (RunState.CANCELLING, "bulk_run"),
    ):
        for run in bulk_store.runs_in(conn, house.vault, (state,)):
            if (run.shown_at or run.decided_at or run.created_at) < before:
                house.work.enqueue(conn, job, f"{run.id}#sweep{mark}")


JOBS: Final[Mapping[str, Callable[[House, str], None]]] = {
    "bulk_check": check,
    "bulk_run": carry_list,
    "bulk_show": show,
    "bulk_remind": remind,
    "bulk_expire": expire,
}
