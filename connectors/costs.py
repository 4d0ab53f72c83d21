"""A leaky bucket that the vendor keeps, as GraphQL APIs do: every call costs points, and points drip back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from connectors.dialect import Endpoint
from connectors.values import number


class CostMeter:
    """A `Meter` over `extensions.cost` of a GraphQL answer. Safe from several threads.

    costs: what each operation is reckoned to cost until its first answer tells. A bucket of unknown size lets calls
    through: its first answer says how large it is.
    """

    def __init__(self, costs: Mapping[str, float], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._costs = dict(costs)
        self._clock = clock
        self._lock = threading.Lock()
        self._restore = 0.0
        self._most = 0.0
        self._left = 0.0
        self._as_of = clock()

    def wait_s(self, endpoint: Endpoint) -> float:
        """0 and its cost taken off, or the seconds until the bucket should hold that much."""
        with self._lock:
            if self._restore <= 0:
                return 0.0
            self._drip()
            cost = min(self._costs.get(endpoint.operation, 10.0), self._most)
            if self._left < cost:
                # A wait too small for the clock to notice would never end.
                return max((cost - self._left) / self._restore, 0.001)
            self._left -= cost
            return 0.0

    def learn(self, endpoint: Endpoint, answer: Any) -> None:
        """The bucket as the vendor sees it, and what this operation is charged before it runs."""
        cost = _inside(answer, "extensions", "cost")
        status = _inside(cost, "throttleStatus")
        most, left, restore = (number(status.get(k)) for k in ("maximumAvailable", "currentlyAvailable", "restoreRate"))
        requested = number(cost.get("requestedQueryCost"))
        with self._lock:
            if requested is not None:
                self._costs[endpoint.operation] = float(requested)
            if most is not None and left is not None and restore is not None and restore > 0:
                self._most, self._left, self._restore = float(most), float(left), float(restore)
                self._as_of = self._clock()

    def _drip(self) -> None:
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._as_of) * self._restore)
        self._as_of = now


def throttled_wait_s(answer: Any) -> float:
    """How long a throttled answer's own figures say to wait: at least one second."""
    cost = _inside(answer, "extensions", "cost")
    status = _inside(cost, "throttleStatus")
    requested, left, restore = (
        number(cost.get("requestedQueryCost")),
        number(status.get("currentlyAvailable")),
        number(status.get("restoreRate")),
    )
    if requested is None or left is None or restore is None or restore <= 0:
        return 1.0
    return max(1.0, float((requested - left) / restore))


def _inside(value: Any, *names: str) -> Mapping[str, Any]:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}
