"""How often a method may be called: Slack's tiers, one message a second in a channel, one update in three seconds.

Bursts are allowed as Slack words it, without numbers; here a tier's whole minute may be used at once.
"""

from __future__ import annotations

import math
import threading
from collections import defaultdict, deque
from collections.abc import Hashable
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.desk.refusals import SlackRefusal

TIERS = {2: 20, 3: 50, 4: 100}
"""Calls a minute. Tier 1 (1 a minute) is only apps.connections.open here, left free: a restart is no abuse."""
CHANNEL_BURST = 10
"""Messages that may be posted to one channel at once; after that one a second."""
UPDATE_SECONDS = 3.0
STATUS_A_MINUTE = 600


class Rates:
    """Counts calls; refuses with ratelimited and Retry-After in whole seconds. Thread-safe."""

    def __init__(self, clock: Clock, *, enforced: bool = True) -> None:
        self._clock = clock
        self._enforced = enforced
        self._lock = threading.Lock()
        self._calls: dict[Hashable, deque[datetime]] = defaultdict(deque)

    def method(self, method: str, per_minute: int | None) -> None:
        """One call of a method with so many a minute. Raises SlackRefusal."""
        if per_minute is not None:
            self._take(("method", method), per_minute, 60.0)

    def post(self, channel: str) -> None:
        """One message to a channel. Raises SlackRefusal."""
        self._take(("post", channel), CHANNEL_BURST, float(CHANNEL_BURST))

    def update(self, channel: str, ts: str) -> None:
        """One update of a message. Raises SlackRefusal."""
        self._take(("update", channel, ts), 1, UPDATE_SECONDS)

    def _take(self, key: Hashable, calls: int, window_s: float) -> None:
        if not self._enforced:
            return
        now = self._clock()
        window = timedelta(seconds=window_s)
        with self._lock:
            recent = self._calls[key]
            while recent and now - recent[0] >= window:
                recent.popleft()
            if len(recent) >= calls:
                left = (recent[0] + window - now).total_seconds()
                raise SlackRefusal("ratelimited", retry_after=max(1, math.ceil(left)))
            recent.append(now)
