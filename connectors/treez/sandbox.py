"""A stand-in for Treez's API in both generations, over the sandbox world: tokens, signatures, limits, shapes, quirks.

Only routes with evidence answer. What nobody documents follows the likeliest reading: a missing permission is 403, a
phone that another profile has is 400, unknown fields of an update are passed over in silence.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from connectors.sandbox.state import PosCustomer, Store
from connectors.sandbox.world import World
from connectors.treez import sandbox_customers as customers
from connectors.treez import sandbox_tickets as tickets
from connectors.treez.sandbox_rules import (
    TOKEN_LIFE,
    Call,
    Refused,
    claims_of,
    done,
    envelope,
    header,
    moment,
    new_token,
    no_entry,
    not_json,
    page_of,
)
from connectors.treez.sandbox_state import CLIENT_ID, ORGANIZATION, PERMISSIONS, own

_TICKETS_REACH_BACK = timedelta(days=30)
_V2, _V3, _SERVICE = "/v2.0/dispensary/{dispensary}", "/dispensary/v3/{dispensary}", "/service"
_READ, _WRITE, _MERGE = "api_customer::read", "api_customer::write", "api_customer::merge"
_TICKET, _DISCOUNT, _CATALOG = "api_ticket::read", "discountmanagement::readOrgDiscount", "catalogservice::listproduct"


_Handler = Callable[[Call], Response]


class TreezSandbox:
    """Serves every store that has Treez; the path names the store, the token who may come in."""

    name = "treez"

    def __init__(self, world: World) -> None:
        self._world = world
        both: tuple[tuple[str, str, str, _Handler], ...] = (
            ("GET", "/customer/phone/{phone}", _READ, self._by_phone),
            ("GET", "/customer/email/{email}", _READ, self._by_email),
            ("GET", "/customer/firstname/{first}/lastname/{last}", _READ, self._by_name),
            ("GET", "/customer/driverlicense/{licence}", _READ, self._by_licence),
            ("GET", "/customer/lastUpdated/after/{since}/page/{page}/pagesize/{size}", _READ, self._changed),
            ("POST", "/customer/detailcustomer", _WRITE, self._create),
            ("PATCH", "/customer/update/{customer}", _WRITE, self._update),
        )
        second: tuple[tuple[str, str, str, _Handler], ...] = (
            ("GET", "/ticket/customer/{customer}", _TICKET, self._all_tickets),
            ("GET", "/ticket/lastUpdated/after/{since}/page/{page}/pagesize/{size}", _TICKET, self._tickets_changed),
        )
        third: tuple[tuple[str, str, str, _Handler], ...] = (
            ("GET", "/customer/queue", _READ, self._queue),
            ("GET", "/customer/{customer}/history", _READ, self._history),
            ("POST", "/customer/merge", _MERGE, self._merge),
            ("GET", "/ticket/ordernumber/{ticket}", _TICKET, self._ticket),
            ("GET", "/ticket/customer/{customer}/page/{page}/pagesize/{size}", _TICKET, self._tickets),
            ("GET", "/ticket/status/{status}/page/{page}/pagesize/{size}", _TICKET, self._tickets_by_status),
            ("GET", "/ticket/{ticket}", _TICKET, self._ticket),
        )
        last: tuple[str, str, str, _Handler] = ("GET", "/customer/{customer}", _READ, self._customer)
        routes = [self._route(_V2, *row) for row in (*both, *second, last)]
        routes += [self._route(_V3, *row) for row in (*both, *third, last)]
        routes += [
            self._route(_SERVICE, "POST", "/jwt-validation", "", self._validation),
            self._route(_SERVICE, "GET", "/catalog/v3/organization-entity", _CATALOG, self._entities),
            self._route(_SERVICE, "GET", "/discount/v3/discount", _DISCOUNT, self._discounts),
            Route(f"{_V2}/config/api/gettokens", self._token, methods=["POST"]),
        ]
        self.app = Starlette(
            routes=routes, exception_handlers={Refused: self._refused, 404: self._absent, 405: self._absent}
        )

    # -- what the gate asks -------------------------------------------------------------------------------------------

    def store_of(self, scope: Scope) -> str | None:
        """The store that the path names, if the token lets in."""
        try:
            store = self._named(scope)
            self._claims(scope, store)
        except Refused:
            return None
        return store.id if store else None

    def is_write(self, scope: Scope) -> bool:
        """Updates, merges and new profiles; tokens and their validation are reads by POST."""
        return bool(scope["method"] == "PATCH") or scope["path"].endswith(("/customer/merge", "/detailcustomer"))

    def denied(self) -> Response:
        """401 in the envelope."""
        return envelope(no_entry())

    def throttled(self, retry_after: float | None) -> Response:
        """429; the vendor names its text and nothing else."""
        headers = {"Retry-After": f"{retry_after:g}"} if retry_after is not None else None
        return JSONResponse({"resultCode": "FAIL", "resultReason": "OVER LIMIT"}, 429, headers=headers)

    # -- plumbing -----------------------------------------------------------------------------------------------------

    def _route(self, prefix: str, method: str, path: str, permission: str, handler: _Handler) -> Route:
        async def endpoint(request: Request) -> Response:
            with self._world.lock:
                store = self._named(request.scope)
                claims = self._claims(request.scope, store)
                if claims and permission and permission not in PERMISSIONS[claims["iss"]]:
                    raise Refused(403, "Access is denied")
                limited = self._world.settings.limits and store is not None
                if limited and store is not None and not own(store).allows(self._world.now()):
                    return self.throttled(None)
            raw = await request.body()
            try:
                body = json.loads(raw) if raw else None
            except ValueError:
                return not_json()
            with self._world.lock:
                return handler(Call(request, store, claims, body))

        return Route(prefix + path, endpoint, methods=[method])

    def _named(self, scope: Scope) -> Store | None:
        """The store of the path; None for the organisation's services. Raises Refused."""
        parts = scope["path"].split("/")
        if parts[1] == "service":
            return None
        store = self._world.stores.get(parts[3]) if len(parts) > 3 else None
        if store is None or store.pos != "treez":
            raise Refused(404, "NOT_FOUND")
        return store

    def _claims(self, scope: Scope, store: Store | None) -> Mapping[str, Any]:
        """What a self-signed token claims; {} for a good token of the older generation. Raises Refused."""
        token = header(scope, b"authorization").removeprefix("Bearer ")
        if not scope["path"].startswith("/v2.0/"):
            query = scope["query_string"].decode("latin-1")
            address = f"{scope['scheme']}://{header(scope, b'host')}{scope['raw_path'].decode('latin-1')}"
            return claims_of(token, address + (f"?{query}" if query else ""))
        ends = own(store).tokens.get(token) if store else None
        if ends is None or self._world.now() >= ends or header(scope, b"client_id") != CLIENT_ID:
            raise no_entry()
        return {}

    async def _token(self, request: Request) -> Response:
        """For the right keys, as a form."""
        form = {k: v[0] for k, v in parse_qs((await request.body()).decode("latin-1")).items()}
        with self._world.lock:
            store = self._named(request.scope)
            if store is None or form.get("client_id") != CLIENT_ID or form.get("apikey") != own(store).api_key:
                raise Refused(401, "Invalid client_id or apikey")
            ends = self._world.now() + TOKEN_LIFE
            answer = new_token(ends)
            own(store).tokens[answer["access_token"]] = ends
        return JSONResponse(answer)

    async def _refused(self, _: Request, error: Exception) -> Response:
        return envelope(error) if isinstance(error, Refused) else Response(status_code=500)

    async def _absent(self, _: Request, __: Exception) -> Response:
        return envelope(Refused(404, "NOT_FOUND"))

    def _shown(self, call: Call, rows: list[PosCustomer]) -> Response:
        """The older generation always lists; the newer shows one as itself."""
        ids = not call.second or own(call.at).shows_ids_in_v2
        listed = [customers.record(call.at, c, ids=ids) for c in rows]
        return done(listed if call.second or len(listed) != 1 else listed[0])

    # -- customers ----------------------------------------------------------------------------------------------------

    def _customer(self, call: Call) -> Response:
        return self._shown(call, [customers.shown(self._world, customers.known(call.at, call["customer"]))])

    def _look(self, call: Call, fits: Callable[[PosCustomer], bool]) -> Response:
        return self._shown(call, customers.found(self._world, call.at, fits))

    def _by_phone(self, call: Call) -> Response:
        return self._look(call, lambda c: c.phone == call["phone"])

    def _by_email(self, call: Call) -> Response:
        return self._look(call, lambda c: (c.email or "").lower() == call["email"].lower())

    def _by_name(self, call: Call) -> Response:
        wanted = (call["first"].lower(), call["last"].lower())
        return self._look(call, lambda c: ((c.first_name or "").lower(), (c.last_name or "").lower()) == wanted)

    def _by_licence(self, call: Call) -> Response:
        return self._look(call, lambda c: c.extra["treez_licence"] == call["licence"])

    def _changed(self, call: Call) -> Response:
        rows = customers.changed(self._world, call.at, moment(call["since"]))
        listed = [customers.record(call.at, c) for c in page_of(rows, call["page"], call["size"])]
        return done(listed)

    def _queue(self, call: Call) -> Response:
        return self._shown(call, [c for c in call.at.customers.values() if c.extra.get("treez_checked_in")])

    def _history(self, call: Call) -> Response:
        return done(customers.history_of(call.at, customers.known(call.at, call["customer"])))

    def _create(self, call: Call) -> Response:
        return self._shown(call, [customers.create(self._world, call.at, call.body)])

    def _update(self, call: Call) -> Response:
        return self._shown(call, [customers.update(self._world, call.at, call["customer"], call.body)])

    def _merge(self, call: Call) -> Response:
        return done(customers.merge(self._world, call.at, call.body))

    # -- tickets and the organisation ---------------------------------------------------------------------------------

    def _ticket(self, call: Call) -> Response:
        return done(tickets.one(self._world, call.at, call["ticket"]))

    def _listed(self, call: Call, rows: list[Any]) -> Response:
        shown = [tickets.row(call.at, s) for s in rows]
        return done(pageElements=len(shown), totalElements=len(shown), ticketList=shown)

    def _of(self, call: Call) -> list[Any]:
        rows = tickets.newest_first(self._world, call.at)
        return [s for s in rows if str(s.customer_id) == call["customer"]]

    def _all_tickets(self, call: Call) -> Response:
        return self._listed(call, self._of(call))

    def _tickets(self, call: Call) -> Response:
        return self._listed(call, page_of(self._of(call), call["page"], call["size"]))

    def _tickets_by_status(self, call: Call) -> Response:
        rows = tickets.by_status(self._world, call.at, call["status"])
        return self._listed(call, page_of(rows, call["page"], call["size"]))

    def _tickets_changed(self, call: Call) -> Response:
        since = moment(call["since"])
        if self._world.now() - since > _TICKETS_REACH_BACK:
            raise Refused(400, "RESPONSE_LIMIT_EXCEEDS", "At most 30 days back")
        rows = [s for s in tickets.newest_first(self._world, call.at) if (s.voided_at or s.at) > since]
        return self._listed(call, page_of(rows, call["page"], call["size"]))

    def _chain(self) -> list[Store]:
        return [s for s in self._world.stores.values() if s.pos == "treez"]

    def _entities(self, _: Call) -> Response:
        return JSONResponse(tickets.entities(self._chain()))

    def _discounts(self, _: Call) -> Response:
        return JSONResponse(tickets.discounts(self._chain()))

    def _validation(self, call: Call) -> Response:
        granted = {
            "orgId": ORGANIZATION,
            "orgName": "Harbor Green LLC",
            "permissions": list(PERMISSIONS[call.claims["iss"]]),
        }
        answer = {
            "valid": True,
            "issuedAt": call.claims["iat"],
            "expiresAt": call.claims["exp"],
            "integratorDetails": {"certificateId": call.claims["iss"], "certificateName": "Harbor Green support"},
            "audience": call.claims["aud"],
            "dispensaryName": call.request.query_params.get("dispensaryName", ""),
            "permissions": {"entity": [], "organization": [granted]},
        }
        return JSONResponse(answer)


SANDBOXES = (TreezSandbox,)
