"""The last nightly points of each store whose register keeps its own: encrypted like evidence, one row a store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict

from bot.cases.sql import upsert
from bot.cases.tables import snapshots
from bot.cases.vault import Vault


class Kept(BaseModel):
    """When a store's points were fetched, and the moment they were true."""

    model_config = ConfigDict(frozen=True)
    taken_at: datetime
    as_of: datetime


def keep(conn: sa.Connection, vault: Vault, store_id: str, value: Any, *, kept: Kept) -> bool:
    """Store what was fetched (any JSON-safe value), instead of what was there; False when that is newer."""
    there = times(conn).get(store_id)
    if there is not None and there.taken_at > kept.taken_at:
        return False
    row = {"store_id": store_id, **kept.model_dump(), "value": vault.encrypt(value)}
    upsert(conn, snapshots, row, key="store_id")
    return True


def times(conn: sa.Connection) -> Mapping[str, Kept]:
    """Every store that has points here, by its id."""
    known = sa.select(snapshots.c.store_id, snapshots.c.taken_at, snapshots.c.as_of)
    rows = conn.execute(known.where(snapshots.c.value.is_not(None)))
    return {row.store_id: Kept(taken_at=row.taken_at, as_of=row.as_of) for row in rows}


def read(conn: sa.Connection, vault: Vault, store_id: str) -> Any:
    """The JSON that was stored; None where nothing is, or it was erased."""
    blob = conn.execute(sa.select(snapshots.c.value).where(snapshots.c.store_id == store_id)).scalar()
    return None if blob is None else vault.decrypt(blob)


def erase_old(conn: sa.Connection, *, before: datetime) -> int:
    """Forget what nothing newer replaced in time. Returns of how many stores."""
    old = sa.and_(snapshots.c.taken_at < before, snapshots.c.value.is_not(None))
    return conn.execute(snapshots.update().where(old).values(value=None)).rowcount


def erase_customer(conn: sa.Connection, vault: Vault, customer_id: str) -> int:
    """Forget one customer's points by the register's id; who has read them already reads them anew. Returns at how many
    stores. The next night's file may name them again: it is the register's own."""
    changed = 0
    for row in conn.execute(sa.select(snapshots).where(snapshots.c.value.is_not(None))).all():
        value = vault.decrypt(row.value)
        if value["rows"].pop(customer_id, None) is not None:
            mine = snapshots.c.store_id == row.store_id
            newer = row.taken_at + timedelta(microseconds=1)
            conn.execute(snapshots.update().where(mine).values(value=vault.encrypt(value), taken_at=newer))
            changed += 1
    return changed
