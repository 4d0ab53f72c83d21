"""One pace for several processes: exact in every window, first come first served, and never in the way."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.database import open_database
from bot.cases.tables import paces
from bot.work.pacing import SharedPaces, next_place, shared_paces
from connectors.pacing import Pace, TooSoon
from connectors.sandbox import SandboxServers, World
from tests.cases.databases import fresh_database
from tests.work.household import at_once

ROOT = Path(__file__).parents[2]
PACE = Pace(per_second=5, per_minute=100)


def no_end() -> None:
    return None


@pytest.fixture
def postgres() -> Iterator[str]:
    with fresh_database("postgresql") as url:
        yield url


@pytest.fixture
def servers() -> Iterator[SandboxServers]:
    """As strict as the vendor, on the machine's own clock."""
    with SandboxServers(World.seeded()) as running:
        yield running


@given(
    st.lists(st.integers(0, 30_000), min_size=1, max_size=60),
    st.integers(1, 6),
    st.integers(1, 20),
)
def test_no_window_ever_holds_too_many(gaps: list[int], per_second: int, per_minute: int) -> None:
    pace, given_out, now = Pace(per_second, per_minute), array("q"), 0
    for gap in gaps:
        now += gap % (50 + gap // 3)
        place = next_place(given_out, pace, now)
        assert place >= now
        given_out.append(place)
    for window, most in ((1000, per_second), (60_000, per_minute)):
        assert all(bisect_left(given_out, start + window + 1) - n <= most for n, start in enumerate(given_out)), (
            "also at the window's very edge"
        )


def test_the_first_calls_go_at_once_and_the_next_wait_their_turn(postgres: str) -> None:
    engine, slept = open_database(postgres), []
    shared = SharedPaces(engine, sleep=slept.append)
    for _ in range(7):
        shared.wait("first", PACE, at_most=no_end)
    assert len(slept) == 2
    assert all(0.5 < wait <= 1.02 for wait in slept)
    with pytest.raises(TooSoon) as soon:
        shared.wait("first", PACE, at_most=lambda: 0.01)
    assert 0.5 < soon.value.wait_s <= 1.02
    shared.wait("first", PACE, at_most=lambda: 5)
    assert len(slept) == 3, "who was refused took no place"
    shared.wait("second", PACE, at_most=no_end)
    assert len(slept) == 3, "another account has its own pace"
    assert sorted(len(places) for places in given_out(postgres)) == [1, 8]
    shared.close()


def test_many_threads_get_as_many_different_places(postgres: str) -> None:
    shared = SharedPaces(open_database(postgres, pool_size=8), sleep=lambda _: None)
    at_once(*[lambda: shared.wait("crowd", PACE, at_most=no_end)] * 24)
    places = max(given_out(postgres), key=len)
    assert len(places) == 24
    assert places[-1] - places[0] >= 4 * 1020
    shared.close()


def test_without_its_database_a_process_keeps_the_pace_alone(postgres: str, caplog: pytest.LogCaptureFixture) -> None:
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        time.sleep(seconds)

    away = SharedPaces(open_database("postgresql://nobody@127.0.0.1:1/none"), sleep=nap)
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            away.wait("k", Pace(1, 60), at_most=no_end)
    assert sum(naps) > 0
    assert "this process keeps its own" in caplog.text


def test_a_single_process_needs_none(tmp_path: Path) -> None:
    assert shared_paces(f"sqlite:///{tmp_path}/x.db") is None


def processes(postgres: str, servers: SandboxServers, ask: str, seconds: float) -> dict[str, int]:
    """Two processes at once; how their calls ended, together."""
    order = {"database": postgres, "url": servers.urls["dutchie"], "threads": 6, "seconds": seconds, "ask": ask}
    command = [sys.executable, "-m", "tests.work.pacing_child", json.dumps(order)]
    started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(2)]
    ended: dict[str, int] = {}
    for one in started:
        out, _ = one.communicate(timeout=30)
        assert one.returncode == 0
        for code, count in json.loads(out.splitlines()[-1]).items():
            ended[code] = ended.get(code, 0) + count
    return ended


def test_two_processes_together_keep_one_pace(postgres: str, servers: SandboxServers) -> None:
    ended = processes(postgres, servers, "customer", 2)
    seen = [r.status for r in servers.world.requests if r.path == "/customer/customers"]
    assert seen == [200] * ended["ok"]
    # When a call arrives is up to the machine; when it may be sent is up to us.
    places = max(given_out(postgres), key=len)
    assert ended["ok"] <= len(places) <= ended["ok"] + 12, "who gave up took a place at most once"
    assert max(bisect_left(places, start + 1001) - n for n, start in enumerate(places)) == 8


def given_out(postgres: str) -> list[array[int]]:
    """Every account's places."""
    engine = open_database(postgres, pool_size=1)
    with engine.connect() as conn:
        blobs = [array("q", blob) for blob in conn.execute(sa.select(paces.c.places)).scalars()]
    engine.dispose()
    return blobs


def test_two_processes_together_ask_for_the_whole_location_once_a_minute(
    postgres: str, servers: SandboxServers
) -> None:
    assert processes(postgres, servers, "snapshot", 1) == {"ok": 1, "throttled": 12}
    asked = [r.status for r in servers.world.requests if r.path == "/reporting/loyalty-snapshot"]
    assert asked == [200]
