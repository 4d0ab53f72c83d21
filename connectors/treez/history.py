"""When and by whom a stored loyalty id was set, changed or removed: read from the text of a profile's history.

The lines of an entry say `Created "field" as "value"` or `Changed "field" from "old" to "new"`. How a removal is worded
nobody has seen: a line that names the field in any other way is a change to nothing that is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone

from connectors.contract import LinkChange
from connectors.treez.mapping import contact_id
from connectors.values import Row, text

_FIELD = "alpine iq loyalty partner contact id"
_CREATED = re.compile(r'Created "[^"]*" as "([^"]*)"')
_CHANGED = re.compile(r'Changed "[^"]*" from "[^"]*" to "([^"]*)"')
# Hours from UTC of the zones in which Treez has stores; a name it does not know leaves the moment untold.
_ZONES = {
    "UTC": 0, "GMT": 0, "EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7,
    "PDT": -7, "PST": -8, "AKDT": -8, "AKST": -9, "HST": -10,
}  # fmt: skip


def changes_from(rows: Iterable[Row]) -> list[LinkChange]:
    """Every change of the stored id, oldest first; entries whose time nobody can read are left out."""
    found = []
    for row in rows:
        at = _moment(text(row.get("date")), text(row.get("time")))
        if at is not None:
            found += [
                LinkChange(at=at, provider="alpineiq", new=_new(line), by=text(row.get("user")), said=line)
                for line in (part.strip() for part in text(row.get("action")).splitlines())
                if _FIELD in line.lower()
            ]
    return sorted(found, key=lambda change: change.at)


def _new(line: str) -> str | None:
    match = _CREATED.search(line) or _CHANGED.search(line)
    return contact_id(match[1]) if match else None


def _moment(day: str, clock: str) -> datetime | None:
    """`05/17/2024` and `8:46 AM PDT` as a time."""
    hour, _, zone = clock.rpartition(" ")
    if zone not in _ZONES:
        return None
    try:
        at = datetime.strptime(f"{day} {hour}", "%m/%d/%Y %I:%M %p")
    except ValueError:
        return None
    return at.replace(tzinfo=timezone(timedelta(hours=_ZONES[zone]))).astimezone(UTC)
