"""What people press on a proposal. Each is one short transaction on the way to the acknowledgement: the conditional
change of state, its audit row and the queued work commit together. Vendors are asked before it, briefly, never inside.

All raise NotAllowed (with who may), TooLate (with who decided, and when), BadInput (BadFields by field) with sentences
for staff; their `operator` text begins with a stable code. WorkUnavailable: the database cannot take it, try again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from bot.cases import (
    Actor,
    Deed,
    Proposal,
    ProposalState,
    Verdict,
    authorize,
    proposal_store,
    who_can_approve,
)
from bot.cases.people_rules import is_senior
from bot.cases.proposal_store import parameters_hash
from bot.effects import BadFields, Check
from bot.understanding import masked
from bot.work.carry import effect, settle
from bot.work.deciding import Decision, Refusal, decision, read_proposal, untampered
from bot.work.house import House
from bot.work.offering import again, offer_fixes, recorded
from bot.work.standing import deciders, glance, kind_of, verdict_json
from bot.work.timers import expire, remind, start_timers
from connectors.errors import VendorError
from connectors.transport import deadline

__all__ = [
    "JOBS",
    "approve",
    "break_glass",
    "cancel",
    "confirm_done",
    "decline",
    "offer_fixes",
    "resolve_unknown",
    "submit",
    "undo",
]

JOBS: Mapping[str, Callable[[House, str], None]] = {
    "effect": effect,
    "settle": settle,
    "remind": remind,
    "expire": expire,
}


def submit(house: House, proposal_id: str, actor: Actor, parameters: Mapping[str, Any]) -> Proposal:
    """Ask for a fix: freeze its parameters, let the rules decide, then wait for signatures or carry it out.

    parameters: adjust_points: points ("+50"), reason, comment; relink: phone (may be left out where the question named
    exactly one). At a read-only store the result says what would be sent, and nothing is.
    """
    seen = read_proposal(house, proposal_id)
    frozen = kind_of(seen).validate(seen, parameters) if seen.state is ProposalState.OFFERED else {}
    draft = seen.model_copy(update={"parameters": frozen, "requester": actor.user_id})
    check = glance(house, draft) if seen.state is ProposalState.OFFERED and not seen.guided else None
    people = deciders(house, seen.store_id)
    with decision(house, proposal_id, actor, "submit") as click:
        click.expect(ProposalState.OFFERED)
        _not_guided(click.proposal)
        draft = click.proposal.model_copy(update={"parameters": frozen, "requester": actor.user_id})
        _not_twice(click, draft)
        verdict = click.judge(Deed.SUBMIT, draft)
        click.still_true(check)
        route = who_can_approve(draft, people, policy=house.config.policy)
        return _freeze(click, draft, verdict, {"route": route.model_dump(mode="json")})


def _freeze(click: Decision, draft: Proposal, verdict: Verdict, more: Mapping[str, Any]) -> Proposal:
    house, now = click.house, click.house.clock()
    values: dict[str, Any] = {
        "requester": draft.requester,
        "private": proposal_store.sealed(house.vault, parameters=draft.parameters, shown=draft.shown),
        "points": draft.points,
        "parameters_hash": parameters_hash(draft.kind, draft.parameters),
        "verdict": verdict_json(verdict, **more),
        "submitted_at": now,
        "expires_at": now + timedelta(hours=house.config.policy.expires_hours),
    }
    if verdict.dry_run:
        would = kind_of(draft).preview(draft).would_send
        text = f"This store is read-only: I would send {would}. Nothing was sent."
        values["result"] = {"code": "read_only", "outcome": text, "would_send": would}
        return click.move("refuse", code="read_only", **values)
    if not verdict.approvals_needed:
        done = click.move("confirm", **values)
        house.work.enqueue(click.conn, "effect", done.id)
        return done
    done = click.move("submit", **values)
    start_timers(house, click.conn, done)
    return done


def approve(house: House, proposal_id: str, actor: Actor) -> Proposal:
    """Sign a request; with the last signature needed, have it carried out."""
    seen = read_proposal(house, proposal_id)
    check = glance(house, seen) if seen.state is ProposalState.SUBMITTED else None
    with decision(house, proposal_id, actor, "approve") as click:
        click.expect(ProposalState.SUBMITTED)
        proposal = click.proposal
        untampered(proposal)
        verdict = click.judge(Deed.APPROVE, proposal)
        click.still_true(check)
        signed: dict[str, Any] = {"approvers": [*proposal.approvers, actor.user_id]}
        if is_senior(actor, proposal, house.config.policy):
            signed["verdict"] = {**proposal.verdict, "senior_signed": True}
        needed = max(verdict.approvals_needed, int(proposal.verdict.get("approvals_needed", 1)))
        if len(signed["approvers"]) < needed:
            return click.move("sign", **signed)
        done = click.move("approve", **signed)
        house.work.enqueue(click.conn, "effect", done.id)
        return done


def break_glass(house: House, proposal_id: str, actor: Actor, reason: str) -> Proposal:
    """An administrator approves alone, in an emergency: limits hold, signatures do not. Support is told at once, and it
    stands on the next day's list of exceptions. `reason`: for us; kept masked in the audit trail."""
    why = " ".join(reason.split())[:500]
    shortest = house.config.policy.break_glass.reason_at_least
    if len(why) < shortest:
        raise BadFields({"reason": f"Please say why this cannot wait, in at least {shortest} letters."})
    seen = read_proposal(house, proposal_id)
    check = glance(house, seen) if seen.state is ProposalState.SUBMITTED else None
    with decision(house, proposal_id, actor, "break_glass") as click:
        click.expect(ProposalState.SUBMITTED)
        proposal = click.proposal
        untampered(proposal)
        verdict = click.judge(Deed.BREAK_GLASS, proposal)
        click.still_true(check)
        detail = {"reason": masked(why), "signatures": len(proposal.approvers)}
        kept = {**proposal.verdict, "break_glass": masked(why), "reasons": verdict_json(verdict)["reasons"]}
        approvers = [*proposal.approvers, actor.user_id]
        done = click.move("break_glass", detail=detail, approvers=approvers, verdict=kept)
        house.work.enqueue(click.conn, "effect", done.id)
        house.work.enqueue(click.conn, "alert", f"break_glass/{done.id}")
        return done


def decline(house: House, proposal_id: str, actor: Actor, reason: str = "") -> Proposal:
    """Say no; `reason` is shown to the asker."""
    with decision(house, proposal_id, actor, "decline") as click:
        click.expect(ProposalState.SUBMITTED)
        click.judge(Deed.DECLINE, click.proposal)
        shown = {**click.proposal.shown, "declined_because": " ".join(reason.split())[:500]}
        private = proposal_store.sealed(house.vault, parameters=click.proposal.parameters, shown=shown)
        return click.move("decline", private=private)


def cancel(house: House, proposal_id: str, actor: Actor) -> Proposal:
    """The asker takes it back, before it is decided."""
    with decision(house, proposal_id, actor, "cancel") as click:
        click.expect(ProposalState.OFFERED, ProposalState.SUBMITTED)
        click.judge(Deed.CANCEL, click.proposal)
        return click.move("cancel")


def undo(house: House, proposal_id: str, actor: Actor) -> Proposal:
    """Ask for the opposite change: a new proposal, under the same rules. Returns the new one."""
    original = read_proposal(house, proposal_id)
    opposite = kind_of(original).undo(original) if original.state is ProposalState.DONE else None
    check: Check | None = None
    if opposite is not None:
        offer, parameters = opposite
        update = {"offer": offer.offer, "shown": offer.shown, "expected": offer.expected, "parameters": parameters}
        check = glance(house, original.model_copy(update=update))
    people = deciders(house, original.store_id)
    with decision(house, proposal_id, actor, "undo") as click:
        click.expect(ProposalState.DONE)
        click.judge(Deed.UNDO, click.proposal)
        if opposite is None:
            raise Refusal("no_undo", "This cannot be undone from here. Ask support.")
        if check is not None and check.state in ("blocked", "done_already"):
            raise Refusal("no_undo", check.reason or "It is as it was already.")
        offer, parameters = opposite
        moved = check is not None and check.state == "moved"
        expected = check.expected if check is not None and moved else offer.expected
        fresh = again(
            house,
            click.conn,
            click.proposal,
            offer=offer.offer,
            shown=offer.shown,
            expected=expected,
            requester=actor.user_id,
            undo_of=original.id,
        )
        recorded(house, click.conn, fresh, "undo_asked", actor=actor.user_id)
        try:
            frozen = kind_of(fresh).validate(fresh, parameters)
        except BadFields as error:
            raise Refusal("no_undo", error.staff) from error
        draft = fresh.model_copy(update={"parameters": frozen})
        click.proposal = fresh
        _not_twice(click, draft)
        verdict = click.judge(Deed.SUBMIT, draft)
        route = who_can_approve(draft, people, policy=house.config.policy)
        return _freeze(click, draft, verdict, {"route": route.model_dump(mode="json")})


def confirm_done(house: House, proposal_id: str, actor: Actor) -> Proposal:
    """A person did a guided fix by hand: read it back, and only then call it done."""
    seen = read_proposal(house, proposal_id)
    reason, values, confirmed = "The system did not answer just now.", {}, None
    if seen.state is ProposalState.OFFERED and seen.guided:
        systems = house.systems(seen.store_id)
        try:
            with deadline(house.pace.click * 1.5):
                found = kind_of(seen).read_back(seen, systems.pos, systems.program, seen.created_at)
            reason, values, confirmed = found.reason, found.values, found.confirmed
        except VendorError:
            confirmed = None
    with decision(house, proposal_id, actor, "confirm_done") as click:
        click.expect(ProposalState.OFFERED)
        click.allow(authorize(actor, Deed.ASK, seen, store_id=seen.store_id, policy=house.config.policy, now=click.now))
        if not confirmed:
            raise Refusal("not_seen", f"{reason} Changes can take some minutes: please press Done again then.")
        return click.move("by_hand", result={"after": values, "outcome": "Done by hand, and read back."})


def resolve_unknown(house: House, proposal_id: str, actor: Actor, *, happened: bool) -> Proposal:
    """Support or a manager looked at the vendor's own screens and says whether the change is there."""
    with decision(house, proposal_id, actor, "resolve_unknown") as click:
        click.expect(ProposalState.UNKNOWN)
        click.judge(Deed.RESOLVE_UNKNOWN, click.proposal)
        said = "it is there" if happened else "it is not there, so nothing was changed"
        result = {**click.proposal.result, "outcome": f"<@{actor.user_id}> looked: {said}.", "resolved_by_hand": True}
        return click.move("finish" if happened else "reject", result=result)


def _not_guided(proposal: Proposal) -> None:
    if proposal.guided:
        raise Refusal("guided", "I cannot make this change myself. Please follow the steps and press Done.")


def _not_twice(click: Decision, draft: Proposal) -> None:
    other = proposal_store.under_way(click.conn, click.house.vault, draft)
    if other is not None:
        text = f"A change of this kind is under way for this customer, asked for by <@{other.requester}>. "
        raise Refusal("under_way", text + "Wait until it is decided or done.")
