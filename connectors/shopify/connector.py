"""Shopify in the registry."""

from __future__ import annotations

from connectors.connector import Connector
from connectors.shopify.capabilities import CAPABILITIES
from connectors.shopify.client import open_shopify
from connectors.shopify.settings import ShopifySettings
from connectors.shopify.webhooks import read_webhook

CONNECTORS = (
    Connector(
        "shopify",
        "Shopify",
        pos_settings=ShopifySettings,
        pos_opener=open_shopify,
        pos_capabilities=CAPABILITIES,
        read_webhook=read_webhook,
    ),
)
