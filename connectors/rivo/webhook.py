"""Rivo's own messages: a signature in the header, one event in the body."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.answers import json_or_none
from connectors.contract import WebhookNotice
from connectors.errors import Denied
from connectors.rivo import api
from connectors.rivo.settings import RivoSettings
from connectors.values import Row, email, identifier, text
from connectors.webhooks import delivery_key, hmac_ok


def read_webhook(settings: RivoSettings, headers: Mapping[str, str], raw: bytes) -> WebhookNotice:
    """Whom a message concerns. Raises Denied when it is not Rivo's, or nothing that can be read."""
    secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else ""
    if not hmac_ok(raw, headers.get("rivo-signature"), secret):
        raise Denied(api.VENDOR, f"a message that is not {api.TITLE}'s", detail="webhook: wrong signature")
    body = json_or_none(raw)
    if not isinstance(body, dict):
        raise Denied(api.VENDOR, f"a message from {api.TITLE} nobody can read", detail="webhook: unknown shape")
    topic, own_id = text(body.get("event_type")), body.get("id")
    # Some ids come as [shop, event].
    event = identifier(own_id[-1] if isinstance(own_id, list) and own_id else own_id)
    about = body.get("customer")
    customer: Row = about if isinstance(about, dict) else {}
    people = tuple(filter(None, (identifier(customer.get("id")),)))
    return WebhookNotice(
        vendor=api.VENDOR,
        key=delivery_key(api.VENDOR, raw, named=f"{topic}:{event}" if topic and event else None),
        topic=topic,
        customer_ids=people,
        member_ids=people,
        sale_ids=tuple(filter(None, (identifier(body.get("order_id")),))),
        emails=tuple(filter(None, (email(customer.get("email")),))),
    )
