"""The web shops of the practice world's Dutchie stores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.sandbox.state import Store
from connectors.sandbox.vendors import VendorWorld


def retailer_id(store: Store) -> str:
    """The store's shop."""
    return f"00000000-0000-4000-8000-{store.location_id:012d}"


def online_key(store: Store) -> str:
    """The store's key, which sees the whole organisation's shops."""
    return f"sandbox-{store.id}-online"


def _settings(store: Store, urls: Mapping[str, str]) -> dict[str, Any]:
    return {
        "base_url": urls["dutchie_ecommerce"],
        "api_key": online_key(store),
        "retailer_id": retailer_id(store),
    }


WORLDS = (VendorWorld("dutchie_ecommerce", online_settings=_settings, online_of="dutchie"),)
