"""Dutchie's own points: last night's balances, what sales earned, enrolment, and nothing invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from connectors.contract import Balance, Enrolment, LedgerEntry, Member, MemberTier, Operation
from connectors.dutchie.native import DutchieLoyalty, open_dutchie_loyalty
from connectors.dutchie.settings import DutchieSettings
from connectors.errors import NotFound, Rejected, Unreachable, Unsupported
from connectors.sandbox import SandboxServers, World
from connectors.transport import Transport
from tests.connectors.helpers import NOW

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def native(world: World, servers: SandboxServers, transport: Transport) -> DutchieLoyalty:
    settings = DutchieSettings(base_url=servers.urls["dutchie"], api_key="sandbox-koa-pos")
    return open_dutchie_loyalty(settings, transport)


def test_a_member_is_a_profile(native: DutchieLoyalty) -> None:
    ann = Member(
        id="4100",
        first_name="Ann",
        last_name="Holt",
        phone="+13035550100",
        email="ann.holt@example.com",
        enrolled=True,
        source_id="4100",
        source="dutchie",
    )
    assert native.find_members(phone="+13035550100") == [ann]
    assert native.find_members(email="ann.holt@example.com") == [ann]
    assert native.find_members(source_id="4100") == [ann]
    assert native.find_members(phone="+13035559999") == []
    native.native_snapshot(at=NOW)
    assert native.member("4100") == ann.model_copy(update={"balance": Decimal(150)})
    with pytest.raises(ValueError):
        native.find_members()
    with pytest.raises(NotFound):
        native.member("5")


def test_a_balance_needs_last_nights_file(world: World, native: DutchieLoyalty) -> None:
    gwen = native.member("5101")
    with pytest.raises(Unreachable, match="not loaded yet"):
        native.balance(gwen)
    kept = native.native_snapshot(at=NOW)
    assert native.balance(gwen) == Balance(points=Decimal(220), as_of=MIDNIGHT)
    assert native.balance(Member(id="none")) == Balance(points=Decimal(0), as_of=MIDNIGHT)
    world.move(minutes=24 * 60)
    world.nightly()
    tomorrow = native.native_snapshot(at=world.now())
    assert native.balance(gwen) == Balance(points=Decimal(260), as_of=MIDNIGHT + timedelta(days=1))
    native.use_snapshot(kept)
    assert native.balance(gwen).points == 260
    assert tomorrow.rows["5101"].balance == 260


def test_the_register_changes_points_and_the_next_file_shows_it(world: World, native: DutchieLoyalty) -> None:
    world.by_hand("dutchie", "type_new_total", store="koa", customer_id=5102, total=800, reason="Brought over")
    native.native_snapshot(at=NOW)
    assert native.balance(native.member("5102")).points == 0
    world.move(minutes=24 * 60)
    world.nightly()
    native.native_snapshot(at=world.now())
    assert native.balance(native.member("5102")).points == 800


def test_what_sales_earned(world: World, native: DutchieLoyalty) -> None:
    with world.lock:
        sale = world.stores["koa"].sales[5513101]
        sale.extra["points_spent"] = 25.0
    ledger = native.ledger("5101", since=NOW - timedelta(days=7), until=NOW)
    assert ledger.entries[-2:] == (
        LedgerEntry(at=NOW - timedelta(hours=1), kind="earn", points=Decimal(40), reference="5513101"),
        LedgerEntry(at=NOW - timedelta(hours=1), kind="redeem", points=Decimal(-25), reference="5513101"),
    )
    assert ledger.since is None
    whole = native.ledger("5101", since=NOW - timedelta(days=90), until=NOW)
    assert whole.since == NOW - timedelta(days=28)
    with world.lock:
        sale.voided_at = NOW
    assert all(e.reference != "5513101" for e in native.ledger("5101", since=whole.since, until=NOW).entries)


def test_enrolling_sets_the_flag(world: World, native: DutchieLoyalty) -> None:
    with world.lock:
        world.customer(4100, store="koa").is_loyalty_member = None
    person = Enrolment(first_name="Ann", last_name="Holt", source_id="4100")
    assert native.enroll(person, operation_id="op") == "4100"
    assert world.customer(4100, store="koa").is_loyalty_member is True
    with pytest.raises(Rejected, match="profile in the register first"):
        native.enroll(person.model_copy(update={"source_id": None}), operation_id="op")


def test_tiers_are_names_on_profiles(native: DutchieLoyalty) -> None:
    assert native.tiers() == []
    assert native.member_tier("5103") == MemberTier(name="Bronze")
    assert native.member_tier("4100") == MemberTier(name=None)


def test_points_are_changed_by_a_person(native: DutchieLoyalty) -> None:
    with pytest.raises(Unsupported, match="at the register only"):
        native.adjust_points("4100", points=Decimal(5), note="op")
    assert native.find_adjustment("4100", operation_id="op", since=NOW) == "cannot_tell"
    support = native.capabilities.of(Operation.ADJUST_POINTS)
    assert support.mode == "guided"
    shown = [step.format(name="Ann Holt", customer_id="4100", target="155", points="+5") for step in support.steps]
    assert shown[2] == "Type the new total: 155. That is +5 points from the total now."
