"""The shop of ash, opened."""

from __future__ import annotations

import pytest

from connectors.sandbox import SandboxServers, World
from connectors.sandbox.state import PosCustomer, PosSale, Store
from connectors.shopify.client import Shopify, open_shopify
from connectors.transport import Transport
from tests.connectors.shopify.subject import settings


@pytest.fixture
def shop(servers: SandboxServers, transport: Transport) -> Shopify:
    return open_shopify(settings(servers), transport)


@pytest.fixture
def store(world: World) -> Store:
    return world.stores["ash"]


@pytest.fixture
def ann(store: Store) -> PosCustomer:
    return store.customers[4100]


@pytest.fixture
def orphan(store: Store) -> PosSale:
    """Order #1042, which nobody has."""
    return store.sales[5571042]
