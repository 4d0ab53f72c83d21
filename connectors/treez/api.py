"""Treez over HTTP: its two generations, their pace, and an envelope that says more than the status."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from connectors.answers import retry_after
from connectors.errors import Denied, NotFound, Rejected, Throttled, UnknownOutcome, Unreachable, VendorError
from connectors.transport import Dialect, Endpoint, Explained, Link, Pace
from connectors.values import Row, redacted, text

VENDOR = "treez"
TITLE = "Treez"
PAGE = 50

# Ten a second per location, by the documentation of v2; v3 names no limit, and shares it here.
_PACE = Pace(per_second=10, per_minute=600)
# "Pause 250-500 ms": what to wait where the answer does not say.
_PAUSE_S = 0.5
_NO_RECORD = frozenset({"NOT_FOUND", "CUSTOMER_DOESNT_EXIST", "TICKET_NOT_FOUND"})
_NO_ENTRY = "full authentication is required"

TOKEN = Endpoint("token", "POST", "/v2.0/dispensary/{dispensary}/config/api/gettokens", _PACE, paced_as="all")


def _service(operation: str, method: str, route: str) -> Endpoint:
    return Endpoint(operation, method, f"/service/{route}", _PACE, paced_as="all")


VALIDATION = _service("jwt_validation", "POST", "jwt-validation")
STORES = _service("stores", "GET", "catalog/v3/organization-entity")
DISCOUNTS = _service("discounts", "GET", "discount/v3/discount")

_ROUTES: Mapping[str, tuple[str, str]] = {
    "customer": ("GET", "customer/{customer}"),
    "customer_by_phone": ("GET", "customer/phone/{phone}"),
    "customer_by_email": ("GET", "customer/email/{email}"),
    "customer_by_name": ("GET", "customer/firstname/{first}/lastname/{last}"),
    "customer_by_licence": ("GET", "customer/driverlicense/{licence}"),
    "customers_changed": ("GET", "customer/lastUpdated/after/{since}/page/{page}/pagesize/{size}"),
    "customer_update": ("PATCH", "customer/update/{customer}"),
}
_V2_ONLY = {"tickets_of_customer": ("GET", "ticket/customer/{customer}")}
_V3_ONLY = {
    "checked_in": ("GET", "customer/queue"),
    "customer_history": ("GET", "customer/{customer}/history"),
    "customer_merge": ("POST", "customer/merge"),
    "ticket": ("GET", "ticket/{ticket}"),
    "ticket_by_number": ("GET", "ticket/ordernumber/{number}"),
    "tickets_of_customer": ("GET", "ticket/customer/{customer}/page/{page}/pagesize/{size}"),
    "tickets_by_status": ("GET", "ticket/status/{status}/page/{page}/pagesize/{size}"),
}
_WRITES = frozenset({"customer_update", "customer_merge"})


def _table(prefix: str, routes: Mapping[str, tuple[str, str]]) -> Mapping[str, Endpoint]:
    return {
        name: Endpoint(name, method, f"{prefix}/{route}", _PACE, write=name in _WRITES, paced_as="all")
        for name, (method, route) in routes.items()
    }


V2 = _table("/v2.0/dispensary/{dispensary}", {**_ROUTES, **_V2_ONLY})
V3 = _table("/dispensary/v3/{dispensary}", {**_ROUTES, **_V3_ONLY})
ENDPOINTS: Mapping[Literal["v2", "v3"], Mapping[str, Endpoint]] = {"v2": V2, "v3": V3}


def explain(raw: bytes) -> Explained:
    """The reason and the detail of whichever envelope it is; values that look like personal data are taken out."""
    try:
        value = json.loads(raw)
    except ValueError:
        return Explained()
    if not isinstance(value, dict):
        return Explained()
    parts = [text(value.get(name)) for name in ("resultReason", "resultDetail", "message")]
    return Explained(redacted("; ".join(part for part in parts if part)))


def judge(endpoint: Endpoint, status: int, headers: Mapping[str, str], answer: Any) -> VendorError | None:
    """Failure inside a 200, a ticket that is not there as a 400, throttling, and writes nobody confirmed."""
    body = answer if isinstance(answer, dict) else {}
    code, reason = text(body.get("resultCode")), text(body.get("resultReason"))
    detail = f"{endpoint.operation}: HTTP {status}" + (f", {redacted(reason)}" if reason else "")
    good = 200 <= status < 300
    if status == 429 or (good and reason.upper() == "OVER LIMIT"):
        named = retry_after(headers)
        wait = _PAUSE_S if named is None else named
        return Throttled(VENDOR, f"{TITLE} asks us to slow down", detail=detail, retry_after=wait)
    if endpoint is TOKEN:
        refused = status in (400, 401, 403) or (good and code not in ("", "SUCCESS"))
        return Denied(VENDOR, f"{TITLE} refused our key", detail=detail) if refused else None
    if good and code == "FAIL":
        return _failure(reason, detail)
    if good and endpoint.write and code != "SUCCESS":
        return UnknownOutcome(VENDOR, f"{TITLE} did not confirm the change", detail=detail)
    if status == 400 and reason in _NO_RECORD:
        return _failure(reason, detail)
    return None


def _failure(reason: str, detail: str) -> VendorError:
    if reason in _NO_RECORD:
        return NotFound(VENDOR, f"{TITLE} has no such record", detail=detail)
    if reason.lower().startswith(_NO_ENTRY):
        return Denied(VENDOR, f"{TITLE} refused our key", detail=detail)
    return Rejected(VENDOR, f"{TITLE} did not accept that", detail=detail)


DIALECT = Dialect(vendor=VENDOR, title=TITLE, explain=explain, judge=judge)


@dataclass(frozen=True)
class Account:
    """One store at Treez: its short name, its generation of the API, and the way to it."""

    dispensary: str
    version: Literal["v2", "v3"]
    link: Link

    def ask(self, name: str, **path: str) -> dict[str, Any]:
        """The whole envelope of one of the store's own reads. Raises VendorError."""
        answer = self._call(name, path, None)
        if not isinstance(answer, dict) or text(answer.get("resultCode")) != "SUCCESS":
            raise unreadable(name)
        return answer

    def do(self, name: str, body: Any, **path: str) -> Row:
        """The envelope of one write, sent once, that says SUCCESS. Raises VendorError, for any other UnknownOutcome."""
        answer: Row = self._call(name, path, body)
        return answer

    def _call(self, name: str, path: Mapping[str, str], body: Any) -> Any:
        return self.link.call(ENDPOINTS[self.version][name], path={"dispensary": self.dispensary, **path}, body=body)


def records(value: Any, operation: str) -> list[Row]:
    """The objects of `data`, which is a list, or one object, or nothing. Raises Unreachable for another shape."""
    if value is None:
        return []
    listed = value if isinstance(value, list) else [value]
    found: list[Row] = [row for row in listed if isinstance(row, dict)]
    if len(found) != len(listed):
        raise unreadable(operation)
    return found


def listed(value: Any, operation: str) -> list[Row]:
    """The objects of what has to be a list. Raises Unreachable for anything else."""
    if not isinstance(value, list):
        raise unreadable(operation)
    return records(value, operation)


def unreadable(operation: str) -> Unreachable:
    """The error for an answer in a shape nobody knows."""
    return Unreachable(VENDOR, f"{TITLE} sent an answer nobody can read", detail=f"{operation}: unknown shape")
