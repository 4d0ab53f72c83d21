"""A stand-in for Smile.io's API, as its published description has it, over the sandbox world.

Scopes, cursors, ten requests a second, and a balance that never goes below zero. Assumed: the shape of the error
object, 422 for what the program's rules forbid, the words of the scopes but the published one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from connectors.sandbox.state import Contact, Event, Store
from connectors.sandbox.world import World
from connectors.smile.sandbox_requests import Refused, after, body_of, count, customer_asked, included, page_of
from connectors.smile.sandbox_rows import (
    PRODUCTS,
    RULES,
    TIERS,
    customer_row,
    fulfillment_row,
    tier_row,
    transaction_row,
)

_PER_SECOND = 10
Handler = Callable[[Request, Store, dict[str, Any]], Response]


def _failed(code: int, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": {"message": message, "request_id": "sandbox"}}, code, headers=headers)


class SmileSandbox:
    """Serves every shop that runs on Smile; the bearer key names the shop and has scopes."""

    name = "smile"

    def __init__(self, world: World) -> None:
        self._world = world
        table: tuple[tuple[str, str, str, Handler], ...] = (
            ("GET", "/customers", "customer:read", self._customers),
            ("GET", "/customers/{id:int}", "customer:read", self._customer),
            ("GET", "/points_transactions", "points_transaction:read", self._transactions),
            ("POST", "/points_transactions", "points_transaction:write", self._adjust),
            ("GET", "/points_transactions/{id:int}", "points_transaction:read", self._transaction),
            ("GET", "/reward_fulfillments", "reward_fulfillment:read", self._fulfillments),
            ("GET", "/points_products", "points_product:read", self._products),
            ("GET", "/vip_tiers", "vip_tier:read", self._tiers),
            ("GET", "/earning_rules", "earning_rule:read", self._rules),
            ("GET", "/points_settings", "points_settings:read", self._points_settings),
            ("POST", "/customer_identities/create_or_update", "customer_identity:write", self._identity),
        )
        self.app = Starlette(
            routes=[
                Route("/v1" + path, self._guarded(handler, scope), methods=[m]) for m, path, scope, handler in table
            ],
            exception_handlers={Refused: self._refused, 404: self._absent, 405: self._absent},
        )

    # -- what the gate asks -------------------------------------------------------------------------------------------

    def store_of(self, scope: Scope) -> str | None:
        """The shop of the bearer key."""
        given = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"authorization"), "")
        found = self._key(given)
        return found[0].id if found else None

    def is_write(self, scope: Scope) -> bool:
        """Everything that changes something is a POST here."""
        return bool(scope["method"] == "POST")

    def denied(self) -> Response:
        """401 for a wrong key."""
        return _failed(401, "Your API key is missing or incorrect")

    def throttled(self, retry_after: float | None) -> Response:
        """429; no header about limits is documented."""
        headers = {"Retry-After": f"{retry_after:g}"} if retry_after else None
        return _failed(429, "Too many requests", headers)

    # -- plumbing -----------------------------------------------------------------------------------------------------

    def _key(self, authorization: str) -> tuple[Store, frozenset[str] | None] | None:
        """The shop and the scopes of a key; None: all of them."""
        scheme, _, key = authorization.partition(" ")
        for store in self._world.stores.values():
            if scheme == "Bearer" and store.loyalty == self.name and key in store.own["smile"]["keys"]:
                return store, store.own["smile"]["keys"][key]
        return None

    def _guarded(self, handler: Handler, scope: str) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            found = self._key(request.headers.get("authorization", ""))
            if found is None:
                return self.denied()
            store, scopes = found
            raw = await request.body()
            with self._world.lock:
                if not self._has_room(store):
                    return self.throttled(None)
                if scopes is not None and scope not in scopes:
                    return _failed(403, f"Your API key does not have the scope {scope}")
                return handler(request, store, body_of(request, raw))

        return endpoint

    def _has_room(self, store: Store) -> bool:
        """Ten requests in any second of the shop."""
        now = self._world.now()
        recent: list[datetime] = store.own["smile"]["recent"]
        recent[:] = [at for at in recent if timedelta() <= now - at < timedelta(seconds=1)]
        recent.append(now)
        return len(recent) <= _PER_SECOND or not self._world.settings.limits

    async def _refused(self, _: Request, error: Exception) -> Response:
        return _failed(error.code if isinstance(error, Refused) else 500, str(error))

    async def _absent(self, _: Request, __: Exception) -> Response:
        return _failed(404, "Not found")

    # -- customers ----------------------------------------------------------------------------------------------------

    def _customers(self, request: Request, store: Store, _: dict[str, Any]) -> Response:
        email, state, since = (request.query_params.get(name) for name in ("email", "state", "updated_at_min"))
        vip = included(request, ("vip_status",))
        rows = [
            customer_row(c, vip=vip)
            for c in store.contacts.values()
            if email is None or c.email.lower() == email.lower()
        ]
        rows = [row for row in rows if state is None or row["state"] == state]
        return page_of(request, "customers", after(rows, since))

    def _customer(self, request: Request, store: Store, _: dict[str, Any]) -> Response:
        contact = _known(store, request.path_params["id"])
        vip = included(request, ("vip_status", "vip_status.vip_tier", "vip_status.next_vip_tier"))
        return JSONResponse({"customer": customer_row(contact, vip=vip)})

    def _identity(self, _: Request, store: Store, body: dict[str, Any]) -> Response:
        """By e-mail; somebody new becomes a member here (assumed)."""
        said = body.get("customer_identity")
        if not isinstance(said, dict) or not said.get("email") or not said.get("distinct_id"):
            raise Refused(400, "email and distinct_id are required")
        own, email = store.own["smile"], str(said["email"])
        contact = next((c for c in store.contacts.values() if c.email.lower() == email.lower()), None)
        if contact is None:
            own["last_id"] += 1
            first, last = (str(said.get(name) or "") for name in ("first_name", "last_name"))
            contact = Contact(str(own["last_id"]), str(said["distinct_id"]), first, last, "", email, self._world.now())
            store.contacts[contact.id] = contact
        contact.member = True
        known = str(said["distinct_id"]) in own["identities"]
        own["identities"][str(said["distinct_id"])] = contact.id
        self._world.changed()
        row: dict[str, Any] = {
            "id": int(contact.id) + 1_000_000,
            "first_name": contact.first_name or None,
            "last_name": contact.last_name or None,
            "email": contact.email,
            "distinct_id": str(said["distinct_id"]),
            "properties": {},
            "customer_id": int(contact.id),
        }
        return JSONResponse({"customer_identity": row}, 200 if known else 201)

    # -- points -------------------------------------------------------------------------------------------------------

    def _all_transactions(self, store: Store) -> list[dict[str, Any]]:
        rows = [transaction_row(e, _number(store, e), c) for c in store.contacts.values() for e in c.events]
        return sorted(rows, key=lambda row: (row["created_at"], row["id"]), reverse=True)

    def _transactions(self, request: Request, store: Store, _: dict[str, Any]) -> Response:
        wanted = customer_asked(request)
        rows = [row for row in self._all_transactions(store) if wanted is None or row["customer_id"] == wanted]
        return page_of(request, "points_transactions", after(rows, request.query_params.get("updated_at_min")))

    def _transaction(self, request: Request, store: Store, _: dict[str, Any]) -> Response:
        for row in self._all_transactions(store):
            if row["id"] == request.path_params["id"]:
                return JSONResponse({"points_transaction": row})
        raise Refused(404, "Not found")

    def _adjust(self, _: Request, store: Store, body: dict[str, Any]) -> Response:
        said = body.get("points_transaction")
        change = said.get("points_change") if isinstance(said, dict) else None
        owner = said.get("customer_id") if isinstance(said, dict) else None
        if not isinstance(said, dict) or type(change) is not int or type(owner) is not int:
            raise Refused(400, "customer_id and points_change are required")
        if any(not isinstance(said.get(name, ""), str) for name in ("description", "internal_note")):
            raise Refused(400, "description and internal_note must be strings")
        contact = _known(store, owner)
        if contact.points + change < 0:
            raise Refused(422, "The points balance cannot be negative")
        extra = {"smile_description": said.get("description")}
        event = Event(self._world.now(), "adjustment", float(change), said.get("internal_note", ""), extra)
        contact.events.append(event)
        self._world.changed()
        return JSONResponse({"points_transaction": transaction_row(event, _number(store, event), contact)}, 201)

    # -- the program --------------------------------------------------------------------------------------------------

    def _fulfillments(self, request: Request, store: Store, _: dict[str, Any]) -> Response:
        wanted = customer_asked(request)
        rows = [fulfillment_row(given) for given in store.own["smile"]["rewards"]]
        rows = [row for row in rows if wanted is None or row["customer_id"] == wanted]
        for name in ("fulfillment_status", "usage_status"):
            asked = request.query_params.get(name)
            rows = [row for row in rows if asked is None or row[name] == asked]
        return page_of(request, "reward_fulfillments", after(rows, request.query_params.get("updated_at_min")))

    def _products(self, request: Request, _: Store, __: dict[str, Any]) -> Response:
        kind = request.query_params.get("exchange_type")
        page, size = count(request, "page", 1, None), count(request, "page_size", 50, 250)
        rows = [row for row in PRODUCTS if kind is None or row["exchange_type"] == kind]
        return JSONResponse({"points_products": rows[(page - 1) * size : page * size]})

    def _tiers(self, _: Request, __: Store, ___: dict[str, Any]) -> Response:
        return JSONResponse({"vip_tiers": [tier_row(tier) for tier in TIERS]})

    def _rules(self, request: Request, _: Store, __: dict[str, Any]) -> Response:
        return page_of(request, "earning_rules", RULES)

    def _points_settings(self, _: Request, __: Store, ___: dict[str, Any]) -> Response:
        return JSONResponse({"points_settings": {"points_label": {"one": "Leaf", "other": "Leaves"}}})


def _known(store: Store, own_id: int) -> Contact:
    contact = store.contacts.get(str(own_id))
    if contact is None:
        raise Refused(404, "Not found")
    return contact


def _number(store: Store, event: Event) -> int:
    """The transaction's own number, given when it is first shown."""
    own = store.own["smile"]
    if "smile_id" not in event.extra:
        own["last_id"] += 1
        event.extra["smile_id"] = own["last_id"]
    return int(event.extra["smile_id"])


SANDBOXES = (SmileSandbox,)
