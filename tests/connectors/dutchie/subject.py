"""Dutchie's register in the suite of all connectors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from connectors.contract import Enrolment, Member, Operation
from connectors.sandbox import World
from tests.connectors.helpers import NOW
from tests.connectors.subjects import Absent, Look, Subject

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


def _archive(world: World) -> None:
    world.customer(4100, store="koa").status = "Archived"


def _merge(world: World) -> None:
    world.customer(4100, store="koa").merged_into = 4101


def _twin(world: World) -> None:
    world.customer(4101, store="koa").email = "ann.holt@example.com"


def _not_yet(world: World) -> None:
    world.customer(4102, store="koa").is_loyalty_member = None


def _bare(world: World) -> None:
    ann = world.customer(4100, store="koa")
    ann.first_name = ann.last_name = ann.phone = ann.email = ann.is_loyalty_member = None


def _members(**key: str) -> Any:
    return lambda program, _: [(m.id, m.enrolled) for m in program.find_members(**key)]


def _name_and_flag(member: Member) -> tuple[str, bool | None]:
    return member.name, member.enrolled


def _balance(program: Any, _: World) -> Any:
    program.native_snapshot(at=NOW)
    return program.balance(program.member("4100")).points == 150


NATIVE: dict[Operation, Any] = {
    Operation.IDENTIFY: lambda program, _: program.identify().location == "Harbor Green - Koa Blvd",
    Operation.FIND_MEMBER: _members(phone="+13035550100"),
    Operation.READ_BALANCE: _balance,
    Operation.READ_LEDGER: lambda program, _: program.ledger("4100", since=_SINCE, until=NOW).entries,
    Operation.READ_TIER: lambda program, _: program.member_tier("5103").name == "Bronze",
    Operation.ENROLL: lambda program, _: program.enroll(
        Enrolment(first_name="Cleo", last_name="Voss", source_id="4102"), operation_id="op_1"
    ),
    Operation.SNAPSHOT_BALANCES: lambda program, _: program.native_snapshot(at=NOW).rows,
}


SUBJECTS = (
    Subject(
        "dutchie-native",
        "dutchie",
        "loyalty",
        "koa",
        read=Look(_members(phone="+13035550100"), [("4100", True)]),
        write=lambda program, _: program.enroll(
            Enrolment(first_name="Cleo", last_name="Voss", source_id="4102"), operation_id="op_1"
        ),
        applied=lambda world: world.customer(4102, store="koa").is_loyalty_member is True,
        shown=lambda program, _: program.member("4102").enrolled is True,
        member=Absent("Dutchie's own points are changed on the register's screen only"),
        looks={
            "found": Look(_members(email="ann.holt@example.com"), [("4100", True)]),
            "not_found": Look(_members(phone="+13035559999"), []),
            "several": Look(_members(email="ann.holt@example.com"), [("4100", True), ("4101", True)]),
            "merged": Look(_members(phone="+13035550100"), []),
            "archived": Look(_members(phone="+13035550100"), []),
            "null_fields": Look(
                lambda program, _: (program.member("4100").name, program.member("4100").enrolled), ("", None)
            ),
        },
        prepare={"several": _twin, "merged": _merge, "archived": _archive, "null_fields": _bare, "write": _not_yet},
        operations=NATIVE,
        hidden=("sandbox-koa-pos", "5550100", "ann.holt", "Holt"),
    ),
    Subject(
        "dutchie",
        "dutchie",
        "pos",
        "pine",
        read=Look(lambda pos, _: [c.id for c in pos.find_customers(phone="+13035550153")], ["880153"]),
        write=OPERATIONS[Operation.CHANGE_PHONE],
        applied=lambda world: world.customer(880153).phone == "3035550199",
        shown=lambda pos, _: pos.customer("880153").phone == "+13035550199",
        member=Absent("a register changes no points of a provider"),
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
