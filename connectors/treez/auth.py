"""Signing in to Treez: a token kept for two hours (v2), or one signed for each single call (v3)."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from connectors.dialect import Authorizer
from connectors.tokens import Token, TokenKeeper
from connectors.transport import Link
from connectors.treez import api
from connectors.treez.settings import TreezSettings, rsa_key
from connectors.values import number, text

LIFETIME_MS = 30_000
_V2_LIFETIME_S = 7200.0


class Signer:
    """An `Authorizer` that signs each call's own address. now: seconds since 1970."""

    def __init__(self, settings: TreezSettings, *, now: Callable[[], float] = time.time) -> None:
        self._key = rsa_key(_secret(settings.private_key))
        self._certificate = _secret(settings.certificate_id)
        self._organization = settings.organization_id
        self._parts = settings.token_parts
        self._now = now

    def headers(self, method: str, url: str) -> Mapping[str, str]:
        """A token good for this address and half a minute."""
        issued = int(self._now() * 1000)
        claims = {
            "aud": url,
            "iss": self._certificate,
            "oid": self._organization,
            "iat": issued,
            "exp": issued + LIFETIME_MS,
            "jti": str(uuid.uuid4()),
        }
        signed = encoded(claims)
        if self._parts == 3:
            signed = f"{encoded({'alg': 'RS256', 'typ': 'JWT'})}.{signed}"
        signature = self._key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        encode = base64.b64encode if self._parts == 2 else base64.urlsafe_b64encode
        ending = encode(signature).decode()
        return {"Authorization": f"{signed}.{ending if self._parts == 2 else ending.rstrip('=')}"}

    def renew(self, used: Mapping[str, str]) -> bool:
        """Every try is signed anew already: a refusal is about the key."""
        return False


def encoded(value: Mapping[str, Any]) -> str:
    """JSON as URL-safe Base64 without padding."""
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")


def authorizer_of(settings: TreezSettings, plain: Link) -> Authorizer:
    """How this generation of the API is signed in to. plain: a link without an authorizer, to fetch tokens over."""
    if settings.version == "v3":
        return Signer(settings)
    client_id = _secret(settings.client_id)
    form = {"client_id": client_id, "apikey": _secret(settings.api_key)}
    return TokenKeeper(
        partial(_fetch, plain, settings.dispensary, form),
        lambda token: {"Authorization": token, "client_id": client_id},
    )


def _fetch(plain: Link, dispensary: str, form: Mapping[str, str]) -> Token:
    answer = plain.call(api.TOKEN, path={"dispensary": dispensary}, form=form)
    value = text(answer.get("access_token")) if isinstance(answer, dict) else ""
    if not value:
        raise api.unreadable(api.TOKEN.operation)
    # The seconds come as a text; whatever cannot be read is as documented.
    lives = number(answer.get("expires_in"))
    return Token(value, float(lives) if lives and lives > 0 else _V2_LIFETIME_S)


def _secret(value: Any) -> str:
    return str(value.get_secret_value()) if value is not None else ""
