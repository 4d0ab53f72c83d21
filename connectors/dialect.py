"""How a vendor's HTTP is described to the shared transport."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from connectors.pacing import Pace


@dataclass(frozen=True)
class Explained:
    """What a vendor's error body says: a sentence, redacted already, and the vendor's own trace id."""

    message: str = ""
    trace_id: str | None = None


@dataclass(frozen=True)
class Dialect:
    """How one vendor's HTTP is to be treated. Seconds are per phase of one try; `retries_of_500` of reads only."""

    vendor: str
    title: str
    explain: Callable[[bytes], Explained]
    attempts: int = 3
    retries_of_500: int = 1
    connect_s: float = 3.0
    read_s: float = 6.0


@dataclass(frozen=True)
class Endpoint:
    """One operation of a vendor. `route` has {names}; calls that share `paced_as` share one pace."""

    operation: str
    method: str
    route: str
    pace: Pace
    write: bool = False
    paced_as: str = ""
