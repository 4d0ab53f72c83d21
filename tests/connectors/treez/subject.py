"""Treez in the suite of all connectors: the register by both generations of its API, and Treez Loyalty."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from connectors import REGISTRY
from connectors.contract import MergeState, Operation
from connectors.sandbox import SandboxServers, World
from connectors.transport import Transport
from connectors.treez.sandbox_tickets import order_number
from connectors.treez.settings import TreezSettings
from tests.connectors.helpers import NOW
from tests.connectors.subjects import SITUATIONS, Absent, Look, Subject

_SINCE = NOW - timedelta(days=6)


def _by_phone(phone: str) -> Any:
    return lambda pos, _: [(c.id, c.status) for c in pos.find_customers(phone=phone)]


def _nameless(world: World) -> None:
    ann = world.customer(4100, store="elm")
    ann.first_name = ann.last_name = ann.email = ann.date_of_birth = None


def _number(world: World) -> str:
    return order_number(next(s for s in world.stores["elm"].sales.values() if s.customer_id == 4100))


def _merge(pos: Any, _: World) -> MergeState:
    state: MergeState = pos.merge(pos.preview_merge("4606", "4607"), operation_id="op_1")
    return state


def _webhook(pos: Any, _: World) -> Any:
    raw = json.dumps({"root": {"event_type": "CUSTOMER", "data": {"customer_id": "4100"}}}).encode()
    settings = TreezSettings(dispensary="elm", client_id="c", api_key="k", webhook_secret="s")
    read = REGISTRY["treez"].read_webhook
    assert read
    return read(settings, {"authorization": "Bearer s"}, raw).customer_ids == ("4100",)


CHANGE_PHONE: Any = lambda pos, _: pos.change_phone(  # noqa: E731
    "4100", expected="+13035550100", new="+13035550199", operation_id="op_1"
)

V2: dict[Operation, Any] = {
    Operation.IDENTIFY: lambda pos, _: pos.identify().location == "elm",
    Operation.FIND_CUSTOMER: lambda pos, _: pos.find_customers(phone="+13035550100"),
    Operation.FIND_BY_OTHER_KEYS: lambda pos, _: pos.find_customers_by(first_name="Ann", last_name="Holt"),
    Operation.READ_SALES: lambda pos, _: pos.sales(["4100"], since=_SINCE, until=NOW),
    Operation.CHANGE_PHONE: CHANGE_PHONE,
    Operation.CHANGE_EMAIL: lambda pos, _: pos.change_email(
        "4100", expected="ann.holt@example.com", new="ann@example.com", operation_id="op_1"
    ),
    Operation.READ_NOTES: lambda pos, _: pos.notes("4100") == [],
    Operation.READ_LINK: lambda pos, _: pos.customer("4100").links["alpineiq"],
}
V3: dict[Operation, Any] = {
    **V2,
    Operation.LIST_STORES: lambda pos, _: next(s.name for s in pos.stores()) == "Harbor Green - Elm St",
    Operation.READ_LINK_HISTORY: lambda pos, _: pos.link_changes("4100"),
    Operation.READ_DISCOUNTS: lambda pos, _: pos.discounts(),
    Operation.READ_CHECKED_IN: lambda pos, _: None if pos.checked_in() == [] else False,
    Operation.READ_ONLINE_ORDERS: lambda pos, _: pos.online_orders(),
    Operation.MERGE_CUSTOMERS: lambda pos, world: _merge(pos, world).state == "done",
    Operation.WEBHOOKS: _webhook,
}


def _looks() -> dict[Any, Look | Absent]:
    return {
        "found": Look(_by_phone("+13035550100"), [("4100", "active")]),
        "not_found": Look(_by_phone("+13035559999"), []),
        "several": Look(
            lambda pos, _: [c.id for c in pos.find_customers_by(first_name="Vera", last_name="Novak")], ["4606", "4607"]
        ),
        "merged": Look(
            lambda pos, _: (pos.customer("4608").status, pos.customer("4608").merged_into, pos.customer("4609").live),
            ("merged", "4609", True),
        ),
        "archived": Look(lambda pos, _: pos.customer("4610").status, "archived"),
        "null_fields": Look(
            lambda pos, _: (pos.customer("4100").name, pos.customer("4100").phone_obstacles),
            ("", ("the profile has no first name", "the profile has no last name", "the profile has no birth date")),
        ),
    }


@dataclass(frozen=True)
class Second(Subject):
    """The same store by the keys of the older generation."""

    def open(self, servers: SandboxServers, transport: Transport) -> Any:
        connector = REGISTRY["treez"]
        settings = TreezSettings(
            base_url=servers.urls["treez"], dispensary="elm", client_id="sandbox-partner", api_key="sandbox-elm-treez"
        )
        return connector.open_pos(settings, transport)


def _shown(pos: Any, _: World) -> bool:
    return bool(pos.customer("4100").phone == "+13035550199")


_REGISTER = Absent("a register changes no points of a provider")
_NO_API = Absent("Treez Loyalty shows nothing by API: a person looks it up on the profile, by steps")

SUBJECTS = (
    Subject(
        "treez",
        "treez",
        "pos",
        "elm",
        read=Look(lambda pos, _: [c.id for c in pos.find_customers(phone="+13035550100")], ["4100"]),
        write=CHANGE_PHONE,
        applied=lambda world: world.customer(4100, store="elm").phone == "3035550199",
        shown=_shown,
        member=_REGISTER,
        looks=_looks(),
        prepare={"null_fields": _nameless},
        operations=V3,
        hidden=("sandbox-certificate", "5550100", "ann.holt", "Holt", "HOLT"),
        unnamed_wait_s=0.5,
    ),
    Second(
        "treez-v2",
        "treez",
        "pos",
        "elm",
        read=Look(lambda pos, _: [c.id for c in pos.find_customers(phone="+13035550100")], ["4100"]),
        write=CHANGE_PHONE,
        applied=lambda world: world.customer(4100, store="elm").phone == "3035550199",
        shown=_shown,
        member=_REGISTER,
        looks=_looks(),
        prepare={"null_fields": _nameless},
        operations=V2,
        hidden=("sandbox-elm-treez", "sandbox-partner", "5550100", "ann.holt", "Holt", "HOLT"),
        fault_path="/customer/",
        unnamed_wait_s=0.5,
    ),
    Subject(
        "treez-loyalty",
        "treez",
        "loyalty",
        "fir",
        read=_NO_API,
        write=_NO_API,
        looks=dict.fromkeys(SITUATIONS, _NO_API),
        operations={},
        hidden=(),
    ),
)
