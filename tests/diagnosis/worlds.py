"""The real sandbox behind the real connectors, one world for a whole module, reset for every case."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.cli.demo_settings import demo_config
from bot.cli.wiring import Vendors
from bot.cli.worlds import practice_worlds
from bot.diagnosis import OpenWorld, Systems
from connectors.sandbox import SandboxServers
from connectors.transport import Transport


@contextmanager
def shared_world() -> Iterator[OpenWorld]:
    """`open_world` over one set of servers: each opening resets the world to the scenario."""
    with practice_worlds() as opened:
        yield opened


def systems_of(servers: SandboxServers, store: str = "pine") -> Systems:
    """A store's systems, as a fresh process would open them."""
    return Vendors(demo_config(servers.urls), Transport(paced=False))(store)
