"""What every connector must do, whatever its vendor: one set of promises, run over each against its own sandbox."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from connectors import REGISTRY
from connectors.contract import LoyaltyProgram, Operation, PointOfSale
from connectors.errors import (
    Denied,
    NotFound,
    Rejected,
    Throttled,
    UnknownOutcome,
    Unreachable,
    Unsupported,
    VendorError,
)
from connectors.sandbox import Fault, SandboxServers, World
from connectors.transport import Transport, deadline
from tests.connectors.helpers import NOW, Naps

SECRETS = {"dutchie": "sandbox-pine-pos", "alpineiq": "sandbox-pine-loyalty"}


@dataclass(frozen=True)
class Subject:
    """One connector with a read and a write of its own. `applied`: whether the write happened in the world."""

    vendor: str
    read: Callable[[], Any]
    write: Callable[[], None]
    applied: Callable[[], bool]


def dutchie(world: World, pos: PointOfSale) -> Subject:
    return Subject(
        "dutchie",
        read=lambda: [c.id for c in pos.find_customers(phone="+13035550153")],
        write=lambda: pos.change_phone("880153", expected="+13035550153", new="+13035550199", operation_id="op_1"),
        applied=lambda: world.customer(880153).phone == "3035550199",
    )


def alpineiq(world: World, program: LoyaltyProgram) -> Subject:
    member_id = world.contact(phone="3035550153").id
    return Subject(
        "alpineiq",
        read=lambda: [m.source_id for m in program.find_members(phone="+13035550153")],
        write=lambda: program.adjust_points(member_id, points=Decimal(50), note="Goodwill (ref op_1)"),
        applied=lambda: world.contact(phone="3035550153").points == 370,
    )


@pytest.fixture(params=["dutchie", "alpineiq"])
def subject(
    request: pytest.FixtureRequest, world: World, pos: PointOfSale, program: LoyaltyProgram
) -> Iterator[Subject]:
    yield dutchie(world, pos) if request.param == "dutchie" else alpineiq(world, program)


def test_it_reads_and_writes(subject: Subject) -> None:
    assert subject.read() == ["880153"]
    subject.write()
    assert subject.applied()


@pytest.mark.parametrize(
    ("fault", "expected", "words"),
    [
        (Fault("status", code=500), Unreachable, "problem on its side"),
        (Fault("status", code=502), Unreachable, "problem on its side"),
        (Fault("status", code=503), Unreachable, "problem on its side"),
        (Fault("denied"), Denied, "refused our key"),
        (Fault("throttle"), Throttled, "slow down"),
        (Fault("throttle", retry_after=2), Throttled, "slow down"),
        (Fault("garbage"), Unreachable, "nobody can read"),
        (Fault("wrong_types"), Unreachable, "nobody can read"),
        (Fault("cut_before"), Unreachable, "could not be reached"),
        (Fault("cut_after"), Unreachable, "could not be reached"),
    ],
    ids=lambda value: f"{value.kind}-{value.code}-{value.retry_after}" if isinstance(value, Fault) else "",
)
def test_a_read_that_fails_says_how(
    subject: Subject, world: World, fault: Fault, expected: type[VendorError], words: str
) -> None:
    world.fault(fault)
    with pytest.raises(expected, match=words) as error:
        subject.read()
    assert error.value.vendor == subject.vendor
    assert getattr(error.value, "retry_after", fault.retry_after) == fault.retry_after


@pytest.mark.parametrize(
    ("fault", "expected", "happens"),
    [
        (Fault("status", code=500, writes_only=True), UnknownOutcome, False),
        (Fault("status", code=503, writes_only=True), UnknownOutcome, False),
        (Fault("garbage", writes_only=True), UnknownOutcome, False),
        (Fault("cut_before", writes_only=True), UnknownOutcome, False),
        (Fault("cut_after", writes_only=True), UnknownOutcome, True),
        (Fault("denied", writes_only=True), Denied, False),
        (Fault("throttle", writes_only=True), Throttled, False),
        (Fault("status", code=422, writes_only=True), Rejected, False),
        (Fault("status", code=404, writes_only=True), NotFound, False),
    ],
    ids=lambda value: f"{value.kind}-{value.code}" if isinstance(value, Fault) else "",
)
def test_a_write_is_sent_once_and_never_called_done(
    subject: Subject, world: World, fault: Fault, expected: type[VendorError], happens: bool
) -> None:
    world.fault(fault)
    with pytest.raises(expected):
        subject.write()
    assert subject.applied() == happens
    writes = [r for r in world.requests if r.fault == fault.kind]
    assert len(writes) == 1


def test_a_write_without_an_answer_in_time_is_unknown(subject: Subject, world: World) -> None:
    world.fault(Fault("timeout_after", writes_only=True))
    with deadline(0.3), pytest.raises(UnknownOutcome):
        subject.write()
    assert subject.applied()


def test_a_slow_read_ends_with_the_deadline(subject: Subject, world: World) -> None:
    world.fault(Fault("timeout"))
    with deadline(0.2), pytest.raises(Unreachable, match="in time"):
        subject.read()


def test_it_waits_for_a_slow_answer(subject: Subject, world: World) -> None:
    world.fault(Fault("latency", seconds=0.05))
    assert subject.read() == ["880153"]


def test_unknown_fields_are_survived(subject: Subject, world: World) -> None:
    world.fault(Fault("unknown_fields"))
    assert subject.read() == ["880153"]


def test_a_read_tries_again(subject: Subject, world: World, naps: Naps) -> None:
    world.fault(Fault("throttle", retry_after=2, times=1))
    assert subject.read() == ["880153"]
    assert naps.taken == [2.0]


def test_the_log_shows_no_secret_and_nobody(
    subject: Subject, world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        subject.read()
        subject.write()
        world.fault(Fault("denied"))
        with pytest.raises(Denied) as error:
            subject.read()
    out = capsys.readouterr()
    # The sandbox's own server runs in this process too; what it logs is not the connector's.
    ours = "".join(r.getMessage() for r in caplog.records if not r.name.startswith("uvicorn"))
    shown = ours + out.out + out.err + repr(error.value) + str(error.value)
    for hidden in (SECRETS[subject.vendor], "5550153", "will.tanner", "Tanner"):
        assert hidden not in shown


@pytest.mark.parametrize("vendor", REGISTRY)
def test_settings_describe_themselves_and_hide_secrets(vendor: str) -> None:
    connector = REGISTRY[vendor]
    assert connector.vendor == vendor
    for model in filter(None, (connector.pos_settings, connector.loyalty_settings)):
        assert issubclass(model, BaseModel)
        assert model.model_config["extra"] == "forbid"
        assert all(field.description for field in model.model_fields.values())


def test_secrets_never_show_in_settings(servers: SandboxServers) -> None:
    settings = [
        REGISTRY["dutchie"].pos_settings(api_key="marked-1", integrator_key="marked-2"),
        REGISTRY["dutchie"].pos_settings(keys=[{"menu": "medical", "api_key": "marked-3"}]),
        REGISTRY["alpineiq"].loyalty_settings(uid="1", api_key="marked-4"),
    ]
    for value in settings:
        assert "marked" not in repr(value) + str(value) + value.model_dump_json()


def test_opening_by_name(world: World, servers: SandboxServers, transport: Transport) -> None:
    dutchie, aiq = REGISTRY["dutchie"], REGISTRY["alpineiq"]
    pos = dutchie.open_pos(
        dutchie.pos_settings(base_url=servers.urls["dutchie"] + "/", api_key="sandbox-pine-pos"), transport
    )
    settings = aiq.loyalty_settings(base_url=servers.urls["alpineiq"], uid="4242", api_key="sandbox-pine-loyalty")
    assert pos.customer("880153").name == "Will Tanner"
    assert aiq.open_loyalty(settings, transport).identify().account == "4242"
    with pytest.raises(Unsupported):
        dutchie.open_loyalty(settings, transport)
    with pytest.raises(Unsupported):
        aiq.open_pos(settings, transport)


def test_the_matrix_of_capabilities(pos: PointOfSale, program: LoyaltyProgram) -> None:
    at_pos = {o for o in Operation if pos.capabilities.of(o).supported}
    at_provider = {o for o in Operation if program.capabilities.of(o).supported}
    assert at_pos == {
        Operation.IDENTIFY,
        Operation.FIND_CUSTOMER,
        Operation.READ_SALES,
        Operation.CHANGE_PHONE,
        Operation.WRITE_NOTE,
    }
    assert at_provider == {
        Operation.IDENTIFY,
        Operation.FIND_MEMBER,
        Operation.READ_BALANCE,
        Operation.READ_LEDGER,
        Operation.ADJUST_POINTS,
    }
    assert (pos.capabilities.settle_s, pos.capabilities.ledger_proves_absence) == (300, False)
    assert (program.capabilities.settle_s, program.capabilities.ledger_proves_absence) == (5, True)
    assert pos.capabilities.of(Operation.ADJUST_POINTS).why == "This system has no such operation."


def test_every_supported_operation_answers(world: World, pos: PointOfSale, program: LoyaltyProgram) -> None:
    member = program.find_members(phone="+13035550153")[0]
    since = NOW - timedelta(days=30)
    assert pos.identify().location == "Harbor Green - Pine St"
    assert pos.find_customers(phone="+13035550153")
    assert pos.sales(["880153"], since=since, until=NOW)
    pos.change_phone("880153", expected="+13035550153", new="+13035550153", operation_id="op")
    pos.write_note("880153", subject="Checked", body="Nothing changed", at=NOW)
    assert program.identify().location == "Harbor Green - Pine St"
    assert program.balance(member).points == 320
    assert program.ledger(member.id, since=since, until=NOW).entries
    program.adjust_points(member.id, points=Decimal("-1.5"), note="op")
    assert world.contact(phone="3035550153").points == 318.5
