"""BrandLift in the suite of all connectors: declared, and never asked."""

from __future__ import annotations

from connectors.contract import Operation
from tests.connectors.subjects import Look, Subject

SUBJECTS = (
    Subject(
        "brandlift",
        "brandlift",
        "loyalty",
        "ivy",
        read=Look(lambda program, _: program.capabilities.of(Operation.FIND_MEMBER).mode, "guided"),
        looks={},
        operations={},
        hidden=(),
        served=False,
    ),
)
