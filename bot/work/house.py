"""Everything one process needs, in one frozen value that is handed to whoever works."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.cases import Actor, Vault, open_database, open_vault, reading
from bot.clock import Clock, system_clock
from bot.config import Config
from bot.work.knowledge import Knowledge
from bot.work.ports import Presenter, Silent
from bot.work.queue import Work, prepare

if TYPE_CHECKING:
    from bot.diagnosis import Systems
    from bot.playbook import Library
    from bot.understanding import Match

SystemsOf = Callable[[str], "Systems"]
PeopleOf = Callable[[str], Sequence[Actor]]


@dataclass(frozen=True)
class Pace:
    """How long things wait, in seconds; tests shorten them.

    send: the deadline of one write. absence: no answer of "not there" is believed earlier than this after the send,
    nor two of them closer together. settle: the wait before a late read-back, when the vendor names none.
    click: how long a click may look at the vendor before it is acknowledged.
    """

    send: float = 20.0
    absence: float = 45.0
    settle: float | None = None
    click: float = 1.2
    read: float = 8.0


def nobody(_store_id: str) -> Sequence[Actor]:
    """Nobody is known by name; requests then name roles only."""
    return ()


def unwatched(_stage: str) -> None:
    """Nobody looks on."""


@dataclass(frozen=True)
class House:
    """One process's world. `systems(store_id)` opens a store's vendors; `people(store_id)` lists its deciders;
    `watch` is told each stage that an effect reaches (tests end the process there). `stopping`: long work should come
    to an end, this process is about to."""

    config: Config
    engine: sa.Engine
    vault: Vault
    work: Work
    systems: SystemsOf
    knowledge: Knowledge
    clock: Clock = system_clock
    presenter: Presenter = field(default_factory=Silent)
    people: PeopleOf = nobody
    pace: Pace = field(default_factory=Pace)
    watch: Callable[[str], None] = unwatched
    stopping: threading.Event = field(default_factory=threading.Event)

    def library(self, store_id: str | None) -> Library:
        """The playbooks in use at a store; None: the chain's."""
        return self.knowledge.of(store_id).library

    def match(self, text: str, store_id: str | None) -> Match:
        """What kind of question this is, by the playbooks of a store."""
        return self.knowledge.of(store_id).matcher.match(text)

    def close(self) -> None:
        """Let go of the database's connections."""
        self.work.close()
        self.engine.dispose()


def open_house(
    config: Config,
    *,
    systems: SystemsOf,
    knowledge: Knowledge,
    clock: Clock = system_clock,
    presenter: Presenter | None = None,
    people: PeopleOf = nobody,
    pace: Pace | None = None,
    migrate: bool = True,
) -> House:
    """Open the database (brought up to date unless `migrate` is off) and put the house together.

    Raises ConfigError when the database or the security key cannot be used.
    """
    if migrate:
        prepare(config.database)
    engine = open_database(config.database)
    with reading(engine) as conn:
        vault = open_vault(conn, config.security.keys, config.security.key_readings)
    return House(
        config=config,
        engine=engine,
        vault=vault,
        work=Work(engine),
        systems=systems,
        knowledge=knowledge,
        clock=clock,
        presenter=presenter if presenter is not None else Silent(),
        people=people,
        pace=pace if pace is not None else Pace(),
    )
