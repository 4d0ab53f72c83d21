"""Finding out what became of a row of a list: read back, or asked about where nobody knows. Nothing is sent here."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.cases.bulk_models import BulkRow, BulkRun, RowState, RunState
from bot.effects.bulk import Line, RowKind
from bot.work import bulk_books as books
from bot.work import retry_rule
from bot.work.bulk_lanes import Steady
from bot.work.bulk_parts import line_of
from bot.work.house import House
from connectors.contract import LoyaltyProgram, WriteEvidence
from connectors.errors import VendorError

log = logging.getLogger(__name__)
S = RowState


@dataclass(frozen=True)
class Way:
    """What every row of a turn needs. steady: moments for its calls."""

    house: House
    run: BulkRun
    kind: RowKind
    program: LoyaltyProgram
    steady: Steady

    @property
    def settle(self) -> timedelta:
        """How long the provider may take to show what it took."""
        seconds = self.house.pace.settle
        return timedelta(seconds=self.program.capabilities.settle_s if seconds is None else seconds)

    @property
    def absence(self) -> timedelta:
        """How long after a send "not there" is not believed."""
        return max(timedelta(seconds=self.house.pace.absence), self.settle)


def settle(way: Way, row: BulkRow) -> None:
    """A row that was marked or sent in an earlier turn, or by a process that died: ask, never send."""
    line = line_of(way.house, way.run, row)
    if line is None:
        books.note(way.house, way.run, (row, books.unknown("tampered" if row.private else "erased")))
        return
    if row.state is S.SENT:
        values = confirmed(way, row, line)
    else:
        values = _reconciled(way, row, line)
        way.house.watch("bulk_reconciled")
    books.note(way.house, way.run, (row, values))


def confirmed(way: Way, row: BulkRow, line: Line) -> dict[str, Any]:
    """What the provider shows of a row it took, as columns."""
    way.steady.wait()
    since = row.sending_since or way.house.clock()
    try:
        seen = way.kind.confirm(line, way.program, since - retry_rule.CLOCKS_APART)
    except VendorError as error:
        log.info("Row %d of %s could not be read back: %s", row.number, way.run.id, error.code)
        return _next_step(way, row, None)
    if seen.confirmed:
        return {"state": S.DONE.value, "after": seen.after, "due_at": None, "code": ""}
    if way.house.clock() < since + way.settle:
        return {"due_at": since + way.settle}
    return books.unknown("cannot_tell" if seen.confirmed is None else "not_there")


def _reconciled(way: Way, row: BulkRow, line: Line) -> dict[str, Any]:
    since = row.sending_since or way.house.clock()
    said: WriteEvidence | None = None
    way.steady.wait()
    try:
        said = way.kind.reconcile(line, way.program, since - retry_rule.CLOCKS_APART)
    except VendorError as error:
        log.info("Row %d of %s could not be asked about: %s", row.number, way.run.id, error.code)
    return _next_step(way, row, said)


def _next_step(way: Way, row: BulkRow, said: WriteEvidence | None) -> dict[str, Any]:
    """What the rule makes of what the provider said (None: could not be asked), as columns."""
    now, proof = way.house.clock(), way.kind.proves_absence(way.program)
    sending = retry_rule.Sending(row.sending_since or now, row.attempt, row.asked, row.absent_at)
    match retry_rule.next_step(said, sending, now=now, wait=way.absence, proof=proof):
        case retry_rule.Confirm():
            return {"state": S.SENT.value, "due_at": None}
        case retry_rule.Ask(at, asked, absent_at):
            return {"due_at": at, "asked": asked, "absent_at": absent_at}
        case retry_rule.SendAgain() if way.run.state is RunState.RUNNING:
            return {"state": S.READY.value, "due_at": None, "absent_at": None}
        case retry_rule.SendAgain():
            return books.refused("stopped")
        case retry_rule.AskPerson(why):
            return books.unknown(why)
