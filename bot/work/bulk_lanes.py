"""Several rows of a list at once: lanes, and an even spacing of their calls, so that people at the counter who ask the
same provider find a place between them."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable, Sequence

Work = Callable[[], None]
Together = Callable[[Sequence[Work]], None]
"""Runs all at once and returns when all have ended; raises what the first of them raised."""


def in_threads(works: Sequence[Work]) -> None:
    """Each in a thread of its own."""
    failed: list[BaseException] = []

    def run(work: Work) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again below, in the thread that waits
            failed.append(error)

    threads = [
        threading.Thread(target=contextvars.copy_context().run, args=(run, work), name=f"pointsman-lane-{n}")
        for n, work in enumerate(works)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


class Steady:
    """Moments for calls, evenly spaced. The vendor's limit is kept by the transport; this only avoids bursts.

    per_minute: 0 spaces nothing. Lost time is made up for, at most a second of it.
    """

    def __init__(
        self,
        per_minute: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._every = 60 / per_minute if per_minute > 0 else 0.0
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next = clock()

    def wait(self, calls: float = 1.0) -> None:
        """Return at the moment of the next call, or of the next few that are made in a row."""
        if not self._every:
            return
        with self._lock:
            now = self._clock()
            at = max(self._next, now - 1.0)
            self._next = at + calls * self._every
        if at > now:
            self._sleep(at - now)
