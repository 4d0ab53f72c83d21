from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.alpineiq.client import AlpineIq, open_alpineiq
from connectors.alpineiq.settings import AlpineIqSettings
from connectors.contract import Balance, Identity, LedgerEntry, Member
from connectors.errors import Denied, NotFound, Rejected, Throttled, UnknownOutcome, Unreachable, VendorError
from connectors.sandbox import Fault, SandboxServers, World
from connectors.sandbox.state import Event
from connectors.transport import Transport
from tests.connectors.helpers import NOW, http, raw_server

MONTH = timedelta(days=30)


def over(url: str, transport: Transport, **settings: Any) -> AlpineIq:
    return open_alpineiq(AlpineIqSettings(base_url=url, uid="1", api_key="k", **settings), transport)


def enveloped(data: Any = None, **more: Any) -> bytes:
    return http("200 OK", json.dumps({"data": data, "code": 200, "success": True, **more}).encode())


# -- members ----------------------------------------------------------------------------------------------------------


def test_identity(program: AlpineIq) -> None:
    assert program.identify() == Identity(account="4242", location="Harbor Green - Pine St")


@pytest.mark.parametrize(("uid", "key"), [("4242", "wrong"), ("4343", "sandbox-pine-loyalty")])
def test_wrong_credentials(world: World, servers: SandboxServers, transport: Transport, uid: str, key: str) -> None:
    settings = AlpineIqSettings(base_url=servers.urls["alpineiq"], uid=uid, api_key=key)
    with pytest.raises(Denied) as error:
        open_alpineiq(settings, transport).identify()
    assert error.value.detail == "stores: HTTP 403, Please provide a valid API key"


def test_found_by_each_criterion(world: World, program: AlpineIq) -> None:
    contact = world.contact(phone="3035550142")
    expected = Member(
        id=contact.id,
        first_name="Dana",
        last_name="Ortiz",
        phone="+13035550142",
        email="dana.ortiz@example.com",
        balance=Decimal(500),
        enrolled=True,
        source_id="880123",
        source="leaflogix",
        joined_at=NOW - timedelta(days=300),
    )
    assert program.find_members(phone="+13035550142") == [expected]
    assert program.find_members(email="Dana.Ortiz@example.com") == [expected]
    assert program.find_members(source_id="880123") == [expected]
    assert program.member(contact.id) == expected


def test_loose_hits_are_left_out(program: AlpineIq) -> None:
    # The vendor's search finds these too: a part of a phone, of an e-mail, of an id.
    assert program.find_members(email="ortiz@example.com") == []
    assert program.find_members(source_id="88012") == []
    assert program.find_members(phone="+13035550199") == []


def test_exactly_one_criterion(program: AlpineIq) -> None:
    for wrong in ({}, {"phone": "+13035550142", "email": "a@example.com"}):
        with pytest.raises(ValueError, match="exactly one"):
            program.find_members(**wrong)


def test_several_with_one_email(world: World, program: AlpineIq) -> None:
    world.contact(phone="3035550143").email = "priya.nair@example.com"
    found = program.find_members(email="priya.nair@example.com")
    assert sorted(m.balance or 0 for m in found) == [20, 480]


def test_a_contact_that_is_no_member(world: World, program: AlpineIq) -> None:
    (ana,) = program.find_members(phone="+13035550155")
    assert (ana.name, ana.enrolled) == ("Ana Sousa", False)
    assert program.member(ana.id).enrolled is False
    # Points prove membership, unless told otherwise.
    (max_,) = program.find_members(phone="+13035550162")
    assert (max_.balance, max_.enrolled) == (0, True)


def test_points_are_no_proof_when_switched_off(
    world: World, program_settings: AlpineIqSettings, transport: Transport
) -> None:
    careful = open_alpineiq(program_settings.model_copy(update={"points_prove_membership": False}), transport)
    world.contact(phone="3035550142").member = False
    assert [m.enrolled for m in careful.find_members(phone="+13035550142")] == [False]


def test_blocklisted_people_are_not_found(world: World, program: AlpineIq) -> None:
    world.contact(phone="3035550142").blocklisted = True
    assert program.find_members(phone="+13035550142") == []


def test_more_hits_than_a_page(transport: Transport) -> None:
    others = [{"contactID": f"c{n}", "mobilePhone": "3035550100", "loyaltyPoints": 1} for n in range(100)]
    mine = {"contactID": "mine", "mobilePhone": "3035550142", "loyaltyPoints": 1}
    with raw_server(enveloped({"results": others}), enveloped({"results": [mine]})) as (url, got):
        assert [m.id for m in over(url, transport).find_members(phone="+13035550142")] == ["mine"]
    assert b"start=100" in got[1]


def test_an_unknown_member(program: AlpineIq) -> None:
    with pytest.raises(NotFound):
        program.member("f" * 32)


@pytest.mark.parametrize("data", [None, {"results": None}, {"results": []}, {}])
def test_nothing_found_in_every_spelling(transport: Transport, data: Any) -> None:
    with raw_server(enveloped(data)) as (url, _):
        assert over(url, transport).find_members(phone="+13035550142") == []


@pytest.mark.parametrize("data", [[], {"results": {}}, {"results": ["x"]}, 5])
def test_hits_in_an_unknown_shape(transport: Transport, data: Any) -> None:
    with raw_server(enveloped(data)) as (url, _), pytest.raises(Unreachable, match="nobody can read"):
        over(url, transport).find_members(phone="+13035550142")


def test_other_answers_in_an_unknown_shape(transport: Transport) -> None:
    member = Member(id="m", phone="+13035550142")
    nameless = {"results": [{"mobilePhone": "3035550142"}]}
    with raw_server(enveloped([]), enveloped({}), enveloped({}), enveloped([]), enveloped(nameless)) as (url, _):
        account = over(url, transport)
        for call in (
            account.identify,
            lambda: account.member("m"),
            lambda: account.balance(member),
            lambda: account.ledger("m", since=NOW - MONTH, until=NOW),
            lambda: account.find_members(phone="+13035550142"),
        ):
            with pytest.raises(Unreachable, match="nobody can read"):
                call()


# -- balance ----------------------------------------------------------------------------------------------------------


def test_the_wallet(world: World, program: AlpineIq) -> None:
    (dana,) = program.find_members(phone="+13035550142")
    assert program.balance(dana) == Balance(points=Decimal(500))
    (b,) = program.find_members(source_id="880202")
    assert b.phone is None
    assert program.balance(b) == Balance(points=Decimal(480))


def test_a_hidden_wallet(program: AlpineIq) -> None:
    (tessa,) = program.find_members(phone="+13035550147")
    assert tessa.balance == 610
    assert program.balance(tessa) == Balance(points=Decimal(0), hidden=True)


def test_without_a_wallet_the_record_counts(world: World, program: AlpineIq) -> None:
    (dana,) = program.find_members(phone="+13035550142")
    assert program.balance(dana.model_copy(update={"phone": None, "email": None})) == Balance(points=Decimal(500))
    assert program.balance(dana.model_copy(update={"phone": "+13035550199"})) == Balance(points=Decimal(500))


def test_no_points_anywhere(transport: Transport) -> None:
    contact = {"contactID": "m"}
    with raw_server(enveloped(contact), enveloped({"results": None})) as (url, _), pytest.raises(Unreachable):
        over(url, transport).balance(Member(id="m"))


# -- ledger -----------------------------------------------------------------------------------------------------------


def test_the_ledger_of_a_window(world: World, program: AlpineIq) -> None:
    (june,) = program.find_members(phone="+13035550149")
    ledger = program.ledger(june.id, since=NOW - timedelta(days=13), until=NOW)
    assert ledger.readable is True
    assert ledger.entries == (
        LedgerEntry(at=NOW - timedelta(days=12, minutes=37), kind="earn", points=Decimal(25)),
        LedgerEntry(at=NOW - timedelta(days=4, minutes=74), kind="earn", points=Decimal(30)),
        LedgerEntry(at=NOW - timedelta(days=2), kind="adjust", points=Decimal(-300), note="Corrected double credit"),
    )
    assert program.ledger(june.id, since=NOW + MONTH, until=NOW + 2 * MONTH).entries == ()


def test_rows_nobody_can_read(transport: Transport) -> None:
    rows = [{"when": "?", "much": 3}, {"ts": int(NOW.timestamp()), "value": 5}]
    with raw_server(enveloped({"events": rows})) as (url, _):
        ledger = over(url, transport).ledger("m", since=NOW - MONTH, until=NOW)
    assert ledger.readable is False
    assert ledger.entries == (LedgerEntry(at=NOW, kind="other", points=Decimal(5)),)


# -- adjusting --------------------------------------------------------------------------------------------------------


def test_an_adjustment_shows_everywhere(world: World, program: AlpineIq) -> None:
    (will,) = program.find_members(phone="+13035550153")
    program.adjust_points(will.id, points=Decimal("-20.5"), note="Correction (ref op_9)")
    assert program.balance(will).points == Decimal("299.5")
    assert program.member(will.id).balance == Decimal("299.5")
    newest = program.ledger(will.id, since=NOW, until=NOW + MONTH).entries[-1]
    assert newest == LedgerEntry(at=NOW, kind="adjust", points=Decimal("-20.5"), note="Correction (ref op_9)")
    assert program.find_adjustment(will.id, operation_id="op_9", since=NOW) == "applied"


def test_an_adjustment_of_nobody(program: AlpineIq) -> None:
    with pytest.raises(NotFound):
        program.adjust_points("f" * 32, points=Decimal(1), note="n")


def test_evidence_after_an_unknown_outcome(world: World, program: AlpineIq) -> None:
    (will,) = program.find_members(phone="+13035550153")
    for fault, evidence in (("cut_before", "absent"), ("cut_after", "applied")):
        world.fault(Fault(fault, writes_only=True, times=1))
        with pytest.raises(UnknownOutcome):
            program.adjust_points(will.id, points=Decimal(5), note=f"ref {fault}")
        assert program.find_adjustment(will.id, operation_id=fault, since=NOW) == evidence


def test_one_source_is_enough_for_yes_and_not_for_no(world: World, program: AlpineIq) -> None:
    contact = world.contact(phone="3035550153")
    contact.events.append(Event(NOW, "adjustment", 5, "ref op_1"))
    for path in ("/adjustments", "/timeline"):
        world.fault(Fault("status", path=path, code=404))
        assert program.find_adjustment(contact.id, operation_id="op_1", since=NOW) == "applied"
        assert program.find_adjustment(contact.id, operation_id="op_2", since=NOW) == "cannot_tell"
        world.clear_faults()


def test_an_empty_history_proves_nothing(world: World, program: AlpineIq) -> None:
    contact = world.contact(phone="3035550162")
    assert contact.events == []
    assert program.find_adjustment(contact.id, operation_id="op_1", since=NOW) == "cannot_tell"


@pytest.mark.parametrize(
    "row", [{"when": 1}, {"ts": 1772475069, "value": 5}, {"ts": 1772475069, "note": "x"}, {"value": 1, "note": "x"}]
)
def test_an_illegible_history_proves_nothing(transport: Transport, row: dict[str, Any]) -> None:
    legible = {"ts": 1772475069, "value": 5, "note": ""}
    with raw_server(enveloped(None), enveloped({"events": [legible, row]})) as (url, _):
        program = over(url, transport, ledger_proves_absence=True)
        assert program.find_adjustment("m", operation_id="op", since=NOW) == "cannot_tell"
    with raw_server(enveloped(None), enveloped({"events": [legible]})) as (url, _):
        program = over(url, transport, ledger_proves_absence=True)
        assert program.find_adjustment("m", operation_id="op", since=NOW) == "absent"


def test_absence_is_no_proof_unless_switched_on(world: World, servers: SandboxServers, transport: Transport) -> None:
    settings = AlpineIqSettings(base_url=servers.urls["alpineiq"], uid="4242", api_key="sandbox-pine-loyalty")
    careful = open_alpineiq(settings, transport)
    contact = world.contact(phone="3035550153")
    assert careful.find_adjustment(contact.id, operation_id="op_1", since=NOW) == "cannot_tell"
    assert careful.capabilities.ledger_proves_absence is False


@pytest.mark.parametrize(
    ("code", "on_read", "on_write"),
    [
        (403, Denied, Denied),
        (404, NotFound, NotFound),
        (422, Rejected, Rejected),
        (429, Throttled, Throttled),
        (500, Unreachable, UnknownOutcome),
        ("?", Unreachable, UnknownOutcome),
    ],
)
def test_a_failure_inside_a_200(
    transport: Transport, code: Any, on_read: type[VendorError], on_write: type[VendorError]
) -> None:
    failed = http("200 OK", json.dumps({"success": False, "code": code}).encode())
    with raw_server(failed, failed) as (url, _):
        account = over(url, transport)
        with pytest.raises(on_read):
            account.member("m")
        with pytest.raises(on_write):
            account.adjust_points("m", points=Decimal(1), note="n")


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"data": {}}', b"5"])
def test_a_write_whose_answer_confirms_nothing(transport: Transport, body: bytes) -> None:
    with raw_server(http("200 OK", body)) as (url, _), pytest.raises(UnknownOutcome):
        over(url, transport).adjust_points("m", points=Decimal(1), note="n")


@pytest.mark.parametrize("body", [b"[]", b"{}", b"5", b""])
def test_a_read_without_an_envelope(transport: Transport, body: bytes) -> None:
    with raw_server(http("200 OK", body)) as (url, _), pytest.raises(Unreachable, match="nobody can read"):
        over(url, transport).member("m")


def test_settings_that_cannot_be() -> None:
    for wrong in ({"uid": "x", "api_key": "k"}, {"uid": "1"}, {"uid": "1", "api_key": "k", "more": 1}):
        with pytest.raises(ValidationError):
            AlpineIqSettings(**wrong)
