"""The one place where settings become a running house: connectors, playbooks, matcher, database."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel

from bot.cli.model_cache import cache_folder, kept_at, trained
from bot.config import Config, Store, VendorSettings
from bot.diagnosis import Systems
from bot.errors import ConfigError
from bot.playbook import BUILT_IN, Library
from bot.understanding import Matcher, Vocabulary, load_chatter, load_vocabulary
from bot.work import FileKnowledge, House, open_house, shared_paces
from connectors import REGISTRY, Side
from connectors.transport import Transport

log = logging.getLogger(__name__)

TRAINING_S = 300
Texts = tuple[Mapping[str, Sequence[str]], Mapping[str, Sequence[str]]]


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
    return matcher_on(texts_of(library))


def matcher_apart(library: Library) -> Matcher:
    """The same, trained in a process of its own where it has to be: its memory goes with it, and it takes no turn from
    those who answer questions. Where that fails it is trained here."""
    texts = texts_of(library)
    if not kept_at(*_given(texts)).exists():
        command = [sys.executable, "-m", "bot.cli.training"]
        try:
            subprocess.run(command, input=json.dumps(texts).encode(), timeout=TRAINING_S, check=True)  # noqa: S603
        except (OSError, subprocess.SubprocessError) as error:
            log.warning("The matcher could not be trained apart: %s", type(error).__name__)
    return matcher_on(texts)


def texts_of(library: Library) -> Texts:
    """What a matcher is trained on, as plain values: each playbook's questions, and its near misses."""
    playbooks = library.playbooks.values()
    return {p.id: list(p.questions) for p in playbooks}, {p.id: list(p.near_misses) for p in playbooks}


def matcher_on(texts: Texts) -> Matcher:
    """The matcher of these texts, from the cache or trained now."""
    return trained(*_given(texts))


def _given(
    texts: Texts,
) -> tuple[Path, Mapping[str, Sequence[str]], list[str], Vocabulary, Mapping[str, Sequence[str]]]:
    questions, near_misses = texts
    chatter, vocabulary = load_chatter(BUILT_IN / "chatter.yml"), load_vocabulary(BUILT_IN / "vocabulary.yml")
    return cache_folder(), questions, chatter, vocabulary, near_misses


def open_all(config: Config) -> House:
    """The house as `serve` runs it, the database brought up to date. Raises ConfigError."""
    own = {store.id: Path(store.playbooks) for store in config.stores if store.playbooks}
    knowledge = FileKnowledge(BUILT_IN, own, matcher_apart)
    transport = Transport(paces=shared_paces(config.database))
    return open_house(config, systems=Vendors(config, transport), knowledge=knowledge)
