"""What the registry holds of one vendor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from connectors.contract import Capabilities, LoyaltyProgram, PointOfSale, WebhookNotice
from connectors.errors import Unsupported
from connectors.transport import Transport


@dataclass(frozen=True)
class Connector:
    """One vendor: what it can be for a store, the settings of each part, and how to open it.

    pos_capabilities and loyalty_capabilities: the declared matrix, for pages and checks that open nothing (a switch in
    the settings may narrow it when opened). read_webhook: verifies a message (settings, headers with lower-case names,
    raw body) and says whom it concerns; raises Denied when it is not the vendor's.
    """

    vendor: str
    title: str
    pos_settings: type[BaseModel] | None = None
    loyalty_settings: type[BaseModel] | None = None
    pos_opener: Callable[[Any, Transport], PointOfSale] | None = None
    loyalty_opener: Callable[[Any, Transport], LoyaltyProgram] | None = None
    pos_capabilities: Capabilities | None = None
    loyalty_capabilities: Capabilities | None = None
    read_webhook: Callable[[Any, Mapping[str, str], bytes], WebhookNotice] | None = None

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
