"""The shapes that the Alpine IQ sandbox answers with, and how it reads a search."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from connectors.sandbox.state import Contact, Event, Store

STORE_NUMBERS = {"pine": 16, "oak": 17, "elm": 18}
TEMPLATES: list[dict[str, Any]] = [
    {"id": "9001", "name": "$5 off", "pageTitle": "Five dollars off", "pointsDeduction": 100, "dollarValue": 5},
    {"id": "9002", "name": "$12 off", "pageTitle": "Twelve dollars off", "pointsDeduction": 200, "dollarValue": 12},
]
_HAS: dict[str, Callable[[Contact], bool]] = {
    "phone": lambda c: bool(c.phone),
    "mobile": lambda c: bool(c.phone),
    "home": lambda c: False,
    "email": lambda c: bool(c.email),
    "name": lambda c: bool(c.name),
    "points": lambda c: c.points > 0,
    "usedpoints": lambda c: any(e.type == "redemption" for e in c.events),
}
_WORD = re.compile(r'"([^"]*)"|(\S+)')


def number(value: float) -> int | float:
    """Points as the vendor writes them: whole ones without a fraction."""
    return int(value) if value == int(value) else value


def epoch(at: datetime) -> int:
    """Seconds since 1970."""
    return int(at.timestamp())


def parse_search(search: str) -> list[Callable[[Contact], bool]]:
    """The vendor's free mix of filters and words; every one must hold. Words match loosely, as the vendor's do."""
    return [_named(exact.lower()) if exact else _filter(word) for exact, word in _WORD.findall(search)]


def _named(name: str) -> Callable[[Contact], bool]:
    return lambda contact: contact.name.lower() == name


def _filter(word: str) -> Callable[[Contact], bool]:
    if word in ("is:member", "not:member"):
        return lambda contact: contact.member == (word == "is:member")
    if word.startswith("has:") and word[4:] in _HAS:
        return _HAS[word[4:]]
    text = word.removeprefix("email:").lower()
    return lambda contact: _loosely(contact, text)


def _loosely(contact: Contact, text: str) -> bool:
    return (
        text in contact.name.lower()
        or text in contact.email.lower()
        or text in contact.phone
        or text == contact.id
        or bool(contact.src_id and text in contact.src_id)
    )


def contact_row(contact: Contact, store: Store) -> dict[str, Any]:
    """A hit of the contact search."""
    return {
        "contactID": contact.id,
        "srcID": contact.src_id,
        "firstName": contact.first_name,
        "lastName": contact.last_name,
        "mobilePhone": contact.phone,
        "homePhone": "",
        "email": contact.email,
        "platform": "leaflogix" if contact.src_id else "alpineiq",
        "favoriteStoreID": STORE_NUMBERS[store.id],
        "inserted": epoch(contact.inserted),
        "optinTime": epoch(contact.inserted) if contact.opted_in else None,
        "optoutTime": None,
        "optreqTime": None,
        "hasRequested": None,
        "loyaltyPoints": number(contact.points),
    }


def templates(contact: Contact, store: Store, address: str) -> list[dict[str, Any]] | None:
    """The discounts of a wallet; null when there are none. address: of this server, to redeem at."""
    at = f"{address}/api/v1.1/discount/redeem/{store.uid}"
    rows = [
        {
            **t,
            "avatar": "",
            "inStoreRedemption": True,
            "posDiscountID": t["id"],
            "redemptionURL": f"{at}/{t['id']}/{contact.id}-{len(contact.events)}",
            "reusable": True,
            "tierDiscount": False,
            "available": contact.points >= t["pointsDeduction"],
        }
        for t in TEMPLATES
        if contact.member
    ]
    return rows or None


def timeline_row(event: Event, store: Store) -> dict[str, Any]:
    """A row in the likeliest shape; its fields are documented nowhere."""
    row: dict[str, Any] = {
        "ts": epoch(event.at),
        "type": event.type,
        "value": number(event.value),
        "note": event.note,
    }
    if event.type in ("order", "redemption"):
        row["storeID"] = STORE_NUMBERS[store.id]
    return row
