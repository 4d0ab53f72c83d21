"""The person's record at the loyalty provider: which is theirs, and where the register's phone leads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from rapidfuzz import fuzz, utils

from bot.diagnosis.catalogue import Asks, CannotTell, Outcome, fact
from bot.diagnosis.facts.pair import nature_of
from bot.diagnosis.facts.profiles import same_name
from bot.diagnosis.facts.values import Enrolment, Link, Pair, Said, Searched
from bot.playbook import Text
from connectors.contract import Customer, LinkNature, LoyaltyProgram, Member, Operation, PointOfSale
from connectors.errors import NotFound, Unsupported

Key = Literal["phone", "email", "source_id"]
_KEYS = {"phone": "phone", "email": "e-mail", "source_id": "register number"}
FIND = {"program": Operation.FIND_MEMBER}
COMPATIBLE_NAME = 60.0
"""Similarity (0..100) below which a phone alone does not make two records one person's."""


def unique(members: Iterable[Member]) -> tuple[Member, ...]:
    """Each record once, in order."""
    return tuple({m.id: m for m in members}.values())


@fact(shown=("who this is at the provider", "quién es en el programa"), operations=FIND)
def stated_members(said: Said, program: LoyaltyProgram) -> tuple[Member, ...]:
    """Records at the provider that the question's phones, e-mails and loyalty ids lead to, by the keys it can be asked
    by; `searched` says which these were."""
    found = [m for phone in said.phones for m in found_by(program, "phone", phone)]
    found += [m for email in said.emails for m in found_by(program, "email", email)]
    found += [m for own_id in said.loyalty_ids if (m := _by_own_id(program, own_id))]
    return unique(found)


def found_by(program: LoyaltyProgram, key: Key, value: str | None) -> tuple[Member, ...]:
    """Nobody where there is no value, or where the provider cannot be asked by this key."""
    if not value or key not in program.capabilities.finds_by:
        return ()
    return tuple(program.find_members(**{key: value}))


def _by_own_id(program: LoyaltyProgram, member_id: str) -> Member | None:
    """None also where the provider cannot be asked by its own id."""
    try:
        return program.member(member_id)
    except (NotFound, Unsupported):
        return None


@fact(shown=("the provider's search by phone", "la búsqueda por teléfono en el programa"), operations=FIND)
def members_by_phone(customer: Customer | None, program: LoyaltyProgram) -> tuple[Member, ...]:
    """Records at the provider with the phone of the customer's profile."""
    return found_by(program, "phone", customer.phone if customer else None)


@fact(shown=("the provider's search by e-mail", "la búsqueda por correo en el programa"), operations=FIND)
def members_by_email(customer: Customer | None, program: LoyaltyProgram) -> tuple[Member, ...]:
    """Records at the provider with the e-mail of the customer's profile."""
    return found_by(program, "email", customer.email if customer else None)


@fact(shown=("the provider's search by register id", "la búsqueda por número de caja"), operations=FIND)
def members_by_source(customer: Customer | None, program: LoyaltyProgram) -> tuple[Member, ...]:
    """Records at the provider that name the customer's profile as their source."""
    try:
        return found_by(program, "source_id", customer.id if customer else None)
    except NotFound:
        return ()


@fact(shown=("what the provider can be searched by", "por qué se puede buscar en el programa"), operations=FIND)
def searched(said: Said, customer: Outcome[Customer | None], program: LoyaltyProgram) -> Searched:
    """By what the provider was searched: what the question and the register's profile name, as far as it can be asked
    by it."""
    keys, own = program.capabilities.finds_by, customer.value
    return Searched(
        phone="phone" in keys and bool(said.phones or (own and own.phone)),
        email="email" in keys and bool(said.emails or (own and own.email)),
        source="source_id" in keys and own is not None,
        other=bool(said.loyalty_ids),
    )


@fact(shown=("the member behind the register's profile", "el miembro detrás del perfil de la caja"))
def link(
    customer: Customer | None,
    members_by_phone: Outcome[tuple[Member, ...]],
    members_by_email: Outcome[tuple[Member, ...]],
    members_by_source: Outcome[tuple[Member, ...]],
    pos: PointOfSale,
    program: LoyaltyProgram,
) -> Link:
    """Which member the register's profile leads to, by what ties this register to this provider: an id on the profile,
    its phone, or the register's own id or e-mail at the provider."""
    nature = nature_of(pos, program)
    if nature.kind == "none":
        raise CannotTell(_why_no_link(nature, program), "unsupported")
    if customer is None:
        return Link(kind=nature.kind)
    ways = {"phone": members_by_phone, "email": members_by_email, "source_id": members_by_source}
    if nature.kind == "stored":
        return _stored_link(customer, program, ways)
    follows = [key for key in nature.follows or ("source_id",) if key in program.capabilities.finds_by]
    found = [m for key in follows if key in ways for m in _told(ways[key])]
    phone = customer.phone if "phone" in follows else None
    return Link(kind=nature.kind, phone=phone, member=found[0] if found else None)


def _why_no_link(nature: LinkNature, program: LoyaltyProgram) -> str:
    return program.capabilities.of(Operation.FIND_MEMBER).why or nature.relink


def _told(outcome: Outcome[tuple[Member, ...]]) -> tuple[Member, ...]:
    if outcome.failure is not None:
        raise CannotTell(outcome.failure, outcome.code or "needs")
    return outcome.value or ()


def _stored_link(customer: Customer, program: LoyaltyProgram, ways: Mapping[str, Outcome[tuple[Member, ...]]]) -> Link:
    """The id on the profile, and whom it names: one of those found already, or whoever the provider shows by it."""
    if program.vendor not in customer.links:
        raise CannotTell("the register does not show which loyalty id is on the profile", "unsupported")
    stored = customer.links[program.vendor]
    if stored is None:
        return Link(kind="stored")
    near = [m for outcome in ways.values() for m in outcome.value or () if m.id == stored]
    if near:
        return Link(kind="stored", stored=stored, member=near[0])
    try:
        return Link(kind="stored", stored=stored, member=program.member(stored))
    except NotFound:
        return Link(kind="stored", stored=stored, gone=True)
    except Unsupported:
        return Link(kind="stored", stored=stored)


@fact(shown=("the customer at the provider", "el cliente en el programa"), operations=FIND)
def member_candidates(
    stated_members: tuple[Member, ...],
    members_by_phone: tuple[Member, ...],
    members_by_email: tuple[Member, ...],
    members_by_source: tuple[Member, ...],
    link: Outcome[Link],
) -> tuple[Member, ...]:
    """Every record at the provider that something leads to, the link last."""
    linked = [link.value.member] if link.value and link.value.member else []
    return unique([*stated_members, *members_by_source, *members_by_email, *members_by_phone, *linked])


@fact(shown=("the customer at the provider", "el cliente en el programa"), operations=FIND)
def member(
    said: Said,
    customer: Customer | None,
    merged_profile: Customer | None,
    member_candidates: tuple[Member, ...],
    searched: Searched,
    provider_name: str,
    program: LoyaltyProgram,
) -> Member | None:
    """The person's own record at the provider: the one that most evidence speaks for (register id, phone asked about,
    e-mail, name). A phone alone under quite another name is not enough."""
    candidates = member_candidates
    if not candidates and not searched.anything:
        keys = " and ".join(_KEYS[key] for key in sorted(program.capabilities.finds_by & _KEYS.keys()))
        raise CannotTell(f"{provider_name} can be searched by {keys} only, and none is known", "unsupported")
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
            en="What does {{ provider_name }} show for this customer?",
            es="¿Qué muestra {{ provider_name }} para este cliente?",
        ),
        where=Text(
            en="{% if pair.program == 'treez' %}At the register start a sale, add the customer and open the loyalty "
            "wallet; then cancel the sale.{% elif pair.program == 'brandlift' %}Shopify > BrandLift > Customers: "
            "search by name or e-mail.{% else %}{{ provider_name }}'s customer list: search by phone or e-mail."
            "{% endif %}",
            es="{% if pair.program == 'treez' %}En la caja empiece una venta, agregue al cliente y abra la billetera; "
            "luego cancele la venta.{% elif pair.program == 'brandlift' %}Shopify > BrandLift > Customers: busque por "
            "nombre o correo.{% else %}La lista de clientes de {{ provider_name }}: busque por teléfono o correo."
            "{% endif %}",
        ),
        options={
            "member": Text(en="A member", es="Es miembro"),
            "contact": Text(en="A contact, not enrolled", es="Un contacto, sin inscribir"),
            "none": Text(en="Nobody", es="Nadie"),
        },
    ),
)
def enrolment(member: Member | None, pair: Pair, provider_name: str) -> Enrolment:
    """Whether the person is a member, only a contact, or unknown at the provider. Asked where no API says."""
    if member is None:
        return "none"
    if member.enrolled is None:
        raise CannotTell("the provider does not say whether this contact is a member", "unsupported")
    return "member" if member.enrolled else "contact"


@fact
def other_members(member: Member | None, member_candidates: tuple[Member, ...]) -> tuple[Member, ...]:
    """Other records at the provider that lead to the same person by name: they joined twice."""
    if member is None:
        return ()
    others = [m for m in member_candidates if m.id != member.id]
    return tuple(m for m in others if m.name and member.name and same_name(m.name, member.name))
