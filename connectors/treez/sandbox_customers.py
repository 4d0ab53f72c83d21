"""Customers, their history and their merges, as the Treez sandbox serves them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import copy
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from connectors.sandbox.state import PosCustomer, Store
from connectors.sandbox.world import World
from connectors.treez.sandbox_rules import ZONE, Refused, stamp
from connectors.treez.sandbox_state import Entry, history, link_of, own, shown_id

_PHONE = re.compile(r"[2-9]\d{9}")
_KINDS = ("ADULT", "MEDICAL", "MEDICAL_MMID")
_REQUIRED = ("first_name", "last_name", "birthday", "patient_type")


def shown(world: World, customer: PosCustomer) -> PosCustomer:
    """The record as the API shows it now: a fresh write may not be visible yet."""
    if customer.before is not None and customer.visible_at is not None and world.now() < customer.visible_at:
        return customer.before
    return customer


def known(store: Store, customer_id: str) -> PosCustomer:
    """By id, of any status. Raises Refused."""
    found = store.customers.get(int(customer_id)) if re.fullmatch(r"\d{1,9}", customer_id) else None
    if found is None:
        raise Refused(404, "CUSTOMER_DOESNT_EXIST", f"Unable to find customer with id: {customer_id}")
    return found


def found(world: World, store: Store, fits: Callable[[PosCustomer], bool]) -> list[PosCustomer]:
    """Whom a lookup finds, of those that are not deactivated. Raises Refused where it is nobody."""
    hits = [
        one for c in store.customers.values() if _status(store, one := shown(world, c)) != "DEACTIVATED" and fits(one)
    ]
    if not hits:
        raise Refused(404, "CUSTOMER_DOESNT_EXIST")
    return hits


def changed(world: World, store: Store, since: datetime) -> list[PosCustomer]:
    """Those changed after a moment, oldest change first."""
    rows = [shown(world, c) for c in store.customers.values() if c.modified_at > since]
    return sorted(rows, key=lambda c: c.modified_at)


def record(store: Store, c: PosCustomer, *, ids: bool = True) -> dict[str, Any]:
    """The vendor's customer. ids: with the loyalty ids of other systems."""
    row = {
        "status": _status(store, c),
        "verification_status": "VERIFIED",
        "verification_reasons": [],
        "customer_id": str(c.id),
        "first_name": c.first_name.upper() if c.first_name else None,
        "middle_name": None,
        "nickname": "",
        "last_name": c.last_name.upper() if c.last_name else None,
        "birthday": c.date_of_birth.date().isoformat() if c.date_of_birth else None,
        "drivers_license": c.extra["treez_licence"],
        "drivers_license_expiration": "2029-05-12",
        "state_medical_id": f"MED{c.id}" if c.is_medical else "",
        "permit_expiration": "2027-05-31 00:00:00.000" if c.is_medical else None,
        "email": c.email,
        "phone": c.phone,
        "notes": c.notes or "N/A",
        "is_caregiver": False,
        "rewards_balance": 0,
        "rewards_type": "POINTS",
        "gender": "U",
        "signup_date": stamp(c.created_at),
        "last_visit_date": None,
        "last_update": stamp(c.modified_at),
        "opt_out": None,
        "referral_source": None,
        "banned": c.extra.get("treez_banned", False),
        "warning_1": False,
        "warning_2": False,
        "addresses": [],
        "merged_customer_ids": _absorbed(store, c),
        "merged_into_customer_id": c.merged_into,
        "patient_type": "MEDICAL_MMID" if c.is_medical else "ADULT",
        "customer_groups": list(c.extra.get("treez_groups", ())),
    }
    return row | {"external_ids": {"aiq_contact_id": _aiq(store, c)}} if ids else row


def _aiq(store: Store, c: PosCustomer) -> str | None:
    """Only Alpine IQ's id has a field; Treez Loyalty's stands on the screens alone."""
    return (shown_id(link_of(c)) or None) if store.loyalty == "alpineiq" else None


def _status(store: Store, c: PosCustomer) -> str:
    if c.merged_into is not None or (c.status or "").lower() != "active":
        return "DEACTIVATED"
    return "MERGED" if _absorbed(store, c) else "ACTIVE"


def _absorbed(store: Store, c: PosCustomer) -> list[int]:
    return sorted(other.id for other in store.customers.values() if other.merged_into == c.id)


def history_of(store: Store, c: PosCustomer) -> dict[str, Any]:
    """Newest first, in the store's time, to the minute."""
    rows = [
        {
            "date": (at := e.at.astimezone(ZONE)).strftime("%m/%d/%Y"),
            "time": f"{at.hour % 12 or 12}:{at:%M} {'AM' if at.hour < 12 else 'PM'} {at.tzname()}",
            "type": e.kind,
            "user_id": "40074",
            "user": e.user,
            "action": e.action,
        }
        for e in sorted(history(c), key=lambda e: e.at, reverse=True)
        if store.loyalty == "alpineiq" or "Contact ID" not in e.action
    ]
    return {"page_elements": len(rows), "total_elements": len(rows), "history": rows}


def update(world: World, store: Store, customer_id: str, body: Any) -> PosCustomer:
    """What the body says, and nothing of what it does not know, without a word. Raises Refused."""
    customer = known(store, customer_id)
    values = _valid(store, body, customer)
    if customer.merged_into is not None:
        detail = f"Customer {customer.id} was merged into customer {customer.merged_into}"
        raise Refused(400, "INVALID_REQUEST", detail)
    before = copy(shown(world, customer))
    lines = _apply(customer, values)
    if world.settings.pos_delay_s:
        customer.before, customer.visible_at = before, world.now() + timedelta(seconds=world.settings.pos_delay_s)
    customer.modified_at = world.now()
    if lines:
        history(customer).append(Entry(world.now(), "\n".join(lines), user="API"))
    world.changed()
    return customer


def create(world: World, store: Store, body: Any) -> PosCustomer:
    """A new profile. Raises Refused."""
    values = _valid(store, body, None)
    now = world.now()
    customer = PosCustomer(max(store.customers) + 1, None, None, None, None, now, now, is_loyalty_member=None)
    customer.extra = {"treez_licence": "", "treez_link": None, "treez_history": [Entry(now, "Created", user="API")]}
    _apply(customer, values)
    store.customers[customer.id] = customer
    world.changed()
    return customer


def _valid(store: Store, body: Any, customer: PosCustomer | None) -> Mapping[str, Any]:
    if not isinstance(body, dict):
        raise Refused(400, "INVALID_REQUEST", "An object is required")
    for name in _REQUIRED:
        if not isinstance(body.get(name), str) or not body[name].strip():
            reason = "CUSTOMER_FIRST_NAME_BLANK" if name == "first_name" else "INCORRECT_VALUE"
            raise Refused(400, reason, f"Field {name} cannot be blank")
    if body["patient_type"] not in _KINDS:
        raise Refused(400, "INCORRECT_VALUE", "patient_type")
    if body["patient_type"] == "MEDICAL_MMID" and not (body.get("state_medical_id") and body.get("permit_expiration")):
        raise Refused(400, "INCORRECT_VALUE", "state_medical_id and permit_expiration are required")
    _day(body["birthday"])
    if body.get("phone") and not _PHONE.fullmatch(str(body["phone"])):
        raise Refused(400, "INCORRECT_VALUE", "phone must be 10 digits and must not start with 0 or 1")
    for name in ("phone", "email"):
        wanted = str(body.get(name) or "").lower()
        for other in store.customers.values():
            taken = other is not customer and _status(store, other) != "DEACTIVATED"
            if wanted and taken and (getattr(other, name) or "").lower() == wanted:
                raise Refused(400, "INCORRECT_VALUE", f"A customer with this {name} already exists")
    return body


def _apply(customer: PosCustomer, values: Mapping[str, Any]) -> list[str]:
    """Take over what is sent; what changed, as lines of the history."""
    lines = []
    for name, title in (
        ("first_name", "First Name"),
        ("last_name", "Last Name"),
        ("phone", "Phone"),
        ("email", "Email"),
    ):
        new, old = values.get(name), getattr(customer, name)
        if new is not None and str(new).lower() != str(old or "").lower():
            setattr(customer, name, new)
            lines.append(f'Changed "{title}" from "{old}" to "{new}"' if old else f'Created "{title}" as "{new}"')
    if values.get("notes") is not None:
        customer.notes = str(values["notes"])
    if isinstance(values.get("customer_groups"), list):
        customer.extra["treez_groups"] = [str(g) for g in values["customer_groups"]]
    customer.date_of_birth = datetime.combine(_day(values["birthday"]), time(), UTC)
    return lines


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(400, "INVALID_DATE_FORMAT", "birthday: YYYY-MM-DD") from None


def merge(world: World, store: Store, body: Any) -> dict[str, Any]:
    """One of the two goes into the other; tickets stay where they are, and the survivor keeps its own loyalty id."""
    sides = {}
    missing = []
    for side in ("source", "destination"):
        asked = body.get(f"{side}CustomerId") if isinstance(body, dict) else None
        found = store.customers.get(int(asked)) if isinstance(asked, str) and asked.isdigit() else None
        if found is None or found.merged_into is not None:
            missing.append(f"{side} customer cannot be found")
        else:
            sides[side] = found
    if missing:
        raise Refused(400, "MODEL_VALIDATION_FAIL", " \n".join(missing))
    gone, kept = sides["source"], sides["destination"]
    if gone is kept:
        raise Refused(400, "MODEL_VALIDATION_FAIL", "source and destination are the same")
    if not own(store).destination_survives:
        gone, kept = kept, gone
    now = world.now()
    gone.merged_into, gone.modified_at, kept.modified_at = kept.id, now, now
    history(gone).append(Entry(now, f"Merged into customer {kept.id}", kind="Action", user="API"))
    history(kept).append(Entry(now, f"Merged customer {gone.id}", kind="Action", user="API"))
    world.changed()
    return {
        "newEntity": False,
        "id": sides["source"].id,
        "firstName": (kept.first_name or "").upper(),
        "lastName": (kept.last_name or "").upper(),
        "phone": kept.phone,
        "email": kept.email,
        "lastUpdatedAt": int(now.timestamp() * 1000),
        "currentFlag": 1,
        "signUpFlag": 1,
        "isMerged": 1,
        "source": "API",
    }
