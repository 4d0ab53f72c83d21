"""Lists and their rows in and out of the database. A whole list is never held: rows come and go by the hundred."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

import sqlalchemy as sa

from bot.cases.audit import canonical
from bot.cases.bulk_models import OPEN, BulkRow, BulkRun, RowState, RunState
from bot.cases.case_store import new_id
from bot.cases.models import History
from bot.cases.sql import insert_once
from bot.cases.tables import bulk_rows, bulk_runs
from bot.cases.vault import Vault

AT_ONCE: Final = 500
"""Rows of one transaction or one page."""
_COUNTED: Final = (RunState.SUBMITTED, RunState.RUNNING, RunState.PAUSED, RunState.CANCELLING, RunState.DONE)
r = bulk_rows.c


def new_run(conn: sa.Connection, vault: Vault, *, source: str, private: Mapping[str, Any], **columns: Any) -> BulkRun:
    """Store a list that is about to be read, or give the one that `source` made already."""
    row = {
        "id": new_id("B"),
        "source": source,
        "state": RunState.READING.value,
        "private": vault.encrypt(dict(private)),
        "approvers": [],
        "verdict": {},
        "result": {},
        **columns,
    }
    if insert_once(conn, bulk_runs, row):
        return get_run(conn, vault, str(row["id"]))
    known = conn.execute(sa.select(bulk_runs.c.id).where(bulk_runs.c.source == source)).scalar_one()
    return get_run(conn, vault, known)


def get_run(conn: sa.Connection, vault: Vault, run_id: str, *, lock: bool = False) -> BulkRun:
    """The list with this id; `lock` keeps others from changing it until the transaction ends. Raises KeyError."""
    query = sa.select(bulk_runs).where(bulk_runs.c.id == run_id)
    row = conn.execute(query.with_for_update() if lock else query).mappings().first()
    if row is None:
        raise KeyError(run_id)
    return _run(row, vault)


def bare_run(conn: sa.Connection, run_id: str) -> BulkRun:
    """The list without what is encrypted of it, which nothing has to open. Raises KeyError."""
    columns = [column for column in bulk_runs.c if column.name != "private"]
    row = conn.execute(sa.select(*columns).where(bulk_runs.c.id == run_id)).mappings().first()
    if row is None:
        raise KeyError(run_id)
    return BulkRun(**row)


def runs_in(
    conn: sa.Connection, vault: Vault, states: Iterable[RunState], *, store_ids: Iterable[str] | None = None
) -> list[BulkRun]:
    """All lists in these states, at these stores (None: everywhere), oldest first."""
    where = [bulk_runs.c.state.in_([s.value for s in states])]
    if store_ids is not None:
        where.append(bulk_runs.c.store_id.in_(list(store_ids)))
    query = sa.select(bulk_runs).where(*where).order_by(bulk_runs.c.created_at, bulk_runs.c.id)
    return [_run(row, vault) for row in conn.execute(query).mappings()]


def undo_under_way(conn: sa.Connection, run_id: str) -> str | None:
    """The counter-run of this list that is open or done; None when there is none."""
    over = [s.value for s in (RunState.CANCELLED, RunState.DECLINED, RunState.EXPIRED, RunState.REFUSED)]
    where = (bulk_runs.c.undo_of == run_id, bulk_runs.c.state.not_in(over))
    return conn.execute(sa.select(bulk_runs.c.id).where(*where)).scalar()


def change_run(conn: sa.Connection, run_id: str, *, states: Iterable[RunState], **values: Any) -> bool:
    """Write columns while the list is in one of `states`; False when it is not."""
    where = (bulk_runs.c.id == run_id, bulk_runs.c.state.in_([s.value for s in states]))
    return conn.execute(bulk_runs.update().where(*where).values(**values)).rowcount == 1


def take_turn(conn: sa.Connection, run_id: str, runner: str, states: Iterable[RunState]) -> bool:
    """Make the list `runner`'s, and count the turn; False when it is in none of `states`."""
    return change_run(conn, run_id, states=states, runner=runner, turn=bulk_runs.c.turn + 1)


def has_turn(conn: sa.Connection, run_id: str, runner: str, states: Iterable[RunState]) -> bool:
    """Whether `runner` may still work on the list; keeps others from taking over until the transaction ends."""
    where = (bulk_runs.c.id == run_id, bulk_runs.c.runner == runner, bulk_runs.c.state.in_([s.value for s in states]))
    return conn.execute(sa.select(bulk_runs.c.id).where(*where).with_for_update()).first() is not None


def may_show(conn: sa.Connection, run_id: str, *, now: datetime, every: timedelta) -> bool:
    """Take the right to show progress; False when somebody showed it less than `every` ago."""
    due = sa.or_(bulk_runs.c.shown_at.is_(None), bulk_runs.c.shown_at <= now - every)
    statement = bulk_runs.update().where(bulk_runs.c.id == run_id, due).values(shown_at=now)
    return conn.execute(statement).rowcount == 1


# -- rows -------------------------------------------------------------------------------------------------------------


def add_rows(conn: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store rows; `private` is encrypted already."""
    if rows:
        conn.execute(bulk_rows.insert(), [dict(row) for row in rows])


def drop_rows(conn: sa.Connection, run_id: str) -> None:
    """Forget the rows of a list whose reading was cut off: it is read again."""
    conn.execute(bulk_rows.delete().where(r.run_id == run_id))


def rows_of(
    conn: sa.Connection,
    vault: Vault,
    run_id: str,
    states: Iterable[RowState] | None = None,
    *,
    after: int = 0,
    limit: int = AT_ONCE,
    due: datetime | None = None,
) -> list[BulkRow]:
    """Rows in these states (None: any) with a number above `after`, in order. due: only those that may be looked at."""
    where = [r.run_id == run_id, r.number > after]
    if states is not None:
        where.append(r.state.in_([s.value for s in states]))
    if due is not None:
        where.append(sa.or_(r.due_at.is_(None), r.due_at <= due))
    query = sa.select(bulk_rows).where(*where).order_by(r.number).limit(limit)
    return [row_from(row, vault) for row in conn.execute(query).mappings()]


def change_row(conn: sa.Connection, run_id: str, row: BulkRow, *, same_send: bool = False, **values: Any) -> bool:
    """Write columns of a row while it is in the state it was read in; False when it is not. same_send: and was not sent
    again meanwhile."""
    where = [r.run_id == run_id, r.number == row.number, r.state == row.state.value]
    if same_send:
        where.append(r.sending_since == row.sending_since)
    return conn.execute(bulk_rows.update().where(*where).values(**values)).rowcount == 1


def change_rows(conn: sa.Connection, run_id: str, numbers: Iterable[int], was: RowState, **values: Any) -> int:
    """Write the same columns of several rows that are in state `was`; how many they were."""
    where = (r.run_id == run_id, r.number.in_(list(numbers)), r.state == was.value)
    return conn.execute(bulk_rows.update().where(*where).values(**values)).rowcount


def skip_rows(conn: sa.Connection, run_id: str) -> int:
    """Some hundreds of the rows that are not sent yet will not be; how many they were."""
    some = sa.select(r.number).where(r.run_id == run_id, r.state == RowState.READY.value).limit(AT_ONCE)
    numbers = list(conn.execute(some).scalars())
    return change_rows(conn, run_id, numbers, RowState.READY, state=RowState.SKIPPED.value, code="stopped")


def counts(conn: sa.Connection, run_id: str) -> dict[RowState, int]:
    """How many rows are in each state."""
    query = sa.select(r.state, sa.func.count()).where(r.run_id == run_id).group_by(r.state)
    return {RowState(state): number for state, number in conn.execute(query).all()}


def reasons(
    conn: sa.Connection, run_id: str, states: Iterable[RowState] = (RowState.REFUSED,)
) -> list[tuple[str, int, tuple[int, ...]]]:
    """Why rows were left out: (code, how many, some of their numbers), the commonest first."""
    where = (r.run_id == run_id, r.state.in_([s.value for s in states]))
    query = sa.select(r.code, sa.func.count(), sa.func.min(r.number)).where(*where).group_by(r.code)
    found = sorted(conn.execute(query).all(), key=lambda row: (-row[1], row[2]))
    some = sa.select(r.number).order_by(r.number).limit(5)
    return [(code, n, tuple(conn.execute(some.where(*where, r.code == code)).scalars())) for code, n, _ in found]


def sums(conn: sa.Connection, run_id: str) -> tuple[int, Decimal, Decimal]:
    """Rows that are to be sent, and the points they give and take, both positive."""
    given = sa.func.coalesce(sa.func.sum(sa.case((r.points > 0, r.points), else_=0)), 0)
    taken = sa.func.coalesce(sa.func.sum(sa.case((r.points < 0, -r.points), else_=0)), 0)
    query = sa.select(sa.func.count(), given, taken).where(r.run_id == run_id, r.operation_id.is_not(None))
    number, plus, minus = conn.execute(query).one()
    return number, Decimal(str(plus)), Decimal(str(minus))


def biggest(conn: sa.Connection, vault: Vault, run_id: str, *, limit: int = 5) -> list[BulkRow]:
    """The rows that move most points."""
    where = (r.run_id == run_id, r.operation_id.is_not(None), r.points.is_not(None))
    query = sa.select(bulk_rows).where(*where).order_by(sa.func.abs(r.points).desc(), r.number).limit(limit)
    return [row_from(row, vault) for row in conn.execute(query).mappings()]


def with_code(conn: sa.Connection, vault: Vault, run_id: str, code: str, *, limit: int = 5) -> list[BulkRow]:
    """Some rows that were left out for one reason."""
    query = sa.select(bulk_rows).where(r.run_id == run_id, r.code == code).order_by(r.number).limit(limit)
    return [row_from(row, vault) for row in conn.execute(query).mappings()]


def earliest_due(conn: sa.Connection, run_id: str, states: Iterable[RowState]) -> datetime | None:
    """When the next of these rows may be looked at; None when there is none, or one has no time set."""
    where = (r.run_id == run_id, r.state.in_([s.value for s in states]))
    query = sa.select(r.due_at).where(*where).order_by(r.due_at.is_not(None), r.due_at).limit(1)
    row = conn.execute(query).first()
    found: datetime | None = row[0] if row is not None else None
    return found


def each_row(conn: sa.Connection, vault: Vault, run_id: str) -> Iterator[BulkRow]:
    """Every row in order, a page at a time."""
    after = 0
    while page := rows_of(conn, vault, run_id, after=after):
        yield from page
        after = page[-1].number


def digest(conn: sa.Connection, run_id: str, *, outcome: bool = False) -> str:
    """Of all rows that are to be sent: who and how many points; with `outcome`, also what became of each. An undone row
    counts as done: the counter-run has a digest of its own."""
    found = sha256()
    columns = [r.number, r.seal, r.state, r.code, r.before, r.after]
    query = sa.select(*columns).where(r.run_id == run_id, r.operation_id.is_not(None)).order_by(r.number)
    for row in conn.execute(query, execution_options={"yield_per": AT_ONCE}):
        state = RowState.DONE.value if row.state == RowState.UNDONE.value else row.state
        told = [state, row.code, _text(row.before), _text(row.after)] if outcome else []
        found.update(canonical([row.number, row.seal, *told]).encode())
    return found.hexdigest()


def seal(vault: Vault, run_id: str, number: int, private: Mapping[str, Any], points: Decimal | None) -> str:
    """Binds a row's person and points to its list: a row that somebody changed in the database is found out."""
    return vault.ref(f"row:{canonical([run_id, number, dict(private), _text(points)])}")


def history_of(conn: sa.Connection, run: BulkRun, *, requester: str, now: datetime) -> History:
    """What lists this person and this store asked for within a day, before this one was; counter-runs are not
    counted."""
    c = bulk_runs.c
    counted = (c.id != run.id, c.state.in_([s.value for s in _COUNTED]), c.undo_of.is_(None))
    today = sa.and_(c.submitted_at >= now - timedelta(days=1), c.submitted_at <= (run.submitted_at or now))
    total = sa.func.coalesce(sa.func.sum(c.given + c.taken), 0)

    def of(*where: sa.ColumnElement[bool]) -> tuple[Decimal, int]:
        points, times = conn.execute(sa.select(total, sa.func.count()).where(*counted, today, *where)).one()
        return Decimal(str(points)), times

    (by_them, their_times), (here, times) = of(c.requester == requester), of(c.store_id == run.store_id)
    return History(requester_day=by_them, store_day=here, requester_times=their_times, store_times=times)


def erase_private(conn: sa.Connection, *, before: datetime) -> int:
    """Forget whom the rows of old lists that have ended were for, and what was typed. How many rows were erased."""
    c = bulk_runs.c
    old = (c.created_at < before, c.state.not_in([s.value for s in OPEN]), c.private.is_not(None))
    ids = list(conn.execute(sa.select(c.id).where(*old)).scalars())
    if not ids:
        return 0
    conn.execute(bulk_runs.update().where(c.id.in_(ids)).values(private=None))
    where = (r.run_id.in_(ids), r.private.is_not(None))
    return conn.execute(bulk_rows.update().where(*where).values(**FORGOTTEN)).rowcount


FORGOTTEN: Final[dict[str, Any]] = {"private": None, "customer_ref": None, "phone_ref": None, "email_ref": None}
"""A row without its person; what was done, when and how many points stays."""


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{Decimal(str(number)):.2f}"


def _run(row: sa.RowMapping, vault: Vault) -> BulkRun:
    fields = {k: v for k, v in row.items() if k in BulkRun.model_fields}
    return BulkRun(**{**fields, "private": vault.decrypt(row["private"]) if row["private"] is not None else {}})


def row_from(row: sa.RowMapping, vault: Vault) -> BulkRow:
    """A stored row as a value."""
    fields = {k: v for k, v in row.items() if k in BulkRow.model_fields}
    return BulkRow(**{**fields, "private": vault.decrypt(row["private"]) if row["private"] is not None else {}})
