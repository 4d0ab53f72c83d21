"""Dutchie Ecommerce over GraphQL: two questions, and its errors inside an HTTP 200."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from connectors.errors import Denied, Rejected, Unreachable, VendorError
from connectors.transport import Dialect, Endpoint, Explained, Link, Pace, Transport
from connectors.values import Row, redacted, text

VENDOR = "dutchie_ecommerce"
TITLE = "Dutchie Ecommerce"

_ROUTE = "/plus/2021-07/graphql"
# Seen by integrators: five a second for a key and address.
_PACE = Pace(per_second=5, per_minute=300)
RETAILERS = Endpoint("retailers", "POST", _ROUTE, _PACE, paced_as="all")
SPECIALS = Endpoint("specials", "POST", _ROUTE, _PACE, paced_as="all")

DOCUMENTS: Mapping[str, str] = {
    RETAILERS.operation: "query Retailers { retailers { id name } }",
    SPECIALS.operation: (
        "query Specials($retailerId: ID!) "
        "{ specials(retailerId: $retailerId) { id name menuDisplayConfiguration { name } } }"
    ),
}
_DENIAL = ("unauthor", "unauthent", "forbidden", "not allowed", "permission")


def explain(raw: bytes) -> Explained:
    """The messages of a GraphQL error."""
    try:
        return Explained(_messages(json.loads(raw)))
    except ValueError:
        return Explained()


def _messages(answer: Any) -> str:
    errors = answer.get("errors") if isinstance(answer, dict) else None
    rows = errors if isinstance(errors, list) else []
    return redacted("; ".join(m for e in rows if isinstance(e, dict) and (m := text(e.get("message")))))


def judge(endpoint: Endpoint, status: int, headers: Mapping[str, str], answer: Any) -> VendorError | None:
    """An answer with errors is none, whatever its status says; other statuses follow the general rules."""
    if not 200 <= status < 300 or not isinstance(answer, dict) or not answer.get("errors"):
        return None
    said = _messages(answer)
    detail = f"{endpoint.operation}: {said}"
    if any(word in said.lower() for word in _DENIAL):
        return Denied(VENDOR, f"{TITLE} refused our key", detail=detail)
    return Rejected(VENDOR, f"{TITLE} did not accept that", detail=detail)


DIALECT = Dialect(vendor=VENDOR, title=TITLE, explain=explain, judge=judge)


def open_link(transport: Transport, *, base_url: str, api_key: str) -> Link:
    """One key's way to the API."""
    headers = {"Authorization": f"Bearer {api_key}"}
    return transport.link(DIALECT, base_url=base_url, secret=api_key, headers=headers)


def asked(link: Link, endpoint: Endpoint, variables: Mapping[str, str] | None = None) -> list[Row]:
    """The rows under the operation's own name. Raises VendorError."""
    name = endpoint.operation
    body = {"operationName": name.title(), "query": DOCUMENTS[name], "variables": dict(variables or {})}
    answer = link.call(endpoint, body=body)
    data = answer.get("data") if isinstance(answer, dict) else None
    listed = data.get(name) if isinstance(data, dict) else None
    if isinstance(listed, list):
        rows: list[Row] = [row for row in listed if isinstance(row, dict) and text(row.get("id"))]
        if rows or not listed:
            return rows
    raise Unreachable(VENDOR, f"{TITLE} sent an answer nobody can read", detail=f"{name}: unknown shape")
