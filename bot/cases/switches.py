"""Facts about the whole house, such as the pause of all effects."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.cases.sql import upsert
from bot.cases.tables import switches

PAUSED = "paused"


def set_switch(conn: sa.Connection, name: str, value: Any, *, by: str, now: datetime) -> None:
    """Set or overwrite a switch; `value` is JSON."""
    upsert(conn, switches, {"name": name, "value": value, "set_by": by, "set_at": now}, key="name")


def get_switch(conn: sa.Connection, name: str) -> Any:
    """The switch's JSON value; None when it was never set."""
    return conn.execute(sa.select(switches.c.value).where(switches.c.name == name)).scalar()


def is_paused(conn: sa.Connection) -> bool:
    """Whether all effects are stopped. Only a stored `true` pauses; only a stored `true` keeps it so."""
    return get_switch(conn, PAUSED) is True
