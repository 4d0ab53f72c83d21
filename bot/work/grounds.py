"""From a diagnosis to what fixes stand on, and to references of the customer. Reads no vendor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import phonenumbers
from pydantic import BaseModel

from bot.cases import Vault
from bot.config import StaffMember
from bot.effects import Grounds
from connectors.contract import Balance, Customer, Member

if TYPE_CHECKING:
    from bot.diagnosis import Diagnosis, Systems
    from bot.diagnosis.models import Evidence
    from bot.work.house import House

M = TypeVar("M", bound=BaseModel)


def grounds_of(diagnosis: Diagnosis, systems: Systems) -> Grounds:
    """The diagnosis's customer, member, link, balance and stated numbers; what could not be told is None."""
    facts = diagnosis.evidence
    said = _value(facts, "said") or {}
    link = _value(facts, "link") or {}
    return Grounds(
        customer=_model(facts, "customer", Customer),
        member=_model(facts, "member", Member),
        reached=Member.model_validate(link["member"]) if link.get("member") else None,
        balance=_model(facts, "balance", Balance),
        phones=tuple(said.get("phones") or ()),
        points=_suggested(said, _model(facts, "balance", Balance)),
        pos=systems.pos.capabilities,
        program=systems.program.capabilities,
    )


def _suggested(said: Mapping[str, Any], balance: Balance | None) -> int | None:
    """The change that the question names, else what is missing to the number that the customer claims."""
    if said.get("delta") is not None:
        return int(float(said["delta"]))
    if said.get("claimed") is None or balance is None or balance.hidden:
        return None
    missing = int(float(said["claimed"])) - int(balance.points)
    return missing if missing > 0 else None


def _value(facts: Mapping[str, Evidence], name: str) -> Any:
    found = facts.get(name)
    return found.value if found is not None and found.known else None


def _model(facts: Mapping[str, Evidence], name: str, model: type[M]) -> M | None:
    value = _value(facts, name)
    return None if value is None else model.model_validate(value)


def customer_reference(house: House, store_id: str, diagnosis: Diagnosis) -> str | None:
    """The customer's reference within the store, the same in every case; None when nobody was found."""
    customer = _model(diagnosis.evidence, "customer", Customer)
    member = _model(diagnosis.evidence, "member", Member)
    if customer is not None:
        return about_reference(house.vault, store_id, f"pos:{customer.id}")
    return None if member is None else about_reference(house.vault, store_id, f"member:{member.id}")


def about_reference(vault: Vault, store_id: str, about: str) -> str:
    """HMAC of an `Offer.about` within its store."""
    return vault.ref(f"customer:{store_id}:{about}")


def contact_reference(vault: Vault, contact: str) -> str:
    """HMAC of a phone (E.164) or an e-mail (lower case): what the beneficiary rule compares."""
    return vault.ref(f"contact:{contact.strip().lower()}")


def staff_references(vault: Vault, member: StaffMember) -> frozenset[str]:
    """HMAC references of a staff member's own phone (E.164) and e-mail (lower case): the beneficiary rule."""
    own: set[str] = set()
    if member.phone:
        parsed = phonenumbers.parse(member.phone, "US")
        own.add(contact_reference(vault, phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)))
    if member.email:
        own.add(contact_reference(vault, member.email))
    return frozenset(own)
