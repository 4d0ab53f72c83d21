"""kill -9 in the middle of a list, with real processes: every row once, none lost, and on it goes within seconds."""

from __future__ import annotations

import itertools
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import bot.work.bulk_run
import bot.work.bulk_sending
import bot.work.bulk_settling
from bot.cases import writing
from bot.cases.bulk_models import RowState, RunState
from bot.clock import system_clock
from connectors.sandbox import Fault, SandboxServers, World
from tests.bulk import chaos
from tests.bulk.lists import Lists, SeenLists, config_of, house_of, people
from tests.bulk.nursery import ListNursery
from tests.cases.databases import KINDS, fresh_database
from tests.work.nursery import wait_for

pytestmark = pytest.mark.crash
STAGES = tuple(
    dict.fromkeys(
        stage
        for module in (bot.work.bulk_run, bot.work.bulk_sending, bot.work.bulk_settling)
        for stage in re.findall(r'house\.watch\("(\w+)"\)', Path(str(module.__file__)).read_text(encoding="utf-8"))
    )
)
SAMPLE = {("sqlite", "bulk_marked"), ("sqlite", "bulk_sent"), ("sqlite", "bulk_noted"), ("postgresql", "bulk_sent")}
ALL = os.environ.get("POINTSMAN_CHAOS") == "all"
PACE = {"send": 2.0, "absence": 0.4, "settle": 0.2, "click": 2.0, "read": 4.0}
ROWS = 60


@pytest.fixture(scope="module")
def nursery() -> Iterator[ListNursery]:
    with ListNursery() as running:
        yield running


@pytest.fixture
def crash_lists(request: pytest.FixtureRequest, nursery: ListNursery) -> Iterator[Lists]:
    """Lists whose work is done by other processes."""
    world = World.seeded()
    world.settings.limits = False
    with fresh_database(request.param) as url, SandboxServers(world) as servers:
        seen = SeenLists()
        house = house_of(config_of(url, servers), system_clock, seen)
        yield Lists(house, servers, system_clock, seen)  # type: ignore[arg-type]
        nursery.kill_all()
        house.close()


def start(nursery: ListNursery, lists: Lists, **more: Any) -> int:
    return nursery.worker(database=lists.house.config.database, urls=lists.servers.urls, pace=PACE, **more)


def points(database: str, stage: str) -> Any:
    wanted = ALL or (database, stage) in SAMPLE
    skip = pytest.mark.skipif(not wanted, reason="sampled; POINTSMAN_CHAOS=all runs every stage")
    return pytest.param(database, stage, marks=skip, id=f"{database}-{stage}")


@pytest.mark.parametrize(
    ("crash_lists", "stage"), [points(d, s) for d in KINDS for s in STAGES], indirect=["crash_lists"]
)
def test_killed_in_the_middle(crash_lists: Lists, stage: str, nursery: ListNursery) -> None:
    lists = crash_lists
    people(lists.servers, "ash", ROWS)
    text = "email,points\n" + "".join(f"pat{n}@example.com,{n}\n" for n in range(1, ROWS + 1))
    run = lists.approved(text)
    if stage == "bulk_reconciled":
        lists.servers.world.fault(Fault("cut_after", vendor="rivo", writes_only=True, times=1))
    after = 1 if stage in ("bulk_begun", "bulk_reconciled") else 3
    first = start(nursery, lists, die_at=stage, die_after=after)
    nursery.wait_dead(first, 30)
    before = lists.states(run).get(RowState.DONE, 0)
    killed = time.monotonic()
    start(nursery, lists)
    wait_for(lambda: lists.states(run).get(RowState.DONE, 0) > before, 15, "the list to go on")
    assert time.monotonic() - killed < 10
    wait_for(lambda: lists.get(run).state is RunState.DONE, 40, "the list to end")
    assert lists.states(run) == {RowState.DONE: ROWS}
    assert lists.ours() == sorted((f"pat{n}@example.com", float(n)) for n in range(1, ROWS + 1))
    assert lists.deeds(run)[-1] == "finish"


@pytest.mark.parametrize("crash_lists", ["postgresql"], indirect=True)
def test_two_processes_share_a_list_and_one_of_them_dies(crash_lists: Lists, nursery: ListNursery) -> None:
    """Turns are asked for again and again, so that both want the list at every moment; then one is killed in it."""
    lists, rows = crash_lists, 250
    people(lists.servers, "ash", rows)
    run = lists.approved("email,points\n" + "".join(f"pat{n}@example.com,{n}\n" for n in range(1, rows + 1)))
    workers = [start(nursery, lists), start(nursery, lists)]
    runners: set[str] = set()
    asked = itertools.count()

    def done() -> int:
        with writing(lists.house.engine) as conn:
            lists.house.work.enqueue(conn, "bulk_run", f"{run.id}#again{next(asked)}")
        runners.add(str(lists.get(run).runner))
        return lists.states(run).get(RowState.DONE, 0)

    wait_for(lambda: done() > 60, 30, "both to be at it")
    nursery.kill(workers[0])
    wait_for(lambda: done() == rows, 60, "the other to end it")
    wait_for(lambda: lists.get(run).state is RunState.DONE, 30, "the list to end")
    assert len(runners) > 3  # the list went to and fro
    assert lists.states(run) == {RowState.DONE: rows}
    assert lists.ours() == sorted((f"pat{n}@example.com", float(n)) for n in range(1, rows + 1))
    assert lists.deeds(run)[-1] == "finish"


@pytest.mark.parametrize("database", KINDS)
def test_killed_at_awaits_each_row_is_done_once(database: str) -> None:
    """A small honest sample of `make chaos`."""
    tally = chaos.run(database, chaos.STORIES[1:2], kills=3)
    assert tally.wrong == []
    assert sum(tally.kills.values()) == 3
    assert sum(tally.rows.values()) == 4 * chaos.ROWS


def test_the_stages_are_those_the_code_names() -> None:
    assert set(STAGES) == {
        "bulk_begun",
        "bulk_marked",
        "bulk_sent",
        "bulk_noted",
        "bulk_confirmed",
        "bulk_reconciled",
    }
