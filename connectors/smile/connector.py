"""Smile.io in the registry."""

from __future__ import annotations

from connectors.connector import Connector
from connectors.smile.capabilities import BASE
from connectors.smile.client import open_smile
from connectors.smile.settings import SmileSettings

CONNECTORS = (
    Connector(
        "smile",
        "Smile.io",
        loyalty_settings=SmileSettings,
        loyalty_opener=open_smile,
        loyalty_capabilities=BASE,
    ),
)
