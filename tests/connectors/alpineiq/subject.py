"""Alpine IQ in the suite of all connectors."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from connectors.contract import Enrolment, Operation
from connectors.sandbox import World
from tests.connectors.helpers import NOW
from tests.connectors.subjects import Absent, Look, Subject

_SINCE = NOW - timedelta(days=30)


def _will(world: World) -> str:
    return world.contact(src_id="880153").id


def _found(**key: str) -> Any:
    return lambda program, _: [(m.source_id, m.balance) for m in program.find_members(**key)]


def _twin(world: World) -> None:
    world.contact(src_id="880153").email = "priya.nair@example.com"
    world.contact(src_id="880202").email = "priya.nair@example.com"


def _nameless(world: World) -> None:
    will = world.contact(src_id="880153")
    will.first_name = will.last_name = will.email = ""
    will.inserted = NOW


OPERATIONS: dict[Operation, Any] = {
    Operation.IDENTIFY: lambda program, _: program.identify().location == "Harbor Green - Pine St",
    Operation.FIND_MEMBER: lambda program, _: program.find_members(phone="+13035550153"),
    Operation.READ_BALANCE: lambda program, world: program.balance(program.member(_will(world))).points == 320,
    Operation.READ_LEDGER: lambda program, world: program.ledger(_will(world), since=_SINCE, until=NOW).entries,
    Operation.ADJUST_POINTS: lambda program, world: program.adjust_points(
        _will(world), points=Decimal(50), note="Goodwill (ref op_1)"
    ),
    Operation.LIST_STORES: lambda program, _: program.stores()[0].mapped,
    Operation.READ_ORDERS: lambda program, world: program.orders(_will(world)),
    Operation.READ_REDEMPTIONS: lambda program, world: program.redemptions(
        world.contact(src_id="880150").id, since=_SINCE, until=NOW
    ),
    Operation.READ_AUDIENCES: lambda program, _: program.audiences(),
    Operation.READ_REWARDS: lambda program, _: program.rewards(),
    Operation.READ_PROGRAM: lambda program, _: program.program_rules().tiers,
    Operation.ENROLL: lambda program, _: program.enroll(
        Enrolment(first_name="Nora", last_name="Lind", phone="+13035550151"), operation_id="op_1"
    ),
    Operation.OPT_IN: lambda program, _: program.opt_in(phone="+13035550153", wanted=False),
}

SUBJECTS = (
    Subject(
        "alpineiq",
        "alpineiq",
        "loyalty",
        "pine",
        read=Look(lambda program, _: [m.source_id for m in program.find_members(phone="+13035550153")], ["880153"]),
        write=OPERATIONS[Operation.ADJUST_POINTS],
        applied=lambda world: world.contact(phone="3035550153").points == 370,
        shown=lambda program, world: program.balance(program.member(_will(world))).points == 370,
        member=_will,
        looks={
            "found": Look(_found(phone="+13035550153"), [("880153", Decimal(320))]),
            "not_found": Look(_found(phone="+13035559999"), []),
            "several": Look(
                lambda program, _: sorted(m.balance for m in program.find_members(email="priya.nair@example.com")),
                [Decimal(320), Decimal(480)],
            ),
            "merged": Absent("a persona that was merged away is gone, and nothing names the one that took it in"),
            "archived": Absent("personas are not archived; blocklisted ones are simply not found"),
            "null_fields": Look(lambda program, world: program.member(_will(world)).name, ""),
        },
        prepare={"several": _twin, "null_fields": _nameless},
        operations=OPERATIONS,
        hidden=("sandbox-pine-loyalty", "5550153", "will.tanner", "Tanner"),
    ),
)
