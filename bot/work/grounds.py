"""From a diagnosis to what fixes stand on, and to references of the customer. Reads no vendor."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

import phonenumbers
from pydantic import BaseModel

from bot.cases import Proposal, Vault
from bot.config import StaffMember
from bot.effects import Grounds
from connectors import REGISTRY
from connectors.contract import Balance, Customer, Member, Redemption, Sale

if TYPE_CHECKING:
    from bot.diagnosis import Diagnosis, Systems
    from bot.diagnosis.models import Evidence
    from bot.work.house import House

M = TypeVar("M", bound=BaseModel)


def grounds_of(diagnosis: Diagnosis, systems: Systems) -> Grounds:
    """What the diagnosis's facts tell, by their names; what could not be told, or was not asked, is None."""
    facts = diagnosis.evidence
    said = _value(facts, "said") or {}
    link = _value(facts, "link") or {}
    customer = _model(facts, "customer", Customer)
    pos, program = systems.pos, systems.program
    return Grounds(
        customer=customer,
        member=_model(facts, "member", Member),
        reached=Member.model_validate(link["member"]) if link.get("member") else None,
        stored=customer.links.get(program.vendor) if customer is not None else None,
        balance=_model(facts, "balance", Balance),
        enrolment=_value(facts, "enrolment"),
        phones=tuple(said.get("phones") or ()),
        emails=tuple(said.get("emails") or ()),
        points=_suggested(said, _model(facts, "balance", Balance)),
        others=_models(facts, "duplicates", Customer) or (),
        mergeable=_model(facts, "mergeable", Customer),
        unattached=_model(facts, "unattached_sale", Sale),
        receipt=_model(facts, "receipt_sale", Sale),
        missed=_missed(facts),
        redemption=_model(facts, "redemption", Redemption),
        redemptions=_models(facts, "redemptions", Redemption),
        due=_points(_value(facts, "due_points")),
        pos=pos.capabilities,
        program=program.capabilities,
        pos_vendor=pos.vendor,
        program_vendor=program.vendor,
        pos_title=_title(pos.vendor),
        program_title=_title(program.vendor),
    )


def _missed(facts: Mapping[str, Evidence]) -> Sale | None:
    """The sale in question, unless the provider is known to have it."""
    told, posting = facts.get("posting"), _value(facts, "posting")
    if told is not None and not told.known:
        return _model(facts, "sale", Sale)
    if posting is None or posting.get("standing") == "posted":
        return None
    return Sale.model_validate(posting["sale"])


def _title(vendor: str) -> str:
    connector = REGISTRY.get(vendor)
    return connector.title if connector is not None else vendor


def _suggested(said: Mapping[str, Any], balance: Balance | None) -> int | None:
    """The change that the question names, else what is missing to the number that the customer claims."""
    if said.get("delta") is not None:
        return int(float(said["delta"]))
    if said.get("claimed") is None or balance is None or balance.hidden:
        return None
    missing = int(float(said["claimed"])) - int(balance.points)
    return missing if missing > 0 else None


def _points(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _value(facts: Mapping[str, Evidence], name: str) -> Any:
    found = facts.get(name)
    return found.value if found is not None and found.known else None


def _model(facts: Mapping[str, Evidence], name: str, model: type[M]) -> M | None:
    value = _value(facts, name)
    return None if value is None else model.model_validate(value)


def _models(facts: Mapping[str, Evidence], name: str, model: type[M]) -> tuple[M, ...] | None:
    value = _value(facts, name)
    return None if value is None else tuple(model.model_validate(one) for one in value)


def customer_reference(house: House, store_id: str, diagnosis: Diagnosis) -> str | None:
    """The customer's reference within the store, the same in every case; None when nobody was found."""
    customer = _model(diagnosis.evidence, "customer", Customer)
    member = _model(diagnosis.evidence, "member", Member)
    if customer is not None:
        return about_reference(house.vault, store_id, f"pos:{customer.id}")
    return None if member is None else about_reference(house.vault, store_id, f"member:{member.id}")


def called(diagnosis: Diagnosis) -> tuple[str, ...]:
    """The names that the customer has at the register and at the provider, each once."""
    found = (_model(diagnosis.evidence, "customer", Customer), _model(diagnosis.evidence, "member", Member))
    names = (f"{one.first_name} {one.last_name}".strip() for one in found if one is not None)
    return tuple(dict.fromkeys(name for name in names if name))


def about_reference(vault: Vault, store_id: str, about: str) -> str:
    """HMAC of an `Offer.about` within its store."""
    return vault.ref(f"customer:{store_id}:{about}")


def customer_references(vault: Vault, proposal: Proposal) -> frozenset[str]:
    """The customer of a change under every name that a list may know them by: also a member whose record the register
    does not lead to."""
    member = proposal.offer.get("member")
    named = {about_reference(vault, proposal.store_id, f"member:{member}")} if member else set()
    return frozenset(named | ({proposal.customer_ref} if proposal.customer_ref else set()))


def contact_reference(vault: Vault, contact: str) -> str:
    """HMAC of a phone (E.164) or an e-mail (lower case): what the beneficiary rule compares."""
    return vault.ref(f"contact:{contact.strip().lower()}")


def named_references(vault: Vault, parameters: Mapping[str, Any]) -> frozenset[str]:
    """HMAC references of the phone and the e-mail among what was typed."""
    typed = (parameters.get("phone"), parameters.get("email"))
    return frozenset(contact_reference(vault, str(contact)) for contact in typed if contact)


def staff_references(vault: Vault, member: StaffMember) -> frozenset[str]:
    """HMAC references of a staff member's own phone (E.164) and e-mail (lower case): the beneficiary rule."""
    own: set[str] = set()
    if member.phone:
        parsed = phonenumbers.parse(member.phone, "US")
        own.add(contact_reference(vault, phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)))
    if member.email:
        own.add(contact_reference(vault, member.email))
    return frozenset(own)
