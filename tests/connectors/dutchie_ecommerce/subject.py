"""The web shop in the suite of all connectors."""

from __future__ import annotations

from typing import Any

from connectors.contract import Operation
from connectors.sandbox import World
from tests.connectors.subjects import Absent, Look, Subject

_NOBODY = Absent("the web shop shows no people")


def _names(menu: Any, _: World) -> list[str]:
    return [d.name for d in menu.discounts()]


OPERATIONS: dict[Operation, Any] = {
    Operation.IDENTIFY: lambda menu, _: menu.identify().location == "Harbor Green - Pine St",
    Operation.LIST_STORES: lambda menu, _: menu.stores(),
    Operation.READ_DISCOUNTS: _names,
}

SUBJECTS = (
    Subject(
        "dutchie-ecommerce",
        "dutchie_ecommerce",
        "online",
        "pine",
        read=Look(_names, ["Ten off Tuesdays"]),
        looks={
            "found": Look(_names, ["Ten off Tuesdays"]),
            **dict.fromkeys(("not_found", "several", "merged", "archived", "null_fields"), _NOBODY),
        },
        operations=OPERATIONS,
        write=Absent("nothing is written to the web shop"),
        hidden=("sandbox-pine-online",),
    ),
)
