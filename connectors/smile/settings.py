"""The settings of a shop's Smile.io account."""

from __future__ import annotations

from pydantic import Field, SecretStr

from connectors.settings import BaseUrl, VendorSettings


class SmileSettings(VendorSettings):
    """The key is made in Smile's admin, with the scopes for customers, points transactions, rewards and tiers."""

    base_url: BaseUrl = Field(default="https://api.smile.io/v1", description="Where Smile's API is.")
    api_key: SecretStr = Field(description="The shop's API key (Plus and Enterprise plans).")
    enroll_by_identity: bool = Field(
        default=False,
        description=(
            "Let staff enrol a Shopify customer by creating the customer's identity at Smile. That this makes a member "
            "is not documented: switch it on after a trial. Off: the customer joins in the shop."
        ),
    )
