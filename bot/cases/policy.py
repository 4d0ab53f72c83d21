"""Who may do what: one pure function on every path, and every answer says why.

Nobody passes by default: a role allows exactly what is written here. The beneficiary rule compares HMAC references of
phones and e-mails; where a person is not listed as staff it reads "not checked" and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from bot.cases.models import Actor, Deed, History, Proposal, ProposalState, Reason, Role, Verdict
from bot.config import Policy


class Standing(BaseModel):
    """The state of the store and the house that the rules look at besides people.

    balance: the member's points now, if known.
    """

    model_config = ConfigDict(frozen=True)
    read_only: bool = True
    paused: bool = False
    balance: Decimal | None = None


class Refused(Exception):
    """Ends the rules at the first that says no; never leaves this module."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code)
        self.reason = Reason(code=code, text=text)


Notes = Iterator[Reason]


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
    view = _View(actor, proposal, store_id, policy, now, history or History(), standing or Standing())
    reasons: list[Reason] = []
    try:
        for rule in RULES[deed]:
            reasons.extend(rule(view))
    except Refused as refused:
        return Verdict(allowed=False, reasons=(refused.reason,), dry_run=view.standing.read_only)
    return Verdict(
        allowed=True,
        reasons=tuple(reasons),
        approvals_needed=approvals_needed(proposal, policy, view.history) if proposal is not None else 0,
        dry_run=view.standing.read_only,
    )


def approvals_needed(proposal: Proposal, policy: Policy, history: History) -> int:
    """Signatures of others: none for a first change of phone, one for a second or for points, two above the limit."""
    if proposal.points is None:
        return 1 if history.changes else 0
    return 2 if abs(proposal.points) > policy.adjust_points.second_approver_above else 1


def may_approve_here(actor: Actor, store_id: str) -> bool:
    """A manager of this store, a manager of all stores, or regional. Nobody else, whatever else they are."""
    return store_id in actor.manages or bool(actor.roles & {Role.MANAGER, Role.REGIONAL})


class _View:
    """One question, as the rules see it."""

    def __init__(
        self,
        actor: Actor,
        proposal: Proposal | None,
        store_id: str | None,
        policy: Policy,
        now: datetime,
        history: History,
        standing: Standing,
    ) -> None:
        self.actor = actor
        self.given = proposal
        self.store_id = proposal.store_id if proposal is not None else store_id
        self.policy = policy
        self.now = now
        self.history = history
        self.standing = standing

    @property
    def proposal(self) -> Proposal:
        if self.given is None:
            raise ValueError("this deed needs a proposal")
        return self.given


def _full_member(view: _View) -> Notes:
    if view.actor.is_guest:
        raise Refused("guest", "Guests cannot use this. Please ask a colleague of the store.")
    yield from ()


def _of_the_store(view: _View) -> Notes:
    actor = view.actor
    if actor.roles & {Role.MANAGER, Role.REGIONAL, Role.SUPPORT, Role.ADMIN}:
        return
    if view.store_id is None or view.store_id not in actor.stores | actor.manages:
        raise Refused("other_store", "This belongs to another store's team. Join its channel, or ask somebody there.")
    yield from ()


def _same_workspace(view: _View) -> Notes:
    if view.actor.team_id != view.proposal.team_id:
        raise Refused("stranger", "Only people of the workspace where this was asked can decide on it.")
    yield from ()


def _not_paused(view: _View) -> Notes:
    if view.standing.paused:
        raise Refused("paused", "Changes are paused for everybody right now. Nothing was done; try again later.")
    yield from ()


def _not_the_beneficiary(view: _View) -> Notes:
    refs = view.actor.person_refs
    if refs is None:
        yield Reason(code="beneficiary_not_checked", text="Whether this is their own account was not checked.")
    elif refs & view.proposal.customer_refs:
        raise Refused("beneficiary", "This is your own account, so somebody else has to take care of it.")


def _not_the_requester(view: _View) -> Notes:
    if view.actor.user_id == view.proposal.requester:
        raise Refused("own_request", "You asked for this yourself, so somebody else has to decide.")
    yield from ()


def _is_the_requester(view: _View) -> Notes:
    if view.actor.user_id != view.proposal.requester:
        raise Refused("not_yours", f"Only <@{view.proposal.requester}>, who asked for this, can take it back.")
    yield from ()


def _not_signed_yet(view: _View) -> Notes:
    if view.actor.user_id in view.proposal.approvers:
        raise Refused("signed_already", "You have approved this. A second person has to approve it too.")
    yield from ()


def _an_approver(view: _View) -> Notes:
    if not may_approve_here(view.actor, view.proposal.store_id):
        raise Refused("not_an_approver", "Only a manager of this store, or a regional manager, can decide on this.")
    yield Reason(code="approver", text="Decided by somebody who may approve at this store.")


def _resolver(view: _View) -> Notes:
    if Role.SUPPORT not in view.actor.roles and not may_approve_here(view.actor, view.proposal.store_id):
        raise Refused("not_a_resolver", "Only support or a manager can say whether this arrived.")
    yield from ()


def _supporter(view: _View) -> Notes:
    if Role.SUPPORT not in view.actor.roles:
        raise Refused("not_support", "Only support can take this over.")
    yield from ()


def _within_limits(view: _View) -> Notes:
    points = view.proposal.points
    if points is None:
        return
    size, rules, history = abs(points), view.policy.adjust_points, view.history
    if size > rules.refuse_above:
        raise Refused("too_many", f"More than {rules.refuse_above:,f} points at once are not allowed. Ask support.")
    if view.standing.balance is not None and view.standing.balance + points < 0:
        have = f"{view.standing.balance:,f}"
        raise Refused("below_zero", f"The customer has {have} points; taking off more would go below zero.")
    if view.proposal.undo_of is None:
        for spent, limit, code, whose in (
            (history.requester_day, rules.per_requester_day, "requester_day", "one person may ask for in a day"),
            (history.customer_week, rules.per_customer_week, "customer_week", "one customer may get in a week"),
            (history.store_day, rules.per_store_day, "store_day", "one store may move in a day"),
        ):
            if spent + size > limit:
                raise Refused(code, f"That is more than the {limit:,f} points that {whose}. Ask support.")
    if size > rules.second_approver_above:
        limit = rules.second_approver_above
        yield Reason(code="two_approvers", text=f"Above {limit:,f} points two people have to approve.")
    else:
        yield Reason(code="one_approver", text="Points need a manager's approval.")


def _repeated_change(view: _View) -> Notes:
    if view.proposal.points is None and view.history.changes:
        days = view.policy.relink.manager_at_second_change_in_days
        text = f"The number was changed within the last {days} days already, so a manager has to approve."
        yield Reason(code="second_change", text=text)


def _shown_only(view: _View) -> Notes:
    if view.standing.read_only:
        text = "This store is in read-only mode: this shows what would be sent, and nothing is sent."
        yield Reason(code="read_only", text=text)


def _undo_window(view: _View) -> Notes:
    original = view.proposal
    if original.state is not ProposalState.DONE or original.undo_of is not None:
        raise Refused("nothing_to_undo", "There is nothing here that could be undone.")
    days = view.policy.adjust_points.undo_days
    done_at = original.decided_at or original.created_at
    if original.points is not None and view.now > done_at + timedelta(days=days):
        raise Refused("undo_window", f"This is older than {days} days and cannot be undone here. Ask support.")
    yield from ()


Rule = Callable[[_View], Notes]
_ANYBODY: Final[tuple[Rule, ...]] = (_full_member, _of_the_store)
_AMOUNTS: Final[tuple[Rule, ...]] = (_not_paused, _within_limits, _repeated_change, _shown_only)
RULES: Final[dict[Deed, tuple[Rule, ...]]] = {
    Deed.ASK: _ANYBODY,
    Deed.CLAIM: (_full_member, _supporter),
    Deed.SUBMIT: (*_ANYBODY, _same_workspace, _not_the_beneficiary, *_AMOUNTS),
    Deed.APPROVE: (
        _full_member,
        _same_workspace,
        _an_approver,
        _not_the_requester,
        _not_signed_yet,
        _not_the_beneficiary,
        *_AMOUNTS,
    ),
    Deed.SEND: _AMOUNTS,
    Deed.DECLINE: (_full_member, _same_workspace, _an_approver, _not_the_requester),
    Deed.CANCEL: (_full_member, _same_workspace, _is_the_requester),
    Deed.UNDO: (*_ANYBODY, _same_workspace, _undo_window),
    Deed.RESOLVE_UNKNOWN: (_full_member, _same_workspace, _resolver, _not_the_requester, _not_the_beneficiary),
}

Level = Literal["manager", "regional", "support", "nobody"]


class Route(BaseModel):
    """Who is asked to decide. level "support": nobody here can decide, support is told and finds somebody."""

    model_config = ConfigDict(frozen=True)
    level: Level
    people: tuple[str, ...]
    text: str


def who_can_approve(proposal: Proposal, people: Sequence[Actor]) -> Route:
    """Of the people known, those whose click would count: managers first, then regional, else support.

    Say so when nobody can: a rule that nobody can satisfy must not wait in silence.
    """
    able = [p for p in people if _could_approve(p, proposal)]
    managers = [p for p in able if Role.REGIONAL not in p.roles]
    if managers:
        return Route(level="manager", people=_ids(managers), text="A manager of the store can decide.")
    if able:
        text = "No manager of this store can decide on this one, so a regional manager is asked."
        return Route(level="regional", people=_ids(able), text=text)
    support = [p for p in people if Role.SUPPORT in p.roles and not p.is_guest and p.user_id != proposal.requester]
    if support:
        text = "Nobody who could decide is known for this store, so support is asked to find somebody."
        return Route(level="support", people=_ids(support), text=text)
    return Route(level="nobody", people=(), text="Nobody who could decide is known for this store. Tell support.")


def _could_approve(person: Actor, proposal: Proposal) -> bool:
    view = _View(person, proposal, None, Policy(), proposal.created_at, History(), Standing())
    try:
        for rule in (_full_member, _same_workspace, _an_approver, _not_the_requester, _not_signed_yet):
            list(rule(view))
        list(_not_the_beneficiary(view))
    except Refused:
        return False
    return True


def _ids(people: Iterable[Actor]) -> tuple[str, ...]:
    return tuple(sorted(p.user_id for p in people))
