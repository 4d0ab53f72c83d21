"""How many people have to sign, and whether one of them has to be senior. Pure."""

from __future__ import annotations

from bot.cases.models import History, Proposal
from bot.config import AdjustPolicy, ContactPolicy, Policy


def points_policy(proposal: Proposal, policy: Policy) -> AdjustPolicy:
    """The limits of a proposal that moves points."""
    rules = policy.of(proposal.kind)
    return rules if isinstance(rules, AdjustPolicy) else policy.adjust_points


def approvals_needed(proposal: Proposal, policy: Policy, history: History, *, outside: bool = False) -> int:
    """Signatures of others: what the kind asks for; the quorum above its limit; a manager's at a second change of
    contact; one more for what is asked for outside the store's hours, where the policy says so."""
    rules = policy.of(proposal.kind)
    needed = rules.approvals
    if proposal.points is not None:
        limits = points_policy(proposal, policy)
        needed = limits.quorum if abs(proposal.points) > limits.second_approver_above else limits.approvals
        needed = max(needed, int(bool(proposal.offer.get("estimated"))))  # nobody knows what the provider will give
    elif history.changes:
        needed = max(needed, 1)
    return needed + 1 if outside and policy.outside_hours == "extra_approval" else needed


def change_days(proposal: Proposal, policy: Policy) -> int:
    """Within how many days a second change of this kind counts as one."""
    rules = policy.of(proposal.kind)
    return (rules if isinstance(rules, ContactPolicy) else policy.relink).manager_at_second_change_in_days


def senior_needed(proposal: Proposal, policy: Policy) -> bool:
    """Whether one of the signatures must come from the kind's `senior_roles`."""
    rules = policy.of(proposal.kind)
    if isinstance(rules, AdjustPolicy):
        above, points = rules.senior_above, proposal.points
        return bool(rules.senior_roles) and above is not None and points is not None and abs(points) > above
    return bool(rules.senior_roles)
