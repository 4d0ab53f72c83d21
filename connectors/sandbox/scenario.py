"""What a named situation of the world is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from connectors.sandbox.faults import Fault
from connectors.sandbox.people import Person
from connectors.sandbox.state import Store

Change = Callable[[Mapping[str, Store], datetime], None]


@dataclass(frozen=True)
class Scenario:
    """One situation. `covers`: ids of the domain's facts. `phone`: the one to ask about, as staff would type it.

    store: where its people live, and where its question is asked. change: what it makes of the stores when it is
    switched on, as its faults are.
    """

    id: str
    title: str
    covers: tuple[str, ...]
    phone: str
    try_asking: str
    people: tuple[Person, ...] = ()
    faults: tuple[Fault, ...] = ()
    store: str = "pine"
    change: Change | None = None
