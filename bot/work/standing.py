"""What every click and every effect needs: the rules' view of the store, the vendors' present state, the audit."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from bot.cases import (
    Actor,
    Deed,
    Proposal,
    ProposalState,
    Reason,
    Standing,
    Vault,
    Verdict,
    audit,
    authorize,
    bulk_customers,
    evidence,
    proposal_store,
    switches,
    writing,
)
from bot.cases.signatures import change_days
from bot.cases.signs import clues_of, past_of, signs
from bot.config import StaffMember
from bot.effects import KINDS, Check, Kind
from bot.words import Words
from bot.work.grounds import staff_references
from bot.work.house import House
from connectors.errors import VendorError
from connectors.transport import deadline

log = logging.getLogger(__name__)

_SIGNED = (Deed.SUBMIT, Deed.APPROVE, Deed.BREAK_GLASS)
"""Where signs of misuse are looked for: where somebody will read them."""


def kind_of(proposal: Proposal) -> Kind:
    """The module of this proposal's kind."""
    return KINDS[proposal.kind]


def judge(house: House, conn: sa.Connection, actor: Actor, deed: Deed, proposal: Proposal) -> Verdict:
    """The rules, with the sums and switches of this very transaction; other decisions at the store wait for it."""
    proposal_store.serialise_decisions(conn)
    now = house.clock()
    history = proposal_store.history_of(
        conn,
        proposal,
        requester=actor.user_id if deed is Deed.SUBMIT else proposal.requester,
        now=now,
        change_days=change_days(proposal, house.config.policy),
    )
    if proposal.points is not None:
        in_lists = bulk_customers.points_of(conn, proposal, since=now - timedelta(days=7))
        history = history.model_copy(update={"customer_week": history.customer_week + in_lists})
    if deed in _SIGNED:
        history = history.model_copy(update={"signs": _signs(house, conn, proposal, now)})
    balance = proposal.expected.get("balance", proposal.parameters.get("now"))
    store = house.config.store(proposal.store_id)
    standing = Standing(
        read_only=store.read_only,
        paused=switches.is_paused(conn),
        balance=None if balance is None else balance,
        timezone=store.timezone,
        hours=store.hours,
    )
    return authorize(
        actor,
        deed,
        proposal,
        store_id=proposal.store_id,
        policy=house.config.policy,
        now=now,
        history=history,
        standing=standing,
    )


def _signs(house: House, conn: sa.Connection, proposal: Proposal, now: datetime) -> tuple[Reason, ...]:
    """What whoever decides should look at, from our own tables alone."""
    rules = house.config.policy.signs
    known = evidence.latest_evidence(conn, house.vault, proposal.case_id) if proposal.points is not None else {}
    days = max(rules.same_pair_days, rules.refund_days, rules.contact_days)
    past = past_of(conn, proposal, now=now, days=days)
    return signs(proposal, past, clues_of(known, _staff(house.vault, house.config.staff)), rules=rules, now=now)


@lru_cache(maxsize=4)
def _staff(vault: Vault, staff: tuple[StaffMember, ...]) -> frozenset[str]:
    return frozenset(ref for member in staff for ref in staff_references(vault, member))


def deciders(house: House, store_id: str) -> Sequence[Actor]:
    """Who may decide at a store, as far as anybody knows just now: not knowing must not stop a request."""
    try:
        return house.people(store_id)
    except Exception as error:  # noqa: BLE001 - whoever knows the people is outside; roles are named instead
        log.warning("Who may decide at %s could not be found out: %s", store_id, type(error).__name__)
        return ()


def verdict_json(verdict: Verdict, **more: Any) -> dict[str, Any]:
    """The verdict as it is stored: reasons, approvals_needed, dry_run, and `more` (the route)."""
    return {**verdict.model_dump(mode="json", exclude={"allowed"}), **more}


def note_refusal(house: House, conn: sa.Connection, actor: Actor, deed: str, proposal: Proposal, code: str) -> None:
    """No click is ignored: also a refused one is on record."""
    audit.append(
        conn,
        actor=actor.user_id,
        deed=f"{proposal.kind}.refused",
        subject=proposal.id,
        detail={"deed": deed, "code": code},
        now=house.clock(),
    )


def note_shown(house: House, proposal_id: str) -> None:
    """Put on record what evidence the request stood on when it was put before those who decide; once for the same."""
    with writing(house.engine) as conn:
        proposal = proposal_store.get_proposal(conn, house.vault, proposal_id)
        if proposal.state is not ProposalState.SUBMITTED:
            return
        deed, asked = f"{proposal.kind}.shown", (proposal.verdict.get("route") or {}).get("people", [])
        detail = {"evidence": evidence.latest_ids(conn, proposal.case_id), "to": asked}
        last = audit.last_about(conn, proposal_id, deed)
        if last is None or last.detail != audit.canonical(detail):
            audit.append(conn, actor="pointsman", deed=deed, subject=proposal_id, detail=detail, now=house.clock())


def show_later(house: House, conn: sa.Connection, proposal_id: str, seq: int) -> None:
    """Have the proposal's views brought up to date once this transaction is committed."""
    house.work.enqueue(conn, "present", f"{proposal_id}#{seq}")


def glance(house: House, proposal: Proposal) -> Check | None:
    """The vendor's present state at a click; None when it does not answer at once: the effect will look again."""
    try:
        return look(house, proposal, seconds=house.pace.click)
    except VendorError as error:
        log.info("At the click of %s the vendor could not be asked: %s", proposal.id, error.code)
        return None


def look(house: House, proposal: Proposal, *, seconds: float) -> Check:
    """The vendor's present state. Raises VendorError."""
    systems = house.systems(proposal.store_id)
    with deadline(seconds):
        return kind_of(proposal).check(proposal, systems.pos, systems.program)


def refusal_words(verdict: Verdict) -> Words:
    """Why the rules say no: their own sentence in English, that of the code in other languages."""
    first = verdict.reasons[0]
    return Words.known(verdict.sentence, f"refused.{first.code}", **first.values)


def would_send(proposal: Proposal) -> Words:
    """What a read-only store shows instead of doing it."""
    return Words.of("outcome.read_only", what=kind_of(proposal).preview(proposal).would_send)


def ran_out(proposal: Proposal, now: datetime) -> bool:
    """Whether the time to decide is over."""
    return proposal.expires_at is not None and now >= proposal.expires_at
