"""What came in, stored before it is acknowledged. The key makes a retry, or a twin event, the same row."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict

from bot.cases.sql import insert_once
from bot.cases.tables import inbox
from bot.cases.vault import Vault


class InboxRow(BaseModel):
    """One stored arrival. payload: None once erased."""

    model_config = ConfigDict(frozen=True)
    key: str
    kind: str
    payload: dict[str, Any] | None
    received_at: datetime
    handled_at: datetime | None
    case_id: str | None


def keep(conn: sa.Connection, vault: Vault, *, key: str, kind: str, payload: Mapping[str, Any], now: datetime) -> bool:
    """Store an arrival; False when `key` is there already (nothing is changed then)."""
    row = {"key": key, "kind": kind, "payload": vault.encrypt(dict(payload)), "received_at": now}
    return insert_once(conn, inbox, row)


def holds(conn: sa.Connection, keys: Collection[str]) -> bool:
    """Whether there is an arrival with one of these keys."""
    return bool(keys) and conn.execute(sa.select(inbox.c.key).where(inbox.c.key.in_(keys)).limit(1)).first() is not None


def read(conn: sa.Connection, vault: Vault, key: str) -> InboxRow | None:
    """The arrival with this key, or None."""
    row = conn.execute(sa.select(inbox).where(inbox.c.key == key)).mappings().first()
    if row is None:
        return None
    blob = row["payload"]
    return InboxRow(**{**row, "payload": None if blob is None else vault.decrypt(blob)})


def remember_case(conn: sa.Connection, key: str, case_id: str) -> None:
    """Bind an arrival to the case it opened, before everything it asks for is done."""
    conn.execute(inbox.update().where(inbox.c.key == key).values(case_id=case_id))


def mark_handled(conn: sa.Connection, key: str, *, now: datetime, case_id: str | None = None) -> None:
    """Say that everything this arrival asked for was done; `case_id` is the case it opened or touched."""
    conn.execute(inbox.update().where(inbox.c.key == key).values(handled_at=now, case_id=case_id))


def unhandled(conn: sa.Connection, *, after: datetime, before: datetime) -> list[str]:
    """Keys of what arrived in this window and was not handled."""
    where = (inbox.c.handled_at.is_(None), inbox.c.received_at > after, inbox.c.received_at < before)
    return list(conn.execute(sa.select(inbox.c.key).where(*where)).scalars())


def erase_payloads(conn: sa.Connection, *, before: datetime) -> int:
    """Forget what arrivals said, keeping their keys; also of those that nobody could handle. Returns how many were
    erased."""
    old = sa.and_(inbox.c.received_at < before, inbox.c.payload.is_not(None))
    return conn.execute(inbox.update().where(old).values(payload=None)).rowcount
