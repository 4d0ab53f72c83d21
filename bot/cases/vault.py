"""Encryption at rest, references that tell equality without telling the value, and signatures.

All of it is derived from `[security] key`. A key can be replaced by a newer one (`bot.cases.rekeying`): what is
encrypted says under which key it is, and a reference is the older key's reference, keyed once more with the newer: so
references are carried over without knowing of whom they are, and the older key alone makes none of them any more. Once
everything is encrypted anew, the older key opens nothing either: only its references and signatures are kept.
"""

from __future__ import annotations

import hmac
import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, Final, Literal

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic_core import to_json

from bot.config import SHORTEST_KEY
from bot.errors import ConfigError
from bot.words import Words

_ID: Final = 8
"""Characters of a key's name; in front of what is encrypted stands the name, and a dot that no older value has."""
_NAME: Final = re.compile(rf"[0-9a-f]{{{_ID}}}")
_TOKEN: Final = b"gAAAA"
"""How everything begins that Fernet made."""
Condition = Literal["current", "older", "foreign", "retired", "damaged"]
"""Of a stored value. current: under the key in use; older: under another that opens it; foreign: under a key that is
not at hand; retired: under one that was let go; damaged: whatever key it is under, it does not open."""


@dataclass(frozen=True)
class Key:
    """What is derived from one security key. id: its name, 8 hex digits, which gives nothing of it away. encryption:
    None once it was let go, after its time."""

    id: str
    encryption: bytes | None = field(repr=False)
    references: bytes = field(repr=False)
    signatures: bytes = field(repr=False)

    @classmethod
    def derived(cls, text: str) -> Key:
        """Raises ConfigError when `text` has fewer than 32 characters."""
        if len(text) < SHORTEST_KEY:
            raise ConfigError(
                f"The security key needs at least {SHORTEST_KEY} characters.",
                f"[security] key has {len(text)} characters",
            )
        return cls(
            id=_derive(text, b"pointsman key name").hex()[:_ID],
            encryption=_derive(text, b"pointsman encryption at rest"),
            references=_derive(text, b"pointsman references"),
            signatures=_derive(text, b"pointsman signatures"),
        )

    @classmethod
    def from_json(cls, stored: Mapping[str, str]) -> Key:
        """The key that `to_json` wrote."""
        parts = {name: bytes.fromhex(stored[name]) for name in ("references", "signatures")}
        encryption = bytes.fromhex(stored["encryption"]) if "encryption" in stored else None
        return cls(id=stored["id"], encryption=encryption, **parts)

    def to_json(self) -> dict[str, str]:
        """Everything of it: to be encrypted before it is stored."""
        secret = {"encryption": self.encryption, "references": self.references, "signatures": self.signatures}
        return {"id": self.id, **{name: part.hex() for name, part in secret.items() if part is not None}}

    def retired(self) -> Key:
        """The same without what opens things: what references and signatures of its time need."""
        return replace(self, encryption=None)


class Vault:
    """A database's key in use, and those before it; losing it loses the personal data, never the decisions."""

    def __init__(
        self, key: str | Key, *, past: Sequence[Key] = (), others: Sequence[Key] = (), number: int = 0
    ) -> None:
        """past: the keys that were replaced, oldest first. others: keys that may open something, and nothing else.
        number: how many rotations there were. Raises ConfigError when `key` has fewer than 32 characters."""
        self.key = Key.derived(key) if isinstance(key, str) else key
        self.past = tuple(past)
        self.others = tuple(others)
        self.number = number
        self._read_with(self.key, *self.past, *self.others)

    def _read_with(self, *keys: Key) -> None:
        self._fernets = {k.id: Fernet(urlsafe_b64encode(k.encryption)) for k in keys if k.encryption is not None}
        self._any = MultiFernet(list(self._fernets.values()))

    @property
    def opens_older(self) -> bool:
        """Whether a key that was replaced still opens things."""
        return any(key.encryption is not None for key in self.past)

    def let_go(self) -> None:
        """Open nothing any more with the keys that were replaced: everything of their time was encrypted anew."""
        self.past = tuple(key.retired() for key in self.past)
        self._read_with(self.key, *self.past, *self.others)

    def after(self, key: Key) -> Vault:
        """The vault of the same database once `key` took the place of the one in use."""
        others = [k for k in self.others if k.id != key.id]
        return Vault(key, past=(*self.past, self.key), others=others, number=self.number + 1)

    def encrypt(self, value: Any) -> bytes:
        """Any JSON-safe value (also pydantic models, Decimal, datetime) as an authenticated, encrypted blob."""
        return self.mark + self._fernets[self.key.id].encrypt(to_json(value))

    def decrypt(self, blob: bytes) -> Any:
        """The JSON value. Raises ConfigError when the blob was made with a key that is not here, or was changed."""
        return json.loads(self._opened(blob))

    def again(self, blob: bytes) -> bytes:
        """The same value under the key in use. Raises ConfigError as `decrypt` does."""
        return self.mark + self._fernets[self.key.id].encrypt(self._opened(blob))

    @property
    def mark(self) -> bytes:
        """How everything begins that is encrypted under the key in use."""
        return f"{self.key.id}.".encode()

    def _opened(self, blob: bytes) -> bytes:
        name = marked(blob)
        if name is not None and name not in self._fernets:
            raise _retired(name) if name in self._retired else under_another(name)
        try:
            return self._any.decrypt(blob) if name is None else self._fernets[name].decrypt(blob[_ID + 1 :])
        except InvalidToken as error:
            raise (under_another(None) if name is None else _damaged(name)) from error

    @property
    def _retired(self) -> set[str]:
        return {key.id for key in self.past if key.encryption is None}

    def condition(self, blob: bytes) -> Condition:
        """Whether a stored value opens, and if not, why, as far as that can be told."""
        name = marked(blob)
        if name is not None and name not in self._fernets:
            if name in self._retired:
                return "retired"
            return "foreign" if _NAME.fullmatch(name) else "damaged"
        try:
            self._opened(blob)
        except ConfigError:
            return "foreign" if name is None and blob.startswith(_TOKEN) else "damaged"
        return "current" if name == self.key.id or (name is None and not self.number) else "older"

    def ref(self, text: str) -> str:
        """64 hex digits, the same for the same text under the same keys. Normalise before (E.164, lower case)."""
        return self.refs(text)[0]

    def refs(self, text: str) -> list[str]:
        """The reference as it is made now, and after it those that it was under each key before, the newest first."""
        made: list[str] = []
        for key in (*self.past, self.key):
            text = _keyed(key.references, text)
            made.insert(0, text)
        return made

    def carried(self, reference: str) -> str:
        """A reference of the time before the key in use, as `ref` makes it now."""
        return _keyed(self.key.references, reference)

    def sign(self, text: str) -> str:
        """64 hex digits that only who has the key in use can make; another derived key than that of `ref`."""
        return _keyed(self.key.signatures, text)

    def signed(self, text: str, signature: str) -> bool:
        """Whether `signature` was made for `text` with the key in use."""
        return hmac.compare_digest(self.sign(text), signature)

    def ever_signed(self, text: str, signature: str) -> bool:
        """Whether it was made with any key at hand, one that waits too: of what was kept where nothing is signed anew,
        and what a copy that is brought back knows nothing of."""
        made = (_keyed(key.signatures, text) for key in (self.key, *self.past, *self.others))
        return any(hmac.compare_digest(one, signature) for one in made)


def marked(blob: bytes) -> str | None:
    """The name of the key that a blob is under; None for those of before keys had names."""
    return blob[:_ID].decode("ascii", "replace") if blob[_ID : _ID + 1] == b"." else None


def under_another(name: str | None) -> ConfigError:
    """The error for something that no key at hand opens, with what to do."""
    which = f"under key {name}, which POINTSMAN_KEY does not hold" if name else "under none that POINTSMAN_KEY holds"
    return _unread(
        f"Stored data cannot be read with this security key: it is {which}. Put the key of that time behind the one "
        "in use, POINTSMAN_KEY=IN_USE,OTHER (docs/running.md, Keys).",
        f"decryption failed: another [security] key? ({name or 'without a name'})",
    )


def _retired(name: str) -> ConfigError:
    return _unread(
        f"Stored data cannot be read: it is under security key {name}, which was replaced, and it came in after "
        "everything of that time was encrypted anew (docs/running.md, Keys).",
        f"decryption failed: under key {name}, which was let go",
    )


def _damaged(name: str) -> ConfigError:
    return _unread(
        f"Stored data cannot be read: it is under security key {name}, and was changed or damaged since. Bring back a "
        "copy, or let it be erased in its time.",
        f"decryption failed: under key {name}, and damaged",
    )


def _unread(staff: str, operator: str) -> ConfigError:
    """staff: for the technical person. Whoever pressed a button is told less, and in their language."""
    error = ConfigError(staff, operator)
    error.words = Words.of("error.unreadable")
    return error


def _keyed(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), sha256).hexdigest()


def _derive(key: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose).derive(key.encode())
