"""What a connector brings to join the suite that all of them must pass: `subject.py` in its tests' folder."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, get_args

from connectors import REGISTRY
from connectors.contract import Operation
from connectors.sandbox import SandboxServers, World
from connectors.sandbox.vendors import settings_of, vendor_worlds
from connectors.transport import Transport

Side = Literal["pos", "loyalty", "online"]
Situation = Literal["found", "not_found", "several", "merged", "archived", "null_fields"]
SITUATIONS: tuple[Situation, ...] = get_args(Situation)
Ask = Callable[[Any, World], Any]


@dataclass(frozen=True)
class Look:
    """A question to the opened system, and the whole answer."""

    ask: Ask
    expected: Any


@dataclass(frozen=True)
class Absent:
    """This vendor cannot be in that situation; why."""

    why: str


@dataclass(frozen=True)
class Subject:
    """One side of one connector, against its sandbox.

    read: a look that every fault is tried on; Absent where there is no API to look by. write: its one write, `applied`
    whether it happened in the world, and `shown` whether the connector reads it back. operations: a working call for
    each operation declared supported. hidden: secrets and personal data of the person read, that must never be logged.
    fault_path: part of the path that faults hit, where other calls (for tokens) go along. unnamed_wait_s: what a
    throttled answer without Retry-After says to wait. prepare: what a situation (or
    "write") needs changed in the world first.
    member: whose points `write` adjusts, of a program whose history can be asked about it.
    """

    id: str
    vendor: str
    side: Side
    store: str
    read: Look | Absent
    looks: Mapping[Situation, Look | Absent]
    operations: Mapping[Operation, Ask]
    hidden: tuple[str, ...]
    write: Ask | Absent
    applied: Callable[[World], bool] = lambda _: False
    shown: Ask = lambda _, __: False
    member: Callable[[World], str] | Absent = Absent("no API changes points here")
    fault_path: str = ""
    unnamed_wait_s: float | None = None
    prepare: Mapping[str, Callable[[World], None]] = field(default_factory=dict)

    @property
    def served(self) -> bool:
        """Whether there is an API behind it."""
        return isinstance(self.read, Look)

    def open(self, servers: SandboxServers, transport: Transport) -> Any:
        """The connector as a configuration would open it."""
        store, connector = servers.world.stores[self.store], REGISTRY[self.vendor]
        if self.side == "online":
            of_shop = vendor_worlds()[self.vendor].online_settings
            assert connector.online_settings and of_shop
            values = of_shop(store, servers.urls)
            return connector.open_online(connector.online_settings.model_validate(values), transport)
        pos, loyalty = settings_of(store, servers.urls)
        values = {k: v for k, v in (pos if self.side == "pos" else loyalty).items() if k != "vendor"}
        if self.side == "pos":
            assert connector.pos_settings
            return connector.open_pos(connector.pos_settings.model_validate(values), transport)
        assert connector.loyalty_settings
        return connector.open_loyalty(connector.loyalty_settings.model_validate(values), transport)


@cache
def subjects() -> tuple[Subject, ...]:
    """Everyone's, in the order of their folders."""
    folders = sorted(m.name for m in pkgutil.iter_modules([str(Path(__file__).parent)]) if m.ispkg)
    paths = [f"tests.connectors.{folder}.subject" for folder in folders]
    return tuple(s for path in paths if find_spec(path) for s in import_module(path).SUBJECTS)
