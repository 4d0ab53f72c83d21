"""Loyalty ID Lookup: what the API shows, what a person does on the screens, and what is read back afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.alpineiq.client import AlpineIq
from connectors.contract import Operation
from connectors.sandbox import SCENARIOS, SandboxServers, World
from connectors.treez.capabilities import LOOKUP
from connectors.treez.client import Treez
from tests.connectors.helpers import NOW
from tests.connectors.treez.conftest import WIRE, Open


def link(pos: Treez, customer_id: str) -> str | None:
    return pos.customer(customer_id).links["alpineiq"]


def found_by_phone(aiq: AlpineIq, phone: str) -> str | None:
    members = aiq.find_members(phone=phone)
    return members[0].id if members else None


def test_every_fact_of_the_lookup_has_a_situation() -> None:
    ours = [s for s in SCENARIOS.values() if s.id.startswith("treez_")]
    assert {f"L{n}" for n in range(1, 8)} <= {fact for s in ours for fact in s.covers}
    assert {s.store for s in ours} == {"elm", "fir"}


def test_up_to_date(world: World, elm: Treez, aiq: AlpineIq) -> None:
    assert link(elm, "4600") == found_by_phone(aiq, "+13035550170")
    with pytest.raises(LookupError, match="up to date"):
        world.by_hand("treez", "accept_loyalty_id", store="elm", customer_id=4600)
    with pytest.raises(LookupError, match="record was found"):
        world.by_hand("treez", "clear_loyalty_id", store="elm", customer_id=4600)


def test_another_id_is_accepted_and_read_back(world: World, elm: Treez, aiq: AlpineIq) -> None:
    old, found = link(elm, "4601"), found_by_phone(aiq, "+13035550171")
    assert old == found_by_phone(aiq, "+13035550191")
    assert old != found
    world.by_hand("treez", "decline_loyalty_id", store="elm", customer_id=4601)
    assert link(elm, "4601") == old
    world.by_hand("treez", "accept_loyalty_id", store="elm", customer_id=4601)
    assert link(elm, "4601") == found
    assert [(c.new, c.by, (NOW - c.at).days) for c in elm.link_changes("4601")][1:] == [
        (old, "Jess Moreno", 2),
        (found, "Robin Vale", 0),
    ]


def test_no_record_is_cleared_or_left(world: World, elm: Treez, aiq: AlpineIq) -> None:
    assert found_by_phone(aiq, "+13035550172") is None
    with pytest.raises(LookupError, match="no record"):
        world.by_hand("treez", "accept_loyalty_id", store="elm", customer_id=4602)
    world.by_hand("treez", "decline_loyalty_id", store="elm", customer_id=4602)
    assert link(elm, "4602") is not None
    world.by_hand("treez", "clear_loyalty_id", store="elm", customer_id=4602)
    assert link(elm, "4602") is None
    assert [c.new is None for c in elm.link_changes("4602")] == [False, True]
    with pytest.raises(LookupError, match="no magnifier"):
        world.by_hand("treez", "clear_loyalty_id", store="elm", customer_id=4602)


def test_a_wallet_error_is_solved_over_the_control_api(
    world: World, servers: SandboxServers, elm: Treez, aiq: AlpineIq
) -> None:
    deed = {"vendor": "treez", "deed": "accept_loyalty_id", "store": "elm", "customer_id": 4603}
    assert WIRE.post(servers.urls["treez"] + "/_sandbox/by-hand", json=deed).status_code == 200
    assert link(elm, "4603") == found_by_phone(aiq, "+13035550173")
    assert WIRE.post(servers.urls["treez"] + "/_sandbox/by-hand", json=deed).status_code == 400


def test_the_first_link(world: World, elm: Treez, aiq: AlpineIq) -> None:
    assert link(elm, "4604") is None
    assert elm.link_changes("4604") == []
    world.by_hand("treez", "link_at_register", store="elm", customer_id=4604)
    assert link(elm, "4604") == found_by_phone(aiq, "+13035550174")
    with pytest.raises(LookupError, match="stored already"):
        world.by_hand("treez", "link_at_register", store="elm", customer_id=4604)
    world.by_hand("treez", "clear_loyalty_id", store="elm", customer_id=4602)
    with pytest.raises(LookupError, match="nobody"):
        world.by_hand("treez", "link_at_register", store="elm", customer_id=4602)


def test_linked_to_somebody_who_is_no_member(elm: Treez, aiq: AlpineIq) -> None:
    stored = link(elm, "4605")
    assert stored
    assert aiq.member(stored).enrolled is False


def test_the_steps_lead_through_every_outcome(elm: Treez) -> None:
    support = elm.capabilities.of(Operation.SET_LINK)
    assert support == LOOKUP
    assert (support.mode, support.reads_back) == ("guided", True)
    said = " ".join(support.steps)
    for words in (
        "Edit",
        "magnifier",
        "Find updated wallet",
        "up to date",
        "{found_id}",
        "no record",
        "changes nothing",
    ):
        assert words in said


def test_treez_loyalty_stores_its_id_where_no_api_looks(world: World, opened: Open) -> None:
    fir = opened("fir")
    assert fir.customer("4622").links == {"alpineiq": None}
    assert fir.link_changes("4622") == []
    stored = world.customer(4622, store="fir").extra["treez_link"]
    world.by_hand("treez", "accept_loyalty_id", store="fir", customer_id=4622)
    found = world.contact(phone="3035550172", store="fir")
    assert (found.id.startswith("cus_"), world.customer(4622, store="fir").extra["treez_link"]) == (True, found.id)
    assert stored != found.id
    with pytest.raises(LookupError, match="no magnifier"):
        world.by_hand("treez", "accept_loyalty_id", store="fir", customer_id=4621)


def test_points_at_treez_loyalty_are_changed_by_hand(world: World) -> None:
    world.by_hand("treez", "adjust_loyalty_points", store="fir", customer_id=4620, points=-30, reason="Mistake")
    dina = world.contact(phone="3035550170", store="fir")
    assert (dina.points, dina.events[-1].note, dina.events[-1].at) == (400, "Mistake", NOW)
    with pytest.raises(LookupError, match="nobody"):
        world.by_hand("treez", "adjust_loyalty_points", store="fir", customer_id=4621, points=1)
    with pytest.raises(LookupError, match="not Treez Loyalty"):
        world.by_hand("treez", "adjust_loyalty_points", store="elm", customer_id=4600, points=1)
    assert world.now() - NOW == timedelta()
