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
from bot.cases.proposal_store import SEALING, readable, unkeyed_seal, untouched
from bot.cases.proposals import DECIDING, MOVES
from bot.cases.tables import audit, proposals
from bot.cases.vault import Vault

_AT_ONCE: Final = 500
_SIGNING: Final = frozenset({"sign", "approve", "break_glass"})
RESEALED: Final = "key.reseal"
"""The deed of rows that tell the seals of requests as they are under a newer security key."""


class Told(BaseModel):
    """What the trail says of one request. asked: it was, or was signed. sealed: one of those rows has its seal."""

    state: str = ProposalState.OFFERED.value
    points: str | None = None
    seal: str | None = None
    asked: bool = False
    sealed: bool = False
    why: list[str] = []
    signers: tuple[str, ...] = ()
    decided: tuple[str, datetime] | None = None

    @property
    def unsealed(self) -> bool:
        """Whether it was asked for in an older version, which put no seal, no points and no reasons on record."""
        return self.asked and not self.sealed


def faults(conn: sa.Connection, vault: Vault) -> list[str]:
    """The ids of requests that are not as they were put on record, that cannot be read, that are gone, or that nobody
    put there."""
    told = on_record(conn)
    found: list[str] = []
    for row in conn.execute(sa.select(proposals), execution_options={"yield_per": _AT_ONCE}).mappings():
        record = told.pop(row["id"], None)
        if record is None or not _as_told(row, record, vault):
            found.append(row["id"])
    return sorted([*found, *told])


def on_record(conn: sa.Connection) -> dict[str, Told]:
    """What the trail says of every request, by the request's id; the last word of each row of the trail counts."""
    told: dict[str, Told] = {}
    for subject, deed, actor, raw, at in _rows(conn):
        move, detail = deed.rpartition(".")[2], json.loads(raw)
        if deed == RESEALED:
            for one, seal in detail["seals"].items():
                told.setdefault(one, Told()).seal = seal  # one that is gone from the trail is a fault, named as such
            continue
        record = told.setdefault(subject, Told())
        if move in MOVES:
            record.state = detail["to"]
            record.points = detail.get("points", record.points)
            record.seal = detail.get("seal", record.seal)
            record.why = detail.get("why", record.why)
        if move in SEALING:
            record.asked = True
            record.sealed = record.sealed or "seal" in detail
        if move in _SIGNING:
            record.signers = (*record.signers, actor)
        if move in DECIDING:
            record.decided = (actor, at)
    return told


def _rows(conn: sa.Connection) -> Iterator[tuple[str, str, str, str, datetime]]:
    columns = (audit.c.subject, audit.c.deed, audit.c.actor, audit.c.detail, audit.c.at)
    where = sa.or_(audit.c.subject.startswith("P_", autoescape=True), audit.c.deed == RESEALED)
    query = sa.select(*columns).where(where).order_by(audit.c.seq)
    for row in conn.execute(query, execution_options={"yield_per": _AT_ONCE}):
        if not row.deed.endswith(".refused"):
            yield row.subject, row.deed, row.actor, row.detail, row.at


def _as_told(row: sa.RowMapping, record: Told, vault: Vault) -> bool:
    decided = (row["decided_by"], row["decided_at"]) if row["decided_by"] is not None else None
    if (row["state"], tuple(row["approvers"]), decided) != (record.state, record.signers, record.decided):
        return False
    if record.unsealed:
        request = readable(row, vault)
        return row["private"] is None or (request is not None and row["parameters_hash"] == unkeyed_seal(request))
    points: Any = row["points"]
    why = [reason["code"] for reason in row["verdict"].get("reasons", ())]
    moved = (None if points is None else Decimal(str(points)), why)
    if moved != (None if record.points is None else Decimal(record.points), record.why):
        return False
    if row["parameters_hash"] is None:
        return record.seal is None or row["private"] is None  # not asked for yet, or erased
    if row["parameters_hash"] != record.seal:
        return False
    request = readable(row, vault)
    return row["private"] is None or (request is not None and untouched(vault, request))
