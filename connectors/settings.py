"""What the settings of all vendors share."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class VendorSettings(BaseModel):
    """Unknown keys are errors; values are immutable; secrets show as stars, and no error quotes what was given."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def _safe_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be a full address such as https://api.example.com")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must not carry credentials, a query or a fragment")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ValueError("must use https: keys would travel in the clear (http is for loopback only)")
    return url.rstrip("/")


BaseUrl = Annotated[str, AfterValidator(_safe_url)]
