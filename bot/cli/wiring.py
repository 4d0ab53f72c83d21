"""The one place where settings become a running house: connectors, playbooks, matcher, database."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel

from bot.cli.model_cache import cache_folder, trained
from bot.config import Config, Store, VendorSettings
from bot.diagnosis import Systems
from bot.errors import ConfigError
from bot.playbook import BUILT_IN, Library
from bot.understanding import Matcher, load_chatter, load_vocabulary
from bot.work import FileKnowledge, House, open_house, shared_paces
from connectors import REGISTRY, Side
from connectors.transport import Transport


def open_vendors(store: Store, transport: Transport) -> Systems:
    """A store's register, loyalty provider and web shop. The settings were checked when the file was read."""
    return Systems(
        pos=REGISTRY[store.pos.vendor].open_pos(_settings(store, "pos", store.pos), transport),
        program=REGISTRY[store.loyalty.vendor].open_loyalty(_settings(store, "loyalty", store.loyalty), transport),
        online=REGISTRY[store.online.vendor].open_online(_settings(store, "online", store.online), transport)
        if store.online is not None
        else None,
    )


def _settings(store: Store, side: Side, given: VendorSettings) -> BaseModel:
    """One part's settings, as its connector reads them."""
    model = REGISTRY[given.vendor].settings_for(side)
    if model is None:
        raise ConfigError(f"{store.id}: {given.vendor} cannot be connected as [stores.{side}].")
    return model.model_validate(given.own())


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


def matcher_of(library: Library) -> Matcher:
    """The matcher trained on a library's questions and the built-in chatter and vocabulary, once for each content."""
    return trained(
        cache_folder(),
        {p.id: p.questions for p in library.playbooks.values()},
        load_chatter(BUILT_IN / "chatter.yml"),
        load_vocabulary(BUILT_IN / "vocabulary.yml"),
        {p.id: p.near_misses for p in library.playbooks.values()},
    )


def open_all(config: Config) -> House:
    """The house as `serve` runs it, the database brought up to date. Raises ConfigError."""
    own = {store.id: Path(store.playbooks) for store in config.stores if store.playbooks}
    knowledge = FileKnowledge(BUILT_IN, own, matcher_of)
    transport = Transport(paces=shared_paces(config.database))
    return open_house(config, systems=Vendors(config, transport), knowledge=knowledge)
