"""`POST /webhooks/<vendor>/<store>`: where a vendor sends its messages. Answered only once the message is stored."""

from __future__ import annotations

import logging
from typing import Any, Final
from wsgiref.types import WSGIEnvironment

from bot.errors import WorkUnavailable
from bot.work.house import House
from bot.work.webhooks import receive_message
from connectors.errors import Rejected

log = logging.getLogger(__name__)

WEBHOOKS: Final = "/webhooks/"
LARGEST_MESSAGE: Final = 1_000_000
"""Bytes: an order with many lines is a tenth of it."""
Answer = tuple[str, dict[str, Any]]


def take_in(house: House, environ: WSGIEnvironment) -> Answer:
    """The status line and the JSON to answer with. A vendor sends again after anything but a 200."""
    vendor, _, store_id = environ.get("PATH_INFO", "").removeprefix(WEBHOOKS).partition("/")
    if environ.get("REQUEST_METHOD") != "POST":
        return _said("405 Method Not Allowed", "Vendors send their messages here with POST.")
    if int(environ.get("CONTENT_LENGTH") or 0) > LARGEST_MESSAGE:
        return _said("413 Content Too Large", "This message is too large.")
    raw = environ["wsgi.input"].read(LARGEST_MESSAGE + 1)
    if len(raw) > LARGEST_MESSAGE:
        return _said("413 Content Too Large", "This message is too large.")
    try:
        outcome = receive_message(house, vendor, store_id, _headers(environ), raw)
    except Rejected as error:
        log.warning("A message of %s for %s cannot be read: %s", error.vendor, store_id, error.detail)
        return _said("400 Bad Request", "This message cannot be read.")
    except WorkUnavailable:
        return _said("503 Service Unavailable", "The message could not be stored. Please send it again.")
    if outcome == "nobody":
        return _said("404 Not Found", "No store here takes messages of this vendor.")
    if outcome == "forged":
        log.warning("A message to %s/%s was not the vendor's", vendor, store_id)
        return _said("401 Unauthorized", "This message is not the vendor's.")
    return "200 OK", {"ok": True, "new": outcome == "new"}


def _said(status: str, message: str) -> Answer:
    return status, {"ok": False, "message": message}


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    """The request's headers, names in lower case."""
    return {
        name.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
