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
from bot.config import Policy
from bot.work import House, Pace, Worker, retry_rule
from bot.work.bulk_check import check
from bot.work.bulk_run import carry_list
from bot.work.jobs import JOBS, Job
from bot.work.queue import subject_of
from connectors.sandbox import World
from tests.bulk.lists import config_over, house_of, no_wait, one_lane
from tests.work import awaits
from tests.work.nursery import Nursery, _counting, main

STORES = World.seeded().stores
"""As every sandbox has them: which vendors, with which keys."""


def live(order: Mapping[str, Any]) -> None:
    """A worker process: runs until it is killed, or kills itself: at the stage `die_at` for the `die_after`th time, or
    just before await number `die_before[1]` of the list `die_before[0]`. `record`: a file that gets a line an await.
    Lists of which awaits are counted are worked on by one lane, so that their order is always the same."""
    seen = 0

    def watch(stage: str) -> None:
        nonlocal seen
        seen += stage == order.get("die_at")
        if stage == order.get("die_at") and seen >= order.get("die_after", 1):
            os.kill(os.getpid(), signal.SIGKILL)

    config = config_over(
        order["database"], STORES, order["urls"], policy=Policy.model_validate(order.get("policy", {}))
    )
    house = house_of(config, system_clock, pace=Pace(**order["pace"]))
    retry_rule.AWAY_WAIT_S = 0.5  # type: ignore[misc]  # the waits are tried where time can be moved
    jobs = {**JOBS, "bulk_run": partial(carry_list, sleep=no_wait)}
    if "record" in order or "die_before" in order:
        jobs = {
            **awaits.watched_jobs(_counting(order)),
            "bulk_check": _marked(partial(check, sleep=no_wait, together=one_lane)),
            "bulk_run": _marked(partial(carry_list, sleep=no_wait, together=one_lane)),
        }
    Worker(replace(house, watch=watch), jobs=jobs).start()
    threading.Event().wait(120)


def _marked(job: Job) -> Job:
    """The awaits of this job are its list's."""

    def run(house: House, key: str) -> None:
        awaits._here.subject = subject_of(key)
        job(house, key)

    return run


class ListNursery(Nursery):
    """The test's end of it."""

    module = "tests.bulk.nursery"


if __name__ == "__main__":
    main(live)
