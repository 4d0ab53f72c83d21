"""Treez's own messages: a shared secret in the header, and a record in the body, in its wrapping or without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.answers import json_or_none
from connectors.contract import WebhookNotice
from connectors.errors import Denied
from connectors.treez import api
from connectors.treez.mapping import contact_id
from connectors.treez.settings import TreezSettings
from connectors.values import Row, e164, email, identifier, text
from connectors.webhooks import delivery_key, shared_secret_ok


def read_webhook(settings: TreezSettings, headers: Mapping[str, str], raw: bytes) -> WebhookNotice:
    """Whom a message concerns: a merge sends one for each of its profiles, and any may come twice. Raises Denied."""
    secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else ""
    if not shared_secret_ok(headers.get("authorization"), secret):
        raise Denied(api.VENDOR, f"a message that is not {api.TITLE}'s", detail="webhook: wrong secret")
    body = json_or_none(raw)
    if not isinstance(body, dict):
        raise Denied(api.VENDOR, f"a message from {api.TITLE} nobody can read", detail="webhook: unknown shape")
    root = _object(body.get("root")) or body
    data = _object(root.get("data")) or {}
    return WebhookNotice(
        vendor=api.VENDOR,
        key=delivery_key(api.VENDOR, raw),
        topic=text(root.get("event_type")).upper() or ("TEST" if "test" in root else ""),
        customer_ids=_found(identifier(data.get("customer_id")), identifier(data.get("merged_into_customer_id"))),
        member_ids=_found(contact_id((_object(data.get("external_ids")) or {}).get("aiq_contact_id"))),
        sale_ids=_found(text(data.get("ticket_id")), text(data.get("original_ticket_id"))),
        phones=_found(e164(data.get("phone"))),
        emails=_found(email(data.get("email"))),
        test="test" in root or "test" in data,
    )


def _object(value: Any) -> Row | None:
    return value if isinstance(value, dict) else None


def _found(*values: str | None) -> tuple[str, ...]:
    return tuple(value for value in values if value)
