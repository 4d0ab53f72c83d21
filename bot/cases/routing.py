"""Who is asked to decide, and whether those known can decide at all: the rules themselves, asked for each of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot.cases.models import Actor, History, Proposal, Role
from bot.cases.people_rules import SIGNERS, is_senior
from bot.cases.standing import Refused, Standing, View
from bot.config import Policy

Level = Literal["manager", "regional", "support", "nobody"]


class Route(BaseModel):
    """Who is asked to decide. level "support": nobody here can decide, support is told and finds somebody."""

    model_config = ConfigDict(frozen=True)
    level: Level
    people: tuple[str, ...]
    text: str


def who_can_approve(proposal: Proposal, people: Sequence[Actor], *, policy: Policy | None = None) -> Route:
    """Of the people known, those whose click would count: managers first, then regional, else support.

    Say so when nobody can: a rule that nobody can satisfy must not wait in silence.
    """
    rules = policy or Policy()
    able = [p for p in people if can_sign(p, proposal, rules)]
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


def can_sign(person: Actor, proposal: Proposal, policy: Policy) -> bool:
    """Whether this person's signature would count now, as far as people go: amounts are another question."""
    view = View(person, proposal, None, policy, proposal.created_at, History(), Standing())
    try:
        for rule in SIGNERS:
            list(rule(view))
    except Refused:
        return False
    return True


def signers(proposal: Proposal, people: Sequence[Actor], needed: int, policy: Policy) -> tuple[str, ...]:
    """A set of people whose signatures together would do, seniors first; fewer than `needed` when no set would."""
    found: list[str] = []
    senior = proposal.senior_signed
    for person in sorted(people, key=lambda p: (not is_senior(p, proposal, policy), p.user_id)):
        stands = {"approvals_needed": needed, "senior_signed": senior}
        now = proposal.model_copy(update={"approvers": tuple(found), "verdict": stands})
        if len(found) < needed and can_sign(person, now, policy):
            found.append(person.user_id)
            senior = senior or is_senior(person, proposal, policy)
    return tuple(found)


def _ids(people: Iterable[Actor]) -> tuple[str, ...]:
    return tuple(sorted(p.user_id for p in people))
