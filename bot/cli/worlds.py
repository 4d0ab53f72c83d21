"""Sandbox worlds for playbooks' cases: one set of servers, a fresh world where one is needed, the real connectors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from bot.cli.demo_settings import demo_config
from bot.cli.wiring import Vendors
from bot.config import Config
from bot.diagnosis import OpenWorld, Systems
from connectors.contract import KeepsNativePoints, Operation
from connectors.sandbox import SandboxServers, World
from connectors.transport import Transport


@contextmanager
def practice_worlds() -> Iterator[OpenWorld]:
    """`open_world(scenario, store)` over one set of servers, for diagnoses, which change nothing.

    A scenario with faults or a change of its own gets a fresh world, and so does the next one after it; all others
    share one, since their people live in it side by side. store None: the scenario's own. Opening raises KeyError for
    an unknown scenario or store.
    """
    world = World.seeded()
    with SandboxServers(world) as servers:
        config = demo_config(servers.urls)
        shared: dict[str, Systems] = {}

        @contextmanager
        def open_world(scenario: str, store: str | None) -> Iterator[Systems]:
            wanted = world.scenario(scenario)
            own = bool(wanted.faults or wanted.change)
            place = store or wanted.store
            if own or not shared:
                world.reset(scenario)
                # Many cases in a second are no load test of the vendors' limits.
                world.settings.limits = False
                shared.clear()
            systems = shared.get(place)
            if systems is None:
                systems = patient_systems(config, place)
                load_last_night(systems, world.now())
            if not own:
                shared[place] = systems
            yield systems

        yield open_world


def patient_systems(config: Config, store: str) -> Systems:
    """A store's systems, asked again at once after a failed read: nobody waits for a sandbox to recover."""
    return Vendors(config, Transport(paced=False, sleep=lambda seconds: None))(store)


def load_last_night(systems: Systems, now: datetime) -> None:
    """What the daily job does in a running house: last night's points of a store that runs on the register's own."""
    program = systems.program
    if program.capabilities.of(Operation.SNAPSHOT_BALANCES).supported and isinstance(program, KeepsNativePoints):
        program.native_snapshot(at=now)
