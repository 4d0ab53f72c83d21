"""springbig in the suite of all connectors."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from connectors.contract import Enrolment, Operation, Purchase
from connectors.sandbox import World
from tests.connectors.helpers import NOW
from tests.connectors.subjects import Absent, Look, Subject

ANN = "704100"


def _found(**key: str) -> Any:
    return lambda program, _: [(m.id, m.source_id, m.name) for m in program.find_members(**key)]


def _nameless(world: World) -> None:
    ann = world.contact(src_id="4100", store="yew")
    ann.first_name = ann.last_name = ann.email = ann.src_id = ""


def _twins(world: World) -> None:
    world.contact(src_id="4101", store="yew").email = "ann.holt@example.com"


def _purchase(program: Any, _: World) -> None:
    sale = Purchase(sale_id="9", customer_id="4100", at=NOW, total=Decimal("20.50"), location="Yew St")
    program.record_purchase(sale, operation_id="op_3")


OPERATIONS: dict[Operation, Any] = {
    Operation.IDENTIFY: lambda program, _: program.identify().account,
    Operation.FIND_MEMBER: lambda program, _: program.find_members(email="ann.holt@example.com"),
    Operation.ENROLL: lambda program, _: program.enroll(
        Enrolment(first_name="Cleo", last_name="Finn", phone="+13035550183", source_id="4983"), operation_id="op_1"
    ),
    Operation.UPDATE_MEMBER: lambda program, _: program.update_member(
        ANN, source_id="4100", phone="+13035550199", operation_id="op_2"
    ),
    Operation.RECORD_PURCHASE: _purchase,
}

SUBJECTS = (
    Subject(
        "springbig",
        "springbig",
        "loyalty",
        "yew",
        read=Look(_found(phone="+13035550100"), [(ANN, "4100", "Ann Holt")]),
        write=OPERATIONS[Operation.UPDATE_MEMBER],
        applied=lambda world: world.stores["yew"].contacts[ANN].phone == "3035550199",
        shown=lambda program, _: [m.id for m in program.find_members(phone="+13035550199")] == [ANN],
        member=Absent("springbig has no API that changes points"),
        looks={
            "found": Look(_found(email="Ann.Holt@example.com"), [(ANN, "4100", "Ann Holt")]),
            "not_found": Look(_found(phone="+13035559999"), []),
            "several": Look(
                lambda program, _: [m.id for m in program.find_members(email="ann.holt@example.com")], [ANN, "704101"]
            ),
            "merged": Absent("no merge is known at springbig"),
            "archived": Absent("no archived members are known at springbig"),
            "null_fields": Look(_found(phone="+13035550100"), [(ANN, None, "")]),
        },
        prepare={"null_fields": _nameless, "several": _twins},
        operations=OPERATIONS,
        hidden=("sandbox-yew-loyalty", "sandbox-springbig-integration", "5550100", "5550199", "ann.holt", "Holt"),
    ),
)
