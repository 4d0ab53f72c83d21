"""A stand-in for Alpine IQ's API: its envelope, its null-not-empty answers, its one-text 403, over the sandbox world.

Only routes with evidence answer; anything else is the vendor's 404. What nobody documents (bodies of unknown
contacts, the shape of timeline and adjustment rows) follows the likeliest reading and is marked so.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Scope

from connectors.alpineiq.sandbox_account import ACCOUNT
from connectors.alpineiq.sandbox_envelope import NO_KEY, Refused, done, failed, known, whole
from connectors.alpineiq.sandbox_rows import contact_row, epoch, number, parse_search, templates, timeline_row
from connectors.alpineiq.sandbox_writes import WRITES
from connectors.sandbox.state import Store
from connectors.sandbox.world import World

Handler = Callable[[Request, Store, Any], Response]


def _header(scope: Scope, name: bytes) -> str:
    return next((v.decode("latin-1") for k, v in scope["headers"] if k == name), "")


class AlpineIqSandbox:
    """Serves every store's account; the key names the store, and the UID in the path must be that store's."""

    name = "alpineiq"

    def __init__(self, world: World) -> None:
        self._world = world
        one, two = "/api/v1.1", "/api/v2"
        table: tuple[tuple[str, str, Handler], ...] = (
            ("GET", one + "/piis/{uid}", self._search),
            ("GET", one + "/piis/{uid}/{contact}", self._contact),
            ("POST", two + "/wallet", self._wallet_by_body),
            ("GET", two + "/wallet/{phone}", self._wallet_by_path),
            ("GET", one + "/adjustments/{uid}/{start:int}/{end:int}", self._adjustments),
            ("GET", one + "/contact/loyaltyPoints/timeline/{uid}/{contact}", self._timeline),
            ("GET", one + "/contact/orders/{uid}/{contact}", self._orders),
        )
        table += tuple((method, path, partial(handler, world)) for method, path, handler in (*ACCOUNT, *WRITES))
        self.app = Starlette(
            routes=[Route(path, self._guarded(handler), methods=[method]) for method, path, handler in table],
            exception_handlers={
                Refused: self._refused,
                404: self._absent,
                405: self._absent,
            },
        )

    # -- what the gate asks -------------------------------------------------------------------------------------------

    def store_of(self, scope: Scope) -> str | None:
        """The store that the X-APIKEY header belongs to."""
        store = self._store(_header(scope, b"x-apikey"))
        return store.id if store else None

    def is_write(self, scope: Scope) -> bool:
        """Every PUT, and each POST but the one that reads a wallet."""
        return scope["method"] == "PUT" or (scope["method"] == "POST" and not scope["path"].endswith("/wallet"))

    def denied(self) -> Response:
        """403 with the one text that the vendor has for any bad key."""
        return failed(403, NO_KEY)

    def throttled(self, retry_after: float | None) -> Response:
        """429 in the envelope; the vendor's own body is not documented."""
        headers = {"Retry-After": f"{retry_after:g}"} if retry_after is not None else None
        return failed(429, "Too Many Requests", headers)

    # -- plumbing -----------------------------------------------------------------------------------------------------

    def _store(self, key: str) -> Store | None:
        return next((s for s in self._world.stores.values() if key and s.loyalty_key == key), None)

    def _guarded(self, handler: Handler) -> Callable[[Request], Any]:
        """Check key and UID, read the body, and run the handler under the world's lock."""

        async def endpoint(request: Request) -> Response:
            store = self._store(request.headers.get("x-apikey", ""))
            if store is None or request.path_params.get("uid", store.uid) != store.uid:
                return self.denied()
            raw = await request.body()
            try:
                body = json.loads(raw) if raw else None
            except ValueError:
                raise Refused(400, "invalid JSON") from None
            with self._world.lock:
                return handler(request, store, body)

        return endpoint

    async def _refused(self, _: Request, error: Exception) -> Response:
        return failed(error.code if isinstance(error, Refused) else 500, str(error))

    async def _absent(self, _: Request, __: Exception) -> Response:
        return failed(404, "Not Found")

    def _window(self, request: Request) -> tuple[int, int]:
        return whole(request, "start", 0), whole(request, "end", 2**40)

    # -- reads --------------------------------------------------------------------------------------------------------

    def _search(self, request: Request, store: Store, _: Any) -> Response:
        start, limit = whole(request, "start", 0), whole(request, "limit", 100)
        wanted = parse_search(request.query_params.get("search", ""))
        found = [c for c in store.contacts.values() if not c.blocklisted and all(test(c) for test in wanted)]
        found.sort(key=lambda c: c.name.lower())
        page = [contact_row(c, store) for c in found[start : start + limit]]
        return done({"results": page or None, "start": start, "total": len(found), "limit": limit, "size": len(page)})

    def _contact(self, request: Request, store: Store, _: Any) -> Response:
        contact = known(request, store)
        spent = sum(e.value for e in contact.events if e.type == "order")
        return done({**contact_row(contact, store), "spent": number(spent), "referCode": contact.id[:6]})

    def _wallet_by_body(self, request: Request, store: Store, body: Any) -> Response:
        if not isinstance(body, dict) or not (body.get("phone") or body.get("email")):
            raise Refused(400, "phone or email is required")
        return self._wallet(request, store, str(body.get("phone") or ""), str(body.get("email") or ""))

    def _wallet_by_path(self, request: Request, store: Store, _: Any) -> Response:
        return self._wallet(request, store, request.path_params["phone"], "")

    def _wallet(self, request: Request, store: Store, phone: str, email: str) -> Response:
        for contact in store.contacts.values():
            if (phone and contact.phone == phone) or (email and contact.email.lower() == email.lower()):
                break
        else:
            raise Refused(404, "Not Found")
        data: dict[str, Any] = {
            "loyaltyPoints": 0 if contact.hide_points else number(contact.points),
            "hidePointsInWallet": contact.hide_points,
            "discountTemplates": templates(contact, store, str(request.base_url).rstrip("/")),
        }
        if request.query_params.get("badges") == "true":
            data["audiences"] = [{"name": "Regulars", "avatar": ""}]
        return done(data)

    def _adjustments(self, request: Request, store: Store, _: Any) -> Response:
        start, end = request.path_params["start"], request.path_params["end"]
        rows = [
            {
                "contactID": c.id,
                "name": c.name,
                "mobilePhone": c.phone,
                "email": c.email,
                "value": number(e.value),
                "note": e.note,
                "ts": epoch(e.at),
            }
            for c in store.contacts.values()
            for e in c.events
            if e.type == "adjustment" and start <= epoch(e.at) <= end
        ]
        return done(rows or None)

    def _timeline(self, request: Request, store: Store, _: Any) -> Response:
        contact = known(request, store)
        start, end = self._window(request)
        rows = [timeline_row(e, store) for e in contact.events if start <= epoch(e.at) <= end]
        return done({"contactID": contact.id, "points": number(contact.points), "events": rows or None})

    def _orders(self, request: Request, store: Store, _: Any) -> Response:
        contact = known(request, store)
        rows = [
            {"orderID": f"{contact.src_id}-{epoch(e.at)}", "ts": epoch(e.at), "total": number(e.value)}
            for e in contact.events
            if e.type == "order"
        ]
        return done(rows or None)


SANDBOXES = (AlpineIqSandbox,)
