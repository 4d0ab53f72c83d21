"""Whatever people press, whenever a process dies, time passes, points move and vendors fail: what the provider shows
and what our books say stay one story. A machine of random deeds over the real flow, the sandbox and a movable clock.

A short run belongs to every test run; POINTSMAN_CHAOS=all makes it long.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.cases import Actor, Proposal, ProposalState, Role, audit, proposal_store, reading
from bot.errors import PointsmanError
from bot.work import House, proposals, set_pause
from connectors.errors import VendorError
from connectors.sandbox import Fault, SandboxServers, World
from connectors.sandbox.state import Contact, Event
from tests.work import chaos_world as world
from tests.work.chain import TOLD, chain_shop
from tests.work.chaos_stories import SETTINGS
from tests.work.contact_chain import PeopleShop
from tests.work.household import DANA_NEW, MovableClock, person
from tests.work.test_crashes import STAGES

ALL = os.environ.get("POINTSMAN_CHAOS") == "all"
S = ProposalState
OPEN = (S.OFFERED, S.SUBMITTED, S.APPROVED, S.SENDING)
NOT_SENT = (S.OFFERED, S.SUBMITTED, S.APPROVED, S.DECLINED, S.EXPIRED, S.STALE, S.REJECTED)


@dataclass(frozen=True)
class Wish:
    """Something that a person of the store may ask for. email: by which the contact is found at the provider."""

    store: str
    kind: str
    phone: str
    email: str
    typed: Mapping[str, str]
    receipt: str = ""


WISHES = (
    Wish("pine", "adjust_points", "+13035550153", "will.tanner@example.com", {"points": "+50"}),
    Wish("pine", "adjust_points", "+13035550153", "will.tanner@example.com", {"points": "-40"}),
    Wish("pine", "adjust_points", "+13035550149", "", {"points": "+600"}),  # two people sign
    Wish("pine", "refund_redemption", "+13035550153", "will.tanner@example.com", {}),
    Wish("ash", "refund_redemption", "+13035550185", "klara.voigt@example.com", {}),
    Wish("ash", "adjust_points", "+13035550185", "klara.voigt@example.com", {"points": "-10"}),
    Wish("bay", "record_purchase", "+13035550187", "ilka.senn@example.com", {"points": "52"}, "5781087"),
    Wish("yew", "record_purchase", "+13035550186", "", {}, "5598601"),
    Wish("yew", "enroll", "+13035550183", "", {"consent": "yes"}),
    Wish("koa", "adjust_points", "+13035550101", "", {"points": "+5", "now": "20"}),  # by hand
    Wish("pine", "relink", DANA_NEW, "dana.ortiz@example.com", {"phone": DANA_NEW}),
    Wish("elm", "relink", "+13035550171", "", {}),  # by hand, and read back
    Wish("ash", "correct_contact", "+13035550172", "joel.new@example.com", {}),
    Wish("ash", "attach_order", "+13035550172", "", {}, "1042"),
    Wish("ash", "merge_customers", "+13035550170", "rosa.vance@example.com", {"name": "Rosa Vance"}),
    Wish("ash", "clear_link", "+13035550173", "", {}),
)
STORES = frozenset(wish.store for wish in WISHES)
RILEY = person("URILEY", stores=tuple(STORES))
MORGAN = person("UMORGAN", stores=tuple(STORES), manages=STORES)
QUINN = person("UQUINN", Role.MANAGER)
ADMIN = person("UADMIN", Role.ADMIN)
CASEY = person("UCASEY", Role.SUPPORT)
SIGNERS = (MORGAN, QUINN, CASEY)
EVERYBODY = (RILEY, MORGAN, QUINN, ADMIN, CASEY, person("UGUEST", is_guest=True))
CLICKS: Mapping[str, Callable[[House, str, Actor], Proposal]] = {
    "approve": proposals.approve,
    "decline": proposals.decline,
    "cancel": proposals.cancel,
    "undo": proposals.undo,
    "by hand": proposals.confirm_done,
    "break glass": lambda house, key, who: proposals.break_glass(
        house, key, who, "The customer leaves the country today"
    ),
}
VALUES: Mapping[str, Callable[[PeopleShop, Proposal], int]] = {
    "relink": lambda shop, one: (world.link_set if one.store_id == "elm" else world.phone_set)(shop, one),
    "correct_contact": world.email_at_register,
    "attach_order": world.attached,
    "merge_customers": world.merged,
    "clear_link": world.id_set,
}
"""How often the vendor shows a value that was set."""


def changed(record: object, **values: Any) -> None:
    for name, value in values.items():
        setattr(record, name, value)


BY_HAND: Mapping[str, Callable[[World], None]] = {
    "the right phone": lambda w: changed(w.customer(880123), phone=DANA_NEW[2:]),
    "another phone": lambda w: changed(w.customer(880123), phone="3035550199"),
    "the right e-mail": lambda w: changed(w.customer(4572, store="ash"), email="joel.new@example.com"),
    "another e-mail": lambda w: changed(w.customer(4572, store="ash"), email="joel.other@example.com"),
    "somebody else's e-mail": lambda w: changed(w.customer(4574, store="ash"), email="joel.new@example.com"),
    "the sale to its customer": lambda w: changed(w.stores["ash"].sales[5571042], customer_id=4572),
    "the sale to another": lambda w: changed(w.stores["ash"].sales[5571042], customer_id=4573),
    "a reward given back": lambda w: given_back(w),
    "an enrolment": lambda w: enrolled(w),
    "profiles merged": lambda w: changed(w.customer(880123), merged_into=880124),
    "a profile archived": lambda w: changed(w.customer(4983, store="yew"), status="Inactive"),
    "the other's name changed": lambda w: changed(w.customer(4571, store="ash"), last_name="Vance-Lee"),
    "the link at Treez": lambda w: w.by_hand("treez", "accept_loyalty_id", store="elm", customer_id=4601),
    "half a minute at Shopify": lambda w: world.half_a_minute(w),
}
"""What other people do meanwhile, at the vendors."""


def given_back(w: World) -> None:
    """Klara's reward, at Rivo."""
    one = w.stores["ash"].own["rivo"]["redemptions"][24_186_700]
    if one["refunded_at"] is None:
        one["refunded_at"] = w.now()
        w.stores["ash"].contacts[one["member"]].events.append(Event(w.now(), "redemption", 200.0, "Refunded"))


def enrolled(w: World) -> None:
    """Cleo, at springbig's own screens."""
    cleo = w.customer(4983, store="yew")
    known = w.stores["yew"].contacts
    if not any(c.phone == cleo.phone for c in known.values()):
        w.stores["yew"].contacts["4990"] = Contact(
            "4990", "4983", "Cleo", "Finn", str(cleo.phone), str(cleo.email), w.now()
        )


FAULTS = ("cut_before", "cut_after", "throttle", "status", "garbage")


DEATHS = st.sampled_from((None, None, None, *STAGES))


class Killed(BaseException):
    """The process ended here."""


class Days(RuleBasedStateMachine):
    """Some days at the stores."""

    servers: SandboxServers
    clock: MovableClock
    database: str

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.known: list[str] = []
        self.shown: set[str] = set()

    @initialize()
    def open(self) -> None:
        """A fresh chain, in which Will has spent points once, and Nadia's profile keeps a dead id."""
        shop = self.stack.enter_context(chain_shop(self.clock, self.servers, database=self.database, changes=SETTINGS))
        self.shop = PeopleShop(shop.house, shop.servers, shop.clock, shop.seen)
        world.dead_id(shop.world)
        with self.shop.world.lock:
            will = self.shop.world.contact(phone="3035550153", store="pine")
            will.events.append(Event(self.shop.world.now(), "redemption", -100.0, "$5 off"))

    def teardown(self) -> None:
        try:
            if hasattr(self, "shop"):
                self.come_to_rest()
        finally:
            self.stack.close()

    # -- people

    @rule(wish=st.sampled_from(WISHES), twice=st.booleans(), far=st.integers(0, 3), die_at=DEATHS)
    def ask(self, wish: Wish, twice: bool, far: int, die_at: str | None) -> None:
        """Ask for something, perhaps with a double click; perhaps it is signed at once, and carried out at once."""
        shop = self.shop.offering(wish.kind).at(wish.store)
        with suppress(KeyError, VendorError):
            offer = shop.offered(wish.kind, phone=wish.phone, email=wish.email, receipt=wish.receipt)
            self.find_new()
            for _ in range(1 + twice):
                with refused():
                    proposals.submit(self.shop.house, offer.id, RILEY, {**TOLD, **wish.typed})
            for who in SIGNERS if far else ():
                with refused():
                    proposals.approve(self.shop.house, offer.id, who)
            for number in range(far - 1):
                self.run(f"effect:{offer.id}", None if number else die_at)
        self.find_new()

    @precondition(lambda self: self.known)
    @rule(n=st.integers(0, 40), click=st.sampled_from(sorted(CLICKS)), who=st.sampled_from(EVERYBODY))
    def press(self, n: int, click: str, who: Actor) -> None:
        """Somebody presses something on any change, in whatever state it is."""
        with refused():
            CLICKS[click](self.shop.house, self.pick(n).id, who)
        self.find_new()

    @precondition(lambda self: self.known)
    @rule(n=st.integers(0, 40), twice=st.booleans())
    def sign(self, n: int, twice: bool) -> None:
        """Those who may sign what waits, perhaps with a double click."""
        waiting = [p for p in self.all() if p.state is S.SUBMITTED]
        for who in (MORGAN, *SIGNERS) if twice else SIGNERS:
            with refused():
                proposals.approve(self.shop.house, waiting[n % len(waiting)].id if waiting else "P_none", who)
        self.find_new()

    @precondition(lambda self: any(p.state is S.DONE and p.undo_of is None for p in self.all()))
    @rule(n=st.integers(0, 40), signed=st.booleans(), twice=st.booleans())
    def take_back(self, n: int, signed: bool, twice: bool) -> None:
        """What is done is asked to be undone."""
        done = [p for p in self.all() if p.state is S.DONE and p.undo_of is None]
        for _ in range(1 + twice):
            with refused():
                opposite = proposals.undo(self.shop.house, done[n % len(done)].id, RILEY)
                for who in SIGNERS if signed else ():
                    proposals.approve(self.shop.house, opposite.id, who)
        self.find_new()

    @rule(n=st.integers(0, 40))
    def settle_unknown(self, n: int) -> None:
        """Support looks at the vendor's screens, and says what is there."""
        lost = [p for p in self.all() if p.state is S.UNKNOWN]
        if lost:
            one = lost[n % len(lost)]
            with refused():
                proposals.resolve_unknown(self.shop.house, one.id, CASEY, happened=bool(self.effects(one)))

    # -- the house

    @precondition(lambda self: self.known)
    @rule(n=st.integers(0, 200), die_at=DEATHS)
    def work(self, n: int, die_at: str | None) -> None:
        """A job that was queued at any time: early, late, once more, or by a process that dies at a stage."""
        jobs = self.jobs()
        self.run(jobs[n % len(jobs)], die_at)

    @precondition(lambda self: any(p.state in (S.APPROVED, S.SENDING) for p in self.all()))
    @rule(
        n=st.integers(0, 40),
        die_at=DEATHS,
        fault=st.sampled_from((None, *FAULTS)),
        reads=st.booleans(),
        later=st.integers(0, 3),
        wait=st.sampled_from((0, 45)),
    )
    def carry(self, n: int, die_at: str | None, fault: str | None, reads: bool, later: int, wait: int) -> None:
        """The effect of what is agreed, which a vendor's fault may hit, and the questions what became of it, asked at
        once or some time after."""
        ready = [p for p in self.all() if p.state in (S.APPROVED, S.SENDING)]
        reads = reads and fault in ("status", "garbage", "cut_before")
        if fault is not None:
            self.shop.world.fault(Fault(fault, writes_only=not reads, times=1))  # type: ignore[arg-type]
        for _ in range(1 + later):
            self.run(f"effect:{ready[n % len(ready)].id}", die_at)
            self.clock.move(seconds=wait)
        if reads:  # a diagnosis asks several things at once: which of them it would hit, nobody could repeat
            self.shop.world.clear_faults()

    @rule(paused=st.booleans())
    def pause(self, paused: bool) -> None:
        """Everything stops, or goes on."""
        set_pause(self.shop.house.config, paused=paused, reason="trial", by="cli:sam", clock=self.clock)

    # -- the world

    @rule(minutes=st.sampled_from((1, 2, 5, 20, 60, 300, 26 * 60)))
    def time_passes(self, minutes: int) -> None:
        """Reminders, deadlines, windows."""
        self.clock.move(minutes=minutes)

    @rule(wish=st.sampled_from(WISHES), points=st.sampled_from((-30.0, 15.0)))
    def points_move(self, wish: Wish, points: float) -> None:
        """The customer spends, or earns."""
        with self.shop.world.lock, suppress(LookupError):
            contact = self.shop.world.contact(phone=wish.phone[-10:], email=wish.email, store=wish.store)
            contact.events.append(Event(self.shop.world.now(), "adjustment", points, "at the till"))

    @rule(deed=st.sampled_from(sorted(BY_HAND)))
    def somebody_else(self, deed: str) -> None:
        """What is asked for here is done, or prevented, on the vendors' own screens."""
        with self.shop.world.lock, suppress(LookupError):  # nothing is left to be done, or nobody
            BY_HAND[deed](self.shop.world)

    @rule(kind=st.sampled_from(FAULTS), times=st.integers(1, 2))
    def vendors_fail(self, kind: str, times: int) -> None:
        """With the next write a connection breaks before or after the work, a limit, an outage, nonsense."""
        self.shop.world.fault(Fault(kind, writes_only=True, times=times))  # type: ignore[arg-type]

    @rule()
    def vendors_are_well(self) -> None:
        """Whatever was wrong is over."""
        self.shop.world.clear_faults()

    # -- what always holds

    @invariant()
    def one_story(self) -> None:
        """Nothing is done twice, nothing is called done that the provider does not show, nothing is lost."""
        if not hasattr(self, "shop"):
            return
        for one in self.all():
            shown = self.effects(one)
            assert shown <= 1, (one.kind, one.state, shown)
            if one.guided and not one.reads_back:
                assert shown == 0
            elif one.state in (S.DONE, S.UNDONE):
                assert shown == 1 or (one.id in self.shown and not self.stays(one)), (one.kind, one.offer, one.result)
                self.shown.add(one.id)
            elif one.state in NOT_SENT and self.own_row(one):
                assert shown == 0, (one.kind, one.state, one.result)

    def come_to_rest(self) -> None:
        """In the end every change is in an end state, with a reason, and the audit trail verifies."""
        self.shop.world.clear_faults()
        self.pause(False)
        for _ in range(40):
            going = [p for p in self.all() if p.state in (S.APPROVED, S.SENDING) and not p.guided]
            if not going:
                break
            for one in going:
                for key in ("effect", "settle"):
                    self.run(f"{key}:{one.id}", None)
            self.clock.move(minutes=5)
            self.one_story()
        self.clock.move(days=2)
        for one in self.all():
            self.run(f"expire:{one.id}#end", None)
        self.one_story()
        for one in self.all():
            assert one.state not in OPEN, (one.kind, one.state, one.result)
            assert why(one), (one.kind, one.state, one.result)
        with reading(self.shop.house.engine) as conn:
            assert audit.verify(conn).ok

    # -- helpers

    def all(self) -> list[Proposal]:
        """Every change, in the order in which they came up: ids are drawn by lot, and a run must be repeatable."""
        with reading(self.shop.house.engine) as conn:
            found = {p.id: p for p in proposal_store.proposals_in(conn, self.shop.house.vault, tuple(S))}
        return [found[key] for key in self.known]

    def find_new(self) -> None:
        """Changes that came of others: undone, or offered anew."""
        with reading(self.shop.house.engine) as conn:
            found = proposal_store.proposals_in(conn, self.shop.house.vault, tuple(S))
        new = [p for p in found if p.id not in self.known]
        self.known += [p.id for p in sorted(new, key=lambda p: (p.created_at, p.kind, p.undo_of or ""))]

    def pick(self, n: int) -> Proposal:
        everything = self.all()
        return everything[n % len(everything)]

    def jobs(self) -> list[str]:
        """What was ever queued for a change, in their order."""
        wanted = ("effect:", "settle:", "expire:", "remind:")
        found = [key for key in self.shop.queued() if key.startswith(wanted)]
        place = {key: n for n, key in enumerate(self.known)}

        def order(key: str) -> tuple[int, str, str]:
            name, _, subject = key.partition(":")
            one, _, run = subject.partition("#")
            return place[one], name, run

        return sorted(found, key=order) or [f"effect:{self.known[0]}"]

    def run(self, key: str, die_at: str | None) -> None:
        """One job, by a process that may die at a stage."""

        def watch(stage: str) -> None:
            if stage == die_at:
                raise Killed

        name, _, subject = key.partition(":")
        with suppress(Killed, VendorError):
            replace(self.shop, house=replace(self.shop.house, watch=watch)).run(name, subject)
        self.find_new()

    def own_row(self, one: Proposal) -> bool:
        """Whether its effect is a row with its own operation id."""
        return one.kind == "adjust_points" or one.offer.get("way") == "adjust"

    def stays(self, one: Proposal) -> bool:
        """Whether nobody can take its effect away again: others may change a value once more."""
        return one.kind not in VALUES

    def effects(self, one: Proposal) -> int:
        """How often the provider shows it."""
        with self.shop.world.lock:
            store = self.shop.world.stores[one.store_id]
            contacts = list(store.contacts.values())
            if one.kind in VALUES:
                return VALUES[one.kind](self.shop.at(one.store_id), one) if one.submitted_at else 0
            if self.own_row(one):
                return sum(f"(ref {one.operation_id}" in e.note for c in contacts for e in c.events)
            if one.kind == "enroll":
                return sum(c.member and f"+1{c.phone}" == one.shown["phone"] for c in contacts)
            if one.kind == "refund_redemption":
                member = next(c for c in contacts if c.id == one.offer["member"])
                return sum(e.type == "redemption" and e.value > 0 for e in member.events)
            return sum(e.extra.get("springbig_visit") == one.offer["sale"] for c in contacts for e in c.events)


@contextmanager
def refused() -> Iterator[None]:
    """A click may be refused or late; it never breaks anything."""
    with suppress(PointsmanError):
        yield


def why(one: Proposal) -> Any:
    """The reason of an end state, as people are told it."""
    if one.state in (S.REJECTED, S.STALE, S.UNKNOWN):
        return one.result.get("outcome")
    if one.state in (S.DONE, S.UNDONE):
        return "after" in one.result or one.result.get("resolved_by_hand")
    if one.state is S.DECLINED:
        return one.decided_by
    return one.expires_at or one.decided_at


@pytest.mark.parametrize(("database", "few", "many"), [("sqlite", 6, 200), ("postgresql", 2, 50)])
def test_days_at_the_stores(database: str, few: int, many: int) -> None:
    Days.clock, Days.database = MovableClock(), database
    with SandboxServers(World.seeded(clock=Days.clock)) as Days.servers:
        run = settings(
            max_examples=many if ALL else few,
            stateful_step_count=60 if ALL else 30,
            derandomize=not ALL,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        case = Days.TestCase
        case.settings = run
        case("runTest").runTest()
