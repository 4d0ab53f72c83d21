"""The practice world and the servers that show it as the vendors would."""

from connectors.sandbox.faults import Fault
from connectors.sandbox.scenarios import SCENARIOS, Scenario
from connectors.sandbox.servers import SandboxServers
from connectors.sandbox.world import World

__all__ = ["SCENARIOS", "Fault", "SandboxServers", "Scenario", "World"]
