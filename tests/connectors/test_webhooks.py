"""A vendor's own messages, forged ones, and repeats."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from connectors.webhooks import delivery_key, hmac_ok, lowered, shared_secret_ok

RAW = b'{"id": 7, "email": "dana.ortiz@example.com"}'


def signed(raw: bytes, secret: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()


def test_a_genuine_signature() -> None:
    assert hmac_ok(RAW, signed(RAW, "s3"), "s3")
    assert hmac_ok(RAW, f" {signed(RAW, 's3')}\n", "s3")


@pytest.mark.parametrize(
    ("raw", "signature", "secret"),
    [
        (RAW + b" ", signed(RAW, "s3"), "s3"),
        (RAW, signed(RAW, "other"), "s3"),
        (RAW, signed(RAW, "s3")[:-4], "s3"),
        (RAW, hmac.new(b"s3", RAW, hashlib.sha256).hexdigest(), "s3"),
        (RAW, "not base64 ü", "s3"),
        (RAW, "", "s3"),
        (RAW, None, "s3"),
        (RAW, signed(RAW, ""), ""),
    ],
)
def test_a_forged_one(raw: bytes, signature: str | None, secret: str) -> None:
    assert not hmac_ok(raw, signature, secret)


def test_a_secret_that_is_being_changed() -> None:
    assert hmac_ok(RAW, signed(RAW, "old"), "new", older_secret="old")
    assert hmac_ok(RAW, signed(RAW, "new"), "new", older_secret="old")
    assert not hmac_ok(RAW, signed(RAW, "older"), "new", older_secret="old")


@pytest.mark.parametrize(
    ("header", "secret", "genuine"),
    [
        ("Bearer s3", "s3", True),
        ("bearer s3", "s3", True),
        ("Bearer s4", "s3", False),
        ("s3", "s3", False),
        ("Basic s3", "s3", False),
        ("", "s3", False),
        (None, "s3", False),
        ("Bearer ", "", False),
        ("Bearer ünïcode", "s3", False),
    ],
)
def test_a_shared_secret(header: str | None, secret: str, genuine: bool) -> None:
    assert shared_secret_ok(header, secret) is genuine


def test_repeats_share_a_key() -> None:
    assert delivery_key("shopify", RAW, named="w-1") == delivery_key("shopify", b"other", named=" w-1 ")
    assert delivery_key("rivo", RAW) == delivery_key("rivo", RAW, named="  ")
    assert delivery_key("rivo", RAW) != delivery_key("rivo", RAW + b" ")
    assert delivery_key("rivo", RAW) != delivery_key("treez", RAW)
    assert "dana" not in delivery_key("rivo", RAW)


def test_header_names() -> None:
    assert lowered({"X-Shopify-Topic": "A"}) == {"x-shopify-topic": "A"}
