"""One customer's erasure: find everything that is theirs, and forget it. Decisions, sums and the audit trail stay; what
they refer to by a reference (HMAC) nobody can name any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict

from bot.cases import bulk_erasure
from bot.cases.bulk_models import OPEN as OPEN_LISTS
from bot.cases.proposal_store import OPEN
from bot.cases.tables import bulk_rows, bulk_runs, cases, evidence, inbox, labels, proposals, snapshots
from bot.cases.vault import Vault

Names = Callable[[str], bool]
"""Whether a text names the customer."""
_AT_ONCE = 500
_KEPT = frozenset(
    (
        "code",
        "attempt",
        "asked",
        "on_the_word",
        "resolved_by_hand",
        "before",
        "after",
        "undone_by",
        "renewed_as",
    )
)
"""What stays of a change's result: how it ended, not the sentences, which may name vendors' ids."""


_NAMELESS = frozenset(("finding", "mode", "once"))
"""What stays of an offer: a keyed reference of the redemption or receipt too, so that it is not made good twice."""
_THEIR_OWN = frozenset(("customer", "member"))
"""Facts that are a record of the customer whom a case is about; others may name somebody besides."""
TABLES = tuple(t.name for t in (cases, evidence, inbox, labels, proposals, snapshots, bulk_runs, bulk_rows))
"""Where something personal lies."""


class Found(BaseModel):
    """What belongs to one customer: ids. customers: in the register. rows: of lists. under_way: changes and lists that
    are not decided or not done yet; they go first."""

    model_config = ConfigDict(frozen=True)
    cases: frozenset[str] = frozenset()
    proposals: frozenset[str] = frozenset()
    arrivals: frozenset[str] = frozenset()
    rows: frozenset[bulk_erasure.Place] = frozenset()
    customers: frozenset[str] = frozenset()
    facts: int = 0
    under_way: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Nobody of that description is known here."""
        return not (self.cases or self.proposals or self.arrivals or self.rows)


def find(conn: sa.Connection, vault: Vault, *, refs: frozenset[str], about: frozenset[str], names: Names) -> Found:
    """Everything of the customer with one of these contact references (`refs`) or customer references (`about`), or
    whom what was said, found or typed names: every stored text is decrypted and read once. What else is kept of the
    same record goes too, under whichever number; of another customer who was looked up beside them, nothing more."""
    theirs = {row.id for row, _ in _sealed(conn, vault, cases, names)}
    theirs |= {row.case_id for row, _ in _sealed(conn, vault, proposals, names)}
    own, ids = set(), set()
    for row, opened in _sealed(conn, vault, evidence, names):
        theirs.add(row.case_id)
        if row.fact in _THEIR_OWN:
            own.add(row.case_id)
        if row.fact == "customer" and isinstance(opened.get("value"), dict):
            ids.add(str(opened["value"].get("id") or ""))
    contacts = conn.execute(sa.select(proposals.c.case_id, proposals.c.customer_refs)).all()
    own |= {case_id for case_id, theirs_too in contacts if refs & set(theirs_too)}
    own_refs = set(about)
    for table, column in ((cases, cases.c.id), (proposals, proposals.c.case_id)):
        known = sa.select(column, table.c.customer_ref).where(table.c.customer_ref.is_not(None))
        own_refs |= {ref for case_id, ref in conn.execute(known).all() if case_id in own}
    theirs |= own
    for table, column in ((cases, cases.c.id), (proposals, proposals.c.case_id)):
        for part in _parts(own_refs):
            theirs |= set(conn.execute(sa.select(column).where(table.c.customer_ref.in_(part))).scalars())
    found = _belonging(conn, vault, theirs, names)
    in_lists, lists = bulk_erasure.rows_of(
        conn, vault, refs=refs, about=frozenset(own_refs), said=lambda value: any(map(names, _texts(value)))
    )
    under_way = (*found.under_way, *lists)
    return found.model_copy(update={"rows": in_lists, "customers": frozenset(ids - {""}), "under_way": under_way})


def under_way(conn: sa.Connection, found: Found) -> tuple[str, ...]:
    """Which of the changes and lists that were found are open as things stand now."""
    open_ones: list[str] = []
    for part in _parts(found.proposals):
        where = (proposals.c.id.in_(part), proposals.c.state.in_(OPEN))
        open_ones += conn.execute(sa.select(proposals.c.id).where(*where)).scalars()
    for part in _parts({run for run, _ in found.rows}):
        going = (bulk_runs.c.id.in_(part), bulk_runs.c.state.in_([s.value for s in OPEN_LISTS]))
        open_ones += conn.execute(sa.select(bulk_runs.c.id).where(*going)).scalars()
    return tuple(sorted(open_ones))


def _belonging(conn: sa.Connection, vault: Vault, theirs: set[str], names: Names) -> Found:
    changes, arrivals, open_ones, facts = set(), set(), [], 0
    for part in _parts(theirs):
        for row in conn.execute(sa.select(proposals.c.id, proposals.c.state).where(proposals.c.case_id.in_(part))):
            changes.add(row.id)
            if row.state in OPEN:
                open_ones.append(row.id)
        arrivals |= set(conn.execute(sa.select(inbox.c.key).where(inbox.c.case_id.in_(part))).scalars())
        counted = sa.select(sa.func.count()).where(evidence.c.case_id.in_(part), evidence.c.value.is_not(None))
        facts += conn.execute(counted).scalar_one()
    arrivals |= {row.key for row, _ in _sealed(conn, vault, inbox, names)}
    return Found(
        cases=frozenset(theirs),
        proposals=frozenset(changes),
        arrivals=frozenset(arrivals),
        facts=facts,
        under_way=tuple(sorted(open_ones)),
    )


def _sealed(conn: sa.Connection, vault: Vault, table: sa.Table, names: Names) -> Iterator[tuple[sa.Row[Any], Any]]:
    """Rows whose encrypted columns name the customer, with the first such column's value; read a few at a time."""
    sealed = [c for c in table.c if isinstance(c.type, sa.LargeBinary)]
    query = sa.select(table).where(sa.or_(*(c.is_not(None) for c in sealed)))
    for row in conn.execute(query, execution_options={"yield_per": _AT_ONCE}):
        for blob in (row._mapping[c.name] for c in sealed):
            opened = vault.decrypt(blob) if blob is not None else None
            if any(names(text) for text in _texts(opened)):
                yield row, opened
                break


def _texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value; numbers too, since a phone may be stored as one."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield str(value)


def erase(conn: sa.Connection, found: Found) -> None:
    """Forget it all, in the caller's writing transaction. What is under way must have ended before."""
    for part in _parts(found.cases):
        conn.execute(cases.update().where(cases.c.id.in_(part)).values(private=None, diagnosis=None, customer_ref=None))
        conn.execute(evidence.update().where(evidence.c.case_id.in_(part)).values(value=None))
        conn.execute(labels.delete().where(labels.c.case_id.in_(part)))
    for part in _parts(found.proposals):
        _erase_proposals(conn, part)
    bulk_erasure.forget(conn, found.rows)
    for part in _parts(found.arrivals):
        conn.execute(inbox.update().where(inbox.c.key.in_(part)).values(payload=None))


def _erase_proposals(conn: sa.Connection, ids: list[str]) -> None:
    """What was decided, by whom and how many points stays; whom it was for goes, the vendors' ids included."""
    columns = (proposals.c.id, proposals.c.offer, proposals.c.expected, proposals.c.result)
    for row in conn.execute(sa.select(*columns).where(proposals.c.id.in_(ids))).all():
        values: dict[str, Any] = {
            "offer": {k: v if k in _NAMELESS else "erased" for k, v in row.offer.items()},
            "expected": {k: v if k == "balance" else "erased" for k, v in row.expected.items()},
            "result": {k: _plain(v) for k, v in row.result.items() if k in _KEPT},
            "private": None,
            "parameters_hash": None,
            "customer_refs": [],
            "customer_ref": None,
        }
        conn.execute(proposals.update().where(proposals.c.id == row.id).values(**values))


def _plain(value: Any) -> Any:
    """Of what the provider showed before and after, the figures: not whose they are."""
    return {k: v if k == "balance" else "erased" for k, v in value.items()} if isinstance(value, dict) else value


def _parts(ids: Iterable[str]) -> Iterator[list[str]]:
    """A few hundred at a time: databases limit how many values a statement may name."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]
