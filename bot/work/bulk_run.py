"""Carrying a list out: each row once, whatever dies on the way, as fast as the provider's limit allows.

As for a single change: the mark "sending" is committed before the call; whoever finds the mark never sends, it asks the
provider, and `bot.work.retry_rule` says what to do next; "done" is said only after the provider showed it. Lanes
work on some rows at once, and a turn ends in time to be stopped; whoever takes the next turn goes on from the rows'
states.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from bot.cases import Actor, Deed, bulk_store
from bot.cases.bulk_models import IN_FLIGHT, BulkRow, BulkRun, RowState, RunState
from bot.cases.database import reading, writing
from bot.effects.bulk import Line, Sent
from bot.work import bulk_books as books
from bot.work import retry_rule
from bot.work.bulk_lanes import Steady, Together, in_threads
from bot.work.bulk_parts import judge, kind_of, line_of
from bot.work.house import House
from bot.work.offering import SYSTEM
from bot.work.queue import subject_of
from connectors.contract import WriteEvidence
from connectors.errors import Rejected, VendorError
from connectors.pacing import patiently
from connectors.transport import deadline

log = logging.getLogger(__name__)

LANES: Final = 8
TURN: Final = timedelta(minutes=5)
PAGE: Final = 100
MOST_TROUBLES: Final = 20
"""Turns in a row that met an unreachable provider, each after a longer wait, before the list pauses by itself."""
S = RowState


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
    steady = Steady(house.systems(run.store_id).program.capabilities.per_minute, clock=tick, sleep=sleep)
    turn = _Turn(house, run, steady, until=house.clock() + TURN, sends=sends)
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
        text = "Rows of this list were changed after it was approved, so nothing more is sent. Tell support."
        books.stop_by_itself(house, run, "tampered", text)
    elif not verdict.allowed:
        books.stop_by_itself(house, run, verdict.reasons[0].code, verdict.sentence)
    elif verdict.dry_run:
        text = "This store is read-only now, so nothing more is sent. Resume it when that has changed."
        books.stop_by_itself(house, run, "read_only", text)
    return same and verdict.allowed and not verdict.dry_run


def _together(rows: Sequence[BulkRow], size: int) -> int:
    """How many of the next rows go into one write. A row that was sent once already goes alone: what the provider says
    of it is then said of no other."""
    fresh = next((n for n, row in enumerate(rows[:size]) if row.attempt), min(size, len(rows)))
    return max(fresh, 1)


class _Turn:
    """One turn's work, shared by its lanes."""

    def __init__(self, house: House, run: BulkRun, steady: Steady, *, until: datetime, sends: bool) -> None:
        self.house = house
        self.run = run
        self.steady = steady
        self.until = until
        self.sends = sends
        self.program = house.systems(run.store_id).program
        self.kind = kind_of(run)
        self.trouble: VendorError | None = None
        self._over = False
        self._lock = threading.Lock()
        self._unsettled: list[BulkRow] | None = None
        self._ready: list[BulkRow] = []
        self._after = 0
        self._shown = house.clock() - books.PROGRESS
        self._absence = retry_rule.believable_after(house.pace.absence, self._settle_s())

    # -- who does what ------------------------------------------------------------------------------------------------

    def lane(self) -> None:
        """Take work until there is none, or the turn is over."""
        while work := self._next():
            if work[0].state is S.READY:
                self._send_some(work)
            else:
                for row in work:
                    self._settle(row)
            self._tell()

    def _next(self) -> list[BulkRow]:
        """Rows that were sent and not seen yet come first; then as many as go into one write."""
        with self._lock:
            if self._is_over():
                return []
            if self._unsettled is None:
                self._unsettled = books.page(self.house, self.run, IN_FLIGHT, after=0, limit=bulk_store.AT_ONCE)
            if self._unsettled:
                return [self._unsettled.pop(0)]
            if not self.sends:
                return []
            size = self.kind.batch(self.program)
            if len(self._ready) < size:
                self._ready += books.page(self.house, self.run, (S.READY,), after=self._after, limit=PAGE)
                self._after = self._ready[-1].number if self._ready else self._after
            taken = _together(self._ready, size)
            work, self._ready = self._ready[:taken], self._ready[taken:]
            return work

    def _is_over(self) -> bool:
        return self._over or self.house.stopping.is_set() or self.house.clock() >= self.until

    def _tell(self) -> None:
        """Progress: looked at here first, so that the database is asked rarely."""
        with self._lock:
            if self.house.clock() - self._shown < books.PROGRESS:
                return
            self._shown = self.house.clock()
        if books.may_show(self.house, self.run):
            self.house.presenter.show_bulk(self.run.id)

    def _stumble(self, error: VendorError) -> None:
        """The provider is away or refuses us: this turn ends."""
        self.trouble = self.trouble or error
        self._over = True

    def end(self) -> None:
        """Queue what is left, or close the list. What will not mend itself pauses it."""
        trouble, wait = self.trouble, timedelta()
        if trouble is not None:
            lasting = not retry_rule.passes(trouble)
            if self.run.state is RunState.RUNNING and (lasting or self.run.troubles + 1 >= MOST_TROUBLES):
                text = f"{trouble.reason}. The list waits; resume it when that is mended."
                books.stop_by_itself(self.house, self.run, trouble.code, text)
                trouble = None
        if trouble is not None:
            wait = retry_rule.wait_after(trouble, self.run.troubles + 1)
        books.go_on(self.house, self.run, trouble, wait)

    # -- sending ------------------------------------------------------------------------------------------------------

    def _send_some(self, rows: Sequence[BulkRow]) -> None:
        lines: dict[int, Line] = {}
        for row in rows:
            line = self._looked_at(row)
            if line is not None:
                lines[row.number] = line
        if not lines:
            return
        before = {number: line.before for number, line in lines.items()}
        due = self.house.clock() + self._absence
        marked = books.mark(self.house, self.run, str(self.run.runner), before, rows, due)
        if not marked:
            self._over = True  # paused, stopped, or somebody else's turn
            return
        self.house.watch("bulk_marked")
        self._write(marked, [lines[row.number] for row in marked])

    def _looked_at(self, row: BulkRow) -> Line | None:
        """The row as it may be sent now; None when it may not, or the provider could not be asked."""
        line = line_of(self.house, self.run, row)
        if line is None:
            code = "tampered" if row.private else "erased"
            books.note(self.house, self.run, (row, books.refused(code)))
            return None
        if self._is_over():
            return None
        self.steady.wait()
        try:
            look = self.kind.look(line, self.program)
        except Rejected as error:
            books.note(self.house, self.run, (row, books.refused("rejected")))
            log.info("Row %d of %s was refused: %s", row.number, self.run.id, error.code)
            return None
        except VendorError as error:
            self._stumble(error)
            return None
        if look.state == "go":
            return line.model_copy(update={"before": look.before})
        books.note(self.house, self.run, (row, books.refused(look.code, before=look.before)))
        return None

    def _write(self, rows: Sequence[BulkRow], lines: Sequence[Line]) -> None:
        if not retry_rule.in_time(rows[0].sending_since, self.house.clock(), timedelta(seconds=self.house.pace.send)):
            return  # the mark names the time from which on it is asked about
        self.steady.wait()
        try:
            with deadline(self.house.pace.send):
                answers = self.kind.send(lines, self.program)
        except VendorError as error:
            self._not_written(rows, error)
            return
        self.house.watch("bulk_sent")
        self._answered(rows, lines, answers)

    def _not_written(self, rows: Sequence[BulkRow], error: VendorError) -> None:
        """The write ended in an error. Of what is unknown, the mark names the time from which on it is asked about."""
        meaning = retry_rule.meaning(error)
        if meaning == "refused":
            books.note(self.house, self.run, *((row, books.refused("rejected")) for row in rows))
            return
        if meaning != "unknown":
            self._put_back(rows)
        self._stumble(error)

    def _put_back(self, rows: Sequence[BulkRow]) -> None:
        """Certainly not applied: they wait as before."""
        books.note(
            self.house,
            self.run,
            *((r, {"state": S.READY.value, "attempt": r.attempt - 1, "due_at": None}) for r in rows),
        )

    def _answered(self, rows: Sequence[BulkRow], lines: Sequence[Line], answers: Sequence[Sent]) -> None:
        changes: list[tuple[BulkRow, dict[str, Any]]] = []
        sent: list[tuple[BulkRow, Line]] = []
        for row, line, answer in zip(rows, lines, answers, strict=True):
            if answer.state == "rejected":
                changes.append((row, books.refused("rejected")))
            elif answer.state == "sent":
                changes.append((row, {"state": S.SENT.value}))
                sent.append((row.model_copy(update={"state": S.SENT}), line))
        if changes:
            books.note(self.house, self.run, *changes)
        self.house.watch("bulk_noted")
        seen = [(row, self._confirmed(row, line)) for row, line in sent]
        books.note(self.house, self.run, *((row, values) for row, values in seen if values))
        self.house.watch("bulk_confirmed")

    # -- finding out --------------------------------------------------------------------------------------------------

    def _confirmed(self, row: BulkRow, line: Line) -> dict[str, Any]:
        """What the provider shows of a row it took, as columns; {} when it could not be asked and is asked again."""
        self.steady.wait()
        since = row.sending_since or self.house.clock()
        try:
            seen = self.kind.confirm(line, self.program, since - retry_rule.CLOCKS_APART)
        except VendorError as error:
            log.info("Row %d of %s could not be read back: %s", row.number, self.run.id, error.code)
            return self._next_step(row, None)
        if seen.confirmed:
            return {"state": S.DONE.value, "after": seen.after, "due_at": None, "code": ""}
        shows_at = since + timedelta(seconds=self._settle_s())
        if self.house.clock() < shows_at:
            return {"due_at": shows_at}
        return books.unknown("cannot_tell" if seen.confirmed is None else "not_there")

    def _settle(self, row: BulkRow) -> None:
        """A row that was marked or sent in an earlier turn, or by a process that died: ask, never send."""
        line = line_of(self.house, self.run, row)
        if line is None:
            books.note(self.house, self.run, (row, books.unknown("tampered" if row.private else "erased")))
            return
        if row.state is S.SENT:
            values = self._confirmed(row, line)
        else:
            values = self._reconciled(row, line)
            self.house.watch("bulk_reconciled")
        if values:
            books.note(self.house, self.run, (row, values))

    def _reconciled(self, row: BulkRow, line: Line) -> dict[str, Any]:
        since = row.sending_since or self.house.clock()
        said: WriteEvidence | None = None
        self.steady.wait()
        try:
            said = self.kind.reconcile(line, self.program, since - retry_rule.CLOCKS_APART)
        except VendorError as error:
            log.info("Row %d of %s could not be asked about: %s", row.number, self.run.id, error.code)
        return self._next_step(row, said)

    def _next_step(self, row: BulkRow, said: WriteEvidence | None) -> dict[str, Any]:
        """What the rule makes of what the provider said (None: could not be asked), as columns."""
        now, proof = self.house.clock(), self.kind.proves_absence(self.program)
        sending = retry_rule.Sending(row.sending_since or now, row.attempt, row.asked, row.absent_at)
        match retry_rule.next_step(said, sending, now=now, wait=self._absence, proof=proof):
            case retry_rule.Confirm():
                return {"state": S.SENT.value, "due_at": None}
            case retry_rule.Ask(at, asked, absent_at):
                return {"due_at": at, "asked": asked, "absent_at": absent_at}
            case retry_rule.SendAgain() if self.run.state is RunState.RUNNING:
                return {"state": S.READY.value, "due_at": None, "absent_at": None}
            case retry_rule.SendAgain():
                return books.refused("stopped")
            case retry_rule.AskPerson(why):
                return books.unknown(why)

    def _settle_s(self) -> float:
        settle = self.house.pace.settle
        return settle if settle is not None else self.program.capabilities.settle_s
