"""A stand-in for springbig's partner API: two keys, lookups, members and visits, over the sandbox world.

Only what integrators' code shows answers; there is no balance to ask for. Assumed, and nowhere published: 404 for an
unknown phone, 401 and 403 for the keys, the words of a refusal, a visit with a known number counting once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from connectors.sandbox.state import Contact, Event, Store
from connectors.sandbox.world import World
from connectors.springbig.world import API_KEY

_BASE = "/pos/v1"
_TEN_DIGITS = re.compile(r"\d{10}")

Handler = Callable[[Request, Store, dict[str, Any]], Response]


class _Refused(Exception):
    """Ends a request with an error body: a field and what is wrong with it."""

    def __init__(self, code: int, **wrong: str) -> None:
        super().__init__(str(wrong))
        self.code = code
        self.errors = {field: [said] for field, said in wrong.items()}


def _header(scope: Scope, name: bytes) -> str:
    return next((v.decode("latin-1") for k, v in scope["headers"] if k == name), "")


class SpringbigSandbox:
    """Serves every store's account; the AUTH-TOKEN names the store, the x-api-key the integration."""

    name = "springbig"

    def __init__(self, world: World) -> None:
        self._world = world
        table: tuple[tuple[str, str, Handler], ...] = (
            ("GET", "/members", self._find),
            ("POST", "/members", self._enroll),
            ("PUT", "/members/{pos_user}", self._update),
            ("POST", "/visits", self._visit),
        )
        self.app = Starlette(
            routes=[Route(_BASE + path, self._guarded(handler), methods=[method]) for method, path, handler in table],
            exception_handlers={_Refused: self._refused, 404: self._absent, 405: self._absent},
        )

    # -- what the gate asks -------------------------------------------------------------------------------------------

    def store_of(self, scope: Scope) -> str | None:
        """The store whose token is in AUTH-TOKEN."""
        store = self._store(_header(scope, b"auth-token"))
        return store.id if store else None

    def is_write(self, scope: Scope) -> bool:
        """Members and visits are written by POST and PUT."""
        return scope["method"] in ("POST", "PUT")

    def denied(self) -> Response:
        """401 for a wrong token."""
        return JSONResponse({"message": "Unauthorized"}, 401)

    def throttled(self, retry_after: float | None) -> Response:
        """429; springbig's own body is not public."""
        headers = {"Retry-After": f"{retry_after:g}"} if retry_after else None
        return JSONResponse({"message": "Too Many Requests"}, 429, headers=headers)

    # -- plumbing -----------------------------------------------------------------------------------------------------

    def _store(self, token: str) -> Store | None:
        stores = (s for s in self._world.stores.values() if s.loyalty == self.name)
        return next((s for s in stores if token and s.loyalty_key == token), None)

    def _guarded(self, handler: Handler) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            if _header(request.scope, b"x-api-key") != API_KEY:
                return JSONResponse({"message": "Forbidden"}, 403)
            store = self._store(_header(request.scope, b"auth-token"))
            if store is None:
                return self.denied()
            raw = await request.body()
            try:
                body = json.loads(raw) if raw else {}
            except ValueError:
                body = None
            if not isinstance(body, dict):
                raise _Refused(400, body="is not a JSON object")
            with self._world.lock:
                return handler(request, store, body)

        return endpoint

    async def _refused(self, _: Request, error: Exception) -> Response:
        if not isinstance(error, _Refused):
            return JSONResponse({"message": "Internal Server Error"}, 500)
        return JSONResponse({"errors": error.errors}, error.code)

    async def _absent(self, _: Request, __: Exception) -> Response:
        return JSONResponse({"message": "Not Found"}, 404)

    # -- members ------------------------------------------------------------------------------------------------------

    def _find(self, request: Request, store: Store, _: dict[str, Any]) -> Response:
        phone, email = request.query_params.get("phone_number"), request.query_params.get("email")
        if not phone and not email:
            raise _Refused(422, phone_number="or email is required")
        if phone:
            _check_phone(phone)
        found = [
            _row(c)
            for c in store.contacts.values()
            if c.member and ((phone and c.phone == phone) or (email and c.email.lower() == email.lower()))
        ]
        if not found:
            raise _Refused(404, member="not found")
        return JSONResponse({"members": found})

    def _enroll(self, _: Request, store: Store, body: dict[str, Any]) -> Response:
        member = _member_of(body)
        phone, email = str(member.get("phone_number") or ""), str(member.get("email") or "")
        if not member.get("pos_user") or not member.get("pos_type"):
            raise _Refused(422, pos_user="and pos_type can't be blank")
        if not phone and not email:
            raise _Refused(422, phone_number="can't be blank")
        _check_free(store, None, phone, email)
        own = store.own["springbig"]
        own["last_id"] += 1
        contact = Contact(
            id=str(own["last_id"]),
            src_id=str(member["pos_user"]),
            first_name=str(member.get("first_name") or ""),
            last_name=str(member.get("last_name") or ""),
            phone=phone,
            email=email,
            inserted=self._world.now(),
            opted_in=member.get("allowed_sms") is True,
            email_opted_in=member.get("allowed_email") is True,
        )
        store.contacts[contact.id] = contact
        self._world.changed()
        return JSONResponse({"members": [_row(contact)]})

    def _update(self, request: Request, store: Store, body: dict[str, Any]) -> Response:
        member = _member_of(body)
        contact = _by_register(store, request.path_params["pos_user"])
        phone = str(member.get("phone_number", contact.phone) or "")
        email = str(member.get("email", contact.email) or "")
        _check_free(store, contact, phone, email)
        contact.phone, contact.email = phone, email
        contact.first_name = str(member.get("first_name", contact.first_name))
        contact.last_name = str(member.get("last_name", contact.last_name))
        self._world.changed()
        return JSONResponse({"members": [_row(contact)]})

    # -- visits -------------------------------------------------------------------------------------------------------

    def _visit(self, _: Request, store: Store, body: dict[str, Any]) -> Response:
        total = body.get("transaction_total")
        if not body.get("pos_id") or isinstance(total, bool) or not isinstance(total, int | float):
            raise _Refused(422, transaction_total="and pos_id are required")
        try:
            at = datetime.fromisoformat(str(body.get("transaction_date")))
        except ValueError:
            raise _Refused(422, transaction_date="is invalid") from None
        contact = _by_register(store, str(body.get("pos_user") or ""))
        number = str(body["pos_id"])
        visits: set[str] = store.own["springbig"]["visits"]
        if number not in visits:
            visits.add(number)
            contact.events.append(Event(at, "order", float(int(total)), extra={"springbig_visit": number}))
            contact.events.sort(key=lambda event: event.at)
            if number.isdigit() and int(number) in store.sales:
                store.sales[int(number)].posted = True
            self._world.changed()
        return JSONResponse({"visit": {"pos_id": number}})


def _member_of(body: dict[str, Any]) -> dict[str, Any]:
    member = body.get("member")
    if not isinstance(member, dict):
        raise _Refused(422, member="can't be blank")
    return member


def _by_register(store: Store, pos_user: str) -> Contact:
    for contact in store.contacts.values():
        if contact.member and pos_user and contact.src_id == pos_user:
            return contact
    raise _Refused(404, member="not found")


def _check_phone(phone: str) -> None:
    if not _TEN_DIGITS.fullmatch(phone):
        raise _Refused(422, phone_number="is invalid")


def _check_free(store: Store, own: Contact | None, phone: str, email: str) -> None:
    """Phone and e-mail are what springbig knows people by: one member each."""
    if phone:
        _check_phone(phone)
    for contact in store.contacts.values():
        if contact is not own and contact.member:
            if phone and contact.phone == phone:
                raise _Refused(422, phone_number="has already been taken")
            if email and contact.email.lower() == email.lower():
                raise _Refused(422, email="has already been taken")


def _row(contact: Contact) -> dict[str, Any]:
    """A member. The last two fields are a guess from a public list of columns; no client of ours reads them."""
    return {
        "id": int(contact.id),
        "pos_user": contact.src_id or None,
        "pos_type": "dutchie",
        "phone_number": contact.phone or None,
        "first_name": contact.first_name or None,
        "last_name": contact.last_name or None,
        "email": contact.email or None,
        "allowed_sms": contact.opted_in,
        "allowed_email": contact.email_opted_in,
        "balance": int(contact.points),
        "allowed_loyalty": contact.member,
    }


SANDBOXES = (SpringbigSandbox,)
