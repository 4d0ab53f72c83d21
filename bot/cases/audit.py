"""The audit trail: append-only, each row bound to the one before by a hash, written in the transaction of its change.

`verify` finds an edited, deleted, inserted or reordered row. What it cannot find alone is a cut at the very end;
for that there are the signed heads of `bot.cases.checkpoints`, and a head (`head`) that an operator keeps outside.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict
from pydantic_core import to_jsonable_python

from bot.cases.tables import audit

GENESIS = "0" * 64
_LOCK = 7_061_002


class Entry(BaseModel):
    """One row. detail: canonical JSON, HMAC references and ids only."""

    model_config = ConfigDict(frozen=True)
    seq: int
    at: datetime
    actor: str
    deed: str
    subject: str
    detail: str
    previous: str
    hash: str

    def expected_hash(self) -> str:
        """The hash that this row's content must have."""
        moment = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        content = [self.seq, moment, self.actor, self.deed, self.subject, self.detail, self.previous]
        return sha256(canonical(content).encode()).hexdigest()


class Report(BaseModel):
    """What `verify` found. rows: how many were whole; head: the last whole one's hash, to keep outside; signed: the
    last row that a signed head covers (0: none, or not looked at); strangers: heads kept outside that no key at hand
    signed."""

    model_config = ConfigDict(frozen=True)
    ok: bool
    rows: int
    head: str
    problem: str = ""
    signed: int = 0
    strangers: int = 0

    def __str__(self) -> str:
        if self.ok:
            signed = f" Signed up to row {self.signed:,}." if self.signed else ""
            return f"{self.rows:,} rows, all whole.{signed} Head: {self.rows}:{self.head}{self._unread}"
        return f"Broken after row {self.rows:,}: {self.problem}.{self._unread}"

    @property
    def _unread(self) -> str:
        which = "heads kept outside were signed with no key at hand, and say nothing"
        return (
            f"\n{self.strangers:,} {which}: put the key of their time behind the one in use." if self.strangers else ""
        )


def append(
    conn: sa.Connection, *, actor: str, deed: str, subject: str, detail: Mapping[str, Any], now: datetime
) -> Entry:
    """Add a row inside the caller's writing transaction; writers are serialised until it ends.

    `detail` must hold ids and references only: it is never erased.
    """
    if conn.dialect.name == "postgresql":  # SQLite's BEGIN IMMEDIATE serialises already
        conn.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    seq, previous = head(conn)
    draft = Entry(
        seq=seq + 1,
        at=now,
        actor=actor,
        deed=deed,
        subject=subject,
        detail=canonical(to_jsonable_python(dict(detail))),
        previous=previous,
        hash="",
    )
    entry = draft.model_copy(update={"hash": draft.expected_hash()})
    conn.execute(audit.insert().values(**entry.model_dump()))
    return entry


def head(conn: sa.Connection) -> tuple[int, str]:
    """The last row's (seq, hash); (0, GENESIS) when there is none."""
    row = conn.execute(sa.select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
    return (0, GENESIS) if row is None else (row.seq, row.hash)


def entries(conn: sa.Connection) -> Iterator[Entry]:
    """Every row in order, a thousand at a time: the export."""
    rows = conn.execute(sa.select(audit).order_by(audit.c.seq), execution_options={"yield_per": 1000})
    for row in rows.mappings():
        yield Entry(**row)


def last_about(conn: sa.Connection, subject: str, *deeds: str) -> Entry | None:
    """The newest row of one of these deeds about this subject, or None."""
    where = (audit.c.subject == subject, audit.c.deed.in_(deeds))
    row = conn.execute(sa.select(audit).where(*where).order_by(audit.c.seq.desc()).limit(1)).mappings().first()
    return None if row is None else Entry(**row)


def verify(conn: sa.Connection, *, known_head: tuple[int, str] | None = None) -> Report:
    """Walk the chain to its end or its first fault. `known_head`: a (seq, hash) kept outside earlier, to find a cut."""
    seq, previous = 0, GENESIS
    wanted = known_head if known_head is not None else (0, GENESIS)
    seen_head = wanted == (0, GENESIS)
    for entry in entries(conn):
        problem = fault(entry, seq, previous)
        if problem:
            return Report(ok=False, rows=seq, head=previous, problem=problem)
        seq, previous = entry.seq, entry.hash
        seen_head = seen_head or wanted == (seq, previous)
    if not seen_head:
        return Report(ok=False, rows=seq, head=previous, problem=f"row {wanted[0]}, kept outside, is not in the chain")
    return Report(ok=True, rows=seq, head=previous)


def fault(entry: Entry, seq: int, previous: str) -> str:
    """What is wrong with the row that should follow (seq, previous); "" when nothing."""
    if entry.seq != seq + 1:
        return f"row {seq + 1} is missing"
    if entry.previous != previous:
        return f"row {entry.seq} does not follow the row before it"
    if entry.hash != entry.expected_hash():
        return f"the content of row {entry.seq} was changed"
    return ""


def canonical(value: Any) -> str:
    """JSON in one form only: sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
