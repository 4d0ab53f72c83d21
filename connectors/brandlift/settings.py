"""The settings of a shop's BrandLift app."""

from __future__ import annotations

from connectors.settings import VendorSettings


class BrandLiftSettings(VendorSettings):
    """There is nothing to set: BrandLift has no API, and so no key."""
