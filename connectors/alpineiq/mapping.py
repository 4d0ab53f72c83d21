"""Alpine IQ's rows in the words of the house.

How a row of the points timeline looks is documented nowhere, so it is read by any of the names such a field could
have; a kind is taken only from the row's own word; and a row that has no time or no points makes the whole ledger
unreadable rather than a guess.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from connectors.contract import EntryKind, LedgerEntry, Member
from connectors.values import Row, e164, email, moment, number, text

_TIMES = ("ts", "time", "timestamp", "date", "created", "createdAt", "inserted")
_POINTS = ("value", "points", "amount", "delta", "change")
_NOTES = ("note", "notes", "description", "reason", "comment")
_KINDS = ("type", "kind", "eventType", "event")
_REFERENCES = ("orderID", "orderId", "srcID", "transactionID", "transactionId", "cmpID", "redemptionID")
_BY_WORD: dict[str, EntryKind] = {
    "order": "earn",
    "purchase": "earn",
    "sale": "earn",
    "earn": "earn",
    "earned": "earn",
    "redemption": "redeem",
    "redeem": "redeem",
    "redeemed": "redeem",
    "adjustment": "adjust",
    "adjust": "adjust",
    "manualadjustment": "adjust",
    "expiration": "expire",
    "expire": "expire",
    "expired": "expire",
    "pointsexpiration": "expire",
    "block": "block",
    "blockadjustment": "block",
    "merge": "merge",
    "merged": "merge",
    "boost": "gift",
    "gift": "gift",
    "gifted": "gift",
    "import": "import",
    "imported": "import",
    "legacyimport": "import",
}


def member_from(row: Row) -> Member | None:
    """A contact, or None where the row has no id. `enrolled` is left open: the row does not say it."""
    own_id = text(row.get("contactID"))
    if not own_id:
        return None
    return Member(
        id=own_id,
        first_name=text(row.get("firstName")),
        last_name=text(row.get("lastName")),
        phone=e164(row.get("mobilePhone")) or e164(row.get("homePhone")),
        email=email(row.get("email")),
        balance=number(row.get("loyaltyPoints")),
        source_id=text(row.get("srcID")) or None,
        source=text(row.get("platform")),
        joined_at=moment(row.get("signup")) or moment(row.get("inserted")),
    )


def phones_of(row: Row) -> frozenset[str]:
    """Every phone of a contact, E.164."""
    return frozenset(phone for name in ("mobilePhone", "homePhone") if (phone := e164(row.get(name))))


def entry_from(row: Row) -> LedgerEntry | None:
    """One row of the timeline, or None where nobody can tell when it was or how many points."""
    at, points = moment(_first(row, _TIMES)), number(_first(row, _POINTS))
    if at is None or points is None:
        return None
    reference = text(_first(row, _REFERENCES)) or None
    return LedgerEntry(at=at, kind=_kind(row), points=points, note=text(_first(row, _NOTES)), reference=reference)


def has_note(row: Row) -> bool:
    """Whether the row has a place for a note, filled or not."""
    return any(isinstance(row.get(name), str) for name in _NOTES)


def mentions(row: Row, operation_id: str) -> bool:
    """Whether any text of the row, on any level, holds the operation id."""
    return any(operation_id in found for found in _texts(row))


def _kind(row: Row) -> EntryKind:
    word = "".join(c for c in text(_first(row, _KINDS)).lower() if c.isalpha())
    return _BY_WORD.get(word, "other")


def _first(row: Row, names: Iterable[str]) -> Any:
    return next((row[name] for name in names if row.get(name) is not None), None)


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
