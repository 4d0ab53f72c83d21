"""What a named situation of the world is."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.sandbox.faults import Fault
from connectors.sandbox.people import Person


@dataclass(frozen=True)
class Scenario:
    """One situation. `covers`: ids of the domain's facts. `phone`: the one to ask about, as staff would type it.

    store: where its people live, and where its question is asked.
    """

    id: str
    title: str
    covers: tuple[str, ...]
    phone: str
    try_asking: str
    people: tuple[Person, ...] = ()
    faults: tuple[Fault, ...] = ()
    store: str = "pine"
