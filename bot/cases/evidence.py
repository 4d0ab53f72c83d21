"""What was looked up for a case: kept encrypted, so that a case can be replayed, and erasable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.cases.tables import evidence
from bot.cases.vault import Vault


def add_evidence(conn: sa.Connection, vault: Vault, case_id: str, items: Iterable[Mapping[str, Any]]) -> None:
    """Store facts as found; each is an Evidence dumped in Python mode (keys fact, source, at, failure_code, …)."""
    rows = [
        {
            "case_id": case_id,
            "fact": item["fact"],
            "source": item["source"],
            "at": item["at"],
            "failure_code": item.get("failure_code"),
            "value": vault.encrypt(dict(item)),
        }
        for item in items
    ]
    if rows:
        conn.execute(evidence.insert(), rows)


def latest_evidence(
    conn: sa.Connection, vault: Vault, case_id: str, *, since: datetime | None = None
) -> dict[str, dict[str, Any]]:
    """The newest row of each fact (JSON of an Evidence), not older than `since`."""
    where = [evidence.c.case_id == case_id, evidence.c.value.is_not(None)]
    if since is not None:
        where.append(evidence.c.at >= since)
    rows = conn.execute(sa.select(evidence).where(*where).order_by(evidence.c.at, evidence.c.id)).mappings()
    return {row["fact"]: vault.decrypt(row["value"]) for row in rows}


def latest_ids(conn: sa.Connection, case_id: str) -> list[int]:
    """The ids of the newest row of each fact: what people who look at the case now are shown."""
    newest = sa.select(sa.func.max(evidence.c.id)).where(evidence.c.case_id == case_id).group_by(evidence.c.fact)
    return sorted(conn.execute(newest).scalars())


def erase_evidence(conn: sa.Connection, *, before: datetime) -> int:
    """Forget the values of old evidence; what was asked, when and where stays. Returns how many were erased."""
    old = sa.and_(evidence.c.at < before, evidence.c.value.is_not(None))
    return conn.execute(evidence.update().where(old).values(value=None)).rowcount
