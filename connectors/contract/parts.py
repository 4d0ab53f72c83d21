"""What only some vendors have, one small protocol each, fulfilled beside `PointOfSale` or `LoyaltyProgram`.

Reach them by `part`: it raises `Unsupported` with the capability's own sentence where the vendor has no such thing.
Writes raise Rejected, Denied, NotFound, Throttled or Unreachable when nothing was done, UnknownOutcome when nobody can
say, and are never retried here. `operation_id` goes where the vendor has a staff-only place for it.
"""

from __future__ import annotations

from typing import Protocol, TypeVar

from connectors.contract.capabilities import Capabilities
from connectors.contract.operations import Operation
from connectors.errors import Unsupported

P = TypeVar("P")


class _System(Protocol):
    vendor: str
    capabilities: Capabilities


def part(system: _System, protocol: type[P], operation: Operation) -> P:
    """The system as this protocol. Raises Unsupported, with the capability's sentence, where it has no such part."""
    support = system.capabilities.of(operation)
    if not support.supported or not isinstance(system, protocol):
        raise Unsupported(system.vendor, support.why or "This system has no such operation.", detail=operation)
    return system
