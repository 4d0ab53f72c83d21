"""Rules that nobody at a store can satisfy, found by asking the rules themselves for everybody who is known. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from bot.cases.models import Actor, History, Proposal, ProposalState, Role
from bot.cases.people_rules import may_approve_here
from bot.cases.routing import signers
from bot.cases.signatures import approvals_needed
from bot.config import AdjustPolicy, BulkPolicy, Config, ContactPolicy, KindPolicy, Policy, Store

TEAM: Final = "T"
SOMEBODY: Final = "somebody of the store"
KINDS: Final = tuple(name for name, field in Policy.model_fields.items() if isinstance(field.get_default(), KindPolicy))
_ROLES: Final = (Role.MANAGER, Role.SUPPORT, Role.REGIONAL, Role.ADMIN)


class Trouble(BaseModel):
    """One rule that does not work out. nobody: no known set of people satisfies it. unknown: it may be satisfied by
    people of a user group that could not be read. tight: not when one of the `text`'s people asks. note: it works,
    and probably not as meant."""

    model_config = ConfigDict(frozen=True)
    status: Literal["nobody", "unknown", "tight", "note"]
    where: str
    text: str


def roster(config: Config, members: Mapping[str, Sequence[str] | None], *, team_id: str = TEAM) -> tuple[Actor, ...]:
    """Everybody whom the settings name, with their roles. members: user group to its people; None: not read."""
    roles: dict[str, set[Role]] = {}
    for role in _ROLES:
        for entry in getattr(config.roles, role.value):
            for user_id in (members.get(entry) or ()) if entry.startswith("S") else (entry,):
                roles.setdefault(user_id, set()).add(role)
    for store in config.stores:
        for user_id in store.managers:
            roles.setdefault(user_id, set())
    listed = {member.user for member in config.staff}
    return tuple(
        Actor(
            user_id=user_id,
            team_id=team_id,
            roles=frozenset({Role.BUDTENDER, *own}),
            manages=frozenset(s.id for s in config.stores if user_id in s.managers),
            person_refs=frozenset() if user_id in listed else None,
        )
        for user_id, own in sorted(roles.items())
    )


def draft(kind: str, store_id: str, requester: str, points: Decimal | None, *, team_id: str = TEAM) -> Proposal:
    """A proposal as it would be asked for, of nobody in particular."""
    parameters: dict[str, Any] = {} if points is None else {"points": f"{points:f}"}
    return Proposal(
        id="P_draft",
        case_id="C_draft",
        store_id=store_id,
        kind=kind,
        state=ProposalState.OFFERED,
        requester=requester,
        team_id=team_id,
        customer_ref=None,
        parameters=parameters,
        operation_id="op_draft",
        created_at=datetime.now(UTC),
    )


def check(config: Config, people: Sequence[Actor], *, unread: Sequence[str] = ()) -> list[Trouble]:
    """Every rule that does not work out with the people known. unread: user groups that could not be read."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for store in config.stores:
        for kind in KINDS:
            for status, text in _of_kind(config, store, kind, people, bool(unread)):
                found.setdefault((status, store.id, text), []).append(kind)
    troubles = [
        Trouble.model_validate({"status": status, "where": f"{store_id}: {', '.join(kinds)}", "text": text})
        for (status, store_id, text), kinds in found.items()
    ]
    return [*troubles, *_settings(config, people, bool(unread))]


def _of_kind(
    config: Config, store: Store, kind: str, people: Sequence[Actor], unread: bool
) -> Iterator[tuple[str, str]]:
    policy = config.policy
    missing = "unknown" if unread else "nobody"
    askers = [p for p in people if may_approve_here(p, store.id) or Role.SUPPORT in p.roles]
    if policy.of(kind).may_ask == "manager" and not askers:
        yield missing, "only managers may ask, and none is known"
    for label, points, history in _tiers(policy.of(kind)):
        asked = draft(kind, store.id, SOMEBODY, points)
        needed = approvals_needed(asked, policy, history, outside=store.hours is not None)
        if not needed:
            continue
        can = signers(asked, people, needed, policy)
        what = f"{label}{needed} {'signature' if needed == 1 else 'signatures'} needed"
        if len(can) < needed:
            known = f"only {', '.join(can)} can give one" if can else "nobody who is known can give one"
            yield missing, f"{what}, {known}"
            continue
        stuck = [p.user_id for p in askers if len(signers(_by(asked, p), people, needed, policy)) < needed]
        if stuck:
            yield "tight", f"{what}, which cannot be had when the asker is {' or '.join(stuck)}"


def _by(asked: Proposal, person: Actor) -> Proposal:
    return asked.model_copy(update={"requester": person.user_id})


def _tiers(rules: KindPolicy) -> Iterator[tuple[str, Decimal | None, History]]:
    """Each set of signatures that a kind may take: what it is for, an example, and what came before it."""
    if isinstance(rules, AdjustPolicy):
        yield "", Decimal(1), History()
        limits = {rules.second_approver_above, *([rules.senior_above] if rules.senior_above is not None else [])}
        for limit in sorted(limits):
            if 0 < limit < rules.refuse_above:
                yield f"above {limit:,f} points ", limit + 1, History()
    elif isinstance(rules, ContactPolicy):
        yield "", None, History()
        yield "at a second change ", None, History(changes=1)
    else:
        yield "", None, History()


def _settings(config: Config, people: Sequence[Actor], unread: bool) -> Iterator[Trouble]:
    policy = config.policy
    for kind in KINDS:
        rules = policy.of(kind)
        if not isinstance(rules, AdjustPolicy):
            continue
        if rules.second_approver_above >= rules.refuse_above:
            text = f"second_approver_above is not below refuse_above ({rules.refuse_above:,f}): it never applies"
            yield Trouble(status="note", where=f"policy.{kind}", text=text)
        smallest = min(rules.per_requester_day, rules.per_store_day)
        if not isinstance(rules, BulkPolicy):  # of a list the customers' weeks count row by row
            smallest = min(smallest, rules.per_customer_week)
        if rules.refuse_above > smallest:
            text = f"refuse_above ({rules.refuse_above:,f}) is more than the sums allow ({smallest:,f})"
            yield Trouble(status="note", where=f"policy.{kind}", text=text)
    if policy.break_glass.enabled and not unread and not any(Role.ADMIN in p.roles for p in people):
        text = "nobody is in roles.admin, so nobody can decide in an emergency"
        yield Trouble(status="note", where="policy.break_glass", text=text)
    if not config.staff:
        yield Trouble(
            status="note", where="staff", text="nobody is listed, so whether people gain by it is not checked"
        )
