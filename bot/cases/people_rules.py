"""The rules about people: who belongs here, who may ask, sign and settle, and who must not because it is theirs."""

from __future__ import annotations

from typing import Final

from bot.cases.models import Actor, Proposal, Reason, Role
from bot.cases.signatures import approvals_needed, senior_needed
from bot.cases.standing import Notes, Refused, View
from bot.config import Policy


def may_approve_here(actor: Actor, store_id: str) -> bool:
    """A manager of this store, a manager of all stores, or regional. Nobody else, whatever else they are."""
    return store_id in actor.manages or bool(actor.roles & {Role.MANAGER, Role.REGIONAL})


def is_senior(actor: Actor, proposal: Proposal, policy: Policy) -> bool:
    """Whether this person's signature is the one that must be among them; where none must be, nobody's is."""
    return senior_needed(proposal, policy) and not actor.roles.isdisjoint(policy.of(proposal.kind).senior_roles)


def full_member(view: View) -> Notes:
    """No guests."""
    if view.actor.is_guest:
        raise Refused("guest", "Guests cannot use this. Please ask a colleague of the store.")
    yield from ()


def of_the_store(view: View) -> Notes:
    """The store's people, and those who work for every store."""
    actor = view.actor
    if actor.roles & {Role.MANAGER, Role.REGIONAL, Role.SUPPORT, Role.ADMIN}:
        return
    if view.store_id is None or view.store_id not in actor.stores | actor.manages:
        raise Refused("other_store", "This belongs to another store's team. Join its channel, or ask somebody there.")
    yield from ()


def may_ask(view: View) -> Notes:
    """Where the policy lets only managers ask."""
    actor, rules = view.actor, view.policy.of(view.proposal.kind)
    helps = actor.roles & {Role.SUPPORT, Role.ADMIN}
    if rules.may_ask == "manager" and not (may_approve_here(actor, view.proposal.store_id) or helps):
        raise Refused("not_an_asker", "Only a manager can ask for this kind of change. Please ask yours.")
    yield from ()


def same_workspace(view: View) -> Notes:
    """No people of another company, in a channel that is shared with it."""
    if view.actor.team_id != view.proposal.team_id:
        raise Refused("stranger", "Only people of the workspace where this was asked can decide on it.")
    yield from ()


def not_the_beneficiary(view: View) -> Notes:
    """Nobody gains by their own request or signature; compared by references, where the person is listed as staff."""
    refs = view.actor.person_refs
    if refs is None:
        if view.policy.unlisted_staff == "refuse":
            raise Refused("unlisted", "You are not on the list of staff yet. Ask whoever runs me to add you.")
        unsure = "Not checked: whether this is the asker's or approver's own account."
        yield Reason(code="beneficiary_not_checked", text=unsure)
    elif refs & view.proposal.customer_refs:
        raise Refused("beneficiary", "This is your own account, so a colleague has to take care of it.")


def not_the_requester(view: View) -> Notes:
    """Whoever asks does not decide."""
    if view.actor.user_id == view.proposal.requester:
        raise Refused("own_request", "You asked for this yourself, so somebody else has to decide.")
    yield from ()


def is_the_requester(view: View) -> Notes:
    """Only whoever asked takes it back."""
    if view.actor.user_id != view.proposal.requester:
        raise Refused("not_yours", f"Only <@{view.proposal.requester}>, who asked for this, can take it back.")
    yield from ()


def may_steer(view: View) -> Notes:
    """Whoever asked for it, may approve here, or looks after it: support and administrators."""
    actor = view.actor
    helps = actor.roles & {Role.SUPPORT, Role.ADMIN}
    if not (helps or actor.user_id == view.proposal.requester or may_approve_here(actor, view.proposal.store_id)):
        raise Refused("not_yours", "Only whoever asked for this, a manager of this store or support can do that.")
    yield from ()


def not_signed_yet(view: View) -> Notes:
    """One person, one signature."""
    if view.actor.user_id in view.proposal.approvers:
        raise Refused("signed_already", "You have approved this. A second person has to approve it too.")
    yield from ()


def an_approver(view: View) -> Notes:
    """A manager here or a regional one; whoever else the kind names as senior."""
    proposal = view.proposal
    if not may_approve_here(view.actor, proposal.store_id) and not is_senior(view.actor, proposal, view.policy):
        raise Refused("not_an_approver", "Only a manager of this store, or a regional manager, can decide on this.")
    yield Reason(code="approver", text="Decided by somebody who may approve at this store.")


def leaves_room_for_a_senior(view: View) -> Notes:
    """The last signature is kept for a senior, where one of them must sign and none has yet."""
    proposal = view.proposal
    if (
        not senior_needed(proposal, view.policy)
        or proposal.senior_signed
        or is_senior(view.actor, proposal, view.policy)
    ):
        return
    stored = int(proposal.verdict.get("approvals_needed") or 0)
    needed = max(approvals_needed(proposal, view.policy, view.history, outside=view.outside_hours), stored)
    if len(proposal.approvers) + 1 >= needed:
        who = " or ".join(_TITLES[r] for r in view.policy.of(proposal.kind).senior_roles)
        raise Refused("needs_senior", f"The signature that is missing here has to come from {who}.")
    yield from ()


_TITLES = {"regional": "a regional manager", "support": "support"}


def an_admin(view: View) -> Notes:
    """Break-glass is for roles.admin alone, and only while the policy has it."""
    if not view.policy.break_glass.enabled:
        raise Refused("no_break_glass", "Deciding alone in an emergency is switched off here. Ask support.")
    if Role.ADMIN not in view.actor.roles:
        raise Refused("not_an_admin", "Only an administrator can decide alone, and only in an emergency.")
    yield Reason(
        code="break_glass",
        text="Approved by one administrator alone, in an emergency. It is to be looked at the next day.",
    )


def resolver(view: View) -> Notes:
    """Who says whether a write of unknown outcome arrived."""
    if Role.SUPPORT not in view.actor.roles and not may_approve_here(view.actor, view.proposal.store_id):
        raise Refused("not_a_resolver", "Only support or a manager can say whether this arrived.")
    yield from ()


def supporter(view: View) -> Notes:
    """Only support takes cases over."""
    if Role.SUPPORT not in view.actor.roles:
        raise Refused("not_support", "Only support can take this over.")
    yield from ()


SIGNERS: Final = (
    full_member,
    same_workspace,
    an_approver,
    not_the_requester,
    not_signed_yet,
    leaves_room_for_a_senior,
    not_the_beneficiary,
)
"""What makes a signature count, as far as people go."""
