from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from connectors import REGISTRY
from connectors.brandlift.client import BrandLift, open_brandlift
from connectors.brandlift.settings import BrandLiftSettings
from connectors.contract import Member, Operation
from connectors.errors import Unsupported
from connectors.sandbox import SCENARIOS, World
from connectors.sandbox.vendors import settings_of
from connectors.transport import Transport
from tests.connectors.helpers import NOW

ANN = "brandlift-4100"
FIELDS = {"name": "Ann Holt", "email": "ann.holt@example.com", "points": "-40"}


@pytest.fixture
def brandlift(transport: Transport) -> BrandLift:
    return open_brandlift(BrandLiftSettings(), transport)


@pytest.mark.parametrize(
    ("operation", "call"),
    [
        (Operation.IDENTIFY, lambda it: it.identify()),
        (Operation.FIND_MEMBER, lambda it: it.find_members(email="ann.holt@example.com")),
        (Operation.FIND_MEMBER, lambda it: it.member(ANN)),
        (Operation.READ_BALANCE, lambda it: it.balance(Member(id=ANN))),
        (Operation.READ_LEDGER, lambda it: it.ledger(ANN, since=NOW - timedelta(days=1), until=NOW)),
        (Operation.ADJUST_POINTS, lambda it: it.adjust_points(ANN, points=Decimal(1), note="n")),
    ],
)
def test_every_call_says_why_not(brandlift: BrandLift, operation: Operation, call: Any) -> None:
    with pytest.raises(Unsupported, match="BrandLift has no public API") as error:
        call(brandlift)
    assert (error.value.vendor, error.value.detail) == ("brandlift", operation)


def test_nothing_can_be_read_back(brandlift: BrandLift) -> None:
    assert brandlift.find_adjustment(ANN, operation_id="op", since=NOW) == "cannot_tell"
    supports = brandlift.capabilities.operations.values()
    assert not any(support.supported or support.reads_back for support in supports)
    assert brandlift.capabilities.finds_by == frozenset()


def test_the_steps_of_an_adjustment(brandlift: BrandLift) -> None:
    steps = [step.format_map(FIELDS) for step in brandlift.capabilities.of(Operation.ADJUST_POINTS).steps]
    assert steps[0] == "Open BrandLift in Shopify, go to Customers and open Ann Holt (ann.holt@example.com)."
    assert steps[2] == "Enter -40; a number with a minus takes points away."


def test_nothing_is_set(world: World) -> None:
    assert settings_of(world.stores["ivy"], {"shopify": "http://127.0.0.1:9"})[1] == {"vendor": "brandlift"}
    with pytest.raises(ValidationError):
        BrandLiftSettings(api_key="k")  # type: ignore[call-arg]
    assert REGISTRY["brandlift"].read_webhook is None


def test_every_fact_of_adjusting_has_a_situation() -> None:
    covered = {fact for s in SCENARIOS.values() if s.id.startswith("brandlift_") for fact in s.covers}
    assert {f"P{n}" for n in range(1, 8)} <= covered


# -- what people do on its screens ------------------------------------------------------------------------------------


def balances(world: World, *members: str) -> list[float]:
    return [world.stores["ivy"].contacts[member].points for member in members]


def test_one_balance_is_changed(world: World) -> None:
    world.by_hand("brandlift", "adjust", store="ivy", member_id=ANN, points=-40, reason="ref op_1", comment="Sorry")
    made = world.stores["ivy"].contacts[ANN].events[-1]
    assert (made.value, made.note, made.extra) == (-40, "ref op_1", {"brandlift_comment": "Sorry"})
    assert balances(world, ANN) == [110]


def test_many_are_changed_by_one_amount(world: World) -> None:
    world.by_hand("brandlift", "bulk", store="ivy", members=[ANN, "Ben.Kerr@example.com"], points=10)
    assert balances(world, ANN, "brandlift-4101") == [160, 170]


def test_a_file_counts_each_time(world: World) -> None:
    for _ in range(2):
        world.by_hand("brandlift", "import", store="ivy", rows={"ann.holt@example.com": 25})
    assert balances(world, ANN) == [200]


def test_somebody_who_is_not_there(world: World) -> None:
    with pytest.raises(LookupError):
        world.by_hand("brandlift", "bulk", store="ivy", members=[ANN, "nobody"], points=10)
    assert balances(world, ANN) == [150]


def test_orders_earn(world: World) -> None:
    sale = next(s for s in world.stores["ivy"].sales.values() if s.customer_id == 4100)
    sale.posted = False
    world.nightly()
    assert balances(world, ANN) == [150 + sale.before_tax]
    assert sale.posted is True
