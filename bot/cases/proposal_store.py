"""Proposals in and out of the database, and the sums that the rules look at."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any, Literal

import sqlalchemy as sa
from pydantic import ValidationError
from pydantic_core import to_jsonable_python

from bot.cases.audit import canonical
from bot.cases.case_store import new_id
from bot.cases.models import History, Proposal, ProposalState
from bot.cases.tables import audit as trail
from bot.cases.tables import proposals
from bot.cases.vault import Vault
from bot.errors import ConfigError

POINT_KINDS = ("adjust_points", "refund_redemption", "record_purchase")
SEALING = frozenset({"submit", "confirm", "sign", "approve", "break_glass"})
"""Moves that put the seal on record: one of them did, and the request is of no older version."""
CONTACT_KINDS = ("relink", "correct_contact")
"""Both change a phone or an e-mail: a change by one of them is followed by a second, by whichever."""
_COUNTED = tuple(
    s.value
    for s in (
        ProposalState.SUBMITTED,
        ProposalState.APPROVED,
        ProposalState.SENDING,
        ProposalState.DONE,
        ProposalState.UNKNOWN,
        ProposalState.UNDONE,
    )
)


def seal_of(vault: Vault, proposal: Proposal) -> str:
    """What a signature binds: who asks for what, for whom, on what it stands, and every parameter. Keyed, since a plain
    hash of a phone could be guessed back, and could be made anew by whoever writes to the database. A version that
    binds otherwise keeps this beside it, as `unkeyed_seal` is kept: else what waits meanwhile reads as changed."""
    whose = [proposal.id, proposal.store_id, proposal.requester, proposal.customer_ref, sorted(proposal.customer_refs)]
    what = [proposal.kind, proposal.offer, proposal.expected, proposal.parameters, proposal.undo_of]
    return vault.ref(f"proposal:{canonical(to_jsonable_python([*whose, *what]))}")


def untouched(vault: Vault, proposal: Proposal) -> bool:
    """Whether the request is the one that was frozen when it was asked for."""
    return proposal.parameters_hash == seal_of(vault, proposal)


def unkeyed_seal(proposal: Proposal) -> str:
    """What older versions bound: the kind and every parameter, without a key."""
    return sha256(canonical([proposal.kind, to_jsonable_python(proposal.parameters)]).encode()).hexdigest()


def seal_fault(conn: sa.Connection, vault: Vault, proposal: Proposal) -> Literal["", "older", "tampered"]:
    """What is wrong with the request's seal. "older": asked for in a version that made other seals, as the trail says,
    which has none of it, in no row of those that put one there. Neither is carried out."""
    if untouched(vault, proposal):
        return ""
    c = trail.c
    rows = conn.execute(sa.select(c.deed, c.detail).where(c.subject == proposal.id)).all()
    told = [json.loads(row.detail) for row in rows if row.deed.rpartition(".")[2] in SEALING]
    unsealed = bool(told) and not any("seal" in detail for detail in told)
    return "older" if unsealed and proposal.parameters_hash == unkeyed_seal(proposal) else "tampered"


def new_proposal(
    conn: sa.Connection,
    vault: Vault,
    *,
    case_id: str,
    store_id: str,
    team_id: str,
    kind: str,
    requester: str,
    customer_ref: str | None,
    customer_refs: Iterable[str],
    offer: Mapping[str, Any],
    shown: Mapping[str, Any],
    expected: Mapping[str, Any],
    now: datetime,
    expires_at: datetime,
    undo_of: str | None = None,
) -> Proposal:
    """Store a fix that is offered: no parameters yet. Raises IntegrityError for a case that does not exist."""
    proposal_id = new_id("P")
    row = {
        "id": proposal_id,
        "case_id": case_id,
        "store_id": store_id,
        "team_id": team_id,
        "kind": kind,
        "state": ProposalState.OFFERED.value,
        "requester": requester,
        "customer_ref": customer_ref,
        "customer_refs": sorted(customer_refs),
        "offer": to_jsonable_python(dict(offer)),
        "private": vault.encrypt({"parameters": {}, "shown": dict(shown)}),
        "expected": to_jsonable_python(dict(expected)),
        "verdict": {},
        "operation_id": new_operation_id(),
        "approvers": [],
        "undo_of": undo_of,
        "created_at": now,
        "expires_at": expires_at,
        "result": {},
    }
    conn.execute(proposals.insert().values(**row))
    return get_proposal(conn, vault, proposal_id)


_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_operation_id() -> str:
    """The key of "once", short because it stands in the provider's note: 50 random bits, without letters that are taken
    for digits. That no two are the same is kept by the database."""
    return "op_" + "".join(secrets.choice(_ALPHABET) for _ in range(10))


def sealed(vault: Vault, *, parameters: Mapping[str, Any], shown: Mapping[str, Any]) -> bytes:
    """The column that holds what may be personal."""
    return vault.encrypt({"parameters": dict(parameters), "shown": dict(shown)})


def get_proposal(conn: sa.Connection, vault: Vault, proposal_id: str, *, lock: bool = False) -> Proposal:
    """The proposal with this id; `lock` keeps others from changing it until the transaction ends. Raises KeyError."""
    query = sa.select(proposals).where(proposals.c.id == proposal_id)
    row = conn.execute(query.with_for_update() if lock else query).mappings().first()
    if row is None:
        raise KeyError(proposal_id)
    return from_row(row, vault)


def proposals_of_case(conn: sa.Connection, vault: Vault, case_id: str) -> Sequence[Proposal]:
    """All proposals of a case, oldest first."""
    query = sa.select(proposals).where(proposals.c.case_id == case_id).order_by(proposals.c.created_at, proposals.c.id)
    return [from_row(row, vault) for row in conn.execute(query).mappings()]


def proposals_in(
    conn: sa.Connection, vault: Vault, states: Iterable[ProposalState], *, store_ids: Iterable[str] | None = None
) -> Sequence[Proposal]:
    """All proposals in these states, at these stores (None: everywhere), oldest first: desks and sweeps."""
    where = [proposals.c.state.in_([s.value for s in states])]
    if store_ids is not None:
        where.append(proposals.c.store_id.in_(list(store_ids)))
    query = sa.select(proposals).where(*where).order_by(proposals.c.created_at, proposals.c.id)
    return [from_row(row, vault) for row in conn.execute(query).mappings()]


def under_way(conn: sa.Connection, vault: Vault, proposal: Proposal) -> Proposal | None:
    """Another proposal of the same kind on the same customer and store that is open, running or unknown."""
    open_states = ("submitted", "approved", "sending", "unknown")
    where = (
        proposals.c.store_id == proposal.store_id,
        proposals.c.customer_ref == proposal.customer_ref,
        proposals.c.kind == proposal.kind,
        proposals.c.state.in_(open_states),
        proposals.c.id != proposal.id,
    )
    row = conn.execute(sa.select(proposals).where(*where)).mappings().first()
    return None if row is None else from_row(row, vault)


def made_before(conn: sa.Connection, vault: Vault, proposal: Proposal, once: str) -> Proposal | None:
    """Another proposal of this kind at this store for the very same thing (`offer["once"]`, a reference) that is open,
    running, unknown or done; one that was undone counts no more."""
    c = proposals.c
    states = (*OPEN, ProposalState.DONE.value)
    where = (
        c.store_id == proposal.store_id,
        c.kind == proposal.kind,
        c.offer["once"].as_string() == once,
        c.state.in_(states),
        c.undo_of.is_(None),
        c.id != proposal.id,
    )
    row = conn.execute(sa.select(proposals).where(*where)).mappings().first()
    return None if row is None else from_row(row, vault)


def history_of(conn: sa.Connection, proposal: Proposal, *, requester: str, now: datetime, change_days: int) -> History:
    """What was asked for lately by this person, for this customer, at this store; undos are not counted.

    A customer's points are summed over all stores, where one of their contacts is the same."""
    day, week = now - timedelta(days=1), now - timedelta(days=7)
    c = proposals.c
    others = (c.id != proposal.id, c.state.in_(_COUNTED))
    fresh, this_kind = c.undo_of.is_(None), c.kind == proposal.kind
    changing = c.kind.in_(CONTACT_KINDS) if proposal.kind in CONTACT_KINDS else this_kind
    by_them = sa.and_(c.requester == requester, c.submitted_at >= day)
    for_them = _of_customer(proposal)
    this_week = sa.and_(for_them, c.submitted_at >= week)
    here = sa.and_(c.store_id == proposal.store_id, c.submitted_at >= day)

    def points(*where: sa.ColumnElement[bool]) -> Decimal:
        total = sa.func.coalesce(sa.func.sum(sa.func.abs(c.points)), 0)
        found = conn.execute(sa.select(total).where(*others, fresh, c.kind.in_(POINT_KINDS), *where))
        return Decimal(str(found.scalar_one()))

    def times(*where: sa.ColumnElement[bool], of: sa.ColumnElement[bool] = this_kind) -> int:
        return conn.execute(sa.select(sa.func.count()).where(*others, of, *where)).scalar_one()

    last = sa.select(sa.func.max(c.sending_since)).where(*others, fresh, this_kind, for_them)
    return History(
        requester_day=points(by_them),
        customer_week=_of_person(conn, proposal, since=week),
        store_day=points(here),
        changes=times(for_them, c.submitted_at >= now - timedelta(days=change_days), of=changing),
        requester_times=times(fresh, by_them),
        customer_times=times(fresh, this_week),
        store_times=times(fresh, here),
        last_change=conn.execute(last).scalar(),
    )


def _of_person(conn: sa.Connection, proposal: Proposal, *, since: datetime) -> Decimal:
    """Points of the same customer at whichever store, by the register's record or by one of their contacts. The week's
    rows are found by their time alone, and looked through here: a database would go through all there ever were."""
    c = proposals.c
    columns = (c.id, c.state, c.kind, c.store_id, c.customer_ref, c.customer_refs, c.points)
    week = sa.select(*columns).where(c.submitted_at >= since, c.points.is_not(None), c.undo_of.is_(None))
    return sum(
        (
            abs(row.points)
            for row in conn.execute(week)
            if row.id != proposal.id
            and row.state in _COUNTED
            and row.kind in POINT_KINDS
            and (
                (row.store_id, row.customer_ref) == (proposal.store_id, proposal.customer_ref or "")
                or not proposal.customer_refs.isdisjoint(row.customer_refs)
            )
        ),
        Decimal(0),
    )


def _of_customer(proposal: Proposal) -> sa.ColumnElement[bool]:
    """Of the same customer at the same store; a request of nobody is nobody's."""
    c = proposals.c
    if proposal.customer_ref is None:
        return sa.false()
    return sa.and_(c.store_id == proposal.store_id, c.customer_ref == proposal.customer_ref)


def note_result(conn: sa.Connection, proposal: Proposal, result: Mapping[str, Any]) -> bool:
    """Write the result without changing the state; False when the state is not the one that was read any more."""
    same = (proposals.c.id == proposal.id, proposals.c.state == proposal.state.value)
    statement = proposals.update().where(*same).values(result=to_jsonable_python(dict(result)))
    return conn.execute(statement).rowcount == 1


OPEN = tuple(
    s.value for s in (ProposalState.SUBMITTED, ProposalState.APPROVED, ProposalState.SENDING, ProposalState.UNKNOWN)
)
"""What is still under way: it needs its parameters."""


def erase_private(conn: sa.Connection, *, before: datetime) -> int:
    """Forget the phones, comments and reasons of old changes that are not under way; what was decided, by whom, and
    how many points stays. Returns how many were erased."""
    c = proposals.c
    old = (c.created_at < before, c.state.not_in(OPEN), c.private.is_not(None))
    return conn.execute(proposals.update().where(*old).values(private=None)).rowcount


def serialise_decisions(conn: sa.Connection) -> None:
    """Make decisions wait for each other until the transaction ends: limits are sums over rows, those of a person and
    of a customer over the rows of every store."""
    if conn.dialect.name == "postgresql":  # SQLite's BEGIN IMMEDIATE serialises already
        conn.exec_driver_sql("SELECT pg_advisory_xact_lock(7061004)")


def from_row(row: sa.RowMapping, vault: Vault) -> Proposal:
    """The proposal of a row of the table; what was erased of it is empty."""
    private = vault.decrypt(row["private"]) if row["private"] is not None else {}
    fields = {k: v for k, v in row.items() if k in Proposal.model_fields}
    return Proposal(**{**fields, "parameters": private.get("parameters", {}), "shown": private.get("shown", {})})


def readable(row: sa.RowMapping, vault: Vault) -> Proposal | None:
    """As `from_row`; None where something of it cannot be read: damaged, or under a key that is not at hand."""
    try:
        return from_row(row, vault)
    except (ConfigError, ValidationError):
        return None
