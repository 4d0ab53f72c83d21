"""What every connector must do, whatever its vendor: one set of promises, run over each against its own sandbox."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, get_args

import pytest
from prometheus_client import CollectorRegistry
from pydantic import BaseModel

from connectors import REGISTRY
from connectors.contract import EntryKind, Operation, WriteEvidence
from connectors.errors import Denied, Throttled, UnknownOutcome, Unreachable, Unsupported
from connectors.sandbox import Fault, SandboxServers, World
from connectors.sandbox.chain import CHAIN
from connectors.sandbox.vendors import vendor_worlds
from connectors.transport import Transport, deadline
from tests.connectors.helpers import Naps
from tests.connectors.matrix import ITEMS, READ_FAULTS, WRITE_FAULTS, cell, run, table
from tests.connectors.subjects import SITUATIONS, Absent, Look, Subject, subjects


@pytest.fixture
def transport(naps: Naps, metrics: CollectorRegistry) -> Iterator[Transport]:
    """One whose breaker does not come between: what is tried here fails again and again."""
    with Transport(sleep=naps, metrics=metrics, paced=False, breaker_threshold=10_000) as transport:
        yield transport


@dataclass(frozen=True)
class Bound:
    """A subject, opened."""

    about: Subject
    system: Any
    world: World

    def prepare(self, situation: str) -> None:
        """Make of the world what the subject says."""
        with self.world.lock:
            self.about.prepare.get(situation, lambda _: None)(self.world)

    @property
    def look(self) -> Look:
        assert isinstance(self.about.read, Look)
        return self.about.read

    def read(self) -> Any:
        return self.look.ask(self.system, self.world)

    def write(self) -> None:
        assert not isinstance(self.about.write, Absent)
        self.about.write(self.system, self.world)

    def evidence(self) -> WriteEvidence:
        """Of the adjustment that `write` makes."""
        assert not isinstance(self.about.member, Absent)
        since = self.world.now() - timedelta(minutes=5)
        found: WriteEvidence = self.system.find_adjustment(
            self.about.member(self.world), operation_id="op_1", since=since
        )
        return found

    def applied(self) -> bool:
        return self.about.applied(self.world)

    def fault(self, fault: Fault) -> None:
        """A fault of this vendor alone, on the path that the subject names."""
        self.world.fault(replace(fault, vendor=self.about.vendor, path=self.about.fault_path))


@pytest.fixture
def bind(world: World, servers: SandboxServers, transport: Transport) -> Callable[[Subject], Bound]:
    def bound(about: Subject) -> Bound:
        found = Bound(about, about.open(servers, transport), world)
        found.prepare("write")
        return found

    return bound


@pytest.fixture
def subject(request: pytest.FixtureRequest, bind: Callable[[Subject], Bound]) -> Bound:
    return bind(request.param)


FIELDS = dict.fromkeys(
    ("name", "customer_id", "member_id", "phone", "email", "points", "target", "found_id"), "something"
)


def over(item: str) -> Any:
    """Every subject that the matrix runs this item over."""
    chosen = run(item)
    return pytest.mark.parametrize("subject", chosen, indirect=True, ids=[s.id for s in chosen])


def cells(items: Iterable[str]) -> Any:
    """The same for many items: each pair of an item and a subject that it is run over."""
    pairs = [(item, subject) for item in items for subject in run(item)]
    ids = [f"{item}-{subject.id}" for item, subject in pairs]
    return pytest.mark.parametrize(("item", "subject"), pairs, indirect=["subject"], ids=ids)


def test_every_cell_is_run_or_says_why_not() -> None:
    for subject in subjects():
        for item in ITEMS:
            absent = cell(subject, item)
            assert absent is None or absent.why, (subject.id, item)
    assert all(subject.id in table() for subject in subjects())


@over("reads")
def test_it_reads(subject: Bound) -> None:
    assert subject.read() == subject.look.expected


@over("writes")
def test_it_writes(subject: Bound) -> None:
    assert not subject.applied()
    subject.write()
    assert subject.applied()


@cells(SITUATIONS)
def test_every_situation(subject: Bound, world: World, item: str) -> None:
    look = subject.about.looks[item]
    assert isinstance(look, Look)
    subject.prepare(item)
    assert look.ask(subject.system, world) == look.expected


@cells(READ_FAULTS)
def test_a_read_that_fails_says_how(subject: Bound, item: str) -> None:
    fault, expected, words = READ_FAULTS[item]
    subject.fault(fault)
    with pytest.raises(expected, match=words) as error:
        subject.read()
    assert error.value.vendor == subject.about.vendor
    if isinstance(error.value, Throttled):
        assert error.value.retry_after == (fault.retry_after or subject.about.unnamed_wait_s)


@cells(WRITE_FAULTS)
def test_a_write_is_sent_once_and_never_called_done(subject: Bound, world: World, item: str) -> None:
    fault, expected, happens = WRITE_FAULTS[item]
    subject.fault(fault)
    with pytest.raises(expected) as error:
        subject.write()
    assert subject.applied() == happens
    # What was refused did nothing, and is sent again where the key is of the kind that can be renewed.
    assert len([r for r in world.requests if r.fault]) in ((1, 2) if expected is Denied else (1,))
    if isinstance(error.value, Throttled):
        assert error.value.retry_after == (fault.retry_after or subject.about.unnamed_wait_s)


@over("write: no answer in time")
def test_a_write_without_an_answer_in_time_is_unknown(subject: Bound) -> None:
    subject.fault(Fault("timeout_after", writes_only=True))
    with deadline(1.0), pytest.raises(UnknownOutcome):  # long enough for the reads before it, on a busy machine too
        subject.write()
    assert subject.applied()


@over("settles")
def test_a_change_shows_once_the_declared_time_is_over(subject: Bound, world: World) -> None:
    """The register's sandbox shows changes as late as the connector says that its vendor may."""
    settle_s = subject.system.capabilities.settle_s
    assert settle_s > 0
    world.settings.pos_delay_s = settle_s
    subject.write()
    world.move(minutes=settle_s / 60)
    assert subject.about.shown(subject.system, world)


@over("evidence: absent, applied, unknown")
def test_the_history_tells_of_a_write_or_admits_that_it_cannot(subject: Bound, world: World) -> None:
    missing = "absent" if subject.system.capabilities.ledger_proves_absence else "cannot_tell"
    assert subject.evidence() == missing
    subject.fault(Fault("cut_before", writes_only=True))
    with pytest.raises(UnknownOutcome):
        subject.write()
    assert subject.evidence() == missing
    world.clear_faults()
    subject.fault(Fault("cut_after", writes_only=True))
    with pytest.raises(UnknownOutcome):
        subject.write()
    assert subject.evidence() == "applied"


@pytest.mark.parametrize("kind", ["wrong_types", "garbage"])
@over("evidence: unreadable")
def test_a_history_nobody_can_read_proves_nothing(subject: Bound, kind: Any) -> None:
    subject.fault(Fault(kind))
    try:
        assert subject.evidence() == "cannot_tell"
    except Unreachable:
        return


@over("past the deadline")
def test_a_slow_read_ends_with_the_deadline(subject: Bound) -> None:
    subject.fault(Fault("timeout"))
    with deadline(0.2), pytest.raises(Unreachable, match="in time"):
        subject.read()


@over("slow")
def test_it_waits_for_a_slow_answer(subject: Bound) -> None:
    subject.fault(Fault("latency", seconds=0.05))
    assert subject.read() == subject.look.expected


@over("unknown fields")
def test_unknown_fields_are_survived(subject: Bound) -> None:
    subject.fault(Fault("unknown_fields"))
    assert subject.read() == subject.look.expected


@over("tries again")
def test_a_read_tries_again(subject: Bound, naps: Naps) -> None:
    subject.fault(Fault("throttle", retry_after=2, times=1))
    assert subject.read() == subject.look.expected
    assert naps.taken == [2.0]


@over("no secret in logs")
def test_the_log_shows_no_secret_and_nobody(
    subject: Bound, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        subject.read()
        if not isinstance(subject.about.write, Absent):
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


@pytest.mark.parametrize("subject", subjects(), indirect=True, ids=[s.id for s in subjects()])
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
    [(s, o) for s in run("every operation") for o in s.operations],
    indirect=["subject"],
    ids=[f"{s.id}-{o}" for s in run("every operation") for o in s.operations],
)
def test_every_supported_operation_answers(subject: Bound, operation: Operation) -> None:
    answer = subject.about.operations[operation](subject.system, subject.world)
    assert answer is None or answer


CHANGES = frozenset(
    (
        Operation.CHANGE_PHONE,
        Operation.CHANGE_EMAIL,
        Operation.WRITE_NOTE,
        Operation.MARK_MEMBER,
        Operation.SET_LINK,
        Operation.MERGE_CUSTOMERS,
        Operation.ATTACH_ORDER,
        Operation.ADJUST_POINTS,
        Operation.ADJUST_BATCH,
        Operation.REFUND_REDEMPTION,
        Operation.ENROLL,
        Operation.OPT_IN,
        Operation.UPDATE_MEMBER,
        Operation.RECORD_PURCHASE,
    )
)
EMPTY = Fault("status", code=200)


@over("every read, unreadable")
def test_no_read_takes_what_nobody_can_read_for_nothing(subject: Bound, world: World) -> None:
    """An answer in another shape is no answer: whoever asks must not conclude that there is nothing."""
    world.settings.limits = False
    for operation in subject.about.operations.keys() - CHANGES:
        for fault in (Fault("wrong_types"), EMPTY):
            world.clear_faults()
            subject.fault(fault)
            try:
                answer = subject.about.operations[operation](subject.system, world)
            except Unreachable:
                continue
            assert answer is None or answer, (operation, fault.kind)


@over("every write, unknown")
def test_every_change_is_sent_once_and_nothing_else_changes_anything(subject: Bound, world: World) -> None:
    for operation, ask in subject.about.operations.items():
        world.settings.limits = False
        for fault in (replace(EMPTY, writes_only=True), Fault("cut_after", writes_only=True)):
            world.clear_faults()
            subject.fault(fault)
            with world.lock:
                world.requests.clear()
            if operation in CHANGES:
                with pytest.raises(UnknownOutcome):
                    ask(subject.system, world)
            else:
                ask(subject.system, world)
            hit = [r for r in world.requests if r.fault]
            assert len(hit) == (1 if operation in CHANGES else 0), (operation, fault.kind)
        world.reset()
        subject.prepare("write")


def test_every_connector_is_in_the_suite() -> None:
    sides = {(s.vendor, s.side) for s in subjects()}
    for vendor, connector in REGISTRY.items():
        assert connector.pos_opener is None or (vendor, "pos") in sides
        assert connector.loyalty_opener is None or (vendor, "loyalty") in sides
        assert connector.online_opener is None or (vendor, "online") in sides
        assert (connector.pos_opener is None) == (connector.pos_capabilities is None)
        assert (connector.loyalty_opener is None) == (connector.loyalty_capabilities is None)
    assert all(vendor in vendor_worlds() for vendor in REGISTRY)
    assert all(set(s.looks) == set(SITUATIONS) for s in subjects())


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
