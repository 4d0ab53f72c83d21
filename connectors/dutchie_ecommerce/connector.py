"""Dutchie Ecommerce in the registry."""

from __future__ import annotations

from connectors.connector import Connector
from connectors.dutchie_ecommerce.client import CAPABILITIES, open_dutchie_ecommerce
from connectors.dutchie_ecommerce.settings import DutchieEcommerceSettings

CONNECTORS = (
    Connector(
        "dutchie_ecommerce",
        "Dutchie Ecommerce",
        online_settings=DutchieEcommerceSettings,
        online_opener=open_dutchie_ecommerce,
        online_capabilities=CAPABILITIES,
    ),
)
