"""Treez's records in the words of the house."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from connectors.contract import Customer, CustomerStatus, Discount, OnlineOrder, Sale, StoreInfo
from connectors.values import Row, e164, email, flag, identifier, moment, number, text

# An update must carry these four, or Treez refuses it; with what staff call them.
REQUIRED = {"first_name": "first name", "last_name": "last name", "birthday": "birth date", "patient_type": "type"}
# And these, of a medical patient with a state card.
MEDICAL = {"state_medical_id": "medical id", "permit_expiration": "expiry of the medical id"}
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NEVER = frozenset({"PREVIEW"})


def customer_from(row: Row) -> Customer | None:
    """A customer, or None where the row has no usable id, or says of merges what nobody can read."""
    own_id, absorbed = identifier(row.get("customer_id")), row.get("merged_customer_ids")
    if own_id is None or not (absorbed is None or isinstance(absorbed, list)):
        return None
    groups = row.get("customer_groups")
    return Customer(
        id=own_id,
        first_name=shown_name(row.get("first_name")),
        last_name=shown_name(row.get("last_name")),
        phone=e164(row.get("phone")),
        email=email(row.get("email")),
        status=_status(row),
        merged_into=identifier(row.get("merged_into_customer_id")),
        created_at=moment(row.get("signup_date")),
        modified_at=moment(row.get("last_update")),
        phone_obstacles=obstacles(row),
        merged_from=tuple(found for one in absorbed or () if (found := identifier(one))),
        links=_links(row),
        groups=tuple(name for one in groups if (name := text(one))) if isinstance(groups, list) else (),
        birth_date=born(row.get("birthday")),
    )


def shown_name(value: object) -> str:
    """Treez keeps names in capitals; people are not shouted at."""
    found = text(value)
    return found.title() if found.isupper() else found


def born(value: object) -> date | None:
    """A birth date, or None."""
    try:
        return date.fromisoformat(text(value)[:10])
    except ValueError:
        return None


def contact_id(value: object) -> str | None:
    """Alpine IQ's contact id as Alpine IQ itself writes it: 32 digits, without the dashes that Treez shows."""
    found = text(value).lower()
    return (found.replace("-", "") if _UUID.fullmatch(found) else text(value)) or None


def _links(row: Row) -> Mapping[str, str | None]:
    """The stored id, where this generation of the API shows the field at all."""
    ids = row.get("external_ids")
    if not isinstance(ids, dict) or "aiq_contact_id" not in ids:
        return {}
    return {"alpineiq": contact_id(ids["aiq_contact_id"])}


def _status(row: Row) -> CustomerStatus:
    """MERGED is the record that took in others and is in use; DEACTIVATED is deleted, or merged away."""
    if identifier(row.get("merged_into_customer_id")) is not None:
        return "merged"
    status = text(row.get("status")).upper()
    if status == "DEACTIVATED":
        return "archived"
    return "active" if status in ("ACTIVE", "MERGED") and row.get("banned") is not True else "inactive"


def obstacles(row: Row) -> tuple[str, ...]:
    """What forbids changing this profile by API, in plain words; empty when nothing does."""
    needed = REQUIRED | (MEDICAL if text(row.get("patient_type")).upper() == "MEDICAL_MMID" else {})
    found = [f"the profile has no {words}" for name, words in needed.items() if not text(row.get(name))]
    if identifier(row.get("merged_into_customer_id")) is not None:
        found.append("the profile was merged into another one")
    elif text(row.get("status")).upper() == "DEACTIVATED":
        found.append("the profile is deactivated")
    return tuple(found)


def resent(row: Row) -> dict[str, Any]:
    """The fields that every update must carry, as they are."""
    needed = [*REQUIRED, *(MEDICAL if text(row.get("patient_type")).upper() == "MEDICAL_MMID" else ())]
    body = {name: row[name] for name in needed}
    if "permit_expiration" in body:
        # Shown with a time of day, taken as a day.
        body["permit_expiration"] = text(body["permit_expiration"])[:10]
    return body


def sale_from(row: Row, *, native_rewards: bool) -> Sale | None:
    """A ticket, or None for previews, and for rows without id, time or total. Points: only of Treez's own program."""
    status = text(row.get("order_status")).upper()
    at = moment(row.get("date_closed")) or moment(row.get("date_created"))
    own_id, total = text(row.get("ticket_id")), number(row.get("total"))
    if not own_id or at is None or total is None or status in _NEVER:
        return None
    returned = text(row.get("original_ticket_id"))
    return Sale(
        id=own_id,
        number=text(row.get("order_number")),
        customer_id=identifier(row.get("customer_id")),
        at=at,
        total=total,
        before_tax=_before_tax(row, total),
        is_return=bool(returned) or total < 0,
        returns_sale_id=returned or None,
        points_earned=number(row.get("reward_points_earned")) if native_rewards else None,
        points_spent=number(row.get("reward_points_used")) if native_rewards else None,
        source=text(row.get("order_source")).replace("_", " ").capitalize(),
        cancelled=status != "COMPLETED",
        earns=flag(row.get("reward_eligible")),
    )


def _before_tax(row: Row, total: Decimal) -> Decimal | None:
    tax = number(row.get("tax_total"))
    if tax is not None:
        return total - tax
    part, discount = number(row.get("sub_total")), number(row.get("discount_total"))
    return None if part is None else part - (discount or 0)


def order_from(row: Row) -> OnlineOrder | None:
    """A ticket as an order from the web, or None where it has no id."""
    own_id = text(row.get("order_number")) or text(row.get("ticket_id"))
    if not own_id:
        return None
    return OnlineOrder(
        id=own_id,
        customer_id=identifier(row.get("customer_id")),
        status=text(row.get("order_status")),
        at=moment(row.get("date_created")),
        total=number(row.get("total")),
        sale_id=text(row.get("ticket_id")) or None,
    )


def discount_from(row: Row) -> Discount | None:
    """A discount of the organisation; `loyalty` marks a reward of the loyalty provider, `points` what it takes."""
    own_id = text(row.get("id"))
    if not own_id:
        return None
    stores = row.get("storeCustomizations")
    named = [text(s.get("entityName")) for s in stores if isinstance(s, dict)] if isinstance(stores, list) else []
    return Discount(
        id=own_id,
        name=text(row.get("displayTitle")) or text(row.get("title")),
        kind=text(row.get("method")),
        active=row.get("isActive") is True,
        applied_by="staff" if row.get("isManual") is True else "the register",
        locations=tuple(name for name in named if name),
        loyalty=flag(row.get("isExternalLoyalty")),
        points=number(row.get("qualifyingBalance")),
    )


def store_from(row: Row) -> StoreInfo | None:
    """A store of the organisation."""
    own_id = text(row.get("id"))
    return StoreInfo(id=own_id, name=text(row.get("name")), active=row.get("deletedAt") is None) if own_id else None
