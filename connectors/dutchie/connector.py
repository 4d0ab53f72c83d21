"""Dutchie in the registry."""

from __future__ import annotations

from connectors.connector import Connector
from connectors.dutchie.capabilities import CAPABILITIES
from connectors.dutchie.client import open_dutchie
from connectors.dutchie.native import CAPABILITIES as NATIVE_CAPABILITIES
from connectors.dutchie.native import open_dutchie_loyalty
from connectors.dutchie.settings import DutchieSettings

CONNECTORS = (
    Connector(
        "dutchie",
        "Dutchie POS",
        pos_settings=DutchieSettings,
        pos_opener=open_dutchie,
        pos_capabilities=CAPABILITIES,
        loyalty_settings=DutchieSettings,
        loyalty_opener=open_dutchie_loyalty,
        loyalty_capabilities=NATIVE_CAPABILITIES,
    ),
)
