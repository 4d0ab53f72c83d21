"""springbig in the registry."""

from __future__ import annotations

from connectors.connector import Connector
from connectors.springbig.capabilities import BASE
from connectors.springbig.client import open_springbig
from connectors.springbig.settings import SpringbigSettings

CONNECTORS = (
    Connector(
        "springbig",
        "springbig",
        loyalty_settings=SpringbigSettings,
        loyalty_opener=open_springbig,
        loyalty_capabilities=BASE,
    ),
)
