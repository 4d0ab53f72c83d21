"""Shopify's messages: signed over the raw body, told apart by the delivery's id, and read for whom they concern."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from connectors.contract import WebhookNotice
from connectors.errors import Denied, Rejected
from connectors.shopify.api import TITLE, VENDOR
from connectors.shopify.mapping import inside, own_id
from connectors.shopify.settings import ShopifySettings
from connectors.values import e164, email, identifier, text
from connectors.webhooks import delivery_key, hmac_ok

_SHOPS = ".myshopify.com"


def read_webhook(settings: ShopifySettings, headers: Mapping[str, str], raw: bytes) -> WebhookNotice:
    """Messages about customers, merges, orders and refunds, signed over the raw body with the app's client secret.
    Raises Denied unless Shopify signed it, for this shop; Rejected when it is no JSON.
    """
    now, before = settings.webhook_secrets()
    if not hmac_ok(raw, headers.get("x-shopify-hmac-sha256"), now, older_secret=before):
        raise Denied(VENDOR, f"a message that claims to be from {TITLE} is not signed by it")
    # One app's secret signs for all its shops.
    ours, theirs = urlsplit(settings.base_url).hostname or "", text(headers.get("x-shopify-shop-domain")).lower()
    if theirs and ours.endswith(_SHOPS) and theirs != ours:
        raise Denied(VENDOR, "a message is about another shop")
    try:
        body = json.loads(raw)
    except ValueError:
        raise Rejected(VENDOR, f"a message from {TITLE} cannot be read", detail="not JSON") from None
    topic = text(headers.get("x-shopify-topic"))
    about_customer = topic.startswith("customers/")
    customers = [
        inside(body, "id") if about_customer else None,
        inside(body, "admin_graphql_api_customer_kept_id"),
        inside(body, "admin_graphql_api_customer_deleted_id"),
        inside(body, "customer", "id"),
        # Messages about tags name their customer so.
        inside(body, "customerId"),
    ]
    sales = [inside(body, "id") if topic.startswith("orders/") else None, inside(body, "order_id")]
    people = [body, inside(body, "customer")]
    return WebhookNotice(
        vendor=VENDOR,
        key=delivery_key(VENDOR, raw, named=headers.get("x-shopify-webhook-id")),
        topic=topic,
        customer_ids=_each(_id(value, "Customer") for value in customers),
        sale_ids=_each(_id(value, "Order") for value in sales),
        phones=_each(e164(inside(person, "phone")) for person in people),
        emails=_each(email(inside(person, "email")) for person in people),
    )


def _id(value: Any, kind: str) -> str | None:
    return identifier(value) or own_id(value, kind)


def _each(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
