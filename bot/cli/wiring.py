"""The one place where settings become a running house: connectors, playbooks, matcher, database."""

from __future__ import annotations

from connectors.transport import Transport

from bot.config import Config, Store
from bot.diagnosis import Systems
from bot.errors import ConfigError
from connectors import REGISTRY


def open_vendors(store: Store, transport: Transport) -> Systems:
    """A store's register and loyalty provider. The settings were checked when the file was read."""
    pos, loyalty = REGISTRY[store.pos.vendor], REGISTRY[store.loyalty.vendor]
    if pos.pos_settings is None or loyalty.loyalty_settings is None:
        raise ConfigError(f"{store.id}: {store.pos.vendor} with {store.loyalty.vendor} cannot be connected.")
    return Systems(
        pos=pos.open_pos(pos.pos_settings.model_validate(store.pos.own()), transport),
        program=loyalty.open_loyalty(loyalty.loyalty_settings.model_validate(store.loyalty.own()), transport),
    )


class Vendors:
    """Every store's systems over one transport, opened at first use."""

    def __init__(self, config: Config, transport: Transport) -> None:
        self._config = config
        self._transport = transport
        self._open: dict[str, Systems] = {}

    def __call__(self, store_id: str) -> Systems:
        """The systems of a store. Raises KeyError for a store that is not configured."""
        if store_id not in self._open:
            self._open[store_id] = open_vendors(self._config.store(store_id), self._transport)
        return self._open[store_id]
