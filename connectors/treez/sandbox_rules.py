"""Refusals in Treez's two envelopes, values as it writes them, and who may come in."""

from __future__ import annotations

import base64
import binascii
import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Scope

from connectors.sandbox.state import Store
from connectors.treez.sandbox_key import sandbox_key
from connectors.treez.sandbox_state import ORGANIZATION, PERMISSIONS

ZONE = ZoneInfo("America/Denver")
TOKEN_LIFE = timedelta(hours=2)
_LIFETIME_MS = 30_000
_NO_ENTRY = "Full authentication is required to access this resource"


class Refused(Exception):
    """Ends a request with this status and envelope."""

    def __init__(self, status: int, reason: str, detail: Any = None, **more: Any) -> None:
        super().__init__(reason)
        self.status = status
        self.body = {"resultCode": "FAIL", "resultReason": reason, "resultDetail": detail, **more}


@dataclass(frozen=True)
class Call:
    """One request that passed the checks. store: None for the organisation's own services."""

    request: Request
    store: Store | None
    claims: Mapping[str, Any]
    body: Any

    @property
    def at(self) -> Store:
        """The store of a route that has one."""
        if self.store is None:
            raise Refused(404, "NOT_FOUND")
        return self.store

    @property
    def second(self) -> bool:
        """Whether it came by the older generation."""
        return self.request.url.path.startswith("/v2.0/")

    def __getitem__(self, name: str) -> str:
        return str(self.request.path_params[name])


def envelope(error: Refused) -> JSONResponse:
    """A refusal as it is sent."""
    return JSONResponse(error.body, error.status)


def header(scope: Scope, name: bytes) -> str:
    """A header by its lower-case name; "" when absent."""
    return next((v.decode("latin-1") for k, v in scope["headers"] if k == name), "")


def no_entry() -> Refused:
    """No token, a wrong one, or one that has ended."""
    return Refused(401, _NO_ENTRY)


def done(data: Any = None, **more: Any) -> JSONResponse:
    """The envelope of success, in which lists of tickets have a place of their own."""
    body = {"resultCode": "SUCCESS", "resultReason": None, "resultDetail": None}
    return JSONResponse({**body, **more} if more else {**body, "data": data})


def not_json() -> JSONResponse:
    """What a body that is no JSON gets."""
    body = {"resultCode": "FAIL", "status": "BAD_REQUEST", "statusCode": 400, "message": "JSON parse error"}
    return JSONResponse({**body, "uuid": "00000000-0000-4000-8000-000000000000", "timestamp": 0}, 400)


def stamp(at: datetime | None) -> str | None:
    """2026-02-27T09:15:31.000-08:00, in the store's own time."""
    return at.astimezone(ZONE).isoformat(timespec="milliseconds") if at else None


def claims_of(token: str, address: str) -> Mapping[str, Any]:
    """The claims of a self-signed token, in two parts or in three.

    Raises Refused: 401 for whatever is not signed by a known certificate for this address and now; 400 for a lifetime
    other than half a minute. Its times are of the caller's clock, which nobody moves.
    """
    parts = token.split(".")
    if len(parts) not in (2, 3):
        raise no_entry()
    try:
        claims = json.loads(_decoded(parts[-2]))
        sandbox_key().public_key().verify(
            _decoded(parts[-1]), ".".join(parts[:-1]).encode(), padding.PKCS1v15(), hashes.SHA256()
        )
        issued, ends = int(claims["iat"]), int(claims["exp"])
    except (ValueError, KeyError, TypeError, binascii.Error, InvalidSignature):
        raise no_entry() from None
    if claims.get("aud") != address or claims.get("oid") != ORGANIZATION or claims.get("iss") not in PERMISSIONS:
        raise no_entry()
    if ends - issued != _LIFETIME_MS:
        raise Refused(400, "INVALID_REQUEST", "The token must live 30000 milliseconds")
    if not issued - _LIFETIME_MS <= time.time() * 1000 <= ends:
        raise no_entry()
    found: Mapping[str, Any] = claims
    return found


def new_token(ends: datetime) -> dict[str, str]:
    """v2's: its life is written in two ways, seconds as a text, and an end whose offset has no colon."""
    at = ends.astimezone(ZONE)
    return {
        "resultCode": "SUCCESS",
        "access_token": secrets.token_hex(20),
        "expires_at": f"{at:%Y-%m-%dT%H:%M:%S}.000{at:%z}",
        "expires_in": f"{TOKEN_LIFE.total_seconds():.0f}",
        "refresh_token": secrets.token_hex(20),
    }


def _decoded(part: str) -> bytes:
    plain = part.replace("-", "+").replace("_", "/").rstrip("=")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)


def moment(text: str) -> datetime:
    """A time with its offset. Raises Refused."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or "T" not in text:
        raise Refused(400, "INVALID_DATE_FORMAT", "Use yyyy-MM-dd'T'HH:mm:ss.SSSXXX")
    return at


def page_of(rows: list[Any], page: str, size: str) -> list[Any]:
    """One page of at most 50; the first is 1. Raises Refused."""
    if not re.fullmatch(r"\d{1,6}", page) or not re.fullmatch(r"\d{1,6}", size) or int(page) < 1 or int(size) < 1:
        raise Refused(400, "INCORRECT_VALUE", "page and pagesize must be numbers from 1")
    if int(size) > 50:
        raise Refused(400, "RESPONSE_LIMIT_EXCEEDS", "The maximum page size is 50")
    return rows[(int(page) - 1) * int(size) : int(page) * int(size)]
