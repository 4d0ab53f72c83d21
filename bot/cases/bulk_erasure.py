"""One customer's rows in lists: found by reference, or by what their encrypted side names; forgotten where the list has
ended. What was done, when and how many points stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from bot.cases.bulk_models import OPEN
from bot.cases.bulk_store import AT_ONCE, FORGOTTEN
from bot.cases.tables import bulk_rows, bulk_runs
from bot.cases.vault import Vault

Place = tuple[str, int]
"""A list's id, and a row's number in it."""
_OPEN = tuple(state.value for state in OPEN)


def rows_of(
    conn: sa.Connection, vault: Vault, *, refs: frozenset[str], about: frozenset[str], said: Callable[[Any], bool]
) -> tuple[frozenset[Place], tuple[str, ...]]:
    """The customer's rows, and the lists among theirs that have not ended. `said` tells whether a decrypted value names
    the customer: every stored one is read once."""
    c = bulk_rows.c
    known = sa.or_(c.phone_ref.in_(sorted(refs)), c.email_ref.in_(sorted(refs)), c.customer_ref.in_(sorted(about)))
    found = {(run, number) for run, number in conn.execute(sa.select(c.run_id, c.number).where(known)).all()}
    query = sa.select(c.run_id, c.number, c.private).where(c.private.is_not(None))
    for row in conn.execute(query, execution_options={"yield_per": AT_ONCE}):
        if (row.run_id, row.number) not in found and said(vault.decrypt(row.private)):
            found.add((row.run_id, row.number))
    runs = sorted({run for run, _ in found})
    where = (bulk_runs.c.id.in_(runs), bulk_runs.c.state.in_(_OPEN))
    return frozenset(found), tuple(sorted(conn.execute(sa.select(bulk_runs.c.id).where(*where)).scalars()))


def forget(conn: sa.Connection, places: Iterable[Place]) -> None:
    """Forget whom these rows were for, in the caller's writing transaction."""
    by_run: dict[str, list[int]] = {}
    for run, number in places:
        by_run.setdefault(run, []).append(number)
    for run, numbers in by_run.items():
        for part in _parts(sorted(numbers)):
            where = (bulk_rows.c.run_id == run, bulk_rows.c.number.in_(part))
            conn.execute(bulk_rows.update().where(*where).values(**FORGOTTEN))


def _parts(numbers: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(numbers), AT_ONCE):
        yield numbers[start : start + AT_ONCE]
