"""Refusals and readings of values that the Dutchie sandbox's handlers share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


class Refused(Exception):
    """Ends a request with this status and body (a dict, a bare text, or None for empty)."""

    def __init__(self, status: int, body: dict[str, Any] | str | None) -> None:
        super().__init__(f"{status}")
        self.status = status
        self.body = body


def bad_request(message: str, properties: Mapping[str, str] | None = None) -> Refused:
    """The vendor's general 400, with an error per property where there are any."""
    errors = [{"propertyName": k, "propertyError": v} for k, v in (properties or {}).items()]
    return Refused(400, {"message": message, "propertyErrors": errors or None})


def invalid(message: str) -> Refused:
    """The 400 of the reporting endpoints: a validation result."""
    failure = {"propertyName": "", "errorMessage": message, "severity": 0, "errorCode": "PredicateValidator"}
    return Refused(400, {"isValid": False, "errors": [failure], "ruleSetsExecuted": []})


def stamp(at: datetime) -> str:
    """2026-03-01T01:22:40Z"""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime | None:
    """A date-time as the vendor reads it, taken as UTC when it names no zone; None if it is none."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def digits(text: object) -> str:
    """The ten national digits of a phone, however it is written."""
    return "".join(c for c in str(text or "") if c.isdigit())[-10:]


def lowered(body: Any, known: Mapping[str, type | tuple[type, ...]]) -> dict[str, Any]:
    """An object's known fields, their names matched without regard to case. Raises Refused for anything else."""
    if not isinstance(body, dict):
        raise bad_request("A JSON object is required.")
    names = {name.lower(): name for name in known}
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for key, value in body.items():
        name = names.get(key.lower())
        if name is None:
            errors[key] = "This property is not known."
        elif value is not None and (
            not isinstance(value, known[name]) or isinstance(value, bool) != (known[name] is bool)
        ):
            errors[name] = "The value could not be converted."
        else:
            values[name] = value
    if errors:
        raise bad_request("One or more properties are invalid.", errors)
    return values
