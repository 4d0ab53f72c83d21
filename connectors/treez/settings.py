"""The settings of a store's Treez register, and of Treez Loyalty."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Literal, Self

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key
from pydantic import ConfigDict, Field, SecretStr, StringConstraints, model_validator

from connectors.settings import BaseUrl, VendorSettings

_HOSTS = {"v2": "https://api.treez.io", "v3": "https://api-prod.treez.io"}


def rsa_key(text: str) -> RSAPrivateKey:
    """A private key from PEM, or from the Base64 of its DER form on one line.

    Raises ValueError, which never holds any of the text.
    """
    try:
        if "-----BEGIN" in text:
            key = load_pem_private_key(text.encode(), password=None)
        else:
            key = load_der_private_key(base64.b64decode("".join(text.split()), validate=True), password=None)
    except (ValueError, TypeError, binascii.Error):
        raise ValueError("private_key is not a private key that can be read (PEM, without a password)") from None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("private_key must be an RSA key")
    return key


class TreezSettings(VendorSettings):
    """Either the keys of v3 (`certificate_id`, `organization_id`, `private_key`) or those of v2 (`client_id`,
    `api_key`). v3 can do more: history of links, merges, discounts, who is checked in.

    The last four are switches for what Treez does not document.
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    dispensary: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$")] = Field(
        description="The store's short name: abc, where its Treez is at abc.treez.io."
    )
    base_url: BaseUrl | None = Field(
        default=None,
        description="Where Treez's API is. Unset: https://api-prod.treez.io (v3), https://api.treez.io (v2).",
    )
    certificate_id: SecretStr | None = Field(default=None, description="v3: the id Treez issued for our certificate.")
    organization_id: str | None = Field(default=None, description="v3: the organisation's id.")
    private_key: SecretStr | None = Field(
        default=None, description="v3: the private RSA key of the certificate, as PEM or as Base64 on one line."
    )
    client_id: SecretStr | None = Field(default=None, description="v2: the partner's client id.")
    api_key: SecretStr | None = Field(default=None, description="v2: the key that Treez issued for this location.")
    webhook_secret: SecretStr | None = Field(
        default=None, description="What Treez sends with its messages, as set under Webhook Integration. Unset: none."
    )
    native_rewards: bool = Field(
        default=False,
        description=(
            "Points that Treez records on a sale count: switch it on only where Treez's own rewards are the program. "
            "With another program they are zero and mean nothing."
        ),
    )
    token_parts: Literal[2, 3] = Field(
        default=2,
        description="v3: of how many parts a token is. Treez describes 2; 3 is the usual form of such tokens.",
    )
    first_page: Literal[0, 1] = Field(default=1, description="The number of a list's first page; sources disagree.")
    merge: Literal["off", "destination_survives", "source_survives"] = Field(
        default="off",
        description=(
            "v3: whether profiles may be merged from here, and which of the two Treez keeps, which is written nowhere "
            "and cannot be undone: switch it on only after a trial on two made-up profiles has shown it."
        ),
    )

    @model_validator(mode="after")
    def _one_generation_of_keys(self) -> Self:
        third = (self.certificate_id, self.organization_id, self.private_key)
        second = (self.client_id, self.api_key)
        if any(third) == any(second):
            raise ValueError(
                "set either certificate_id, organization_id and private_key (v3), or client_id and api_key"
            )
        if not all(third if any(third) else second):
            raise ValueError(
                "v3 needs certificate_id, organization_id and private_key"
                if any(third)
                else "v2 needs client_id and api_key"
            )
        if self.private_key is not None:
            rsa_key(self.private_key.get_secret_value())
        return self

    @property
    def version(self) -> Literal["v2", "v3"]:
        """The generation of the API that the keys are for."""
        return "v3" if self.certificate_id is not None else "v2"

    @property
    def address(self) -> str:
        """Where this generation of the API is."""
        return self.base_url or _HOSTS[self.version]


class TreezLoyaltySettings(VendorSettings):
    """Treez Loyalty has no API that is known to be its own, so there is nothing to set: its facts are asked."""
