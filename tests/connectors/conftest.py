"""One pair of servers for the room's tests; every test starts from a fresh world at a fixed moment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry

from connectors.alpineiq.client import AlpineIq, open_alpineiq
from connectors.alpineiq.settings import AlpineIqSettings
from connectors.dutchie.client import Dutchie, open_dutchie
from connectors.dutchie.settings import DutchieSettings
from connectors.sandbox import SandboxServers, World
from connectors.transport import Transport
from tests.connectors.helpers import NOW, Naps
from tests.sandbox_fixture import sandbox


@pytest.fixture(scope="session")
def shared_servers() -> Iterator[SandboxServers]:
    with sandbox(clock=lambda: NOW) as servers:
        yield servers


@pytest.fixture
def servers(shared_servers: SandboxServers) -> SandboxServers:
    shared_servers.world.reset()
    return shared_servers


@pytest.fixture
def world(servers: SandboxServers) -> World:
    return servers.world


@pytest.fixture
def naps() -> Naps:
    return Naps()


@pytest.fixture
def metrics() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def transport(naps: Naps, metrics: CollectorRegistry) -> Iterator[Transport]:
    with Transport(sleep=naps, metrics=metrics, paced=False) as transport:
        yield transport


@pytest.fixture
def pos(world: World, servers: SandboxServers, transport: Transport) -> Dutchie:
    return open_dutchie(DutchieSettings(base_url=servers.urls["dutchie"], api_key="sandbox-pine-pos"), transport)


@pytest.fixture
def program_settings(servers: SandboxServers) -> AlpineIqSettings:
    return AlpineIqSettings(
        base_url=servers.urls["alpineiq"], uid="4242", api_key="sandbox-pine-loyalty", ledger_proves_absence=True
    )


@pytest.fixture
def program(world: World, program_settings: AlpineIqSettings, transport: Transport) -> AlpineIq:
    return open_alpineiq(program_settings, transport)
