"""The few statements that SQLite and PostgreSQL spell through different classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def insert_once(conn: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> bool:
    """Insert unless a row with the same unique key exists; True when it was inserted."""
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(**row).on_conflict_do_nothing().returning(sa.literal(1))
    return conn.execute(statement).first() is not None


def upsert(conn: sa.Connection, table: sa.Table, row: Mapping[str, Any], *, key: str) -> None:
    """Insert, or overwrite the row with the same `key` column."""
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(table).values(**row)
    rest = {name: insert.excluded[name] for name in row if name != key}
    conn.execute(insert.on_conflict_do_update(index_elements=[key], set_=rest))
