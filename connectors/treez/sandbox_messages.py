"""The messages of the practice register: customers and tickets, with the secret shared in the portal. Each comes twice,
as the real ones sometimes do; whether one is ever sent again is not told, so here it is not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from connectors.sandbox.messages import About, Message, Tells
from connectors.sandbox.state import Store
from connectors.treez.sandbox_customers import record
from connectors.treez.sandbox_state import own
from connectors.treez.sandbox_tickets import row


def _marks(store: Store) -> Mapping[About, object]:
    marks: dict[About, object] = {}
    for one in store.customers.values():
        who = (one.first_name, one.last_name, one.phone, one.email, one.status)
        marks["CUSTOMER", one.id] = (*who, one.merged_into, one.extra.get("treez_link"), one.modified_at)
    for sale in store.sales.values():
        marks["TICKET", sale.id] = (sale.customer_id, sale.voided_at)
    return marks


def _message(store: Store, about: About, now: datetime) -> Message:
    topic, number = about[0], int(about[1])
    data = record(store, store.customers[number]) if topic == "CUSTOMER" else row(store, store.sales[number])
    body = json.dumps({"root": {"event_type": topic, "data": data}}, default=str).encode()
    return Message({"Authorization": f"Bearer {own(store).webhook_secret}"}, body)


TELLS = Tells("treez", _marks, _message, copies=2)
