"""How a vendor's HTTP is described to the shared transport."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from connectors.errors import VendorError
from connectors.pacing import Pace


@dataclass(frozen=True)
class Explained:
    """What a vendor's error body says: a sentence, redacted already, and the vendor's own trace id."""

    message: str = ""
    trace_id: str | None = None


Judge = Callable[["Endpoint", int, Mapping[str, str], Any], VendorError | None]


@dataclass(frozen=True)
class Dialect:
    """How one vendor's HTTP is to be treated. Seconds are per phase of one try; `retries_of_500` of reads only.

    judge: for vendors whose status alone does not tell (GraphQL's errors inside a 200, an envelope that says FAIL):
    called with endpoint, status, headers (lower-case names) and the body's JSON (None where it is none); what it
    returns is raised, and a read is tried again as after any such error; None leaves the answer to the general rules.
    """

    vendor: str
    title: str
    explain: Callable[[bytes], Explained]
    attempts: int = 3
    retries_of_500: int = 1
    connect_s: float = 3.0
    read_s: float = 6.0
    judge: Judge | None = None


@dataclass(frozen=True)
class Endpoint:
    """One operation of a vendor. `route` has {names}; calls that share `paced_as` share one pace."""

    operation: str
    method: str
    route: str
    pace: Pace
    write: bool = False
    paced_as: str = ""


class Authorizer(Protocol):
    """Headers made anew for each try: a short token that must be fetched, or a signature over the address."""

    def headers(self, method: str, url: str) -> Mapping[str, str]:
        """The headers of one try. Raises VendorError; nothing was sent then."""

    def renew(self, used: Mapping[str, str]) -> bool:
        """The vendor refused these headers. True: newer ones may help, and the call is made once more."""


class Meter(Protocol):
    """A limit that the vendor counts in a unit of its own and reports in its answers, as cost points."""

    def wait_s(self, endpoint: Endpoint) -> float:
        """Seconds until a call of this operation should fit; 0 when it does now, and then it is counted."""

    def learn(self, endpoint: Endpoint, answer: Any) -> None:
        """Take in what an answer's JSON says of the limit."""
