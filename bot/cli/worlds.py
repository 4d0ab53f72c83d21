"""Sandbox worlds for playbooks' cases: one set of servers, a fresh world for each, reached by the real connectors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from bot.cli.demo_settings import demo_config
from bot.cli.wiring import Vendors
from bot.diagnosis import OpenWorld, Systems
from connectors.contract import KeepsNativePoints, Operation
from connectors.sandbox import SandboxServers, World
from connectors.transport import Transport


@contextmanager
def practice_worlds(world: World | None = None) -> Iterator[OpenWorld]:
    """`open_world(scenario, store)` over one pair of servers for each vendor; each opening resets the world.

    store None: the scenario's own. Opening raises KeyError for an unknown scenario or store.
    """
    world = world or World.seeded()
    with SandboxServers(world) as servers:
        config = demo_config(servers.urls)

        @contextmanager
        def open_world(scenario: str, store: str | None) -> Iterator[Systems]:
            world.reset(scenario)
            systems = Vendors(config, Transport(paced=False))(store or world.scenario(scenario).store)
            load_last_night(systems, world.now())
            yield systems

        yield open_world


def load_last_night(systems: Systems, now: datetime) -> None:
    """What the daily job does in a running house: last night's points of a store that runs on the register's own."""
    program = systems.program
    if program.capabilities.of(Operation.SNAPSHOT_BALANCES).supported and isinstance(program, KeepsNativePoints):
        program.native_snapshot(at=now)
