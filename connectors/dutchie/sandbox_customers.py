"""Customers and their journal, as the Dutchie sandbox serves them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from datetime import timedelta
from typing import Any

from connectors.dutchie.sandbox_rules import Refused, bad_request, digits, lowered, moment, stamp
from connectors.sandbox.state import PosCustomer, PosKey, Store
from connectors.sandbox.world import World

TYPES = [
    {"id": 1, "name": "Adult Use", "isMedical": False, "isRetail": True},
    {"id": 2, "name": "Medical", "isMedical": True, "isRetail": True},
]
_REQUIRED = ("firstName", "address1", "city", "state", "postalCode", "status", "customerType")
_STATUSES = {"active": "Active", "cancelled": "Cancelled", "hold": "Hold", "banned": "Banned"}
_WIDEST = timedelta(days=90)
_SEARCH: dict[str, type | tuple[type, ...]] = {
    "lastName": str,
    "dateOfBirth": str,
    "phone": str,
    "emailAddress": str,
    "mmjidNumber": str,
    "driversLicenseId": str,
}
# Written name -> attribute of PosCustomer; None: accepted, and not kept here.
_EDIT: dict[str, str | None] = {
    "firstName": "first_name",
    "lastName": "last_name",
    "address1": "address1",
    "city": "city",
    "state": "state",
    "postalCode": "postal_code",
    "phone": "phone",
    "emailAddress": "email",
    "status": "status",
    "customerType": "customer_type",
    "gender": "gender",
    "notes": "notes",
    "externalCustomerId": "external_id",
    "customIdentifier": "custom_identifier",
    "isLoyaltyMember": "is_loyalty_member",
    "dateOfBirth": "date_of_birth",
    **dict.fromkeys(("name", "middleName", "nameSuffix", "namePrefix", "address2", "uniqueId", "mmjidNumber")),
    **dict.fromkeys(("driversLicenseID", "driversLicenseExpiration", "mmjidExpirationDate", "referralSource")),
    "idempotencyKey": None,
}
_EDIT_TYPES: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(_EDIT, str),
    "customerId": int,
    "isLoyaltyMember": bool,
}


def shown(customer: PosCustomer, world: World) -> PosCustomer:
    """The record as the API shows it now: a fresh write may not be visible yet."""
    if customer.before is not None and customer.visible_at is not None and world.now() < customer.visible_at:
        return customer.before
    return customer


def _visible(world: World, store: Store, key: PosKey) -> list[PosCustomer]:
    return [
        shown(c, world) for c in store.customers.values() if key.menu is None or c.is_medical == (key.menu == "medical")
    ]


def search(world: World, store: Store, key: PosKey, body: Any) -> list[dict[str, Any]]:
    """One row per matching criterion; archived profiles are hidden; [] when nobody matches."""
    asked = {k: v for k, v in lowered(body, _SEARCH).items() if v}
    by_name = "lastName" in asked and "dateOfBirth" in asked
    if not by_name and not (set(asked) - {"lastName", "dateOfBirth"}):
        raise bad_request("At least one search criterion must be provided.")
    rows = []
    for customer in _visible(world, store, key):
        if (customer.status or "").lower() == "archived":
            continue
        rows += [record(customer) | {"matchType": kind} for kind in _matches(customer, asked, by_name=by_name)]
    return rows


def _matches(customer: PosCustomer, asked: Mapping[str, str], *, by_name: bool) -> Iterable[str]:
    phone, email = digits(asked.get("phone")), asked.get("emailAddress", "").lower()
    if phone and phone in (digits(customer.phone), digits(customer.cell_phone)):
        yield "Phone"
    if email and email == (customer.email or "").lower():
        yield "Email"
    for criterion, name in (("driversLicenseId", "licence"), ("mmjidNumber", "medical_id")):
        if asked.get(criterion) and asked[criterion] == customer.extra.get(name):
            yield criterion
    if by_name and asked["lastName"].lower() == (customer.last_name or "").lower():
        born = moment(asked["dateOfBirth"])
        if born and customer.date_of_birth and born.date() == customer.date_of_birth.date():
            yield "LastNameAndDateOfBirth"


def by_external_id(world: World, store: Store, key: PosKey, query: Mapping[str, str]) -> list[dict[str, Any]]:
    """The records that carry this integrator's id."""
    asked = next((v for k, v in query.items() if k.lower() == "externalid"), "")
    if not asked:
        raise bad_request("externalId is required.")
    found = [c for c in _visible(world, store, key) if c.external_id == asked]
    return [record(c) | {"matchType": "ExternalId"} for c in found]


def listed(world: World, store: Store, key: PosKey, query: Mapping[str, str]) -> list[dict[str, Any]]:
    """By id (an array of one), by unique id, by time of change, or all."""
    found = _visible(world, store, key)
    asked = {k.lower(): v for k, v in query.items()}
    wanted = asked.get("customerid") or asked.get("uniqueid")
    if wanted:
        if not wanted.isdigit():
            raise bad_request("The id must be a number.")
        number = int(wanted) - (0 if asked.get("customerid") else _UNIQUE)
        hits = [c for c in found if c.id == number]
        if hits and (hits[0].status or "").lower() == "archived" and not world.settings.archived_by_id:
            hits = []
        if not hits:
            raise Refused(404, "Customer not found.")
        return [record(c) for c in hits]
    return [record(c) for c in _changed(found, world, asked)]


def _changed(found: list[PosCustomer], world: World, asked: Mapping[str, str]) -> list[PosCustomer]:
    since, until = asked.get("fromlastmodifieddateutc"), asked.get("tolastmodifieddateutc")
    if not since and not until:
        return found
    start = moment(since) if since else None
    end = moment(until) if until else world.now()
    if start is None or end is None or end - start > _WIDEST:
        raise bad_request("The date range is invalid: at most 90 days.")
    return [c for c in found if start <= c.modified_at <= end]


def page(world: World, store: Store, key: PosKey, query: Mapping[str, str]) -> list[dict[str, Any]]:
    """One page, in the order of ids; [] past the end."""
    asked = {k.lower(): v for k, v in query.items()}
    number, size = asked.get("pagenumber", "0"), asked.get("pagesize", "100")
    if not number.isdigit() or not size.isdigit() or not 1 <= int(size) <= 10_000:
        raise bad_request("PageNumber and PageSize must be numbers.")
    found = sorted(_changed(_visible(world, store, key), world, asked), key=lambda c: c.id)
    index = max(0, int(number) - world.settings.first_page)
    return [record(c) for c in found[index * int(size) : (index + 1) * int(size)]]


def save(world: World, store: Store, body: Any, *, consumer: str, deduplicate: bool) -> dict[str, Any]:
    """Create (no id) or sparsely update (an id) one customer, and return the whole record."""
    values = lowered(body, _EDIT_TYPES)
    missing = {name: "This field is required." for name in _REQUIRED if not values.get(name)}
    if missing:
        raise bad_request("One or more required fields are missing.", missing)
    if values["status"].lower() not in _STATUSES:
        raise bad_request("The status is not valid.", {"status": "Active; Cancelled; Hold; Banned"})
    if values["customerType"] not in {t["name"] for t in TYPES}:
        raise bad_request("The customer type is not valid.", {"customerType": "Unknown customer type."})
    world.changed()
    if values.get("customerId"):
        return _update(world, store, values)
    return _create(world, store, values, consumer=consumer, deduplicate=deduplicate)


def _update(world: World, store: Store, values: Mapping[str, Any]) -> dict[str, Any]:
    customer = store.customers.get(values["customerId"])
    if customer is None:
        raise Refused(404, "Customer not found.")
    if world.settings.pos_delay_s:
        customer.before = copy(shown(customer, world))
        customer.visible_at = world.now() + timedelta(seconds=world.settings.pos_delay_s)
    _apply(customer, values, world)
    return record(customer)


def _create(
    world: World, store: Store, values: Mapping[str, Any], *, consumer: str, deduplicate: bool
) -> dict[str, Any]:
    replay = (consumer, str(values.get("idempotencyKey") or ""))
    if all(replay) and replay in store.replays:
        return record(store.customers[store.replays[replay]])
    if deduplicate:
        twin = _twin(store, values)
        if twin is not None:
            return record(twin)
    now = world.now()
    customer = PosCustomer(
        id=max(store.customers) + 1,
        first_name=None,
        last_name=None,
        phone=None,
        email=None,
        created_at=now,
        modified_at=now,
        is_loyalty_member=None,
        created_by_integrator="Sandbox API",
        created_at_location=store.name,
    )
    _apply(customer, values, world)
    store.customers[customer.id] = customer
    if all(replay):
        store.replays[replay] = customer.id
    return record(customer)


def _twin(store: Store, values: Mapping[str, Any]) -> PosCustomer | None:
    """A live record with the same phone or e-mail."""
    phone, email = digits(values.get("phone")), (values.get("emailAddress") or "").lower()
    for customer in store.customers.values():
        if customer.status != "Active" or customer.merged_into is not None:
            continue
        if (phone and phone == digits(customer.phone)) or (email and email == (customer.email or "").lower()):
            return customer
    return None


def _apply(customer: PosCustomer, values: Mapping[str, Any], world: World) -> None:
    """Only what was sent; a null changes nothing."""
    for name, attribute in _EDIT.items():
        value = values.get(name)
        if attribute is None or value is None:
            continue
        if name == "phone":
            value = digits(value)
        elif name == "status":
            value = _STATUSES[value.lower()]
        elif name == "dateOfBirth":
            value = moment(value)
        setattr(customer, attribute, value)
    customer.modified_at = world.now()


_UNIQUE = 4_400_000_000


def record(c: PosCustomer) -> dict[str, Any]:
    """The vendor's Customer, every field of it."""
    return {
        "customerId": c.id,
        "uniqueId": str(_UNIQUE + c.id),
        "name": c.name,
        "firstName": c.first_name,
        "lastName": c.last_name,
        "middleName": None,
        "nameSuffix": None,
        "namePrefix": None,
        "address1": c.address1,
        "address2": None,
        "city": c.city,
        "state": c.state,
        "postalCode": c.postal_code,
        "phone": c.phone,
        "cellPhone": c.cell_phone,
        "emailAddress": c.email,
        "status": c.status,
        "mmjidNumber": None,
        "mmjidExpirationDate": None,
        "lastModifiedDateUTC": stamp(c.modified_at),
        "creationDate": stamp(c.created_at),
        "customerType": c.customer_type,
        "gender": c.gender,
        "driversLicenseHash": None,
        "dateOfBirth": stamp(c.date_of_birth) if c.date_of_birth else None,
        "externalCustomerId": c.external_id,
        "createdByIntegrator": c.created_by_integrator,
        "isAnonymous": False,
        "referralSource": None,
        "otherReferralSource": None,
        "springBigMemberId": c.extra.get("springbig_member_id", 0),
        "customIdentifier": c.custom_identifier,
        "discountGroups": list(c.extra.get("groups", ())),
        "createdAtLocation": c.created_at_location,
        "notes": c.notes,
        "isLoyaltyMember": c.is_loyalty_member,
        "primaryQualifyingCondition": None,
        "secondaryQualifyingConditions": None,
        "mergedIntoCustomerId": c.merged_into,
        "optedIntoMarketing": None,
        "loyaltyTier": c.tier,
    }
