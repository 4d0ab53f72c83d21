"""Calls a second through each client against its sandbox, beside bare httpx making the very same requests.

What a client adds is pacing (off here: a sandbox's limits would be measured), tries, the breaker, metrics, a log line
(below the level that is written, as in production by default) and reading the answer into the contract's records.
A vendor that wants each request signed is asked with signed ones by both. The sandboxes are in a process of their own,
as a vendor is. Rounds of both alternate, so that what else the machine does falls on both, and the ratio is the median
of the rounds' ratios.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

import httpx
from prometheus_client import CollectorRegistry
from rich.table import Table

from connectors.sandbox import SandboxServers
from connectors.transport import Endpoint, Link, Transport
from connectors.treez.auth import Signer
from tests.bench.quiet import quiet
from tests.bench.served import served_elsewhere
from tests.connectors.subjects import Look, Subject, subjects

ROUNDS = 15
ASKS_A_ROUND = 20
TARGET = 0.75
"""Of bare httpx's calls a second."""


@dataclass(frozen=True)
class Rates:
    """One client. calls: HTTP requests of one question. Both rates are calls a second, medians of the rounds. ratio:
    how much of bare httpx's rate is left, the median over the rounds."""

    client: str
    calls: int
    through: float
    bare: float
    ratio: float


class _Noting(Transport):
    """Keeps what it sends, to send the same again."""

    def __init__(self) -> None:
        super().__init__(paced=False, metrics=CollectorRegistry())
        self.sent: list[tuple[httpx.Request, Signer | None]] = []

    def _exchange(self, link: Link, endpoint: Endpoint, request: httpx.Request) -> tuple[int, httpx.Headers, bytes]:
        self.sent.append((request, link.authorizer if isinstance(link.authorizer, Signer) else None))
        return super()._exchange(link, endpoint, request)


def rates(rounds: int = ROUNDS, asks: int = ASKS_A_ROUND) -> list[Rates]:
    """Every client that has a sandbox, on the question that its own tests ask."""
    with quiet(), served_elsewhere() as servers:
        return [_rates(servers, subject, rounds, asks) for subject in subjects() if subject.served]


def _rates(servers: SandboxServers, subject: Subject, rounds: int, asks: int) -> Rates:
    world, look = servers.world, subject.read
    assert isinstance(look, Look)
    with httpx.Client(trust_env=False) as bare:
        with _Noting() as noting:
            client = subject.open(servers, noting)
            look.ask(client, world)  # what is fetched once, such as a token
            noting.sent.clear()
            look.ask(client, world)
            requests = [(_as_called(request), signer) for request, signer in noting.sent]
        with Transport(paced=False, metrics=CollectorRegistry()) as transport:
            client = subject.open(servers, transport)

            def through() -> None:
                look.ask(client, world)

            def plain() -> None:
                for request, signer in requests:
                    if signer is not None:
                        request["headers"] |= signer.headers(request["method"], request["url"])
                    bare.request(**request).json()

            through()
            plain()
            times = [(_took(through, asks), _took(plain, asks)) for _ in range(rounds)]
    calls = len(requests) * asks
    return Rates(
        client=subject.id,
        calls=len(requests),
        through=calls / median(mine for mine, _ in times),
        bare=calls / median(theirs for _, theirs in times),
        ratio=median(theirs / mine for mine, theirs in times),
    )


def _as_called(request: httpx.Request) -> dict[str, Any]:
    """What one would give to httpx to have this request made."""
    own = {name: value for name, value in request.headers.items() if name not in ("host", "content-length")}
    return {"method": request.method, "url": str(request.url), "headers": own, "content": request.content or None}


def _took(work: Callable[[], None], times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        work()
    return time.perf_counter() - started


def measure() -> Table:
    """A table of calls a second."""
    table = Table(title=f"calls a second through each client (median of {ROUNDS} rounds of {ASKS_A_ROUND})")
    for column in ("client", "requests a question", "through it", "bare httpx", f"ratio (target >= {TARGET})"):
        table.add_column(column, justify="left" if column == "client" else "right")
    for one in rates():
        table.add_row(one.client, str(one.calls), f"{one.through:.0f}", f"{one.bare:.0f}", f"{one.ratio:.2f}")
    return table
