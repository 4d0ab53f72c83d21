"""Sending rows of a list: looked at once more, marked, written in one call, read back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.cases.bulk_models import BulkRow, RowState
from bot.effects.bulk import Line, Sent
from bot.work import bulk_books as books
from bot.work import retry_rule
from bot.work.bulk_parts import line_of
from bot.work.bulk_settling import Way, confirmed
from connectors.errors import Rejected, VendorError
from connectors.transport import deadline

log = logging.getLogger(__name__)
S = RowState


@dataclass(frozen=True)
class Stop:
    """No more rows in this turn. trouble: what was wrong with the provider; None when it is not our turn any more."""

    trouble: VendorError | None = None


def send_some(way: Way, rows: Sequence[BulkRow], over: Callable[[], bool]) -> Stop | None:
    """One write of these rows, as far as they may still be sent; what stops the turn, if anything does. over: whether
    the turn has ended meanwhile."""
    lines: dict[int, Line] = {}
    for row in rows:
        if over():
            return Stop()
        line = _looked_at(way, row)
        if isinstance(line, Stop):
            return line
        if line is not None:
            lines[row.number] = line
    if not lines:
        return None
    before = {number: line.before for number, line in lines.items()}
    due = way.house.clock() + way.absence
    marked = books.mark(way.house, way.run, str(way.run.runner), before, rows, due)
    if not marked:
        return Stop()  # paused, stopped, or somebody else's turn
    way.house.watch("bulk_marked")
    return _write(way, marked, [lines[row.number] for row in marked])


def _looked_at(way: Way, row: BulkRow) -> Line | Stop | None:
    """The row as it may be sent now; None when it may not."""
    line = line_of(way.house, way.run, row)
    if line is None:
        books.note(way.house, way.run, (row, books.refused("tampered" if row.private else "erased")))
        return None
    way.steady.wait()
    try:
        look = way.kind.look(line, way.program)
    except Rejected as error:
        books.note(way.house, way.run, (row, books.refused_there(way.house, row, error.reason)))
        return None
    except VendorError as error:
        return Stop(error)
    if look.state == "go":
        return line.model_copy(update={"before": look.before})
    books.note(way.house, way.run, (row, books.refused(look.code, before=look.before)))
    return None


def _write(way: Way, rows: Sequence[BulkRow], lines: Sequence[Line]) -> Stop | None:
    house = way.house
    if not retry_rule.in_time(rows[0].sending_since, house.clock(), timedelta(seconds=house.pace.send)):
        return None  # the mark names the time from which on it is asked about
    way.steady.wait()
    try:
        with deadline(house.pace.send):
            answers = way.kind.send(lines, way.program)
    except VendorError as error:
        return _not_written(way, rows, error)
    house.watch("bulk_sent")
    _answered(way, rows, lines, answers)
    return None


def _not_written(way: Way, rows: Sequence[BulkRow], error: VendorError) -> Stop | None:
    """The write ended in an error. Of what is unknown, the mark names the time from which on it is asked about."""
    meaning = retry_rule.meaning(error)
    if meaning == "refused":
        changes = [(row, books.refused_there(way.house, row, error.reason)) for row in rows]
        books.note(way.house, way.run, *changes)
        return None
    if meaning != "unknown":  # certainly not applied: they wait as before
        waits = {"state": S.READY.value, "due_at": None}
        books.note(way.house, way.run, *((row, {**waits, "attempt": row.attempt - 1}) for row in rows))
    return Stop(error)


def _answered(way: Way, rows: Sequence[BulkRow], lines: Sequence[Line], answers: Sequence[Sent]) -> None:
    changes: list[tuple[BulkRow, dict[str, Any]]] = []
    sent: list[tuple[BulkRow, Line]] = []
    for row, line, answer in zip(rows, lines, answers, strict=True):
        if answer.state == "rejected":
            changes.append((row, books.refused_there(way.house, row, answer.reason)))
        elif answer.state == "sent":
            changes.append((row, {"state": S.SENT.value}))
            sent.append((row.model_copy(update={"state": S.SENT}), line))
    books.note(way.house, way.run, *changes)
    way.house.watch("bulk_noted")
    seen = [(row, confirmed(way, row, line)) for row, line in sent]
    books.note(way.house, way.run, *seen)
    way.house.watch("bulk_confirmed")
