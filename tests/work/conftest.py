"""A shop on each kind of database, over a fresh sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.sandbox import SandboxServers, World
from tests.cases.databases import database, fresh_database, sqlite_database
from tests.work.household import MovableClock, Seen, Shop, household, settings

__all__ = ["clock", "database", "servers", "shop", "sqlite_database", "sqlite_shop"]


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def servers(clock: MovableClock) -> Iterator[SandboxServers]:
    with SandboxServers(World.seeded(clock=clock)) as running:
        yield running


def _shop(database: str, servers: SandboxServers, clock: MovableClock) -> Iterator[Shop]:
    seen = Seen()
    house = household(settings(database, servers.urls), clock=clock, seen=seen)
    yield Shop(house, servers, clock, seen)
    house.close()


@pytest.fixture
def shop(database: str, servers: SandboxServers, clock: MovableClock) -> Iterator[Shop]:
    """On SQLite and on PostgreSQL."""
    yield from _shop(database, servers, clock)


@pytest.fixture
def sqlite_shop(servers: SandboxServers, clock: MovableClock) -> Iterator[Shop]:
    """On SQLite only: for what does not depend on the database."""
    with fresh_database("sqlite") as url:
        yield from _shop(url, servers, clock)
