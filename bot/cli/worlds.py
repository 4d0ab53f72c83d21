"""Sandbox worlds for playbooks' cases: a fresh one each time, reached through the real connectors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.cli.demo_settings import demo_config
from bot.cli.wiring import Vendors
from bot.diagnosis import Systems
from connectors.sandbox import SandboxServers, World
from connectors.transport import Transport


@contextmanager
def open_world(scenario: str, store: str = "pine") -> Iterator[Systems]:
    """The named scenario's world, and the systems of one of its stores. Raises KeyError for an unknown scenario."""
    with SandboxServers(World.seeded(scenario)) as servers:
        yield Vendors(demo_config(servers.urls), Transport(paced=False))(store)
