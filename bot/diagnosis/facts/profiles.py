"""The person's records in the register: which is the right one, and which others there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, utils

from bot.diagnosis.catalogue import CannotTell, Outcome, fact
from bot.diagnosis.facts.values import Said
from connectors.contract import Customer, Member, Operation, PointOfSale, Sale
from connectors.errors import NotFound

FIND = {"pos": Operation.FIND_CUSTOMER}
SALES = {"pos": Operation.READ_SALES}
SAME_NAME = 85.0
"""Similarity (0..100) from which two names count as one person's."""
LONGEST_CHAIN = 5
"""How many merges are followed before it counts as a circle."""


def same_name(one: str, other: str) -> bool:
    """Whether two names may be one person's; an empty name fits every other."""
    if not one.strip() or not other.strip():
        return True
    return fuzz.token_sort_ratio(one, other, processor=utils.default_process) >= SAME_NAME


def unique(customers: Iterable[Customer]) -> tuple[Customer, ...]:
    """Each record once, in order."""
    return tuple({c.id: c for c in customers}.values())


@fact(shown=("the register's search by phone", "la búsqueda por teléfono en la caja"), operations=FIND)
def pos_by_phone(said: Said, pos: PointOfSale) -> tuple[Customer, ...]:
    """Profiles in the register with a phone of the question."""
    return unique(c for phone in said.phones for c in pos.find_customers(phone=phone))


@fact(shown=("the register's search by e-mail", "la búsqueda por correo en la caja"), operations=FIND)
def pos_by_email(said: Said, pos: PointOfSale) -> tuple[Customer, ...]:
    """Profiles in the register with an e-mail of the question."""
    return unique(c for email in said.emails for c in pos.find_customers(email=email))


@fact
def pos_matches(pos_by_phone: tuple[Customer, ...], pos_by_email: tuple[Customer, ...]) -> tuple[Customer, ...]:
    """Every profile in the register that the question's phones and e-mails lead to."""
    return unique([*pos_by_phone, *pos_by_email])


@fact(shown=("the receipt in the register", "el recibo en la caja"), operations=SALES)
def receipt_sale(said: Said, pos: PointOfSale) -> Sale | None:
    """The sale of the first receipt number of the question that the register knows."""
    for receipt in dict.fromkeys(number for one in said.receipts for number in (one, one.upper())):
        try:
            return pos.sale(receipt)
        except NotFound:
            continue
    return None


@fact(shown=("the customer's profile in the register", "el perfil del cliente en la caja"), operations=FIND)
def customer(
    said: Said,
    pos_matches: tuple[Customer, ...],
    stated_members: Outcome[tuple[Member, ...]],
    receipt_sale: Outcome[Sale | None],
    pos: PointOfSale,
) -> Customer | None:
    """The customer's own profile: by what the question names, else by the member's register id or e-mail, else by the
    receipt. A merged profile leads to the one it was merged into."""
    if not said.anybody:
        raise CannotTell("the question names no phone, e-mail or receipt")
    members = stated_members.value or ()
    found = _best(_survivors(pos_matches, pos), said, members)
    if found is not None:
        return found
    asked = stated_members.failure is None or stated_members.code == "unsupported"
    if not asked and receipt_sale.value is None:
        raise CannotTell("the register knows nobody under this phone or e-mail, and the provider could not be asked")
    linked = _by_ids([m.source_id for m in members], pos) or _by_emails([m.email for m in members], pos)
    if receipt_sale.value is not None:
        linked += _by_ids([receipt_sale.value.customer_id], pos)
    return _best(_survivors(linked, pos), said, members)


def _survivors(found: Iterable[Customer], pos: PointOfSale) -> tuple[Customer, ...]:
    return unique(_survivor(c, pos) for c in found)


def _survivor(one: Customer, pos: PointOfSale) -> Customer:
    seen = {one.id}
    while one.merged_into is not None and one.merged_into not in seen and len(seen) <= LONGEST_CHAIN:
        try:
            following = pos.customer(one.merged_into)
        except NotFound:
            return one
        one = following
        seen.add(one.id)
    return one


def _by_ids(ids: Sequence[str | None], pos: PointOfSale) -> list[Customer]:
    found = []
    for one in dict.fromkeys(i for i in ids if i):
        try:
            found.append(pos.customer(one))
        except NotFound:
            continue
    return found


def _by_emails(emails: Sequence[str | None], pos: PointOfSale) -> list[Customer]:
    return [c for email in dict.fromkeys(e for e in emails if e) for c in pos.find_customers(email=email)]


def _best(candidates: Sequence[Customer], said: Said, members: Sequence[Member]) -> Customer | None:
    """Live before not, named before not, the phone asked about, the one the provider knows, the oldest; then by id."""
    sources = {m.source_id for m in members}

    def rank(c: Customer) -> tuple[bool, bool, bool, bool, float, str]:
        named = any(same_name(c.name, name) for name in said.names)
        asked = c.phone in said.phones or c.cell_phone in said.phones
        age = c.created_at.timestamp() if c.created_at else 0.0
        return (c.live, named, asked, c.id in sources, -age, c.id)

    return max(candidates, key=rank, default=None)


@fact(shown=("other profiles with the same phone", "otros perfiles con el mismo teléfono"), operations=FIND)
def same_phone_profiles(customer: Customer | None, pos: PointOfSale) -> tuple[Customer, ...]:
    """All profiles in the register with the customer's phone, the customer's own among them."""
    phones = dict.fromkeys(p for p in (customer.phone, customer.cell_phone) if p) if customer else {}
    return unique(c for phone in phones for c in pos.find_customers(phone=phone))


@fact(shown=("other profiles with the same e-mail", "otros perfiles con el mismo correo"), operations=FIND)
def same_email_profiles(customer: Customer | None, pos: PointOfSale) -> tuple[Customer, ...]:
    """All profiles in the register with the customer's e-mail, the customer's own among them."""
    return tuple(pos.find_customers(email=customer.email)) if customer and customer.email else ()


@fact
def other_profiles(
    customer: Customer | None,
    pos_matches: tuple[Customer, ...],
    same_phone_profiles: tuple[Customer, ...],
    same_email_profiles: tuple[Customer, ...],
) -> tuple[Customer, ...]:
    """Profiles that share a phone or e-mail with the customer, or were named too, or were merged into the customer."""
    if customer is None:
        return ()
    everybody = unique([*pos_matches, *same_phone_profiles, *same_email_profiles])
    return tuple(c for c in everybody if c.id != customer.id)


@fact
def duplicates(customer: Customer | None, other_profiles: tuple[Customer, ...]) -> tuple[Customer, ...]:
    """Other live profiles under the same name: probably the same person twice."""
    if customer is None:
        return ()
    return tuple(c for c in other_profiles if c.live and same_name(c.name, customer.name))


@fact
def merged_profile(customer: Customer | None, other_profiles: tuple[Customer, ...]) -> Customer | None:
    """A profile that was merged into the customer's, and still shares a phone or e-mail with it."""
    if customer is None:
        return None
    return next((c for c in other_profiles if c.merged_into == customer.id), None)


@fact
def profile_ids(
    customer: Customer | None, merged_profile: Customer | None, duplicates: tuple[Customer, ...]
) -> tuple[str, ...]:
    """Every id under which the register may have rung up this person's sales."""
    own = (customer, merged_profile, *duplicates)
    return tuple(dict.fromkeys(c.id for c in own if c is not None))


@fact(shown=("the profile that the provider points at", "el perfil al que apunta el programa"), operations=FIND)
def source_profile(customer: Customer | None, member: Member | None, pos: PointOfSale) -> Customer | None:
    """The register's profile that the provider's record names, where that is another one than the customer's."""
    if member is None or not member.source_id or (customer and customer.id == member.source_id):
        return None
    try:
        return pos.customer(member.source_id)
    except NotFound:
        return None
