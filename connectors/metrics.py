"""What the vendors cost us, for Prometheus."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

CALLS: Final = "pointsman_vendor_calls"
SECONDS: Final = "pointsman_vendor_seconds"


@dataclass(frozen=True)
class CallMetrics:
    """calls: one per call as the connector sees it, retries included in it; seconds: its whole time, waits too. known:
    both by their labels, since finding them takes a while."""

    calls: Counter
    seconds: Histogram
    known: dict[tuple[str, str, str], tuple[Counter, Histogram]] = field(default_factory=dict)

    def note(self, vendor: str, operation: str, outcome: str, seconds: float) -> None:
        """Count one call. `outcome` is "ok" or a vendor error's code."""
        key = (vendor, operation, outcome)
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = (self.calls.labels(*key), self.seconds.labels(*key))
        found[0].inc()
        found[1].observe(seconds)


@cache
def metrics_in(registry: CollectorRegistry) -> CallMetrics:
    """The metrics of this registry, made once."""
    labels = ("vendor", "operation", "outcome")
    return CallMetrics(
        Counter(CALLS, "Calls to vendors' APIs", labels, registry=registry),
        Histogram(
            SECONDS,
            "Seconds a call to a vendor's API took",
            labels,
            registry=registry,
            buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32),
        ),
    )
