"""A vendor's door over HTTP: who is let in, and what is answered."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot.cases import writing
from bot.cases.tables import inbox
from bot.slack.webhooks import LARGEST_MESSAGE
from tests.slack.floor import Floor, shop_floor

SECRET = "a secret of the app"
NOWHERE = "http://127.0.0.1:9"
ASH = {
    "id": "ash",
    "name": "Harbor Green - Ash Ln",
    "channel": "C0PINE",
    "pos": {
        "vendor": "shopify",
        "base_url": NOWHERE,
        "access_token": "t",
        "webhook_secret": SECRET,
    },
    "loyalty": {"vendor": "rivo", "base_url": NOWHERE, "api_key": "k"},
}
RAW = json.dumps({"id": 4100, "email": "ann.holt@example.com"}).encode()


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    with shop_floor(Path(tmp_path_factory.mktemp("floor")), delivery="http", stores=[ASH]) as running:
        yield running


def signed(raw: bytes, delivery: str, secret: str = SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), raw, hashlib.sha256).digest()
    return {
        "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode(),
        "X-Shopify-Webhook-Id": delivery,
        "X-Shopify-Topic": "customers/update",
    }


def post(floor: Floor, raw: Any = RAW, path: str = "shopify/ash", **headers: str) -> tuple[int, bool | None]:
    answer = httpx.post(f"{floor.service.url}/webhooks/{path}", content=raw, headers=headers)
    return answer.status_code, answer.json().get("new")


def kept(floor: Floor) -> list[Any]:
    with floor.house.engine.connect() as conn:
        return list(conn.execute(sa.select(inbox.c.kind, inbox.c.handled_at)))


def test_a_genuine_message_is_kept_once_and_its_work_is_done(floor: Floor) -> None:
    before = len(kept(floor))
    assert post(floor, **signed(RAW, "delivery-1")) == (200, True)
    assert post(floor, **signed(RAW, "delivery-1")) == (200, False)
    assert len(kept(floor)) == before + 1
    ends_at = time.monotonic() + 10
    while any(row.handled_at is None for row in kept(floor)) and time.monotonic() < ends_at:
        time.sleep(0.05)
    assert [row for row in kept(floor) if row.handled_at is None] == []


def test_who_is_turned_away(floor: Floor) -> None:
    before = kept(floor)
    good = signed(RAW, "delivery-2")
    assert post(floor) == (401, None)
    assert post(floor, **signed(RAW, "delivery-2", "guessed")) == (401, None)
    assert post(floor, RAW + b" ", **good) == (401, None)
    assert post(floor, b"not json", **signed(b"not json", "delivery-3")) == (400, None)
    for path in ("shopify/elm", "dutchie/ash", "shopify", "shopify/ash/more", "", "nobody/ash"):
        assert post(floor, path=path, **good) == (404, None)
    assert httpx.get(f"{floor.service.url}/webhooks/shopify/ash").status_code == 405
    assert kept(floor) == before


def test_what_is_too_large_is_turned_away(floor: Floor) -> None:
    large = b"x" * (LARGEST_MESSAGE + 1)
    assert post(floor, large, **signed(large, "delivery-4")) == (413, None)
    assert post(floor, iter([large[:500_000], large[500_000:]]), **signed(large, "delivery-4")) == (413, None)


def test_what_cannot_be_stored_is_asked_for_again(floor: Floor) -> None:
    with writing(floor.house.engine) as conn:
        conn.execute(sa.select(1))
        assert post(floor, **signed(RAW, "delivery-5")) == (503, None)
    assert post(floor, **signed(RAW, "delivery-5")) == (200, True)
