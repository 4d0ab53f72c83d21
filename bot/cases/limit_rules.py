"""The rules about amounts and times: pause, limits in sum and in number, hours, cooling-off, undo's window."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.cases.models import ProposalState, Reason
from bot.cases.signatures import approvals_needed, change_days, points_policy, senior_needed
from bot.cases.standing import Notes, Refused, View
from bot.config import BulkPolicy, ContactPolicy


def not_paused(view: View) -> Notes:
    """Nothing that leads to an effect while everything is paused."""
    if view.standing.paused:
        raise Refused("paused", "Changes are paused for everybody right now. I changed nothing; try again later.")
    yield from ()


def within_limits(view: View) -> Notes:
    """Points at once, in sum by person, customer and store, and never below zero; how often, for every kind."""
    yield from ()
    if view.proposal.undo_of is None:
        _not_too_often(view)
    points = view.proposal.points
    if points is None:
        return
    size, rules = abs(points), points_policy(view.proposal, view.policy)
    if size > rules.refuse_above:
        most = f"{rules.refuse_above:,f}"
        raise Refused("too_many", f"More than {most} points at once are not allowed. Ask support.", limit=most)
    if view.standing.balance is not None and view.standing.balance + points < 0:
        have = f"{view.standing.balance:,f}"
        text = f"The customer has {have} points; taking off more would go below zero. Take off less, or ask support."
        raise Refused("below_zero", text, have=have)
    if view.proposal.undo_of is None:
        for spent, limit, code, whose in sums(view):
            if spent + size > limit:
                text = f"That is more than the {limit:,f} points that {whose}. Ask support."
                raise Refused(code, text, limit=f"{limit:,f}")


def sums(view: View) -> Iterator[tuple[Decimal, Decimal, str, str]]:
    """What of each limit in points is used: (used, limit, code, whose it is). Of a list the customers' weeks are looked
    at row by row."""
    history, rules = view.history, points_policy(view.proposal, view.policy)
    yield history.requester_day, rules.per_requester_day, "requester_day", "one person may ask for in a day"
    if not isinstance(rules, BulkPolicy):
        yield history.customer_week, rules.per_customer_week, "customer_week", "one customer may get in a week"
    yield history.store_day, rules.per_store_day, "store_day", "one store may move in a day"


def times(view: View) -> Iterator[tuple[int, int | None, str, str]]:
    """What of each limit in number is used: (used, limit or None, code, whose it is)."""
    history, rules = view.history, view.policy.of(view.proposal.kind)
    yield history.requester_times, rules.times_per_requester_day, "requester_times", "one person may ask for in a day"
    yield history.customer_times, rules.times_per_customer_week, "customer_times", "one customer may have in a week"
    yield history.store_times, rules.times_per_store_day, "store_times", "one store may ask for in a day"


def _not_too_often(view: View) -> None:
    for used, limit, code, whose in times(view):
        if limit is not None and used >= limit:
            text = f"There were {used} changes of this kind already, as many as {whose}. Ask support."
            raise Refused(code, text, used=str(used))


def how_many_sign(view: View) -> Notes:
    """Says how many signatures it takes, and why."""
    proposal, policy = view.proposal, view.policy
    rules = policy.of(proposal.kind)
    needed = approvals_needed(proposal, policy, view.history)
    if proposal.points is not None:
        limits = points_policy(proposal, policy)
        if abs(proposal.points) > limits.second_approver_above:
            yield _signers(limits.quorum, limits.second_approver_above)
        elif needed:
            yield (
                Reason(code="one_approver", text="Points need a manager's approval.")
                if needed == 1
                else _signers(needed)
            )
    elif isinstance(rules, ContactPolicy) and view.history.changes and not rules.approvals:
        days = change_days(proposal, policy)
        text = f"The number was changed within the last {days} days already, so a manager has to approve."
        yield Reason(code="second_change", text=text, values={"days": str(days)})
    elif needed:
        yield _signers(needed)
    if senior_needed(proposal, policy):
        roles = {"regional": "a regional manager", "support": "support"}
        who = " or ".join(roles[r] for r in rules.senior_roles)
        yield Reason(code="senior", text=f"One of those who approve has to be {who}.")


def _signers(number: int, above: Decimal | None = None) -> Reason:
    who = {1: "one other person", 2: "two people"}.get(number, f"{number} people")
    verb = "has" if number == 1 else "have"
    if above is None:
        values = {"number": str(number)}
        return Reason(code="approvers", text=f"{who[0].upper()}{who[1:]} {verb} to approve.", values=values)
    values = {"number": str(number), "above": f"{above:,f}"}
    return Reason(code="two_approvers", text=f"Above {above:,f} points {who} {verb} to approve.", values=values)


def in_hours(view: View) -> Notes:
    """What is asked for while the store's staff do not work is said, takes one more signature, or is refused."""
    if not view.outside_hours or view.policy.outside_hours == "allow":
        return
    hours = view.standing.hours
    assert hours is not None  # noqa: S101 - outside of which hours, otherwise
    values = {"opens": hours.opens, "closes": hours.closes}
    if view.policy.outside_hours == "refuse" and view.proposal.submitted_at is None:
        text = f"Changes are asked for between {hours.opens} and {hours.closes}, while the store's staff work."
        raise Refused("outside_hours", f"{text} Please ask again then.", **values)
    more = " One more person has to approve." if view.policy.outside_hours == "extra_approval" else ""
    text = f"This was asked for outside the store's hours ({hours.opens} to {hours.closes}).{more}"
    yield Reason(code="outside_hours", text=text, values=values)


def cooled_off(view: View) -> Notes:
    """Some time between two changes of one kind for one customer."""
    rules, last = view.policy.of(view.proposal.kind), view.history.last_change
    if last is None or not rules.cooling_off_minutes or view.proposal.undo_of is not None:
        return
    until = last + timedelta(minutes=rules.cooling_off_minutes)
    if view.now < until:
        clock = f"{until.astimezone(ZoneInfo(view.standing.timezone)):%H:%M}"
        text = f"This customer had such a change a moment ago. The next is possible at {clock}."
        raise Refused("cooling_off", text, clock=clock)
    yield from ()


def signs_seen(view: View) -> Notes:
    """What whoever decides should look at; refuses nothing."""
    yield from view.history.signs


def shown_only(view: View) -> Notes:
    """A read-only store shows what would be sent."""
    if view.standing.read_only:
        text = "This store is in read-only mode: this shows what would be sent, and nothing is sent."
        yield Reason(code="read_only", text=text)


def undo_window(view: View) -> Notes:
    """Only what is done, is no undo itself, and (for points) is young enough."""
    original = view.proposal
    if original.state is not ProposalState.DONE or original.undo_of is not None:
        raise Refused("nothing_to_undo", "There is nothing here that could be undone. Ask support if it looks wrong.")
    days = points_policy(original, view.policy).undo_days
    done_at = original.decided_at or original.created_at
    if original.points is not None and view.now > done_at + timedelta(days=days):
        text = f"This is older than {days} days and cannot be undone here. Ask support."
        raise Refused("undo_window", text, days=str(days))
    yield from ()
