from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from connectors.contract import Enrolment, Identity, Member, Operation, Purchase, PurchaseLine
from connectors.dutchie.client import Dutchie, open_dutchie
from connectors.dutchie.settings import DutchieSettings
from connectors.errors import Denied, NotFound, Rejected, UnknownOutcome, Unreachable, Unsupported
from connectors.sandbox import Fault, SandboxServers, World
from connectors.sandbox.vendors import settings_of
from connectors.springbig import api
from connectors.springbig.client import Springbig, open_springbig
from connectors.springbig.settings import SpringbigSettings
from connectors.transport import Transport
from tests.connectors.helpers import NOW, http, raw_server

ANN = "704100"
CLEO = Enrolment(
    first_name="Cleo", last_name="Finn", phone="+13035550183", email="cleo.finn@example.com", source_id="4983"
)


@pytest.fixture
def settings(world: World, servers: SandboxServers) -> SpringbigSettings:
    values = {k: v for k, v in settings_of(world.stores["yew"], servers.urls)[1].items() if k != "vendor"}
    return SpringbigSettings.model_validate(values)


@pytest.fixture
def springbig(settings: SpringbigSettings, transport: Transport) -> Springbig:
    return open_springbig(settings, transport)


@pytest.fixture
def register(world: World, servers: SandboxServers, transport: Transport) -> Dutchie:
    return open_dutchie(DutchieSettings(base_url=servers.urls["dutchie"], api_key="sandbox-yew-pos"), transport)


def over(url: str, transport: Transport, **settings: Any) -> Springbig:
    return open_springbig(SpringbigSettings(base_url=url, api_key="k", auth_token="t", **settings), transport)


def answer(body: Any, status: str = "200 OK") -> bytes:
    return http(status, json.dumps(body).encode())


# -- who ------------------------------------------------------------------------------------------------------------


def test_identity(springbig: Springbig) -> None:
    assert springbig.identify() == Identity(account="not named by springbig")


@pytest.mark.parametrize("wrong", [{"api_key": "no"}, {"auth_token": "no"}])
def test_wrong_credentials(settings: SpringbigSettings, transport: Transport, wrong: dict[str, str]) -> None:
    values = {**settings.model_dump(), **wrong}
    with pytest.raises(Denied):
        open_springbig(SpringbigSettings.model_validate(values), transport).identify()


def test_stray_spaces_are_cut_off(settings: SpringbigSettings, transport: Transport) -> None:
    values = {**settings.model_dump(), "auth_token": " sandbox-yew-loyalty\n"}
    assert open_springbig(SpringbigSettings.model_validate(values), transport).identify()


def test_found_by_phone_and_email(springbig: Springbig) -> None:
    expected = Member(
        id=ANN,
        first_name="Ann",
        last_name="Holt",
        phone="+13035550100",
        email="ann.holt@example.com",
        source_id="4100",
        source="dutchie",
        enrolled=True,
    )
    assert springbig.find_members(phone="+13035550100") == [expected]
    assert springbig.find_members(email="Ann.Holt@Example.com") == [expected]
    assert springbig.find_members(email="nobody@example.com") == []


def test_what_it_cannot_be_asked_by(springbig: Springbig) -> None:
    for ask in (lambda: springbig.find_members(source_id="4100"), lambda: springbig.member(ANN)):
        with pytest.raises(Unsupported, match="cannot be asked by"):
            ask()
    with pytest.raises(ValueError, match="exactly one"):
        springbig.find_members()


def test_others_in_an_answer_are_left_out(transport: Transport) -> None:
    rows = [{"id": 1, "phone_number": "3035550101"}, {"id": 2, "phone_number": "3035550100"}]
    with raw_server(answer({"members": rows * 2})) as (url, _):
        assert [m.id for m in over(url, transport).find_members(phone="+13035550100")] == ["2"]


@pytest.mark.parametrize("body", [[], {}, {"members": {}}, {"members": [1]}, {"members": [{"phone_number": "1"}]}])
def test_an_answer_nobody_can_read(transport: Transport, body: Any) -> None:
    with raw_server(answer(body)) as (url, _), pytest.raises(Unreachable, match="nobody can read"):
        over(url, transport).find_members(phone="+13035550100")


@pytest.mark.parametrize("status", ["400 Bad Request", "422 Unprocessable"])
def test_a_refused_lookup_is_nobody_only_where_the_store_says_so(transport: Transport, status: str) -> None:
    with raw_server(answer({}, status), answer({}, status)) as (url, _):
        with pytest.raises(Rejected):
            over(url, transport).find_members(phone="+13035550100")
        assert over(url, transport, refusal_means_nobody=True).find_members(phone="+13035550100") == []


# -- what it does not tell --------------------------------------------------------------------------------------------


def test_points_are_a_persons_work(springbig: Springbig) -> None:
    ann = Member(id=ANN)
    calls = {
        Operation.READ_BALANCE: lambda: springbig.balance(ann),
        Operation.READ_LEDGER: lambda: springbig.ledger(ANN, since=NOW, until=NOW),
        Operation.ADJUST_POINTS: lambda: springbig.adjust_points(ANN, points=Decimal(1), note="n"),
    }
    for operation, call in calls.items():
        support = springbig.capabilities.of(operation)
        assert (support.mode, support.reads_back) == ("guided", False)
        with pytest.raises(Unsupported) as error:
            call()
        assert (error.value.reason, error.value.detail) == (support.why, operation)
    assert springbig.find_adjustment(ANN, operation_id="op", since=NOW) == "cannot_tell"


def test_a_figure_in_the_answer_is_not_taken_for_a_balance(world: World, springbig: Springbig) -> None:
    (ann,) = springbig.find_members(phone="+13035550100")
    assert ann.balance is None
    world.by_hand("springbig", "adjust", store="yew", member_id=ANN, points=50, note="goodwill")
    assert world.contact(src_id="4100", store="yew").points == 200


# -- enrolling and updating -------------------------------------------------------------------------------------------


def test_enrolling(world: World, springbig: Springbig, register: Dutchie) -> None:
    assert register.customer("4983").links == {"springbig": None}
    own_id = springbig.enroll(CLEO, operation_id="op")
    (cleo,) = springbig.find_members(phone="+13035550183")
    assert (cleo.id, cleo.source_id, cleo.email) == (own_id, "4983", "cleo.finn@example.com")
    made = world.contact(src_id="4983", store="yew")
    assert (made.opted_in, made.email_opted_in) == (False, False)
    world.nightly()
    assert register.customer("4983").links == {"springbig": own_id}


def test_texts_only_as_agreed(world: World, springbig: Springbig) -> None:
    springbig.enroll(CLEO.model_copy(update={"texts": True, "email": None}), operation_id="op")
    assert world.contact(src_id="4983", store="yew").opted_in is True


def test_enrolling_somebody_twice(springbig: Springbig) -> None:
    springbig.enroll(CLEO, operation_id="op")
    with pytest.raises(Rejected) as error:
        springbig.enroll(CLEO, operation_id="op")
    assert error.value.detail == "enroll: HTTP 422, phone_number has already been taken"


@pytest.mark.parametrize("body", [{}, [], {"members": []}, {"members": [{}]}])
def test_an_enrolment_that_is_not_confirmed(transport: Transport, body: Any) -> None:
    with raw_server(answer(body)) as (url, _), pytest.raises(UnknownOutcome):
        over(url, transport).enroll(CLEO, operation_id="op")


def test_updating(springbig: Springbig) -> None:
    (elin,) = springbig.find_members(email="elin.rask@example.com")
    assert elin.phone == "+13035550195"
    springbig.update_member(elin.id, source_id=elin.source_id, phone="+13035550185", operation_id="op")
    springbig.update_member(elin.id, source_id=elin.source_id, email="elin@example.com", operation_id="op")
    assert [(m.id, m.email) for m in springbig.find_members(phone="+13035550185")] == [(elin.id, "elin@example.com")]


def test_updates_that_cannot_be(springbig: Springbig) -> None:
    with pytest.raises(Rejected, match="register's id"):
        springbig.update_member(ANN, phone="+13035550199", operation_id="op")
    with pytest.raises(ValueError, match="phone or email"):
        springbig.update_member(ANN, source_id="4100", operation_id="op")
    with pytest.raises(NotFound):
        springbig.update_member(ANN, source_id="1", phone="+13035550199", operation_id="op")
    with pytest.raises(Rejected):
        springbig.update_member(ANN, source_id="4100", email="ben.kerr@example.com", operation_id="op")


def test_writes_that_are_not_confirmed(transport: Transport) -> None:
    purchase = Purchase(sale_id="1", customer_id="2", at=NOW, total=Decimal(1))
    with raw_server(answer([]), answer([])) as (url, _):
        program = over(url, transport, record_visits=True)
        with pytest.raises(UnknownOutcome):
            program.update_member("1", source_id="2", phone="+13035550100", operation_id="op")
        with pytest.raises(UnknownOutcome):
            program.record_purchase(purchase, operation_id="op")


# -- purchases --------------------------------------------------------------------------------------------------------


def test_a_missed_purchase_counts_once(world: World, springbig: Springbig) -> None:
    fritz = world.contact(src_id="4986", store="yew")
    line = PurchaseLine(sku="s", name="Gummies", quantity=Decimal(2), price=Decimal(30))
    purchase = Purchase(
        sale_id="5598601", customer_id="4986", at=NOW - timedelta(days=3), total=Decimal("60.00"), lines=(line,)
    )
    for _ in range(2):
        springbig.record_purchase(purchase, operation_id="op")
    assert fritz.points == 175
    assert world.stores["yew"].sales[5598601].posted is True


def test_a_lost_answer_to_a_purchase(world: World, springbig: Springbig) -> None:
    purchase = Purchase(sale_id="5598601", customer_id="4986", at=NOW, total=Decimal(60))
    world.fault(Fault("cut_after", path="/visits", times=1))
    with pytest.raises(UnknownOutcome):
        springbig.record_purchase(purchase, operation_id="op")
    assert world.contact(src_id="4986", store="yew").points == 175


def test_purchases_are_off_until_switched_on(transport: Transport) -> None:
    careful = over("http://127.0.0.1:9", transport)
    assert careful.capabilities.of(Operation.RECORD_PURCHASE).mode == "guided"
    with pytest.raises(Unsupported, match="from a draft only"):
        careful.record_purchase(Purchase(sale_id="1", customer_id="2", at=NOW, total=Decimal(1)), operation_id="op")


# -- the world --------------------------------------------------------------------------------------------------------


def test_the_link_on_the_profile(register: Dutchie, springbig: Springbig) -> None:
    (abby,) = springbig.find_members(phone="+13035550181")
    assert register.customer("4981").links == {"springbig": "704982"}
    assert abby.id == "704981"
    assert register.customer("4982").links == {"springbig": "704982"}


def test_sales_arrive_at_night(world: World) -> None:
    sale = next(s for s in world.stores["yew"].sales.values() if s.customer_id == 4100)
    before = world.contact(src_id="4100", store="yew").points
    sale.posted = False
    assert world.nightly()["sales_posted"] >= 1
    assert world.contact(src_id="4100", store="yew").points == before + sale.before_tax


# -- the stand-in, where our own client never goes --------------------------------------------------------------------

HEADERS = {"x-api-key": "sandbox-springbig-integration", "AUTH-TOKEN": "sandbox-yew-loyalty"}
NEW = {"pos_user": "1", "pos_type": "dutchie", "phone_number": "3035550199"}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/members", None, 422),
        ("GET", "/members?phone_number=13035550100", None, 422),
        ("GET", "/members/704100", None, 404),
        ("GET", "/points", None, 404),
        ("POST", "/members", NEW, 422),
        ("POST", "/members", {"member": {**NEW, "pos_user": ""}}, 422),
        ("POST", "/members", {"member": {"pos_user": "1", "pos_type": "x"}}, 422),
        ("POST", "/members", {"member": {**NEW, "phone_number": "+13035550199"}}, 422),
        ("POST", "/members", {"member": {**NEW, "email": "ann.holt@example.com"}}, 422),
        ("POST", "/members", {"member": NEW}, 200),
        ("POST", "/members", [], 400),
        ("POST", "/visits", {"pos_id": "1", "transaction_total": "x"}, 422),
        ("POST", "/visits", {"pos_id": "1", "transaction_total": 1, "transaction_date": "?"}, 422),
    ],
)
def test_the_rules_of_the_stand_in(
    world: World, servers: SandboxServers, method: str, path: str, body: Any, status: int
) -> None:
    url = servers.urls["springbig"] + "/pos/v1" + path
    assert httpx.request(method, url, json=body, headers=HEADERS).status_code == status


def test_a_body_that_is_none(world: World, servers: SandboxServers) -> None:
    url = servers.urls["springbig"] + "/pos/v1/members"
    assert httpx.post(url, content=b"{", headers=HEADERS).json() == {"errors": {"body": ["is not a JSON object"]}}


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b'{"errors": {"phone_number": ["is invalid"], "email": "is odd"}}', "phone_number is invalid, email is odd"),
        (b'{"message": "no"}', "no"),
        (b'{"error": "no"}', "no"),
        (b"[]", ""),
        (b"<", ""),
    ],
)
def test_error_bodies(raw: bytes, said: str) -> None:
    assert api.explain(raw).message == said


@pytest.mark.parametrize("wrong", [{}, {"api_key": "k"}, {"api_key": "k", "auth_token": "t", "more": 1}])
def test_settings_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SpringbigSettings(**wrong)


def test_secrets_never_show_in_settings() -> None:
    settings = SpringbigSettings(api_key=" marked-1", auth_token="marked-2 ")
    assert settings.auth_token.get_secret_value() == "marked-2"
    assert "marked" not in repr(settings) + str(settings) + settings.model_dump_json()


def test_two_members_of_one_person(springbig: Springbig) -> None:
    by_phone = springbig.find_members(phone="+13035550184")
    by_email = springbig.find_members(email="dino.marsh@example.com")
    assert [(m.source_id, m.email) for m in by_phone] == [("4984", None)]
    assert [(m.source_id, m.phone) for m in by_email] == [(None, None)]
    assert by_phone[0].id != by_email[0].id
