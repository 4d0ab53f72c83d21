"""Signed heads find what the chain alone cannot: a cut at the end, and a chain made anew. Exports act in no cell."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.cases import Vault, audit, audit_export, checkpoints, reading, writing
from bot.cases.tables import audit as table
from bot.cases.tables import checkpoints as heads
from tests.cases.test_audit import fill


def signed(engine: sa.Engine, vault: Vault, now: datetime) -> checkpoints.Checkpoint | None:
    with writing(engine) as conn:
        return checkpoints.make(conn, vault, now=now)


def check(engine: sa.Engine, vault: Vault, *outside: checkpoints.Checkpoint) -> tuple[bool, str, int]:
    with reading(engine) as conn:
        report = checkpoints.verify(conn, vault, outside=outside)
    return report.ok, report.problem, report.signed


def test_the_head_is_signed_when_something_was_written_since(engine: sa.Engine, vault: Vault, now: datetime) -> None:
    assert signed(engine, vault, now) is None
    assert check(engine, vault) == (True, "", 0)
    fill(engine, now)
    first = signed(engine, vault, now)
    assert first is not None
    assert (first.number, first.seq) == (1, 6)
    assert signed(engine, vault, now) is None
    fill(engine, now, 1)
    assert check(engine, vault) == (True, "", 6)
    second = signed(engine, vault, now + timedelta(minutes=5))
    assert second is not None
    assert (second.number, second.seq) == (2, 8)
    with reading(engine) as conn:
        assert checkpoints.kept(conn) == [first, second]
        assert str(checkpoints.verify(conn, vault)) == f"8 rows, all whole. Signed up to row 8. Head: 8:{second.hash}"


def _cut(conn: sa.Connection) -> None:
    conn.execute(table.delete().where(table.c.seq > 3))


def _take_the_head(conn: sa.Connection) -> None:
    conn.execute(heads.delete())


def _forge_the_head(conn: sa.Connection) -> None:
    row = conn.execute(sa.select(table).where(table.c.seq == 3)).mappings().one()
    _cut(conn)
    conn.execute(heads.update().values(seq=3, hash=row["hash"]))


def _make_anew(conn: sa.Connection) -> None:
    """Another story, with every hash right."""
    rows = [audit.Entry(**row) for row in conn.execute(sa.select(table).order_by(table.c.seq)).mappings()]
    conn.execute(table.delete())
    previous = audit.GENESIS
    for row in rows:
        told = row.model_copy(update={"actor": "UNOBODY", "previous": previous})
        made = told.model_copy(update={"hash": told.expected_hash()})
        conn.execute(table.insert().values(**made.model_dump()))
        previous = made.hash


@pytest.mark.parametrize(
    ("tamper", "problem"),
    [
        (_cut, "the rows after it are gone; row 6 was signed"),
        (_take_the_head, "the signed head of row 6 was taken away"),
        (_forge_the_head, "the signature of head 1 is not ours"),
        (_make_anew, "row 6 is not the one that was signed"),
        (lambda conn: conn.execute(table.delete().where(table.c.seq == 2)), "row 2 is missing"),
    ],
)
def test_tampering_is_found(
    engine: sa.Engine, vault: Vault, now: datetime, tamper: Callable[[sa.Connection], None], problem: str
) -> None:
    fill(engine, now)
    signed(engine, vault, now)
    with writing(engine) as conn:
        tamper(conn)
    assert check(engine, vault)[:2] == (False, problem)


def test_another_key_signed_nothing_here(engine: sa.Engine, vault: Vault, now: datetime) -> None:
    fill(engine, now)
    signed(engine, Vault("another key of thirty-two letters!"), now)
    assert check(engine, vault)[:2] == (False, "the signature of head 1 is not ours")


def test_a_cut_of_both_is_found_by_what_was_kept_outside(engine: sa.Engine, vault: Vault, now: datetime) -> None:
    fill(engine, now)
    kept = signed(engine, vault, now)
    assert kept is not None
    with writing(engine) as conn:
        _cut(conn)
        _take_the_head(conn)
    assert check(engine, vault)[0]
    lines = [kept.model_dump_json(), '{"number": 2, "se', kept.model_copy(update={"seq": 99}).model_dump_json()]
    outside = list(checkpoints.read_file(lines))
    assert len(outside) == 2  # the cut line says nothing; the last is no head of ours
    assert check(engine, vault, *outside) == (False, "the rows after it are gone; row 6 was signed", 0)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\n=x", " =x", "＝x"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert audit_export.harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "plain", "a=b", "2026-11-20", "{}"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert audit_export.harmless(cell) == cell


def test_the_trail_as_files(engine: sa.Engine, now: datetime) -> None:
    with writing(engine) as conn:
        audit.append(conn, actor="=cmd|' /C calc'!A0", deed="d", subject="-P_1", detail={"n": "ñ"}, now=now)
        audit.append(conn, actor="U1", deed="d", subject="P_2", detail={}, now=now)
    sheet, exact = io.StringIO(), io.StringIO()
    with reading(engine) as conn:
        stored = list(audit.entries(conn))
        assert audit_export.to_csv(audit.entries(conn), sheet) == 2
        assert audit_export.to_json(audit.entries(conn), exact) == 2
    head, first, second = csv.reader(io.StringIO(sheet.getvalue()))
    assert head == ["seq", "at", "actor", "deed", "subject", "detail", "previous", "hash"]
    assert first[:6] == ["1", "2026-11-20T17:00:00Z", "'=cmd|' /C calc'!A0", "d", "'-P_1", '{"n":"ñ"}']
    assert second[2:5] == ["U1", "d", "P_2"]
    again = [audit.Entry(**{**row, "detail": audit.canonical(row["detail"])}) for row in json.loads(exact.getvalue())]
    assert again == stored
    assert [row.expected_hash() for row in again] == [row.hash for row in stored]


def test_an_empty_trail_is_an_empty_file(engine: sa.Engine) -> None:
    exact = io.StringIO()
    with reading(engine) as conn:
        assert audit_export.to_json(audit.entries(conn), exact) == 0
    assert json.loads(exact.getvalue()) == []
