"""What a vendor's sandbox sends by itself when the world changes: which records it tells of, and how its messages
look. A vendor that sends any has a module `sandbox_messages` with its `TELLS`."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from connectors.sandbox.state import Store

About = tuple[str, int | str]
"""A topic and the record's id."""


@dataclass(frozen=True)
class Message:
    """One message: headers and the raw body, as signed."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Tells:
    """How one vendor tells of changes.

    marks: every record it would tell of, with a value that changes when the record does. A record that was not there is
    told of too. message: the message about one of them. waits_s: after how long a message that was not taken is sent
    again; empty: never. copies: how often each message comes. patience_s: how long it waits for an answer.
    """

    vendor: str
    marks: Callable[[Store], Mapping[About, object]]
    message: Callable[[Store, About, datetime], Message]
    waits_s: tuple[float, ...] = ()
    copies: int = 1
    patience_s: float = 5.0


def signature(body: bytes, secret: str) -> str:
    """Base64 of the body's HMAC-SHA256."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
