"""springbig over HTTP: the operations with evidence, and our pace."""

from __future__ import annotations

import json
from typing import Any

from connectors.errors import UnknownOutcome, Unreachable
from connectors.transport import Dialect, Endpoint, Explained, Link, Pace, Transport
from connectors.values import Row, redacted, text

VENDOR = "springbig"
TITLE = "springbig"

# No limit is public.
_PACE = Pace(per_second=4, per_minute=100)


def _endpoint(operation: str, method: str, route: str, *, write: bool = False) -> Endpoint:
    return Endpoint(operation, method, route, _PACE, write=write, paced_as="all")


LOOKUP = _endpoint("member_lookup", "GET", "/members")
ENROLL = _endpoint("enroll", "POST", "/members", write=True)
UPDATE = _endpoint("update_member", "PUT", "/members/{pos_user}", write=True)
VISIT = _endpoint("record_visit", "POST", "/visits", write=True)


def explain(raw: bytes) -> Explained:
    """The fields of a refusal with what is wrong with each, else its `message` or `error`."""
    try:
        value = json.loads(raw)
    except ValueError:
        return Explained()
    if not isinstance(value, dict):
        return Explained()
    errors = value.get("errors")
    if not isinstance(errors, dict):
        return Explained(redacted(text(value.get("message")) or text(value.get("error"))))
    said = [f"{field} {text(wrong)}" for field, all_wrong in errors.items() for wrong in _listed(all_wrong)]
    return Explained(redacted(", ".join(said)))


DIALECT = Dialect(vendor=VENDOR, title=TITLE, explain=explain)


def open_link(transport: Transport, *, base_url: str, api_key: str, auth_token: str) -> Link:
    """The way to one store's account."""
    headers = {"x-api-key": api_key, "AUTH-TOKEN": auth_token}
    return transport.link(DIALECT, base_url=base_url, secret=f"{api_key}:{auth_token}", headers=headers)


def members_in(answer: Any) -> list[Row] | None:
    """The members of an answer, of which there may be none; None for a shape nobody knows."""
    listed = answer.get("members") if isinstance(answer, dict) else None
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
        return None
    return listed


def unreadable(operation: str) -> Unreachable:
    """The error for an answer in a shape nobody knows."""
    return Unreachable(VENDOR, f"{TITLE} sent an answer nobody can read", detail=f"{operation}: unknown shape")


def unconfirmed(endpoint: Endpoint) -> UnknownOutcome:
    """The error for a write whose answer does not say that it was done."""
    return UnknownOutcome(VENDOR, f"{TITLE} did not confirm the change", detail=f"{endpoint.operation}: unknown shape")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
