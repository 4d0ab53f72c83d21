"""Shopify's messages: whose they are, and whom they concern."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connectors.contract import Operation, WebhookNotice
from connectors.errors import Denied, Rejected
from connectors.shopify.capabilities import capabilities_of
from connectors.shopify.settings import ShopifySettings
from connectors.shopify.webhooks import read_webhook
from tests.connectors.shopify.subject import signature

SETTINGS = ShopifySettings(
    base_url="https://harbor-ash.myshopify.com",
    access_token="t",
    webhook_secret="now",
    older_webhook_secret="before",
)
GID = "gid://shopify/Customer/"


def read(topic: str, body: Any, *, secret: str = "now", shop: str = "harbor-ash.myshopify.com") -> WebhookNotice:
    raw = json.dumps(body).encode()
    headers = {
        "x-shopify-hmac-sha256": signature(raw, secret),
        "x-shopify-topic": topic,
        "x-shopify-webhook-id": "w-1",
        "x-shopify-shop-domain": shop,
    }
    return read_webhook(SETTINGS, headers, raw)


@pytest.mark.parametrize(
    ("topic", "body", "expected"),
    [
        (
            "customers/update",
            {"id": 7, "phone": "+13035550142", "email": "Dana@Example.com"},
            {"customer_ids": ("7",), "phones": ("+13035550142",), "emails": ("dana@example.com",)},
        ),
        (
            "customers/merge",
            {
                "admin_graphql_api_customer_kept_id": GID + "7",
                "admin_graphql_api_customer_deleted_id": GID + "8",
                "admin_graphql_api_job_id": None,
                "status": "completed",
                "errors": [],
            },
            {"customer_ids": ("7", "8")},
        ),
        (
            "orders/paid",
            {"id": 21, "email": None, "customer": {"id": 7, "email": "dana@example.com"}},
            {"sale_ids": ("21",), "customer_ids": ("7",), "emails": ("dana@example.com",)},
        ),
        ("orders/cancelled", {"id": 21, "customer": None}, {"sale_ids": ("21",)}),
        ("refunds/create", {"id": 31, "order_id": 21}, {"sale_ids": ("21",)}),
        ("customer.tags_added", {"customerId": GID + "7", "tags": ["vip"]}, {"customer_ids": ("7",)}),
        ("app/uninstalled", {"id": 1}, {}),
        ("customers/update", [], {}),
    ],
)
def test_whom_a_message_concerns(topic: str, body: Any, expected: dict[str, Any]) -> None:
    assert read(topic, body) == WebhookNotice(vendor="shopify", key="shopify:w-1", topic=topic, **expected)


def test_the_secret_before_is_good_for_a_while() -> None:
    assert read("customers/update", {"id": 7}, secret="before").customer_ids == ("7",)


def test_a_forged_message() -> None:
    with pytest.raises(Denied, match="not signed"):
        read("customers/update", {"id": 7}, secret="other")
    with pytest.raises(Denied):
        read_webhook(SETTINGS, {}, b"{}")


def test_a_message_of_another_shop() -> None:
    with pytest.raises(Denied, match="another shop"):
        read("customers/update", {"id": 7}, shop="harbor-bay.myshopify.com")


def test_a_message_nobody_can_read() -> None:
    with pytest.raises(Rejected, match="cannot be read"):
        read_webhook(SETTINGS, {"x-shopify-hmac-sha256": signature(b"<xml>", "now")}, b"<xml>")


def test_a_message_without_an_id_is_known_by_its_body() -> None:
    keys = {
        read_webhook(SETTINGS, {"x-shopify-hmac-sha256": signature(raw, "now")}, raw).key
        for raw in (b'{"id": 1}', b'{"id": 1}', b'{"id": 2}')
    }
    assert len(keys) == 2


def test_without_a_secret_nothing_is_taken() -> None:
    bare = ShopifySettings(base_url="https://harbor-ash.myshopify.com", access_token="t")
    assert not capabilities_of(bare).of(Operation.WEBHOOKS).supported
    with pytest.raises(Denied):
        read_webhook(bare, {"x-shopify-hmac-sha256": signature(b"{}", "")}, b"{}")
