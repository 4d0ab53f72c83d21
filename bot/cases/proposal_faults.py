"""Requests held against the audit trail: each is in the state, has the points, reasons, signatures and seal that were
put on record. What was erased since has no seal any more; its state, points and signatures still count."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa
from pydantic import BaseModel

from bot.cases.models import ProposalState
from bot.cases.proposal_store import from_row, untouched
from bot.cases.proposals import DECIDING, MOVES
from bot.cases.tables import audit, proposals
from bot.cases.vault import Vault

_AT_ONCE: Final = 500
_SIGNING: Final = frozenset({"sign", "approve", "break_glass"})


class _Told(BaseModel):
    """What the trail says of one request."""

    state: str = ProposalState.OFFERED.value
    points: str | None = None
    seal: str | None = None
    why: list[str] = []
    signers: tuple[str, ...] = ()
    decided: tuple[str, datetime] | None = None


def faults(conn: sa.Connection, vault: Vault) -> list[str]:
    """The ids of requests that are not as they were put on record, that are gone, or that nobody put there."""
    told = _told(conn)
    found: list[str] = []
    for row in conn.execute(sa.select(proposals), execution_options={"yield_per": _AT_ONCE}).mappings():
        record = told.pop(row["id"], None)
        if record is None or not _as_told(row, record, vault):
            found.append(row["id"])
    return sorted([*found, *told])


def _told(conn: sa.Connection) -> dict[str, _Told]:
    """By the request's id; the last word of each row of the trail counts."""
    told: dict[str, _Told] = {}
    for subject, deed, actor, raw, at in _rows(conn):
        move, detail = deed.rpartition(".")[2], json.loads(raw)
        record = told.setdefault(subject, _Told())
        if move in MOVES:
            record.state = detail["to"]
            record.points = detail.get("points", record.points)
            record.seal = detail.get("seal", record.seal)
            record.why = detail.get("why", record.why)
        if move in _SIGNING:
            record.signers = (*record.signers, actor)
        if move in DECIDING:
            record.decided = (actor, at)
    return told


def _rows(conn: sa.Connection) -> Iterator[tuple[str, str, str, str, datetime]]:
    columns = (audit.c.subject, audit.c.deed, audit.c.actor, audit.c.detail, audit.c.at)
    where = audit.c.subject.startswith("P_", autoescape=True)
    query = sa.select(*columns).where(where).order_by(audit.c.seq)
    for row in conn.execute(query, execution_options={"yield_per": _AT_ONCE}):
        if not row.deed.endswith(".refused"):
            yield row.subject, row.deed, row.actor, row.detail, row.at


def _as_told(row: sa.RowMapping, record: _Told, vault: Vault) -> bool:
    points: Any = row["points"]
    stands = (row["state"], None if points is None else Decimal(str(points)), tuple(row["approvers"]))
    said = (record.state, None if record.points is None else Decimal(record.points), record.signers)
    decided = (row["decided_by"], row["decided_at"]) if row["decided_by"] is not None else None
    why = [reason["code"] for reason in row["verdict"].get("reasons", ())]
    if stands != said or decided != record.decided or why != record.why:
        return False
    if row["parameters_hash"] is None:
        return record.seal is None or row["private"] is None  # not asked for yet, or erased
    if row["parameters_hash"] != record.seal:
        return False
    return row["private"] is None or untouched(vault, from_row(row, vault))
