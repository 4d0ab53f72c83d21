"""Every connector by the name a store's configuration uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from connectors.alpineiq.client import open_alpineiq
from connectors.alpineiq.settings import AlpineIqSettings
from connectors.contract import LoyaltyProgram, PointOfSale
from connectors.dutchie.client import open_dutchie
from connectors.dutchie.settings import DutchieSettings
from connectors.errors import Unsupported
from connectors.transport import Transport


@dataclass(frozen=True)
class Connector:
    """One vendor: what it can be for a store, the settings of each part, and how to open it."""

    vendor: str
    title: str
    pos_settings: type[BaseModel] | None = None
    loyalty_settings: type[BaseModel] | None = None
    pos_opener: Callable[[Any, Transport], PointOfSale] | None = None
    loyalty_opener: Callable[[Any, Transport], LoyaltyProgram] | None = None

    def open_pos(self, settings: BaseModel, transport: Transport) -> PointOfSale:
        """The register with these settings (an instance of `pos_settings`). Raises Unsupported if it has none."""
        if self.pos_opener is None:
            raise Unsupported(self.vendor, f"{self.title} is not a register system")
        return self.pos_opener(settings, transport)

    def open_loyalty(self, settings: BaseModel, transport: Transport) -> LoyaltyProgram:
        """The program with these settings (an instance of `loyalty_settings`). Raises Unsupported if it has none."""
        if self.loyalty_opener is None:
            raise Unsupported(self.vendor, f"{self.title} is not a loyalty provider")
        return self.loyalty_opener(settings, transport)


REGISTRY: Mapping[str, Connector] = {
    "dutchie": Connector("dutchie", "Dutchie POS", pos_settings=DutchieSettings, pos_opener=open_dutchie),
    "alpineiq": Connector("alpineiq", "Alpine IQ", loyalty_settings=AlpineIqSettings, loyalty_opener=open_alpineiq),
}
