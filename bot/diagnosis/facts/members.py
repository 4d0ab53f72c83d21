"""The person's record at the loyalty provider: which is theirs, and where the register's phone leads."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from rapidfuzz import fuzz, utils

from bot.diagnosis.catalogue import Asks, CannotTell, fact
from bot.diagnosis.facts.values import Duplicate, Enrolment, Link, Said
from bot.playbook import Text
from connectors.contract import Balance, Customer, LoyaltyProgram, Member, Operation
from connectors.errors import NotFound

FIND = {"program": Operation.FIND_MEMBER}
COMPATIBLE_NAME = 60.0
"""Similarity (0..100) below which a phone alone does not make two records one person's."""


def unique(members: Iterable[Member]) -> tuple[Member, ...]:
    """Each record once, in order."""
    return tuple({m.id: m for m in members}.values())


@fact(shown=("the provider's search by what was asked", "la búsqueda en el programa de puntos"), operations=FIND)
def stated_members(said: Said, program: LoyaltyProgram) -> tuple[Member, ...]:
    """Records at the provider that the question's phones, e-mails and loyalty ids lead to."""
    found = [m for phone in said.phones for m in program.find_members(phone=phone)]
    found += [m for email in said.emails for m in program.find_members(email=email)]
    for loyalty_id in said.loyalty_ids:
        try:
            found.append(program.member(loyalty_id))
        except NotFound:
            continue
    return unique(found)


@fact(
    shown=("the member behind the register's phone", "el miembro detrás del teléfono de la caja"),
    operations=FIND,
)
def link(customer: Customer | None, program: LoyaltyProgram) -> Link:
    """Which member the register leads to. Derived from the phone: the register looks members up by phone only."""
    phone = customer.phone if customer else None
    found = program.find_members(phone=phone) if phone else ()
    return Link(phone=phone, member=found[0] if found else None)


@fact(shown=("the provider's search by e-mail", "la búsqueda por correo en el programa"), operations=FIND)
def members_by_email(customer: Customer | None, program: LoyaltyProgram) -> tuple[Member, ...]:
    """Records at the provider with the e-mail of the customer's profile."""
    return tuple(program.find_members(email=customer.email)) if customer and customer.email else ()


@fact(shown=("the provider's search by register id", "la búsqueda por número de caja"), operations=FIND)
def members_by_source(customer: Customer | None, program: LoyaltyProgram) -> tuple[Member, ...]:
    """Records at the provider that name the customer's profile as their source."""
    return tuple(program.find_members(source_id=customer.id)) if customer else ()


@fact
def member(
    said: Said,
    customer: Customer | None,
    merged_profile: Customer | None,
    stated_members: tuple[Member, ...],
    link: Link,
    members_by_email: tuple[Member, ...],
    members_by_source: tuple[Member, ...],
) -> Member | None:
    """The person's own record at the provider: the one that most evidence speaks for (register id, phone asked about,
    e-mail, name). A phone alone under quite another name is not enough."""
    linked = [link.member] if link.member else []
    candidates = unique([*stated_members, *members_by_source, *members_by_email, *linked])
    if customer is None:
        return candidates[0] if candidates else None
    merged = {merged_profile.id} if merged_profile else set[str]()
    scored = [(_evidence(m, customer, merged, said), m.id, m) for m in candidates if _plausible(m, customer, merged)]
    return max(scored, key=lambda s: s[:2])[2] if scored else None


def _evidence(m: Member, customer: Customer, merged: set[str], said: Said) -> int:
    """How much speaks for this record being the customer's; only the order of the sums matters."""
    return (
        4 * (m.source_id == customer.id)
        + 3 * (m.source_id in merged)
        + 3 * (m.phone is not None and m.phone in said.phones)
        + 3 * _equal(m.email, customer.email)
        + 3 * _similar(m.name, customer.name)
        + 2 * _equal(m.phone, customer.phone)
    )


def _plausible(m: Member, customer: Customer, merged: set[str]) -> bool:
    named = m.source_id in {customer.id, *merged} or _equal(m.email, customer.email)
    return named or not m.name or not customer.name or _similar(m.name, customer.name)


def _similar(one: str, other: str) -> bool:
    return fuzz.token_set_ratio(one, other, processor=utils.default_process) >= COMPATIBLE_NAME


def _equal(one: str | None, other: str | None) -> bool:
    return one is not None and one == other


@fact(
    shown=("whether the customer is enrolled", "si el cliente está inscrito"),
    operations=FIND,
    asks=Asks(
        question=Text(
            en="What does the loyalty provider show for this customer?",
            es="¿Qué muestra el programa de puntos para este cliente?",
        ),
        where=Text(
            en="Open the provider's customer list and search by phone.",
            es="Abra la lista de clientes del programa y busque por teléfono.",
        ),
        options={
            "member": Text(en="A member", es="Es miembro"),
            "contact": Text(en="A contact, not enrolled", es="Un contacto, sin inscribir"),
            "none": Text(en="Nobody", es="Nadie"),
        },
    ),
)
def enrolment(member: Member | None) -> Enrolment:
    """Whether the person is a member, only a contact, or unknown at the provider. Asked where no API
    says."""
    if member is None:
        return "none"
    if member.enrolled is None:
        raise CannotTell("the provider does not say whether this contact is a member", "unsupported")
    return "member" if member.enrolled else "contact"


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
    found = list(program.find_members(source_id=profile.id))
    if not found and profile.phone:
        found = list(program.find_members(phone=profile.phone))
    if not found and profile.email:
        found = list(program.find_members(email=profile.email))
    other = next((m for m in found if m.id != own), None)
    if other is None:
        return Duplicate(profile=profile)
    points = other.balance
    return Duplicate(profile=profile, member=other, points=program.balance(other).points if points is None else points)


@fact
def richer_duplicate(duplicate_members: tuple[Duplicate, ...], balance: Balance | None) -> Duplicate | None:
    """The other profile of the person that holds more points than this one."""
    own = balance.points if balance else Decimal(0)
    richer = [d for d in duplicate_members if d.points is not None and d.points > own]
    return max(richer, key=lambda d: (d.points or Decimal(0), d.profile.id), default=None)
