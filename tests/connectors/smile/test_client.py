from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from connectors.contract import (
    Balance,
    Enrolment,
    Identity,
    LedgerEntry,
    Member,
    MemberTier,
    Operation,
    ProgramRules,
    Redemption,
    Reward,
    Tier,
)
from connectors.errors import Denied, NotFound, Rejected, Throttled, UnknownOutcome, Unreachable, Unsupported
from connectors.sandbox import Fault, SandboxServers, World
from connectors.sandbox.state import Event
from connectors.smile import api
from connectors.smile.client import Smile, open_smile
from connectors.smile.mapping import member_from, member_tier_from, redemption_from, reward_from, rules_from, tier_from
from connectors.smile.settings import SmileSettings
from connectors.transport import Transport
from tests.connectors.helpers import NOW, http, raw_server

ANN = "304004100"
MONTH = timedelta(days=30)
HEINER = Enrolment(first_name="Heiner", last_name="Wolf", email="heiner.wolf@example.com", source_id="4786")


def over(url: str, transport: Transport, **settings: Any) -> Smile:
    return open_smile(SmileSettings(base_url=url, api_key="k", **settings), transport)


def answer(body: Any, status: str = "200 OK") -> bytes:
    return http(status, json.dumps(body).encode())


def keyed(settings: SmileSettings, transport: Transport, key: str) -> Smile:
    return open_smile(SmileSettings.model_validate({**settings.model_dump(), "api_key": key}), transport)


# -- who ------------------------------------------------------------------------------------------------------------


def test_identity(smile: Smile) -> None:
    found = smile.identify()
    assert found == Identity(account="not named by Smile.io", allowed=found.allowed)
    assert len(found.allowed) == 7
    assert all(found.allowed.values())


def test_a_key_with_few_scopes(settings: SmileSettings, transport: Transport) -> None:
    few = keyed(settings, transport, "sandbox-bay-readonly")
    found = few.identify()
    assert {name for name, may in found.allowed.items() if not may} == {
        "reward_fulfillments",
        "points_products",
        "earning_rules",
    }
    assert found.cannot == {Operation.READ_REDEMPTIONS, Operation.READ_REWARDS, Operation.READ_PROGRAM}
    with pytest.raises(Denied) as error:
        few.adjust_points(ANN, points=Decimal(1), note="n")
    assert error.value.detail.endswith("HTTP 403, Your API key does not have the scope points_transaction:write")
    assert error.value.trace_id == "sandbox"


def test_wrong_credentials(settings: SmileSettings, transport: Transport) -> None:
    with pytest.raises(Denied, match="missing or incorrect"):
        keyed(settings, transport, "wrong").identify()


def test_found_by_email(smile: Smile) -> None:
    expected = Member(
        id=ANN,
        first_name="Ann",
        last_name="Holt",
        email="ann.holt@example.com",
        balance=Decimal(150),
        enrolled=True,
        source="shopify",
        joined_at=NOW - timedelta(days=300),
    )
    assert smile.find_members(email="Ann.Holt@example.com") == [expected]
    assert smile.member(ANN) == expected
    assert smile.find_members(email="nobody@example.com") == []


@pytest.mark.parametrize("key", [{"phone": "+13035550100"}, {"source_id": "4100"}])
def test_what_it_cannot_be_asked_by(smile: Smile, key: dict[str, str]) -> None:
    with pytest.raises(Unsupported, match="cannot be asked by"):
        smile.find_members(**key)
    with pytest.raises(ValueError, match="exactly one"):
        smile.find_members()


def test_a_candidate_is_no_member(smile: Smile) -> None:
    (heiner,) = smile.find_members(email="heiner.wolf@example.com")
    assert (heiner.enrolled, heiner.balance) == (False, 0)


@pytest.mark.parametrize("member_id", ["1", "gid://shopify/Customer/1"])
def test_an_unknown_customer(smile: Smile, member_id: str) -> None:
    with pytest.raises(NotFound):
        smile.member(member_id)


def test_answers_nobody_can_read(transport: Transport) -> None:
    calls: list[tuple[Any, Any]] = [
        ({"customer": []}, lambda s: s.member("1")),
        ({"customer": {"id": 1}}, lambda s: s.member("1")),
        ({"customer": {"id": 1}}, lambda s: s.balance(Member(id="1"))),
        ({"customers": {}}, lambda s: s.find_members(email="a@example.com")),
        ({"customers": [{"id": 1}]}, lambda s: s.find_members(email="a@example.com")),
        ([], lambda s: s.tiers()),
        ({"points_products": [1]}, lambda s: s.rewards()),
        ({"points_settings": None}, lambda s: s.program_rules()),
    ]
    for body, call in calls:
        with raw_server(answer(body)) as (url, _), pytest.raises(Unreachable, match="nobody can read"):
            call(over(url, transport))


# -- points -----------------------------------------------------------------------------------------------------------


def test_the_balance(world: World, smile: Smile) -> None:
    ann = smile.member(ANN)
    world.stores["bay"].contacts[ANN].events.append(Event(NOW, "adjustment", 20))
    assert smile.balance(ann) == Balance(points=Decimal(170))


def test_the_history_of_a_window(smile: Smile) -> None:
    ledger = smile.ledger("304004781", since=NOW - timedelta(days=3), until=NOW)
    assert (ledger.readable, ledger.since) == (True, None)
    assert ledger.entries == (
        LedgerEntry(at=NOW - timedelta(days=2), kind="other", points=Decimal(-120), note="Counted twice, order 1021"),
    )
    assert smile.capabilities.ledger_shows == frozenset()


def test_a_long_history_comes_in_pages(world: World, smile: Smile) -> None:
    ann = world.stores["bay"].contacts[ANN]
    ann.events.extend(Event(NOW - timedelta(hours=1), "adjustment", 1) for _ in range(600))
    assert len(smile.ledger(ANN, since=NOW - timedelta(days=1), until=NOW).entries) == 600
    assert world.counts["smile GET /v1/points_transactions"] == 3


def test_a_history_without_end_is_not_readable(transport: Transport) -> None:
    row = {"created_at": "2026-03-01T10:00:00Z", "points_change": 1, "internal_note": None}
    page = {"points_transactions": [row], "metadata": {"next_cursor": "more"}}
    with raw_server(*[answer(page)] * 16) as (url, _):
        program = over(url, transport)
        assert program.ledger("1", since=NOW - MONTH, until=NOW).readable is False
        assert program.find_adjustment("1", operation_id="op", since=NOW) == "cannot_tell"


def test_rows_nobody_can_read(transport: Transport) -> None:
    rows = [{"points_change": 5}, {"created_at": "2026-03-01T10:00:00Z", "points_change": 5, "description": "Order"}]
    with raw_server(answer({"points_transactions": rows}), answer({"points_transactions": rows})) as (url, _):
        ledger = over(url, transport).ledger("1", since=NOW - MONTH, until=NOW)
        assert (ledger.readable, [e.note for e in ledger.entries]) == (False, ["Order"])
        assert over(url, transport).find_adjustment("1", operation_id="op", since=NOW) == "cannot_tell"


def test_shop_and_customer_read_different_texts(world: World, smile: Smile) -> None:
    smile.adjust_points(ANN, points=Decimal(-40), note="Correction (ref op_9)")
    made = world.stores["bay"].contacts[ANN].events[-1]
    assert (made.value, made.note, made.extra["smile_description"]) == (-40, "Correction (ref op_9)", "Correction")
    assert smile.find_adjustment(ANN, operation_id="op_9", since=NOW) == "applied"
    assert smile.find_adjustment(ANN, operation_id="op_8", since=NOW) == "absent"
    smile.adjust_points(ANN, points=Decimal(1), note="(ref op_10)")
    assert world.stores["bay"].contacts[ANN].events[-1].extra["smile_description"] is None


def test_what_cannot_be_adjusted(smile: Smile) -> None:
    with pytest.raises(Rejected, match="whole points"):
        smile.adjust_points(ANN, points=Decimal("0.5"), note="n")
    with pytest.raises(Rejected) as error:
        smile.adjust_points("304004782", points=Decimal(-300), note="n")
    assert error.value.detail == "adjust_points: HTTP 422, The points balance cannot be negative"
    with pytest.raises(NotFound):
        smile.adjust_points("1", points=Decimal(1), note="n")


@pytest.mark.parametrize("body", [[], {}, {"points_transaction": []}, {"points_transaction": {"points_change": 4}}])
def test_an_answer_that_confirms_nothing(transport: Transport, body: Any) -> None:
    with raw_server(answer(body, "201 Created")) as (url, _), pytest.raises(UnknownOutcome):
        over(url, transport).adjust_points("1", points=Decimal(5), note="n")


def test_evidence_after_an_unknown_outcome(world: World, smile: Smile) -> None:
    for fault, evidence in (("cut_before", "absent"), ("cut_after", "applied")):
        world.fault(Fault(fault, writes_only=True, times=1))
        with pytest.raises(UnknownOutcome):
            smile.adjust_points(ANN, points=Decimal(5), note=f"ref {fault}")
        assert smile.find_adjustment(ANN, operation_id=fault, since=NOW) == evidence


# -- enrolling --------------------------------------------------------------------------------------------------------


def test_enrolling(world: World, smile: Smile) -> None:
    assert smile.enroll(HEINER, operation_id="op") == "304004786"
    assert smile.member("304004786").enrolled is True
    new = HEINER.model_copy(update={"email": "new@example.com", "source_id": "99"})
    own_id = smile.enroll(new, operation_id="op")
    assert [m.id for m in smile.find_members(email="new@example.com")] == [own_id]


@pytest.mark.parametrize("lacks", ["email", "source_id"])
def test_enrolling_needs_both(smile: Smile, lacks: str) -> None:
    with pytest.raises(Rejected, match="needs an e-mail"):
        smile.enroll(HEINER.model_copy(update={lacks: None}), operation_id="op")


def test_enrolling_is_off_until_switched_on(transport: Transport) -> None:
    careful = over("http://127.0.0.1:9", transport)
    assert careful.capabilities.of(Operation.ENROLL).mode == "none"
    with pytest.raises(Unsupported, match="not documented"):
        careful.enroll(HEINER, operation_id="op")


@pytest.mark.parametrize("body", [[], {"customer_identity": {}}])
def test_an_enrolment_that_is_not_confirmed(transport: Transport, body: Any) -> None:
    with raw_server(answer(body, "201 Created")) as (url, _), pytest.raises(UnknownOutcome):
        over(url, transport, enroll_by_identity=True).enroll(HEINER, operation_id="op")


# -- tiers, rules, rewards --------------------------------------------------------------------------------------------


def test_tiers(smile: Smile) -> None:
    tiers = [
        Tier(id="7101", name="Bronze", threshold=Decimal(0)),
        Tier(id="7102", name="Silver", threshold=Decimal(500)),
        Tier(id="7103", name="Gold", threshold=Decimal(1250)),
    ]
    assert smile.tiers() == tiers
    assert smile.member_tier(ANN) == MemberTier(
        name="Bronze", id="7101", next_name="Silver", next_needs=Decimal("350.0")
    )
    assert smile.member_tier("304004788").name == "Silver"
    assert member_tier_from(None, tiers) == MemberTier(name=None)
    assert smile.program_rules() == ProgramRules(
        points_label="Leaves",
        points_per_100=Decimal(100),
        tiers=tuple(tiers),
        earning=("Place an order: 1.0 for each 1.0", "Sign up: 50.0"),
    )


def test_a_rate_only_where_one_rule_alone_has_one() -> None:
    variable = {"reward_value": {"variable": {"value": 5, "per_amount": 2}}, "name": "Order"}
    assert rules_from({}, [variable], ()).points_per_100 == 250
    assert rules_from({}, [variable, variable], ()).points_per_100 is None
    assert rules_from({}, [{"name": "Odd"}, {}], ()) == ProgramRules(earning=("Odd",))


def test_rewards(smile: Smile) -> None:
    assert smile.rewards() == [
        Reward(id="7201", name="$5 off coupon", points=Decimal(200)),
        Reward(id="7202", name="Order discount", points=Decimal(100)),
    ]


def test_many_rewards_come_in_pages(transport: Transport) -> None:
    full = {"points_products": [{"id": n} for n in range(1, 251)]}
    with raw_server(answer(full), answer({"points_products": []})) as (url, _):
        assert len(over(url, transport).rewards()) == 250


def test_redemptions(smile: Smile) -> None:
    (spent,) = smile.redemptions("304004784", since=NOW - MONTH, until=NOW)
    assert spent == Redemption(
        id=spent.id,
        member_id="304004784",
        points=None,
        at=NOW - timedelta(days=1),
        name="$5 off coupon",
        code=spent.code,
        used_at=NOW - timedelta(hours=23),
    )
    support = smile.capabilities.of(Operation.REFUND_REDEMPTION)
    assert (support.mode, support.why[:31]) == ("none", "Smile cannot take a reward back")


def test_rows_without_an_id() -> None:
    assert (member_from({}), tier_from({"name": "x"}), reward_from({}), redemption_from({})) == (None,) * 4


# -- the world and the stand-in ---------------------------------------------------------------------------------------


def test_a_sale_arrives_later(world: World, smile: Smile) -> None:
    sale = next(s for s in world.stores["bay"].sales.values() if s.customer_id == 4100)
    sale.posted = False
    assert world.nightly()["sales_posted"] >= 1
    assert smile.member(ANN).balance == 150 + int(sale.before_tax)


def test_ten_a_second(world: World, smile: Smile) -> None:
    world.settings.limits = True
    for _ in range(10):
        smile.tiers()
    with pytest.raises(Throttled) as error:
        smile.tiers()
    assert error.value.retry_after is None


CHANGE = {"customer_id": int(ANN), "points_change": 5}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/customers?include=orders", None, 400),
        ("GET", "/customers?limit=251", None, 400),
        ("GET", "/customers?limit=0", None, 400),
        ("GET", "/customers?cursor=x", None, 400),
        ("GET", "/customers?cursor=eHg=", None, 400),
        ("GET", "/customers?cursor=aWQ6NQ==&limit=5", None, 200),
        ("GET", "/customers?updated_at_min=yesterday", None, 400),
        ("GET", "/points_transactions/5", None, 404),
        ("GET", "/reward_fulfillments/1/refund", None, 404),
        ("POST", "/points_transactions", [], 400),
        ("POST", "/points_transactions", {}, 400),
        ("POST", "/points_transactions", {"points_transaction": {**CHANGE, "points_change": "5"}}, 400),
        ("POST", "/points_transactions", {"points_transaction": {**CHANGE, "internal_note": 5}}, 400),
        ("POST", "/customer_identities/create_or_update", {"customer_identity": {"email": "a@example.com"}}, 400),
    ],
)
def test_the_rules_of_the_stand_in(
    world: World, servers: SandboxServers, method: str, path: str, body: Any, status: int
) -> None:
    headers = {"Authorization": "Bearer sandbox-bay-loyalty"}
    assert httpx.request(method, servers.urls["smile"] + "/v1" + path, json=body, headers=headers).status_code == status


def test_bodies_that_are_none(world: World, servers: SandboxServers) -> None:
    url, key = servers.urls["smile"] + "/v1/points_transactions", {"Authorization": "Bearer sandbox-bay-loyalty"}
    assert httpx.post(url, content=b"{}", headers=key).json()["error"]["message"].startswith("Content-Type")
    assert httpx.post(url, content=b"{", headers={**key, "Content-Type": "application/json"}).status_code == 400


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b'{"error": {"message": "no"}}', "no"),
        (b'{"error": "no"}', "no"),
        (b'{"message": "no"}', "no"),
        (b"[]", ""),
        (b"<", ""),
    ],
)
def test_error_bodies(raw: bytes, said: str) -> None:
    assert api.explain(raw).message == said


@pytest.mark.parametrize("wrong", [{}, {"api_key": "k", "more": 1}])
def test_settings_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SmileSettings(**wrong)
