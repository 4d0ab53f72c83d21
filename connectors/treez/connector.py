"""Treez in the registry: register and loyalty program."""

from __future__ import annotations

from connectors.connector import Connector
from connectors.treez.capabilities import LOYALTY, REGISTER
from connectors.treez.client import open_treez
from connectors.treez.loyalty import open_treez_loyalty
from connectors.treez.settings import TreezLoyaltySettings, TreezSettings
from connectors.treez.webhook import read_webhook

CONNECTORS = (
    Connector(
        "treez",
        "Treez",
        pos_settings=TreezSettings,
        pos_opener=open_treez,
        pos_capabilities=REGISTER,
        loyalty_settings=TreezLoyaltySettings,
        loyalty_opener=open_treez_loyalty,
        loyalty_capabilities=LOYALTY,
        read_webhook=read_webhook,
    ),
)
