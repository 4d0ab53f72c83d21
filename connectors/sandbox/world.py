"""One small world that every vendor's sandbox serves: a chain's stores, their registers and loyalty accounts.

Seeded, deterministic relative to a clock that can be moved, and safe from several threads: whoever reads or changes
state directly holds `world.lock`.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.sandbox import view
from connectors.sandbox.faults import Fault
from connectors.sandbox.limits import Limits
from connectors.sandbox.scenarios import SCENARIOS, Scenario
from connectors.sandbox.seed import seeded_stores
from connectors.sandbox.state import Contact, PosCustomer, Settings, Store
from connectors.sandbox.vendors import vendor_worlds, worlds_of

_REMEMBERED_REQUESTS = 500
_MOST_NIGHTS = 7


def _machine_time() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Request:
    """One request that a vendor's sandbox received. The path carries no query and no credentials."""

    at: datetime
    vendor: str
    store: str | None
    method: str
    path: str
    status: int | None
    fault: str | None = None


class World:
    """The state behind all sandbox servers. Make one with `World.seeded()`."""

    def __init__(self, *, clock: Callable[[], datetime] = _machine_time) -> None:
        self.lock = threading.RLock()
        self.settings = Settings()
        self.stores: dict[str, Store] = {}
        self.faults: list[Fault] = []
        self.requests: deque[Request] = deque(maxlen=_REMEMBERED_REQUESTS)
        self.counts: Counter[str] = Counter()
        self.limits = Limits()
        self.version = 0
        self._clock = clock
        self._moved = timedelta()

    @classmethod
    def seeded(cls, scenario: str | None = None, clock: Callable[[], datetime] = _machine_time) -> World:
        """A fresh world with every scenario's people; `scenario` also switches on its faults and its change.

        `clock` gives the base time (UTC); `move` shifts the world against it. Raises KeyError for an unknown scenario.
        """
        world = cls(clock=clock)
        world.reset(scenario)
        return world

    # -- time ---------------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The world's time: the base clock, moved. Itself usable as a clock."""
        return self._clock() + self._moved

    def move(self, *, minutes: float) -> datetime:
        """Move the world's clock forward (or back) and return its new time. On the way, each night is a night: the
        first is fifteen hours after the world began, the next a day later; of many, the last week's."""
        with self.lock:
            end = self.now() + timedelta(minutes=minutes)
            nights = self._nights_until(end)
            for night in nights[-_MOST_NIGHTS:]:
                self._moved += night - self.now()
                self.nightly()
            self._moved += end - self.now()
            self.changed()
            return self.now()

    def _nights_until(self, end: datetime) -> list[datetime]:
        """When it is night on the way to `end`, a day after the last one that a store had."""
        last = max((s.last_nightly for s in self.stores.values() if s.last_nightly), default=None)
        if last is None or end <= self.now():
            return []
        days = range(1, max((end - last).days, 0) + 1)
        return [at for at in (last + timedelta(days=n) for n in days) if self.now() < at <= end]

    # -- situations ---------------------------------------------------------------------------------------------------

    def reset(self, scenario: str | None = None) -> None:
        """Back to the first moment: fresh stores, no faults or changes but the scenario's, no settings, an empty
        request log, and the clock where the base clock is. Raises KeyError for an unknown scenario, and then changes
        nothing.
        """
        wanted = self.scenario(scenario) if scenario else None
        faults = [_copy(f) for f in wanted.faults] if wanted else []
        with self.lock:
            self._moved = timedelta()
            self.stores = seeded_stores(self.now())
            if wanted and wanted.change:
                wanted.change(self.stores, self.now())
            self.settings = Settings()
            self.faults = faults
            self.requests.clear()
            self.counts.clear()
            self.limits = Limits()
            self.changed()

    def scenario(self, scenario_id: str) -> Scenario:
        """The scenario with this id. Raises KeyError that names the known ones."""
        try:
            return SCENARIOS[scenario_id]
        except KeyError:
            raise KeyError(f"no scenario {scenario_id!r}; known: {', '.join(SCENARIOS)}") from None

    def fault(self, fault: Fault) -> None:
        """Switch a fault on."""
        with self.lock:
            self.faults.append(fault)
            self.changed()

    def clear_faults(self) -> None:
        """Switch every fault off."""
        with self.lock:
            self.faults.clear()
            self.changed()

    def take_fault(self, *, vendor: str, store: str | None, path: str, write: bool) -> Fault | None:
        """The first fault meant for this request; one with `times` is used up by being taken."""
        with self.lock:
            for fault in self.faults:
                if fault.hits(vendor=vendor, store=store, path=path, write=write):
                    if fault.times is not None:
                        fault.times -= 1
                        if fault.times <= 0:
                            self.faults.remove(fault)
                    return fault
            return None

    def nightly(self) -> dict[str, int]:
        """What the provider and the register do at night, now, at every store. Returns how many of each were done."""
        with self.lock:
            totals: Counter[str] = Counter()
            for store in self.stores.values():
                for vendor in worlds_of(store):
                    totals.update(vendor.night(store, self.now()))
                store.last_nightly = self.now()
            self.changed()
            return dict(totals)

    def by_hand(self, vendor: str, deed: str, *, store: str, **values: Any) -> None:
        """What a person does on the vendor's screens, where no API can. Raises LookupError for an unknown deed."""
        deeds = vendor_worlds()[vendor].deeds if vendor in vendor_worlds() else {}
        if deed not in deeds:
            raise LookupError(f"nobody can do {deed!r} at {vendor}; known: {', '.join(deeds) or 'nothing'}")
        with self.lock:
            deeds[deed](self.stores[store], self.now(), values)
            self.changed()

    # -- looking in ---------------------------------------------------------------------------------------------------

    def changed(self) -> None:
        """Count one more change of state; whoever shows the world compares `version`."""
        self.version += 1

    def customer(self, customer_id: int, *, store: str = "pine") -> PosCustomer:
        """The register's record as it truly is, also while the API still shows an older one. Raises KeyError."""
        with self.lock:
            return self.stores[store].customers[customer_id]

    def contact(self, *, phone: str = "", email: str = "", src_id: str = "", store: str = "pine") -> Contact:
        """The first persona with this phone (ten digits), e-mail or register id. Raises LookupError."""
        with self.lock:
            for contact in self.stores[store].contacts.values():
                wanted = ((phone, contact.phone), (email, contact.email), (src_id, contact.src_id))
                if any(asked and asked == has for asked, has in wanted):
                    return contact
        raise LookupError("nobody at the provider has that phone, e-mail or register id")

    def saw(self, request: Request) -> None:
        """Remember a request that was answered (or deliberately not)."""
        with self.lock:
            self.requests.append(request)
            self.counts[f"{request.vendor} {request.method} {request.path}"] += 1

    def view(self) -> dict[str, Any]:
        """Everything, as JSON-safe values: what the control API and the desk show."""
        with self.lock:
            return {
                "now": self.now().isoformat(),
                "moved_minutes": self._moved.total_seconds() / 60,
                "version": self.version,
                "settings": asdict(self.settings),
                "faults": [asdict(f) for f in self.faults],
                "requests": sum(self.counts.values()),
                "stores": [view.store_view(s, self.now()) for s in self.stores.values()],
            }


def _copy(fault: Fault) -> Fault:
    return Fault(**asdict(fault))
