from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from connectors.contract import WebhookNotice
from connectors.errors import Denied
from connectors.rivo.settings import RivoSettings
from connectors.rivo.webhook import read_webhook

SETTINGS = RivoSettings(api_key="k", webhook_secret="shh")


def signed(raw: bytes, secret: bytes = b"shh") -> dict[str, str]:
    return {"rivo-signature": base64.b64encode(hmac.new(secret, raw, hashlib.sha256).digest()).decode()}


def read(body: Any) -> WebhookNotice:
    raw = json.dumps(body).encode()
    return read_webhook(SETTINGS, signed(raw), raw)


def test_an_event() -> None:
    customer = {"id": 7343536570439, "email": "Ann@example.com"}
    body = {"id": 123, "event_type": "points_event/created", "order_id": 991, "customer": customer}
    assert read(body) == WebhookNotice(
        vendor="rivo",
        key="rivo:points_event/created:123",
        topic="points_event/created",
        customer_ids=("7343536570439",),
        member_ids=("7343536570439",),
        sale_ids=("991",),
        emails=("ann@example.com",),
    )


def test_an_id_of_two_parts() -> None:
    assert read({"id": [321, 55], "event_type": "customer_vip_tier/upgraded"}).key.endswith("upgraded:55")


@pytest.mark.parametrize("body", [{}, {"id": [], "event_type": "x"}, {"id": 5, "customer": "?"}])
def test_a_message_that_says_little(body: Any) -> None:
    notice = read(body)
    assert notice.key.startswith("rivo:sha256:")
    assert (notice.customer_ids, notice.emails) == ((), ())


def test_forged_messages() -> None:
    raw = b'{"id": 1}'
    for headers in ({}, {"rivo-signature": "x"}, signed(raw, b"other"), signed(b"{}")):
        with pytest.raises(Denied, match="not Rivo's"):
            read_webhook(SETTINGS, headers, raw)
    with pytest.raises(Denied, match="not Rivo's"):
        read_webhook(RivoSettings(api_key="k"), signed(raw, b""), raw)
    with pytest.raises(Denied, match="nobody can read"):
        read(["x"])
