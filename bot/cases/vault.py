"""Encryption at rest, and references that tell equality without telling the value."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic_core import to_json

from bot.errors import ConfigError

MIN_KEY = 32


class Vault:
    """Both keys are derived from `[security] key`; losing it loses the personal data, never the decisions."""

    def __init__(self, key: str) -> None:
        """Raises ConfigError when `key` has fewer than 32 characters."""
        if len(key) < MIN_KEY:
            raise ConfigError(
                f"The security key needs at least {MIN_KEY} characters.", f"[security] key has {len(key)} characters"
            )
        self._fernet = Fernet(urlsafe_b64encode(_derive(key, b"pointsman encryption at rest")))
        self._signing_key = _derive(key, b"pointsman signatures")
        self._reference_key = _derive(key, b"pointsman references")

    def encrypt(self, value: Any) -> bytes:
        """Any JSON-safe value (also pydantic models, Decimal, datetime) as an authenticated, encrypted blob."""
        return self._fernet.encrypt(to_json(value))

    def decrypt(self, blob: bytes) -> Any:
        """The JSON value. Raises ConfigError when the blob was made with another key or was changed."""
        try:
            return json.loads(self._fernet.decrypt(blob))
        except InvalidToken as error:
            raise ConfigError(
                "Stored data cannot be read with this security key.", "decryption failed: another [security] key?"
            ) from error

    def ref(self, text: str) -> str:
        """64 hex digits, the same for the same text under the same key. Normalise before (E.164, lower case)."""
        return hmac.new(self._reference_key, text.encode(), sha256).hexdigest()

    def sign(self, text: str) -> str:
        """64 hex digits that only who has the key can make; another derived key than that of `ref`."""
        return hmac.new(self._signing_key, text.encode(), sha256).hexdigest()

    def signed(self, text: str, signature: str) -> bool:
        """Whether `signature` is ours for `text`."""
        return hmac.compare_digest(self.sign(text), signature)


def _derive(key: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose).derive(key.encode())
