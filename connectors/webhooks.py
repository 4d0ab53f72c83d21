"""Telling a vendor's own messages from forged ones, and a delivery from its repeats. Pure functions over raw bytes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping


def hmac_ok(raw: bytes, signature: str | None, secret: str, *, older_secret: str = "") -> bool:
    """Whether `signature` is the Base64 HMAC-SHA256 of the raw body under the secret.

    older_secret: tried as well while a rotation is under way. An empty secret never matches. Takes equal time whatever
    is wrong.
    """
    try:
        claimed = base64.b64decode((signature or "").strip(), validate=True)
    except (binascii.Error, ValueError):
        claimed = b""
    matches = [
        hmac.compare_digest(hmac.new(key.encode(), raw, hashlib.sha256).digest(), claimed)
        for key in (secret, older_secret)
        if key
    ]
    return any(matches)


def shared_secret_ok(authorization: str | None, secret: str) -> bool:
    """Whether the header is `Bearer <secret>`. An empty secret never matches."""
    scheme, _, given = (authorization or "").partition(" ")
    same = hmac.compare_digest(given.strip().encode(), secret.encode())
    return bool(secret) and scheme.lower() == "bearer" and same


def delivery_key(vendor: str, raw: bytes, *, named: str | None = None) -> str:
    """What every delivery of one message shares: the id that the vendor names, else a digest of the body.

    Two real events with equal bodies then count as one, which costs nothing: a message only says what to read anew.
    """
    if named and named.strip():
        return f"{vendor}:{named.strip()}"
    return f"{vendor}:sha256:{hashlib.sha256(raw).hexdigest()}"


def lowered(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers with names in lower case, as `Connector.read_webhook` expects them."""
    return {name.lower(): value for name, value in headers.items()}
