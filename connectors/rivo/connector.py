"""Rivo in the registry."""

from __future__ import annotations

from connectors.connector import Connector
from connectors.rivo.capabilities import BASE
from connectors.rivo.client import open_rivo
from connectors.rivo.settings import RivoSettings
from connectors.rivo.webhook import read_webhook

CONNECTORS = (
    Connector(
        "rivo",
        "Rivo",
        loyalty_settings=RivoSettings,
        loyalty_opener=open_rivo,
        loyalty_capabilities=BASE,
        read_webhook=read_webhook,
    ),
)
