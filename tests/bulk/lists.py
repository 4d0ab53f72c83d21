"""A shop with stores of several providers, for lists: people made up by the dozen, and hands that carry lists out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bot.bulk import Sheet, read_file
from bot.cases import Actor, Role, audit, bulk_store, reading, writing
from bot.cases.bulk_models import BulkRow, BulkRun, RowState, RunState
from bot.cases.bulk_moves import faults
from bot.config import Config, Policy, Roles, Security, SlackSettings, StaffMember, Store, VendorSettings
from bot.errors import PointsmanError
from bot.work import House, Pace, bulk
from bot.work.bulk_check import check
from bot.work.bulk_run import carry_list
from connectors.sandbox import SandboxServers
from connectors.sandbox.state import Contact, Event
from connectors.sandbox.vendors import settings_of
from tests.work.household import KEY, QUICK, MovableClock, Seen, household, person

STORES = ("pine", "ash", "bay", "elm", "yew", "koa")
"""Alpine IQ, Rivo, Smile.io, Alpine IQ beside Treez, springbig, Dutchie's own."""
MANAGER = person("UMANAGER", manages=frozenset(STORES), stores=STORES)
QUINN = person("UQUINN", Role.MANAGER, stores=STORES)
AVERY = person("UAVERY", Role.REGIONAL, stores=STORES)
CASEY = person("UCASEY", Role.SUPPORT, stores=STORES)
RILEY = person("URILEY", stores=STORES)
STAFF = (MANAGER, QUINN, AVERY, CASEY, RILEY)
EVERYTHING = {"reason": "Points of the old app", "comment": "Points of the old app"}


def no_wait(_seconds: float) -> None:
    """The even spacing of calls is not what these tests are about."""


def one_lane(works: Sequence[Callable[[], None]]) -> None:
    """One lane alone, in this thread: for what must happen in order."""
    works[0]()


@contextmanager
def refuses(kind: type[PointsmanError], words: str) -> Iterator[None]:
    """The body ends with this error, whose sentence for staff holds `words`."""
    with pytest.raises(kind) as caught:
        yield
    assert words in caught.value.staff, caught.value.staff


@dataclass
class SeenLists(Seen):
    """A presenter that remembers which lists it was asked to show, and when."""

    clock: MovableClock | None = None

    def show_bulk(self, run_id: str) -> None:
        self.calls.append(("bulk", run_id))

    def remind_bulk(self, run_id: str, nth: int) -> None:
        self.calls.append(("remind_bulk", run_id, str(nth)))


def config_of(
    database: str,
    servers: SandboxServers,
    *,
    read_only: Iterable[str] = (),
    policy: Policy | None = None,
    staff: Sequence[StaffMember] = (),
) -> Config:
    """The stores as the sandboxes have them."""
    return config_over(database, servers.world.stores, servers.urls, read_only=read_only, policy=policy, staff=staff)


def config_over(
    database: str,
    stores: Any,
    urls: Any,
    *,
    read_only: Iterable[str] = (),
    policy: Policy | None = None,
    staff: Sequence[StaffMember] = (),
) -> Config:
    """The same from the sandboxes' addresses alone: for other processes."""
    found = []
    for name in STORES:
        pos, loyalty = settings_of(stores[name], urls)
        found.append(
            Store(
                id=name,
                name=f"Harbor Green - {name.title()}",
                channel=f"C0{name.upper()}",
                area_code="303",
                read_only=name in read_only,
                managers=("UMANAGER",),
                pos=VendorSettings(**pos),
                loyalty=VendorSettings(**loyalty),
            )
        )
    return Config(
        database=database,
        slack=SlackSettings(bot_token="xoxb-1"),
        roles=Roles(),
        security=Security(key=KEY),
        policy=policy or Policy(),
        staff=tuple(staff),
        stores=tuple(found),
    )


def people(servers: SandboxServers, store: str, number: int, *, points: float = 100) -> list[Contact]:
    """Members at a store's provider, each with so many points."""
    world = servers.world
    made = []
    with world.lock:
        place = world.stores[store]
        at = world.now() - timedelta(days=90)
        for n in range(1, number + 1):
            own = {"rivo": str(880_000_000 + n), "smile": str(881_000_000 + n)}.get(place.loyalty, f"{n:032x}")
            contact = Contact(
                id=own,
                src_id=own if place.loyalty == "rivo" else str(660_000 + n),
                first_name="Pat",
                last_name=f"Number{n}",
                phone=f"{3_035_550_000 + n % 10_000:010d}" if number < 100 else "",
                email=f"pat{n}@example.com",
                inserted=at,
                events=[Event(at, "import", points)] if points else [],
            )
            place.contacts[own] = contact
            made.append(contact)
    return made


@dataclass
class Lists:
    """A house over sandboxes, with the hands that tests of lists need."""

    house: House
    servers: SandboxServers
    clock: MovableClock
    seen: SeenLists

    def sheet(self, text: str, **more: Any) -> Sheet:
        """A file of this text."""
        return read_file(text.encode(), "points.csv", **more)

    def plan(
        self, text: str, *, store: str = "ash", actor: Actor = MANAGER, source: str = "f1", **more: Any
    ) -> BulkRun:
        """A file sent by somebody, not looked up yet."""
        kinds = {k: more.pop(k) for k in ("kind", "mode", "chosen") if k in more}
        return bulk.plan_bulk(self.house, self.sheet(text, **kinds), actor, store_id=store, source=source, **more)

    def checked(self, text: str, **more: Any) -> BulkRun:
        """The same, looked up."""
        run = self.plan(text, **more)
        return self.look_up(run)

    def look_up(self, run: BulkRun) -> BulkRun:
        """One turn of looking its rows up, in this process and without waiting."""
        check(self.house, f"{run.id}#1", sleep=no_wait)
        return self.get(run)

    def approved(self, text: str, **more: Any) -> BulkRun:
        """The same, asked for and signed by two."""
        return self.sign(self.checked(text, **more))

    def sign(self, run: BulkRun) -> BulkRun:
        """Ask for it, and have two people approve."""
        bulk.submit_bulk(self.house, run.id, MANAGER, **EVERYTHING)
        bulk.approve_bulk(self.house, run.id, QUINN)
        return bulk.approve_bulk(self.house, run.id, AVERY)

    def turn(self, run: BulkRun) -> BulkRun:
        """One turn of carrying it out, in this process."""
        carry_list(self.house, f"{run.id}#1", sleep=no_wait)
        return self.get(run)

    def to_the_end(self, run: BulkRun, *, turns: int = 12, step: float = 60) -> BulkRun:
        """Turns until it has ended, the clock moving between them."""
        for _ in range(turns):
            run = self.turn(run)
            if run.state not in (RunState.RUNNING, RunState.CANCELLING):
                return run
            self.clock.move(seconds=step)
        raise AssertionError(f"{run.id} is still {run.state} after {turns} turns: {self.states(run)}")

    def get(self, run: BulkRun | str) -> BulkRun:
        """As it stands now."""
        run_id = run if isinstance(run, str) else run.id
        return bulk.read_run(self.house, run_id)

    def rows(self, run: BulkRun) -> list[BulkRow]:
        """All its rows."""
        with reading(self.house.engine) as conn:
            return list(bulk_store.each_row(conn, self.house.vault, run.id))

    def codes(self, run: BulkRun) -> dict[int, str]:
        """Row to its state and code."""
        return {row.number: f"{row.state.value} {row.code}".strip() for row in self.rows(run)}

    def states(self, run: BulkRun) -> dict[RowState, int]:
        """How many rows are in each state."""
        with reading(self.house.engine) as conn:
            return bulk_store.counts(conn, run.id)

    def deeds(self, run: BulkRun) -> list[str]:
        """What the audit trail says of it, which must be whole, and its rows as on record."""
        with reading(self.house.engine) as conn:
            assert audit.verify(conn).ok
            assert faults(conn) == []
            return [e.deed.partition(".")[2] for e in audit.entries(conn) if e.subject == run.id]

    def ours(self, store: str = "ash", *, operations: Iterable[str] = ("op_",)) -> list[tuple[str, float]]:
        """The provider's adjustments made by us, or by these operations alone: (e-mail, points), sorted."""
        marks = [f"(ref {operation}" for operation in operations]
        with self.servers.world.lock:
            contacts = self.servers.world.stores[store].contacts.values()
            events = [(c.email, e.value, e.note) for c in contacts for e in c.events]
            return sorted((email, value) for email, value, note in events if any(mark in note for mark in marks))

    def change(self, statement: str, **values: Any) -> None:
        """Somebody with access to the database."""
        import sqlalchemy as sa

        with writing(self.house.engine) as conn:
            conn.execute(sa.text(statement), values)


def house_of(config: Config, clock: MovableClock, seen: SeenLists | None = None, *, pace: Pace = QUICK) -> House:
    """A house for lists."""
    return household(config, clock=clock, seen=seen or SeenLists(), pace=pace, people=STAFF)
