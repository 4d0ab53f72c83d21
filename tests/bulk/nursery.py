"""Worker processes for lists that really die. Run as `python -m tests.bulk.nursery`."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from bot.clock import system_clock
from bot.work import Pace, Worker
from bot.work.bulk_run import carry_list
from bot.work.jobs import JOBS
from connectors.sandbox import World
from tests.bulk.lists import config_over, house_of, no_wait
from tests.work.nursery import Nursery, main

STORES = World.seeded().stores
"""As every sandbox has them: which vendors, with which keys."""


def live(order: Mapping[str, Any]) -> None:
    """A worker process: runs until it is killed, or kills itself where it is at `die_at` for the `die_after`th time."""
    seen = 0

    def watch(stage: str) -> None:
        nonlocal seen
        seen += stage == order.get("die_at")
        if stage == order.get("die_at") and seen >= order.get("die_after", 1):
            os.kill(os.getpid(), signal.SIGKILL)

    config = config_over(order["database"], STORES, order["urls"])
    house = house_of(config, system_clock, pace=Pace(**order["pace"]))
    jobs = {**JOBS, "bulk_run": partial(carry_list, sleep=no_wait)}
    Worker(replace(house, watch=watch), jobs=jobs).start()
    threading.Event().wait(120)


class ListNursery(Nursery):
    """The test's end of it."""

    module = "tests.bulk.nursery"


if __name__ == "__main__":
    main(live)
