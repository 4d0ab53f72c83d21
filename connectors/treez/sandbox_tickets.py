"""Tickets, discounts and stores, as the Treez sandbox serves them."""

from __future__ import annotations

import uuid
from typing import Any

from connectors.sandbox.state import PosSale, Store
from connectors.sandbox.world import World
from connectors.treez.sandbox_rules import Refused, stamp
from connectors.treez.sandbox_state import ORGANIZATION

_OPEN = ("VERIFICATION_PENDING", "AWAITING_PROCESSING", "IN_PROCESS", "PACKED_READY", "OUT_FOR_DELIVERY")
_STATUSES = frozenset((*_OPEN, "COMPLETED", "CANCELED", "REMOVED"))
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def ticket_id(store: Store, sale_id: int) -> str:
    """A UUID, the same for the same sale."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{store.id}/{sale_id}"))


def order_number(sale: PosSale) -> str:
    """Six letters and digits, as on the receipt."""
    told: str | None = sale.extra.get("treez_number")
    number, digits = sale.id, ""
    while len(digits) < 6:
        number, rest = divmod(number, len(_LETTERS))
        digits = _LETTERS[rest] + digits
    return told or digits


def newest_first(world: World, store: Store) -> list[PosSale]:
    """What was opened by now."""
    return sorted((s for s in store.sales.values() if s.at <= world.now()), key=lambda s: (s.at, s.id), reverse=True)


def one(world: World, store: Store, asked: str) -> dict[str, Any]:
    """By id or order number. Raises Refused, with 400 and not 404."""
    for sale in newest_first(world, store):
        if asked in (ticket_id(store, sale.id), order_number(sale)):
            return row(store, sale)
    raise Refused(400, "TICKET_NOT_FOUND", f"Cannot find the ticket {asked}", ticketList=[])


def by_status(world: World, store: Store, status: str) -> list[PosSale]:
    """Raises Refused for a status that is none."""
    if status not in _STATUSES:
        raise Refused(400, "INVALID_TICKET_STATUS", status)
    return [s for s in newest_first(world, store) if _status(s) == status]


def _status(sale: PosSale) -> str:
    told: str = sale.extra.get("treez_status", "CANCELED" if sale.voided_at else "COMPLETED")
    return told


def row(store: Store, s: PosSale) -> dict[str, Any]:
    """The vendor's ticket. Points on it are of the native program, which nobody here runs: zero."""
    status = _status(s)
    refunds = [ticket_id(store, r.id) for r in store.sales.values() if r.returns == s.id]
    return {
        "type": s.extra.get("treez_type", "POS"),
        "ticket_id": ticket_id(store, s.id),
        "order_number": order_number(s),
        "external_order_number": None,
        "order_source": s.extra.get("treez_source", "IN_STORE"),
        "created_by_employee": {"employee_id": "40074", "name": "Robin Vale", "role": "employee"},
        "customer_id": s.customer_id,
        "order_status": status,
        "payment_status": "PAID" if status == "COMPLETED" else "UNPAID",
        "date_created": stamp(s.at),
        "last_updated_at": stamp(s.voided_at or s.at),
        "date_closed": stamp(s.at) if status == "COMPLETED" else None,
        "sub_total": s.subtotal,
        "tax_total": s.tax,
        "discount_total": s.discount,
        "total": s.total,
        "refund_reason": "Customer return" if s.returns else None,
        "original_ticket_id": ticket_id(store, s.returns) if s.returns else None,
        "refund_ticket_ids": refunds or None,
        "discount_ids": [],
        "items": [],
        "reward_eligible": s.extra.get("treez_eligible", True),
        "reward_points_earned": 0,
        "reward_points_used": 0,
        "revenue_source": None,
        "coupon_codes": [],
    }


def entity_id(store: Store) -> str:
    """The store's id in the organisation's services."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"treez/{store.id}"))


def entities(stores: list[Store]) -> list[dict[str, Any]]:
    """The organisation's stores: a bare list, in no envelope."""
    return [
        {
            "id": entity_id(store),
            "createdAt": "2024-12-18T06:04:51.341Z",
            "updatedAt": "2025-10-13T22:18:42.157Z",
            "deletedAt": None,
            "name": store.name,
            "organizationId": ORGANIZATION,
            "address": {"city": "Denver", "region": "Colorado", "country": None, "postalCode": "80202"},
        }
        for store in stores
    ]


def discounts(stores: list[Store]) -> list[dict[str, Any]]:
    """A weekly special, two rewards of the loyalty provider, and one that was switched off."""
    every = [{"entityId": entity_id(s), "entityName": s.name} for s in stores]
    return [
        _discount(1, "Weekend special", "15.0000", "PERCENT", every),
        _discount(2, "$5 loyalty reward", "5.0000", "DOLLAR", every, isManual=True, loyal=100),
        _discount(3, "$20 loyalty reward", "20.0000", "DOLLAR", every[:1], isManual=True, loyal=350),
        _discount(4, "Old loyalty reward", "10.0000", "DOLLAR", every, isManual=True, loyal=200, isActive=False),
    ]


def _discount(
    n: int, title: str, amount: str, method: str, stores: list[dict[str, str]], *, loyal: int | None = None, **more: Any
) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"treez/discount/{n}")),
        "title": title,
        "displayTitle": None,
        "amount": amount,
        "method": method,
        "isActive": True,
        "isManual": False,
        "isCart": True,
        "isStackable": False,
        "requirePin": False,
        "requireCoupon": False,
        "autoDeactivateDiscount": False,
        "isExternalLoyalty": loyal is not None,
        "qualifyingBalance": loyal,
        "organizationId": ORGANIZATION,
        "storeCustomizations": stores,
        "customerGroups": [],
        "coupons": [],
        "conditions": None,
        "manualConditions": None,
        "schedule": None,
        **more,
    }
