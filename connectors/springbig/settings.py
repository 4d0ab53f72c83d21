"""The settings of a store's springbig account."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from connectors.settings import BaseUrl, VendorSettings


def _trimmed(value: SecretStr) -> SecretStr:
    return SecretStr(value.get_secret_value().strip())


_Token = Annotated[SecretStr, AfterValidator(_trimmed)]


class SpringbigSettings(VendorSettings):
    """Both keys come from springbig's onboarding or your account manager."""

    base_url: BaseUrl = Field(
        default="https://production.api.springbig.technology/pos/v1",
        description="Where springbig's API is; its trial environment is gamma.api.springbig.technology.",
    )
    api_key: _Token = Field(description="The key of the integration (x-api-key).")
    auth_token: _Token = Field(description="The token of this store's account (AUTH-TOKEN); one account's only.")
    pos_type: str = Field(default="dutchie", description="The register's name, as springbig knows it.")
    refusal_means_nobody: bool = Field(
        default=False,
        description=(
            "Which answer springbig gives for a phone it does not know is not public; 404 is assumed. On: a lookup "
            "that it refuses (400, 422) counts as nobody found, too."
        ),
    )
    record_visits: bool = Field(
        default=False,
        description=(
            "Send purchases that springbig missed. Its fields are known from one draft only: switch it on after a "
            "trial has shown the points of one. Off: a person enters the purchase."
        ),
    )
