"""A house over every store of the practice chain, and what tests of a kind of change need there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Self

import pytest

from bot.cases import Actor, Proposal
from bot.config import Config, Policy, Store, VendorSettings
from bot.diagnosis import Subject, diagnose
from bot.playbook import Finding, Library, Playbook, Text
from bot.understanding import Entities
from bot.work import Fixed, Known, Pace, open_house, proposals
from bot.work.told import Told
from connectors.sandbox import SandboxServers, World
from connectors.sandbox.state import Contact
from connectors.sandbox.state import Store as Place
from connectors.sandbox.vendors import settings_of
from tests.cases.databases import fresh_database
from tests.work.household import MORGAN, NO_MATCHER, QUICK, RILEY, MovableClock, Seen, Shop, Vendors, person, settings

FACTS = "balance and redemptions and redemption and posting and receipt_sale and enrolment and due_points and said"
KINDS = ("adjust_points", "refund_redemption", "enroll", "record_purchase")
TOLD = {"reason": "The customer asked", "comment": "Points corrected"}


def trial() -> Library:
    """One playbook that offers every kind of points, whatever was found out."""
    words = Text(en="x")
    always = Finding(id="always", when="customer or member or not customer", tell=words, say=words, fix=KINDS)  # type: ignore[arg-type]
    facts = Finding(id="facts", when=f"{FACTS} and false", tell=words, say=words)
    trial = Playbook(id="trial", title=words, covers=(), questions=(), findings=(always, facts))
    return Library(playbooks={"trial": trial})


Changes = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""By store, of its "pos" or "loyalty" settings."""


def chain_config(
    database: str,
    places: Mapping[str, Place],
    urls: Mapping[str, str],
    *,
    policy: Policy | None = None,
    changes: Changes | None = None,
) -> Config:
    """All stores of the sandbox, writable. places: as every sandbox has them, so that other processes know them too."""
    stores = []
    for place in places.values():
        pos, loyalty = settings_of(place, urls)
        own = (changes or {}).get(place.id, {})
        stores.append(
            Store(
                id=place.id,
                name=place.name,
                channel=f"C0{place.id.upper()}",
                area_code="303",
                read_only=False,
                pos=VendorSettings(**{**pos, **own.get("pos", {})}),
                loyalty=VendorSettings(**{**loyalty, **own.get("loyalty", {})}),
            )
        )
    base = settings(database)
    return base.model_copy(update={"stores": tuple(stores), "policy": policy or base.policy})


@dataclass
class ChainShop(Shop):
    """A shop over the whole chain."""

    store: str = "pine"

    def at(self, store: str) -> Self:
        """The same, at another store."""
        return replace(self, store=store)

    def offered(self, kind: str, *, phone: str, email: str = "", receipt: str = "") -> Proposal:
        """What is offered for a question about this customer. Raises KeyError when it is not."""
        entities = Entities(phone=(phone,), email=(email,) if email else (), order_id=(receipt,) if receipt else ())
        case, place = self.case(self.store), self.house.config.store(self.store)
        subject = Subject(entities=entities, store_id=place.id, store_name=place.name, area_code="303")
        diagnosis = diagnose(
            self.house.library(None).playbooks["trial"], subject, self.house.systems(place.id), clock=self.clock
        )
        run = Told.of(case.private).run
        return {p.kind: p for p in proposals.offer_fixes(self.house, case.id, diagnosis, run=run)}[kind]

    def ask(self, offer: Proposal, actor: Actor | None = None, **typed: str) -> Proposal:
        """Somebody of the store asks for it."""
        who = actor or RILEY.model_copy(update={"stores": frozenset({self.store})})
        return proposals.submit(self.house, offer.id, who, {**TOLD, **typed})

    def approved(self, offer: Proposal, **typed: str) -> Proposal:
        """Asked for, and signed."""
        return self.sign(self.ask(offer, **typed))

    def sign(self, asked: Proposal) -> Proposal:
        """Signed by the store's manager."""
        return proposals.approve(self.house, asked.id, self.manager)

    def undo(self, done: Proposal) -> Proposal:
        """Taken back: asked for and signed, not yet carried out."""
        asker = RILEY.model_copy(update={"stores": frozenset({self.store})})
        return self.sign(proposals.undo(self.house, done.id, asker))

    def carried(self, agreed: Proposal) -> Proposal:
        """Carried out by a worker, as it stands then."""
        self.run("effect", agreed.id)
        return self.get(agreed)

    @property
    def manager(self) -> Actor:
        """May approve at this store."""
        return MORGAN.model_copy(update={"manages": frozenset({self.store})})

    @property
    def world(self) -> World:
        return self.servers.world

    def contact(self, **by: str) -> Contact:
        """The provider's record as it truly is."""
        return self.world.contact(**by, store=self.store)

    def points(self, **by: str) -> float:
        """The provider's points as they truly are."""
        with self.world.lock:
            return self.contact(**by).points

    def notes(self, **by: str) -> list[tuple[float, str]]:
        """Our rows in the provider's history: (points, note)."""
        with self.world.lock:
            return [(e.value, e.note) for e in self.contact(**by).events if "(ref op_" in e.note]

    def writes(self) -> Mapping[str, int]:
        """How often each path was written to."""
        return {k: n for k, n in self.world.counts.items() if k.split()[1] in ("POST", "PUT")}


@contextmanager
def chain_shop(
    clock: MovableClock,
    servers: SandboxServers,
    *,
    database: str = "sqlite",
    pace: Pace = QUICK,
    changes: Changes | None = None,
) -> Iterator[ChainShop]:
    """A house over the sandbox as it is in its first moment; `changes` as in `chain_config`."""
    with fresh_database(database) as url:
        servers.world.reset()
        servers.world.settings.limits = False  # this clock stands still, so that a vendor's second never ends
        config, seen = chain_config(url, servers.world.stores, servers.urls, changes=changes), Seen()
        people = (RILEY, MORGAN.model_copy(update={"manages": frozenset(s.id for s in config.stores)}), person("UQ"))
        house = open_house(
            config,
            systems=Vendors(config),
            knowledge=Fixed(Known(trial(), NO_MATCHER)),
            clock=clock,
            presenter=seen,
            people=lambda _store: people,
            pace=pace,
            migrate=False,
        )
        try:
            yield ChainShop(house, servers, clock, seen)
        finally:
            house.close()


@pytest.fixture(scope="module")
def chain_clock() -> MovableClock:
    return MovableClock()


@pytest.fixture(scope="module")
def chain_servers(chain_clock: MovableClock) -> Iterator[SandboxServers]:
    with SandboxServers(World.seeded(clock=chain_clock)) as running:
        yield running


@pytest.fixture
def chain(chain_clock: MovableClock, chain_servers: SandboxServers) -> Iterator[ChainShop]:
    """On SQLite, over the chain as it is in its first moment."""
    with chain_shop(chain_clock, chain_servers) as shop:
        yield shop
