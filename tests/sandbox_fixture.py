"""A sandbox for any room's tests: `with sandbox() as servers: servers.urls["dutchie"]; servers.world.contact(...)`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from connectors.sandbox import SandboxServers, World


def _machine_time() -> datetime:
    return datetime.now(UTC)


@contextmanager
def sandbox(scenario: str | None = None, *, clock: Callable[[], datetime] = _machine_time) -> Iterator[SandboxServers]:
    """A fresh world behind fresh loopback servers; `scenario` also switches its faults on."""
    with SandboxServers(World.seeded(scenario, clock=clock)) as servers:
        yield servers
