"""A whole house for tests: real database, real connectors, the sandbox behind them, a clock one can move."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa

from bot.cases import Actor, Case, CaseState, Proposal, Role, case_store, proposal_store, reading, writing
from bot.clock import Clock
from bot.config import Config, Policy, Roles, Security, SlackSettings, StaffMember, Store, VendorSettings
from bot.diagnosis import Subject, Systems, diagnose
from bot.playbook import Finding, Library, Playbook, Text
from bot.understanding import Entities, Matcher
from bot.work import Fixed, House, Known, Pace, open_house, proposals
from bot.work.grounds import contact_reference
from bot.work.jobs import JOBS
from bot.work.looking import read_case
from bot.work.ports import Silent
from bot.work.told import Told
from connectors import REGISTRY
from connectors.sandbox import SandboxServers
from connectors.transport import Transport

KEY = "a key of thirty-two characters!!"
_MOMENTS = itertools.count(1)
"""Each case stands in a thread of its own, also those of two views of one house."""
DANA_OLD, DANA_NEW = "+13035550177", "+13035550142"


class MovableClock:
    """Time that stands still until moved."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **kinds: float) -> None:
        self.moment += timedelta(**kinds)


@dataclass
class Seen(Silent):
    """A presenter that remembers what it was asked to show."""

    calls: list[tuple[str, ...]] = field(default_factory=list)

    def show_case(self, case_id: str) -> None:
        self.calls.append(("case", case_id))

    def show_proposal(self, proposal_id: str) -> None:
        self.calls.append(("proposal", proposal_id))

    def remind(self, proposal_id: str, nth: int) -> None:
        self.calls.append(("remind", proposal_id, str(nth)))

    def failed(self, case_id: str) -> None:
        self.calls.append(("failed", case_id))


def person(user_id: str, *roles: Role, stores: Sequence[str] = ("pine",), **fields: Any) -> Actor:
    """Somebody of the workspace."""
    given = frozenset({Role.BUDTENDER, *roles})
    return Actor(user_id=user_id, team_id="T1", roles=given, stores=frozenset(stores), **fields)


RILEY = person("URILEY")
JO = person("UJO", stores=["oak"])
MORGAN = person("UMORGAN", manages=frozenset({"pine"}))
QUINN = person("UQUINN", Role.MANAGER)
AVERY = person("UAVERY", Role.REGIONAL)
CASEY = person("UCASEY", Role.SUPPORT)
GUEST = person("UGUEST", is_guest=True)
PEOPLE = (RILEY, JO, MORGAN, QUINN, AVERY, CASEY, GUEST)


NO_MATCHER = cast("Matcher", None)
"""These tests ask nothing in words."""


def library(*fixes: str) -> Library:
    """One playbook whose one finding always holds once there is a customer or a member."""
    words = Text(en="x")
    finding = Finding(id="always", when="customer or member or not customer", tell=words, say=words, fix=fixes)  # type: ignore[arg-type]
    facts = Finding(id="facts", when="balance and link and said and false", tell=words, say=words)
    return Library(
        playbooks={"trial": Playbook(id="trial", title=words, covers=(), questions=(), findings=(finding, facts))}
    )


def settings(
    database: str,
    urls: Mapping[str, str] | None = None,
    *,
    read_only: bool = False,
    policy: Policy | None = None,
    staff: Sequence[StaffMember] = (),
) -> Config:
    """Two stores, as in the sandbox world."""
    urls = urls or {"dutchie": "http://127.0.0.1:9", "alpineiq": "http://127.0.0.1:9"}
    stores = tuple(
        Store(
            id=store,
            name=f"Harbor Green - {store.title()}",
            channel=f"C0{store.upper()}",
            area_code="303",
            read_only=read_only,
            managers=("UMORGAN",) if store == "pine" else (),
            pos=VendorSettings(vendor="dutchie", base_url=urls["dutchie"], api_key=f"sandbox-{store}-pos"),
            loyalty=VendorSettings(
                vendor="alpineiq",
                base_url=urls["alpineiq"],
                uid=uid,
                api_key=f"sandbox-{store}-loyalty",
                ledger_proves_absence=True,
            ),
        )
        for store, uid in (("pine", "4242"), ("oak", "4343"))
    )
    return Config(
        database=database,
        slack=SlackSettings(bot_token="xoxb-1"),
        roles=Roles(),
        security=Security(key=KEY),
        policy=policy or Policy(),
        staff=tuple(staff),
        stores=stores,
    )


class Vendors:
    """A store's systems, opened once."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._transport = Transport(paced=False, breaker_threshold=1000)
        self._open: dict[str, Systems] = {}

    def __call__(self, store_id: str) -> Systems:
        if store_id not in self._open:
            store = self._config.store(store_id)
            pos, loyalty = REGISTRY[store.pos.vendor], REGISTRY[store.loyalty.vendor]
            assert pos.pos_settings and loyalty.loyalty_settings
            self._open[store_id] = Systems(
                pos=pos.open_pos(pos.pos_settings.model_validate(store.pos.own()), self._transport),
                program=loyalty.open_loyalty(
                    loyalty.loyalty_settings.model_validate(store.loyalty.own()), self._transport
                ),
            )
        return self._open[store_id]


QUICK = Pace(send=2.0, absence=0.2, settle=0.1, click=2.0, read=4.0)


def household(
    config: Config,
    *,
    clock: Clock,
    pace: Pace = QUICK,
    seen: Seen | None = None,
    fixes: Sequence[str] = ("adjust_points", "relink"),
    people: Sequence[Actor] = PEOPLE,
) -> House:
    """A house over a migrated database."""
    return open_house(
        config,
        systems=Vendors(config),
        knowledge=Fixed(Known(library(*fixes), NO_MATCHER)),
        clock=clock,
        presenter=seen or Seen(),
        people=lambda _store: people,
        pace=pace,
        migrate=False,
    )


@dataclass
class Shop:
    """A house over a sandbox, with the hands that tests need."""

    house: House
    servers: SandboxServers
    clock: MovableClock
    seen: Seen

    def case(self, store: str = "pine") -> Case:
        """A fresh case of Riley's."""
        moment = f"{next(_MOMENTS)}.0"
        with writing(self.house.engine) as conn:
            case, _ = case_store.open_case(
                conn,
                self.house.vault,
                team_id="T1",
                channel=f"C0{store.upper()}",
                thread_ts=moment,
                asked_ts=moment,
                asker="URILEY",
                store_id=store,
                now=self.clock(),
            )
        return case

    def offers(
        self, *, phone: str = "", email: str = "", claimed: int | None = None, store: str = "pine"
    ) -> dict[str, Proposal]:
        """What is offered for a question, by kind."""
        case = self.case(store)
        return self.offers_in(case, phone=phone, email=email, claimed=claimed)

    def offers_in(
        self, case: Case, *, phone: str = "", email: str = "", claimed: int | None = None
    ) -> dict[str, Proposal]:
        """What is offered now in this case, by kind."""
        entities = Entities(
            phone=(phone,) if phone else (),
            email=(email,) if email else (),
            claimed_points=(claimed,) if claimed is not None else (),
        )
        store = self.house.config.store(str(case.store_id))
        diagnosis = diagnose(
            self.house.library(None).playbooks["trial"],
            Subject(entities=entities, store_id=store.id, store_name=store.name, area_code="303"),
            self.house.systems(store.id),
            clock=self.clock,
        )
        run = Told.of(read_case(self.house, case.id).private).run
        offered = {p.kind: p for p in proposals.offer_fixes(self.house, case.id, diagnosis, run=run)}
        with writing(self.house.engine) as conn:
            standing = case_store.get_case(conn, self.house.vault, case.id)
            found = {"state": CaseState.ANSWERED, "diagnosis": diagnosis.model_dump(mode="json")}
            case_store.change_case(conn, self.house.vault, standing, now=self.clock(), **found)
        return offered

    def ask_adjust(self, points: str = "+50", *, phone: str = "+13035550153", actor: Actor = RILEY) -> Proposal:
        """Will Tanner has 320 points; somebody asks for a change."""
        offer = self.offers(phone=phone)["adjust_points"]
        return proposals.submit(self.house, offer.id, actor, adjustment(points))

    def ask_relink(self, actor: Actor = RILEY) -> Proposal:
        """Dana's register phone leads to Sam; she says which number is hers."""
        offer = self.offers(phone=DANA_NEW, email="dana.ortiz@example.com")["relink"]
        return proposals.submit(self.house, offer.id, actor, {"phone": DANA_NEW})

    def get(self, proposal: Proposal | str) -> Proposal:
        """As it stands now."""
        proposal_id = proposal if isinstance(proposal, str) else proposal.id
        with reading(self.house.engine) as conn:
            return proposal_store.get_proposal(conn, self.house.vault, proposal_id)

    def run(self, job: str, key: str) -> None:
        """One job, as a worker would run it, in this thread."""
        JOBS[job](self.house, key)

    def queued(self) -> list[str]:
        """The ids of all work that was queued, in order of their names."""
        with reading(self.house.engine) as conn:
            schema = "dbos." if conn.dialect.name == "postgresql" else ""
            query = sa.text(f"SELECT workflow_uuid FROM {schema}workflow_status ORDER BY workflow_uuid")
            return list(conn.execute(query).scalars())

    def rows(self, phone: str = "+13035550153", store: str = "pine") -> list[tuple[float, str]]:
        """The provider's adjustments made by us: (points, note)."""
        world = self.servers.world
        with world.lock:
            contact = world.contact(phone=phone[-10:], store=store)
            return [(e.value, e.note) for e in contact.events if "(ref op_" in e.note]

    def register_phone(self, customer: int = 880123) -> str | None:
        """The phone in the register."""
        with self.servers.world.lock:
            return self.servers.world.customer(customer).phone

    def with_pace(self, **changes: Any) -> Shop:
        """The same shop at another pace."""
        return replace(self, house=replace(self.house, pace=replace(self.house.pace, **changes)))


def adjustment(points: str = "+50") -> dict[str, str]:
    """What the modal gives."""
    return {"points": points, "reason": "Order 5512 was missed", "comment": "Points corrected by the store"}


def refs(house: House, *contacts: str) -> frozenset[str]:
    """References as Slack's people get them from `[[staff]]`."""
    return frozenset(contact_reference(house.vault, c) for c in contacts)


def at_once(*calls: Any) -> list[Any]:
    """Run all at the same moment in threads; each one's result, or the exception it raised."""
    barrier = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(n: int, call: Any) -> None:
        with suppress(threading.BrokenBarrierError):
            barrier.wait(10)
        try:
            results[n] = call()
        except Exception as error:  # noqa: BLE001 - looked at by the test
            results[n] = error

    threads = [threading.Thread(target=run, args=(n, call)) for n, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
