"""Looking up whom the rows of a list name: some at once, within the provider's limit, in turns that end in time to be
stopped. Only reads; a row is looked up again rather than not at all."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa

from bot.cases import Proposal, bulk_customers, bulk_store, proposal_store
from bot.cases.bulk_models import BulkRow, BulkRun, RowState, RunState
from bot.cases.database import reading, writing
from bot.effects.bulk import Target
from bot.errors import TooLate
from bot.words import Words
from bot.work import retry_rule
from bot.work.bulk_lanes import Steady, Together, in_threads
from bot.work.bulk_parts import get_run, kind_of, moved, named_of, open_singles, references, single_change
from bot.work.bulk_plan import begin_checking
from bot.work.house import House
from bot.work.offering import SYSTEM
from bot.work.outcomes import NOTHING_SENT, outcome, trouble
from bot.work.queue import subject_of
from connectors.errors import VendorError
from connectors.pacing import patiently

log = logging.getLogger(__name__)

LANES: Final = 8
PAGE: Final = 64
TURN: Final = timedelta(minutes=5)
PROGRESS: Final = timedelta(seconds=3)
MOST_TROUBLES: Final = 60
"""Turns in a row that met an unreachable vendor, each after a longer wait, before the list is given up."""
_CHECKING: Final = (RunState.CHECKING,)


@dataclass
class _Found:
    row: BulkRow
    target: Target | None = None
    code: str = ""


def check(
    house: House,
    key: str,
    *,
    together: Together = in_threads,
    sleep: Callable[[float], None] = time.sleep,
    tick: Callable[[], float] = time.monotonic,
) -> None:
    """The job `bulk_check`, key `<run>#<n>`: look up rows until the turn ends, all are looked up, or it is not ours."""
    run_id = subject_of(key)
    _copy_first(house, run_id)
    runner = secrets.token_hex(8)
    with writing(house.engine) as conn:
        if not bulk_store.change_run(conn, run_id, states=_CHECKING, runner=runner):
            return
        run = get_run(house, conn, run_id)
    until = house.clock() + TURN
    program = house.systems(run.store_id).program
    steady = Steady(program.capabilities.per_minute, clock=tick, sleep=sleep)
    stumbled: VendorError | None = None
    for page in _pages(house, run_id):
        found, stumbled = _look_up(house, run, page, together, steady)
        if not _keep(house, run, runner, found):
            return
        _tell(house, run_id)
        if stumbled is not None or house.clock() >= until or house.stopping.is_set():
            break
    _go_on(house, run, stumbled)


def _copy_first(house: House, run_id: str) -> None:
    """A counter-run begins as the opposite of every row of its original that was done."""
    with reading(house.engine) as conn:
        run = get_run(house, conn, run_id)
    if run.state is not RunState.READING or run.undo_of is None:
        return
    with writing(house.engine) as conn:
        bulk_store.drop_rows(conn, run.id)
    after, copied = 0, 0
    while True:
        with reading(house.engine) as conn:
            done = bulk_store.rows_of(conn, house.vault, run.undo_of, (RowState.DONE,), after=after)
        if not done:
            break
        rows = [_opposite(house, run, row) for row in done]
        with writing(house.engine) as conn:
            bulk_store.add_rows(conn, rows)
        after, copied = done[-1].number, copied + len(done)
    begin_checking(house, run, copied, actor=SYSTEM)


def _opposite(house: House, run: BulkRun, row: BulkRow) -> dict[str, Any]:
    target = row.private.get("target") or {}
    known = bool(row.private) and row.points is not None
    named = {"member": target.get("member")}
    return {
        "run_id": run.id,
        "number": row.number,
        "state": (RowState.NEW if known else RowState.REFUSED).value,
        "code": "" if known else "erased",
        "points": -row.points if row.points is not None else None,
        "private": house.vault.encrypt({"named": named}) if known else None,
    }


def _pages(house: House, run_id: str) -> Iterator[list[BulkRow]]:
    """Rows that are not looked up yet; those that failed just now come in another turn."""
    after = 0
    while True:
        with reading(house.engine) as conn:
            page = bulk_store.rows_of(conn, house.vault, run_id, (RowState.NEW,), after=after, limit=PAGE)
        if not page:
            return
        yield page
        after = page[-1].number


def _look_up(
    house: House, run: BulkRun, page: list[BulkRow], together: Together, steady: Steady
) -> tuple[list[_Found], VendorError | None]:
    """Each row's person, or what is wrong; and the trouble that stopped it, where there was one."""
    systems = house.systems(run.store_id)
    kind, waiting, lock = kind_of(run), list(reversed(page)), threading.Lock()
    found: list[_Found] = []
    troubles: list[VendorError] = []

    def lane() -> None:
        while not troubles:
            with lock:
                row = waiting.pop() if waiting else None
            if row is None:
                return
            steady.wait()
            try:
                answer = kind.find(named_of(row), systems.pos, systems.program)
            except VendorError as error:
                troubles.append(error)
                return
            found.append(_Found(row, answer) if isinstance(answer, Target) else _Found(row, code=answer))

    with patiently():
        together([lane] * min(LANES, len(page)))
    return sorted(found, key=lambda one: one.row.number), troubles[0] if troubles else None


def _keep(house: House, run: BulkRun, runner: str, found: list[_Found]) -> bool:
    """Write what was found, one row after the other, so that each sees those before it; False when it is not our turn
    any more."""
    with writing(house.engine) as conn:
        if not bulk_store.has_turn(conn, run.id, runner, _CHECKING):
            return False
        singles = open_singles(house, conn, run)
        for one in found:
            judged = None if one.target is None else _judged(house, conn, run, one.row, one.target, singles)
            values = _refused(one.code) if judged is None else judged
            bulk_store.change_row(conn, run.id, one.row, **values)
    return True


def _refused(code: str, **kept: Any) -> dict[str, Any]:
    return {"state": RowState.REFUSED.value, "code": code, "operation_id": None, "seal": None, **kept}


def _judged(
    house: House, conn: sa.Connection, run: BulkRun, row: BulkRow, target: Target, singles: frozenset[str]
) -> dict[str, Any]:
    """What the rules say of the row, now that it is known whom it is for. singles: customers with an open change of its
    own."""
    refs = references(house, run, target)
    customer = str(refs["customer_ref"])
    private = {**row.private, "target": target.model_dump(mode="json")}
    points, code = _change(run, row, target)
    shown = {"private": house.vault.encrypt(private), "points": points, "before": target.balance, **refs}
    code = _twin(house, conn, run, row, customer, points) or code
    single = single_change(house, run, row, target)
    if not code and {customer, single.customer_ref} & singles:
        code = "under_way"
    code = code or _by_rules(house, conn, run, single, points, refs)
    if code:
        return _refused(code, **shown)
    return {
        "state": RowState.READY.value,
        "operation_id": f"op_{secrets.token_hex(8)}",
        "seal": bulk_store.seal(house.vault, run.id, row.number, private, points),
        **shown,
    }


def _change(run: BulkRun, row: BulkRow, target: Target) -> tuple[Decimal | None, str]:
    """The signed points of the row, and what is wrong with them."""
    if not run.moves_points or row.points is None or target.balance is None:
        return None, ""
    points = row.points - target.balance if run.mode == "set" else row.points
    if not points:
        return points, "no_change"
    return points, "below_zero" if target.balance + points < 0 else ""


def _twin(house: House, conn: sa.Connection, run: BulkRun, row: BulkRow, customer: str, points: Decimal | None) -> str:
    """The same person under another name: with the same points it is a repetition, else no row of theirs is used."""
    other = bulk_customers.twin_of(conn, house.vault, run.id, customer, row.number)
    if other is None:
        return ""
    if other.points == points:
        return "duplicate"
    bulk_customers.leave_out(conn, run.id, customer, "conflict")
    return "conflict"


def _by_rules(
    house: House,
    conn: sa.Connection,
    run: BulkRun,
    single: Proposal,
    points: Decimal | None,
    refs: dict[str, str | None],
) -> str:
    customer = str(refs["customer_ref"])
    if {refs["phone_ref"], refs["email_ref"]} & set(run.private.get("own_refs", ())):
        return "beneficiary"
    if bulk_customers.open_elsewhere(conn, run.id, (customer,), action=run.action):
        return "under_way"
    if points is None or run.undo_of is not None:
        return ""
    rules, now = house.config.policy.bulk, house.clock()
    if abs(points) > rules.row_refuse_above:
        return "too_many"
    singles = proposal_store.history_of(conn, single, requester=run.requester, now=now, change_days=0).customer_week
    lists = bulk_customers.points_lately(conn, customer, since=now - timedelta(days=7), but=run.id)
    return "customer_week" if singles + lists + abs(points) > rules.per_customer_week else ""


def _tell(house: House, run_id: str) -> None:
    """Progress, at most every three seconds over all processes."""
    with writing(house.engine) as conn:
        if not bulk_store.may_show(conn, run_id, now=house.clock(), every=PROGRESS):
            return
    house.presenter.show_bulk(run_id)


def _go_on(house: House, run: BulkRun, stumbled: VendorError | None) -> None:
    """All looked up: the preview stands. Else another turn: at once, or, where a vendor is away, after a while."""
    with writing(house.engine) as conn:
        seen = get_run(house, conn, run.id, lock=True)
        if seen.state is not RunState.CHECKING:
            return
        if stumbled is not None:
            _try_later(house, conn, seen, stumbled)
        elif bulk_store.counts(conn, run.id).get(RowState.NEW):
            _again(house, conn, seen, timedelta(), troubles=0)
        else:
            _ready(house, conn, seen)


def _again(house: House, conn: sa.Connection, run: BulkRun, wait: timedelta, *, troubles: int) -> None:
    bulk_store.change_run(conn, run.id, states=_CHECKING, turn=run.turn + 1, troubles=troubles)
    house.work.enqueue(conn, "bulk_check", f"{run.id}#t{run.turn + 1}", delay=wait)


def _try_later(house: House, conn: sa.Connection, run: BulkRun, error: VendorError) -> None:
    log.info("List %s cannot be looked up now: %s", run.id, error.code)
    if not retry_rule.passes(error) or run.troubles + 1 >= MOST_TROUBLES:
        result = outcome(trouble(error), NOTHING_SENT, code=error.code)
        moved(house, conn, run, "refuse", actor=SYSTEM, result=result, detail={"code": error.code})
        return
    wait = retry_rule.wait_after(error, run.troubles + 1)
    _again(house, conn, run, wait, troubles=run.troubles + 1)


def _ready(house: House, conn: sa.Connection, run: BulkRun) -> None:
    people, given, taken = bulk_store.sums(conn, run.id)
    totals = {"people": people, "given": given, "taken": taken, "runner": None, "troubles": 0}
    try:
        if not people:
            result = outcome(Words.of("bulk.none_usable"), code="nothing")
            moved(house, conn, run, "refuse", actor=SYSTEM, result=result, **totals)
            return
        moved(house, conn, run, "check", actor=SYSTEM, digest=bulk_store.digest(conn, run.id), **totals)
    except TooLate:
        return  # somebody took it back meanwhile
