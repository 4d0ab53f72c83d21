"""kill -9 at every await of an effect, again and again on the same books: `python -m tests.work.chaos --kills 1000`.

A first run of each story writes its awaits down; then one process after another carries the next effect out, dies at
the next await of that list, and the one after it finds both its own effect and what the dead left behind. In the end
the provider must show each change once, and the books must say what the provider shows.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bot.cases import Proposal, ProposalState, audit, reading
from bot.clock import system_clock
from bot.config import Policy
from bot.work import proposals
from connectors.sandbox import Fault, SandboxServers, World
from tests.cases.databases import KINDS, fresh_database
from tests.work.household import CASEY, DANA_NEW, DANA_OLD, MORGAN, MovableClock, Seen, Shop, household, settings
from tests.work.nursery import Nursery, alive, wait_for

S = ProposalState
PACE = {"send": 2.0, "absence": 0.2, "settle": 0.1, "click": 2.0, "read": 4.0}
POLICY: dict[str, Any] = {  # wide limits: what is tried here is dying, not asking too often
    "adjust_points": dict.fromkeys(
        ("per_customer_week", "per_requester_day", "per_store_day", "times_per_store_day"), 1_000_000
    ),
    "relink": {"manager_at_second_change_in_days": 0, "times_per_customer_week": None, "times_per_requester_day": None},
}
CUSTOMERS = tuple(f"+1303555{number}" for number in ("0153", "0149", "0156", "0164", "0167", "0165", "0146", "0160"))


class RealClock(MovableClock):
    """The machine's own time: the processes share it."""

    def __call__(self) -> Any:
        return system_clock()


@dataclass(frozen=True)
class Story:
    """An effect, and what goes wrong at the vendor while it is carried out."""

    name: str
    kind: str
    fault: str | None = None


STORIES = (
    Story("adjust", "adjust_points"),
    Story("adjust, cut before the provider booked it", "adjust_points", "cut_before"),
    Story("adjust, cut after the provider booked it", "adjust_points", "cut_after"),
    Story("adjust, the provider answers 503", "adjust_points", "status"),
    Story("relink", "relink"),
    Story("relink, cut after the register saved it", "relink", "cut_after"),
)


@dataclass
class Tally:
    """What a campaign did: kills by await, how effects ended, and what must never be."""

    kills: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    people: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Campaign:
    """One database, one sandbox, and processes that die on them."""

    def __init__(self, shop: Shop, nursery: Nursery) -> None:
        self.shop = shop
        self._nursery = nursery
        self._customers = itertools.cycle(CUSTOMERS)
        self.made: dict[str, tuple[Proposal, str]] = {}
        self.tally = Tally()
        self._relinked: str | None = None

    def awaits_of(self, story: Story, folder: Path) -> list[str]:
        """The list, from a run that nobody disturbs."""
        record = folder / "awaits"
        record.unlink(missing_ok=True)
        proposal = self.make(story)
        worker = self._start(record=str(record))
        wait_for(lambda: self._settled(proposal.id), 30, f"{story.name} to end")
        time.sleep(0.1)  # the engine writes down that the job ended
        self._nursery.kill(worker)
        lines = (line.rstrip("\n").partition("\t") for line in record.read_text().splitlines())
        return [what for subject, _, what in lines if subject == proposal.id]

    def kill_at(self, story: Story, number: int) -> bool:
        """Have a process die before this await of a new effect; False if the effect ended before it came to that."""
        proposal = self.make(story)
        worker = self._start(die_before=[proposal.id, number])
        wait_for(lambda: not alive(worker) or self._settled(proposal.id), 60, f"{story.name}, await {number}")
        if self._settled(proposal.id):  # the last awaits are the engine's own, after the effect
            try:
                self._nursery.wait_dead(worker, 0.3)
            except TimeoutError:
                self._nursery.kill(worker)
                return False
        return True

    def end(self) -> None:
        """A last process that nobody disturbs; then the provider and the books are compared."""
        tally = self.tally
        self.shop.servers.world.clear_faults()
        worker = self._start()
        wait_for(lambda: all(self._settled(one) for one in self.made), 120, "all effects to end")
        self._nursery.kill(worker)
        for proposal_id in self.made:
            self._resolve(proposal_id)
        with reading(self.shop.house.engine) as conn:
            if not audit.verify(conn).ok:
                tally.wrong.append("the audit chain does not verify")
            finished = Counter(e.subject for e in audit.entries(conn) if e.deed.endswith(".finish"))
        for proposal_id, (proposal, customer) in self.made.items():
            now = self.shop.get(proposal_id)
            tally.ends[f"{now.kind} {now.state.value}"] += 1
            problem = self._problem(now, customer, finished[proposal_id])
            if problem:
                tally.wrong.append(f"{proposal.kind} {proposal_id} is {now.state.value}: {problem}")
        self.made.clear()
        self._relinked = None

    def _problem(self, now: Proposal, customer: str, finished: int) -> str:
        if finished > 1:
            return f"finished {finished} times"
        by_hand = now.result.get("resolved_by_hand")
        if now.state is not S.DONE and not (now.state is S.REJECTED and by_hand):
            return f"lost: {now.result.get('outcome')}"
        if now.kind == "relink":
            return ""  # looked at before the next one: the register has one phone only
        shown = self._shown(now, customer)
        return "" if shown == (now.state is S.DONE) else f"the provider shows it {shown} times"

    def make(self, story: Story) -> Proposal:
        """An approved change of this story, with its fault waiting at the vendor."""
        shop, world = self.shop, self.shop.servers.world
        world.clear_faults()
        if story.kind == "relink":
            customer = self._free_to_relink()
            proposal = shop.ask_relink()
            self._relinked = proposal.id
        else:
            customer = next(c for c in self._customers if self._free(c))
            asked = shop.ask_adjust("+1", phone=customer)
            proposal = proposals.approve(shop.house, asked.id, MORGAN)
        assert proposal.state is S.APPROVED, proposal.result
        self.made[proposal.id] = (proposal, customer)
        if story.fault:
            vendor = "dutchie" if story.kind == "relink" else "alpineiq"
            world.fault(Fault(story.fault, vendor=vendor, writes_only=True, times=1))  # type: ignore[arg-type]
        return proposal

    def _free(self, customer: str) -> bool:
        own = [one for one, (_, whose) in self.made.items() if whose == customer]
        if not all(self._settled(one) for one in own):
            return False
        for one in own:
            self._resolve(one)
        return True

    def _free_to_relink(self) -> str:
        """Dana has her old number again, once her last change has ended. Raises AssertionError if that one was lost."""
        if self._relinked is not None:
            last, worker = self._relinked, None
            if not self._settled(last):
                worker = self._start()
                wait_for(lambda: self._settled(last), 60, "the last relink to end")
                self._nursery.kill(worker)
            self._resolve(last)
            done = self.shop.get(last).state is S.DONE
            assert not done or self.shop.register_phone() == DANA_NEW[2:], "done, and the register does not show it"
        with self.shop.servers.world.lock:
            self.shop.servers.world.customer(880123).phone = DANA_OLD[2:]
        return DANA_NEW

    def _resolve(self, proposal_id: str) -> None:
        """Support looks at the vendor's own screens where nobody else could tell; until then the customer waits."""
        now = self.shop.get(proposal_id)
        if now.state is S.UNKNOWN:
            self.tally.people[str(now.result.get("outcome")).partition(". ")[0]] += 1
            there = self._shown(now, self.made[proposal_id][1]) > 0
            proposals.resolve_unknown(self.shop.house, proposal_id, CASEY, happened=there)

    def _shown(self, proposal: Proposal, customer: str) -> int:
        """How often the vendor shows this change."""
        if proposal.kind == "relink":
            return int(self.shop.register_phone() == DANA_NEW[2:])
        return sum(proposal.operation_id in note for _, note in self.shop.rows(customer))

    def _settled(self, proposal_id: str) -> bool:
        return self.shop.get(proposal_id).state not in (S.APPROVED, S.SENDING)

    def _start(self, **order: Any) -> int:
        house = self.shop.house
        urls = self.shop.servers.urls
        return self._nursery.worker(database=house.config.database, urls=urls, pace=PACE, policy=POLICY, **order)


@contextmanager
def campaign(database: str) -> Iterator[Campaign]:
    """Over a fresh database of this kind and a fresh sandbox."""
    with SandboxServers(World.seeded()) as servers, fresh_database(database) as url, Nursery() as nursery:
        servers.world.settings.limits = False  # a thousand deaths ask oftener than any shop
        config = settings(url, servers.urls, policy=Policy.model_validate(POLICY))
        house = household(config, clock=RealClock(), seen=Seen())
        yield Campaign(Shop(house, servers, RealClock(), Seen()), nursery)
        nursery.kill_all()
        house.close()


def run(database: str, stories: Sequence[Story], kills: int, told: Callable[[str], None] = lambda _: None) -> Tally:
    """`kills` deaths, shared out evenly over the awaits of all stories. The tally's `wrong` must be empty."""
    with campaign(database) as one, tempfile.TemporaryDirectory() as folder:
        awaits = {story: one.awaits_of(story, Path(folder)) for story in stories}
        places = [(story, n, what) for story, list_ in awaits.items() for n, what in enumerate(list_, 1)]
        told(f"{database}: {len(places)} awaits in {len(stories)} stories")
        spread = [places[i * len(places) // kills] for i in range(kills)] if kills < len(places) else places
        for story, n, what in itertools.islice(itertools.cycle(spread), kills):
            died = one.kill_at(story, n)
            one.tally.kills[f"{story.name}: {what}" if died else "ended before it could die"] += 1
            if sum(one.tally.kills.values()) % 50 == 0:
                told(f"{database}: {sum(one.tally.kills.values())} kills, {len(one.tally.wrong)} wrong")
                one.end()
        one.end()
        return one.tally


def main(
    kills: Annotated[int, typer.Option(help="How many processes die, over both databases.")] = 1000,
    database: Annotated[str, typer.Option(help="sqlite, postgresql, or both.")] = "both",
) -> None:
    """Prints what was killed where, how the effects ended, and everything that is wrong; exits 1 if anything is."""
    console = Console()
    table = Table("database", "kills", "awaits hit", "not reached", "wrong", "s a kill")
    wrong = []
    for kind in KINDS if database == "both" else (database,):
        began = time.monotonic()
        each = kills // (len(KINDS) if database == "both" else 1)
        tally = run(kind, STORIES, each, console.print)
        missed = tally.kills.pop("ended before it could die", 0)
        console.print(f"{kind}: " + ", ".join(f"{name} {count}" for name, count in sorted(tally.ends.items())))
        took = (time.monotonic() - began) / each
        row = (kind, sum(tally.kills.values()), len(tally.kills), missed, len(tally.wrong), f"{took:.2f}")
        table.add_row(*map(str, row))
        wrong += tally.wrong
        for why, count in tally.people.most_common():
            console.print(f"{kind}: a person had to look {count} times: {why}")
    console.print(table)
    for line in wrong:
        console.print(f"WRONG: {line}")
    raise typer.Exit(1 if wrong else 0)


if __name__ == "__main__":
    typer.run(main)
