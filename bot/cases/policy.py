"""Who may do what: one pure function on every path, and every answer says why.

Nobody passes by default: a role allows exactly what is written here. The beneficiary rule compares HMAC references of
phones and e-mails; where a person is not listed as staff it reads "not checked" and says so, or refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from bot.cases import limit_rules as limits
from bot.cases import people_rules as people
from bot.cases.models import Actor, Deed, History, Proposal, Reason, Verdict
from bot.cases.people_rules import may_approve_here
from bot.cases.signatures import approvals_needed
from bot.cases.standing import Notes, Refused, Standing, View
from bot.config import Policy

__all__ = ["RULES", "Standing", "approvals_needed", "authorize", "may_approve_here"]

Rule = Callable[[View], Notes]
_ANYBODY: Final[tuple[Rule, ...]] = (people.full_member, people.of_the_store)
_AMOUNTS: Final[tuple[Rule, ...]] = (limits.not_paused, limits.within_limits, limits.how_many_sign, limits.shown_only)
_OTHERS: Final[tuple[Rule, ...]] = (people.not_the_requester, people.not_the_beneficiary)
RULES: Final[dict[Deed, tuple[Rule, ...]]] = {
    Deed.ASK: _ANYBODY,
    Deed.CLAIM: (people.full_member, people.supporter),
    Deed.SUBMIT: (
        *_ANYBODY,
        people.same_workspace,
        people.may_ask,
        people.not_the_beneficiary,
        limits.cooled_off,
        *_AMOUNTS,
        limits.in_hours,
        limits.signs_seen,
    ),
    Deed.APPROVE: (*people.SIGNERS, *_AMOUNTS, limits.in_hours, limits.signs_seen),
    Deed.BREAK_GLASS: (
        people.full_member,
        people.same_workspace,
        people.an_admin,
        *_OTHERS,
        *_AMOUNTS,
        limits.in_hours,
        limits.signs_seen,
    ),
    Deed.BY_HAND: (*_ANYBODY, people.same_workspace, people.not_the_beneficiary, *_AMOUNTS),
    Deed.SEND: _AMOUNTS,
    Deed.DECLINE: (people.full_member, people.same_workspace, people.an_approver, people.not_the_requester),
    Deed.STEER: (people.full_member, people.same_workspace, people.may_steer),
    Deed.CANCEL: (people.full_member, people.same_workspace, people.is_the_requester),
    Deed.UNDO: (*_ANYBODY, people.same_workspace, limits.undo_window),
    Deed.RESOLVE_UNKNOWN: (people.full_member, people.same_workspace, people.resolver, *_OTHERS),
}


def authorize(
    actor: Actor,
    deed: Deed,
    proposal: Proposal | None,
    *,
    store_id: str | None,
    policy: Policy,
    now: datetime,
    history: History | None = None,
    standing: Standing | None = None,
) -> Verdict:
    """May this person do this to this proposal, now? `proposal` is None for deeds on cases (ask, claim).

    history: as of `history_of`, without this proposal. The verdict names every rule that spoke.
    """
    view = View(actor, proposal, store_id, policy, now, history or History(), standing or Standing())
    reasons: list[Reason] = []
    try:
        for rule in RULES[deed]:
            reasons.extend(rule(view))
    except Refused as refused:
        return Verdict(allowed=False, reasons=(refused.reason,), dry_run=view.standing.read_only)
    return Verdict(
        allowed=True,
        reasons=tuple(reasons),
        approvals_needed=0
        if proposal is None
        else approvals_needed(proposal, policy, view.history, outside=view.outside_hours),
        dry_run=view.standing.read_only,
    )
