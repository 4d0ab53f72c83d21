"""The nightly points: fetched once a day over all processes, kept encrypted, used by each, tried again, forgotten."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY as METRICS

from bot.cases import snapshots, writing
from bot.cases.tables import snapshots as table
from bot.errors import WorkUnavailable
from bot.work import native_points
from bot.work.erasing import Person, erase_customer
from bot.work.house import House
from bot.work.housekeeping import retain
from connectors.contract import Balance, Member
from connectors.errors import Unreachable
from connectors.sandbox import Fault, SandboxServers
from connectors.sandbox.vendors import settings_of
from tests.work.household import MovableClock, Seen, Shop, household, settings

ANN = Member(id="4100")


def house_of(database: str, servers: SandboxServers, clock: MovableClock) -> House:
    """One process of a chain with two stores: one on the register's own points, one on Alpine IQ."""
    base = settings(database, servers.urls)
    pos, loyalty = settings_of(servers.world.stores["koa"], servers.urls)
    koa = {"id": "koa", "name": "Koa", "channel": "C0KOA", "pos": pos, "loyalty": loyalty}
    values = {name: getattr(base, name) for name in type(base).model_fields}
    config = type(base).model_validate({**values, "stores": [base.stores[0], koa]})
    return household(config, clock=clock, seen=Seen())


@pytest.fixture
def shop(database: str, servers: SandboxServers, clock: MovableClock) -> Iterator[Shop]:
    house = house_of(database, servers, clock)
    yield Shop(house, servers, clock, Seen())
    house.close()


def points(house: House) -> Balance:
    return house.systems("koa").program.balance(ANN)


def asked(shop: Shop) -> int:
    return shop.servers.world.counts["dutchie GET /reporting/loyalty-snapshot"]


def queued(shop: Shop) -> list[str]:
    return [one for one in shop.queued() if one.startswith("snapshot:")]


def age() -> float | None:
    return METRICS.get_sample_value("pointsman_native_points_age_seconds", {"store": "koa"})


def today(shop: Shop) -> str:
    return f"{(shop.clock() - timedelta(hours=12)):%Y-%m-%d}"


def test_they_are_fetched_once_a_day_and_survive_a_restart(shop: Shop) -> None:
    clock = shop.clock
    native_points.use_newest(shop.house)
    assert age() == math.inf
    with pytest.raises(Unreachable, match="not loaded yet"):
        points(shop.house)
    native_points.queue_due(shop.house)
    native_points.queue_due(shop.house)
    (job,) = queued(shop)
    shop.run("snapshot", job.removeprefix("snapshot:"))
    assert points(shop.house).points == Decimal(150)
    native_points.queue_due(shop.house)
    shop.run("snapshot", job.removeprefix("snapshot:"))
    assert (queued(shop), asked(shop)) == ([job], 1)

    again = house_of(shop.house.config.database, shop.servers, clock)
    native_points.use_newest(again)
    assert points(again) == points(shop.house)
    assert age() == (clock() - points(again).as_of).total_seconds()
    assert asked(shop) == 1

    clock.move(days=1)
    native_points.queue_due(again)
    newer = next(one for one in queued(shop) if one != job)
    native_points.fetch(again, newer.removeprefix("snapshot:"))
    native_points.use_newest(shop.house)
    assert points(shop.house) == points(again)
    assert points(again).as_of.date() == clock().date()
    assert asked(shop) == 2
    shop.run("snapshot", job.removeprefix("snapshot:"))
    shop.run("snapshot", f"pine#{clock():%Y-%m-%d}")
    assert asked(shop) == 2, "yesterday's job, and a store without such points, ask nothing"
    again.close()


def test_a_vendor_that_fails_is_asked_again_later_until_the_day_is_over(shop: Shop) -> None:
    shop.servers.world.fault(Fault("status", vendor="dutchie", path="loyalty-snapshot", code=503))
    native_points.queue_due(shop.house)
    (job,) = queued(shop)
    shop.run("snapshot", job.removeprefix("snapshot:"))
    shop.run("snapshot", f"{job.removeprefix('snapshot:')}/2")
    assert queued(shop) == [job, f"{job}/2", f"{job}/3"]
    shop.servers.world.clear_faults()
    shop.run("snapshot", f"{job.removeprefix('snapshot:')}/3")
    assert points(shop.house).points == Decimal(150)
    shop.clock.move(days=1)
    shop.run("snapshot", f"{job.removeprefix('snapshot:')}/4")
    assert queued(shop) == [job, f"{job}/2", f"{job}/3"]


def test_they_are_stored_encrypted_and_forgotten_in_time(shop: Shop) -> None:
    native_points.queue_due(shop.house)
    shop.run("snapshot", queued(shop)[0].removeprefix("snapshot:"))
    with writing(shop.house.engine) as conn:
        blob = conn.execute(sa.select(table.c.value)).scalar_one()
        assert b"4100" not in blob
        stored = snapshots.read(conn, shop.house.vault, "koa")
        assert stored["rows"]["4100"]["balance"] == "150"
        older = snapshots.Kept(taken_at=shop.clock() - timedelta(hours=1), as_of=shop.clock())
        assert not snapshots.keep(conn, shop.house.vault, "koa", {}, kept=older)
    erase_customer(shop.house.config, Person(customer="4100"), by="test", really=True, clock=shop.clock)
    with writing(shop.house.engine) as conn:
        kept = snapshots.read(conn, shop.house.vault, "koa")["rows"]
        assert "4100" not in kept
        assert "4101" in kept
    shop.clock.move(days=91)
    retain(shop.house, "today")
    with writing(shop.house.engine) as conn:
        assert snapshots.read(conn, shop.house.vault, "koa") is None
        assert snapshots.times(conn) == {}


def test_a_chain_without_such_points_costs_nothing(sqlite_shop: Shop) -> None:
    sqlite_shop.house.engine.dispose()
    native_points.queue_due(sqlite_shop.house)
    native_points.use_newest(sqlite_shop.house)
    assert sqlite_shop.queued() == []


def test_the_worker_uses_what_is_on_record_before_it_takes_work(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.work import worker

    native_points.queue_due(shop.house)
    shop.run("snapshot", queued(shop)[0].removeprefix("snapshot:"))
    again = house_of(shop.house.config.database, shop.servers, shop.clock)

    def away() -> None:
        raise WorkUnavailable("away", "away")

    monkeypatch.setattr(again.work, "register_queues", away)
    with pytest.raises(WorkUnavailable):
        worker.Worker(again).start()
    assert points(again).points == Decimal(150)
    again.close()
