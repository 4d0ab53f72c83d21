"""The messages of the practice loyalty app: one for each points event and redemption, signed. Bulk changes and imports
send none. How often Rivo tries again is not told; here, three times."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.rivo.sandbox_rows import customer_row, event_row, redemption_row
from connectors.sandbox.messages import About, Message, Tells, signature
from connectors.sandbox.state import Contact, Event, Store

_WAITS_S = (60.0, 600.0, 3600.0)
_SILENT = ("import", "block")


def webhook_secret(store: Store) -> str:
    """What the shop's messages are signed with."""
    return f"sandbox-{store.id}-rivo-webhook"


def _marks(store: Store) -> Mapping[About, object]:
    marks: dict[About, object] = {}
    for contact in store.contacts.values():
        for number, event in enumerate(contact.events):
            if event.type not in _SILENT and not event.note.startswith("Bulk"):
                marks["points_event/created", f"{contact.id}.{number}"] = True
    for own_id in store.own["rivo"]["redemptions"]:
        marks["points_redemption/created", own_id] = True
    return marks


def _message(store: Store, about: About, now: datetime) -> Message:
    topic, own_id = about
    if topic == "points_redemption/created":
        said = redemption_row(store.own["rivo"]["redemptions"][own_id], store)["attributes"]
    else:
        said = _event(store, str(own_id))
    body = json.dumps({**said, "event_type": topic}).encode()
    return Message({"rivo-signature": signature(body, webhook_secret(store))}, body)


def _event(store: Store, own_id: str) -> dict[str, Any]:
    contact_id, _, number = own_id.rpartition(".")
    contact: Contact = store.contacts[contact_id]
    event: Event = contact.events[int(number)]
    attributes: dict[str, Any] = event_row(event, int(contact_id) * 1000 + int(number))["attributes"]
    return {**attributes, "customer": customer_row(contact, store)["attributes"]}


TELLS = Tells("rivo", _marks, _message, waits_s=_WAITS_S)
