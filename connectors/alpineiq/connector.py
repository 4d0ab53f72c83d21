"""Alpine IQ in the registry."""

from __future__ import annotations

from connectors.alpineiq.capabilities import BASE
from connectors.alpineiq.client import open_alpineiq
from connectors.alpineiq.settings import AlpineIqSettings
from connectors.connector import Connector

CONNECTORS = (
    Connector(
        "alpineiq",
        "Alpine IQ",
        loyalty_settings=AlpineIqSettings,
        loyalty_opener=open_alpineiq,
        loyalty_capabilities=BASE,
    ),
)
