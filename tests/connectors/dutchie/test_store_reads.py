"""What Dutchie tells of the store, value by value, and the writes beside the phone."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.contract import (
    CheckedIn,
    Discount,
    Employee,
    Merges,
    NativeRow,
    OnlineOrder,
    Operation,
    ProfileNote,
    RegisterEntry,
    SetsLink,
    ShowsCheckedIn,
    part,
)
from connectors.dutchie.client import Dutchie, open_dutchie
from connectors.dutchie.day import Deal
from connectors.dutchie.settings import DutchieSettings
from connectors.dutchie.store_mapping import (
    both_lists,
    checked_in_from,
    employee_from,
    listed_discount,
    native_row_from,
    note_from,
    online_order_from,
    register_entry_from,
    reported_discount,
)
from connectors.errors import Denied, NotFound, Rejected, Throttled, UnknownOutcome, Unreachable, Unsupported
from connectors.sandbox import Fault, SandboxServers, World
from connectors.transport import Transport
from tests.connectors.helpers import NOW, http, raw_server


def answering(transport: Transport, url: str) -> Dutchie:
    return open_dutchie(DutchieSettings(base_url=url, api_key="k"), transport)


def plain(value: Any) -> bytes:
    return http("200 OK", json.dumps(value).encode())


def test_discounts_from_both_lists(world: World, pos: Dutchie) -> None:
    reward, summer = pos.discounts()
    assert reward == Discount(
        id="9001",
        name="AIQ $5 off",
        kind="Dollar",
        applied_by="By Alpine IQ",
        external_id="9001",
        locations=("Harbor Green - Pine St",),
        loyalty=True,
        one_item=True,
    )
    assert (summer.id, summer.active, summer.weekdays) == ("9003", False, ("friday",))
    assert summer.ends_at == NOW - timedelta(days=200)
    assert [r.path for r in world.requests] == ["/reporting/discounts", "/discounts/v2/list"]


@pytest.mark.parametrize("denied", ["/reporting/discounts", "/discounts/v2/list"])
def test_one_list_is_enough(world: World, pos: Dutchie, denied: str) -> None:
    world.fault(Fault("denied", path=denied))
    assert [d.id for d in pos.discounts()] == ["9001", "9003"]


def test_both_lists_denied(world: World, pos: Dutchie) -> None:
    world.fault(Fault("denied", path="discounts"))
    with pytest.raises(Denied):
        pos.discounts()


def test_the_newer_list_with_a_gap_is_filled(world: World, pos: Dutchie) -> None:
    with world.lock:
        deals = world.stores["pine"].own["dutchie"].deals
        deals[:] = [Deal(9005, "Only deleted", deleted=True)]
    assert pos.discounts() == []


def test_discount_rows_of_every_shape() -> None:
    assert reported_discount({"discountId": 0}) is None
    assert reported_discount({"discountId": 4, "isDeleted": True}) is None
    weekly = {f"appliesOn{day}": True for day in ("Monday", "Sunday")}
    row = reported_discount(
        {
            "discountId": 4,
            "weeklyRecurrenceInfo": weekly,
            "appliesToLocations": [{"locationName": "A"}, 5, {"locationName": None}],
            "discountGroups": [{"discountGroupName": "Locals"}],
            "applicationMethod": "Manual",
        }
    )
    assert row == Discount(
        id="4",
        name="",
        applied_by="Manual",
        weekdays=("monday", "sunday"),
        locations=("A",),
        groups=("Locals",),
    )
    assert listed_discount({"id": None}) is None
    assert listed_discount({"id": 4, "onlineName": "X", "applicationMethod": "Loyalty"}) == Discount(
        id="4", name="X", applied_by="Loyalty", loyalty=True
    )
    listed = Discount(id="4", name="Y", external_id="7", active=False)
    assert both_lists(row, listed) == row.model_copy(update={"name": "Y", "external_id": "7", "active": False})
    with pytest.raises(ValueError):
        both_lists(None, None)


def test_the_journal(world: World, pos: Dutchie) -> None:
    pos.write_note("880153", subject="Checked", body="All is well", at=NOW)
    assert pos.notes("880153") == [ProfileNote(id="1", at=NOW, subject="Checked", body="All is well")]
    assert pos.notes("880123") == []
    with pytest.raises(NotFound):
        pos.notes("nobody")


def test_the_drawer(world: World, pos: Dutchie) -> None:
    entries = pos.register_entries(since=NOW - timedelta(days=9), until=NOW)
    mine = [e for e in entries if e.sale_id == "5512059"]
    sold = NOW - timedelta(days=1)
    assert mine == [
        RegisterEntry(id="11024118", kind="Sale", at=sold, amount=Decimal("74.75"), by="Riley Snow", sale_id="5512059"),
        RegisterEntry(
            id="11024119",
            kind="Adjustment",
            at=sold + timedelta(minutes=5),
            amount=Decimal("-74.75"),
            by="Riley Snow",
            sale_id="5512059",
            reason="Void",
        ),
    ]
    assert {e.kind for e in entries} == {"Sale", "Return", "Adjustment"}
    assert len([r for r in world.requests if r.path == "/reporting/register-transactions"]) == 2


def test_people_and_orders_of_the_day(world: World, pos: Dutchie) -> None:
    assert pos.employees() == [
        Employee(id="41", name="Riley Snow", active=True, groups=("Budtender", "Loyalty")),
        Employee(id="42", name="Kim Vale", active=False),
    ]
    assert pos.checked_in() == [CheckedIn(customer_id="870101", sale_id="9870101", status="Waiting")]
    order = OnlineOrder(
        id="77001",
        customer_id="870100",
        status="submitted",
        at=NOW - timedelta(hours=2),
        total=Decimal(35),
        cancellable=True,
    )
    assert pos.online_orders() == [order]
    assert pos.online_orders("77001") == [order]
    for unknown in ("5", "nothing"):
        with pytest.raises(NotFound):
            pos.online_orders(unknown)


def test_open_orders_that_are_refused(world: World, pos: Dutchie) -> None:
    world.fault(Fault("status", code=400, path="/preorder"))
    with pytest.raises(Rejected):
        pos.online_orders()


def test_rows_without_an_id_are_none() -> None:
    readers = (register_entry_from, employee_from, checked_in_from, online_order_from, note_from, native_row_from)
    assert [read({"x": 1}) for read in readers] == [None] * len(readers)
    assert native_row_from({"customerId": 5, "loyaltyBalance": "x"}) is None


def test_an_answer_of_rows_nobody_knows(transport: Transport) -> None:
    with raw_server(plain([{"x": 1}])) as (url, _), pytest.raises(Unreachable, match="nobody can read"):
        answering(transport, url).employees()


def test_the_nightly_points(world: World, servers: SandboxServers, transport: Transport) -> None:
    native = open_dutchie(DutchieSettings(base_url=servers.urls["dutchie"], api_key="sandbox-koa-pos"), transport)
    snapshot = native.native_snapshot(at=NOW)
    assert snapshot.rows["4100"] == NativeRow(
        customer_id="4100", balance=Decimal(150), earned=Decimal(150), spent=Decimal(0)
    )
    assert (snapshot.taken_at, snapshot.as_of) == (NOW, datetime(2026, 3, 2, tzinfo=UTC))
    with pytest.raises(Throttled):
        native.native_snapshot(at=NOW)
    world.move(minutes=1.1)
    assert native.native_snapshot(at=NOW).rows.keys() == snapshot.rows.keys()


def test_a_store_of_a_third_party_has_zeros(world: World, pos: Dutchie) -> None:
    assert {row.balance for row in pos.native_snapshot(at=NOW).rows.values()} == {Decimal(0)}


def test_finding_by_other_keys(world: World, pos: Dutchie) -> None:
    with world.lock:
        will = world.customer(880153)
        will.date_of_birth = datetime(1990, 4, 2, tzinfo=UTC)
        will.external_id = "ext-1"
        will.extra |= {"licence": "D123", "medical_id": "M9", "groups": ("Locals",), "springbig_member_id": 700123}
    (found,) = pos.find_customers_by(last_name="tanner", birth_date=date(1990, 4, 2))
    assert (found.id, found.birth_date, found.groups) == ("880153", date(1990, 4, 2), ("Locals",))
    assert found.links == {"springbig": "700123"}
    assert pos.customer("880123").links == {"springbig": None}
    assert pos.find_customers_by(last_name="tanner", birth_date=date(1990, 4, 2), first_name="Bill") == []
    assert [c.id for c in pos.find_customers_by(licence="D123", first_name="will")] == ["880153"]
    assert [c.id for c in pos.find_customers_by(medical_id="M9")] == ["880153"]
    assert [c.id for c in pos.find_customers_by(external_id="ext-1")] == ["880153"]
    assert pos.find_customers_by(external_id="ext-2") == []
    for name in ({"last_name": "Tanner"}, {"first_name": "Will"}, {}):
        with pytest.raises(Unsupported, match="by a name alone"):
            pos.find_customers_by(**name)


def test_changing_the_email(world: World, pos: Dutchie) -> None:
    pos.change_email("880153", expected="will.tanner@example.com", new="will@example.com", operation_id="op")
    assert world.customer(880153).email == "will@example.com"
    pos.change_email("880153", expected="whatever@example.com", new="will@example.com", operation_id="op")
    with pytest.raises(Rejected, match="changed in the meantime"):
        pos.change_email("880153", expected="will.tanner@example.com", new="x@example.com", operation_id="op")
    with world.lock:
        world.customer(880153).city = None
    with pytest.raises(Rejected, match="no city"):
        pos.change_email("880153", expected="will@example.com", new="x@example.com", operation_id="op")


def test_marking_a_member(world: World, pos: Dutchie) -> None:
    assert world.customer(880154).is_loyalty_member is None
    pos.mark_member("880154", operation_id="op")
    pos.mark_member("880154", operation_id="op")
    assert world.customer(880154).is_loyalty_member is True
    assert len([r for r in world.requests if r.path == "/customer/customer"]) == 1


@pytest.mark.parametrize("write", ["change_email", "mark_member"])
def test_a_save_that_answers_something_else(transport: Transport, write: str) -> None:
    row = {
        "customerId": 7,
        "firstName": "A",
        "address1": "1 A St",
        "city": "Denver",
        "state": "CO",
        "postalCode": "80202",
        "status": "Active",
        "customerType": "Adult Use",
        "emailAddress": None,
    }
    with raw_server(plain([row]), plain(row)) as (url, _), pytest.raises(UnknownOutcome):
        if write == "mark_member":
            answering(transport, url).mark_member("7", operation_id="op")
        else:
            answering(transport, url).change_email("7", expected=None, new="a@example.com", operation_id="op")


def test_parts_by_name(pos: Dutchie) -> None:
    assert part(pos, ShowsCheckedIn, Operation.READ_CHECKED_IN) is pos
    with pytest.raises(Unsupported, match="no merge in its API"):
        part(pos, Merges, Operation.MERGE_CUSTOMERS)
    with pytest.raises(Unsupported, match="the phone on the profile"):
        part(pos, SetsLink, Operation.SET_LINK)
