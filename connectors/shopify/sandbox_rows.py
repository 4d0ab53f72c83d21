"""The world's customers and sales as Shopify's objects. Fields that take arguments, or cost work, are functions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from connectors.sandbox.state import PosCustomer, PosSale, Store
from connectors.shopify.sandbox_search import Fields, Search, parse
from connectors.shopify.sandbox_shapes import Row, connection, digest, gid, money, stamp

_SHOWN_WITHOUT_ALL = timedelta(days=60)


def live(store: Store, number: int | None) -> PosCustomer | None:
    """The customer with this number, unless it was merged away: then there is none."""
    found = store.customers.get(number) if number is not None else None
    return found if found is not None and found.merged_into is None else None


def people(store: Store) -> list[PosCustomer]:
    """Every customer that is not merged away."""
    return [c for c in store.customers.values() if c.merged_into is None]


def orders_of(store: Store, number: int | None = None) -> list[PosSale]:
    """Sales that are no returns; of one customer, or all."""
    return [s for s in store.sales.values() if s.returns is None and (number is None or s.customer_id == number)]


def refunds_of(store: Store, sale: PosSale) -> list[PosSale]:
    """The returns of a sale, oldest first."""
    return sorted((s for s in store.sales.values() if s.returns == sale.id), key=lambda s: s.at)


def touched(store: Store, sale: PosSale) -> datetime:
    """When the order was last changed."""
    moments = [sale.at, *(r.at for r in refunds_of(store, sale))]
    moments += [sale.voided_at] if sale.voided_at else []
    moments += [sale.extra["shopify_touched"]] if "shopify_touched" in sale.extra else []
    return max(moments)


def source_of(sale: PosSale) -> str:
    """Where it was sold: "pos" unless the scenario says otherwise."""
    return str(sale.extra.get("shopify_source", "pos"))


def name_of(sale: PosSale) -> str:
    """The number that staff and customers see."""
    return str(sale.extra.get("shopify_name", f"#{sale.id - 5_000_000}"))


def receipt_of(store: Store, sale: PosSale) -> str | None:
    """The register's own number of a sale in the store."""
    return f"{store.location_id}-1-{sale.id % 10_000}" if source_of(sale) == "pos" else None


def financial_status(store: Store, sale: PosSale) -> str:
    """Paid, voided, or refunded in part or in full."""
    if sale.voided_at is not None:
        return "VOIDED"
    refunded = -sum(r.total for r in refunds_of(store, sale))
    if refunded <= 0:
        return "PAID"
    return "REFUNDED" if refunded >= sale.total else "PARTIALLY_REFUNDED"


# -- objects ------------------------------------------------------------------------------------------------------


class Rows:
    """Builds objects of one store at one moment. scopes: what the app was granted."""

    def __init__(self, store: Store, now: datetime, scopes: frozenset[str], merges: Callable[[int], Row]) -> None:
        self.store = store
        self.now = now
        self._scopes = scopes
        self._merges = merges
        self.warnings: list[Row] = []

    def customer(self, customer: PosCustomer | None) -> Row | None:
        """A Customer; None for none."""
        if customer is None:
            return None
        number = customer.id
        phone = f"+1{customer.phone}" if customer.phone else None
        return {
            "id": gid("Customer", number),
            "legacyResourceId": str(number),
            "displayName": customer.name or customer.email or phone or "",
            "firstName": customer.first_name,
            "lastName": customer.last_name,
            "createdAt": stamp(customer.created_at),
            "updatedAt": stamp(customer.modified_at),
            "tags": list(customer.extra.get("shopify_tags", ())),
            "note": customer.notes,
            "state": customer.extra.get("shopify_state", "DISABLED"),
            "numberOfOrders": str(len(orders_of(self.store, number))),
            "defaultPhoneNumber": {"phoneNumber": phone} if phone else None,
            "defaultEmailAddress": {"emailAddress": customer.email, "validFormat": True} if customer.email else None,
            "mergeable": lambda _: self._merges(number),
            "metafield": lambda _, **asked: self._metafield(customer, asked.get("namespace"), asked["key"]),
            "metafields": lambda _, **asked: self._metafields(customer, asked),
            "orders": lambda _, **asked: self.orders(orders_of(self.store, number), asked),
        }

    def order(self, sale: PosSale | None) -> Row | None:
        """An Order; None for none, and for one too old to be shown to this app."""
        if sale is None or not self._shown(sale):
            return None
        refunds, pos = refunds_of(self.store, sale), source_of(sale) == "pos"
        refunded = -sum(r.total for r in refunds)
        return {
            "id": gid("Order", sale.id),
            "legacyResourceId": str(sale.id),
            "name": name_of(sale),
            "sourceName": source_of(sale),
            "sourceIdentifier": receipt_of(self.store, sale),
            "createdAt": stamp(sale.at),
            "processedAt": stamp(sale.at),
            "updatedAt": stamp(touched(self.store, sale)),
            "cancelledAt": stamp(sale.voided_at) if sale.voided_at else None,
            "cancelReason": "STAFF" if sale.voided_at else None,
            "test": False,
            "displayFinancialStatus": financial_status(self.store, sale),
            "taxesIncluded": False,
            "totalPriceSet": money(sale.total),
            "subtotalPriceSet": money(sale.before_tax),
            "totalTaxSet": money(sale.tax),
            "totalRefundedSet": money(refunded),
            "netPaymentSet": money(0 if sale.voided_at else sale.total - refunded),
            "retailLocation": self.location() if pos else None,
            "customer": lambda _: self.customer(live(self.store, sale.customer_id)),
            "refunds": lambda _, **asked: [self._refund(r) for r in refunds][: asked.get("first")],
        }

    def location(self) -> Row:
        """The shop's one location."""
        number = self.store.location_id
        return {
            "id": gid("Location", number),
            "legacyResourceId": str(number),
            "name": self.store.name,
            "isActive": True,
        }

    def customers(self, asked: Row) -> Row:
        """A CustomerConnection over everybody."""
        search = self._search("customers", asked.get("query"), _CUSTOMER_FIELDS, "name")
        found = [c for c in people(self.store) if search(c)]
        found.sort(key=lambda c: (c.modified_at if asked["sortKey"] == "UPDATED_AT" else c.created_at, c.id))
        return connection(found, asked, self.customer)

    def orders(self, sales: Sequence[PosSale], asked: Row) -> Row:
        """An OrderConnection over these sales."""
        search = self._search("orders", asked.get("query"), self._order_fields(), "name")
        found = [s for s in sales if self._shown(s) and search(s)]
        key = asked["sortKey"]
        found.sort(key=lambda s: (touched(self.store, s) if key == "UPDATED_AT" else s.at, s.id))
        return connection(found, asked, self.order)

    def _refund(self, sale: PosSale) -> Row:
        return {
            "id": gid("Refund", sale.id),
            "legacyResourceId": str(sale.id),
            "createdAt": stamp(sale.at),
            "processedAt": stamp(sale.at),
            "note": None,
            "totalRefundedSet": money(-sale.total),
        }

    def _shown(self, sale: PosSale) -> bool:
        return "read_all_orders" in self._scopes or self.now - sale.at <= _SHOWN_WITHOUT_ALL

    def _metafield(self, customer: PosCustomer, namespace: str | None, key: str) -> Row | None:
        kept = metafields_of(customer).get((namespace or "", key))
        return metafield(customer, (namespace or "", key), kept) if kept else None

    def _metafields(self, customer: PosCustomer, asked: Row) -> Row:
        wanted = asked.get("namespace")
        found = [(place, kept) for place, kept in sorted(metafields_of(customer).items()) if wanted in (None, place[0])]
        return connection(found, asked, lambda at: metafield(customer, *at))

    def _search(self, field: str, query: str | None, fields: Fields, anywhere: str) -> Search:
        search = parse(query, fields, anywhere)
        self.warnings += [
            {"path": [field], "query": query, "warnings": [{"field": f, "message": "Invalid search field."}]}
            for f in search.unknown
        ]
        return search

    def _order_fields(self) -> Fields:
        return {
            "id": lambda s: s.id,
            "name": name_of,
            "source_identifier": lambda s: receipt_of(self.store, s),
            "source_name": source_of,
            "customer_id": lambda s: s.customer_id,
            "created_at": lambda s: s.at,
            "processed_at": lambda s: s.at,
            "updated_at": lambda s: touched(self.store, s),
            "financial_status": lambda s: financial_status(self.store, s).lower(),
            "status": lambda s: ("cancelled",) if s.voided_at else ("open", "not_closed"),
        }


_CUSTOMER_FIELDS: Fields = {
    "id": lambda c: c.id,
    "name": lambda c: c.name,
    "email": lambda c: c.email,
    "phone": lambda c: f"+1{c.phone}" if c.phone else None,
    "first_name": lambda c: c.first_name,
    "last_name": lambda c: c.last_name,
    "tag": lambda c: tuple(c.extra.get("shopify_tags", ())),
    "customer_date": lambda c: c.created_at,
    "updated_at": lambda c: c.modified_at,
}


def metafields_of(customer: PosCustomer) -> dict[tuple[str, str], dict[str, Any]]:
    """What apps keep on the customer: {(namespace, key): {"type", "value", "at"}}."""
    found: dict[tuple[str, str], dict[str, Any]] = customer.extra.setdefault("shopify_metafields", {})
    return found


def metafield(customer: PosCustomer, place: tuple[str, str], kept: Row) -> Row:
    """A Metafield."""
    namespace, key = place
    own = int(hashlib.sha256(f"{customer.id}.{namespace}.{key}".encode()).hexdigest()[:12], 16)
    return {
        "id": gid("Metafield", own),
        "namespace": namespace,
        "key": key,
        "type": kept["type"],
        "value": kept["value"],
        "compareDigest": digest(kept["value"]),
        "createdAt": stamp(kept["at"]),
        "updatedAt": stamp(kept["at"]),
    }
