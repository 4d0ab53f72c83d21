"""Alpine IQ's envelope, and how its sandbox refuses."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from connectors.sandbox.state import Contact, Store

NO_KEY = "Please provide a valid API key"


class Refused(Exception):
    """Ends a request with the vendor's error envelope."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def failed(code: int, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    body = {"errors": [{"message": message}], "code": code, "success": False}
    return JSONResponse(body, code, headers=headers)


def done(data: Any = None) -> JSONResponse:
    """Success; `data` is left out when there is none, as the vendor's library does."""
    body = {"code": 200, "success": True}
    return JSONResponse(body if data is None else {"data": data, **body})


def whole(request: Request, name: str, default: int) -> int:
    raw = request.query_params.get(name)
    if raw is None or raw == "":
        return default
    if not raw.isdigit():
        raise Refused(400, f"{name} must be a number")
    return int(raw)


def known(request: Request, store: Store) -> Contact:
    """The contact in the path. Raises Refused when there is none."""
    contact = store.contacts.get(request.path_params["contact"])
    if contact is None:
        raise Refused(404, "Not Found")
    return contact
