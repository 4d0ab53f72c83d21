"""The settings of a store's Dutchie POS."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from connectors.settings import BaseUrl, VendorSettings


class MenuKey(VendorSettings):
    """One of several keys of a location."""

    menu: Literal["medical", "recreational"] = Field(description="Which menu's customers and sales this key sees.")
    api_key: SecretStr = Field(description="The key that Dutchie issued for this location and menu.")


class DutchieSettings(VendorSettings):
    """Either `api_key`, or `keys` where the market has one key for each menu."""

    base_url: BaseUrl = Field(default="https://api.pos.dutchie.com", description="Where Dutchie's POS API is.")
    api_key: SecretStr | None = Field(default=None, description="The key that Dutchie issued for this location.")
    keys: tuple[MenuKey, ...] = Field(default=(), description="Instead of api_key: one key for each menu.")
    integrator_key: SecretStr | None = Field(
        default=None, description="A second key, where Dutchie issued one to the integrator. Usually there is none."
    )

    @model_validator(mode="after")
    def _one_way_to_name_keys(self) -> Self:
        if (self.api_key is None) == (not self.keys):
            raise ValueError("set either api_key or keys, and not both")
        if len({key.menu for key in self.keys}) != len(self.keys):
            raise ValueError("each menu may have one key")
        return self

    def secrets(self) -> tuple[SecretStr, ...]:
        """Every key, at least one."""
        return (self.api_key,) if self.api_key is not None else tuple(key.api_key for key in self.keys)
