"""A store with Treez and Alpine IQ (elm), opened by the keys of either generation, and one with Treez Loyalty (fir)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from connectors.alpineiq.client import AlpineIq, open_alpineiq
from connectors.alpineiq.settings import AlpineIqSettings
from connectors.sandbox import SandboxServers, World
from connectors.sandbox.vendors import settings_of
from connectors.transport import Transport
from connectors.treez.client import Treez, open_treez
from connectors.treez.settings import TreezSettings

Open = Callable[..., Treez]
# What a client of another make would send; one for all, since making one takes longer than a call.
WIRE = httpx.Client(trust_env=False, verify=False)


@pytest.fixture
def opened(servers: SandboxServers, transport: Transport) -> Open:
    """A store's register, with other settings where they are named."""

    def open_store(store: str = "elm", **other: Any) -> Treez:
        values, _ = settings_of(servers.world.stores[store], servers.urls)
        del values["vendor"]
        return open_treez(TreezSettings(**{**values, **other}), transport)

    return open_store


@pytest.fixture
def elm(world: World, opened: Open) -> Treez:
    return opened()


@pytest.fixture
def old(world: World, servers: SandboxServers, transport: Transport) -> Treez:
    """elm by the keys of v2."""
    settings = TreezSettings(
        base_url=servers.urls["treez"], dispensary="elm", client_id="sandbox-partner", api_key="sandbox-elm-treez"
    )
    return open_treez(settings, transport)


@pytest.fixture
def aiq(world: World, servers: SandboxServers, transport: Transport) -> AlpineIq:
    """elm's loyalty program."""
    _, values = settings_of(world.stores["elm"], servers.urls)
    del values["vendor"]
    return open_alpineiq(AlpineIqSettings(**values), transport)
