"""What Dutchie tells of the store beside customers and sales: discounts, register, staff, online orders, points."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar

from connectors.contract import (
    CheckedIn,
    Discount,
    Employee,
    NativeSnapshot,
    OnlineOrder,
    ProfileNote,
    RegisterEntry,
)
from connectors.dutchie import api
from connectors.dutchie.store_mapping import (
    both_lists,
    checked_in_from,
    employee_from,
    listed_discount,
    native_row_from,
    note_from,
    online_order_from,
    register_entry_from,
    reported_discount,
)
from connectors.errors import Denied, NotFound, Rejected
from connectors.transport import Endpoint, Link
from connectors.values import Row, identifier

T = TypeVar("T")
WINDOW = timedelta(days=7)
LARGEST_ID = 2**31 - 1


class StoreReads:
    """The reads of `connectors.contract.register_parts` that Dutchie has; every key of the location is asked."""

    _links: tuple[Link, ...]

    def discounts(self) -> Sequence[Discount]:
        """Both lists, one of which may be denied to the key, joined by id."""
        lists: list[dict[str, Discount]] = []
        refused: Denied | None = None
        for endpoint, params, read in (
            (api.REPORTED_DISCOUNTS, {"includeDeleted": "false"}, reported_discount),
            (api.DISCOUNTS, {"includeInactive": "true"}, listed_discount),
        ):
            try:
                found = self._each(endpoint, params, read)
            except Denied as error:
                refused = error
                continue
            lists.append({d.id: d for d in found})
        if refused is not None and not lists:
            raise refused
        ids = dict.fromkeys(own_id for listed in lists for own_id in listed)
        first, second = lists[0], lists[-1] if len(lists) > 1 else {}
        return [both_lists(first.get(own_id), second.get(own_id)) for own_id in ids]

    def notes(self, customer_id: str) -> Sequence[ProfileNote]:
        """The profile's journal, oldest first, from whichever key sees the profile."""
        params = {"customerId": known_id(customer_id)}
        found: dict[str, ProfileNote] = {}
        refused: list[Rejected] = []
        for link in self._links:
            try:
                answer = link.call(api.JOURNAL, params=params)
            except Rejected as error:
                refused.append(error)
                continue
            found |= {note.id: note for note in _mapped(answer, api.JOURNAL, note_from)}
        if len(refused) == len(self._links):
            raise refused[-1]
        return sorted(found.values(), key=lambda n: (n.at or datetime.min.replace(tzinfo=UTC), n.id))

    def register_entries(self, *, since: datetime, until: datetime) -> Sequence[RegisterEntry]:
        """Movements that changed in the window; the vendor filters by time of change."""
        found: dict[str, RegisterEntry] = {}
        for start, end in windows(since, until):
            params = {"fromLastModifiedDateUTC": stamp(start), "toLastModifiedDateUTC": stamp(end)}
            found |= {entry.id: entry for entry in self._each(api.REGISTER, params, register_entry_from)}
        return sorted(found.values(), key=lambda e: (e.at or since, e.id))

    def employees(self) -> Sequence[Employee]:
        """Who works here."""
        return list({e.id: e for e in self._each(api.EMPLOYEES, {}, employee_from)}.values())

    def checked_in(self) -> Sequence[CheckedIn]:
        """Who is in the store now."""
        return list({c.customer_id: c for c in self._each(api.GUESTLIST, {}, checked_in_from)}.values())

    def online_orders(self, order_id: str | None = None) -> Sequence[OnlineOrder]:
        """One by id, or the open ones of the last two weeks. An unknown id is a 400 here."""
        params = {} if order_id is None else {"PreOrderId": known_id(order_id)}
        found: dict[str, OnlineOrder] = {}
        for link in self._links:
            try:
                answer = link.call(api.PREORDER, params=params)
            except Rejected:
                if order_id is None:
                    raise
                continue
            listed = [answer] if isinstance(answer, dict) else answer
            found |= {order.id: order for order in _mapped(listed, api.PREORDER, online_order_from)}
        if order_id is not None and order_id not in found:
            raise NotFound(api.VENDOR, f"{api.TITLE} has no such online order", detail=api.PREORDER.operation)
        return list(found.values())

    def native_snapshot(self, *, at: datetime) -> NativeSnapshot:
        """Last night's points of every customer. One call a minute is allowed: for a daily job."""
        rows = {row.customer_id: row for row in self._each(api.SNAPSHOT, {}, native_row_from)}
        as_of = datetime.combine(at.astimezone(UTC).date(), time.min, UTC)
        return NativeSnapshot(taken_at=at, as_of=as_of, rows=rows)

    def _each(self, endpoint: Endpoint, params: Mapping[str, str], read: Callable[[Row], T | None]) -> list[T]:
        """The rows of every key, mapped."""
        return [v for link in self._links for v in _mapped(link.call(endpoint, params=params), endpoint, read)]


def _mapped(answer: object, endpoint: Endpoint, read: Callable[[Row], T | None]) -> list[T]:
    """Rows in our words; rows that are none are left out, and an answer of only such rows is unreadable."""
    listed = api.rows(answer, endpoint.operation)
    found = [value for row in listed if (value := read(row)) is not None]
    if listed and not found and not any(row.get("isDeleted") for row in listed):
        raise api.unreadable(endpoint.operation)
    return found


def known_id(value: str) -> str:
    """An id that the vendor could have given. Raises NotFound for anything else."""
    found = identifier(value)
    if found is None or int(found) > LARGEST_ID:
        raise NotFound(api.VENDOR, f"{api.TITLE} has no such record", detail="not an id")
    return found


def windows(since: datetime, until: datetime) -> Iterable[tuple[datetime, datetime]]:
    """The span in pieces of at most seven days."""
    start = since
    while start < until:
        end = min(start + WINDOW, until)
        yield start, end
        start = end


def stamp(at: datetime) -> str:
    """2026-03-01T01:22:40Z"""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
