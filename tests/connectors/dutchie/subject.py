"""Dutchie's register in the suite of all connectors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from connectors.contract import Operation
from connectors.sandbox import World
from tests.connectors.helpers import NOW
from tests.connectors.subjects import Look, Subject

_SINCE = NOW - timedelta(days=6)


def _by_phone(phone: str) -> Any:
    return lambda pos, _: [(c.id, c.status) for c in pos.find_customers(phone=phone)]


def _by_email(email: str) -> Any:
    return lambda pos, _: [(c.id, c.status) for c in pos.find_customers(email=email)]


def _nameless(world: World) -> None:
    will = world.customer(880153)
    will.first_name = will.last_name = will.phone = will.email = will.status = will.is_loyalty_member = None


OPERATIONS: dict[Operation, Any] = {
    Operation.IDENTIFY: lambda pos, _: pos.identify().location == "Harbor Green - Pine St",
    Operation.FIND_CUSTOMER: lambda pos, _: pos.find_customers(phone="+13035550153"),
    Operation.READ_SALES: lambda pos, _: pos.sales(["880153"], since=_SINCE, until=NOW),
    Operation.CHANGE_PHONE: lambda pos, _: pos.change_phone(
        "880153", expected="+13035550153", new="+13035550199", operation_id="op_1"
    ),
    Operation.WRITE_NOTE: lambda pos, _: pos.write_note("880153", subject="Checked", body="Nothing", at=NOW),
    Operation.READ_NOTES: lambda pos, _: pos.notes("880153") == [],
    Operation.FIND_BY_OTHER_KEYS: lambda pos, _: pos.find_customers_by(licence="D123") == [],
    Operation.CHANGE_EMAIL: lambda pos, _: pos.change_email(
        "880153", expected="will.tanner@example.com", new="will@example.com", operation_id="op_1"
    ),
    Operation.MARK_MEMBER: lambda pos, _: pos.mark_member("880154", operation_id="op_1"),
    Operation.READ_LINK: lambda pos, _: pos.customer("880153").links == {"springbig": None},
    Operation.READ_DISCOUNTS: lambda pos, _: pos.discounts(),
    Operation.READ_REGISTER_ENTRIES: lambda pos, _: pos.register_entries(since=_SINCE, until=NOW),
    Operation.READ_EMPLOYEES: lambda pos, _: pos.employees(),
    Operation.READ_CHECKED_IN: lambda pos, _: pos.checked_in(),
    Operation.READ_ONLINE_ORDERS: lambda pos, _: pos.online_orders(),
    Operation.SNAPSHOT_BALANCES: lambda pos, _: pos.native_snapshot(at=NOW).rows,
}

SUBJECTS = (
    Subject(
        "dutchie",
        "dutchie",
        "pos",
        "pine",
        read=Look(lambda pos, _: [c.id for c in pos.find_customers(phone="+13035550153")], ["880153"]),
        write=OPERATIONS[Operation.CHANGE_PHONE],
        applied=lambda world: world.customer(880153).phone == "3035550199",
        looks={
            "found": Look(_by_phone("+13035550153"), [("880153", "active")]),
            "not_found": Look(_by_phone("+13035559999"), []),
            "several": Look(_by_email("priya.nair@example.com"), [("880201", "active"), ("880202", "active")]),
            "merged": Look(lambda pos, _: pos.customer("880801").merged_into, "880802"),
            "archived": Look(lambda pos, _: pos.customer("880901").status, "archived"),
            "null_fields": Look(lambda pos, _: (pos.customer("880153").name, pos.customer("880153").live), ("", False)),
        },
        prepare={"null_fields": _nameless},
        operations=OPERATIONS,
        hidden=("sandbox-pine-pos", "5550153", "will.tanner", "Tanner"),
    ),
)
