"""A list of 100,000 rows against Rivo's limit: how much of the limit is used, read-backs counted in; how much memory
it takes; how soon it goes on after kill -9. Beside it, in the same run, a bare httpx loop at the same limit.

Time is virtual: it moves only while every lane waits for the limit or for an answer (the latency below), so hours of
waiting take minutes, and a slow or busy machine changes nothing. What is real: the code, the database, the provider's
sandbox in a process of its own and every request to it. What counts as no time: this machine's own work between two
waits; the table says how much that was, which must be far less than the virtual time. The resumption after a kill is
measured in real time, with real processes over the same database.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import psutil
from prometheus_client import CollectorRegistry
from rich.console import Console
from rich.table import Table

from bot.bulk import read_file
from bot.cases import reading, writing
from bot.cases.bulk_models import RowState, RunState
from bot.cases.bulk_moves import faults
from bot.cli.wiring import Vendors
from bot.work import House, bulk, prepare
from bot.work.bulk_check import check
from bot.work.bulk_run import LANES, carry_list
from connectors.pacing import Pacer
from connectors.rivo.api import CUSTOMER
from connectors.sandbox import World
from connectors.transport import Endpoint, Link, Transport
from tests.bench.quiet import quiet
from tests.bench.virtual_time import VirtualTime
from tests.bulk.lists import AVERY, EVERYTHING, MANAGER, QUINN, config_over, house_of
from tests.bulk.nursery import ListNursery
from tests.work.nursery import wait_for

STORE = "ash"
READ_S, WRITE_S = 0.15, 0.30
"""How long the provider takes to answer, in virtual time."""
BETWEEN_TURNS_S = 1.0
"""From the end of a turn until the engine has the next one begun."""
TARGET = 0.95
MOST_MB = 300.0
RESUMED_S = 10.0


@dataclass
class Counted:
    """Calls as they left, by virtual second."""

    at: array[float]

    def rate(self, since: float, until: float) -> float:
        """Calls a second."""
        return (bisect_left(self.at, until) - bisect_left(self.at, since)) / (until - since)

    def most_a_second(self) -> int:
        """In any window of one second."""
        return max((bisect_left(self.at, t + 1.0) - n for n, t in enumerate(self.at)), default=0)


class _Timed(Transport):
    """The product's transport on virtual time: every exchange takes the latency, and is counted."""

    def __init__(self, virtual: VirtualTime, counted: Counted) -> None:
        super().__init__(clock=virtual.clock, sleep=virtual.sleep, metrics=CollectorRegistry())
        self._virtual = virtual
        self._counted = counted

    def _exchange(self, link: Link, endpoint: Endpoint, request: httpx.Request) -> tuple[int, httpx.Headers, bytes]:
        self._counted.at.append(self._virtual.clock())
        answer = super()._exchange(link, endpoint, request)
        self._virtual.sleep(WRITE_S if endpoint.write else READ_S)
        return answer


@dataclass(frozen=True)
class Result:
    """limit: calls a second. looked_up, carried, bare: calls a second as a part of the limit. hours: of carrying out,
    virtual; real_s: this machine's. most: calls in any second. memory: MB, at the beginning and at most. resumed: real
    seconds after kill -9 until a row was done; None where it was not tried. whole: no row lost or done twice."""

    rows: int
    limit: float
    looked_up: float
    carried: float
    bare: float
    hours: float
    real_s: float
    most: int
    memory: tuple[float, float]
    resumed: float | None
    whole: bool


def measure(rows: int, *, kill: bool = True) -> Result:
    """Plan, check and carry out a list of so many rows."""
    with quiet(), _sandbox(rows) as (urls, ask), tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{Path(folder) / 'lists.db'}"
        prepare(database)
        virtual, counted = VirtualTime(), Counted(array("d"))
        config = config_over(database, World.seeded().stores, urls)
        house = replace(house_of(config, virtual.moment), systems=Vendors(config, _Timed(virtual, counted)))
        try:
            return _measured(house, virtual, counted, rows, urls, ask, kill=kill)
        finally:
            house.close()


def _measured(
    house: House, virtual: VirtualTime, counted: Counted, rows: int, urls: dict[str, str], ask: Any, *, kill: bool
) -> Result:
    limit = CUSTOMER.pace.most_a_minute / 60
    memory = [_memory()]
    run_id = _planned(house, virtual, rows, memory)
    checked_at = virtual.clock()
    looked_up = counted.rate(0.0, checked_at) / limit
    bulk.submit_bulk(house, run_id, MANAGER, **EVERYTHING)
    bulk.approve_bulk(house, run_id, QUINN)
    bulk.approve_bulk(house, run_id, AVERY)
    resumed = _killed(house, run_id, urls) if kill else None
    began, real = virtual.clock(), time.perf_counter()
    while bulk.read_run(house, run_id).state is RunState.RUNNING:
        carry_list(house, f"{run_id}#v", together=virtual.together, sleep=virtual.sleep, tick=virtual.clock)
        virtual.sleep(BETWEEN_TURNS_S)
        memory.append(_memory())
        _say(house, run_id, memory)
    ended = virtual.clock()
    real = time.perf_counter() - real
    bulk.outcome_file(house, run_id)
    memory.append(_memory())
    with reading(house.engine) as conn:
        told = not faults(conn)
    held = ask()
    done = bulk.progress(house, run_id).counts.get(RowState.DONE)
    whole = told and done == rows and held == {"rows": rows, "members": rows, "most": 1}
    return Result(
        rows=rows,
        limit=limit,
        looked_up=looked_up,
        carried=counted.rate(began, ended) / limit,
        bare=_bare(urls, limit, min(rows, 1500)),
        hours=(ended - began) / 3600,
        real_s=real,
        most=counted.most_a_second(),
        memory=(memory[0], max(memory)),
        resumed=resumed,
        whole=whole,
    )


def _planned(house: House, virtual: VirtualTime, rows: int, memory: list[float]) -> str:
    data = b"customer_id,points\n" + b"".join(b"%d,5\n" % (880_000_000 + n) for n in range(1, rows + 1))
    run = bulk.plan_bulk(house, read_file(data, "many.csv"), MANAGER, store_id=STORE, source="bench")
    del data
    while bulk.read_run(house, run.id).state is RunState.CHECKING:
        check(house, f"{run.id}#v", together=virtual.together, sleep=virtual.sleep, tick=virtual.clock)
        virtual.sleep(BETWEEN_TURNS_S)
        memory.append(_memory())
        _say(house, run.id, memory)
    return run.id


def _say(house: House, run_id: str, memory: list[float]) -> None:
    """A line a turn: it takes long."""
    now = bulk.progress(house, run_id)
    text = f"{now.run.state}: {now.ended:,} of {now.of:,}, {memory[-1]:.0f} MB"
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - for whoever waits


def _killed(house: House, run_id: str, urls: dict[str, str]) -> float:
    """Real processes carry on; one is killed between a write and its note, and the next is waited for."""
    pace = {"send": 20.0, "absence": 45.0, "settle": None, "click": 2.0, "read": 8.0}
    order = {"database": house.config.database, "urls": urls, "pace": pace}

    def done() -> int:
        return bulk.progress(house, run_id).counts.get(RowState.DONE, 0)

    with ListNursery() as nursery:
        with writing(house.engine) as conn:
            house.work.enqueue(conn, "bulk_run", f"{run_id}#kill")
        nursery.wait_dead(nursery.worker(**order, die_at="bulk_sent", die_after=5), 60)
        before, killed = done(), time.monotonic()
        nursery.worker(**order)
        wait_for(lambda: done() > before, 60, "the list to go on")
        return time.monotonic() - killed


def _bare(urls: dict[str, str], limit: float, calls: int) -> float:
    """A bare httpx loop at the limit: the same lanes, latency and limiter, and nothing else; a part of the limit."""
    virtual, counted = VirtualTime(), Counted(array("d"))
    pacer = Pacer(virtual.clock, virtual.sleep)
    left = iter(range(calls))
    url = f"{urls['rivo']}/merchant_api/v1/customers/880000001"
    with httpx.Client(headers={"Authorization": f"sandbox-{STORE}-loyalty"}, trust_env=False) as client:

        def lane() -> None:
            while next(left, None) is not None:
                pacer.wait("bare", CUSTOMER.pace, at_most=lambda: None)
                counted.at.append(virtual.clock())
                client.get(url).raise_for_status()
                virtual.sleep(READ_S)

        virtual.together([lane] * LANES)
    return counted.rate(0.0, virtual.clock()) / limit


def _memory() -> float:
    """What this process holds, in MB."""
    return float(psutil.Process().memory_info().rss) / 1e6


@contextmanager
def _sandbox(members: int) -> Iterator[tuple[dict[str, str], Any]]:
    command = [sys.executable, "-m", "tests.bench.lists_sandbox", STORE, str(members)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin and process.stdout
        asked, answers = process.stdin, process.stdout
        urls = json.loads(answers.readline())

        def ask() -> Any:
            asked.write("\n")
            asked.flush()
            return json.loads(answers.readline())

        yield urls, ask
        asked.close()


def table(result: Result) -> Table:
    """What was measured, beside what is wanted."""
    shown = Table(
        "", "measured", "wanted", title=f"a list of {result.rows:,} rows at Rivo, {result.limit:g} calls a second"
    )
    shown.add_row("carrying out, part of the limit", f"{result.carried:.1%}", f">= {TARGET:.0%}")
    shown.add_row("a bare httpx loop, part of the limit", f"{result.bare:.1%}", "")
    shown.add_row("looking up, part of the limit", f"{result.looked_up:.1%}", f">= {TARGET:.0%}")
    shown.add_row("most calls in any second", str(result.most), f"<= {result.limit:g}")
    shown.add_row("carrying out, at that limit", f"{result.hours:.2f} h", "")
    shown.add_row("this machine's work for it", f"{result.real_s / 3600:.2f} h", "far less")
    shown.add_row("memory at first, at most", "{:.0f}, {:.0f} MB".format(*result.memory), f"< {MOST_MB:.0f} MB")
    shown.add_row(
        "resumed after kill -9", "–" if result.resumed is None else f"{result.resumed:.1f} s", f"< {RESUMED_S:g} s"
    )
    shown.add_row("every row once, and on record", "yes" if result.whole else "NO", "yes")
    return shown


if __name__ == "__main__":
    Console().print(table(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)))
