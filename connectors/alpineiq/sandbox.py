"""A stand-in for Alpine IQ's API: its envelope, its null-not-empty answers, its one-text 403, over the sandbox world.

Only routes with evidence answer; anything else is the vendor's 404. What nobody documents (bodies of unknown
contacts, the shape of timeline and adjustment rows) follows the likeliest reading and is marked so.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from connectors.alpineiq.sandbox_rows import (
    STORE_NUMBERS,
    TEMPLATES,
    contact_row,
    epoch,
    number,
    parse_search,
    templates,
    timeline_row,
)
from connectors.sandbox.state import Contact, Event, Store
from connectors.sandbox.world import World

_NO_KEY = "Please provide a valid API key"


class _Refused(Exception):
    """Ends a request with the vendor's error envelope."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def _failed(code: int, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    body = {"errors": [{"message": message}], "code": code, "success": False}
    return JSONResponse(body, code, headers=headers)


def _done(data: Any = None) -> JSONResponse:
    """Success; `data` is left out when there is none, as the vendor's library does."""
    body = {"code": 200, "success": True}
    return JSONResponse(body if data is None else {"data": data, **body})


def _header(scope: Scope, name: bytes) -> str:
    return next((v.decode("latin-1") for k, v in scope["headers"] if k == name), "")


def _whole(request: Request, name: str, default: int) -> int:
    raw = request.query_params.get(name)
    if raw is None or raw == "":
        return default
    if not raw.isdigit():
        raise _Refused(400, f"{name} must be a number")
    return int(raw)


class AlpineIqSandbox:
    """Serves every store's account; the key names the store, and the UID in the path must be that store's."""

    name = "alpineiq"

    def __init__(self, world: World) -> None:
        self._world = world
        one, two = "/api/v1.1", "/api/v2"
        table: tuple[tuple[str, str, Callable[[Request, Store, Any], Response]], ...] = (
            ("GET", one + "/piis/{uid}", self._search),
            ("GET", one + "/piis/{uid}/{contact}", self._contact),
            ("POST", two + "/wallet", self._wallet_by_body),
            ("GET", two + "/wallet/{phone}", self._wallet_by_path),
            ("PUT", one + "/adjust/loyaltyPoints/{uid}/{contact}", self._adjust),
            ("GET", one + "/adjustments/{uid}/{start:int}/{end:int}", self._adjustments),
            ("GET", one + "/contact/loyaltyPoints/timeline/{uid}/{contact}", self._timeline),
            ("GET", one + "/contact/orders/{uid}/{contact}", self._orders),
            ("PUT", two + "/optin/text/{value}/{flag}", self._opt_in),
            ("PUT", two + "/optin/email/{value}/{flag}", self._opt_in),
            ("GET", one + "/stores/{uid}", self._stores),
            ("GET", one + "/audiences/{uid}", self._audiences),
            ("GET", two + "/discount/{uid}", self._discounts),
            ("GET", two + "/loyalty/default/{uid}", self._program),
        )
        self.app = Starlette(
            routes=[Route(path, self._guarded(handler), methods=[method]) for method, path, handler in table],
            exception_handlers={
                _Refused: self._refused,
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
        """Opt-in and points are changed by PUT; the wallet is read by POST."""
        return bool(scope["method"] == "PUT")

    def denied(self) -> Response:
        """403 with the one text that the vendor has for any bad key."""
        return _failed(403, _NO_KEY)

    def throttled(self, retry_after: float | None) -> Response:
        """429 in the envelope; the vendor's own body is not documented."""
        headers = {"Retry-After": f"{retry_after:g}"} if retry_after is not None else None
        return _failed(429, "Too Many Requests", headers)

    # -- plumbing -----------------------------------------------------------------------------------------------------

    def _store(self, key: str) -> Store | None:
        return next((s for s in self._world.stores.values() if key and s.loyalty_key == key), None)

    def _guarded(self, handler: Callable[[Request, Store, Any], Response]) -> Callable[[Request], Any]:
        """Check key and UID, read the body, and run the handler under the world's lock."""

        async def endpoint(request: Request) -> Response:
            store = self._store(request.headers.get("x-apikey", ""))
            if store is None or request.path_params.get("uid", store.uid) != store.uid:
                return self.denied()
            raw = await request.body()
            try:
                body = json.loads(raw) if raw else None
            except ValueError:
                raise _Refused(400, "invalid JSON") from None
            with self._world.lock:
                return handler(request, store, body)

        return endpoint

    async def _refused(self, _: Request, error: Exception) -> Response:
        return _failed(error.code if isinstance(error, _Refused) else 500, str(error))

    async def _absent(self, _: Request, __: Exception) -> Response:
        return _failed(404, "Not Found")

    def _known(self, request: Request, store: Store) -> Contact:
        contact = store.contacts.get(request.path_params["contact"])
        if contact is None:
            raise _Refused(404, "Not Found")
        return contact

    def _window(self, request: Request) -> tuple[int, int]:
        return _whole(request, "start", 0), _whole(request, "end", 2**40)

    # -- reads --------------------------------------------------------------------------------------------------------

    def _search(self, request: Request, store: Store, _: Any) -> Response:
        start, limit = _whole(request, "start", 0), _whole(request, "limit", 100)
        wanted = parse_search(request.query_params.get("search", ""))
        found = [c for c in store.contacts.values() if not c.blocklisted and all(test(c) for test in wanted)]
        found.sort(key=lambda c: c.name.lower())
        page = [contact_row(c, store) for c in found[start : start + limit]]
        return _done({"results": page or None, "start": start, "total": len(found), "limit": limit, "size": len(page)})

    def _contact(self, request: Request, store: Store, _: Any) -> Response:
        contact = self._known(request, store)
        spent = sum(e.value for e in contact.events if e.type == "order")
        return _done({**contact_row(contact, store), "spent": number(spent), "referCode": contact.id[:6]})

    def _wallet_by_body(self, request: Request, store: Store, body: Any) -> Response:
        if not isinstance(body, dict) or not (body.get("phone") or body.get("email")):
            raise _Refused(400, "phone or email is required")
        return self._wallet(request, store, str(body.get("phone") or ""), str(body.get("email") or ""))

    def _wallet_by_path(self, request: Request, store: Store, _: Any) -> Response:
        return self._wallet(request, store, request.path_params["phone"], "")

    def _wallet(self, request: Request, store: Store, phone: str, email: str) -> Response:
        for contact in store.contacts.values():
            if (phone and contact.phone == phone) or (email and contact.email.lower() == email.lower()):
                break
        else:
            raise _Refused(404, "Not Found")
        data: dict[str, Any] = {
            "loyaltyPoints": 0 if contact.hide_points else number(contact.points),
            "hidePointsInWallet": contact.hide_points,
            "discountTemplates": templates(contact),
        }
        if request.query_params.get("badges") == "true":
            data["audiences"] = [{"name": "Regulars", "avatar": ""}]
        return _done(data)

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
        return _done(rows or None)

    def _timeline(self, request: Request, store: Store, _: Any) -> Response:
        contact = self._known(request, store)
        start, end = self._window(request)
        rows = [timeline_row(e, store) for e in contact.events if start <= epoch(e.at) <= end]
        return _done({"contactID": contact.id, "points": number(contact.points), "events": rows or None})

    def _orders(self, request: Request, store: Store, _: Any) -> Response:
        contact = self._known(request, store)
        rows = [{"ts": epoch(e.at), "total": number(e.value)} for e in contact.events if e.type == "order"]
        return _done(rows or None)

    def _stores(self, _: Request, store: Store, __: Any) -> Response:
        row = {
            "id": STORE_NUMBERS[store.id],
            "name": store.name,
            "nickname": store.id.title(),
            "addr": {"street": "14 Pine St", "city": "Denver", "state": "CO", "zipCode": "80202", "country": "US"},
            "userID": store.uid,
            "sourceMapping": {"leaflogix": store.name},
            "phone": "3035550100",
        }
        return _done({"stores": [row]})

    def _audiences(self, _: Request, store: Store, __: Any) -> Response:
        members = sum(c.member for c in store.contacts.values())
        traits = [{"type": "loyaltyMember", "value": "true"}]
        return _done([{"id": "101", "name": "Signed Up", "audienceSize": members, "traits": traits}])

    def _discounts(self, _: Request, __: Store, ___: Any) -> Response:
        return _done(TEMPLATES)

    def _program(self, _: Request, store: Store, __: Any) -> Response:
        tiers = [{"points": 0, "discount": 0, "max": 0}, {"points": 1000, "discount": 5, "max": 0}]
        data = {"id": "1", "name": "Harbor Rewards", "userID": store.uid, "tiers": tiers, "accrual": 100}
        return _done({**data, "expiration": store.expiration_days})

    # -- writes -------------------------------------------------------------------------------------------------------

    def _adjust(self, request: Request, store: Store, body: Any) -> Response:
        contact = self._known(request, store)
        value = body.get("value") if isinstance(body, dict) else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _Refused(400, "value must be a number")
        note = body.get("note", "")
        if not isinstance(note, str):
            raise _Refused(400, "note must be a string")
        contact.events.append(Event(self._world.now(), "adjustment", float(value), note))
        self._world.changed()
        return _done()

    def _opt_in(self, request: Request, store: Store, _: Any) -> Response:
        value, flag = request.path_params["value"], request.path_params["flag"]
        if flag not in ("true", "false"):
            raise _Refused(400, "the last part of the path must be true or false")
        by_text = "/text/" in request.url.path
        hits = [c for c in store.contacts.values() if value == (c.phone if by_text else c.email)]
        if not hits:
            raise _Refused(404, "Not Found")
        for contact in hits:
            if by_text:
                contact.opted_in = flag == "true"
            else:
                contact.email_opted_in = flag == "true"
        self._world.changed()
        return _done()


SANDBOXES = (AlpineIqSandbox,)
