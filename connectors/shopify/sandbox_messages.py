"""The messages of the practice shop: signed with the app's client secret, named by an id, tried eight times more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.sandbox.messages import About, Message, Tells, signature
from connectors.sandbox.state import PosCustomer, PosSale, Store

VERSION = "2026-07"
# Eight more tries within four hours; how they are spread is not told.
_WAITS_S = (60.0, 180.0, 420.0, 900.0, 1800.0, 2700.0, 3600.0, 4740.0)
_GID = "gid://shopify/Customer/"


def _marks(store: Store) -> Mapping[About, object]:
    """Customers, their merges, orders with their cancellation, and refunds."""
    marks: dict[About, object] = {}
    for customer in store.customers.values():
        if customer.merged_into is not None:
            marks["customers/merge", customer.id] = customer.merged_into
        else:
            marks["customers/update", customer.id] = _contact(customer)
    for sale in store.sales.values():
        topic = "refunds/create" if sale.returns is not None else "orders/updated"
        marks[topic, sale.id] = (sale.customer_id, sale.voided_at)
    return marks


def _contact(customer: PosCustomer) -> tuple[Any, ...]:
    return customer.first_name, customer.last_name, customer.phone, customer.email, customer.modified_at


def _message(store: Store, about: About, now: datetime) -> Message:
    topic, number = about[0], int(about[1])
    body = json.dumps(_body(store, topic, number)).encode()
    told_as = "orders/cancelled" if topic == "orders/updated" and store.sales[number].voided_at else topic
    return Message(
        {
            "X-Shopify-Topic": told_as,
            "X-Shopify-Hmac-Sha256": signature(body, store.own["shopify"]["client_secret"]),
            "X-Shopify-Shop-Domain": f"harbor-{store.id}.myshopify.com",
            "X-Shopify-API-Version": VERSION,
            "X-Shopify-Webhook-Id": f"{store.id}-{topic}-{number}-{int(now.timestamp() * 1000)}",
            "X-Shopify-Triggered-At": now.isoformat(),
        },
        body,
    )


def _body(store: Store, topic: str, number: int) -> dict[str, Any]:
    if topic == "customers/merge":
        kept = store.customers[number].merged_into
        return {
            "admin_graphql_api_customer_kept_id": f"{_GID}{kept}",
            "admin_graphql_api_customer_deleted_id": f"{_GID}{number}",
            "admin_graphql_api_job_id": None,
            "status": "completed",
            "errors": [],
        }
    if topic == "customers/update":
        return _customer(store.customers[number])
    sale = store.sales[number]
    if topic == "refunds/create":
        return {"id": number, "order_id": sale.returns, "created_at": sale.at.isoformat()}
    return _order(store, sale)


def _customer(customer: PosCustomer) -> dict[str, Any]:
    return {
        "id": customer.id,
        "admin_graphql_api_id": f"{_GID}{customer.id}",
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "email": customer.email,
        "phone": f"+1{customer.phone}" if customer.phone else None,
    }


def _order(store: Store, sale: PosSale) -> dict[str, Any]:
    buyer = store.customers.get(sale.customer_id) if sale.customer_id is not None else None
    return {
        "id": sale.id,
        "email": buyer.email if buyer else None,
        "cancelled_at": sale.voided_at.isoformat() if sale.voided_at else None,
        "customer": _customer(buyer) if buyer else None,
    }


TELLS = Tells("shopify", _marks, _message, waits_s=_WAITS_S)
