"""How the Smile sandbox reads a request and cuts a list into pages."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class Refused(Exception):
    """Ends a request with the error object."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def body_of(request: Request, raw: bytes) -> dict[str, Any]:
    """The JSON object; a body without its Content-Type is refused, as the vendor says."""
    if not raw:
        return {}
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise Refused(400, "Content-Type must be application/json")
    try:
        value = json.loads(raw)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise Refused(400, "the body must be a JSON object")
    return value


def included(request: Request, allowed: tuple[str, ...]) -> bool:
    """Whether the level was asked for; one word that is not known is refused."""
    asked = [word for word in request.query_params.get("include", "").split(",") if word]
    if any(word not in allowed for word in asked):
        raise Refused(400, "include is invalid")
    return bool(asked)


def customer_asked(request: Request) -> int | None:
    """The customer whose rows are wanted; None: everybody's."""
    return count(request, "customer_id", 0, None) or None


def count(request: Request, name: str, default: int, most: int | None) -> int:
    """A number of the query, from 1 to `most`."""
    raw = request.query_params.get(name)
    if raw is None:
        return default
    if not raw.isdigit() or int(raw) < 1 or (most is not None and int(raw) > most):
        raise Refused(400, f"{name} is invalid")
    return int(raw)


def after(rows: list[dict[str, Any]], updated_at_min: str | None) -> list[dict[str, Any]]:
    """Rows that changed at or after the time."""
    if updated_at_min is None:
        return rows
    try:
        since = datetime.fromisoformat(updated_at_min)
    except ValueError:
        raise Refused(400, "updated_at_min is invalid") from None
    return [row for row in rows if datetime.fromisoformat(row["updated_at"]) >= since]


def page_of(request: Request, name: str, rows: list[dict[str, Any]]) -> Response:
    """One page, with the cursors of its neighbours."""
    size = count(request, "limit", 50, 250)
    start = _place(request.query_params.get("cursor", ""))
    metadata = {
        "next_cursor": _cursor(start + size) if start + size < len(rows) else None,
        "previous_cursor": _cursor(max(start - size, 0)) if start else None,
    }
    return JSONResponse({name: rows[start : start + size], "metadata": metadata})


def _cursor(place: int) -> str:
    return base64.b64encode(f"id:{place}".encode()).decode()


def _place(cursor: str) -> int:
    try:
        said = base64.b64decode(cursor, validate=True).decode()
    except (binascii.Error, ValueError):
        said = "?"
    if cursor and not said.removeprefix("id:").isdigit():
        raise Refused(400, "cursor is invalid")
    return int(said.removeprefix("id:")) if cursor else 0
