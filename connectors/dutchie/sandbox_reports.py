"""Identity and sales, as the Dutchie sandbox serves them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connectors.dutchie.sandbox_rules import invalid, moment, stamp
from connectors.sandbox.state import PosKey, PosSale, Store
from connectors.sandbox.world import World

_ZONE = ZoneInfo("America/Denver")
_WIDEST = timedelta(hours=1440)
_GROUPS = (
    ("TransactionId",),
    ("FromDateUTC", "ToDateUTC"),
    ("FromLastModifiedDateUTC", "ToLastModifiedDateUTC"),
)


def whoami(store: Store) -> dict[str, Any]:
    """Who the key belongs to."""
    return {
        "locationId": store.location_id,
        "lspId": 7001,
        "locationName": store.name,
        "lspName": "Harbor Green LLC",
        "address": "14 Pine St",
        "address2": None,
        "city": "Denver",
        "state": "CO",
        "postalCode": "80202",
        "licenseNumber": "402R-00000",
        "doingBusinessAs": "Harbor Green",
        "shareCustomerProfiles": True,
        "globalId": "5c1d9c1e-0000-4000-8000-000000000000",
        "locationGlobalId": f"5c1d9c1e-0000-4000-8000-{store.location_id:012d}",
        "lspGlobalId": "5c1d9c1e-0000-4000-8000-000000007001",
        "region": "Colorado",
        "regionId": "CO",
    }


def transactions(world: World, store: Store, key: PosKey, query: Mapping[str, str]) -> list[dict[str, Any]]:
    """By id, by window, or by window of change; the three exclude one another. There is no filter by customer."""
    asked = {k.lower(): v for k, v in query.items() if v}
    used = [group for group in _GROUPS if any(name.lower() in asked for name in group)]
    if len(used) > 1:
        raise invalid("TransactionId, transaction dates and last modified dates are mutually exclusive.")
    sales = [s for s in store.sales.values() if s.at <= world.now() and _on_menu(store, s, key)]
    detail = asked.get("includedetail", "").lower() == "true"
    if not used:
        start = world.now() - timedelta(days=1)
        return [_row(store, s, detail) for s in sales if s.at >= start]
    if used[0] == ("TransactionId",):
        wanted = asked["transactionid"]
        if not wanted.isdigit():
            raise invalid("TransactionId must be a number.")
        return [_row(store, s, detail) for s in sales if s.id == int(wanted)]
    first, last = (asked.get(name.lower()) for name in used[0])
    start_at = moment(first) if first else None
    end_at = moment(last) if last else world.now()
    if start_at is None or end_at is None or end_at < start_at or end_at - start_at > _WIDEST:
        raise invalid("The date range is invalid: at most 1440 hours.")
    by_change = used[0][0].startswith("FromLast")
    return [_row(store, s, detail) for s in sales if start_at <= (_changed_at(s) if by_change else s.at) <= end_at]


def _on_menu(store: Store, sale: PosSale, key: PosKey) -> bool:
    if key.menu is None:
        return True
    customer = store.customers.get(sale.customer_id or 0)
    return bool(customer and customer.is_medical) == (key.menu == "medical")


def _changed_at(sale: PosSale) -> Any:
    return sale.voided_at or sale.at


# Fields of a transaction that nothing in this world varies.
_PLAIN: dict[str, Any] = {
    "employeeId": 41,
    "changeDue": 0.0,
    "totalItems": 1,
    "terminalName": "Register 1",
    "invoiceNumber": None,
    "isTaxInclusive": False,
    "adjustmentForTransactionId": None,
    "orderType": "InStore",
    "wasPreOrdered": False,
    "orderSource": "Register",
    "orderMethod": None,
    "customerTypeId": 1,
    "isMedical": False,
    "orderIds": None,
    "totalCredit": 0.0,
    "completedByUser": "Riley",
    "responsibleForSaleUserId": 41,
    "referenceId": None,
}


def _row(store: Store, sale: PosSale, detail: bool) -> dict[str, Any]:
    item = {"transactionItemId": 1, "productId": 501, "quantity": 1.0, "totalPrice": sale.subtotal, "isReturned": False}
    comp = {"discountId": 9001, "discountName": "Manager comp", "discountReason": "Comp", "amount": sale.discount}
    # At a store run on a third party's program, the register keeps no points of its own.
    native = store.loyalty == "dutchie" and sale.posted
    return {
        **_PLAIN,
        "loyaltyEarned": sale.before_tax if native else None,
        "loyaltySpent": sale.extra.get("points_spent", 0.0) if native else None,
        "transactionId": sale.id,
        "customerId": sale.customer_id,
        "transactionDate": stamp(sale.at),
        "transactionDateLocalTime": sale.at.astimezone(_ZONE).strftime("%Y-%m-%dT%H:%M:%S"),
        "lastModifiedDateUTC": stamp(_changed_at(sale)),
        "voidDate": stamp(sale.voided_at) if sale.voided_at else None,
        "isVoid": sale.voided_at is not None,
        "isReturn": sale.returns is not None,
        "returnOnTransactionId": sale.returns,
        "transactionType": sale.kind,
        "subtotal": sale.subtotal,
        "totalDiscount": sale.discount,
        "totalBeforeTax": sale.before_tax,
        "tax": sale.tax,
        "total": sale.total,
        "paid": sale.total,
        "discounts": [comp | {"transactionItemId": 1}] if sale.discount else [],
        "items": [item] if detail else None,
    }
