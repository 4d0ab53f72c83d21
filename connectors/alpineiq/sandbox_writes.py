"""What changes something at the Alpine IQ sandbox: points, enrolment, opt-in, overrides, redemptions, pushed sales."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from connectors.alpineiq.sandbox_account import OfWorld
from connectors.alpineiq.sandbox_envelope import Refused, done, known
from connectors.alpineiq.sandbox_rows import TEMPLATES, contact_row, epoch
from connectors.sandbox.seed import contact_id
from connectors.sandbox.state import Contact, Event, Store
from connectors.sandbox.world import World

_NAMES = {"firstName": "first_name", "lastName": "last_name", "email": "email", "mobilePhone": "phone"}


def adjust(world: World, request: Request, store: Store, body: Any) -> Response:
    """One signed change with its note."""
    contact = known(request, store)
    value = body.get("value") if isinstance(body, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused(400, "value must be a number")
    note = body.get("note", "")
    if not isinstance(note, str):
        raise Refused(400, "note must be a string")
    contact.events.append(Event(world.now(), "adjustment", float(value), note))
    world.changed()
    return done()


def enroll(world: World, _: Request, store: Store, body: Any) -> Response:
    """Create a contact, or make an existing one (by phone, else e-mail) a member."""
    values = _object(body)
    for name in ("firstName", "lastName", "email", "mobilePhone", "favoriteStore"):
        if not isinstance(values.get(name, ""), str):
            raise Refused(400, f"{name} must be a string")
    number = values.get("favoriteStoreID", 1)
    if isinstance(number, bool) or not isinstance(number, int) or number <= 0:
        raise Refused(400, "favoriteStoreID must be a positive integer")
    phone, email = values.get("mobilePhone", ""), values.get("email", "").lower()
    if phone and not (phone.isdigit() and len(phone) == 10):
        raise Refused(400, "mobilePhone must be 10 digits")
    if not phone and not email:
        raise Refused(400, "mobilePhone or email is required")
    contact = _by(store, phone, email)
    if contact is None:
        own_id = contact_id(store.id, phone, email, len(store.contacts))
        contact = Contact(own_id, "", "", "", phone, email, world.now(), member=False, opted_in=False)
        store.contacts[own_id] = contact
    contact.first_name = values.get("firstName") or contact.first_name
    contact.last_name = values.get("lastName") or contact.last_name
    contact.member = contact.member or values.get("loyalty") is True
    contact.opted_in = contact.opted_in or values.get("smsoptin") is True
    if values.get("smsoptin") is True and values.get("disableSMS") is not True:
        contact.extra["texted_at"] = world.now()
    world.changed()
    return done(contact_row(contact, store))


def _by(store: Store, phone: str, email: str) -> Contact | None:
    for wanted, attribute in ((phone, "phone"), (email, "email")):
        for contact in store.contacts.values():
            if wanted and getattr(contact, attribute).lower() == wanted:
                return contact
    return None


def opt_in(world: World, request: Request, store: Store, _: Any) -> Response:
    """Flip a flag; nobody is created."""
    value, flag = request.path_params["value"], request.path_params["flag"]
    if flag not in ("true", "false"):
        raise Refused(400, "the last part of the path must be true or false")
    by_text = "/text/" in request.url.path
    hits = [c for c in store.contacts.values() if value == (c.phone if by_text else c.email)]
    if not hits:
        raise Refused(404, "Not Found")
    for contact in hits:
        if by_text:
            contact.opted_in = flag == "true"
        else:
            contact.email_opted_in = flag == "true"
    world.changed()
    return done()


def override(world: World, request: Request, store: Store, body: Any) -> Response:
    """Attributes that hold whatever the register says; the names are those of enrolling, which is a guess."""
    contact = known(request, store)
    values = _object(body)
    unknown = set(values) - set(_NAMES)
    if unknown or not values or not all(isinstance(v, str) for v in values.values()):
        raise Refused(400, "unknown attribute")
    for name, value in values.items():
        setattr(contact, _NAMES[name], value)
    contact.extra.setdefault("overrides", {}).update(values)
    world.changed()
    return done()


def overrides(world: World, request: Request, store: Store, _: Any) -> Response:
    """What was overridden."""
    return done(known(request, store).extra.get("overrides"))


def redeem(world: World, request: Request, store: Store, _: Any) -> Response:
    """Spend a wallet's discount; its address works once."""
    discount = next((t for t in TEMPLATES if t["id"] == request.path_params["discount"]), None)
    contact = store.contacts.get(request.path_params["token"].partition("-")[0])
    if discount is None or contact is None:
        raise Refused(404, "Not Found")
    used: set[str] = contact.extra.setdefault("used_tokens", set())
    if request.path_params["token"] in used or contact.points < discount["pointsDeduction"]:
        raise Refused(400, "discount is not available")
    used.add(request.path_params["token"])
    contact.events.append(Event(world.now(), "redemption", -float(discount["pointsDeduction"]), discount["name"]))
    world.changed()
    return done({"redemptionID": f"rdm_{contact.id[:6]}_{epoch(world.now())}"})


def push_sale(world: World, _: Request, store: Store, body: Any) -> Response:
    """A sale from outside: taken in now, and counted in the night."""
    _queue(store, [_object(body)])
    world.changed()
    return done()


def push_sales(world: World, _: Request, store: Store, body: Any) -> Response:
    """Several sales."""
    if not isinstance(body, list):
        raise Refused(400, "an array is required")
    _queue(store, [_object(row) for row in body])
    world.changed()
    return done()


def _queue(store: Store, sales: list[dict[str, Any]]) -> None:
    taken = []
    for sale in sales:
        member, visit = sale.get("member"), sale.get("visit")
        if not isinstance(member, dict) or not isinstance(visit, dict) or not visit.get("pos_id"):
            raise Refused(400, "member and visit.pos_id are required")
        try:
            at = datetime.strptime(str(visit.get("transaction_date")), "%Y-%m-%d %H:%M:%S %z")
            total = float(visit["transaction_total"])
        except (KeyError, TypeError, ValueError):
            raise Refused(400, "transaction_date and transaction_total are required") from None
        taken.append(
            (str(visit["pos_id"]), str(member.get("mobilePhone") or ""), str(member.get("email") or ""), at, total)
        )
    store.own.setdefault("alpineiq_pushed", []).extend(taken)


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise Refused(400, "an object is required")
    return body


_ONE, _TWO = "/api/v1.1", "/api/v2"
WRITES: tuple[tuple[str, str, OfWorld], ...] = (
    ("PUT", _ONE + "/adjust/loyaltyPoints/{uid}/{contact}", adjust),
    ("POST", _TWO + "/loyalty", enroll),
    ("PUT", _TWO + "/optin/text/{value}/{flag}", opt_in),
    ("PUT", _TWO + "/optin/email/{value}/{flag}", opt_in),
    ("POST", _TWO + "/loyaltyContact/override/{uid}/{contact}", override),
    ("POST", _TWO + "/loyaltycontact/override/{uid}/{contact}", override),
    ("GET", _TWO + "/loyaltyContact/override/{uid}/{contact}", overrides),
    ("PUT", _ONE + "/discount/redeem/{uid}/{discount}/{token}", redeem),
    ("POST", _ONE + "/createUpdateSale/{uid}", push_sale),
    ("POST", _ONE + "/createUpdateSales/{uid}", push_sales),
)
