"""BrandLift in the registry."""

from __future__ import annotations

from connectors.brandlift.capabilities import CAPABILITIES
from connectors.brandlift.client import open_brandlift
from connectors.brandlift.settings import BrandLiftSettings
from connectors.connector import Connector

CONNECTORS = (
    Connector(
        "brandlift",
        "BrandLift",
        loyalty_settings=BrandLiftSettings,
        loyalty_opener=open_brandlift,
        loyalty_capabilities=CAPABILITIES,
    ),
)
