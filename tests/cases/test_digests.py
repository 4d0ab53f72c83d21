"""The day's exceptions: which lists, erasures and changes stand there, and which just do not."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from bot.cases import ProposalState, Vault, audit, bulk_store, digests, reading, writing
from bot.cases.digests import Line
from tests.cases.test_proposals import offered, put

DAY = timedelta(days=1)


def stored(conn: sa.Connection, vault: Vault, now: datetime, **values: Any) -> str:
    """A list that was asked for at `now`, unless `values` say otherwise."""
    run = bulk_store.new_run(
        conn,
        vault,
        source=f"{sorted(values.items(), key=str)}",
        private={"file": "points.csv"},
        team_id="T1",
        store_id="pine",
        channel="CPINE",
        thread_ts="1.1",
        action="adjust_points",
        mode="add",
        requester="UMORGAN",
        created_at=now,
    )
    told = {"state": "done", "submitted_at": now, "people": 3, "given": 500, "taken": 40, "approvers": ["UQUINN"]}
    bulk_store.change_run(conn, run.id, states=[run.state], **{**told, **values})
    return run.id


def told(engine: sa.Engine, now: datetime) -> list[Line]:
    with reading(engine) as conn:
        return digests.exceptions(conn, since=now, until=now + DAY)


def test_every_list_that_moved_something_is_worth_a_look(engine: sa.Engine, vault: Vault, now: datetime) -> None:
    long_ago = now - 9 * DAY
    reasons = {"reasons": [{"code": "two_approvers"}, {"code": "outside_hours"}]}
    with writing(engine) as conn:
        asked = stored(conn, vault, now, verdict=reasons)
        ended = stored(conn, vault, now, submitted_at=long_ago, ended_at=now + DAY - timedelta(seconds=1))
        undo = stored(conn, vault, now, submitted_at=long_ago, decided_at=now, state="running", undo_of=asked)
        stored(conn, vault, now, submitted_at=None, state="ready")  # never asked for
        stored(conn, vault, now, submitted_at=long_ago, ended_at=now + DAY)  # of the next day
        stored(conn, vault, now, state="refused", result={"code": "read_only"})  # shown only
        row = {"run_id": ended, "number": 2, "state": "unknown", "points": 5, "private": None, "operation_id": "op_1"}
        bulk_store.add_rows(conn, [row])
    lines = {line.run: line for line in told(engine, now)}
    assert {run: line.codes for run, line in lines.items()} == {
        asked: ("list", "outside_hours"),
        ended: ("list", "unknown"),
        undo: ("list", "undo"),
    }
    assert lines[asked] == Line(
        codes=("list", "outside_hours"),
        person="UMORGAN",
        run=asked,
        people=3,
        thread=("CPINE", "1.1"),
        store="pine",
        kind="adjust_points",
        points=Decimal(500),
        taken=Decimal(40),
        state="done",
        approvers=("UQUINN",),
    )


def test_who_erased_customers_is_told_and_how_often(engine: sa.Engine, vault: Vault, now: datetime) -> None:
    with writing(engine) as conn:
        for by, at in (("cli:sam", now), ("cli:sam", now), ("cli:jo", now + DAY)):
            audit.append(conn, actor=by, deed="customer.erase", subject="x", detail={}, now=at)
    assert told(engine, now) == [Line(codes=("erased",), person="cli:sam", times=2)]


@pytest.mark.parametrize(
    ("codes", "result", "expected"),
    [
        (["one_approver"], {}, None),  # an ordinary change
        (["one_approver", "same_pair"], {}, ("same_pair",)),
        (["two_approvers"], {"code": "read_only"}, None),  # shown only
        (["approvers"], {"resolved_by_hand": True}, ("by_hand",)),
        ([], {"on_the_word": True}, ("on_the_word",)),
        ([], {"on_the_word": False}, None),
    ],
)
def test_a_change_stands_there_for_its_signs_alone(
    sqlite_engine: sa.Engine, vault: Vault, now: datetime, codes: list[str], result: Any, expected: Any
) -> None:
    with writing(sqlite_engine) as conn:
        one = offered(conn, vault, now)
        verdict = {"reasons": [{"code": code} for code in codes]}
        put(conn, one, ProposalState.DONE, submitted_at=now, verdict=verdict, result=result)
    assert [line.codes for line in told(sqlite_engine, now)] == ([] if expected is None else [expected])


@pytest.mark.parametrize(("code", "stands"), [("own_request", True), ("tampered", True), ("late", False)])
def test_what_was_tried_in_vain_is_told_where_it_is_alarming(
    sqlite_engine: sa.Engine, now: datetime, code: str, stands: bool
) -> None:
    with writing(sqlite_engine) as conn:
        detail = {"deed": "approve", "code": code}
        for deed in ("adjust_points.refused", "bulk.refused", "adjust_points.approve"):
            audit.append(conn, actor="UJO", deed=deed, subject="P_1", detail=detail, now=now)
    assert told(sqlite_engine, now) == ([Line(codes=(code,), person="UJO", times=2)] if stands else [])
