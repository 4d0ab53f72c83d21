"""What every connector must do, whatever its vendor: one set of promises, run over each against its own sandbox."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from connectors import REGISTRY
from connectors.contract import EntryKind, Operation
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
from connectors.sandbox.chain import CHAIN
from connectors.sandbox.vendors import vendor_worlds
from connectors.transport import Transport, deadline
from tests.connectors.helpers import Naps
from tests.connectors.subjects import SITUATIONS, Absent, Situation, Subject, subjects

SERVED = [s for s in subjects() if s.served]
WRITING = [s for s in SERVED if s.write is not None]


@dataclass(frozen=True)
class Bound:
    """A subject, opened."""

    about: Subject
    system: Any
    world: World

    def read(self) -> Any:
        return self.about.read.ask(self.system, self.world)

    def write(self) -> None:
        assert self.about.write
        self.about.write(self.system, self.world)

    def applied(self) -> bool:
        return self.about.applied(self.world)

    def fault(self, fault: Fault) -> None:
        """A fault of this vendor alone, on the path that the subject names."""
        self.world.fault(replace(fault, vendor=self.about.vendor, path=self.about.fault_path))


@pytest.fixture
def bind(world: World, servers: SandboxServers, transport: Transport) -> Callable[[Subject], Bound]:
    return lambda about: Bound(about, about.open(servers, transport), world)


@pytest.fixture
def subject(request: pytest.FixtureRequest, bind: Callable[[Subject], Bound]) -> Bound:
    return bind(request.param)


FIELDS = dict.fromkeys(
    ("name", "customer_id", "member_id", "phone", "email", "points", "target", "found_id"), "something"
)


def over(chosen: list[Subject]) -> Any:
    return pytest.mark.parametrize("subject", chosen, indirect=True, ids=[s.id for s in chosen])


@over(SERVED)
def test_it_reads(subject: Bound) -> None:
    assert subject.read() == subject.about.read.expected


@over(WRITING)
def test_it_writes(subject: Bound) -> None:
    assert not subject.applied()
    subject.write()
    assert subject.applied()


@pytest.mark.parametrize("situation", SITUATIONS)
@over(SERVED)
def test_every_situation(subject: Bound, world: World, situation: Situation) -> None:
    look = subject.about.looks[situation]
    if isinstance(look, Absent):
        assert look.why
        return
    with world.lock:
        subject.about.prepare.get(situation, lambda _: None)(world)
    assert look.ask(subject.system, world) == look.expected


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
@over(SERVED)
def test_a_read_that_fails_says_how(subject: Bound, fault: Fault, expected: type[VendorError], words: str) -> None:
    subject.fault(fault)
    with pytest.raises(expected, match=words) as error:
        subject.read()
    assert error.value.vendor == subject.about.vendor
    if isinstance(error.value, Throttled):
        assert error.value.retry_after == (fault.retry_after or subject.about.unnamed_wait_s)


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
@over(WRITING)
def test_a_write_is_sent_once_and_never_called_done(
    subject: Bound, world: World, fault: Fault, expected: type[VendorError], happens: bool
) -> None:
    subject.fault(fault)
    with pytest.raises(expected):
        subject.write()
    assert subject.applied() == happens
    writes = [r for r in world.requests if r.fault == fault.kind]
    assert len(writes) == 1


@over(WRITING)
def test_a_write_without_an_answer_in_time_is_unknown(subject: Bound) -> None:
    subject.fault(Fault("timeout_after", writes_only=True))
    with deadline(0.3), pytest.raises(UnknownOutcome):
        subject.write()
    assert subject.applied()


@over(SERVED)
def test_a_slow_read_ends_with_the_deadline(subject: Bound) -> None:
    subject.fault(Fault("timeout"))
    with deadline(0.2), pytest.raises(Unreachable, match="in time"):
        subject.read()


@over(SERVED)
def test_it_waits_for_a_slow_answer(subject: Bound) -> None:
    subject.fault(Fault("latency", seconds=0.05))
    assert subject.read() == subject.about.read.expected


@over(SERVED)
def test_unknown_fields_are_survived(subject: Bound) -> None:
    subject.fault(Fault("unknown_fields"))
    assert subject.read() == subject.about.read.expected


@over(SERVED)
def test_a_read_tries_again(subject: Bound, naps: Naps) -> None:
    subject.fault(Fault("throttle", retry_after=2, times=1))
    assert subject.read() == subject.about.read.expected
    assert naps.taken == [2.0]


@over(SERVED)
def test_the_log_shows_no_secret_and_nobody(
    subject: Bound, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        subject.read()
        if subject.about.write is not None:
            subject.write()
        subject.fault(Fault("denied"))
        with pytest.raises(Denied) as error:
            subject.read()
    out = capsys.readouterr()
    # The sandbox's own server runs in this process too; what it logs is not the connector's.
    ours = "".join(r.getMessage() for r in caplog.records if not r.name.startswith("uvicorn"))
    shown = ours + out.out + out.err + repr(error.value) + str(error.value)
    for hidden in subject.about.hidden:
        assert hidden not in shown


@pytest.mark.parametrize("vendor", REGISTRY)
def test_settings_describe_themselves_and_hide_secrets(vendor: str) -> None:
    connector = REGISTRY[vendor]
    assert connector.vendor == vendor
    for model in filter(None, (connector.pos_settings, connector.loyalty_settings, connector.online_settings)):
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
    for opened in (replace(dutchie, loyalty_opener=None).open_loyalty, aiq.open_pos, aiq.open_online):
        with pytest.raises(Unsupported):
            opened(settings, transport)


@over(list(subjects()))
def test_what_is_declared_works_and_what_is_not_says_why(subject: Bound) -> None:
    declared = subject.system.capabilities
    supported = {o for o in declared.operations if declared.of(o).supported}
    assert supported == set(subject.about.operations)
    for operation, support in declared.operations.items():
        if not support.supported:
            assert support.why, operation
            for step in support.steps:
                assert step.format_map(FIELDS)
    assert declared.ledger_shows <= set(get_args(EntryKind))
    assert not declared.ledger_proves_absence or Operation.READ_LEDGER in supported
    assert declared.repeatable <= supported


@pytest.mark.parametrize(
    ("subject", "operation"),
    [(s, o) for s in SERVED for o in s.operations],
    indirect=["subject"],
    ids=[f"{s.id}-{o}" for s in SERVED for o in s.operations],
)
def test_every_supported_operation_answers(subject: Bound, operation: Operation) -> None:
    answer = subject.about.operations[operation](subject.system, subject.world)
    assert answer is None or answer


def test_every_connector_is_in_the_suite() -> None:
    sides = {(s.vendor, s.side) for s in subjects()}
    for vendor, connector in REGISTRY.items():
        assert connector.pos_opener is None or (vendor, "pos") in sides
        assert connector.loyalty_opener is None or (vendor, "loyalty") in sides
        assert connector.online_opener is None or (vendor, "online") in sides
        assert (connector.pos_opener is None) == (connector.pos_capabilities is None)
        assert (connector.loyalty_opener is None) == (connector.loyalty_capabilities is None)
    assert all(vendor in vendor_worlds() for vendor in REGISTRY)
    assert all(set(s.looks) == set(SITUATIONS) for s in subjects() if s.served)


@pytest.mark.parametrize("pos", [n for n, c in REGISTRY.items() if c.pos_capabilities])
def test_links_name_known_providers(pos: str) -> None:
    declared = REGISTRY[pos].pos_capabilities
    assert declared
    for provider, link in declared.links.items():
        assert provider in {place.loyalty for place in CHAIN}
        assert link.relink
        assert (link.kind == "stored") == bool(link.field)
        of_provider = REGISTRY[provider].loyalty_capabilities
        assert of_provider
        assert not link.readable or set(link.follows) <= of_provider.finds_by, "the provider is asked by what it takes"
