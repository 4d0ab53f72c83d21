"""Keeping below the vendors' limits: a sliding window per account and endpoint, with a small burst."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from pyrate_limiter import InMemoryBucket, Rate, RateItem


@dataclass(frozen=True)
class Pace:
    """At most this many calls in any second, and in any minute."""

    per_second: int
    per_minute: int

    @property
    def most_a_minute(self) -> int:
        """What can be called in a minute when nobody stops."""
        return min(self.per_minute, 60 * self.per_second)

    def rates(self) -> list[Rate]:
        """Both windows, unless one of them already implies the other."""
        second, minute = Rate(self.per_second, 1000), Rate(self.per_minute, 60_000)
        if self.per_second >= self.per_minute:
            return [minute]
        return [second] if self.per_minute >= 60 * self.per_second else [second, minute]


class TooSoon(Exception):
    """Waiting for a free place would take longer than there is time. `wait_s`: how long."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"no place for {wait_s:.1f} s")
        self.wait_s = wait_s


class Paces(Protocol):
    """Hands out places in time. Safe from several threads. Who needs several processes to keep one pace together brings
    another of these to the transport."""

    def wait(self, key: str, pace: Pace, *, at_most: Callable[[], float | None]) -> None:
        """Return when one more call of `key` is within its pace. Raises TooSoon if that is later than `at_most()`."""


_patient: ContextVar[bool] = ContextVar("connectors_patient", default=False)
_LETS_PASS_S = 0.05


@contextmanager
def patiently() -> Iterator[None]:
    """Calls inside let others of the account go first: work by the thousand beside people who wait for an answer. A
    thread does not inherit it by itself: whoever fans work out runs it in `contextvars.copy_context()`."""
    token = _patient.set(True)
    try:
        yield
    finally:
        _patient.reset(token)


class Pacer:
    """`Paces` of one process.

    clock: seconds, never going back. sleep: waits that many seconds.
    """

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._buckets: dict[str, InMemoryBucket] = {}
        self._hurried: Counter[str] = Counter()

    def wait(self, key: str, pace: Pace, *, at_most: Callable[[], float | None]) -> None:
        """Return when one more call of `key` is within its pace. Raises TooSoon if that is later than `at_most()`."""
        if _patient.get():
            self._wait(key, pace, at_most, patient=True)
            return
        with self._lock:
            self._hurried[key] += 1
        try:
            self._wait(key, pace, at_most, patient=False)
        finally:
            with self._lock:
                self._hurried[key] -= 1

    def _wait(self, key: str, pace: Pace, at_most: Callable[[], float | None], *, patient: bool) -> None:
        while True:
            wait_s = _LETS_PASS_S if patient and self._hurried[key] else self._try(key, pace)
            if wait_s <= 0:
                return
            left = at_most()
            if left is not None and wait_s > left:
                raise TooSoon(wait_s)
            self._sleep(wait_s)

    def _try(self, key: str, pace: Pace) -> float:
        """Take a place and return 0, or the seconds until there may be one."""
        with self._lock:
            bucket = self._buckets.get(key)
            if bucket is None:
                bucket = self._buckets[key] = InMemoryBucket(pace.rates())
            now = int(self._clock() * 1000)
            bucket.leak(now)
            item = RateItem(key, now)
            if bucket.put(item):
                return 0.0
            wait_ms = bucket.waiting(item)
            # One more millisecond: the window's edge itself still counts.
            return (max(int(wait_ms), 0) + 1) / 1000  # type: ignore[arg-type]
