"""BrandLift in the suite of all connectors: declared, and never asked."""

from __future__ import annotations

from tests.connectors.subjects import SITUATIONS, Absent, Subject

_NO_API = Absent("BrandLift has no public API: every operation is done by a guided person")

SUBJECTS = (
    Subject(
        "brandlift",
        "brandlift",
        "loyalty",
        "ivy",
        read=_NO_API,
        write=_NO_API,
        looks=dict.fromkeys(SITUATIONS, _NO_API),
        operations={},
        hidden=(),
    ),
)
