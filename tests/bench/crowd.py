"""A thousand diagnoses at once against slow vendors, on a clock that only waiting moves.

The vendors' limits must hold exactly (in no second and no minute more calls than an account's pace), no call may be
refused for coming too often, and no diagnosis may lose a fact: each must find what one alone finds. Everything is real
but the time: connectors, transport, pacing, sandboxes over HTTP. An answer takes `SLOW_S` on the movable clock.
"""

from __future__ import annotations

import heapq
import threading
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
from rich.table import Table

from bot.diagnosis import Diagnosis, Subject, Systems, diagnose
from bot.playbook import BUILT_IN, load_library
from bot.understanding import Entities
from connectors import REGISTRY
from connectors.errors import Throttled
from connectors.sandbox import SandboxServers, World
from connectors.sandbox.vendors import settings_of
from connectors.transport import Dialect, Endpoint, Link, Pace, Transport
from tests.bench.quiet import quiet

FULL = 1000
SLOW_S = 2.0
PLAYBOOK = "balance_mismatch"
ASKED = {"pine": "+13035550153", "oak": "+13035550180"} | dict.fromkeys(
    ("elm", "fir", "ash", "bay", "ivy", "yew", "koa"), "+13035550100"
)
"""Every store of the chain, to the phone of somebody there."""
_BUDGET_S = 3600.0
"""Real seconds: deadlines are not what is measured here."""


class CrowdedTime:
    """A clock that moves to the next waiter's time once everybody who talks to a vendor waits. Seconds."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.start = datetime.now(UTC)
        self._lock = threading.Lock()
        self._waiters: list[tuple[float, int, threading.Event]] = []
        self._number = count()
        self._busy = 0
        self._mine = threading.local()

    def __call__(self) -> float:
        return self.now

    def date(self) -> datetime:
        """The same moment, for those who need a date."""
        return self.start + timedelta(seconds=self.now - 1000.0)

    def sleep(self, seconds: float) -> None:
        """Wait until the clock stands `seconds` later."""
        woken = threading.Event()
        with self._lock:
            heapq.heappush(self._waiters, (self.now + seconds, next(self._number), woken))
            self._busy -= 1
            self._move()
        woken.wait()

    @contextmanager
    def talking(self) -> Iterator[None]:
        """Time stands still inside, but for `sleep`."""
        depth = getattr(self._mine, "depth", 0)
        self._mine.depth = depth + 1
        if depth == 0:
            with self._lock:
                self._busy += 1
        try:
            yield
        finally:
            self._mine.depth = depth
            if depth == 0:
                with self._lock:
                    self._busy -= 1
                    self._move()

    def _move(self) -> None:
        """Wake the next; the lock is held."""
        if self._busy or not self._waiters:
            return
        self.now = self._waiters[0][0]
        while self._waiters and self._waiters[0][0] <= self.now:
            self._busy += 1
            heapq.heappop(self._waiters)[2].set()


class SlowTransport(Transport):
    """The product's transport on a crowd's clock; it notes when what was sent to whom."""

    def __init__(self, time: CrowdedTime) -> None:
        super().__init__(clock=time, sleep=time.sleep)
        self._time = time
        self.sent: dict[tuple[str, Pace], list[float]] = defaultdict(list)
        self.refused: Counter[str] = Counter()

    def call(self, link: Link, endpoint: Endpoint, request: httpx.Request) -> Any:
        with self._time.talking():
            return super().call(link, endpoint, request)

    def link(self, dialect: Dialect, **more: Any) -> Link:
        """As the product's, with real seconds enough for a machine that does all this at once."""
        return super().link(replace(dialect, connect_s=_BUDGET_S, read_s=_BUDGET_S), **more)

    def _once(self, link: Link, endpoint: Endpoint, request: httpx.Request) -> Any:
        try:
            return super()._once(link, endpoint, request)
        except Throttled:
            self.refused[link.dialect.vendor] += 1
            raise

    def _exchange(self, link: Link, endpoint: Endpoint, request: httpx.Request) -> tuple[int, httpx.Headers, bytes]:
        window = f"{link.account} {endpoint.paced_as or endpoint.operation}", endpoint.pace
        self.sent[window].append(self._time.now)
        answer = super()._exchange(link, endpoint, request)
        self._time.sleep(SLOW_S)
        return answer


@dataclass(frozen=True)
class Crowd:
    """What happened. took_s: on the movable clock. over: windows with more calls than the pace allows. fullest: the
    most calls of any minute as a share of what that pace allows. lost: diagnoses that told less than one alone."""

    size: int
    calls: int
    took_s: float
    over: int
    fullest: float
    refused: int
    lost: int


def crowd(size: int) -> Crowd:
    """`size` diagnoses, all begun together, spread evenly over the stores."""
    time = CrowdedTime()
    with quiet(), SandboxServers(World.seeded(clock=time.date)) as servers, SlowTransport(time) as transport:
        systems = {store: _systems(store, servers, transport) for store in ASKED}
        systems["koa"].program.native_snapshot(at=time.date())  # type: ignore[attr-defined]
        alone = {store: _told(_ask(store, systems[store], time)) for store in ASKED}
        with time.talking():
            time.sleep(120)  # what the runs alone used is free again
        transport.sent.clear()
        transport.refused.clear()
        began = time.now
        stores = [list(ASKED)[n % len(ASKED)] for n in range(size)]
        barrier = threading.Barrier(size)

        def one(store: str) -> bool:
            barrier.wait(60)
            return _told(_ask(store, systems[store], time)) == alone[store]

        with ThreadPoolExecutor(max_workers=size, thread_name_prefix="crowd") as pool:
            kept = Counter(pool.map(one, stores))
        return Crowd(
            size=size,
            calls=sum(len(times) for times in transport.sent.values()),
            took_s=time.now - began,
            over=sum(_over(times, pace) for (_, pace), times in transport.sent.items()),
            fullest=max(_most(times, 60) / _a_minute(pace) for (_, pace), times in transport.sent.items()),
            refused=transport.refused.total(),
            lost=kept[False],
        )


def _systems(store: str, servers: SandboxServers, transport: Transport) -> Systems:
    pos, program = settings_of(servers.world.stores[store], servers.urls)
    register, provider = REGISTRY[pos.pop("vendor")], REGISTRY[program.pop("vendor")]
    assert register.pos_settings and provider.loyalty_settings
    return Systems(
        pos=register.open_pos(register.pos_settings.model_validate(pos), transport),
        program=provider.open_loyalty(provider.loyalty_settings.model_validate(program), transport),
    )


_LIBRARY = load_library([BUILT_IN])


def _ask(store: str, systems: Systems, time: CrowdedTime) -> Diagnosis:
    said = Entities(phone=(ASKED[store],), claimed_points=(500,))
    subject = Subject(entities=said, store_id=store, store_name=store, area_code="303")
    playbook = _LIBRARY.playbooks[PLAYBOOK]
    return diagnose(playbook, subject, systems, clock=lambda: time.start, budget_s=_BUDGET_S)


def _told(diagnosis: Diagnosis) -> tuple[object, ...]:
    """What must not depend on the crowd: the cause, and every fact's value or failure."""
    facts = sorted((name, repr(e.value), e.failure_code) for name, e in diagnosis.evidence.items())
    return diagnosis.cause, tuple(facts)


def _a_minute(pace: Pace) -> int:
    return min(pace.per_minute, 60 * pace.per_second)


def _most(times: list[float], seconds: float) -> int:
    """The most calls in any window of this length."""
    ordered = sorted(times)
    return max(bisect_left(ordered, start + seconds) - n for n, start in enumerate(ordered))


def _over(times: list[float], pace: Pace) -> int:
    return sum((_most(times, 1) > pace.per_second, _most(times, 60) > pace.per_minute))


def measure() -> Table:
    """A table of one full crowd."""
    table = Table(title=f"{FULL} diagnoses at once, {SLOW_S:g} s an answer, on the movable clock")
    for column in ("diagnoses", "calls", "took (movable)", "fullest minute", "limits broken", "refused", "lost"):
        table.add_column(column, justify="right")
    found = crowd(FULL)
    table.add_row(
        str(found.size),
        str(found.calls),
        f"{found.took_s / 60:.1f} min",
        f"{found.fullest:.0%} of the pace",
        f"{found.over} (target 0)",
        f"{found.refused} (target 0)",
        f"{found.lost} (target 0)",
    )
    return table
