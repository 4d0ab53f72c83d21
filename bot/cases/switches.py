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


def set_paused(conn: sa.Connection, *, paused: bool, reason: str, by: str, now: datetime) -> None:
    """Stop all effects, or let them run again."""
    set_switch(conn, PAUSED, {"on": paused, "reason": reason}, by=by, now=now)


def is_paused(conn: sa.Connection) -> bool:
    """Whether all effects are stopped."""
    value = get_switch(conn, PAUSED)
    return bool(value and value["on"])


def paused_because(conn: sa.Connection) -> str | None:
    """Why, in the words of whoever paused, "" where they gave none; None when effects run."""
    value = get_switch(conn, PAUSED)
    return str(value["reason"]) if value and value["on"] else None
