"""Dutchie POS over HTTP: the operations we use, their limits, and how its errors read."""

from __future__ import annotations

import base64
import json
from typing import Any

from connectors.errors import Unreachable
from connectors.transport import Dialect, Endpoint, Explained, Link, Pace, Transport
from connectors.values import Row, redacted, text

VENDOR = "dutchie"
TITLE = "Dutchie"

# The lower of the published tier (baseline 120, reporting 60, frequent 200) and the endpoint's own text.
_BASELINE = Pace(per_second=8, per_minute=120)
_REPORTING = Pace(per_second=4, per_minute=60)

WHOAMI = Endpoint("whoami", "GET", "/whoami", Pace(8, 200))
SEARCH = Endpoint("customer_search", "POST", "/customer/search", _BASELINE)
CUSTOMERS = Endpoint("customer_by_id", "GET", "/customer/customers", _BASELINE)
SAVE_CUSTOMER = Endpoint("customer_save", "POST", "/customer/customer", _BASELINE, write=True)
TRANSACTIONS = Endpoint("transactions", "GET", "/reporting/transactions", _REPORTING)
BY_EXTERNAL_ID = Endpoint("customer_by_external_id", "GET", "/customer/by-external-id", _BASELINE)
JOURNAL = Endpoint("journal", "GET", "/customer-journal", _BASELINE)
WRITE_JOURNAL = Endpoint("journal_create", "POST", "/customer-journal/create", _BASELINE, write=True)
GUESTLIST = Endpoint("guestlist", "GET", "/guestlist", _BASELINE)
EMPLOYEES = Endpoint("employees", "GET", "/employees", _BASELINE)
DISCOUNTS = Endpoint("discounts", "GET", "/discounts/v2/list", _BASELINE)
REPORTED_DISCOUNTS = Endpoint("reported_discounts", "GET", "/reporting/discounts", _REPORTING)
REGISTER = Endpoint("register_transactions", "GET", "/reporting/register-transactions", _REPORTING)
SNAPSHOT = Endpoint("loyalty_snapshot", "GET", "/reporting/loyalty-snapshot", Pace(1, 1))
PREORDER = Endpoint("preorder_status", "GET", "/preorder/Status", _BASELINE)


def explain(raw: bytes) -> Explained:
    """One reading of all the shapes in which a 4xx comes: two kinds of object, a bare text, or nothing.

    Only the vendor's sentences and the names of fields are kept, never the values that were refused.
    """
    body = raw.decode("utf-8", "replace").strip()
    try:
        value = json.loads(body) if body else None
    except ValueError:
        value = body
    if isinstance(value, str):
        return Explained(redacted(value))
    if not isinstance(value, dict):
        return Explained()
    lowered = {key.lower(): v for key, v in value.items()}
    parts = [text(lowered.get("message"))]
    for listed in (lowered.get("propertyerrors"), lowered.get("errors")):
        parts += [_problem(item) for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    trace = text(lowered.get("traceid")) or None
    return Explained(redacted("; ".join(part for part in parts if part)), trace)


def _problem(item: dict[str, Any]) -> str:
    lowered = {key.lower(): v for key, v in item.items()}
    name = text(lowered.get("propertyname"))
    said = text(lowered.get("propertyerror")) or text(lowered.get("errormessage"))
    return ": ".join(part for part in (name, said) if part)


DIALECT = Dialect(vendor=VENDOR, title=TITLE, explain=explain, retries_of_500=1)


def open_link(transport: Transport, *, base_url: str, api_key: str, integrator_key: str) -> Link:
    """One key's way to the API: Basic, the key as user name, the integrator's key (or nothing) as password."""
    credentials = base64.b64encode(f"{api_key}:{integrator_key}".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}"}
    return transport.link(DIALECT, base_url=base_url, secret=api_key, headers=headers)


def rows(answer: Any, operation: str) -> list[Row]:
    """The objects of a bare array. Raises Unreachable when the answer is none, or holds nothing of that kind."""
    if isinstance(answer, list):
        found: list[Row] = [row for row in answer if isinstance(row, dict)]
        if found or not answer:
            return found
    raise unreadable(operation)


def unreadable(operation: str) -> Unreachable:
    """The error for an answer in a shape nobody knows."""
    return Unreachable(VENDOR, f"{TITLE} sent an answer nobody can read", detail=f"{operation}: unknown shape")
