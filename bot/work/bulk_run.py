"""Carrying a list out: each row once, whatever dies on the way, as fast as the provider's limit allows.

As for a single change: the mark "sending" is committed before the call; whoever finds the mark never sends, it asks the
provider, and `bot.work.retry_rule` says what to do next; "done" is said only after the provider showed it. Lanes
work on some rows at once, and a turn ends in time to be stopped; whoever takes the next turn goes on from the rows'
states.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.cases import Actor, Deed, bulk_store
from bot.cases.bulk_models import IN_FLIGHT, BulkRow, BulkRun, RowState, RunState
from bot.cases.database import reading, writing
from bot.words import Words
from bot.work import bulk_books as books
from bot.work import retry_rule
from bot.work.bulk_lanes import Steady, Together, in_threads
from bot.work.bulk_parts import judge, kind_of
from bot.work.bulk_sending import Stop, send_some
from bot.work.bulk_settling import Way, settle
from bot.work.house import House
from bot.work.offering import SYSTEM
from bot.work.outcomes import trouble
from bot.work.queue import subject_of
from bot.work.standing import refusal_words
from connectors.pacing import patiently

LANES: Final = 8
TURN: Final = timedelta(minutes=5)
PAGE: Final = 100
MOST_TROUBLES: Final = 20
"""Turns in a row that met an unreachable provider, each after a longer wait, before the list pauses by itself."""


def carry_list(
    house: House,
    key: str,
    *,
    together: Together = in_threads,
    sleep: Callable[[float], None] = time.sleep,
    tick: Callable[[], float] = time.monotonic,
) -> None:
    """The job `bulk_run`, key `<run>#<n>`: send and confirm rows until the turn ends or every row has. `together`,
    `sleep` and `tick` (seconds): how lanes run and wait; tests and benchmarks pass their own."""
    taken = books.take_turn(house, subject_of(key), secrets.token_hex(8))
    if taken is None:
        return
    run, sends = taken
    house.watch("bulk_begun")
    if run.state is RunState.CANCELLING:
        books.skip_rest(house, run)
    sends = sends and _may_go_on(house, run)
    program = house.systems(run.store_id).program
    steady = Steady(program.capabilities.per_minute, clock=tick, sleep=sleep)
    turn = _Turn(Way(house, run, kind_of(run), program, steady), until=house.clock() + TURN, sends=sends)
    with patiently():
        together([turn.lane] * LANES)
    turn.end()


def _may_go_on(house: House, run: BulkRun) -> bool:
    """The rules once more, and that the rows are those that were approved."""
    nobody = Actor(user_id=SYSTEM, team_id=run.team_id)
    with writing(house.engine) as conn:
        verdict = judge(house, conn, nobody, Deed.SEND, run)
    with reading(house.engine) as conn:
        same = bulk_store.digest(conn, run.id) == run.digest
    if not same:
        books.stop_by_itself(house, run, "tampered", Words.of("bulk.tampered"))
    elif not verdict.allowed:
        books.stop_by_itself(house, run, verdict.reasons[0].code, refusal_words(verdict))
    elif verdict.dry_run:
        books.stop_by_itself(house, run, "read_only", Words.of("bulk.read_only_now"))
    return same and verdict.allowed and not verdict.dry_run


def _together(rows: Sequence[BulkRow], size: int) -> int:
    """How many of the next rows go into one write. A row that was sent once already goes alone: what the provider says
    of it is then said of no other."""
    fresh = next((n for n, row in enumerate(rows[:size]) if row.attempt), min(size, len(rows)))
    return max(fresh, 1)


class _Turn:
    """One turn's work, shared by its lanes."""

    def __init__(self, way: Way, *, until: datetime, sends: bool) -> None:
        self._way = way
        self._until = until
        self._sends = sends
        self._stop: Stop | None = None
        self._lock = threading.Lock()
        self._unsettled: list[BulkRow] | None = None
        self._ready: list[BulkRow] = []
        self._after = 0
        self._shown = way.house.clock() - books.PROGRESS

    def lane(self) -> None:
        """Take work until there is none, or the turn is over."""
        while work := self._next():
            if work[0].state is RowState.READY:
                stop = send_some(self._way, work, self._is_over)
                self._stop = self._stop or stop
            else:
                for row in work:
                    settle(self._way, row)
            self._tell()

    def _next(self) -> list[BulkRow]:
        """Rows that were sent and not seen yet come first; then as many as go into one write."""
        house, run = self._way.house, self._way.run
        with self._lock:
            if self._is_over():
                return []
            if self._unsettled is None:
                self._unsettled = books.page(house, run, IN_FLIGHT, after=0, limit=bulk_store.AT_ONCE)
            if self._unsettled:
                return [self._unsettled.pop(0)]
            if not self._sends:
                return []
            size = self._way.kind.batch(self._way.program)
            if len(self._ready) < size:
                self._ready += books.page(house, run, (RowState.READY,), after=self._after, limit=PAGE)
                self._after = self._ready[-1].number if self._ready else self._after
            taken = _together(self._ready, size)
            work, self._ready = self._ready[:taken], self._ready[taken:]
            return work

    def _is_over(self) -> bool:
        house = self._way.house
        return self._stop is not None or house.stopping.is_set() or house.clock() >= self._until

    def _tell(self) -> None:
        """Progress: looked at here first, so that the database is asked rarely."""
        house, run = self._way.house, self._way.run
        with self._lock:
            if house.clock() - self._shown < books.PROGRESS:
                return
            self._shown = house.clock()
        if books.may_show(house, run):
            house.presenter.show_bulk(run.id)

    def end(self) -> None:
        """Queue what is left, or close the list. What will not mend itself pauses it."""
        house, run, wait = self._way.house, self._way.run, timedelta()
        said = self._stop.trouble if self._stop is not None else None
        if said is not None:
            lasting = not retry_rule.passes(said)
            if run.state is RunState.RUNNING and (lasting or run.troubles + 1 >= MOST_TROUBLES):
                books.stop_by_itself(house, run, said.code, trouble(said), Words.of("bulk.waits"))
                said = None
        if said is not None:
            wait = retry_rule.wait_after(said, run.troubles + 1)
        books.go_on(house, run, said, wait)
