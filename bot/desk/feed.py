"""What happened, in order, for everybody who watches: browser tabs, the terminal, tests.

Every happening has a sequence number and an audience; the last few thousand are kept, so that a watcher who was away
for a moment misses nothing.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.desk.model import Json

KEPT = 5000


@dataclass(frozen=True)
class Happening:
    """`audience` None means everybody; otherwise the ids of the people who may see it."""

    seq: int
    type: str
    fields: Json
    audience: frozenset[str] | None

    def visible_to(self, person: str) -> bool:
        """Whether this person's screen shows it."""
        return self.audience is None or person in self.audience

    def for_desk(self) -> Json:
        """The shape of API.md."""
        return {"seq": self.seq, "type": self.type, **self.fields}


class Feed:
    """Thread-safe. Listeners are called outside the lock, in the publishing thread, and must not block."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._kept: deque[Happening] = deque(maxlen=KEPT)
        self._seq = 0
        self._listeners: list[Callable[[Happening], None]] = []

    @property
    def seq(self) -> int:
        """The number of the latest happening."""
        with self._changed:
            return self._seq

    def publish(self, type_: str, fields: Json, audience: Iterable[str] | None = None) -> None:
        """Tell everybody in `audience` (None: everybody)."""
        with self._changed:
            self._seq += 1
            happening = Happening(self._seq, type_, fields, None if audience is None else frozenset(audience))
            self._kept.append(happening)
            listeners = list(self._listeners)
            self._changed.notify_all()
        for listener in listeners:
            listener(happening)

    def since(self, seq: int, person: str | None = None) -> list[Happening]:
        """What came after `seq`, for one person or (None) all of it."""
        with self._changed:
            return [h for h in self._kept if h.seq > seq and (person is None or h.visible_to(person))]

    def listen(self, listener: Callable[[Happening], None]) -> Callable[[], None]:
        """Call `listener` for each happening from now on; returns what stops it."""
        with self._changed:
            self._listeners.append(listener)

        def stop() -> None:
            with self._changed:
                self._listeners.remove(listener)

        return stop

    def wait_until(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Wait for `condition`, asked again after every happening (and ten times a second); False after `timeout` s."""
        ends = time.monotonic() + timeout
        while not condition():
            left = ends - time.monotonic()
            if left <= 0:
                return False
            with self._changed:
                self._changed.wait(min(left, 0.1))
        return True
