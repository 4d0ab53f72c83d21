"""What the registry holds of one vendor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from connectors.contract import Capabilities, LoyaltyProgram, OnlineMenu, PointOfSale, WebhookNotice
from connectors.errors import Unsupported
from connectors.transport import Transport

Side = Literal["pos", "loyalty", "online"]
"""What a vendor can be for a store, by the names of the configuration."""


@dataclass(frozen=True)
class Connector:
    """One vendor: what it can be for a store, the settings of each part, and how to open it.

    online: a web shop beside the register. …_capabilities: the declared matrix, for pages and checks that open nothing
    (a switch in the settings may narrow it when opened). read_webhook: verifies a message (settings, headers with
    lower-case names, raw body) and says whom it concerns; raises Denied when it is not the vendor's.
    """

    vendor: str
    title: str
    pos_settings: type[BaseModel] | None = None
    loyalty_settings: type[BaseModel] | None = None
    pos_opener: Callable[[Any, Transport], PointOfSale] | None = None
    loyalty_opener: Callable[[Any, Transport], LoyaltyProgram] | None = None
    online_settings: type[BaseModel] | None = None
    online_opener: Callable[[Any, Transport], OnlineMenu] | None = None
    pos_capabilities: Capabilities | None = None
    loyalty_capabilities: Capabilities | None = None
    online_capabilities: Capabilities | None = None
    read_webhook: Callable[[Any, Mapping[str, str], bytes], WebhookNotice] | None = None

    def settings_for(self, side: Side) -> type[BaseModel] | None:
        """The settings of one part; None where the vendor is no such thing."""
        return {"pos": self.pos_settings, "loyalty": self.loyalty_settings, "online": self.online_settings}[side]

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

    def open_online(self, settings: BaseModel, transport: Transport) -> OnlineMenu:
        """The web shop with these settings (an instance of `online_settings`). Raises Unsupported if it has none."""
        if self.online_opener is None:
            raise Unsupported(self.vendor, f"{self.title} is not a web shop")
        return self.online_opener(settings, transport)
