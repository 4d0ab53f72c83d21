"""The settings of a store's Shopify shop."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, SecretStr, StringConstraints, model_validator

from connectors.settings import BaseUrl, VendorSettings

_Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{3,255}$")]
_Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{2,64}$")]


class LinkMetafield(VendorSettings):
    """The metafield in which the loyalty app keeps its member's id, where it keeps one at all."""

    provider: str = Field(description="The loyalty provider whose id it is, as in stores.loyalty.vendor.")
    namespace: _Name = Field(description="The metafield's namespace.")
    key: _Key = Field(description="The metafield's key.")
    type: str = Field(default="single_line_text_field", description="The metafield's type, for one that is made anew.")
    writable: bool = Field(
        default=False,
        description=(
            "Let the bot change it. Which app reads what from a metafield is documented nowhere: switch it on only "
            "after the app's support said so."
        ),
    )


class ShopifySettings(VendorSettings):
    """Either `access_token`, or `client_id` and `client_secret` of an app of your own organization."""

    base_url: BaseUrl = Field(description="The shop's own address: https://<shop>.myshopify.com, not its web shop's.")
    api_version: Annotated[str, StringConstraints(pattern=r"^\d{4}-(01|04|07|10)$")] = Field(
        default="2026-07", description="The version of the Admin API. The bot's questions are checked against 2026-07."
    )
    access_token: SecretStr | None = Field(default=None, description="The app's token for this shop.")
    client_id: str | None = Field(default=None, description="Instead of a token: the app's client ID.")
    client_secret: SecretStr | None = Field(
        default=None, description="The app's client secret, with which the bot fetches a token every day."
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="What webhooks are signed with, where it is not client_secret. None: no webhooks."
    )
    older_webhook_secret: SecretStr | None = Field(
        default=None, description="The secret before, while it is being changed: deliveries may lag for an hour."
    )
    link_metafield: LinkMetafield | None = Field(
        default=None, description="Where the loyalty app stores its member's id on the customer. Usually nowhere."
    )

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if (self.client_id is None) != (self.client_secret is None):
            raise ValueError("client_id and client_secret go together")
        if (self.access_token is None) == (self.client_id is None):
            raise ValueError("set either access_token, or client_id with client_secret")
        return self

    def webhook_secrets(self) -> tuple[str, str]:
        """What a webhook may be signed with: now, and before; "" where there is none."""
        now = self.webhook_secret or self.client_secret
        before = self.older_webhook_secret
        return (now.get_secret_value() if now else "", before.get_secret_value() if before else "")
