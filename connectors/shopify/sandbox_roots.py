"""The root fields that the sandbox answers, and the permission that each object and each change takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import phonenumbers
from graphql import GraphQLError, GraphQLResolveInfo, default_field_resolver, get_named_type

from connectors.sandbox.state import PosCustomer, Store
from connectors.shopify.sandbox_merges import Merges
from connectors.shopify.sandbox_rows import Rows, live, metafield, metafields_of, orders_of, people
from connectors.shopify.sandbox_shapes import connection, digest, gid, number_of
from connectors.values import e164, email, national

Row = Mapping[str, Any]
_MOST_METAFIELDS = 25
# What apps keep for themselves alone.
_RESERVED = "app--"

_TYPES = {
    "Customer": "read_customers",
    "Order": "read_orders",
    "Refund": "read_orders",
    "Location": "read_locations",
    "CustomerMergePreview": "read_customer_merge",
    "CustomerMergeRequest": "read_customer_merge",
    "CustomerMergeable": "read_customer_merge",
}
_CHANGES = {
    "customerUpdate": "write_customers",
    "customerMerge": "write_customer_merge",
    "metafieldsSet": "write_customers",
    "metafieldsDelete": "write_customers",
    "orderCustomerSet": "write_orders",
}


def permitted(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    """Resolve a field, if the app may see what it returns. The context is the set of granted permissions."""
    returned = get_named_type(info.return_type).name.removesuffix("Connection")
    needed = _CHANGES.get(info.field_name) if info.parent_type.name == "Mutation" else _TYPES.get(returned)
    if needed and needed not in info.context:
        raise GraphQLError(
            f"Access denied for {info.field_name} field. Required access: `{needed}` access scope.",
            extensions={
                "code": "ACCESS_DENIED",
                "documentation": "https://shopify.dev/api/usage/access-scopes",
                "requiredAccess": f"`{needed}` access scope.",
            },
        )
    return default_field_resolver(source, info, **arguments)


class Roots:
    """What stands at the root of queries and mutations, for one request to one store."""

    def __init__(self, store: Store, now: datetime, scopes: frozenset[str], changed: Callable[[], None]) -> None:
        self._store = store
        self._now = now
        self._scopes = scopes
        self._changed = changed
        self._merges = Merges(store, now)
        self._merges.tick()
        self.rows = Rows(store, now, scopes, self._merges.mergeable)

    def fields(self) -> dict[str, Any]:
        """Every root field by name: a value, or a function of its arguments."""
        rows, store = self.rows, self._store
        return {
            "shop": {
                "id": gid("Shop", store.location_id),
                "name": store.name,
                "myshopifyDomain": f"harbor-{store.id}.myshopify.com",
                "ianaTimezone": "America/Denver",
                "currencyCode": "USD",
            },
            "currentAppInstallation": {
                "id": gid("AppInstallation", store.location_id),
                "accessScopes": [{"handle": s, "description": s.replace("_", " ")} for s in sorted(self._scopes)],
            },
            "locations": lambda _, **asked: connection([rows.location()], asked, dict),
            "customer": lambda _, **asked: rows.customer(live(store, number_of(asked["id"], "Customer"))),
            "customerByIdentifier": lambda _, **asked: self._by_identifier(asked["identifier"]),
            "customers": lambda _, **asked: rows.customers(asked),
            "order": lambda _, **asked: self._order(asked["id"]),
            "orders": lambda _, **asked: rows.orders(orders_of(store), asked),
            "customerMergePreview": lambda _, **asked: self._merges.preview(asked),
            "customerMergeJobStatus": lambda _, **asked: self._merges.status(asked["jobId"]),
            "customerMerge": lambda _, **asked: self._noted(self._merges.start(asked)),
            "customerUpdate": lambda _, **asked: self._noted(self._update(asked["input"])),
            "metafieldsSet": lambda _, **asked: self._noted(self._set_metafields(asked["metafields"])),
            "metafieldsDelete": lambda _, **asked: self._noted(self._delete_metafields(asked["metafields"])),
            "orderCustomerSet": lambda _, **asked: self._noted(self._attach(asked["orderId"], asked["customerId"])),
        }

    def _noted(self, payload: Row) -> Row:
        if not payload["userErrors"]:
            self._changed()
        return payload

    # -- reads --------------------------------------------------------------------------------------------------------

    def _by_identifier(self, identifier: Row) -> Row | None:
        given = [(name, value) for name, value in identifier.items() if value is not None]
        if len(given) != 1:
            raise GraphQLError("exactly one identifier must be given")
        (name, value) = given[0]
        if name == "id":
            return self.rows.customer(live(self._store, number_of(value, "Customer")))
        wanted = _phone(value) if name == "phoneNumber" else value.strip().lower()
        return self.rows.customer(next((c for c in people(self._store) if wanted and _key(c, name) == wanted), None))

    def _order(self, address: str) -> Row | None:
        number = number_of(address, "Order")
        return self.rows.order(next((s for s in orders_of(self._store) if s.id == number), None))

    # -- changes ------------------------------------------------------------------------------------------------------

    def _update(self, changes: Row) -> Row:
        customer = live(self._store, number_of(changes.get("id") or "", "Customer"))
        if customer is None:
            return _said("customer", ["id"], "Customer does not exist")
        values: dict[str, Any] = {}
        for name, key in (("phone", "phoneNumber"), ("email", "emailAddress")):
            if name not in changes:
                continue
            given = changes[name]
            value = (_phone(given) if name == "phone" else email(given)) if given else None
            if given and not value:
                return _said("customer", [name], f"{name.title()} is invalid")
            if value and any(c.id != customer.id and _key(c, key) == value for c in people(self._store)):
                return _said("customer", [name], f"{name.title()} has already been taken")
            values[name] = value
        names = {"firstName": "first_name", "lastName": "last_name", "note": "notes"}
        values |= {attribute: changes[name] for name, attribute in names.items() if name in changes}
        for attribute, value in values.items():
            setattr(customer, attribute, value)
        if "tags" in changes:
            customer.extra["shopify_tags"] = list(changes["tags"] or ())
        customer.modified_at = self._now
        return {"customer": self.rows.customer(customer), "userErrors": []}

    def _set_metafields(self, entries: list[Row]) -> Row:
        """All, or none: the first entry that cannot be set ends it."""
        if len(entries) > _MOST_METAFIELDS:
            return _said("metafields", ["metafields"], "Exceeded the maximum.", code="LESS_THAN_OR_EQUAL_TO")
        plan: list[tuple[PosCustomer, tuple[str, str], dict[str, Any]]] = []
        for index, entry in enumerate(entries):
            customer = live(self._store, number_of(entry["ownerId"], "Customer"))
            place = (entry.get("namespace") or "", entry["key"])
            kept = metafields_of(customer).get(place) if customer else None
            wrong = self._wrong(customer, place, kept, entry)
            if wrong is not None or customer is None:
                code, message = wrong or ("INVALID", "Owner does not exist.")
                said = _said("metafields", ["metafields", str(index)], message, code=code)
                said["userErrors"][0]["elementIndex"] = None if code == "STALE_OBJECT" else index
                return said
            kind = entry.get("type") or (kept or {}).get("type")
            plan.append((customer, place, {"type": kind, "value": entry["value"], "at": self._now}))
        for customer, place, value in plan:
            metafields_of(customer)[place] = value
        return {"metafields": [metafield(c, place, value) for c, place, value in plan], "userErrors": []}

    @staticmethod
    def _wrong(
        customer: PosCustomer | None, place: tuple[str, str], kept: Row | None, entry: Row
    ) -> tuple[str, str] | None:
        if customer is None:
            return "INVALID", "Owner does not exist."
        if place[0].startswith(_RESERVED):
            return "APP_NOT_AUTHORIZED", "Access to this namespace is not allowed."
        if len(place[0]) < 3:
            return "TOO_SHORT", "Namespace is too short."
        if not entry["value"]:
            return "BLANK", "Value can't be blank."
        if kept is None and not entry.get("type"):
            return "BLANK", "Type can't be blank."
        if "compareDigest" in entry and entry["compareDigest"] != (digest(kept["value"]) if kept else None):
            return "STALE_OBJECT", "The resource has been updated since it was loaded."
        return None

    def _delete_metafields(self, entries: list[Row]) -> Row:
        gone: list[Row | None] = []
        for entry in entries:
            customer = live(self._store, number_of(entry["ownerId"], "Customer"))
            if customer is None or entry["namespace"].startswith(_RESERVED):
                return _said("deletedMetafields", ["metafields"], "Access to this namespace is not allowed.")
            found = metafields_of(customer).pop((entry["namespace"], entry["key"]), None)
            gone.append(dict(entry) if found else None)
        return {"deletedMetafields": gone, "userErrors": []}

    def _attach(self, order_address: str, customer_address: str) -> Row:
        number = number_of(order_address, "Order")
        sale = next((s for s in orders_of(self._store) if s.id == number), None)
        customer = live(self._store, number_of(customer_address, "Customer"))
        if sale is None or customer is None:
            return _said("order", ["orderId" if sale is None else "customerId"], "Not found.", code="NOT_FOUND")
        sale.customer_id = customer.id
        sale.extra["shopify_touched"] = self._now
        return {"order": self.rows.order(sale), "userErrors": []}


def _said(result: str, field: list[str], message: str, *, code: str | None = None) -> dict[str, Any]:
    return {result: None, "userErrors": [{"field": field, "message": message, "code": code}]}


def _phone(value: str) -> str | None:
    """Ten digits as the world keeps them, of a number that could be one."""
    found = e164(value)
    return national(found) if found and phonenumbers.is_possible_number(phonenumbers.parse(found)) else None


def _key(customer: PosCustomer, name: str) -> str | None:
    return customer.phone if name == "phoneNumber" else (customer.email or "").lower() or None
