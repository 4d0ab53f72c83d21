"""Treez's tickets: sales, refunds and orders from the web are all of one kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from connectors.contract import OnlineOrder, Sale
from connectors.errors import NotFound
from connectors.treez import api
from connectors.treez.mapping import order_from, sale_from
from connectors.treez.settings import TreezSettings
from connectors.values import Row, identifier, text

T = TypeVar("T")

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NUMBER = re.compile(r"[A-Za-z0-9]{4,12}")
_OPEN = ("VERIFICATION_PENDING", "AWAITING_PROCESSING", "IN_PROCESS", "PACKED_READY", "OUT_FOR_DELIVERY")
_MOST_PAGES = 40


class Tickets:
    """One store's tickets."""

    def __init__(self, account: api.Account, settings: TreezSettings) -> None:
        self._account = account
        self._settings = settings

    def sales(self, customer_ids: Sequence[str], since: datetime, until: datetime) -> list[Sale]:
        """Those of these customers in the window, oldest first. Every ticket is read: there is no window to ask for."""
        found: dict[str, Sale] = {}
        for customer_id in filter(None, map(identifier, dict.fromkeys(customer_ids))):
            for row in self._of(customer_id):
                sale = self._sale(row)
                if sale and sale.customer_id == customer_id and since <= sale.at <= until:
                    found[sale.id] = sale
        return sorted(found.values(), key=lambda sale: (sale.at, sale.id))

    def sale(self, sale_id: str) -> Sale:
        """By the ticket's id, or by the order number on the receipt. Raises NotFound."""
        sale = self._sale(self._one(sale_id))
        if sale is None:
            raise _no_sale()
        return sale

    def from_the_web(self, order_id: str | None) -> list[OnlineOrder]:
        """One by its number, or those that are under way."""
        if order_id is not None:
            return every(order_from, [self._one(order_id)], "ticket")
        rows = [row for status in _OPEN for row in self._pages("tickets_by_status", status=status)]
        return every(order_from, [r for r in rows if text(r.get("order_source")) == "ECOMMERCE"], "tickets_by_status")

    def _sale(self, row: Row) -> Sale | None:
        if not text(row.get("ticket_id")):
            raise api.unreadable("ticket")
        return sale_from(row, native_rewards=self._settings.native_rewards)

    def _of(self, customer_id: str) -> list[Row]:
        if self._account.version == "v3":
            return self._pages("tickets_of_customer", customer=customer_id)
        return _listed(self._account.ask("tickets_of_customer", customer=customer_id), "tickets_of_customer")

    def _pages(self, name: str, **path: str) -> list[Row]:
        """Every page: the last is the first that is not full. Raises Unreachable past what is reasonable."""
        rows: list[Row] = []
        for page in range(self._settings.first_page, self._settings.first_page + _MOST_PAGES):
            found = _listed(self._account.ask(name, page=str(page), size=str(api.PAGE), **path), name)
            rows += found
            if len(found) < api.PAGE:
                return rows
        raise api.unreadable(name)

    def _one(self, sale_id: str) -> Row:
        if _ID.fullmatch(sale_id):
            answer = self._account.ask("ticket", ticket=sale_id.lower())
        elif _NUMBER.fullmatch(sale_id):
            answer = self._account.ask("ticket_by_number", number=sale_id.upper())
        else:
            raise _no_sale()
        rows = _listed(answer, "ticket") or api.records(answer.get("data"), "ticket")
        if len(rows) != 1:
            raise api.unreadable("ticket")
        return rows[0]


def every(read: Callable[[Row], T | None], rows: Iterable[Row], operation: str) -> list[T]:
    """What can be read of the rows. Raises Unreachable where there are some and none can."""
    listed = list(rows)
    found = [one for row in listed if (one := read(row)) is not None]
    if listed and not found:
        raise api.unreadable(operation)
    return found


def _listed(answer: Row, operation: str) -> list[Row]:
    found = answer.get("ticketList")
    return [] if found is None else api.listed(found, operation)


def _no_sale() -> NotFound:
    return NotFound(api.VENDOR, f"{api.TITLE} has no sale with that number", detail="ticket")
