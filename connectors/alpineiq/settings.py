"""The settings of a store's Alpine IQ account."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints

from connectors.settings import BaseUrl, VendorSettings


class AlpineIqSettings(VendorSettings):
    """Both `uid` and `api_key` stand under Settings > API & Tracking in Alpine IQ.

    The last four are switches for what Alpine IQ does not document.
    """

    base_url: BaseUrl = Field(default="https://lab.alpineiq.com", description="Where Alpine IQ's API is.")
    uid: Annotated[str, StringConstraints(pattern=r"^\d+$")] = Field(description="The account's number (UID).")
    api_key: SecretStr = Field(description="The account's API key.")
    points_prove_membership: bool = Field(
        default=True,
        description="Take points on a contact as proof that it is enrolled, which saves a call. Off: always ask.",
    )
    ledger_proves_absence: bool = Field(
        default=False,
        description=(
            "Take a history that could be read, and lacks an adjustment, as proof that the adjustment was not made, "
            "so that it is sent again by itself. How its rows look is documented nowhere: switch it on only after a "
            "trial has shown our reference in the history. Off: a person decides when the outcome is unknown."
        ),
    )
    assume_override_body: bool = Field(
        default=False,
        description=(
            "Change a contact's own phone or e-mail at Alpine IQ, with the field names that enrolling has. A guess: "
            "try it on a contact of your own first."
        ),
    )
    assume_sale_body: bool = Field(
        default=False,
        description="Push a missed sale to Alpine IQ in the shape that one client uses. A guess: try it first.",
    )
