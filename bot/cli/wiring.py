"""The one place where settings become a running house: connectors, playbooks, matcher, database."""

from __future__ import annotations

from pathlib import Path

from bot.cli.model_cache import cache_folder, trained
from bot.config import Config, Store
from bot.diagnosis import Systems
from bot.errors import ConfigError
from bot.playbook import BUILT_IN, Library
from bot.understanding import Matcher, load_chatter, load_vocabulary
from bot.work import FileKnowledge, House, open_house
from connectors import REGISTRY
from connectors.transport import Transport


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
    return open_house(config, systems=Vendors(config, Transport()), knowledge=knowledge)
