"""The chain finds every tampering; writers make one chain, also at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.cases import audit, reading, writing
from bot.cases.tables import audit as table


def fill(engine: sa.Engine, now: datetime, rows: int = 5) -> None:
    with writing(engine) as conn:
        for n in range(rows):
            moment = now + timedelta(microseconds=n)
            audit.append(
                conn, actor="UQUINN", deed="adjust_points.approve", subject=f"P_{n}", detail={"n": n}, now=moment
            )


def check(engine: sa.Engine) -> audit.Report:
    with reading(engine) as conn:
        return audit.verify(conn)


def test_an_empty_and_a_whole_chain_are_well(engine: sa.Engine, now: datetime) -> None:
    assert check(engine) == audit.Report(ok=True, rows=0, head=audit.GENESIS)
    fill(engine, now)
    report = check(engine)
    with reading(engine) as conn:
        assert audit.head(conn) == (5, report.head)
        assert [e.subject for e in audit.entries(conn)] == ["P_0", "P_1", "P_2", "P_3", "P_4"]
    assert report.ok
    assert str(report) == f"5 rows, all whole. Head: 5:{report.head}"


def _edit(conn: sa.Connection) -> None:
    conn.execute(table.update().where(table.c.seq == 3).values(detail='{"n":99}'))


def _actor(conn: sa.Connection) -> None:
    conn.execute(table.update().where(table.c.seq == 3).values(actor="USOMEBODY"))


def _backdate(conn: sa.Connection) -> None:
    conn.execute(table.update().where(table.c.seq == 3).values(at=datetime.fromisoformat("2020-01-01T00:00:00+00:00")))


def _delete(conn: sa.Connection) -> None:
    conn.execute(table.delete().where(table.c.seq == 3))


def _renumber(conn: sa.Connection) -> None:
    _delete(conn)
    conn.execute(table.update().where(table.c.seq == 4).values(seq=3))
    conn.execute(table.update().where(table.c.seq == 5).values(seq=4))


def _swap(conn: sa.Connection) -> None:
    for old, new in ((3, 100), (4, 3), (100, 4)):
        conn.execute(table.update().where(table.c.seq == old).values(seq=new))


def _rewrite(conn: sa.Connection) -> None:
    """Changes a row and gives it the hash that fits: the next row does not follow then."""
    row = conn.execute(sa.select(table).where(table.c.seq == 3)).mappings().one()
    forged = audit.Entry(**{**row, "detail": '{"n":99}'})
    values = {"detail": forged.detail, "hash": forged.expected_hash()}
    conn.execute(table.update().where(table.c.seq == 3).values(**values))


@pytest.mark.parametrize(
    ("tamper", "rows", "problem"),
    [
        (_edit, 2, "the content of row 3 was changed"),
        (_actor, 2, "the content of row 3 was changed"),
        (_backdate, 2, "the content of row 3 was changed"),
        (_delete, 2, "row 3 is missing"),
        (_renumber, 2, "row 3 does not follow the row before it"),
        (_swap, 2, "row 3 does not follow the row before it"),
        (_rewrite, 3, "row 4 does not follow the row before it"),
    ],
)
def test_tampering_is_found(
    engine: sa.Engine, now: datetime, tamper: Callable[[sa.Connection], None], rows: int, problem: str
) -> None:
    fill(engine, now)
    with writing(engine) as conn:
        tamper(conn)
    report = check(engine)
    assert (report.ok, report.rows, report.problem) == (False, rows, problem)
    assert str(report) == f"Broken after row {rows}: {problem}."


def test_a_cut_at_the_end_is_found_with_a_head_kept_outside(engine: sa.Engine, now: datetime) -> None:
    fill(engine, now)
    with reading(engine) as conn:
        kept = audit.head(conn)
        assert audit.verify(conn, known_head=kept).ok
        assert audit.verify(conn, known_head=(0, audit.GENESIS)).ok
    with writing(engine) as conn:
        conn.execute(table.delete().where(table.c.seq == 5))
    assert check(engine).ok  # what is left is whole
    with reading(engine) as conn:
        report = audit.verify(conn, known_head=kept)
    assert (report.ok, report.problem) == (False, "row 5, kept outside, is not in the chain")


def test_a_row_vanishes_with_its_transaction(engine: sa.Engine, now: datetime) -> None:
    with pytest.raises(RuntimeError), writing(engine) as conn:
        audit.append(conn, actor="U1", deed="d", subject="s", detail={}, now=now)
        raise RuntimeError
    fill(engine, now, 1)
    assert check(engine).rows == 1


def test_writers_at_once_make_one_chain(engine: sa.Engine, now: datetime) -> None:
    def write() -> None:
        for _ in range(10):
            with writing(engine) as conn:
                audit.append(conn, actor="U1", deed="d", subject="s", detail={"points": "+50"}, now=now)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = check(engine)
    assert (report.ok, report.rows) == (True, 40)
