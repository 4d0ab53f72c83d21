"""Lists on each kind of database, over fresh sandboxes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.sandbox import SandboxServers, World
from tests.bulk.lists import Lists, SeenLists, config_of, house_of
from tests.cases.databases import database, fresh_database, sqlite_database
from tests.work.household import MovableClock

__all__ = ["clock", "database", "lists", "servers", "sqlite_database", "sqlite_lists"]


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def servers(clock: MovableClock) -> Iterator[SandboxServers]:
    world = World.seeded(clock=clock)
    world.settings.limits = False
    with SandboxServers(world) as running:
        yield running


def _lists(database: str, servers: SandboxServers, clock: MovableClock) -> Iterator[Lists]:
    seen = SeenLists(clock=clock)
    house = house_of(config_of(database, servers), clock, seen)
    yield Lists(house, servers, clock, seen)
    house.close()


@pytest.fixture
def lists(database: str, servers: SandboxServers, clock: MovableClock) -> Iterator[Lists]:
    """On SQLite and on PostgreSQL."""
    yield from _lists(database, servers, clock)


@pytest.fixture
def sqlite_lists(servers: SandboxServers, clock: MovableClock) -> Iterator[Lists]:
    """On SQLite only: for what does not depend on the database."""
    with fresh_database("sqlite") as url:
        yield from _lists(url, servers, clock)
