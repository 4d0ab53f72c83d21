"""The settings of a shop's Rivo account."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints

from connectors.settings import BaseUrl, VendorSettings

_Route = Annotated[str, StringConstraints(pattern=r"^(|/[A-Za-z0-9_/{}-]*\{id\}[A-Za-z0-9_/-]*)$")]


class RivoSettings(VendorSettings):
    """The key stands in Rivo under Settings > Developer Toolkit; it needs Rivo's Plus plan."""

    base_url: BaseUrl = Field(
        default="https://developer-api.rivo.io/merchant_api/v1", description="Where Rivo's Merchant API is."
    )
    api_key: SecretStr = Field(description="The shop's Merchant API key. It can change every balance.")
    webhook_secret: SecretStr | None = Field(
        default=None, description="The secret of Rivo's webhooks, under Settings > Webhooks > the webhook > Edit."
    )
    email_customers: bool = Field(
        default=False, description="Let Rivo write to the customer about points that staff added."
    )
    refund_route: _Route = Field(
        default="",
        description=(
            "The path of Rivo's operation that refunds a points redemption, with {id} for the redemption, as Rivo's "
            "own documentation shows it to you when signed in. Empty: giving a redemption back is guided by hand."
        ),
    )
