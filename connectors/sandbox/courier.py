"""Carries the vendors' messages: looks at the world whenever it changed, and sends what each vendor would tell of it.

Messages go to `<address>/<vendor>/<store>`, in a thread of its own. Waits before another try are in the world's time,
so that moving its clock brings them nearer.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

import httpx

from connectors.registry import vendor_modules
from connectors.sandbox.messages import About, Message, Tells
from connectors.sandbox.state import Store
from connectors.sandbox.world import World

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.05
_Marks = Mapping[tuple[str, str], Mapping[About, object]]


@dataclass(frozen=True)
class Delivery:
    """A message on its way. tried: how often it was sent and not taken."""

    vendor: str
    store: str
    message: Message
    tells: Tells
    due: datetime
    tried: int = 0


class Courier:
    """Runs from `start` to `stop`. What stood in the world before, or is there after a reset, is not told of.

    sent: (vendor, store, the answer's status or None), oldest first, for whoever looks on.
    """

    def __init__(self, world: World, address: str) -> None:
        self._world = world
        self._address = address.rstrip("/")
        self._client = httpx.Client(trust_env=False)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox-courier", daemon=True)
        self._waiting: list[Delivery] = []
        self._version, self._stores, self._marks = -1, world.stores, _marks(world.stores)
        self.sent: list[tuple[str, str, int | None]] = []

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Send nothing more. May be called twice, and before it was started."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        self._client.close()

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_S):
            self._waiting += self._news()
            now = self._world.now()
            due = [one for one in self._waiting if one.due <= now]
            self._waiting = [one for one in self._waiting if one.due > now]
            for one in due:
                self._send(one)

    def _news(self) -> list[Delivery]:
        """A message for everything that changed since the last look."""
        with self._world.lock:
            if self._world.version == self._version:
                return []
            self._version = self._world.version
            before, self._marks = self._marks, _marks(self._world.stores)
            if self._stores is not self._world.stores:
                self._stores = self._world.stores
                return []
            now = self._world.now()
            return [
                Delivery(vendor, store_id, tells.message(self._stores[store_id], about, now), tells, now)
                for (vendor, store_id), marks in self._marks.items()
                for tells in (_tells(self._stores[store_id])[vendor],)
                for about, mark in marks.items()
                if before[vendor, store_id].get(about) != mark
                for _ in range(tells.copies)
            ]

    def _send(self, one: Delivery) -> None:
        url = f"{self._address}/{one.vendor}/{one.store}"
        headers = {"Content-Type": "application/json", **one.message.headers}
        status, now = None, self._world.now()
        try:
            answer = self._client.post(url, content=one.message.body, headers=headers, timeout=one.tells.patience_s)
            status = answer.status_code
        except httpx.HTTPError as error:
            log.info("A message of %s for %s was not taken: %s", one.vendor, one.store, type(error).__name__)
        self.sent.append((one.vendor, one.store, status))
        if (status is None or not 200 <= status < 300) and one.tried < len(one.tells.waits_s):
            wait = timedelta(seconds=one.tells.waits_s[one.tried])
            self._waiting.append(replace(one, due=now + wait, tried=one.tried + 1))


@cache
def _all() -> Mapping[str, Tells]:
    """Every vendor that sends messages."""
    return {module.TELLS.vendor: module.TELLS for module in vendor_modules("sandbox_messages")}


def _tells(store: Store) -> Mapping[str, Tells]:
    return {vendor: _all()[vendor] for vendor in (store.pos, store.loyalty) if vendor in _all()}


def _marks(stores: Mapping[str, Store]) -> _Marks:
    return {
        (vendor, store.id): dict(tells.marks(store))
        for store in stores.values()
        for vendor, tells in _tells(store).items()
    }
