from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from pydantic import ValidationError

from connectors.contract import Balance, BatchLine, Identity, LedgerEntry, Member, MemberTier, Operation, Reward, Tier
from connectors.errors import Denied, NotFound, Rejected, Throttled, UnknownOutcome, Unreachable, Unsupported
from connectors.rivo.client import Rivo, open_rivo
from connectors.rivo.settings import RivoSettings
from connectors.sandbox import Fault, SandboxServers, World
from connectors.sandbox.state import Event
from connectors.sandbox.vendors import settings_of
from connectors.transport import Transport
from tests.connectors.helpers import NOW, http, raw_server

ANN = "4100"
MONTH = timedelta(days=30)
JSON = "Content-Type: application/json"


@pytest.fixture
def settings(world: World, servers: SandboxServers) -> RivoSettings:
    values = {k: v for k, v in settings_of(world.stores["ash"], servers.urls)[1].items() if k != "vendor"}
    return RivoSettings.model_validate(values)


@pytest.fixture
def rivo(settings: RivoSettings, transport: Transport) -> Rivo:
    return open_rivo(settings, transport)


def over(url: str, transport: Transport, **settings: Any) -> Rivo:
    return open_rivo(RivoSettings(base_url=url, api_key="k", **settings), transport)


def answer(data: Any, status: str = "200 OK") -> bytes:
    return http(status, json.dumps({"data": data}).encode(), JSON)


def event(at: str = "2026-03-01T10:00:00.000Z", diff: Any = 5, **more: Any) -> dict[str, Any]:
    said = {"applied_at": at, "points_diff": diff, "internal_note": None, "source": "manual", **more}
    return {"id": "1", "type": "points_event", "attributes": said}


# -- who ------------------------------------------------------------------------------------------------------------


def test_identity(rivo: Rivo) -> None:
    assert rivo.identify() == Identity(account="not named by Rivo")


@pytest.mark.parametrize("key", ["wrong", "Bearer sandbox-ash-loyalty"])
def test_wrong_credentials(settings: RivoSettings, transport: Transport, key: str) -> None:
    values = {**settings.model_dump(), "api_key": key}
    with pytest.raises(Denied) as error:
        open_rivo(RivoSettings.model_validate(values), transport).identify()
    assert error.value.detail == "vip_tiers: HTTP 401, Unauthorized"


def test_found_by_either_key(rivo: Rivo) -> None:
    expected = Member(
        id=ANN,
        first_name="Ann",
        last_name="Holt",
        email="ann.holt@example.com",
        balance=Decimal(150),
        enrolled=True,
        source_id=ANN,
        source="shopify",
        tier="Bronze",
    )
    assert rivo.find_members(email="Ann.Holt@example.com") == [expected]
    assert rivo.find_members(source_id=ANN) == [expected]
    assert rivo.member(ANN) == expected
    assert rivo.find_members(source_id="99") == []


def test_nobody_is_found_by_phone(rivo: Rivo) -> None:
    with pytest.raises(Unsupported, match="by phone"):
        rivo.find_members(phone="+13035550100")
    with pytest.raises(ValueError, match="exactly one"):
        rivo.find_members(email="a@example.com", source_id="1")


def test_an_answer_about_somebody_else(transport: Transport) -> None:
    other = {"id": 7, "attributes": {"email": "other@example.com", "points_tally": 1}}
    with raw_server(answer(other), answer(other)) as (url, _):
        assert over(url, transport).find_members(email="me@example.com") == []
        assert over(url, transport).find_members(source_id="8") == []


def test_a_new_customer_is_not_there_at_once(world: World, rivo: Rivo) -> None:
    world.contact(src_id=ANN, store="ash").inserted = NOW - timedelta(seconds=20)
    assert rivo.find_members(source_id=ANN) == []
    world.move(minutes=1)
    assert [m.id for m in rivo.find_members(source_id=ANN)] == [ANN]


def test_a_guest(world: World, rivo: Rivo) -> None:
    world.contact(src_id=ANN, store="ash").member = False
    assert (rivo.member(ANN).enrolled, rivo.member(ANN).tier) == (False, None)


@pytest.mark.parametrize("data", [None, [], {"id": 4100}, {"id": "x", "attributes": {"points_tally": 1}}])
def test_a_customer_nobody_can_read(transport: Transport, data: Any) -> None:
    with raw_server(answer(data)) as (url, _), pytest.raises(Unreachable, match="nobody can read"):
        over(url, transport).member("1")


# -- balance and history ----------------------------------------------------------------------------------------------


def test_the_balance(world: World, rivo: Rivo) -> None:
    ann = rivo.member(ANN)
    world.contact(src_id=ANN, store="ash").events.append(Event(NOW, "adjustment", 20))
    assert rivo.balance(ann) == Balance(points=Decimal(170))


def test_a_balance_nobody_can_read(transport: Transport) -> None:
    odd = {"id": 1, "attributes": {"points_tally": "many"}}
    with raw_server(answer(odd)) as (url, _), pytest.raises(Unreachable, match="nobody can read"):
        over(url, transport).balance(Member(id="1"))


def test_the_history_of_a_window(rivo: Rivo) -> None:
    ledger = rivo.ledger("4681", since=NOW - timedelta(days=5), until=NOW)
    assert (ledger.readable, ledger.since) == (True, None)
    earned, adjusted = ledger.entries
    assert (earned.kind, earned.points) == ("earn", 30)
    assert earned.reference
    assert adjusted == LedgerEntry(
        at=NOW - timedelta(days=2), kind="adjust", points=Decimal(-150), note="Double credit for order 1031"
    )


def test_points_that_were_taken_back(rivo: Rivo) -> None:
    entries = rivo.ledger("4686", since=NOW - timedelta(days=7), until=NOW).entries
    assert [(e.kind, e.points, e.note) for e in entries][-2:] == [
        ("earn", 30, "Order"),
        ("other", -88, "Taken back: Order"),
    ]
    assert rivo.balance(rivo.member("4686")).points == 50


def test_points_that_wait(world: World, rivo: Rivo) -> None:
    last = rivo.ledger("4687", since=NOW - timedelta(days=1), until=NOW).entries[-1]
    assert (last.points, last.note) == (45, "Not counted yet: Order")
    assert rivo.balance(rivo.member("4687")).points == 230
    world.move(minutes=24 * 60)
    assert world.nightly()["points_approved"] == 1
    assert rivo.balance(rivo.member("4687")).points == 275


def test_a_sale_arrives_later(world: World, rivo: Rivo) -> None:
    sale = next(s for s in world.stores["ash"].sales.values() if s.customer_id == int(ANN))
    sale.posted = False
    before = rivo.member(ANN).balance
    assert world.nightly()["sales_posted"] >= 1
    assert rivo.member(ANN).balance == (before or 0) + int(sale.before_tax)


def test_a_long_history_is_read_only_as_far_as_needed(world: World, rivo: Rivo) -> None:
    ann = world.contact(src_id=ANN, store="ash")
    ann.events[:0] = [Event(NOW - timedelta(days=500 - n), "adjustment", 1) for n in range(100)]
    rivo.ledger(ANN, since=NOW - timedelta(days=1), until=NOW)
    assert world.counts["rivo GET /merchant_api/v1/points_events"] == 1
    assert len(rivo.ledger(ANN, since=NOW - timedelta(days=600), until=NOW).entries) > 100
    assert world.counts["rivo GET /merchant_api/v1/points_events"] == 6


def test_a_history_too_long_to_read_says_from_when_it_is_whole(transport: Transport) -> None:
    full = [event("2026-03-01T10:00:00Z", 1) for _ in range(25)]
    with raw_server(*[answer(full)] * 20) as (url, _):
        ledger = over(url, transport).ledger("1", since=NOW - 90 * MONTH, until=NOW)
    assert (ledger.readable, ledger.since, len(ledger.entries)) == (True, NOW.replace(day=1, hour=10), 500)
    mixed = [*full[:24], event("2026-03-02T10:00:00Z", 1)]
    with raw_server(*[answer(mixed)] * 20) as (url, _):
        assert over(url, transport).ledger("1", since=NOW - 90 * MONTH, until=NOW).readable is False


def test_store_credit_is_no_points(transport: Transport) -> None:
    with raw_server(answer([event(diff=0, credits_amount="5.0")])) as (url, _):
        ledger = over(url, transport).ledger("1", since=NOW - MONTH, until=NOW)
    assert (ledger.entries, ledger.readable) == ((), True)


@pytest.mark.parametrize("data", [None, {}, [1]])
def test_a_list_nobody_can_read(transport: Transport, data: Any) -> None:
    with raw_server(answer(data)) as (url, _), pytest.raises(Unreachable, match="nobody can read"):
        over(url, transport).ledger("1", since=NOW - MONTH, until=NOW)


# -- adjusting --------------------------------------------------------------------------------------------------------


def test_staff_and_customer_read_different_notes(world: World, rivo: Rivo) -> None:
    rivo.adjust_points(ANN, points=Decimal(-40), note="Correction for order 1042 (ref op_9)")
    made = world.contact(src_id=ANN, store="ash").events[-1]
    assert (made.value, made.note) == (-40, "Correction for order 1042 (ref op_9)")
    assert made.extra["rivo_comment"] == "Correction for order 1042"
    assert rivo.find_adjustment(ANN, operation_id="op_9", since=NOW) == "applied"
    assert rivo.find_adjustment(ANN, operation_id="op_8", since=NOW) == "absent"
    rivo.adjust_points(ANN, points=Decimal(1), note="(ref op_10)")
    assert world.contact(src_id=ANN, store="ash").events[-1].extra["rivo_comment"] is None


@pytest.mark.parametrize(("wanted", "sent"), [(False, "true"), (True, "false")])
def test_the_customer_gets_mail_only_when_wanted(
    settings: RivoSettings, transport: Transport, wanted: bool, sent: str
) -> None:
    requests: list[httpx.Request] = []
    transport.wire.client(settings.base_url).event_hooks = {"request": [requests.append], "response": []}
    program = open_rivo(settings.model_copy(update={"email_customers": wanted}), transport)
    program.adjust_points(ANN, points=Decimal(-1), note="Sorry (ref op_1)")
    assert dict(parse_qsl(requests[0].content.decode())) == {
        "customer_identifier": ANN,
        "source": "manual",
        "points_amount": "-1",
        "internal_note": "Sorry (ref op_1)",
        "external_note": "Sorry",
        "skip_email": sent,
    }
    assert requests[0].headers["authorization"] == "sandbox-ash-loyalty"


def test_what_cannot_be_adjusted(rivo: Rivo) -> None:
    with pytest.raises(Rejected, match="whole points"):
        rivo.adjust_points(ANN, points=Decimal("1.5"), note="n")
    with pytest.raises(NotFound):
        rivo.adjust_points("99", points=Decimal(1), note="n")
    with pytest.raises(Rejected):
        rivo.adjust_points(ANN, points=Decimal(2**31), note="n")


@pytest.mark.parametrize("data", [None, {}, {"id": "1"}, event(diff=4), event(diff=None)])
def test_an_answer_that_confirms_nothing(transport: Transport, data: Any) -> None:
    with raw_server(answer(data, "201 Created")) as (url, _), pytest.raises(UnknownOutcome):
        over(url, transport).adjust_points("1", points=Decimal(5), note="n")


def test_evidence_after_an_unknown_outcome(world: World, rivo: Rivo) -> None:
    for fault, evidence in (("cut_before", "absent"), ("cut_after", "applied")):
        world.fault(Fault(fault, writes_only=True, times=1))
        with pytest.raises(UnknownOutcome):
            rivo.adjust_points(ANN, points=Decimal(5), note=f"ref {fault}")
        assert rivo.find_adjustment(ANN, operation_id=fault, since=NOW) == evidence


@pytest.mark.parametrize("rows", [[], [event(diff="?")], [event(internal_note=5)], [{"id": "1"}]])
def test_a_history_that_proves_nothing(transport: Transport, rows: list[Any]) -> None:
    with raw_server(answer(rows)) as (url, _):
        assert over(url, transport).find_adjustment("1", operation_id="op", since=NOW) == "cannot_tell"


def test_no_history_at_all(rivo: Rivo) -> None:
    assert rivo.find_adjustment("99", operation_id="op", since=NOW) == "cannot_tell"


# -- batches ----------------------------------------------------------------------------------------------------------


def test_a_batch(world: World, rivo: Rivo) -> None:
    lines = [
        BatchLine(member_id=ANN, points=Decimal(5), note="op_1", comment="Thank you"),
        BatchLine(member_id="4101", points=Decimal("0.5"), note="op_2"),
        BatchLine(member_id="4102", points=Decimal(-5), note="Sorry (ref op_3)"),
    ]
    assert [(r.member_id, r.state) for r in rivo.adjust_batch(lines)] == [
        (ANN, "done"),
        ("4101", "rejected"),
        ("4102", "done"),
    ]
    comments = [world.contact(src_id=s, store="ash").events[-1].extra.get("rivo_comment") for s in (ANN, "4102")]
    assert comments == ["Thank you", "Sorry"]
    assert rivo.capabilities.batch_limit == 10


def test_a_batch_of_nothing_that_could_be_sent(world: World, rivo: Rivo) -> None:
    (result,) = rivo.adjust_batch([BatchLine(member_id=ANN, points=Decimal("0.5"), note="op")])
    assert (result.state, result.reason) == ("rejected", "Rivo keeps whole points only")
    assert not [r for r in world.requests if r.vendor == "rivo"]


@pytest.mark.parametrize("size", [0, 11])
def test_a_batch_of_the_wrong_size(rivo: Rivo, size: int) -> None:
    with pytest.raises(ValueError, match="1 to 10"):
        rivo.adjust_batch([BatchLine(member_id=ANN, points=Decimal(1), note="op")] * size)


def test_a_refused_batch_proves_nothing(rivo: Rivo) -> None:
    with pytest.raises(UnknownOutcome):
        rivo.adjust_batch([BatchLine(member_id="99", points=Decimal(1), note="op")])


@pytest.mark.parametrize("data", [None, {}, [1], [event(internal_note="another")]])
def test_a_batch_whose_answer_does_not_show_the_line(transport: Transport, data: Any) -> None:
    with raw_server(answer(data, "201 Created")) as (url, _):
        (result,) = over(url, transport).adjust_batch([BatchLine(member_id="1", points=Decimal(1), note="op")])
    assert result.state == "unknown"


# -- tiers, rewards, redemptions --------------------------------------------------------------------------------------


def test_tiers(rivo: Rivo) -> None:
    assert rivo.tiers() == [
        Tier(id="9101", name="Bronze", threshold=Decimal(0)),
        Tier(id="9102", name="Silver", threshold=Decimal(500)),
        Tier(id="9103", name="Gold", threshold=Decimal(1250)),
    ]
    assert rivo.member_tier("4688") == MemberTier(name="Silver", id="9102")
    assert rivo.member_tier("4682").name == "Silver"


def test_tiers_nobody_can_read(transport: Transport) -> None:
    with raw_server(answer([{"id": 1, "attributes": {}}])) as (url, _), pytest.raises(Unreachable):
        over(url, transport).tiers()


def test_rewards(rivo: Rivo) -> None:
    assert rivo.rewards() == [
        Reward(id="9201", name="$5 off coupon", points=Decimal(100), available=True),
        Reward(id="9202", name="$12 off coupon", points=Decimal(200), available=True),
        Reward(id="9203", name="Summer tote", points=Decimal(400), available=False),
        Reward(id="9204", name="Thanks for a friend", points=Decimal(0), available=True, automatic=True),
    ]


def test_a_redemption_is_given_back_once(world: World, rivo: Rivo) -> None:
    (spent,) = rivo.redemptions("4685", since=NOW - MONTH, until=NOW)
    assert (spent.member_id, spent.points, spent.name, spent.refunded_at) == ("4685", 200, "$12 off coupon", None)
    assert rivo.find_redemption(spent.id) == rivo.find_redemption((spent.code or "").lower()) == spent
    for _ in range(2):
        rivo.refund_redemption(spent.id, operation_id="op")
    assert rivo.balance(rivo.member("4685")).points == 340
    assert rivo.find_redemption(spent.id).refunded_at == NOW
    assert Operation.REFUND_REDEMPTION in rivo.capabilities.repeatable


def test_an_unknown_redemption(rivo: Rivo) -> None:
    with pytest.raises(NotFound):
        rivo.refund_redemption("5", operation_id="op")
    with pytest.raises(NotFound, match="no such redemption"):
        rivo.find_redemption("5")


def test_a_list_too_long_to_search(transport: Transport) -> None:
    page = [{"id": n, "attributes": {}} for n in range(1, 26)]
    with raw_server(*[answer(page)] * 20) as (url, _), pytest.raises(Unreachable, match="too many"):
        over(url, transport).find_redemption("99")


def test_a_refund_that_is_not_confirmed(transport: Transport) -> None:
    row = {"id": 5, "attributes": {"refunded_at": None}}
    with raw_server(answer(row, "201 Created")) as (url, _), pytest.raises(UnknownOutcome):
        over(url, transport, refund_route="/points_redemptions/{id}/refund").refund_redemption("5", operation_id="o")


def test_without_the_address_a_refund_is_guided(transport: Transport) -> None:
    rivo = over("http://127.0.0.1:9", transport)
    support = rivo.capabilities.of(Operation.REFUND_REDEMPTION)
    assert (support.mode, support.reads_back, rivo.capabilities.repeatable) == ("guided", True, frozenset())
    with pytest.raises(Unsupported, match="not public"):
        rivo.refund_redemption("5", operation_id="op")


# -- limits and settings ----------------------------------------------------------------------------------------------


def test_fifteen_a_second(rivo: Rivo, world: World) -> None:
    for _ in range(15):
        rivo.tiers()
    with pytest.raises(Throttled) as error:
        rivo.tiers()
    assert error.value.retry_after == 1
    world.move(minutes=1)
    assert rivo.tiers()


@pytest.mark.parametrize("wrong", [{}, {"api_key": "k", "more": 1}, {"api_key": "k", "refund_route": "/x"}])
def test_settings_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RivoSettings(**wrong)
