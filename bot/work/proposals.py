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
    bulk_customers,
    bulk_store,
    case_store,
    proposal_store,
    reading,
    who_can_approve,
)
from bot.cases.people_rules import is_senior
from bot.effects import BadFields, Check, ReadBack
from bot.understanding import masked
from bot.words import Words
from bot.work.carry import effect, settle
from bot.work.deciding import Decision, Refusal, decision, only_once, read_proposal
from bot.work.grounds import customer_references, named_references
from bot.work.house import House
from bot.work.marks import undone
from bot.work.offering import again, offer_fixes, recorded
from bot.work.outcomes import NOTHING_SENT, outcome, trouble
from bot.work.standing import deciders, glance, kind_of, verdict_json, would_send
from bot.work.timers import expire, remind, start_expiry, start_timers
from bot.work.twice import UNDER_WAY, in_its_place
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

APPROVED = ProposalState.APPROVED

JOBS: Mapping[str, Callable[[House, str], None]] = {
    "effect": effect,
    "settle": settle,
    "remind": remind,
    "expire": expire,
}


def submit(house: House, proposal_id: str, actor: Actor, parameters: Mapping[str, Any]) -> Proposal:
    """Ask for a fix: freeze its parameters, let the rules decide, then wait for signatures or carry it out.

    parameters: by the names of the fields of the kind's form. At a read-only store the result says what would be sent,
    and nothing is. A guided fix waits, once nobody has to sign it any more, for a person who does it by hand.
    """
    seen = read_proposal(house, proposal_id)
    open_ = seen.state is ProposalState.OFFERED and seen.mode != "none"
    frozen = kind_of(seen).validate(seen, parameters) if open_ else {}
    check = glance(house, _draft(house, seen, actor, frozen)) if open_ else None
    people = deciders(house, seen.store_id)
    with decision(house, proposal_id, actor, "submit") as click:
        click.expect(ProposalState.OFFERED)
        _possible(click.proposal)
        draft = _draft(house, click.proposal, actor, frozen)
        _not_twice(click, draft)
        draft = only_once(click, draft)
        _not_again(click, draft)
        verdict = click.judge(Deed.SUBMIT, draft)
        click.still_true(check)
        route = who_can_approve(draft, people, policy=house.config.policy)
        return _freeze(click, draft, verdict, {"route": route.model_dump(mode="json")})


def _draft(house: House, offered: Proposal, actor: Actor, frozen: Mapping[str, Any]) -> Proposal:
    """What is asked for, by whom; also for whoever has the contacts that were typed, so that nobody writes their own
    number into a customer's record."""
    refs = offered.customer_refs | named_references(house.vault, frozen)
    return offered.model_copy(update={"parameters": dict(frozen), "requester": actor.user_id, "customer_refs": refs})


def _freeze(click: Decision, draft: Proposal, verdict: Verdict, more: Mapping[str, Any]) -> Proposal:
    house, now = click.house, click.house.clock()
    seal = proposal_store.seal_of(house.vault, draft)
    told = {"seal": seal, "why": verdict.codes}
    told |= {} if draft.points is None else {"points": f"{draft.points:f}"}
    values: dict[str, Any] = {
        "requester": draft.requester,
        "private": proposal_store.sealed(house.vault, parameters=draft.parameters, shown=draft.shown),
        "offer": draft.offer,
        "customer_refs": sorted(draft.customer_refs),
        "points": draft.points,
        "parameters_hash": seal,
        "verdict": verdict_json(verdict, **more),
        "submitted_at": now,
        "expires_at": now + timedelta(hours=house.config.policy.expires_hours),
    }
    if verdict.dry_run:
        would = str(kind_of(draft).preview(draft).would_send)
        values["result"] = outcome(would_send(draft), NOTHING_SENT, code="read_only", would_send=would)
        return click.move("refuse", code="read_only", detail=told, **values)
    if not verdict.approvals_needed:
        return _to_be_done(click, click.move("confirm", detail=told, **values))
    done = click.move("submit", detail=told, **values)
    start_timers(house, click.conn, done)
    return done


def _to_be_done(click: Decision, agreed: Proposal) -> Proposal:
    """Nothing is in the way any more: the house carries it out, or a person does, while there is time."""
    if agreed.guided:
        start_expiry(click.house, click.conn, agreed)
    else:
        click.house.work.enqueue(click.conn, "effect", agreed.id)
    return agreed


def approve(house: House, proposal_id: str, actor: Actor) -> Proposal:
    """Sign a request; with the last signature needed, have it carried out."""
    seen = read_proposal(house, proposal_id)
    check = glance(house, seen) if seen.state is ProposalState.SUBMITTED else None
    with decision(house, proposal_id, actor, "approve") as click:
        click.expect(ProposalState.SUBMITTED)
        proposal = click.proposal
        click.unchanged()
        verdict = click.judge(Deed.APPROVE, proposal)
        click.still_true(check)
        signed: dict[str, Any] = {"approvers": [*proposal.approvers, actor.user_id]}
        if is_senior(actor, proposal, house.config.policy):
            signed["verdict"] = {**proposal.verdict, "senior_signed": True}
        needed = max(verdict.approvals_needed, int(proposal.verdict.get("approvals_needed", 1)))
        if len(signed["approvers"]) < needed:
            return click.move("sign", **signed)
        return _to_be_done(click, click.move("approve", **signed, **_time_for(click)))


def _time_for(click: Decision) -> dict[str, Any]:
    """A guided fix that was approved has as long again to be done by hand."""
    if not click.proposal.guided:
        return {}
    return {"expires_at": click.now + timedelta(hours=click.house.config.policy.expires_hours)}


def break_glass(house: House, proposal_id: str, actor: Actor, reason: str) -> Proposal:
    """An administrator approves alone, in an emergency: limits hold, signatures do not. Support is told at once, and it
    stands on the next day's list of exceptions. `reason`: for us; kept masked in the audit trail."""
    why = " ".join(reason.split())[:500]
    shortest = house.config.policy.break_glass.reason_at_least
    if len(why) < shortest:
        raise BadFields({"reason": Words.of("field.why_now", shortest=str(shortest))})
    seen = read_proposal(house, proposal_id)
    check = glance(house, seen) if seen.state is ProposalState.SUBMITTED else None
    with decision(house, proposal_id, actor, "break_glass") as click:
        click.expect(ProposalState.SUBMITTED)
        proposal = click.proposal
        click.unchanged()
        verdict = click.judge(Deed.BREAK_GLASS, proposal)
        click.still_true(check)
        detail = {"reason": masked(why), "signatures": len(proposal.approvers), "why": verdict.codes}
        kept = {**proposal.verdict, "break_glass": masked(why), "reasons": verdict_json(verdict)["reasons"]}
        approvers = [*proposal.approvers, actor.user_id]
        done = click.move("break_glass", detail=detail, approvers=approvers, verdict=kept, **_time_for(click))
        _to_be_done(click, done)
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
    """The asker takes it back, before it is decided, or before they did it by hand."""
    with decision(house, proposal_id, actor, "cancel") as click:
        click.expect(ProposalState.OFFERED, ProposalState.SUBMITTED, *([APPROVED] if click.proposal.guided else []))
        click.judge(Deed.CANCEL, click.proposal)
        return click.move("cancel")


def undo(house: House, proposal_id: str, actor: Actor) -> Proposal:
    """Ask for the opposite change: a new proposal, under the same rules. Returns the new one."""
    original = read_proposal(house, proposal_id)
    opposite = kind_of(original).undo(original) if original.state is ProposalState.DONE else None
    check: Check | None = None
    if opposite is not None:
        offer, parameters = opposite[0], _in_language(house, original.case_id, opposite[1])
        update = {"kind": offer.kind, "offer": offer.stored_offer(), "shown": offer.stored_shown()}
        more = {"expected": offer.expected, "parameters": parameters, "undo_of": original.id}
        check = glance(house, original.model_copy(update={**update, **more}))
    people = deciders(house, original.store_id)
    with decision(house, proposal_id, actor, "undo") as click:
        click.expect(ProposalState.DONE)
        click.judge(Deed.UNDO, click.proposal)
        if opposite is None:
            raise Refusal("no_undo", Words.of("refused.no_undo"))
        if check is not None and check.state in ("blocked", "done_already"):
            raise Refusal("no_undo", check.reason or Words.of("outcome.as_it_was"))
        moved = check is not None and check.state == "moved"
        expected = check.expected if check is not None and moved else offer.expected
        fresh = again(
            house,
            click.conn,
            click.proposal,
            offer=offer.stored_offer(),
            shown=offer.stored_shown(),
            expected=expected,
            kind=offer.kind,
            requester=actor.user_id,
            undo_of=original.id,
        )
        recorded(house, click.conn, fresh, "undo_asked", actor=actor.user_id)
        try:
            frozen = kind_of(fresh).validate(fresh, parameters)
        except BadFields as error:
            raise Refusal("no_undo", Words.known(error.staff, "refused.no_undo")) from error
        draft = _draft(house, fresh, actor, frozen)
        click.proposal = fresh
        _not_twice(click, draft)
        _not_again(click, draft)
        verdict = click.judge(Deed.SUBMIT, draft)
        route = who_can_approve(draft, people, policy=house.config.policy)
        return _freeze(click, draft, verdict, {"route": route.model_dump(mode="json")})


def _in_language(house: House, case_id: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of an undo, with our own texts in the case's language: its manager and its customer read them."""
    with reading(house.engine) as conn:
        language = case_store.get_case(conn, house.vault, case_id).language
    return {name: one.said(language) if isinstance(one, Words) else one for name, one in parameters.items()}


def confirm_done(house: House, proposal_id: str, actor: Actor) -> Proposal:
    """A person did an agreed guided fix by hand. Where the API can show it, it counts as done only once it shows; where
    nothing can, on the word of this person, which is said and put on record."""
    seen = read_proposal(house, proposal_id)
    found = _found_by_hand(house, seen) if seen.guided and seen.state is APPROVED else ReadBack(confirmed=None)
    with decision(house, proposal_id, actor, "confirm_done") as click:
        _agreed(click)
        click.unchanged()
        click.judge(Deed.BY_HAND, click.proposal)
        if click.proposal.reads_back and not found.confirmed:
            raise Refusal("not_seen", Words.of("refused.not_seen", why=found.reason or Words.of("read.no_answer")))
        by_word = not click.proposal.reads_back
        said = Words.of("outcome.on_the_word", who=f"<@{actor.user_id}>") if by_word else Words.of("outcome.by_hand")
        done = click.move(
            "by_hand",
            result={**click.proposal.result, **outcome(said, on_the_word=by_word), "after": found.values},
            detail={"on_the_word_of" if by_word else "read_back_for": actor.user_id},
            sending_since=click.now,
        )
        undone(house, click.conn, done)
        return done


def _agreed(click: Decision) -> None:
    """Only what was asked for, and signed where signatures are needed, is done by hand."""
    click.expect(ProposalState.OFFERED, APPROVED)
    if click.proposal.state is not APPROVED or not click.proposal.guided:
        raise Refusal("not_agreed", Words.of("refused.not_agreed"))


def _found_by_hand(house: House, proposal: Proposal) -> ReadBack:
    systems = house.systems(proposal.store_id)
    try:
        with deadline(house.pace.click * 1.5):
            since = proposal.submitted_at or proposal.created_at
            return kind_of(proposal).read_back(proposal, systems.pos, systems.program, since)
    except VendorError as error:
        return ReadBack(confirmed=None, reason=trouble(error))


def resolve_unknown(house: House, proposal_id: str, actor: Actor, *, happened: bool) -> Proposal:
    """Support or a manager looked at the vendor's own screens and says whether the change is there."""
    with decision(house, proposal_id, actor, "resolve_unknown") as click:
        click.expect(ProposalState.UNKNOWN)
        click.judge(Deed.RESOLVE_UNKNOWN, click.proposal)
        who = f"<@{actor.user_id}>"
        said = Words.of("outcome.looked_there" if happened else "outcome.looked_absent", who=who)
        result = {**click.proposal.result, **outcome(said, resolved_by_hand=True)}
        if not happened:
            return click.move("reject", result=result)
        done = click.move("finish", result=result)
        undone(house, click.conn, done)
        return done


def _possible(proposal: Proposal) -> None:
    if proposal.mode == "none":
        raise Refusal("impossible", Words.of("refused.impossible"))


def _not_twice(click: Decision, draft: Proposal) -> None:
    other = proposal_store.under_way(click.conn, click.house.vault, draft)
    asker = other.requester if other is not None else _asked_by_list(click, draft)
    if asker is not None:
        raise Refusal("under_way", Words.of("refused.under_way", who=f"<@{asker}>"))


def _not_again(click: Decision, draft: Proposal) -> None:
    """What the same case has had, or is about to have, in this or in another of the ways that were offered."""
    same = proposal_store.proposals_of_case(click.conn, click.house.vault, draft.case_id)
    standing = in_its_place(click.conn, draft, same)
    if standing is not None and standing.state in UNDER_WAY:
        raise Refusal("under_way", Words.of("refused.points_under_way", who=f"<@{standing.requester}>"))
    if standing is not None:
        raise Refusal("given", Words.of("refused.given", who=f"<@{standing.requester}>"))


def _asked_by_list(click: Decision, draft: Proposal) -> str | None:
    """Who asked for a list that changes the same of this customer and is not through with it."""
    run_id = bulk_customers.open_elsewhere(
        click.conn, "", customer_references(click.house.vault, draft), action=draft.kind
    )
    return None if run_id is None else bulk_store.get_run(click.conn, click.house.vault, run_id).requester
