from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from pydantic import ValidationError

from connectors.contract import Identity, Operation, Sale
from connectors.dutchie.client import Dutchie, open_dutchie
from connectors.dutchie.settings import DutchieSettings
from connectors.errors import Denied, NotFound, Rejected, UnknownOutcome, Unreachable
from connectors.sandbox import Fault, SandboxServers, World
from connectors.transport import Transport
from tests.connectors.helpers import NOW, http, raw_server


def opened(servers: SandboxServers, transport: Transport, **settings: object) -> Dutchie:
    return open_dutchie(DutchieSettings(base_url=servers.urls["dutchie"], **settings), transport)


def over(url: str, transport: Transport) -> Dutchie:
    return open_dutchie(DutchieSettings(base_url=url, api_key="k"), transport)


# -- identity ---------------------------------------------------------------------------------------------------------


def test_identity_and_roles(pos: Dutchie) -> None:
    assert pos.identify() == Identity(
        account="Harbor Green LLC",
        location="Harbor Green - Pine St",
        shares_customers=True,
        allowed=dict.fromkeys(("Customer", "Reporting", "PreOrder", "Inventory", "Employee"), True),
    )


def test_roles_that_a_key_lacks(world: World, servers: SandboxServers, transport: Transport) -> None:
    limited = opened(servers, transport, api_key="sandbox-pine-customers-only")
    assert limited.identify().allowed == {
        "Customer": True,
        "Reporting": False,
        "PreOrder": False,
        "Inventory": False,
        "Employee": False,
    }
    cannot = limited.identify().cannot
    assert cannot == {
        Operation.READ_SALES,
        Operation.READ_REGISTER_ENTRIES,
        Operation.SNAPSHOT_BALANCES,
        Operation.READ_ONLINE_ORDERS,
        Operation.READ_EMPLOYEES,
        Operation.READ_DISCOUNTS,
    }
    with pytest.raises(Denied):
        limited.sale("5512061")


def test_a_role_that_cannot_be_probed_is_left_out(world: World, pos: Dutchie) -> None:
    world.fault(Fault("status", path="/employees", code=503))
    assert set(pos.identify().allowed) == {"Customer", "Reporting", "PreOrder", "Inventory"}


def test_a_wrong_key(world: World, servers: SandboxServers, transport: Transport) -> None:
    with pytest.raises(Denied):
        opened(servers, transport, api_key="wrong").identify()


def test_the_integrator_key_goes_into_the_password(transport: Transport) -> None:
    settings = DutchieSettings(base_url="http://127.0.0.1:1", api_key="one", integrator_key="two")
    assert open_dutchie(settings, transport)._links[0].headers == {"Authorization": "Basic b25lOnR3bw=="}


def test_an_identity_nobody_can_read(transport: Transport) -> None:
    with raw_server(*[http("200 OK", b"[]")] * 6) as (url, _), pytest.raises(Unreachable, match="nobody can read"):
        over(url, transport).identify()


# -- customers --------------------------------------------------------------------------------------------------------


def test_found_once_though_both_criteria_match(pos: Dutchie) -> None:
    found = pos.find_customers(phone="+13035550153", email="WILL.TANNER@example.com")
    assert [(c.id, c.name, c.phone, c.live) for c in found] == [("880153", "Will Tanner", "+13035550153", True)]


def test_several_and_none(pos: Dutchie) -> None:
    assert [c.id for c in pos.find_customers(email="priya.nair@example.com")] == ["880201", "880202"]
    assert pos.find_customers(phone="+13035550199") == []
    assert pos.find_customers() == []


def test_merged_is_found_and_archived_is_hidden_but_readable(world: World, pos: Dutchie) -> None:
    merged = pos.find_customers(phone="+13035550157")
    assert [(c.id, c.status, c.merged_into) for c in merged] == [("880801", "merged", "880802")]
    assert [c.id for c in pos.find_customers(phone="+13035550158")] == ["880902"]
    assert pos.customer("880901").status == "archived"
    world.settings.archived_by_id = False
    with pytest.raises(NotFound):
        pos.customer("880901")


@pytest.mark.parametrize("customer_id", ["1", "0", "abc", "", "99999999999999"])
def test_unknown_ids(pos: Dutchie, customer_id: str) -> None:
    with pytest.raises(NotFound):
        pos.customer(customer_id)


def test_two_menus_are_one_register(world: World, servers: SandboxServers, transport: Transport) -> None:
    medical = {"menu": "medical", "api_key": "sandbox-pine-medical"}
    recreational = {"menu": "recreational", "api_key": "sandbox-pine-recreational"}
    one = opened(servers, transport, keys=[recreational])
    both = opened(servers, transport, keys=[recreational, medical])
    assert one.find_customers(phone="+13035550100") == []
    with pytest.raises(NotFound):
        one.customer("870100")
    assert [c.id for c in both.find_customers(phone="+13035550100")] == ["870100"]
    assert both.customer("870100").name == "Abel Stone"
    sold = both.sales(["870100", "880153"], since=NOW - timedelta(days=7), until=NOW)
    assert {s.customer_id for s in sold} == {"870100", "880153"}
    both.change_phone("870100", expected="+13035550100", new="+13035550198", operation_id="op")
    assert world.customer(870100).phone == "3035550198"
    both.write_note("870100", subject="s", body="b", at=NOW)
    assert [j.customer_id for j in world.stores["pine"].journal] == [870100]
    assert both.identify().allowed["Customer"] is True


def test_answers_in_unknown_shapes(transport: Transport) -> None:
    for body in (b'{"0": {}}', b'["x"]', b'[{"customerId": null}]', b"null", b""):
        with raw_server(*[http("200 OK", body)] * 2) as (url, _):
            register = over(url, transport)
            with pytest.raises(Unreachable, match="nobody can read"):
                register.find_customers(phone="+13035550153")
    with raw_server(http("200 OK", b'[{"customerId": 6}]')) as (url, _), pytest.raises(Unreachable):
        over(url, transport).customer("5")


# -- sales ------------------------------------------------------------------------------------------------------------


def test_sales_of_a_window(pos: Dutchie) -> None:
    sold = pos.sales(["880941"], since=NOW - timedelta(days=3), until=NOW)
    first = Sale(
        id="5512058",
        customer_id="880941",
        at=NOW - timedelta(days=2),
        total=Decimal("51.75"),
        before_tax=Decimal("45.0"),
        source="Register",
    )
    second = Sale(
        id="5512060",
        customer_id="880941",
        at=NOW - timedelta(days=1),
        total=Decimal("-51.75"),
        before_tax=Decimal("-45.0"),
        is_return=True,
        returns_sale_id="5512058",
        source="Register",
    )
    assert sold == [first, second]


def test_a_long_window_is_read_in_weeks(world: World, pos: Dutchie) -> None:
    sold = pos.sales(["880153", "880952"], since=NOW - timedelta(days=40), until=NOW)
    assert [(s.customer_id, (NOW - s.at).days) for s in sold] == [
        ("880153", 33),
        ("880153", 12),
        ("880153", 4),
        ("880952", 1),
    ]
    assert world.counts["dutchie GET /reporting/transactions"] == 6
    assert pos.sales(["880153"], since=NOW, until=NOW) == []


def test_only_retail(world: World, pos: Dutchie) -> None:
    world.stores["pine"].sales[5512061].kind = "Transfer"
    with pytest.raises(NotFound):
        pos.sale("5512061")


def test_one_sale(pos: Dutchie) -> None:
    assert pos.sale("5512061").customer_id == "880952"
    assert pos.sale("5512059").is_void is True
    for unknown in ("1", "x", "99999999999999"):
        with pytest.raises(NotFound):
            pos.sale(unknown)


def test_sales_in_an_unknown_shape(transport: Transport) -> None:
    with raw_server(http("200 OK", b'[{"id": "x"}]')) as (url, _), pytest.raises(Unreachable):
        over(url, transport).sale("5")


# -- writes -----------------------------------------------------------------------------------------------------------


def test_a_changed_phone_and_nothing_else(world: World, pos: Dutchie) -> None:
    before = pos.customer("880123")
    pos.change_phone("880123", expected="+13035550177", new="+13035550142", operation_id="op")
    after = pos.customer("880123")
    assert after == before.model_copy(update={"phone": "+13035550142", "modified_at": NOW})
    # Again: it is what was wanted already, so nothing is sent.
    pos.change_phone("880123", expected="+13035550177", new="+13035550142", operation_id="op")
    assert world.counts["dutchie POST /customer/customer"] == 1


def test_a_phone_that_moved(world: World, pos: Dutchie) -> None:
    with pytest.raises(Rejected, match="changed in the meantime"):
        pos.change_phone("880123", expected="+13035550100", new="+13035550142", operation_id="op")
    assert world.counts["dutchie POST /customer/customer"] == 0


def test_a_first_phone(world: World, pos: Dutchie) -> None:
    pos.change_phone("880202", expected=None, new="+13035550190", operation_id="op")
    assert world.customer(880202).phone == "3035550190"


def test_obstacles_forbid_the_write(world: World, pos: Dutchie) -> None:
    world.customer(880123).city = None
    with pytest.raises(Rejected, match="the profile has no city"):
        pos.change_phone("880123", expected="+13035550177", new="+13035550142", operation_id="op")
    assert world.counts["dutchie POST /customer/customer"] == 0


def test_a_write_that_is_confirmed_with_another_number(transport: Transport) -> None:
    row = {
        "customerId": 5,
        "firstName": "A",
        "address1": "B",
        "city": "C",
        "state": "CO",
        "postalCode": "8",
        "status": "Active",
        "customerType": "Adult Use",
        "phone": "3035550177",
    }
    whole = json.dumps([row]).encode()
    for answer in (json.dumps(row).encode(), b"[]"):
        with raw_server(http("200 OK", whole), http("200 OK", answer)) as (url, _), pytest.raises(UnknownOutcome):
            over(url, transport).change_phone("5", expected="+13035550177", new="+13035550142", operation_id="op")


def test_the_register_shows_a_write_late(world: World, pos: Dutchie) -> None:
    world.settings.pos_delay_s = 120
    pos.change_phone("880123", expected="+13035550177", new="+13035550142", operation_id="op")
    assert pos.customer("880123").phone == "+13035550177"
    world.move(minutes=3)
    assert pos.customer("880123").phone == "+13035550142"


def test_a_note(world: World, pos: Dutchie) -> None:
    pos.write_note("880123", subject="Phone corrected", body="Operation op_1", at=NOW)
    (entry,) = world.stores["pine"].journal
    assert (entry.customer_id, entry.subject, entry.body, entry.at) == (
        880123,
        "Phone corrected",
        "Operation op_1",
        NOW,
    )
    with pytest.raises(NotFound):
        pos.write_note("x", subject="s", body="b", at=NOW)


# -- settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "either api_key or keys"),
        ({"api_key": "a", "keys": [{"menu": "medical", "api_key": "b"}]}, "either api_key or keys"),
        ({"keys": [{"menu": "medical", "api_key": "b"}] * 2}, "each menu may have one key"),
        ({"api_key": "a", "apikey": "b"}, "Extra inputs"),
        ({"api_key": "a", "base_url": "api.pos.dutchie.com"}, "full address"),
        ({"api_key": "a", "base_url": "http://api.pos.dutchie.com"}, "must use https"),
        ({"api_key": "a", "base_url": "https://me:pw@api.pos.dutchie.com"}, "must not carry"),
    ],
)
def test_settings_that_cannot_be(settings: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        DutchieSettings(**settings)
