"""The real sandbox behind the real connectors, one world for a whole module, reset for every case."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.diagnosis import OpenWorld, Systems
from connectors import REGISTRY
from connectors.sandbox import SandboxServers, World
from connectors.transport import Transport


def systems_of(servers: SandboxServers, store: str = "pine") -> Systems:
    """A store's systems, as a fresh process would open them."""
    uid = {"pine": "4242", "oak": "4343"}[store]
    transport = Transport(paced=False)
    dutchie, alpineiq = REGISTRY["dutchie"], REGISTRY["alpineiq"]
    assert dutchie.pos_settings and alpineiq.loyalty_settings
    pos = dutchie.pos_settings.model_validate({"base_url": servers.urls["dutchie"], "api_key": f"sandbox-{store}-pos"})
    program = alpineiq.loyalty_settings.model_validate(
        {"base_url": servers.urls["alpineiq"], "uid": uid, "api_key": f"sandbox-{store}-loyalty"}
    )
    return Systems(pos=dutchie.open_pos(pos, transport), program=alpineiq.open_loyalty(program, transport))


@contextmanager
def shared_world() -> Iterator[OpenWorld]:
    """`open_world` over one pair of servers: each opening resets the world to the scenario."""
    world = World.seeded()
    with SandboxServers(world) as servers:

        @contextmanager
        def open_world(scenario: str, store: str) -> Iterator[Systems]:
            world.reset(scenario)
            yield systems_of(servers, store)

        yield open_world
