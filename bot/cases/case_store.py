"""Cases in and out of the database. Changes are conditional on the version that was read."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.cases.models import Case, CaseState
from bot.cases.sql import insert_once
from bot.cases.tables import cases
from bot.cases.vault import Vault

_SEALED = ("private", "diagnosis")


def new_id(prefix: str) -> str:
    """A fresh id, such as `C_3f9a…`: 96 random bits."""
    return f"{prefix}_{secrets.token_hex(12)}"


def open_case(
    conn: sa.Connection,
    vault: Vault,
    *,
    team_id: str,
    channel: str,
    thread_ts: str,
    asked_ts: str,
    asker: str,
    now: datetime,
    state: CaseState = CaseState.NEW,
    store_id: str | None = None,
    language: str = "en",
    private: Mapping[str, Any] | None = None,
    match: Mapping[str, Any] | None = None,
    playbook: str | None = None,
) -> tuple[Case, bool]:
    """The case of the message (team, channel, asked_ts), and whether it was opened just now."""
    opened = insert_once(
        conn,
        cases,
        {
            "id": new_id("C"),
            "team_id": team_id,
            "channel": channel,
            "thread_ts": thread_ts,
            "asked_ts": asked_ts,
            "asker": asker,
            "store_id": store_id,
            "state": state.value,
            "playbook": playbook,
            "language": language,
            "private": vault.encrypt(dict(private or {})),
            "match": None if match is None else dict(match),
            "created_at": now,
            "updated_at": now,
            "version": 1,
        },
    )
    where = (cases.c.team_id == team_id, cases.c.channel == channel, cases.c.asked_ts == asked_ts)
    return _case(conn.execute(sa.select(cases).where(*where)).mappings().one(), vault), opened


def case_asked(conn: sa.Connection, vault: Vault, *, team_id: str, channel: str, asked_ts: str) -> Case | None:
    """The case that this very message opened, or None."""
    where = (cases.c.team_id == team_id, cases.c.channel == channel, cases.c.asked_ts == asked_ts)
    return _one(conn, vault, sa.select(cases).where(*where))


def case_in_thread(conn: sa.Connection, vault: Vault, *, team_id: str, channel: str, thread_ts: str) -> Case | None:
    """The latest case of a thread, or None."""
    where = (cases.c.team_id == team_id, cases.c.channel == channel, cases.c.thread_ts == thread_ts)
    return _one(conn, vault, sa.select(cases).where(*where).order_by(cases.c.created_at.desc(), cases.c.id.desc()))


def cases_at(conn: sa.Connection, vault: Vault, *, channel: str, ts: str) -> Sequence[Case]:
    """The cases that a message opened, or that live in its thread, newest first."""
    where = (cases.c.channel == channel, sa.or_(cases.c.asked_ts == ts, cases.c.thread_ts == ts))
    return _all(conn, vault, sa.select(cases).where(*where).order_by(cases.c.created_at.desc()))


def get_case(conn: sa.Connection, vault: Vault, case_id: str) -> Case:
    """The case with this id. Raises KeyError."""
    found = _one(conn, vault, sa.select(cases).where(cases.c.id == case_id))
    if found is None:
        raise KeyError(case_id)
    return found


def change_case(conn: sa.Connection, vault: Vault, case: Case, *, now: datetime, **changes: Any) -> Case | None:
    """Write fields of `Case` as they should be, if nobody changed the case since it was read; None if somebody did."""
    values = {k: v.value if isinstance(v, CaseState) else v for k, v in changes.items()}
    for name in _SEALED:
        if values.get(name) is not None:
            values[name] = vault.encrypt(values[name])
    statement = (
        cases.update()
        .where(cases.c.id == case.id, cases.c.version == case.version)
        .values(**values, updated_at=now, version=case.version + 1)
    )
    return get_case(conn, vault, case.id) if conn.execute(statement).rowcount == 1 else None


def cases_about(
    conn: sa.Connection, vault: Vault, *, store_id: str, customer_ref: str, since: datetime, besides: str = ""
) -> Sequence[Case]:
    """Other cases about one customer, newest first: two people asking at once should know of each other."""
    where = (
        cases.c.store_id == store_id,
        cases.c.customer_ref == customer_ref,
        cases.c.created_at >= since,
        cases.c.id != besides,
    )
    return _all(conn, vault, sa.select(cases).where(*where).order_by(cases.c.created_at.desc()))


def cases_of(conn: sa.Connection, vault: Vault, asker: str, *, limit: int = 20) -> Sequence[Case]:
    """What one person asked, newest first."""
    return _all(
        conn, vault, sa.select(cases).where(cases.c.asker == asker).order_by(cases.c.created_at.desc()).limit(limit)
    )


def cases_since(conn: sa.Connection, vault: Vault, since: datetime) -> Sequence[Case]:
    """Everything asked since then, oldest first: for reports and for learning."""
    return _all(conn, vault, sa.select(cases).where(cases.c.created_at >= since).order_by(cases.c.created_at))


def escalated_cases(conn: sa.Connection, vault: Vault, *, limit: int = 50) -> Sequence[Case]:
    """Support's queue, oldest first."""
    where = cases.c.state == CaseState.ESCALATED.value
    return _all(conn, vault, sa.select(cases).where(where).order_by(cases.c.escalated_at).limit(limit))


def erase_private(conn: sa.Connection, *, before: datetime) -> int:
    """Forget what was said and found in cases that nobody touched since, those that support let lie included. Returns
    how many were erased."""
    old = (
        cases.c.updated_at < before,
        sa.or_(cases.c.private.is_not(None), cases.c.diagnosis.is_not(None)),
    )
    return conn.execute(cases.update().where(*old).values(private=None, diagnosis=None)).rowcount


def _one(conn: sa.Connection, vault: Vault, query: sa.Select[Any]) -> Case | None:
    row = conn.execute(query.limit(1)).mappings().first()
    return None if row is None else _case(row, vault)


def _all(conn: sa.Connection, vault: Vault, query: sa.Select[Any]) -> list[Case]:
    return [_case(row, vault) for row in conn.execute(query).mappings()]


def _case(row: sa.RowMapping, vault: Vault) -> Case:
    opened = {name: None if row[name] is None else vault.decrypt(row[name]) for name in _SEALED}
    return Case(**{**row, **opened, "private": opened["private"] or {}})
