"""Worker processes that really die.

A nursery is a process that has imported everything and has no threads; it forks a worker for each order it reads, so
that a worker starts in milliseconds. Orders and answers are lines of JSON. Run as `python -m tests.work.nursery`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.cases import Actor
from bot.clock import system_clock
from bot.config import Config, Policy
from bot.work import Pace, Worker, proposals
from connectors.sandbox import World
from tests.work.awaits import watched_jobs, watched_press
from tests.work.chain import chain_config
from tests.work.household import RILEY, Seen, household, settings

STORES = World.seeded().stores
"""As every sandbox has them: which vendors, with which keys."""


def live(order: Mapping[str, Any]) -> None:
    """A worker process: runs until it is killed, or kills itself: at the stage `die_at`, or just before await number
    `die_before[1]` of the effect `die_before[0]`. `record`: a file that gets a line an await: effect, what. `changes`:
    the whole practice chain, with these changes of its settings. `press_done`: no worker, but one person's press."""

    def watch(stage: str) -> None:
        if stage == order.get("die_at"):
            os.kill(os.getpid(), signal.SIGKILL)

    house = replace(household(_config(order), clock=system_clock, pace=Pace(**order["pace"]), seen=Seen()), watch=watch)
    seen, done = _counting(order), order.get("press_done")
    if done is not None:
        watched_press(seen, done, lambda: proposals.confirm_done(house, done, somebody(order["store"])))
        return
    Worker(house, jobs=watched_jobs(seen)).start()
    threading.Event().wait(120)


def somebody(store: str) -> Actor:
    """Of this store's staff."""
    return RILEY.model_copy(update={"stores": frozenset({store})})


def _config(order: Mapping[str, Any]) -> Config:
    policy = Policy.model_validate(order.get("policy", {}))
    if "changes" in order:
        return chain_config(order["database"], STORES, order["urls"], policy=policy, changes=order["changes"])
    return settings(order["database"], order["urls"], policy=policy)


def _counting(order: Mapping[str, Any]) -> Callable[[str, str], None]:
    counts: Counter[str] = Counter()
    victim, number = order.get("die_before") or (None, 0)
    record = order.get("record")

    def seen(subject: str, what: str) -> None:
        counts[subject] += 1
        if record is not None:
            with Path(record).open("a") as file:
                file.write(f"{subject}\t{what}\n")
        if subject == victim and counts[subject] == number:
            os.kill(os.getpid(), signal.SIGKILL)

    return seen


def main(live: Callable[[Mapping[str, Any]], None] = live) -> None:
    """Fork a worker for each order, which lives as `live` says; the children are nobody's to wait for."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - our standard output is for answers
            live(json.loads(line))
            os._exit(0)
        print(json.dumps({"pid": child}), flush=True)  # noqa: T201 - the answer


class Nursery:
    """The test's end of it. `with Nursery() as nursery: pid = nursery.worker(…)`. module: what is run."""

    module = "tests.work.nursery"

    def __enter__(self) -> Nursery:
        self._process = subprocess.Popen(
            [sys.executable, "-m", self.module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._pids: list[int] = []
        return self

    def __exit__(self, *_: object) -> None:
        self.kill_all()
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()

    def worker(self, **order: Any) -> int:
        """Start a worker; returns its process id."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        pid = int(json.loads(self._process.stdout.readline())["pid"])
        self._pids.append(pid)
        return pid

    def kill(self, pid: int) -> None:
        """kill -9, and wait until it is gone."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self.wait_dead(pid)

    def kill_all(self) -> None:
        """kill -9 every worker that still lives."""
        for pid in self._pids:
            self.kill(pid)
        self._pids.clear()

    def wait_dead(self, pid: int, seconds: float = 20) -> None:
        """Until the process is gone. Raises TimeoutError."""
        wait_for(lambda: not alive(pid), seconds, f"process {pid} to die")


def alive(pid: int) -> bool:
    """Whether the process exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(true: Any, seconds: float, what: str, every: float = 0.02) -> None:
    """Until `true()` is, looked at `every` so many seconds. Raises TimeoutError that says what was waited for."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds} s for {what}")
        time.sleep(every)


if __name__ == "__main__":
    main()
