"""The register's day beside its sales: journal, check-ins, drawer, discounts, staff, online orders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors.dutchie.day import Day, WebOrder
from connectors.dutchie.sandbox_rules import Refused, bad_request, lowered, moment, stamp
from connectors.sandbox.state import JournalEntry, PosSale, Store
from connectors.sandbox.world import World


def day_of(store: Store) -> Day:
    """The store's own day; the world's seeding put it there."""
    found = store.own["dutchie"]
    if not isinstance(found, Day):
        raise TypeError("the store's register was not seeded")
    return found


# -- journal ----------------------------------------------------------------------------------------------------------


def journal(store: Store, query: Mapping[str, str]) -> list[dict[str, Any]]:
    """The entries of one customer, oldest first."""
    asked = next((v for k, v in query.items() if k.lower() == "customerid"), "")
    if not asked.isdigit():
        raise bad_request("customerId is required.")
    return [_entry(j) for j in store.journal if j.customer_id == int(asked)]


def write_journal(world: World, store: Store, body: Any) -> dict[str, Any]:
    """Add an entry; all four fields are required."""
    kinds: dict[str, type | tuple[type, ...]] = {"customerId": int, "subject": str, "body": str, "date": str}
    values = lowered(body, kinds)
    missing = {name: "This field is required." for name in kinds if not values.get(name)}
    at = moment(values.get("date") or "")
    if missing or at is None:
        raise bad_request("One or more required fields are missing.", missing or {"date": "Not a date."})
    if values["customerId"] not in store.customers:
        raise bad_request("Customer not found.")
    entry = JournalEntry(len(store.journal) + 1, values["customerId"], values["subject"], values["body"], at)
    store.journal.append(entry)
    world.changed()
    return _entry(entry)


def _entry(entry: JournalEntry) -> dict[str, Any]:
    return {"journalEntryId": entry.id, "subject": entry.subject, "body": entry.body, "date": stamp(entry.at)}


# -- the drawer -------------------------------------------------------------------------------------------------------


def register_transactions(world: World, store: Store, query: Mapping[str, str]) -> list[dict[str, Any]]:
    """Sales, returns and voids of the window, and who made them; without a window, of the last day."""
    asked = {k.lower(): v for k, v in query.items() if v}
    since = moment(asked.get("fromlastmodifieddateutc", "")) or world.now() - timedelta(days=1)
    until = moment(asked.get("tolastmodifieddateutc", "")) or world.now()
    sales = sorted((s for s in store.sales.values() if since <= s.at <= until), key=lambda s: s.id)
    return [row for sale in sales for row in _drawer(sale)]


def _drawer(sale: PosSale) -> list[dict[str, Any]]:
    kind = "Return" if sale.returns is not None else "Sale"
    rows = [_movement(sale, 2 * sale.id, kind, sale.total, sale.at, None)]
    if sale.voided_at is not None:
        rows.append(_movement(sale, 2 * sale.id + 1, "Adjustment", -sale.total, sale.voided_at, "Void"))
    return rows


def _movement(sale: PosSale, own_id: int, kind: str, amount: float, at: datetime, why: str | None) -> dict[str, Any]:
    return {
        "registerTransactionId": own_id,
        "transactionType": kind,
        "transactionAmount": amount,
        "transactionBy": "Riley Snow",
        "transactionDateUTC": stamp(at),
        "transactionId": sale.id,
        "terminalName": "Register 1",
        "terminalId": 1,
        "transactionByEmployeeId": 41,
        "adjustmentReason": why,
        "comment": None,
    }


def guestlist(world: World, store: Store) -> list[dict[str, Any]]:
    """Who is checked in now."""
    found = [store.customers[c] for c in day_of(store).checked_in if c in store.customers]
    return [
        {
            "name": c.name,
            "checkinDateUTC": stamp(world.now()),
            "status": "Waiting",
            "customerId": c.id,
            "transactionId": 9_000_000 + c.id,
            "transactionReferenceNumber": None,
            "terminalName": "Register 1",
            "customerType": c.customer_type,
            "phone": c.phone,
            "cellPhone": c.cell_phone,
            "preOrderSource": None,
        }
        for c in found
    ]


def employees(store: Store) -> list[dict[str, Any]]:
    """Who works here."""
    return [
        {
            "userId": 41,
            "loginId": "riley",
            "fullName": "Riley Snow",
            "defaultLocation": store.name,
            "status": "Active",
            "groups": "Budtender, Loyalty",
        },
        {"userId": 42, "loginId": "kim", "fullName": "Kim Vale", "status": "Inactive", "groups": None},
    ]


# -- discounts --------------------------------------------------------------------------------------------------------


def discounts(store: Store, query: Mapping[str, str]) -> list[dict[str, Any]]:
    """The reporting list, without deleted ones unless they are asked for."""
    deleted = _asked(query, "includeDeleted")
    return [
        {
            "discountId": d.id,
            "discountName": d.name,
            "discountAmount": 5.0,
            "discountType": "Dollar",
            "discountMethod": "Dollar",
            "applicationMethod": d.method,
            "externalId": d.external_id,
            "isActive": d.active,
            "isDeleted": d.deleted,
            "isAvailableOnline": True,
            "requireManagerApproval": False,
            "validFrom": None,
            "validUntil": stamp(d.until) if d.until else None,
            "firstTimeCustomerOnly": False,
            "stackOnOtherDiscounts": True,
            "includeNonCannabis": True,
            "appliesToLocations": [{"locationName": store.name}],
            "discountGroups": [{"discountGroupId": 1, "discountGroupName": name} for name in d.groups],
        }
        for d in day_of(store).deals
        if deleted or not d.deleted
    ]


def discount_list(store: Store, query: Mapping[str, str]) -> list[dict[str, Any]]:
    """The newer list, without inactive ones unless they are asked for."""
    inactive = _asked(query, "includeInactive")
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return [
        {
            "id": d.id,
            "externalId": d.external_id,
            "applicationMethodId": 5,
            "applicationMethod": d.method,
            "discountDescription": d.name,
            "validDateFrom": None,
            "validDateTo": stamp(d.until) if d.until else None,
            "isActive": d.active,
            "isBundledDiscount": False,
            "reward": {
                "discountRewardId": d.id + 500_000,
                "discountId": d.id,
                "discountValue": 5.0,
                "includeNonCannabis": True,
                "hasThreshold": False,
                "applyToOnlyOneItem": d.one_item,
            },
            **{day: day in d.weekdays or not d.weekdays for day in days},
        }
        for d in day_of(store).deals
        if not d.deleted and (inactive or d.active)
    ]


def _asked(query: Mapping[str, str], name: str) -> bool:
    return any(k.lower() == name.lower() and v.lower() == "true" for k, v in query.items())


# -- online orders ----------------------------------------------------------------------------------------------------


def preorder_status(store: Store, query: Mapping[str, str]) -> Any:
    """One order by id, an unknown one being a 400 with an empty body; without an id, those that are open."""
    orders = day_of(store).orders
    asked = next((v for k, v in query.items() if k.lower() == "preorderid"), None)
    if asked is None:
        return [_order(store, o) for o in orders.values() if o.status not in ("Complete", "Cancelled")]
    if not asked.isdigit() or int(asked) not in orders:
        raise Refused(400, None)
    return _order(store, orders[int(asked)])


def _order(store: Store, order: WebOrder) -> dict[str, Any]:
    customer = store.customers[order.customer_id]
    return {
        "preOrderId": order.id,
        "status": order.status,
        "transactionId": order.sale_id,
        "orderDate": stamp(order.at),
        "customerFirstName": customer.first_name,
        "customerLastName": customer.last_name,
        "customerId": order.customer_id,
        "orderType": "Pickup",
        "orderSource": "Dutchie Ecommerce",
        "rejectedReason": order.rejected,
        "isCancellable": order.status == "Submitted",
        "isUpdateable": order.status == "Submitted",
        "total": order.total,
        "subTotal": order.total,
        "totalTax": 0.0,
        "sourceSystem": "Dutchie",
        "items": None,
    }
