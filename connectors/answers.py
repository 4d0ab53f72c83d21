"""What an answer, or the lack of one, means: the JSON, or one of the vendor errors."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from typing import Any

import httpx

from connectors.dialect import Dialect, Endpoint
from connectors.errors import Denied, NotFound, Rejected, Throttled, UnknownOutcome, Unreachable, VendorError

_LARGEST_BODY = 32 * 1024 * 1024
_PLAIN_ID = re.compile(r"[\w:.-]{4,80}", re.ASCII)
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class Broken500(Unreachable):
    """A 500: the vendor is broken rather than busy."""


def body_of(response: httpx.Response, ends_at: float) -> bytes:
    """The body, unless it dribbles past the end or grows beyond reason."""
    parts, size = [], 0
    for part in response.iter_bytes():
        size += len(part)
        if time.monotonic() > ends_at or size > _LARGEST_BODY:
            raise httpx.ReadTimeout("the answer does not end")
        parts.append(part)
    return b"".join(parts)


def lost(dialect: Dialect, endpoint: Endpoint, kind: type[Exception]) -> VendorError:
    """No answer. After a write that may have left, nobody can say whether it happened."""
    detail = f"{endpoint.operation}: {kind.__name__}"
    if endpoint.write and not issubclass(kind, _NEVER_SENT):
        return UnknownOutcome(dialect.vendor, f"{dialect.title} did not confirm the change", detail=detail)
    slow = issubclass(kind, httpx.TimeoutException)
    reason = f"{dialect.title} did not answer in time" if slow else f"{dialect.title} could not be reached"
    return Unreachable(dialect.vendor, reason, detail=detail)


def answer_of(dialect: Dialect, endpoint: Endpoint, status: int, headers: httpx.Headers, raw: bytes) -> Any:
    """The JSON of a good answer, or the error that the dialect's judge or else the status means."""
    if dialect.judge is not None:
        judged = dialect.judge(endpoint, status, headers, json_or_none(raw))
        if judged is not None:
            raise judged
    if 200 <= status < 300:
        return _parsed(dialect, endpoint, raw)
    said = dialect.explain(raw)
    detail = f"{endpoint.operation}: HTTP {status}" + (f", {said.message}" if said.message else "")
    vendor, title, trace = dialect.vendor, dialect.title, said.trace_id or _request_id(headers)
    if status in (401, 403):
        raise Denied(vendor, f"{title} refused our key", detail=detail, trace_id=trace)
    if status == 404:
        raise NotFound(vendor, f"{title} has no such record", detail=detail, trace_id=trace)
    if status == 429:
        wait = retry_after(headers)
        raise Throttled(vendor, f"{title} asks us to slow down", detail=detail, trace_id=trace, retry_after=wait)
    if 400 <= status < 500 and status != 408:
        raise Rejected(vendor, f"{title} did not accept that", detail=detail, trace_id=trace)
    if endpoint.write:
        raise UnknownOutcome(vendor, f"{title} did not confirm the change", detail=detail, trace_id=trace)
    broken = Broken500 if status == 500 else Unreachable
    raise broken(vendor, f"{title} has a problem on its side", detail=detail, trace_id=trace)


def _request_id(headers: httpx.Headers) -> str | None:
    """What the vendor's support finds a call by, where the answer names it as most do; nothing that is more than a
    plain id."""
    found = headers.get("x-request-id", "")
    return found if _PLAIN_ID.fullmatch(found) else None


def _parsed(dialect: Dialect, endpoint: Endpoint, raw: bytes) -> Any:
    if not raw and not endpoint.write:
        return None
    try:
        return json.loads(raw)
    except ValueError:
        pass
    detail = f"{endpoint.operation}: the answer is not JSON"
    if endpoint.write:
        raise UnknownOutcome(dialect.vendor, f"{dialect.title} did not confirm the change", detail=detail)
    raise Unreachable(dialect.vendor, f"{dialect.title} sent an answer nobody can read", detail=detail)


def json_or_none(raw: bytes) -> Any:
    """The body's JSON; None where there is none that can be read."""
    try:
        return json.loads(raw)
    except ValueError:
        return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, where the vendor names them as a number; a date is not worth a second clock."""
    try:
        seconds = float(headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None
