"""What the Alpine IQ sandbox tells of the account: stores, audiences, discounts, settings, redemptions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from connectors.alpineiq.sandbox_envelope import Refused, done
from connectors.alpineiq.sandbox_rows import STORE_NUMBERS, TEMPLATES, epoch, number
from connectors.sandbox.state import Store
from connectors.sandbox.world import World

OfWorld = Callable[[World, Request, Store, Any], Response]


def stores(world: World, _: Request, store: Store, __: Any) -> Response:
    """The account's stores and how they are mapped to the register's names; an empty mapping is the known fault."""
    row = {
        "id": STORE_NUMBERS[store.id],
        "name": store.name,
        "nickname": store.id.title(),
        "addr": {"street": "14 Pine St", "city": "Denver", "state": "CO", "zipCode": "80202", "country": "US"},
        "userID": store.uid,
        "sourceMapping": {} if store.own.get("alpineiq_unmapped") else {_SOURCES[store.pos]: store.name},
        "phone": "3035550100",
    }
    return done({"stores": [row]})


_SOURCES = {"dutchie": "leaflogix", "treez": "treez"}


def audiences(world: World, _: Request, store: Store, __: Any) -> Response:
    """The members, as an audience."""
    late = store.own.get("alpineiq_audience_lag", 0)
    members = sum(c.member for c in store.contacts.values()) - late
    traits = [{"type": "loyaltyMember", "value": "true"}]
    return done(
        [
            {"id": "101", "name": "Signed Up", "audienceSize": members, "traits": traits},
            {"id": "102", "name": "Locals", "audienceSize": 3, "traits": None},
        ]
    )


def discounts(world: World, _: Request, __: Store, ___: Any) -> Response:
    """The catalogue."""
    return done(TEMPLATES)


def program(world: World, _: Request, store: Store, __: Any) -> Response:
    """The settings, in the shape that one client saw."""
    tiers = [{"points": 0, "discount": 0, "max": 0}, {"points": 1000, "discount": 5, "max": 0}]
    data = {"id": "1", "name": "Harbor Rewards", "userID": store.uid, "tiers": tiers, "accrual": 100}
    return done({**data, "expiration": store.expiration_days})


def redemptions(world: World, request: Request, store: Store, _: Any) -> Response:
    """Redemptions of the window, with personal data in every row; null when there are none."""
    start, end = request.path_params["start"], request.path_params["end"]
    rows = [
        {
            "redemptionID": f"rdm_{c.id[:6]}_{epoch(e.at)}",
            "contactID": c.id,
            "name": c.name,
            "mobilePhone": c.phone,
            "email": c.email,
            "discountName": e.note or "$5 off",
            "points": number(-e.value),
            "ts": epoch(e.at),
        }
        for c in store.contacts.values()
        for e in c.events
        if e.type == "redemption" and start <= epoch(e.at) <= end
    ]
    return done(rows or None)


def lookup(world: World, request: Request, store: Store, _: Any) -> Response:
    """Whether a phone or e-mail is a member's; the shape of the answer is documented nowhere."""
    asked = request.path_params["pii"].lower()
    for contact in store.contacts.values():
        if asked in (contact.phone, contact.email.lower()):
            return done({"isMember": contact.member, "optedIn": contact.opted_in})
    raise Refused(404, "Not Found")


_ONE, _TWO = "/api/v1.1", "/api/v2"
ACCOUNT: tuple[tuple[str, str, OfWorld], ...] = (
    ("GET", _ONE + "/stores/{uid}", stores),
    ("GET", _ONE + "/audiences/{uid}", audiences),
    ("GET", _ONE + "/redemptions/{uid}/{start:int}/{end:int}", redemptions),
    ("GET", _TWO + "/discount/{uid}", discounts),
    ("GET", _TWO + "/loyalty/default/{uid}", program),
    ("GET", _TWO + "/loyalty/lookup/{pii}", lookup),
)
