"""Alpine IQ over HTTP: the operations we use, our pace, and its envelope."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.errors import Denied, NotFound, Rejected, Throttled, UnknownOutcome, Unreachable
from connectors.transport import Dialect, Endpoint, Explained, Link, Pace, Transport
from connectors.values import Row, redacted, text

VENDOR = "alpineiq"
TITLE = "Alpine IQ"

# No limit is documented; this is below the only numbers anybody wrote down (5 a second, 120 a minute).
_PACE = Pace(per_second=4, per_minute=100)


def _endpoint(operation: str, method: str, route: str, *, write: bool = False) -> Endpoint:
    return Endpoint(operation, method, route, _PACE, write=write, paced_as="all")


SEARCH = _endpoint("contact_search", "GET", "/api/v1.1/piis/{uid}")
CONTACT = _endpoint("contact", "GET", "/api/v1.1/piis/{uid}/{contact}")
WALLET = _endpoint("wallet", "POST", "/api/v2/wallet")
TIMELINE = _endpoint("timeline", "GET", "/api/v1.1/contact/loyaltyPoints/timeline/{uid}/{contact}")
ADJUSTMENTS = _endpoint("adjustments", "GET", "/api/v1.1/adjustments/{uid}/{start}/{end}")
STORES = _endpoint("stores", "GET", "/api/v1.1/stores/{uid}")
ORDERS = _endpoint("orders", "GET", "/api/v1.1/contact/orders/{uid}/{contact}")
REDEMPTIONS = _endpoint("redemptions", "GET", "/api/v1.1/redemptions/{uid}/{start}/{end}")
AUDIENCES = _endpoint("audiences", "GET", "/api/v1.1/audiences/{uid}")
DISCOUNTS = _endpoint("discounts", "GET", "/api/v2/discount/{uid}")
PROGRAM = _endpoint("program", "GET", "/api/v2/loyalty/default/{uid}")
ENROLL = _endpoint("enroll", "POST", "/api/v2/loyalty", write=True)
OPT_IN_TEXT = _endpoint("opt_in_text", "PUT", "/api/v2/optin/text/{value}/{flag}", write=True)
OPT_IN_EMAIL = _endpoint("opt_in_email", "PUT", "/api/v2/optin/email/{value}/{flag}", write=True)
OVERRIDE = _endpoint("override", "POST", "/api/v2/loyaltyContact/override/{uid}/{contact}", write=True)
PUSH_SALE = _endpoint("push_sale", "POST", "/api/v1.1/createUpdateSale/{uid}", write=True)
ADJUST = _endpoint("adjust_points", "PUT", "/api/v1.1/adjust/loyaltyPoints/{uid}/{contact}", write=True)


def explain(raw: bytes) -> Explained:
    """The first message of the envelope's errors."""
    try:
        value = json.loads(raw)
    except ValueError:
        return Explained()
    errors = value.get("errors") if isinstance(value, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    return Explained(redacted(text(first.get("message"))) if isinstance(first, dict) else "")


DIALECT = Dialect(vendor=VENDOR, title=TITLE, explain=explain)


@dataclass(frozen=True)
class Account:
    """One account: its UID, which stands in most paths, and the way to it."""

    uid: str
    link: Link

    def call(
        self,
        endpoint: Endpoint,
        *,
        path: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> Any:
        """The envelope's `data`; None where there is none, which is how this vendor says "nothing".

        Raises VendorError; an envelope that says failure inside an HTTP 200 is one, by its own code.
        """
        answer = self.link.call(endpoint, path={"uid": self.uid, **(path or {})}, params=params, body=body)
        if not isinstance(answer, dict) or not (answer.keys() & {"data", "success", "code"}):
            raise _unconfirmed(endpoint) if endpoint.write else unreadable(endpoint.operation)
        if answer.get("success") is False:
            raise _failure(endpoint, answer.get("code"))
        if endpoint.write and answer.get("success") is not True:
            raise _unconfirmed(endpoint)
        return answer.get("data")


def open_account(transport: Transport, *, base_url: str, uid: str, api_key: str) -> Account:
    """The way to one account."""
    link = transport.link(DIALECT, base_url=base_url, secret=f"{uid}:{api_key}", headers={"X-APIKEY": api_key})
    return Account(uid, link)


def rows(value: Any, operation: str) -> list[Row]:
    """The objects of a list; missing, null and [] all mean none. Raises Unreachable for any other shape."""
    if value is None:
        return []
    if isinstance(value, list):
        found: list[Row] = [row for row in value if isinstance(row, dict)]
        if found or not value:
            return found
    raise unreadable(operation)


def unreadable(operation: str) -> Unreachable:
    """The error for an answer in a shape nobody knows."""
    return Unreachable(VENDOR, f"{TITLE} sent an answer nobody can read", detail=f"{operation}: unknown shape")


def _unconfirmed(endpoint: Endpoint) -> UnknownOutcome:
    return UnknownOutcome(VENDOR, f"{TITLE} did not confirm the change", detail=f"{endpoint.operation}: unknown shape")


def _failure(endpoint: Endpoint, code: Any) -> Denied | NotFound | Throttled | Rejected | UnknownOutcome | Unreachable:
    detail = f"{endpoint.operation}: code {code if isinstance(code, int) else 'unknown'}"
    if code in (401, 403):
        return Denied(VENDOR, f"{TITLE} refused our key", detail=detail)
    if code == 404:
        return NotFound(VENDOR, f"{TITLE} has no such record", detail=detail)
    if code == 429:
        return Throttled(VENDOR, f"{TITLE} asks us to slow down", detail=detail)
    if isinstance(code, int) and 400 <= code < 500:
        return Rejected(VENDOR, f"{TITLE} did not accept that", detail=detail)
    if endpoint.write:
        return UnknownOutcome(VENDOR, f"{TITLE} did not confirm the change", detail=detail)
    return Unreachable(VENDOR, f"{TITLE} has a problem on its side", detail=detail)
