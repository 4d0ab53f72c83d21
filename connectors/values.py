"""Reading vendors' values, which may be missing, null, or of another type than promised. Nothing here raises."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import phonenumbers

Row = Mapping[str, Any]

_MILLISECONDS_FROM = 10**11
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
_NUMBER = re.compile(r"[+(]?\d[\d\s().-]{5,}\d")
_LONG_HEX = re.compile(r"\b[0-9a-fA-F]{16,}\b")


def text(value: object) -> str:
    """Text without surrounding space; numbers become text, anything else ""."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def flag(value: object) -> bool | None:
    """True or False only where the value is one."""
    return value if isinstance(value, bool) else None


def identifier(value: object) -> str | None:
    """A whole number or a text of digits as an id; zero, and anything else, is none."""
    if isinstance(value, bool):
        return None
    found = str(value) if isinstance(value, int) else value.strip() if isinstance(value, str) else ""
    return found if found.isdigit() and int(found) else None


def number(value: object) -> Decimal | None:
    """A finite number, also from a text that is one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def moment(value: object) -> datetime | None:
    """A time from epoch seconds or milliseconds, or from ISO text; text without a zone is UTC."""
    if isinstance(value, str) and not value.strip().isdigit():
        try:
            at = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    seconds = number(value)
    if seconds is None or seconds <= 0:
        return None
    try:
        return datetime.fromtimestamp(float(seconds if seconds < _MILLISECONDS_FROM else seconds / 1000), UTC)
    except (OverflowError, ValueError, OSError):
        return None


def e164(value: object) -> str | None:
    """A phone as +13035550142; numbers without a country are American; an extension is dropped; else None."""
    return _e164(text(value))


@lru_cache(maxsize=1024)
def _e164(written: str) -> str | None:
    try:
        parsed = phonenumbers.parse(written, "US")
    except phonenumbers.NumberParseException:
        return None
    # The plainer question would also take seven digits, which lack an area code.
    if phonenumbers.is_possible_number_with_reason(parsed) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    parsed.extension = None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def national(phone: str) -> str:
    """The ten digits that both vendors want of an American E.164 phone; other countries keep all their digits."""
    return phone.removeprefix("+1") if phone.startswith("+1") else phone.lstrip("+")


def email(value: object) -> str | None:
    """An e-mail in lower case, or None."""
    found = text(value).lower()
    return found if "@" in found else None


def redacted(value: str, *, at_most: int = 200) -> str:
    """A vendor's sentence without e-mails, phones, long ids or keys, for the operator's log."""
    shown = _LONG_HEX.sub("[id]", _EMAIL.sub("[email]", value))
    return _NUMBER.sub("[number]", " ".join(shown.split()))[:at_most]
