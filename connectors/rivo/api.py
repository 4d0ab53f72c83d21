"""Rivo over HTTP: the operations we use, our pace, and its JSON:API envelope."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from connectors.errors import UnknownOutcome, Unreachable
from connectors.transport import Dialect, Endpoint, Explained, Link, Pace, Transport
from connectors.values import Row, redacted, text

VENDOR = "rivo"
TITLE = "Rivo"

# Rivo allows 15 a second for a shop; other apps of the shop share them.
_PACE = Pace(per_second=12, per_minute=720)


def _endpoint(operation: str, method: str, route: str, *, write: bool = False) -> Endpoint:
    return Endpoint(operation, method, route, _PACE, write=write, paced_as="all")


CUSTOMER = _endpoint("customer", "GET", "/customers/{identifier}")
EVENTS = _endpoint("points_events", "GET", "/points_events")
REDEMPTIONS = _endpoint("points_redemptions", "GET", "/points_redemptions")
REWARDS = _endpoint("rewards", "GET", "/rewards")
TIERS = _endpoint("vip_tiers", "GET", "/vip_tiers")
ADJUST = _endpoint("adjust_points", "POST", "/points_events", write=True)
ADJUST_BATCH = _endpoint("adjust_batch", "POST", "/points_events/batch", write=True)

PAGE = 25
MOST_PAGES = 20


def refund_endpoint(route: str) -> Endpoint:
    """The refund of a redemption, at the path that the settings name."""
    return _endpoint("refund_redemption", "POST", route, write=True)


def explain(raw: bytes) -> Explained:
    """The sentence of an error body: `error`, `message`, or the first of `errors`."""
    try:
        value = json.loads(raw)
    except ValueError:
        return Explained()
    if not isinstance(value, dict):
        return Explained()
    errors = value.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else None
    return Explained(redacted(text(value.get("error")) or text(value.get("message")) or text(first)))


DIALECT = Dialect(vendor=VENDOR, title=TITLE, explain=explain)


def open_link(transport: Transport, *, base_url: str, api_key: str) -> Link:
    """The way to one shop. The key goes without any scheme before it."""
    return transport.link(DIALECT, base_url=base_url, secret=api_key, headers={"Authorization": api_key})


def one(link: Link, endpoint: Endpoint, *, path: Mapping[str, str]) -> Row:
    """The one resource that a read answers with. Raises VendorError."""
    answer = link.call(endpoint, path=path)
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, dict):
        raise unreadable(endpoint.operation)
    return data


def listed(link: Link, endpoint: Endpoint) -> list[Row]:
    """A list that has no pages. Raises VendorError."""
    return _rows(link.call(endpoint), endpoint)


def pages(link: Link, endpoint: Endpoint, *, customer: str | None = None) -> Iterator[list[Row]]:
    """The list page by page, at most MOST_PAGES; a page that is not full is the last one. Raises VendorError."""
    only = {"filters[customer_identifier]": customer} if customer else {}
    for page in range(1, MOST_PAGES + 1):
        params = {**only, "pagination[page]": str(page), "pagination[per_page]": str(PAGE)}
        rows = _rows(link.call(endpoint, params=params), endpoint)
        yield rows
        if len(rows) < PAGE:
            return


def confirmed(answer: Any, endpoint: Endpoint) -> Row:
    """The resource with which a write confirms itself. Raises UnknownOutcome for any other answer."""
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, dict) or not text(data.get("id")):
        raise unconfirmed(endpoint)
    return data


def unreadable(operation: str) -> Unreachable:
    """The error for an answer in a shape nobody knows."""
    return Unreachable(VENDOR, f"{TITLE} sent an answer nobody can read", detail=f"{operation}: unknown shape")


def unconfirmed(endpoint: Endpoint) -> UnknownOutcome:
    """The error for a write whose answer does not say that it was done."""
    return UnknownOutcome(VENDOR, f"{TITLE} did not confirm the change", detail=f"{endpoint.operation}: unknown shape")


def _rows(answer: Any, endpoint: Endpoint) -> list[Row]:
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise unreadable(endpoint.operation)
    return data
