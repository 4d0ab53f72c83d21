"""Smile.io over HTTP: the operations we use, our pace, and reading its lists."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from connectors.errors import UnknownOutcome, Unreachable
from connectors.transport import Dialect, Endpoint, Explained, Link, Pace, Transport
from connectors.values import Row, redacted, text

VENDOR = "smile"
TITLE = "Smile.io"

# Smile allows 10 a second for a key.
_PACE = Pace(per_second=8, per_minute=480)


def _endpoint(operation: str, method: str, route: str, *, write: bool = False) -> Endpoint:
    return Endpoint(operation, method, route, _PACE, write=write, paced_as="all")


CUSTOMERS = _endpoint("customers", "GET", "/customers")
CUSTOMER = _endpoint("customer", "GET", "/customers/{id}")
TRANSACTIONS = _endpoint("points_transactions", "GET", "/points_transactions")
FULFILLMENTS = _endpoint("reward_fulfillments", "GET", "/reward_fulfillments")
PRODUCTS = _endpoint("points_products", "GET", "/points_products")
TIERS = _endpoint("vip_tiers", "GET", "/vip_tiers")
RULES = _endpoint("earning_rules", "GET", "/earning_rules")
POINTS_SETTINGS = _endpoint("points_settings", "GET", "/points_settings")
ADJUST = _endpoint("adjust_points", "POST", "/points_transactions", write=True)
IDENTITY = _endpoint("customer_identity", "POST", "/customer_identities/create_or_update", write=True)

# The largest page there is.
PAGE = 250
MOST_PAGES = 8


def explain(raw: bytes) -> Explained:
    """The message of the error object, however deep it stands, and the request's id."""
    try:
        value = json.loads(raw)
    except ValueError:
        return Explained()
    if not isinstance(value, dict):
        return Explained()
    error = value.get("error")
    inner: Row = error if isinstance(error, dict) else value
    said = text(inner.get("message")) or text(error)
    return Explained(redacted(said), text(inner.get("request_id")) or None)


DIALECT = Dialect(vendor=VENDOR, title=TITLE, explain=explain)


def open_link(transport: Transport, *, base_url: str, api_key: str) -> Link:
    """The way to one shop."""
    return transport.link(DIALECT, base_url=base_url, secret=api_key, headers={"Authorization": f"Bearer {api_key}"})


def one(answer: Any, name: str, operation: str) -> Row:
    """The object under `name`. Raises Unreachable for any other answer."""
    found = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(found, dict):
        raise unreadable(operation)
    return found


def rows(answer: Any, name: str, operation: str) -> list[Row]:
    """The list under `name`. Raises Unreachable for any other answer."""
    found = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise unreadable(operation)
    return found


def listed(link: Link, endpoint: Endpoint, params: Mapping[str, str] | None = None) -> tuple[list[Row], bool]:
    """All rows of a list that has cursors, and whether they really are all. Raises VendorError."""
    found: list[Row] = []
    cursor = ""
    for _ in range(MOST_PAGES):
        asked = {**(params or {}), "limit": str(PAGE), **({"cursor": cursor} if cursor else {})}
        answer = link.call(endpoint, params=asked)
        found += rows(answer, endpoint.operation, endpoint.operation)
        meta = answer.get("metadata")
        cursor = text(meta.get("next_cursor")) if isinstance(meta, dict) else ""
        if not cursor:
            return found, True
    return found, False


def unreadable(operation: str) -> Unreachable:
    """The error for an answer in a shape that is not Smile's."""
    return Unreachable(VENDOR, f"{TITLE} sent an answer nobody can read", detail=f"{operation}: unknown shape")


def unconfirmed(endpoint: Endpoint) -> UnknownOutcome:
    """The error for a write whose answer does not say that it was done."""
    return UnknownOutcome(VENDOR, f"{TITLE} did not confirm the change", detail=f"{endpoint.operation}: unknown shape")
