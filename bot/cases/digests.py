"""Each day's exceptions: what went through that somebody should look at with fresh eyes. Ids and codes only."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict

from bot.cases.bulk_models import RowState
from bot.cases.models import ProposalState
from bot.cases.signs import CODES as SIGNS
from bot.cases.sql import upsert
from bot.cases.tables import audit, bulk_rows, bulk_runs, digests, proposals

_SAID: Final = (*SIGNS, "break_glass", "outside_hours", "two_approvers", "second_change")
"""Reasons of a verdict that make a change an exception."""
_ALARMING: Final = frozenset(
    {
        "beneficiary",
        "own_request",
        "not_an_approver",
        "not_an_admin",
        "stranger",
        "tampered",
        "too_many",
        "requester_day",
        "requester_times",
        "customer_week",
        "customer_times",
    }
)
"""Refusals that somebody should know of."""
ERASED: Final = "customer.erase"
CODES: Final = (*_SAID, "list", "unknown", "by_hand", "on_the_word", "undo", "erased", *sorted(_ALARMING))
"""Every code that a line may have."""


class Line(BaseModel):
    """One exception: a change (`proposal` set) or a list (`run` set) with why it is one; else what somebody tried in
    vain, or erased, and how often. points, taken: what a list gives and takes, both positive. thread: (channel, ts)."""

    model_config = ConfigDict(frozen=True)
    codes: tuple[str, ...]
    person: str
    proposal: str | None = None
    run: str | None = None
    people: int | None = None
    taken: Decimal | None = None
    thread: tuple[str, str] | None = None
    case: str | None = None
    store: str | None = None
    kind: str | None = None
    points: Decimal | None = None
    state: str | None = None
    approvers: tuple[str, ...] = ()
    why: str = ""
    times: int = 1


def exceptions(conn: sa.Connection, *, since: datetime, until: datetime) -> list[Line]:
    """What was asked for or decided in the window and is out of the ordinary, and what was tried in vain in it."""
    return [
        *_changes(conn, since, until),
        *_lists(conn, since, until),
        *_refusals(conn, since, until),
        *_erasures(conn, since, until),
    ]


def of_proposal(conn: sa.Connection, proposal_id: str) -> list[Line]:
    """The line of one change; [] when it is not out of the ordinary."""
    return list(_lines(conn, proposals.c.id == proposal_id))


def _changes(conn: sa.Connection, since: datetime, until: datetime) -> Iterator[Line]:
    c = proposals.c
    asked = sa.and_(c.submitted_at >= since, c.submitted_at < until)
    decided = sa.and_(c.decided_at >= since, c.decided_at < until, c.submitted_at.is_not(None))
    yield from _lines(conn, sa.or_(asked, decided))


def _lines(conn: sa.Connection, where: sa.ColumnElement[bool]) -> Iterator[Line]:
    query = sa.select(proposals).where(where).order_by(proposals.c.submitted_at, proposals.c.id)
    for row in conn.execute(query).mappings():
        codes = tuple(_codes(row))
        if codes:
            yield Line(
                codes=codes,
                person=row["requester"],
                proposal=row["id"],
                case=row["case_id"],
                store=row["store_id"],
                kind=row["kind"],
                points=row["points"],
                state=row["state"],
                approvers=tuple(row["approvers"]),
                why=str(row["verdict"].get("break_glass") or ""),
            )


def _codes(row: sa.RowMapping) -> Iterator[str]:
    if row["result"].get("code") == "read_only":
        return  # shown, and nothing done
    said = [str(reason["code"]) for reason in row["verdict"].get("reasons", ())]
    yield from (code for code in _SAID if code in said)
    if row["state"] == ProposalState.UNKNOWN.value:
        yield "unknown"
    if row["result"].get("resolved_by_hand"):
        yield "by_hand"
    if row["result"].get("on_the_word"):
        yield "on_the_word"
    if row["undo_of"] is not None:
        yield "undo"


def _lists(conn: sa.Connection, since: datetime, until: datetime) -> Iterator[Line]:
    """Every list is worth a look: those asked for, decided or ended in the window."""
    c, rows = bulk_runs.c, bulk_rows.c
    moments = (sa.and_(at >= since, at < until) for at in (c.submitted_at, c.decided_at, c.ended_at))
    query = sa.select(bulk_runs).where(c.submitted_at.is_not(None), sa.or_(*moments)).order_by(c.submitted_at, c.id)
    for row in conn.execute(query).mappings():
        if row["result"].get("code") == "read_only":
            continue
        lost = sa.select(rows.number).where(rows.run_id == row["id"], rows.state == RowState.UNKNOWN.value).limit(1)
        said = [str(reason["code"]) for reason in row["verdict"].get("reasons", ())]
        codes = ["list", *(code for code in _SAID if code in said and code != "two_approvers")]
        codes += ["unknown"] if conn.execute(lost).first() is not None else []
        codes += ["undo"] if row["undo_of"] is not None else []
        yield Line(
            codes=tuple(codes),
            person=row["requester"],
            run=row["id"],
            people=row["people"],
            thread=(row["channel"], row["thread_ts"]) if row["channel"] and row["thread_ts"] else None,
            store=row["store_id"],
            kind=row["action"],
            points=row["given"],
            taken=row["taken"],
            state=row["state"],
            approvers=tuple(row["approvers"]),
        )


def _erasures(conn: sa.Connection, since: datetime, until: datetime) -> Iterator[Line]:
    where = (audit.c.at >= since, audit.c.at < until, audit.c.deed == ERASED)
    counted = sa.select(audit.c.actor, sa.func.count()).where(*where).group_by(audit.c.actor).order_by(audit.c.actor)
    for actor, times in conn.execute(counted).all():
        yield Line(codes=("erased",), person=actor, times=times)


def _refusals(conn: sa.Connection, since: datetime, until: datetime) -> Iterator[Line]:
    where = (audit.c.at >= since, audit.c.at < until, audit.c.deed.endswith(".refused", autoescape=True))
    tried: Counter[tuple[str, str]] = Counter()
    for actor, detail in conn.execute(sa.select(audit.c.actor, audit.c.detail).where(*where)):
        code = json.loads(detail).get("code")
        if code in _ALARMING:
            tried[(actor, code)] += 1
    for (actor, code), times in sorted(tried.items()):
        yield Line(codes=(code,), person=actor, times=times)


def keep(conn: sa.Connection, day: str, lines: Sequence[Line], *, now: datetime) -> None:
    """Store a day's list; made again, it replaces the earlier one."""
    rows = [line.model_dump(mode="json") for line in lines]
    upsert(conn, digests, {"day": day, "made_at": now, "lines": rows}, key="day")


def told(conn: sa.Connection, day: str, *, now: datetime) -> None:
    """Remember that support has a day's list, or that there was nothing to tell."""
    conn.execute(digests.update().where(digests.c.day == day).values(told_at=now))


def is_told(conn: sa.Connection, day: str) -> bool:
    """Whether a day is done with."""
    return conn.execute(sa.select(digests.c.told_at).where(digests.c.day == day)).scalar() is not None


def read(conn: sa.Connection, day: str) -> list[Line] | None:
    """A day's list; None when it was not made."""
    found: Sequence[Mapping[str, Any]] | None = conn.execute(
        sa.select(digests.c.lines).where(digests.c.day == day)
    ).scalar()
    return None if found is None else [Line.model_validate(row) for row in found]
