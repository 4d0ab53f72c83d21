"""The settings of a store's Dutchie web shop."""

from __future__ import annotations

from pydantic import Field, SecretStr

from connectors.settings import BaseUrl, VendorSettings


class DutchieEcommerceSettings(VendorSettings):
    """The key comes from Dutchie; the shop's id is in the answer of `pointsman doctor` when it is left out here."""

    base_url: BaseUrl = Field(default="https://plus.dutchie.com", description="Where Dutchie's ecommerce API is.")
    api_key: SecretStr = Field(description="The ecommerce (Plus) API key.")
    retailer_id: str | None = Field(
        default=None, description="This store's shop, where the key covers several. Unset: the only one."
    )
