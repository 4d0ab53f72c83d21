"""Fixes become stored proposals: first as offered by a diagnosis, and anew when what they stood on has changed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.cases import Case, Proposal, ProposalState, audit, case_store, move, proposal_store
from bot.cases.database import writing
from bot.effects import KINDS, LOOKS_FIRST, Check, Offer
from bot.words import Words
from bot.work.grounds import about_reference, contact_reference, grounds_of
from bot.work.house import House
from bot.work.outcomes import outcome
from bot.work.standing import show_later
from bot.work.told import Told
from connectors.errors import VendorError
from connectors.transport import deadline

if TYPE_CHECKING:
    from bot.diagnosis import Diagnosis, Systems

log = logging.getLogger(__name__)

SYSTEM = "pointsman"
"""The actor of what the house does by itself."""


def offer_fixes(house: House, case_id: str, diagnosis: Diagnosis, *, run: int) -> list[Proposal]:
    """Store what the findings offer, cause first; each kind once. Offers that stand on older findings become stale.

    The same diagnosis again gives the same proposals. What nobody can act on (no member, no capability) is left out.
    run: the case's, of which the diagnosis is; nothing is offered once the case was turned to somebody or something
    else meanwhile, for a vendor may take seconds to be asked.
    """
    offers = _offers(house, case_id, diagnosis)
    with writing(house.engine) as conn:
        case = case_store.get_case(conn, house.vault, case_id)
        if Told.of(case.private).run != run:
            return []
        known = [
            p for p in proposal_store.proposals_of_case(conn, house.vault, case_id) if p.state is ProposalState.OFFERED
        ]
        kept = [p for p in known if any(_same(p, o) for o in offers)]
        for outdated in (p for p in known if p not in kept):
            result = {**outdated.result, **outcome(Words.of("outcome.replaced"))}
            move(conn, house.vault, outdated, "outdate", actor=SYSTEM, now=house.clock(), result=result)
        fresh = [_store(house, conn, case, o) for o in offers if not any(_same(p, o) for p in kept)]
    return kept + fresh


def withdraw(house: House, conn: sa.Connection, case_id: str) -> None:
    """Offer no more what stood on evidence of another customer or another store; what was asked for goes its way."""
    for one in proposal_store.proposals_of_case(conn, house.vault, case_id):
        if one.state is ProposalState.OFFERED:
            result = {**one.result, **outcome(Words.of("outcome.replaced"))}
            move(conn, house.vault, one, "outdate", actor=SYSTEM, now=house.clock(), result=result)


def _offers(house: House, case_id: str, diagnosis: Diagnosis) -> list[Offer]:
    with house.engine.connect() as conn:
        store_id = case_store.get_case(conn, house.vault, case_id).store_id
    if store_id is None or diagnosis.cause is None:
        return []
    systems = house.systems(store_id)
    per_dollar = house.config.policy.record_purchase.points_per_dollar
    grounds = grounds_of(diagnosis, systems).model_copy(update={"points_per_dollar": per_dollar})
    found: dict[str, Offer] = {}
    for finding in (diagnosis.cause, *diagnosis.also):
        for kind in diagnosis.conclusion(finding).fixes:
            if kind in found or kind not in KINDS:
                continue
            offer = KINDS[kind].offer(grounds)
            if offer is not None:
                offer = _looked_first(house, systems, offer)
                found[kind] = offer.model_copy(update={"offer": {**offer.offer, "finding": finding}})
    return list(found.values())


def _looked_first(house: House, systems: Systems, offer: Offer) -> Offer:
    """Completed by the vendor's own preview, where the kind has one; without it where the vendor does not answer: it is
    asked again at the click."""
    look = LOOKS_FIRST.get(offer.kind)
    if look is None:
        return offer
    try:
        with deadline(house.pace.read):
            return look(offer, systems.pos)
    except VendorError as error:
        log.info("What %s would do could not be asked: %s", offer.kind, error.code)
        return offer


def _same(proposal: Proposal, offer: Offer) -> bool:
    return (
        proposal.kind == offer.kind
        and proposal.expected == offer.expected
        and proposal.shown == offer.stored_shown()
        and proposal.offer == offer.stored_offer()
    )


def _store(house: House, conn: sa.Connection, case: Case, offer: Offer) -> Proposal:
    proposal = proposal_store.new_proposal(
        conn,
        house.vault,
        case_id=case.id,
        store_id=str(case.store_id),
        team_id=case.team_id,
        kind=offer.kind,
        requester=case.asker,
        customer_ref=about_reference(house.vault, str(case.store_id), offer.about),
        customer_refs={contact_reference(house.vault, p) for p in offer.people},
        offer=offer.stored_offer(),
        shown=offer.stored_shown(),
        expected=offer.expected,
        now=house.clock(),
        expires_at=house.clock() + timedelta(hours=house.config.policy.expires_hours),
    )
    recorded(house, conn, proposal, "offered", actor=SYSTEM)
    return proposal


def recorded(house: House, conn: sa.Connection, proposal: Proposal, deed: str, *, actor: str) -> int:
    """The audit row of a proposal that came into being, and its expiry put on the clock; returns the row's number."""
    entry = audit.append(
        conn,
        actor=actor,
        deed=f"{proposal.kind}.{deed}",
        subject=proposal.id,
        detail={
            "case": proposal.case_id,
            "operation": proposal.operation_id,
            "customer": proposal.customer_ref,
            **{name: proposal.offer[name] for name in ("finding", "mode") if name in proposal.offer},
        },
        now=house.clock(),
    )
    house.work.enqueue(conn, "expire", proposal.id, delay=timedelta(hours=house.config.policy.expires_hours))
    return entry.seq


def again(
    house: House,
    conn: sa.Connection,
    old: Proposal,
    *,
    offer: Mapping[str, Any] | None = None,
    shown: Mapping[str, Any] | None = None,
    expected: Mapping[str, Any],
    kind: str | None = None,
    requester: str | None = None,
    undo_of: str | None = None,
) -> Proposal:
    """A new proposal in the place of `old`, or opposite to it; not yet asked for."""
    return proposal_store.new_proposal(
        conn,
        house.vault,
        case_id=old.case_id,
        store_id=old.store_id,
        team_id=old.team_id,
        kind=kind or old.kind,
        requester=requester or old.requester,
        customer_ref=old.customer_ref,
        customer_refs=old.customer_refs,
        offer=offer if offer is not None else old.offer,
        shown=shown if shown is not None else old.shown,
        expected=expected,
        now=house.clock(),
        expires_at=house.clock() + timedelta(hours=house.config.policy.expires_hours),
        undo_of=undo_of,
    )


def outdate(house: House, conn: sa.Connection, old: Proposal, check: Check, *, actor: str) -> Proposal:
    """What it stood on has moved: the old one is stale and the same fix is offered anew, on what is true now.

    What was asked for already (points, comment) comes along as a suggestion; signatures do not.
    """
    shown = {**check.shown, "asked": old.parameters}
    if "points" in old.parameters:
        shown["points"] = int(float(old.parameters["points"]))
    fresh = again(house, conn, old, offer=check.offer, shown=shown, expected=check.expected, undo_of=old.undo_of)
    recorded(house, conn, fresh, "offered", actor=SYSTEM)
    result = {**old.result, **outcome(check.reason), "renewed_as": fresh.id}
    stale, seq = move(conn, house.vault, old, "outdate", actor=actor, now=house.clock(), result=result)
    show_later(house, conn, stale.id, seq)
    return fresh
