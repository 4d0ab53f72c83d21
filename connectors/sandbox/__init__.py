"""The practice world and the servers that show it as the vendors would.

Loaded at first use: a vendor's `world.py` needs parts of this package while the world is being put together.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connectors.sandbox.faults import Fault
    from connectors.sandbox.scenarios import SCENARIOS, Scenario
    from connectors.sandbox.servers import SandboxServers
    from connectors.sandbox.world import World

__all__ = ["SCENARIOS", "Fault", "SandboxServers", "Scenario", "World"]

_HOMES = {
    "Fault": "faults",
    "SCENARIOS": "scenarios",
    "Scenario": "scenarios",
    "SandboxServers": "servers",
    "World": "world",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
