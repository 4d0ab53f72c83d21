"""Every connector by the name a store's configuration uses.

A vendor is a folder here whose `connector.py` names its `CONNECTORS`; nothing else has to be told of it.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from connectors.connector import Connector

_NO_VENDORS = frozenset({"contract", "sandbox"})


def vendor_modules(name: str) -> Iterator[Any]:
    """The module of this name in every vendor's folder that has one, in the order of the folders' names."""
    for folder in sorted(m.name for m in pkgutil.iter_modules([str(Path(__file__).parent)]) if m.ispkg):
        path = f"connectors.{folder}.{name}"
        if folder not in _NO_VENDORS and find_spec(path) is not None:
            yield import_module(path)


REGISTRY: Mapping[str, Connector] = {
    connector.vendor: connector for module in vendor_modules("connector") for connector in module.CONNECTORS
}
