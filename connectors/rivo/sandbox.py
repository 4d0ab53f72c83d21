"""A stand-in for Rivo's Merchant API: a raw key, JSON:API, forms, fifteen requests a second, over the sandbox world.

Only routes with evidence answer; anything else, hyphenated paths too, is a 404. What nobody documents (error bodies,
the path of the refund, the answer of a batch, a balance below zero) follows the likeliest reading.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from connectors.rivo.sandbox_rows import (
    REWARDS,
    TIERS,
    UNLISTED,
    customer_row,
    event_row,
    redemption_row,
    resource,
    reward_attributes,
    tier_attributes,
)
from connectors.sandbox.state import Contact, Event, Store
from connectors.sandbox.world import World

_BASE = "/merchant_api/v1"
_PER_SECOND = 15
_SEEN_AFTER = timedelta(seconds=45)
_SOURCES = frozenset(("manual", "custom_action", "referral_complete", "visit_url"))
_INT32 = 2**31

Handler = Callable[[Request, Store, Any], Response]


class _Refused(Exception):
    """Ends a request with an error body."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def _failed(code: int, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": message}, code, headers=headers)


class RivoSandbox:
    """Serves every shop that runs on Rivo; the key names the shop."""

    name = "rivo"

    def __init__(self, world: World) -> None:
        self._world = world
        table: tuple[tuple[str, str, Handler], ...] = (
            ("GET", "/customers", self._customers),
            ("GET", "/customers/{identifier}", self._customer),
            ("GET", "/points_events", self._events),
            ("POST", "/points_events", self._adjust),
            ("POST", "/points_events/batch", self._batch),
            ("GET", "/points_redemptions", self._redemptions),
            ("POST", "/points_redemptions/{id:int}/refund", self._refund),
            ("GET", "/rewards", self._rewards),
            ("GET", "/vip_tiers", self._tiers),
        )
        self.app = Starlette(
            routes=[Route(_BASE + path, self._guarded(handler), methods=[method]) for method, path, handler in table],
            exception_handlers={_Refused: self._refused, 404: self._absent, 405: self._absent},
        )

    # -- what the gate asks -------------------------------------------------------------------------------------------

    def store_of(self, scope: Scope) -> str | None:
        """The shop whose key stands in Authorization, without any scheme."""
        given = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"authorization"), "")
        store = self._store(given)
        return store.id if store else None

    def is_write(self, scope: Scope) -> bool:
        """Everything that changes something is a POST here."""
        return bool(scope["method"] == "POST")

    def denied(self) -> Response:
        """401; the same for a wrong key and for one behind `Bearer`."""
        return _failed(401, "Unauthorized")

    def throttled(self, retry_after: float | None) -> Response:
        """429, which may name a wait."""
        return _failed(429, "Too Many Requests", {"Retry-After": f"{retry_after:g}"} if retry_after else None)

    # -- plumbing -----------------------------------------------------------------------------------------------------

    def _store(self, key: str) -> Store | None:
        stores = (s for s in self._world.stores.values() if s.loyalty == self.name)
        return next((s for s in stores if key and s.loyalty_key == key), None)

    def _guarded(self, handler: Handler) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            store = self._store(request.headers.get("authorization", ""))
            if store is None:
                return self.denied()
            raw = await request.body()
            with self._world.lock:
                if not self._has_room(store):
                    return self.throttled(1)
                return handler(request, store, _body_of(request, raw))

        return endpoint

    def _has_room(self, store: Store) -> bool:
        """Fifteen requests in any second of the shop."""
        now = self._world.now()
        recent: list[datetime] = store.own["rivo"]["recent"]
        recent[:] = [at for at in recent if timedelta() <= now - at < timedelta(seconds=1)]
        recent.append(now)
        return len(recent) <= _PER_SECOND or not self._world.settings.limits

    async def _refused(self, _: Request, error: Exception) -> Response:
        return _failed(error.code if isinstance(error, _Refused) else 500, str(error))

    async def _absent(self, _: Request, __: Exception) -> Response:
        return _failed(404, "Not Found")

    def _known(self, store: Store, identifier: str) -> Contact:
        """By Shopify id or e-mail; a customer of the last seconds has not arrived yet."""
        by_id = store.contacts.get(identifier)
        for contact in store.contacts.values() if by_id is None else (by_id,):
            arrived = self._world.now() - contact.inserted >= _SEEN_AFTER
            if arrived and identifier and identifier.lower() in (contact.id, contact.email.lower()):
                return contact
        raise _Refused(404, "Could not find customer")

    # -- reads --------------------------------------------------------------------------------------------------------

    def _customers(self, request: Request, store: Store, _: Any) -> Response:
        return _page(request, [customer_row(c, store) for c in store.contacts.values()])

    def _customer(self, request: Request, store: Store, _: Any) -> Response:
        contact = self._known(store, request.path_params["identifier"])
        return JSONResponse({"data": customer_row(contact, store)})

    def _events(self, request: Request, store: Store, _: Any) -> Response:
        rows = [
            (event.at, event_row(event, _number(store, event)))
            for contact in self._asked_for(request, store)
            for event in contact.events
            if UNLISTED not in event.extra
        ]
        return _page(request, [row for _, row in sorted(rows, key=lambda pair: pair[0], reverse=True)])

    def _redemptions(self, request: Request, store: Store, _: Any) -> Response:
        members = {contact.id for contact in self._asked_for(request, store)}
        found = [r for r in store.own["rivo"]["redemptions"].values() if r["member"] in members]
        return _page(request, [redemption_row(r, store) for r in sorted(found, key=lambda r: r["at"], reverse=True)])

    def _asked_for(self, request: Request, store: Store) -> list[Contact]:
        identifier = request.query_params.get("filters[customer_identifier]")
        return list(store.contacts.values()) if identifier is None else [self._known(store, identifier)]

    def _rewards(self, request: Request, _: Store, __: Any) -> Response:
        return _page(request, [resource(r[0], "reward", reward_attributes(r)) for r in REWARDS])

    def _tiers(self, _: Request, __: Store, ___: Any) -> Response:
        return JSONResponse({"data": [resource(t[0], "vip_tier", tier_attributes(t)) for t in TIERS]})

    # -- writes -------------------------------------------------------------------------------------------------------

    def _adjust(self, _: Request, store: Store, body: Any) -> Response:
        if not isinstance(body, dict) or not body.get("customer_identifier"):
            raise _Refused(422, "customer_identifier is missing")
        contact = self._known(store, str(body["customer_identifier"]))
        event = self._event(body)
        contact.events.append(event)
        self._world.changed()
        return JSONResponse({"data": event_row(event, _number(store, event))}, 201)

    def _batch(self, _: Request, store: Store, body: Any) -> Response:
        """All or nothing (assumed)."""
        lines = body.get("points_events") if isinstance(body, dict) else None
        if not isinstance(lines, list) or not 0 < len(lines) <= 10 or not all(isinstance(x, dict) for x in lines):
            raise _Refused(422, "points_events must hold 1 to 10 events")
        made = [(self._known(store, str(line.get("customer_identifier") or "")), self._event(line)) for line in lines]
        for contact, event in made:
            contact.events.append(event)
        self._world.changed()
        return JSONResponse({"data": [event_row(event, _number(store, event)) for _, event in made]}, 201)

    def _event(self, values: dict[str, Any]) -> Event:
        """One manual change. Raises _Refused for what the documentation forbids."""
        if values.get("source") not in _SOURCES:
            raise _Refused(422, "source is not included in the list")
        try:
            points = int(str(values.get("points_amount")))
        except ValueError:
            raise _Refused(422, "points_amount is invalid") from None
        if not -_INT32 <= points < _INT32:
            raise _Refused(422, "points_amount is invalid")
        extra = {"rivo_source": values["source"], "rivo_comment": values.get("external_note")}
        return Event(self._world.now(), "adjustment", float(points), str(values.get("internal_note") or ""), extra)

    def _refund(self, request: Request, store: Store, _: Any) -> Response:
        """201 however often: the points come back the first time only."""
        redemption = store.own["rivo"]["redemptions"].get(request.path_params["id"])
        if redemption is None:
            raise _Refused(404, "Could not find a points redemption with that ID")
        if redemption["refunded_at"] is None:
            now = self._world.now()
            redemption["refunded_at"] = now
            points = float(redemption["points"])
            store.contacts[redemption["member"]].events.append(Event(now, "redemption", points, "Refunded"))
            self._world.changed()
        return JSONResponse({"data": redemption_row(redemption, store)}, 201)


def _body_of(request: Request, raw: bytes) -> Any:
    """JSON or a form, by what the request calls it. Raises _Refused for JSON that is none."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        return dict(parse_qsl(raw.decode("utf-8", "replace")))
    try:
        return json.loads(raw)
    except ValueError:
        raise _Refused(400, "invalid JSON") from None


def _page(request: Request, rows: list[dict[str, Any]]) -> Response:
    number, size = (_count(request, name, default) for name, default in (("page", 1), ("per_page", 25)))
    start = (number - 1) * size
    more = start + size < len(rows)
    link = f"{request.url.path}?pagination[page]={number + 1}&pagination[per_page]={size}" if more else None
    return JSONResponse({"data": rows[start : start + size], "links": {"next": link}})


def _count(request: Request, name: str, default: int) -> int:
    raw = request.query_params.get(f"pagination[{name}]", str(default))
    if not raw.isdigit() or int(raw) < 1:
        raise _Refused(422, f"{name} is invalid")
    return int(raw)


def _number(store: Store, event: Event) -> int:
    """The row's own number, given when it is first shown."""
    own = store.own["rivo"]
    if "rivo_id" not in event.extra:
        own["last_id"] += 1
        event.extra["rivo_id"] = own["last_id"]
    return int(event.extra["rivo_id"])


SANDBOXES = (RivoSandbox,)
