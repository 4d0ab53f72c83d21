"""A stand-in for the Dutchie POS API over the sandbox world: Basic auth, roles, limits, shapes and quirks.

Paths and fields are those of the vendor's published description. It is stricter than the vendor in one thing: fields
the description does not know are refused, so that a client's slip shows at once.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from connectors.dutchie import sandbox_customers as customers
from connectors.dutchie import sandbox_reports as reports
from connectors.dutchie import sandbox_store as day
from connectors.dutchie.sandbox_rules import Refused, bad_request
from connectors.sandbox.state import PosKey, Store
from connectors.sandbox.world import World


@dataclass(frozen=True)
class Call:
    """One request that passed the checks; handlers run under the world's lock."""

    world: World
    store: Store
    key: PosKey
    request: Request
    body: Any

    @property
    def query(self) -> Mapping[str, str]:
        """The query's parameters."""
        return self.request.query_params


Handler = Callable[[Call], Any]


@dataclass(frozen=True)
class _Endpoint:
    method: str
    path: str
    role: str | None
    per_minute: int
    handler: Handler


# Limits: the endpoint's own text where it names one, else the tier (reporting 60, baseline 120).
_ENDPOINTS = (
    _Endpoint("GET", "/whoami", None, 200, lambda c: reports.whoami(c.store)),
    _Endpoint("GET", "/terminals", None, 120, lambda c: [{"terminalId": 1, "terminalName": "Register 1"}]),
    _Endpoint("GET", "/customer/customer-types", None, 120, lambda c: customers.TYPES),
    _Endpoint("POST", "/customer/search", "Customer", 360, lambda c: customers.search(c.world, c.store, c.key, c.body)),
    _Endpoint(
        "GET",
        "/customer/customers",
        "Customer",
        120,
        lambda c: customers.listed(c.world, c.store, c.key, c.query),
    ),
    _Endpoint(
        "GET",
        "/customer/customers-paginated",
        "Customer",
        120,
        lambda c: customers.page(c.world, c.store, c.key, c.query),
    ),
    _Endpoint(
        "POST",
        "/customer/customer",
        "Customer",
        1500,
        lambda c: customers.save(
            c.world,
            c.store,
            c.body,
            consumer=c.request.headers.get("consumerkey", ""),
            deduplicate=c.query.get("bypassDeduplication", "false").lower() != "true",
        ),
    ),
    _Endpoint("GET", "/customer-journal", "Customer", 120, lambda c: day.journal(c.store, c.query)),
    _Endpoint(
        "POST", "/customer-journal/create", "Customer", 120, lambda c: day.write_journal(c.world, c.store, c.body)
    ),
    _Endpoint("GET", "/guestlist", "Customer", 120, lambda c: day.guestlist(c.world, c.store)),
    _Endpoint(
        "GET",
        "/reporting/transactions",
        "Reporting",
        600,
        lambda c: reports.transactions(c.world, c.store, c.key, c.query),
    ),
    _Endpoint(
        "GET",
        "/reporting/register-transactions",
        "Reporting",
        60,
        lambda c: day.register_transactions(c.world, c.store, c.query),
    ),
    _Endpoint(
        "GET",
        "/customer/by-external-id",
        "Customer",
        120,
        lambda c: customers.by_external_id(c.world, c.store, c.key, c.query),
    ),
    _Endpoint("GET", "/reporting/loyalty-snapshot", "Reporting", 1, lambda c: c.store.snapshot),
    _Endpoint("GET", "/reporting/discounts", "Reporting", 60, lambda c: day.discounts(c.store, c.query)),
    _Endpoint("GET", "/discounts/v2/list", "Inventory", 120, lambda c: day.discount_list(c.store, c.query)),
    _Endpoint("GET", "/employees", "Employee", 300, lambda c: day.employees(c.store)),
    _Endpoint("GET", "/preorder/Status", "PreOrder", 120, lambda c: day.preorder_status(c.store, c.query)),
)
_WRITES = frozenset({"/customer/customer", "/customer-journal/create"})


class DutchieSandbox:
    """Serves every store's register; the API key names the store."""

    name = "dutchie"

    def __init__(self, world: World) -> None:
        self._world = world
        routes = [Route(e.path, self._guarded(e), methods=[e.method]) for e in _ENDPOINTS]
        routes.append(Route("/okcomputer", self._healthy))
        self.app = Starlette(routes=routes, exception_handlers={Refused: self._refused, 404: _empty, 405: _empty})

    # -- what the gate asks -------------------------------------------------------------------------------------------

    def store_of(self, scope: Scope) -> str | None:
        """The store that the Basic user name belongs to."""
        found = self._key_of(scope)
        return found[0].id if found else None

    def is_write(self, scope: Scope) -> bool:
        """Two paths change something; search is a read by POST."""
        return scope["path"] in _WRITES

    def denied(self) -> Response:
        """401 with an empty body."""
        return Response(status_code=401)

    def throttled(self, retry_after: float | None, per_minute: int = 120) -> Response:
        """429 with the documented body."""
        headers = {"Retry-After": f"{retry_after:g}"} if retry_after is not None else None
        body = {"Message": f"Too many requests - only {per_minute} per minute allowed", "TraceId": "0HSANDBOX:00000001"}
        return JSONResponse(body, 429, headers=headers)

    # -- plumbing -----------------------------------------------------------------------------------------------------

    def _key_of(self, scope: Scope) -> tuple[Store, str, PosKey] | None:
        header = next((v for k, v in scope["headers"] if k == b"authorization"), b"").decode("latin-1")
        scheme, _, encoded = header.partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user = base64.b64decode(encoded, validate=True).decode("latin-1").partition(":")[0]
        except binascii.Error:
            return None
        for store in self._world.stores.values():
            if user in store.pos_keys:
                return store, user, store.pos_keys[user]
        return None

    def _guarded(self, endpoint: _Endpoint) -> Callable[[Request], Any]:
        """Key, role, limit, body, in this order; then the handler, under the world's lock."""

        async def answer(request: Request) -> Response:
            found = self._key_of(request.scope)
            if found is None:
                return self.denied()
            store, name, key = found
            if endpoint.role is not None and endpoint.role not in key.roles:
                return Response(status_code=403)
            raw = await request.body()
            with self._world.lock:
                limited = self._world.settings.limits
                if limited and not self._world.limits.allow(
                    f"{name} {endpoint.path}", endpoint.per_minute, self._world.now()
                ):
                    return self.throttled(None, endpoint.per_minute)
                call = Call(self._world, store, key, request, _json(raw))
                return JSONResponse(endpoint.handler(call))

        return answer

    async def _healthy(self, _: Request) -> Response:
        return JSONResponse({"result": True, "message": "OK", "data": None})

    async def _refused(self, _: Request, error: Exception) -> Response:
        if not isinstance(error, Refused):
            return Response(status_code=500)
        if isinstance(error.body, str):
            return PlainTextResponse(json.dumps(error.body), error.status, media_type="application/json")
        return Response(status_code=error.status) if error.body is None else JSONResponse(error.body, error.status)


def _json(raw: bytes) -> Any:
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError:
        raise bad_request("The request body is not valid JSON.") from None


async def _empty(_: Request, error: Exception) -> Response:
    return Response(status_code=getattr(error, "status_code", 404))


SANDBOXES = (DutchieSandbox,)
