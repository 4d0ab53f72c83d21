"""Situations in which a vendor's API itself is the trouble: one person, and a fault to switch on."""

from __future__ import annotations

from connectors.sandbox.faults import Fault
from connectors.sandbox.people import simple
from connectors.sandbox.scenario import Scenario

FAULTS: tuple[Scenario, ...] = (
    Scenario(
        "provider_down",
        "The loyalty provider does not answer",
        ("V10", "V22"),
        "303-555-0152",
        "points wont load for 303-555-0152",
        (simple("Zoe", "Hart", 880152, "0152", 145),),
        (Fault("status", vendor="alpineiq", store="pine", code=503),),
    ),
    Scenario(
        "pos_down",
        "The register's API does not answer",
        ("V10",),
        "303-555-0152",
        "points wont load for 303-555-0152",
        faults=(Fault("status", vendor="dutchie", store="pine", code=502),),
    ),
    Scenario(
        "slow_provider",
        "The loyalty provider answers very slowly",
        ("V10", "V22"),
        "303-555-0152",
        "loyalty just spins for 303-555-0152",
        faults=(Fault("latency", vendor="alpineiq", store="pine", seconds=3),),
    ),
    Scenario(
        "garbage_provider",
        "The loyalty provider answers nonsense",
        ("V10",),
        "303-555-0152",
        "points wont load for 303-555-0152",
        faults=(Fault("garbage", vendor="alpineiq", store="pine"),),
    ),
    Scenario(
        "wrong_pos_key",
        "The register refuses the key",
        ("A1", "E6"),
        "303-555-0152",
        "points wont load for 303-555-0152",
        faults=(Fault("denied", vendor="dutchie", store="pine"),),
    ),
    Scenario(
        "wrong_loyalty_key",
        "The loyalty provider refuses the key",
        ("A3", "E6"),
        "303-555-0152",
        "points wont load for 303-555-0152",
        faults=(Fault("denied", vendor="alpineiq", store="pine"),),
    ),
    Scenario(
        "throttled",
        "The register says: too many requests",
        ("V10",),
        "303-555-0152",
        "points wont load for 303-555-0152",
        faults=(Fault("throttle", vendor="dutchie", store="pine", retry_after=1),),
    ),
)
