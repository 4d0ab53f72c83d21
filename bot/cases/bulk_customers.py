"""Whose the rows of lists are, by reference: the same customer in one list, in others, and beside single changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from bot.cases.bulk_models import IN_FLIGHT, BulkRow, BulkRun, RowState, RunState
from bot.cases.bulk_store import row_from
from bot.cases.models import Proposal
from bot.cases.tables import bulk_rows, bulk_runs
from bot.cases.vault import Vault

r = bulk_rows.c


def twin_of(conn: sa.Connection, vault: Vault, run_id: str, customer_ref: str, number: int) -> BulkRow | None:
    """The first other row of the list that was found to be for the same customer, whatever became of it."""
    where = (r.run_id == run_id, r.customer_ref == customer_ref, r.number != number)
    row = conn.execute(sa.select(bulk_rows).where(*where).order_by(r.number).limit(1)).mappings().first()
    return None if row is None else row_from(row, vault)


def leave_out(conn: sa.Connection, run_id: str, customer_ref: str, code: str) -> None:
    """Whatever row of the list would be sent for this customer is not."""
    where = (r.run_id == run_id, r.customer_ref == customer_ref, r.state == RowState.READY.value)
    refused = {"state": RowState.REFUSED.value, "code": code, "operation_id": None, "seal": None}
    conn.execute(bulk_rows.update().where(*where).values(**refused))


_other = bulk_rows.alias("other")


def _is_open(run_id: str) -> sa.ColumnElement[bool]:
    """Of rows of other lists: that they are decided on or under way and have not ended."""
    going = [s.value for s in (RunState.SUBMITTED, RunState.RUNNING, RunState.PAUSED, RunState.CANCELLING)]
    live = [s.value for s in (RowState.READY, *IN_FLIGHT, RowState.UNKNOWN)]
    theirs = (_other.c.run_id != run_id, _other.c.state.in_(live), _other.c.operation_id.is_not(None))
    return sa.and_(*theirs, sa.or_(bulk_runs.c.state.in_(going), _other.c.state == RowState.UNKNOWN.value))


def open_elsewhere(conn: sa.Connection, run_id: str, customer_refs: Iterable[str], *, action: str) -> str | None:
    """Another list of this action that is decided on or under way, with a row for the same customer, by whichever of
    these references, that has not ended; its id."""
    query = sa.select(_other.c.run_id).join(bulk_runs, bulk_runs.c.id == _other.c.run_id)
    where = (_other.c.customer_ref.in_(sorted(customer_refs)), bulk_runs.c.action == action)
    return conn.execute(query.where(*where, _is_open(run_id)).limit(1)).scalar()


def overlap(conn: sa.Connection, run: BulkRun, customer_refs: Iterable[str]) -> tuple[int, int | None]:
    """Rows that would be sent for one of these customers, or for one who has an open row in another list: how many, and
    the first one's number."""
    elsewhere = sa.select(_other.c.number).join(bulk_runs, bulk_runs.c.id == _other.c.run_id)
    same = (_other.c.customer_ref == r.customer_ref, bulk_runs.c.action == run.action)
    taken = sa.or_(r.customer_ref.in_(sorted(customer_refs)), elsewhere.where(*same, _is_open(run.id)).exists())
    where = (r.run_id == run.id, r.operation_id.is_not(None), taken)
    number, first = conn.execute(sa.select(sa.func.count(), sa.func.min(r.number)).where(*where)).one()
    return number, first


def points_lately(conn: sa.Connection, customer_ref: str, *, since: datetime, but: str) -> Decimal:
    """Points that lists gave or took of this customer since then; the list `but` is not counted."""
    total = sa.func.coalesce(sa.func.sum(sa.func.abs(r.points)), 0)
    sent = [s.value for s in (*IN_FLIGHT, RowState.DONE, RowState.UNKNOWN)]
    where = (r.customer_ref == customer_ref, r.run_id != but, r.sending_since >= since, r.state.in_(sent))
    return Decimal(str(conn.execute(sa.select(total).where(*where)).scalar_one()))


def points_of(conn: sa.Connection, proposal: Proposal, *, since: datetime) -> Decimal:
    """Points that lists gave or took of a single change's customer since then, or will once they are through; at every
    store, where one of the customer's contacts is the same. Counter-runs are not counted."""
    refs = sorted(proposal.customer_refs)
    theirs = sa.or_(r.customer_ref == (proposal.customer_ref or ""), r.phone_ref.in_(refs), r.email_ref.in_(refs))
    sent = [s.value for s in (*IN_FLIGHT, RowState.DONE, RowState.UNKNOWN, RowState.UNDONE)]
    going = [s.value for s in (RunState.SUBMITTED, RunState.RUNNING, RunState.PAUSED)]
    waits = sa.and_(r.state == RowState.READY.value, r.operation_id.is_not(None), bulk_runs.c.state.in_(going))
    total = sa.select(sa.func.coalesce(sa.func.sum(sa.func.abs(r.points)), 0))
    found = total.select_from(bulk_rows.join(bulk_runs, bulk_runs.c.id == r.run_id)).where(
        theirs, bulk_runs.c.undo_of.is_(None), sa.or_(waits, sa.and_(r.sending_since >= since, r.state.in_(sent)))
    )
    return Decimal(str(conn.execute(found).scalar_one()))


def belongs_to(conn: sa.Connection, run_id: str, refs: Iterable[str]) -> frozenset[str]:
    """Which of these contact references stand in a row that is to be sent: the beneficiary rule."""
    found: set[str] = set()
    wanted = sorted(refs)
    for column in (r.phone_ref, r.email_ref):
        where = (r.run_id == run_id, column.in_(wanted), r.operation_id.is_not(None))
        found |= set(conn.execute(sa.select(column).where(*where)).scalars())
    return frozenset(found)
