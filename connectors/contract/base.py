"""What all values of the contract share."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Immutable; unknown fields of a vendor never reach these models."""

    model_config = ConfigDict(frozen=True)
