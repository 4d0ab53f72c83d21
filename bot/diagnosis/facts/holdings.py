"""The member's points and tier, and those behind the person's other profiles."""

from __future__ import annotations

from decimal import Decimal

from bot.diagnosis.catalogue import Outcome, fact
from bot.diagnosis.facts.members import FIND, Key, found_by
from bot.diagnosis.facts.values import Duplicate
from connectors.contract import (
    Balance,
    Customer,
    KnowsTiers,
    LoyaltyProgram,
    Member,
    MemberTier,
    Operation,
    part,
)
from connectors.errors import NotFound


@fact(
    shown=("the balance at the provider", "el saldo en el programa"),
    operations={"program": Operation.READ_BALANCE},
)
def balance(member: Member | None, program: LoyaltyProgram) -> Balance | None:
    """The points the member can spend now. `hidden`: the provider answers 0 on purpose, whatever the real balance."""
    if member is None:
        return None
    try:
        return program.balance(member)
    except NotFound:
        return None


@fact(shown=("the points of the other profile", "los puntos del otro perfil"), operations=FIND)
def duplicate_members(
    duplicates: tuple[Customer, ...], member: Member | None, program: LoyaltyProgram
) -> tuple[Duplicate, ...]:
    """For each other profile of the person, the member it leads to and that member's points."""
    own = member.id if member else None
    return tuple(_duplicate(profile, own, program) for profile in duplicates)


def _duplicate(profile: Customer, own: str | None, program: LoyaltyProgram) -> Duplicate:
    keys: tuple[tuple[Key, str | None], ...] = (
        ("source_id", profile.id),
        ("phone", profile.phone),
        ("email", profile.email),
    )
    found = next((members for key, value in keys if (members := found_by(program, key, value))), ())
    other = next((m for m in found if m.id != own), None)
    if other is None:
        return Duplicate(profile=profile)
    points = other.balance
    if points is None and program.capabilities.of(Operation.READ_BALANCE).supported:
        points = program.balance(other).points
    return Duplicate(profile=profile, member=other, points=points)


@fact
def mergeable(duplicates: tuple[Customer, ...], duplicate_members: Outcome[tuple[Duplicate, ...]]) -> Customer | None:
    """The other live profile to bring together with the customer's own: the one with most points, else the oldest."""
    points = {d.profile.id: d.points or Decimal(0) for d in duplicate_members.value or ()}
    oldest = sorted(duplicates, key=lambda c: (c.created_at.timestamp() if c.created_at else 0.0, c.id))
    return max(oldest, key=lambda c: points.get(c.id, Decimal(0)), default=None)


@fact(
    shown=("the tier at the provider", "el nivel en el programa"),
    operations={"program": Operation.READ_TIER},
)
def member_tier(member: Member | None, program: LoyaltyProgram) -> MemberTier | None:
    """The member's level now, and what the next one takes where the provider says."""
    if member is None:
        return None
    return part(program, KnowsTiers, Operation.READ_TIER).member_tier(member.id)  # type: ignore[type-abstract]


@fact
def richer_duplicate(duplicate_members: tuple[Duplicate, ...], balance: Balance | None) -> Duplicate | None:
    """The other profile of the person that holds more points than this one."""
    own = balance.points if balance else Decimal(0)
    richer = [d for d in duplicate_members if d.points is not None and d.points > own]
    return max(richer, key=lambda d: (d.points or Decimal(0), d.profile.id), default=None)
