from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest

from connectors.sandbox import Fault, World
from connectors.sandbox.state import Event, PosSale
from tests.connectors.helpers import NOW


@pytest.fixture
def world() -> World:
    return World.seeded(clock=lambda: NOW)


def person(world: World, name: str, store: int = 0) -> dict:
    return next(c for c in world.view()["stores"][store]["customers"] if c["name"] == name)


def test_the_same_moment_gives_the_same_world(world: World) -> None:
    assert World.seeded(clock=lambda: NOW).view() == world.view()


def test_the_machine_s_time_is_the_default() -> None:
    assert World.seeded().now().tzinfo is not None


def test_a_scenario_switches_its_faults_on_and_an_unknown_one_changes_nothing(world: World) -> None:
    assert [f.kind for f in World.seeded("provider_down").faults] == ["status"]
    with pytest.raises(KeyError, match="no scenario 'nope'; known: wrong_link"):
        world.reset("nope")
    world.fault(Fault("garbage"))
    world.reset("throttled")
    assert [(f.kind, f.retry_after) for f in world.faults] == [("throttle", 1)]


def test_the_clock_moves_until_the_world_begins_again(world: World) -> None:
    assert world.move(minutes=90) == NOW + timedelta(minutes=90)
    assert world.move(minutes=-30) == NOW + timedelta(minutes=60)
    assert world.now() == NOW + timedelta(minutes=60)
    world.reset()
    assert world.now() == NOW


def test_the_view_says_who_says_what(world: World) -> None:
    dana = person(world, "Dana Ortiz")
    assert (dana["pos_says"], dana["provider_says"], dana["phone"]) == (200, 500, "3035550177")
    assert [p["id"] for p in dana["pos"]] == [880123]
    assert dana["provider"][0]["source_id"] == "880123"
    assert dana["provider"][0]["ledger"][-1]["type"] == "order"
    assert (person(world, "Tessa Quinn")["pos_says"], person(world, "Tessa Quinn")["provider_says"]) == (0, 610)
    assert (person(world, "Priya Nair")["pos_says"], person(world, "Priya Nair")["provider_says"]) == (20, 500)
    assert (person(world, "Lena Park")["pos_says"], person(world, "Nora Lind")["provider_says"]) == (None, None)
    assert (person(world, "Ben Ito")["pos"], person(world, "Ben Ito")["phone"]) == ([], "3035550163")
    assert person(world, "Theo Brandt")["pos_says"] is None
    assert len(world.view()["stores"][1]["customers"]) == 9
    assert json.loads(json.dumps(world.view())) == world.view()


def test_every_change_raises_the_version(world: World) -> None:
    versions = [world.version]
    for act in (
        lambda: world.move(minutes=1),
        lambda: world.fault(Fault("garbage")),
        world.clear_faults,
        world.nightly,
        world.reset,
    ):
        act()
        versions.append(world.version)
    assert versions == sorted(set(versions))


def test_faults_are_meant_for_some_requests(world: World) -> None:
    world.fault(Fault("garbage", vendor="alpineiq", store="pine", path="/wallet", writes_only=True, times=1))
    hit = {"vendor": "alpineiq", "store": "pine", "path": "/api/v2/wallet", "write": True}
    for miss in ({"vendor": "dutchie"}, {"store": "oak"}, {"store": None}, {"path": "/x"}, {"write": False}):
        assert world.take_fault(**{**hit, **miss}) is None
    assert world.take_fault(**hit) is not None
    assert world.take_fault(**hit) is None
    with pytest.raises(ValueError, match="unknown kind of fault 'flood'"):
        Fault("flood")


def test_looking_people_up(world: World) -> None:
    assert world.customer(880123).name == "Dana Ortiz"
    assert world.contact(email="dana.ortiz@example.com").name == "Dana Ortiz"
    assert world.contact(src_id="880123").name == "Dana Ortiz"
    with pytest.raises(LookupError):
        world.contact(phone="3035550199")
    with pytest.raises(LookupError):
        world.contact()
    with pytest.raises(KeyError):
        world.customer(1)


# -- nights -----------------------------------------------------------------------------------------------------------


def test_a_quiet_night(world: World) -> None:
    before = {c.id: c.points for c in world.stores["pine"].contacts.values()}
    done = world.nightly()
    rolf = world.contact(phone="3035550171", store="oak")
    assert (rolf.points, rolf.events[-1].type) == (0, "block"), "at another store, below zero"
    assert {kind: done[kind] for kind in ("contacts_updated", "sales_posted", "merged", "expired", "blocked")} == {
        "contacts_updated": 0,
        "sales_posted": 1,
        "merged": 0,
        "expired": 0,
        "blocked": 1,
    }
    after = {c.id: c.points for c in world.stores["pine"].contacts.values()}
    marcus = world.contact(phone="3035550146")
    assert {i: after[i] - before[i] for i in after if after[i] != before[i]} == {marcus.id: 60}
    assert world.nightly()["sales_posted"] == 0


def test_contacts_follow_the_register(world: World) -> None:
    customer = world.customer(880123)
    customer.phone, customer.modified_at = "3035550142", world.now()
    world.customer(880301).modified_at = world.now()
    assert world.nightly()["contacts_updated"] == 1
    assert world.contact(src_id="880123").phone == "3035550142"
    assert world.contact(src_id="880301").phone == "3035550144"


def test_equal_contacts_become_one(world: World) -> None:
    world.contact(src_id="880202").phone = "3035550143"
    assert world.nightly()["merged"] == 1
    priya = world.contact(phone="3035550143")
    assert (priya.points, priya.email, priya.events[-1].type) == (500, "priya.nair@example.com", "merge")


def test_points_expire_but_not_those_given_by_hand(world: World) -> None:
    will = world.contact(phone="3035550153")
    will.events = [
        Event(NOW - timedelta(days=400), "order", 100),
        Event(NOW - timedelta(days=10), "adjustment", 30, "Goodwill"),
    ]
    assert world.nightly()["expired"] == 1
    assert (will.points, will.events[-1].value) == (30, -100)
    assert world.nightly()["expired"] == 0


def test_below_zero_is_lifted_once(world: World) -> None:
    will = world.contact(phone="3035550153")
    world.nightly()
    will.events.append(Event(NOW, "redemption", -400))
    assert world.nightly()["blocked"] == 1
    assert (will.points, will.events[-1].type, will.events[-1].value) == (0, "block", 80)
    will.events.append(Event(NOW, "expiration", -5))
    assert world.nightly()["blocked"] == 0


def test_sales_that_never_post(world: World) -> None:
    sales = world.stores["pine"].sales
    sales[1] = PosSale(1, 880153, NOW, 10, posted=False, voided_at=NOW)
    sales[2] = PosSale(2, 880153, NOW + timedelta(days=1), 10, posted=False)
    sales[3] = PosSale(3, 880153, NOW, 10, posted=False, posts=False)
    sales[4] = PosSale(4, 880701, NOW, 10, posted=False)
    sales[5] = PosSale(5, 880153, NOW, 10, posted=False)
    world.nightly()
    assert [sales[n].posted for n in range(1, 6)] == [False, False, False, False, True]


def test_many_threads(world: World) -> None:
    def work() -> None:
        for _ in range(10):
            world.move(minutes=1)
            world.view()
            world.fault(Fault("garbage", times=1))
            world.take_fault(vendor="dutchie", store="pine", path="/", write=False)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.now() == NOW + timedelta(minutes=40)
    assert world.faults == []


# -- the clock --------------------------------------------------------------------------------------------------------


def test_moving_the_clock_past_a_night_does_what_a_night_does(world: World) -> None:
    marcus, rolf = world.contact(phone="3035550146"), world.contact(phone="3035550171", store="oak")
    world.contact(src_id="880202").phone = "3035550143"  # now two personas with one phone
    before = marcus.points
    world.move(minutes=14 * 60)
    assert (marcus.points, rolf.points) == (before, -35), "it is not night yet"
    world.move(minutes=2 * 60)
    assert (marcus.points, rolf.points) == (before + 60, 0), "posted, and lifted from below zero"
    assert rolf.events[-1].at == NOW + timedelta(hours=15)
    assert world.contact(phone="3035550143").points == 500, "merged"
    assert {s.last_nightly for s in world.stores.values()} == {NOW + timedelta(hours=15)}
    world.move(minutes=60 * 24 * 3)
    assert {s.last_nightly for s in world.stores.values()} == {NOW + timedelta(days=3, hours=15)}
    world.move(minutes=-60 * 24 * 3)
    assert {s.last_nightly for s in world.stores.values()} == {NOW + timedelta(days=3, hours=15)}


def test_the_registers_own_points_are_those_of_last_night(world: World) -> None:
    koa = world.stores["koa"]

    def of(customer_id: int) -> float:
        return next(row["loyaltyBalance"] for row in koa.snapshot if row["customerId"] == customer_id)

    before = of(4100)
    world.contact(src_id="4100", store="koa").events.append(Event(world.now(), "order", 40))
    world.move(minutes=60)
    assert of(4100) == before
    world.move(minutes=60 * 30)
    assert of(4100) == before + 40


def test_the_first_sync_takes_a_day_and_the_night_after_it() -> None:
    world = World.seeded("first_sync", clock=lambda: NOW)
    usual = len(World.seeded(clock=lambda: NOW).stores["pine"].contacts)
    pine = world.stores["pine"]
    world.move(minutes=23 * 60)
    assert pine.contacts == {}, "one night is over, and not a day"
    world.move(minutes=17 * 60)
    assert usual - 2 <= len(pine.contacts) <= usual, "less those that were merged"
    assert world.contact(phone="3035550152").points == 145
