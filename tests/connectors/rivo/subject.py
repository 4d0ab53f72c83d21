"""Rivo in the suite of all connectors."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

from connectors import REGISTRY
from connectors.contract import BatchLine, Operation
from connectors.rivo.settings import RivoSettings
from connectors.sandbox import World
from tests.connectors.helpers import NOW
from tests.connectors.subjects import Absent, Look, Subject

ANN = "4100"
_WINDOW = {"since": NOW - timedelta(days=30), "until": NOW}


def _found(**key: str) -> Any:
    return lambda program, _: [(m.id, m.balance) for m in program.find_members(**key)]


def _nameless(world: World) -> None:
    ann = world.contact(src_id=ANN, store="ash")
    ann.first_name = ann.last_name = ann.email = ""


def _message(_: Any, __: World) -> bool:
    raw = json.dumps({"id": 5, "event_type": "points_event/created", "customer": {"id": int(ANN)}}).encode()
    signature = base64.b64encode(hmac.new(b"s", raw, hashlib.sha256).digest()).decode()
    read = REGISTRY["rivo"].read_webhook
    assert read
    settings = RivoSettings(api_key="k", webhook_secret="s")
    return read(settings, {"rivo-signature": signature}, raw).member_ids == (ANN,)


OPERATIONS: dict[Operation, Any] = {
    Operation.IDENTIFY: lambda program, _: program.identify().account,
    Operation.FIND_MEMBER: lambda program, _: program.find_members(email="ann.holt@example.com"),
    Operation.READ_BALANCE: lambda program, _: program.balance(program.member(ANN)).points == 150,
    Operation.READ_LEDGER: lambda program, _: program.ledger(ANN, **_WINDOW).entries,
    Operation.READ_TIER: lambda program, _: program.tiers() and program.member_tier(ANN).name == "Bronze",
    Operation.READ_REWARDS: lambda program, _: program.rewards(),
    Operation.READ_REDEMPTIONS: lambda program, _: program.redemptions("4685", **_WINDOW),
    Operation.ADJUST_POINTS: lambda program, _: program.adjust_points(ANN, points=Decimal(50), note="Hi (ref op_1)"),
    Operation.ADJUST_BATCH: lambda program, _: program.adjust_batch(
        [BatchLine(member_id=ANN, points=Decimal(5), note="op_2")]
    ),
    Operation.REFUND_REDEMPTION: lambda program, _: program.refund_redemption(
        program.redemptions("4685", **_WINDOW)[0].id, operation_id="op_3"
    ),
    Operation.WEBHOOKS: _message,
}

SUBJECTS = (
    Subject(
        "rivo",
        "rivo",
        "loyalty",
        "ash",
        read=Look(_found(source_id=ANN), [(ANN, Decimal(150))]),
        write=OPERATIONS[Operation.ADJUST_POINTS],
        applied=lambda world: world.contact(src_id=ANN, store="ash").points == 200,
        shown=lambda program, _: program.balance(program.member(ANN)).points == 200,
        member=lambda _: ANN,
        looks={
            "found": Look(_found(email="Ann.Holt@example.com"), [(ANN, Decimal(150))]),
            "not_found": Look(_found(email="nobody@example.com"), []),
            "several": Absent("an e-mail or a Shopify id leads to one customer at most"),
            "merged": Look(
                lambda program, _: [len(program.find_members(source_id=own)) for own in ("4575", "4576")], [1, 0]
            ),
            "archived": Absent("Shopify has no archived customers, and Rivo mirrors Shopify's"),
            "null_fields": Look(lambda program, _: (program.member(ANN).name, program.member(ANN).email), ("", None)),
        },
        prepare={"null_fields": _nameless},
        operations=OPERATIONS,
        hidden=("sandbox-ash-loyalty", "ann.holt", "Holt"),
    ),
)
