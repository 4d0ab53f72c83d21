"""Smile.io in the suite of all connectors."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from connectors.contract import Enrolment, Operation
from connectors.sandbox import World
from tests.connectors.helpers import NOW
from tests.connectors.subjects import Absent, Look, Subject

ANN = "304004100"
_WINDOW = {"since": NOW - timedelta(days=30), "until": NOW}


def _found(email: str) -> Any:
    return lambda program, _: [(m.id, m.balance) for m in program.find_members(email=email)]


def _nameless(world: World) -> None:
    ann = world.stores["bay"].contacts[ANN]
    ann.first_name = ann.last_name = ann.email = ""


OPERATIONS: dict[Operation, Any] = {
    Operation.IDENTIFY: lambda program, _: program.identify().account,
    Operation.FIND_MEMBER: lambda program, _: program.find_members(email="ann.holt@example.com"),
    Operation.READ_BALANCE: lambda program, _: program.balance(program.member(ANN)).points == 150,
    Operation.READ_LEDGER: lambda program, _: program.ledger(ANN, **_WINDOW).entries,
    Operation.READ_TIER: lambda program, _: program.tiers() and program.member_tier(ANN).name == "Bronze",
    Operation.READ_PROGRAM: lambda program, _: program.program_rules().points_label == "Leaves",
    Operation.READ_REWARDS: lambda program, _: program.rewards(),
    Operation.READ_REDEMPTIONS: lambda program, _: program.redemptions("304004784", **_WINDOW),
    Operation.ADJUST_POINTS: lambda program, _: program.adjust_points(ANN, points=Decimal(50), note="Hi (ref op_1)"),
    Operation.ENROLL: lambda program, _: program.enroll(
        Enrolment(first_name="Heiner", last_name="Wolf", email="heiner.wolf@example.com", source_id="4786"),
        operation_id="op_2",
    ),
}

SUBJECTS = (
    Subject(
        "smile",
        "smile",
        "loyalty",
        "bay",
        read=Look(_found("ann.holt@example.com"), [(ANN, Decimal(150))]),
        write=OPERATIONS[Operation.ADJUST_POINTS],
        applied=lambda world: world.stores["bay"].contacts[ANN].points == 200,
        shown=lambda program, _: program.balance(program.member(ANN)).points == 200,
        member=lambda _: ANN,
        looks={
            "found": Look(_found("Ann.Holt@example.com"), [(ANN, Decimal(150))]),
            "not_found": Look(_found("nobody@example.com"), []),
            "several": Absent("an e-mail is one customer's at Smile"),
            "merged": Absent("Smile shows no customers that were merged away"),
            "archived": Look(
                lambda program, _: [m.enrolled for m in program.find_members(email="heiner.wolf@example.com")], [False]
            ),
            "null_fields": Look(lambda program, _: (program.member(ANN).name, program.member(ANN).email), ("", None)),
        },
        prepare={
            "null_fields": _nameless,
            "archived": lambda world: world.stores["bay"].contacts["304004786"].extra.update(smile_state="disabled"),
        },
        operations=OPERATIONS,
        hidden=("sandbox-bay-loyalty", "ann.holt", "Holt"),
    ),
)
