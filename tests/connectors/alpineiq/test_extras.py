"""The account's own lists, enrolment, opt-in, and the two guesses that stay off."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from connectors.alpineiq.account_mapping import (
    audience_from,
    order_from,
    redemption_from,
    reward_from,
    rules_from,
    store_from,
)
from connectors.alpineiq.client import AlpineIq, open_alpineiq
from connectors.alpineiq.settings import AlpineIqSettings
from connectors.contract import (
    Audience,
    Enrolment,
    Operation,
    ProgramRules,
    Purchase,
    PurchaseLine,
    Redemption,
    Reward,
    Sale,
    StoreInfo,
    Tier,
)
from connectors.errors import NotFound, Rejected, UnknownOutcome, Unreachable, Unsupported
from connectors.sandbox import Fault, SandboxServers, World
from connectors.transport import Transport
from tests.connectors.helpers import NOW, http, raw_server

AIQ = {"X-APIKEY": "sandbox-pine-loyalty"}


@pytest.fixture
def guessing(world: World, program_settings: AlpineIqSettings, transport: Transport) -> AlpineIq:
    """With both guesses switched on."""
    switches = {"assume_override_body": True, "assume_sale_body": True}
    return open_alpineiq(program_settings.model_copy(update=switches), transport)


def enveloped(data: Any) -> bytes:
    return http("200 OK", json.dumps({"data": data, "code": 200, "success": True}).encode())


def over(url: str, transport: Transport) -> AlpineIq:
    return open_alpineiq(AlpineIqSettings(base_url=url, uid="1", api_key="k"), transport)


# -- lists ------------------------------------------------------------------------------------------------------------


def test_the_accounts_own_lists(world: World, program: AlpineIq) -> None:
    assert program.stores() == [
        StoreInfo(id="16", name="Harbor Green - Pine St", mapped={"leaflogix": "Harbor Green - Pine St"})
    ]
    members = sum(c.member for c in world.stores["pine"].contacts.values())
    assert program.audiences() == [
        Audience(id="101", name="Signed Up", size=members, is_program=True),
        Audience(id="102", name="Locals", size=3),
    ]
    assert program.rewards() == [
        Reward(id="9001", name="$5 off", points=Decimal(100)),
        Reward(id="9002", name="$12 off", points=Decimal(200)),
    ]
    assert program.program_rules() == ProgramRules(
        name="Harbor Rewards",
        points_per_100=Decimal(100),
        expires_after_days=365,
        tiers=(
            Tier(id="1", name="from 0 points", threshold=Decimal(0)),
            Tier(id="2", name="from 1000 points", threshold=Decimal(1000)),
        ),
    )


def test_a_store_that_is_not_mapped(world: World, program: AlpineIq) -> None:
    with world.lock:
        world.stores["pine"].own["alpineiq_unmapped"] = True
    assert program.stores()[0].mapped == {}


def test_orders_and_redemptions_of_one(world: World, program: AlpineIq) -> None:
    ivo = world.contact(src_id="880150")
    at = NOW - timedelta(days=2)
    assert program.redemptions(ivo.id, since=NOW - timedelta(days=7), until=NOW) == [
        Redemption(
            id=f"rdm_{ivo.id[:6]}_{int(at.timestamp())}",
            member_id=ivo.id,
            points=Decimal(200),
            at=at,
            name="$5 off",
        )
    ]
    assert program.redemptions(ivo.id, since=NOW - timedelta(days=1), until=NOW) == []
    assert program.redemptions("nobody", since=NOW - timedelta(days=7), until=NOW) == []
    orders = program.orders(ivo.id)
    assert [o.total for o in orders] == [Decimal(20), Decimal(25), Decimal(30)]
    assert orders[0] == Sale(
        id=f"880150-{int(orders[0].at.timestamp())}",
        customer_id=None,
        at=orders[0].at,
        total=Decimal(20),
        source="alpineiq",
    )
    with pytest.raises(NotFound):
        program.orders("nobody")


def test_rows_that_lack_what_they_need() -> None:
    assert [read({"x": 1}) for read in (store_from, audience_from, reward_from, order_from, redemption_from)] == [
        None
    ] * 5
    assert rules_from([]) is None
    assert rules_from({"x": 1}) is None
    assert rules_from({"tiers": {}, "expiration": 0}) == ProgramRules()
    assert rules_from({"tiers": [{"points": "x"}, 4]}) == ProgramRules()
    assert store_from({"id": 1, "nickname": "N", "sourceMapping": {"cova": None, "leaflogix": "P"}}) == StoreInfo(
        id="1", name="N", mapped={"leaflogix": "P"}
    )
    assert audience_from({"id": 1, "name": "All", "traits": [{"type": "loyaltyMember", "value": True}, 3]}) == Audience(
        id="1", name="All"
    )
    assert reward_from({"id": 4, "pageTitle": "T", "tierDiscount": True, "posDiscountID": "D"}) == Reward(
        id="4", name="T", automatic=True, pos_discount_id="D"
    )
    assert redemption_from({"id": 1, "contactID": "c"}) == Redemption(id="1", member_id="c", points=None, at=None)


@pytest.mark.parametrize("call", ["audiences", "rewards", "program_rules", "stores"])
def test_lists_in_an_unknown_shape(transport: Transport, call: str) -> None:
    with raw_server(enveloped([{"x": 1}])) as (url, _), pytest.raises(Unreachable, match="nobody can read"):
        getattr(over(url, transport), call)()


def test_nothing_is_an_empty_list(transport: Transport) -> None:
    with raw_server(enveloped(None), enveloped({"results": None})) as (url, _):
        account = over(url, transport)
        assert (account.audiences(), account.rewards()) == ([], [])


# -- enrolment and opt-in ---------------------------------------------------------------------------------------------


def test_enrolling_somebody_new(world: World, program: AlpineIq) -> None:
    person = Enrolment(
        first_name="Nora", last_name="Lind", phone="+13035550151", email="nora.lind@example.com", store="Pine"
    )
    own_id = program.enroll(person, operation_id="op")
    nora = world.contact(phone="3035550151")
    assert (own_id, nora.member, nora.opted_in, "texted_at" in nora.extra) == (nora.id, True, False, False)
    program.enroll(person.model_copy(update={"texts": True}), operation_id="op")
    assert (nora.opted_in, nora.extra["texted_at"]) == (True, NOW)


def test_enrolling_a_contact_that_is_no_member(world: World, program: AlpineIq) -> None:
    ana = world.contact(phone="3035550155")
    assert ana.member is False
    assert program.enroll(Enrolment(first_name="Ana", last_name="Sousa", phone="+13035550155"), operation_id="op") == (
        ana.id
    )
    assert ana.member is True
    by_mail = Enrolment(first_name="Ana", last_name="Sousa", email="ana.sousa@example.com")
    assert program.enroll(by_mail, operation_id="op") == ana.id
    with pytest.raises(Rejected, match="a phone or an e-mail"):
        program.enroll(Enrolment(first_name="Ana", last_name="Sousa"), operation_id="op")


def test_an_enrolment_whose_answer_tells_nothing(transport: Transport) -> None:
    person = Enrolment(first_name="A", last_name="B", phone="+13035550155")
    with raw_server(enveloped(None)) as (url, _):
        assert over(url, transport).enroll(person, operation_id="op") is None


def test_an_enrolment_that_was_cut_off(world: World, program: AlpineIq) -> None:
    world.fault(Fault("cut_after", writes_only=True))
    with pytest.raises(UnknownOutcome):
        program.enroll(Enrolment(first_name="Nora", last_name="Lind", phone="+13035550151"), operation_id="op")
    assert world.contact(phone="3035550151").member is True


def test_opting_in_and_out(world: World, program: AlpineIq) -> None:
    will = world.contact(phone="3035550153")
    program.opt_in(phone="+13035550153", wanted=False)
    program.opt_in(email="will.tanner@example.com", wanted=False)
    assert (will.opted_in, will.email_opted_in) == (False, False)
    program.opt_in(phone="+13035550153", wanted=True)
    assert will.opted_in is True
    with pytest.raises(NotFound):
        program.opt_in(phone="+13035559999", wanted=True)
    for wrong in ({}, {"phone": "+13035550153", "email": "a@example.com"}):
        with pytest.raises(ValueError):
            program.opt_in(wanted=True, **wrong)


# -- guesses ----------------------------------------------------------------------------------------------------------

PURCHASE = Purchase(
    sale_id="5512064",
    customer_id="880964",
    at=NOW - timedelta(days=5),
    total=Decimal(80),
    phone="+13035550164",
    email="ada.brook@example.com",
    lines=(PurchaseLine(sku="s1", name="Tin", quantity=Decimal(2), price=Decimal(40)),),
)


def test_guesses_are_off(world: World, program: AlpineIq) -> None:
    with pytest.raises(Unsupported, match="Correct phone and e-mail in the register"):
        program.update_member("m", phone="+13035550153", operation_id="op")
    with pytest.raises(Unsupported, match="not documented"):
        program.record_purchase(PURCHASE, operation_id="op")
    assert not program.capabilities.of(Operation.UPDATE_MEMBER).supported
    assert not world.requests


def test_overriding_a_contact(world: World, guessing: AlpineIq) -> None:
    will = world.contact(phone="3035550153")
    guessing.update_member(will.id, phone="+13035550199", email="w@example.com", operation_id="op")
    assert (will.phone, will.email) == ("3035550199", "w@example.com")
    assert guessing.capabilities.of(Operation.UPDATE_MEMBER).supported
    assert Operation.UPDATE_MEMBER in guessing.capabilities.repeatable
    with pytest.raises(ValueError):
        guessing.update_member(will.id, operation_id="op")


def test_a_pushed_sale_counts_once_and_in_the_night(world: World, guessing: AlpineIq) -> None:
    ada = world.contact(phone="3035550164")
    guessing.record_purchase(PURCHASE, operation_id="op")
    guessing.record_purchase(PURCHASE, operation_id="op")
    assert ada.points == 205
    world.nightly()
    assert ada.points == 285
    guessing.record_purchase(PURCHASE, operation_id="op")
    world.nightly()
    assert ada.points == 285


def test_a_frozen_source_takes_nothing_in(world: World, guessing: AlpineIq) -> None:
    with world.lock:
        world.stores["pine"].own["alpineiq_frozen"] = True
    guessing.record_purchase(PURCHASE, operation_id="op")
    world.nightly()
    assert world.contact(phone="3035550164").points == 205


# -- the sandbox's own strictness -------------------------------------------------------------------------------------


@pytest.fixture
def provider(world: World, servers: SandboxServers) -> Any:
    with httpx.Client(base_url=servers.urls["alpineiq"], headers=AIQ) as client:
        yield client


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"firstName": 5}, "firstName must be a string"),
        ({"mobilePhone": "3035550151", "favoriteStoreID": "16"}, "favoriteStoreID must be a positive integer"),
        ({"mobilePhone": "+13035550151"}, "mobilePhone must be 10 digits"),
        ({"firstName": "A"}, "mobilePhone or email is required"),
        ([], "an object is required"),
    ],
)
def test_enrolments_it_refuses(provider: httpx.Client, body: Any, said: str) -> None:
    answer = provider.post("/api/v2/loyalty", json=body)
    assert (answer.status_code, answer.json()["errors"]) == (400, [{"message": said}])


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1.1/createUpdateSale/4242", {"member": {}}),
        ("/api/v1.1/createUpdateSale/4242", {"member": {}, "visit": {"pos_id": "1", "transaction_date": "x"}}),
        ("/api/v1.1/createUpdateSales/4242", {}),
        ("/api/v1.1/createUpdateSales/4242", [5]),
    ],
)
def test_sales_it_refuses(provider: httpx.Client, path: str, body: Any) -> None:
    assert provider.post(path, json=body).status_code == 400


def test_overrides_and_the_light_lookup(world: World, provider: httpx.Client) -> None:
    own_id = world.contact(phone="3035550153").id
    for path in ("/api/v2/loyaltyContact/override/4242/", "/api/v2/loyaltycontact/override/4242/"):
        assert provider.post(path + own_id, json={"email": "w@example.com"}).status_code == 200
    assert provider.post("/api/v2/loyaltyContact/override/4242/" + own_id, json={"points": 5}).status_code == 400
    kept = provider.get("/api/v2/loyaltyContact/override/4242/" + own_id).json()["data"]
    assert kept == {"email": "w@example.com"}
    found = provider.get("/api/v2/loyalty/lookup/3035550153").json()["data"]
    assert found == {"isMember": True, "optedIn": True}
    assert provider.get("/api/v2/loyalty/lookup/3035559999").status_code == 404


def test_a_wallets_discount_is_redeemed_once(world: World, provider: httpx.Client) -> None:
    will = world.contact(phone="3035550153")
    wallet = provider.post("/api/v2/wallet", json={"phone": "3035550153"}).json()["data"]
    url = wallet["discountTemplates"][0]["redemptionURL"]
    done = provider.put(url).json()["data"]
    assert done == {"redemptionID": f"rdm_{will.id[:6]}_{int(NOW.timestamp())}"}
    assert will.points == 220
    assert provider.put(url).status_code == 400
    assert provider.put("/api/v1.1/discount/redeem/4242/1/x").status_code == 404
