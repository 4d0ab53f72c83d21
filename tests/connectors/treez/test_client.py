from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.contract import CheckedIn, Operation, ProfileNote, part
from connectors.contract import ListsDiscounts as Discounts
from connectors.errors import NotFound, Rejected, Throttled, UnknownOutcome, Unreachable, Unsupported
from connectors.sandbox import Fault, SandboxServers, World
from connectors.transport import Transport
from connectors.treez.client import Treez, open_treez
from connectors.treez.sandbox_tickets import ticket_id
from connectors.treez.settings import TreezSettings
from tests.connectors.helpers import NOW, Naps, http, raw_server
from tests.connectors.treez.conftest import WIRE, Open
from tests.connectors.treez.test_access import V3, signed


def over(url: str, transport: Transport, **other: Any) -> Treez:
    return open_treez(TreezSettings(base_url=url, dispensary="elm", **V3, **other), transport)


def said(data: Any, **more: Any) -> bytes:
    return http("200 OK", json.dumps({"resultCode": "SUCCESS", "data": data, **more}).encode())


# -- customers --------------------------------------------------------------------------------------------------------


def test_found_once_by_both_keys(world: World, elm: Treez, old: Treez) -> None:
    for pos in (elm, old):
        found = pos.find_customers(phone="+13035550100", email="ANN.HOLT@example.com")
        assert [(c.id, c.name, c.phone, c.email, c.live) for c in found] == [
            ("4100", "Ann Holt", "+13035550100", "ann.holt@example.com", True)
        ]


def test_phones_that_treez_cannot_hold_are_not_asked_for(world: World, elm: Treez) -> None:
    assert elm.find_customers(phone="+11035550100") == []
    assert elm.find_customers(phone="+442071838750") == []
    assert elm.find_customers() == []
    assert not world.requests


def test_lookups_hide_what_is_deactivated_and_ids_show_it(elm: Treez) -> None:
    assert elm.find_customers(phone="+13035550178") == []
    assert elm.customer("4610").phone == "+13035550178"
    assert [c.merged_from for c in elm.find_customers(phone="+13035550177")] == [("4608",)]
    for unknown in ("1", "x", "", "0"):
        with pytest.raises(NotFound):
            elm.customer(unknown)


def test_other_keys(elm: Treez) -> None:
    (both,) = [{c.id for c in elm.find_customers_by(first_name="vera", last_name="novak")}]
    assert both == {"4606", "4607"}
    born = elm.customer("4606").birth_date
    assert elm.customer("4607").birth_date == born
    assert len(elm.find_customers_by(first_name="Vera", last_name="Novak", birth_date=born)) == 2
    assert elm.find_customers_by(first_name="Vera", last_name="Novak", birth_date=date(1901, 1, 1)) == []
    assert elm.find_customers_by(first_name="No", last_name="Body") == []
    world_licence = "LIC0"
    assert elm.find_customers_by(licence=world_licence) == []
    for keys in ({"medical_id": "M"}, {"external_id": "E"}, {"last_name": "Novak"}, {"birth_date": born}):
        with pytest.raises(Unsupported):
            elm.find_customers_by(**keys)


def test_a_licence_names_a_person(world: World, elm: Treez) -> None:
    licence = world.customer(4606, store="elm").extra["treez_licence"]
    assert {c.id for c in elm.find_customers_by(licence=licence)} == {"4606", "4607"}
    assert elm.find_customers_by(licence=licence, first_name="Ann") == []


def test_a_note_and_who_is_here(world: World, elm: Treez) -> None:
    assert elm.notes("4100") == []
    assert elm.checked_in() == []
    ann = world.customer(4100, store="elm")
    ann.notes, ann.extra["treez_checked_in"] = "Likes tea", True
    assert elm.notes("4100") == [ProfileNote(id="4100", at=None, subject="Notes", body="Likes tea")]
    assert elm.checked_in() == [CheckedIn(customer_id="4100")]
    with pytest.raises(Unsupported, match="one free note"):
        elm.write_note("4100", subject="s", body="b", at=NOW)


def test_medical_profiles_carry_their_card(world: World, elm: Treez) -> None:
    assert world.customer(4100, store="elm").is_medical
    assert elm.customer("4100").phone_obstacles == ()


# -- sales ------------------------------------------------------------------------------------------------------------


def test_sales_of_several_people(world: World, elm: Treez, old: Treez) -> None:
    for pos in (elm, old):
        sold = pos.sales(["4612", "4613", "4613", "x"], since=NOW - timedelta(days=3, hours=1), until=NOW)
        assert [(s.customer_id, s.number, s.before_tax, s.cancelled, s.is_return, s.earns) for s in sold][:2] == [
            ("4612", "RTN555", Decimal("48.0"), False, False, True),
            ("4613", "OFF777", Decimal("30.0"), True, False, True),
        ]
        assert [(s.before_tax, s.is_return, s.earns, s.cancelled) for s in sold][2:] == [
            (Decimal("-48.0"), True, True, False),
            (Decimal("25.0"), False, False, False),
            (Decimal("42.0"), False, True, True),
        ]
        assert sold[2].returns_sale_id == sold[0].id
        assert {s.points_earned for s in sold} == {None}


def test_points_only_of_the_native_program(opened: Open, world: World) -> None:
    sold = opened(native_rewards=True).sales(["4612"], since=NOW - timedelta(days=4), until=NOW)
    assert {s.points_earned for s in sold} == {Decimal(0)}


def test_all_pages_are_read(world: World, elm: Treez) -> None:
    store = world.stores["elm"]
    sale = next(s for s in store.sales.values() if s.customer_id == 4100)
    for n in range(100):
        store.sales[5_800_000 + n] = type(sale)(5_800_000 + n, 4100, NOW - timedelta(minutes=n), 10)
    sold = elm.sales(["4100"], since=NOW - timedelta(days=1), until=NOW)
    assert len({s.id for s in sold}) == 100
    assert world.counts["treez GET /dispensary/v3/elm/ticket/customer/4100/page/3/pagesize/50"] == 1


def test_a_list_that_does_not_end(transport: Transport) -> None:
    page = [{"ticket_id": f"t{n}"} for n in range(50)]
    with (
        raw_server(*[said(None, ticketList=page)] * 40) as (url, _),
        pytest.raises(Unreachable, match="nobody can read"),
    ):
        over(url, transport).sales(["1"], since=NOW, until=NOW)


def test_one_sale_by_number_or_id(world: World, elm: Treez) -> None:
    by_number = elm.sale("walk42")
    assert (by_number.number, by_number.customer_id, by_number.source) == ("WALK42", None, "In store")
    assert elm.sale(ticket_id(world.stores["elm"], 5700042).upper()) == by_number
    for unknown in ("NOBODY", "x", "a/b", "aaaaaaaa-0000-4000-8000-000000000001"):
        with pytest.raises(NotFound):
            elm.sale(unknown)


def test_orders_from_the_web(elm: Treez) -> None:
    (order,) = elm.online_orders()
    assert (order.id, order.status, order.customer_id) == ("WEB424", "PACKED_READY", "4613")
    assert elm.online_orders("WEB424") == [order]


def test_tickets_in_unknown_shapes(transport: Transport) -> None:
    for data in ([{"number": 1}], "x", [1]):
        with raw_server(said(data)) as (url, _), pytest.raises(Unreachable):
            over(url, transport).sale("WALK42")
    with raw_server(said([])) as (url, _), pytest.raises(Unreachable):
        over(url, transport).sale("WALK42")
    preview = {"ticket_id": "t", "order_status": "PREVIEW", "total": 1, "date_created": "2026-01-01T00:00:00Z"}
    with raw_server(said(preview)) as (url, _), pytest.raises(NotFound):
        over(url, transport).sale("WALK42")


# -- discounts and stores ---------------------------------------------------------------------------------------------


def test_rewards_among_the_discounts(elm: Treez) -> None:
    rows = part(elm, Discounts, Operation.READ_DISCOUNTS).discounts()
    assert [(d.name, d.kind, d.active, d.loyalty, d.points, d.applied_by, len(d.locations)) for d in rows] == [
        ("Weekend special", "PERCENT", True, False, None, "the register", 2),
        ("$5 loyalty reward", "DOLLAR", True, True, Decimal(100), "staff", 2),
        ("$20 loyalty reward", "DOLLAR", True, True, Decimal(350), "staff", 1),
        ("Old loyalty reward", "DOLLAR", False, True, Decimal(200), "staff", 2),
    ]


def test_stores_of_the_organisation(elm: Treez) -> None:
    assert [(s.name, s.active) for s in elm.stores()] == [
        ("Harbor Green - Elm St", True),
        ("Harbor Green - Fir Ln", True),
    ]


# -- changes ----------------------------------------------------------------------------------------------------------


def test_a_changed_phone_and_nothing_else(world: World, elm: Treez) -> None:
    before = elm.customer("4100")
    elm.change_phone("4100", expected="+13035550100", new="+13035550199", operation_id="op")
    assert elm.customer("4100") == before.model_copy(update={"phone": "+13035550199", "modified_at": NOW})
    elm.change_phone("4100", expected="+13035550100", new="+13035550199", operation_id="op")
    assert world.counts["treez PATCH /dispensary/v3/elm/customer/update/4100"] == 1


def test_a_changed_email_in_v2(world: World, old: Treez) -> None:
    old.change_email("4100", expected="ann.holt@example.com", new="ann@example.com", operation_id="op")
    assert world.customer(4100, store="elm").email == "ann@example.com"
    old.change_email("4100", expected="ann.holt@example.com", new="ann@example.com", operation_id="op")
    old.change_phone("4100", expected="+13035550100", new="+13035550199", operation_id="op")
    assert world.customer(4100, store="elm").phone == "3035550199"


@pytest.mark.parametrize(
    ("customer", "expected", "new", "words"),
    [
        ("4100", "+13035550100", "+11035550100", "ten-digit"),
        ("4100", "+13035550111", "+13035550199", "changed in the meantime"),
        ("4608", None, "+13035550199", "merged into another"),
        ("4610", "+13035550178", "+13035550199", "is deactivated"),
    ],
)
def test_changes_that_are_not_sent(
    world: World, elm: Treez, customer: str, expected: str | None, new: str, words: str
) -> None:
    with pytest.raises(Rejected, match=words):
        elm.change_phone(customer, expected=expected, new=new, operation_id="op")
    assert not [r for r in world.requests if r.method == "PATCH"]


def test_treez_refuses_what_another_profile_has(world: World, elm: Treez) -> None:
    with pytest.raises(Rejected, match="phone already exists"):
        elm.change_phone("4100", expected="+13035550100", new="+13035550101", operation_id="op")
    with pytest.raises(Rejected, match="email already exists"):
        elm.change_email("4100", expected="ann.holt@example.com", new="ben.kerr@example.com", operation_id="op")


def test_a_change_shows_late(world: World, elm: Treez) -> None:
    world.settings.pos_delay_s = 20
    elm.change_phone("4100", expected="+13035550100", new="+13035550199", operation_id="op")
    assert elm.customer("4100").phone == "+13035550100"
    world.move(minutes=1)
    assert elm.customer("4100").phone == "+13035550199"


def test_an_update_without_an_answer_is_its_own_result(world: World, elm: Treez) -> None:
    world.fault(Fault("cut_after", vendor="treez", writes_only=True))
    with pytest.raises(UnknownOutcome):
        elm.change_phone("4100", expected="+13035550100", new="+13035550199", operation_id="op")
    assert world.counts["treez PATCH /dispensary/v3/elm/customer/update/4100"] == 1
    assert elm.customer("4100").phone == "+13035550199"


def test_an_update_confirmed_with_something_else(transport: Transport) -> None:
    row = {
        "customer_id": "5",
        "first_name": "A",
        "last_name": "B",
        "birthday": "1990-01-01",
        "patient_type": "ADULT",
        "status": "ACTIVE",
        "phone": "3035550177",
    }
    for answer in (said(row), said([]), said([row]), http("200 OK", b'{"data": {}}'), http("200 OK", b"1")):
        with raw_server(said(row), answer) as (url, _), pytest.raises(UnknownOutcome):
            over(url, transport).change_phone("5", expected="+13035550177", new="+13035550142", operation_id="op")


# -- answers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "reason", "error"),
    [
        ("200 OK", "CUSTOMER_DOESNT_EXIST", NotFound),
        ("404 Not Found", "CUSTOMER_DOESNT_EXIST", NotFound),
        ("400 Bad Request", "NOT_FOUND", NotFound),
        ("400 Bad Request", "INVALID_REQUEST", Rejected),
        ("200 OK", "INVALID_REQUEST", Rejected),
    ],
)
def test_the_body_tells_more_than_the_status(
    transport: Transport, status: str, reason: str, error: type[Exception]
) -> None:
    body = json.dumps({"resultCode": "FAIL", "resultReason": reason}).encode()
    with raw_server(http(status, body)) as (url, _), pytest.raises(error):
        over(url, transport).customer("5")


def test_refusals_inside_a_200(transport: Transport, naps: Naps) -> None:
    closed = json.dumps({"resultCode": "FAIL", "resultReason": "Full authentication is required"}).encode()
    with raw_server(http("200 OK", closed)) as (url, _), pytest.raises(Exception, match="refused our key"):
        over(url, transport).customer("5")
    limit = json.dumps({"resultCode": "FAIL", "resultReason": "OVER LIMIT"}).encode()
    with raw_server(*[http("200 OK", limit)] * 3) as (url, _), pytest.raises(Throttled):
        over(url, transport).customer("5")
    assert naps.taken == [0.5, 0.5]


def test_customers_in_unknown_shapes(transport: Transport) -> None:
    for data in (["x"], {"id": 1}, {"customer_id": "6"}, []):
        with raw_server(said(data)) as (url, _), pytest.raises(Unreachable):
            over(url, transport).customer("5")
    with raw_server(http("200 OK", b'{"data": {}}')) as (url, _), pytest.raises(Unreachable):
        over(url, transport).customer("5")
    broken = {"customer_id": "5", "merged_customer_ids": "x"}
    with raw_server(said(broken)) as (url, _), pytest.raises(Unreachable):
        over(url, transport).customer("5")
    for data in (None, {"history": None}):
        with raw_server(said(data)) as (url, _), pytest.raises(Unreachable):
            over(url, transport).link_changes("5")
    with raw_server(said(None)) as (url, _):
        assert over(url, transport).find_customers(phone="+13035550100") == []


def test_errors_carry_no_personal_data(transport: Transport) -> None:
    body = {"resultReason": "X", "resultDetail": "303-555-0142 or a@example.com", "message": "m"}
    answer = http("422 Unprocessable", json.dumps(body).encode())
    with raw_server(answer) as (url, _), pytest.raises(Rejected) as error:
        over(url, transport).customer("5")
    assert "X; [number] or [email] m" in str(error.value)
    for odd in (b"[]", b"<html>"):
        with raw_server(http("422 Unprocessable", odd)) as (url, _), pytest.raises(Rejected):
            over(url, transport).customer("5")


# -- the sandbox's other routes ---------------------------------------------------------------------------------------


def test_new_profiles(world: World, servers: SandboxServers) -> None:
    url = servers.urls["treez"] + "/dispensary/v3/elm/customer/detailcustomer"
    person = {"first_name": "New", "last_name": "Person", "birthday": "1990-01-01", "patient_type": "ADULT"}
    for body, status in (
        ({**person, "phone": "3035550301", "customer_groups": ["VIP"], "notes": "n"}, 200),
        ({**person, "phone": "3035550301"}, 400),
        ({**person, "phone": "1035550301"}, 400),
        ({**person, "first_name": " "}, 400),
        ({**person, "birthday": "01/01/1990"}, 400),
        ({**person, "patient_type": "X"}, 400),
        ({**person, "patient_type": "MEDICAL_MMID"}, 400),
        ([], 400),
    ):
        assert WIRE.post(url, headers=signed(url), json=body).status_code == status
    created = max(world.stores["elm"].customers)
    assert world.customer(created, store="elm").phone == "3035550301"


def test_fields_it_does_not_know_are_passed_over(world: World, servers: SandboxServers, elm: Treez) -> None:
    url = servers.urls["treez"] + "/dispensary/v3/elm/customer/update/4100"
    body = {"first_name": "ANN", "last_name": "HOLT", "birthday": "1990-01-01", "patient_type": "ADULT"}
    before = elm.customer("4100").links
    answer = WIRE.patch(url, headers=signed(url), json={**body, "external_ids": {"aiq_contact_id": "x"}})
    assert answer.status_code == 200
    assert elm.customer("4100").links == before
    gone = url.replace("4100", "4608")
    refused = WIRE.patch(gone, headers=signed(gone), json=body)
    assert (refused.status_code, "4609" in refused.json()["resultDetail"]) == (400, True)


def test_pages_and_dates(world: World, servers: SandboxServers) -> None:
    base = servers.urls["treez"] + "/v2.0/dispensary/elm"
    form = {"client_id": "sandbox-partner", "apikey": "sandbox-elm-treez"}
    token = WIRE.post(base + "/config/api/gettokens", data=form).json()
    assert token["expires_in"] == "7200"
    assert token["expires_at"] == "2026-03-02T13:00:00.000-0700"
    headers = {"authorization": f"Bearer {token['access_token']}", "client_id": "sandbox-partner"}

    def get(path: str) -> tuple[int, str]:
        answer = WIRE.get(base + path, headers=headers)
        return answer.status_code, answer.json()["resultReason"] or ""

    week = (NOW - timedelta(days=7)).isoformat().replace("+", "%2B")
    assert get(f"/ticket/lastUpdated/after/{week}/page/1/pagesize/50") == (200, "")
    assert get(f"/ticket/lastUpdated/after/{week}/page/1/pagesize/51") == (400, "RESPONSE_LIMIT_EXCEEDS")
    assert get(f"/ticket/lastUpdated/after/{week}/page/0/pagesize/50") == (400, "INCORRECT_VALUE")
    old = (NOW - timedelta(days=31)).isoformat().replace("+", "%2B")
    assert get(f"/ticket/lastUpdated/after/{old}/page/1/pagesize/50") == (400, "RESPONSE_LIMIT_EXCEEDS")
    assert get("/customer/lastUpdated/after/2026-03-01/page/1/pagesize/50") == (400, "INVALID_DATE_FORMAT")
    assert get("/customer/lastUpdated/after/soon/page/1/pagesize/50") == (400, "INVALID_DATE_FORMAT")
    headers["client_id"] = "other"
    assert get("/customer/4100")[0] == 401


def test_a_status_that_is_none(servers: SandboxServers, world: World) -> None:
    url = servers.urls["treez"] + "/dispensary/v3/elm/ticket/status/LOST/page/1/pagesize/50"
    assert WIRE.get(url, headers=signed(url)).json()["resultReason"] == "INVALID_TICKET_STATUS"
