"""The vendor's request limits, one sliding minute per key and endpoint, in the world's time."""

from __future__ import annotations

from datetime import datetime

from pyrate_limiter import InMemoryBucket, Rate, RateItem

_MINUTE_MS = 60_000


class Limits:
    """Counts requests; the caller holds the world's lock."""

    def __init__(self) -> None:
        self._buckets: dict[str, InMemoryBucket] = {}

    def allow(self, key: str, per_minute: int, now: datetime) -> bool:
        """Count one request of `key` unless it is one too many in the last minute."""
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = InMemoryBucket([Rate(per_minute, _MINUTE_MS)])
        at = int(now.timestamp() * 1000)
        bucket.leak(at)
        return bool(bucket.put(RateItem(key, at)))
