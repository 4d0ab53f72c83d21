"""Time that passes only while everybody waits: hours of waiting for a limit take no longer than the work between.

Threads that are started by `together` are known; when each of them sleeps (or has ended), time jumps to the earliest
moment that one of them waits for. What threads do between two sleeps takes no time here.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta


class VirtualTime:
    """`clock` and `sleep` for whoever takes them, in seconds; `moment` as a `Clock`."""

    def __init__(self) -> None:
        self._began = datetime.now(UTC)
        self._now = 0.0
        self._busy = 0
        self._waiting: list[tuple[float, int]] = []
        self._number = 0
        self._turn = threading.Condition()

    def clock(self) -> float:
        return self._now

    def moment(self) -> datetime:
        return self._began + timedelta(seconds=self._now)

    def sleep(self, seconds: float) -> None:
        """Wait, if a known thread asks; otherwise time just passes."""
        with self._turn:
            if self._busy == 0:
                self._now += seconds
                return
            self._number += 1
            mine = (self._now + seconds, self._number)
            heapq.heappush(self._waiting, mine)
            self._rest()
            self._turn.wait_for(lambda: self._now >= mine[0])

    def together(self, works: Sequence[Callable[[], None]]) -> None:
        """Run all, each in a known thread; raises what the first of them raised."""
        failed: list[BaseException] = []

        def run(work: Callable[[], None]) -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - raised again below
                failed.append(error)
            finally:
                with self._turn:
                    self._rest()

        self._busy = len(works)
        threads = [threading.Thread(target=run, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failed:
            raise failed[0]

    def _rest(self) -> None:
        """One known thread does nothing any more; when it was the last, time moves on and wakes the next."""
        self._busy -= 1
        if self._busy == 0 and self._waiting:
            self._now = self._waiting[0][0]
            while self._waiting and self._waiting[0][0] <= self._now:
                heapq.heappop(self._waiting)
                self._busy += 1
            self._turn.notify_all()
