"""kill -9 at every await of every kind of effect, on the same books: `python -m tests.work.chaos --kills 1000`.

A first run of each story writes its awaits down; then one process after another carries the next effect out, dies at
the next await of that list, and the one after it finds both its own effect and what the dead left behind. Before a
story is told again, and in the end, the vendor must show each change once, and the books must say what it shows.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from bot.cases import Proposal, ProposalState, audit, reading
from bot.clock import system_clock
from bot.config import AdjustPolicy, ContactPolicy, KindPolicy, Policy
from bot.errors import TooLate
from bot.log import configure_logs
from bot.work import proposals
from connectors.sandbox import Fault, SandboxServers, World
from tests.cases.databases import KINDS, fresh_database
from tests.work.chain import chain_config
from tests.work.chaos_report import Tally, report
from tests.work.chaos_stories import EACH, SETTINGS, STORIES, Story
from tests.work.contact_chain import PeopleShop
from tests.work.household import CASEY, MovableClock, Seen, household
from tests.work.nursery import Nursery, alive, wait_for

S = ProposalState
LOOK = 0.1
"""Seconds between two looks whether a process died: each look costs more than a process does."""
PACE = {"send": 2.0, "absence": 0.2, "settle": 0.1, "click": 20.0, "read": 20.0}
"""Nobody waits for a busy machine here: a look that ran out of time would be tried again minutes later."""
PATIENCE = 400.0
"""Seconds until a change must have ended: longer than a job's tries take."""


def _wide(rules: KindPolicy) -> dict[str, Any]:
    """What is tried here is dying, not asking too often."""
    found: dict[str, Any] = dict.fromkeys(n for n in KindPolicy.model_fields if n.startswith("times_"))
    if isinstance(rules, AdjustPolicy):
        found |= dict.fromkeys(("per_customer_week", "per_requester_day", "per_store_day"), 1_000_000)
    if isinstance(rules, ContactPolicy):
        found["manager_at_second_change_in_days"] = 0
    return found


POLICY = {story.kind: _wide(Policy().of(story.kind)) for story in EACH}


class RealClock(MovableClock):
    """The machine's own time: the processes share it."""

    def __call__(self) -> Any:
        return system_clock()


@dataclass(frozen=True)
class Told:
    """A change under way. sent: how often its write had been asked of the vendor before."""

    story: Story
    proposal: Proposal
    sent: int


class Campaign:
    """One database, one sandbox, and processes that die on them."""

    def __init__(self, shop: PeopleShop, nursery: Nursery) -> None:
        self.shop = shop
        self.tally = Tally()
        self._nursery = nursery
        self._seed = World.seeded(clock=shop.servers.world.now).stores
        self._told: dict[tuple[str, str], Told] = {}

    def awaits_of(self, story: Story, folder: Path) -> list[str]:
        """The list, from a run that nobody disturbs."""
        record = folder / "awaits"
        record.unlink(missing_ok=True)
        proposal = self.make(story)
        worker = self._start(story, proposal, record=str(record))
        wait_for(lambda: self._settled(proposal.id), PATIENCE, f"{story.name} to end", LOOK)
        time.sleep(0.1)  # the engine writes down that the job ended
        self._nursery.kill(worker)
        lines = (line.rstrip("\n").partition("\t") for line in record.read_text().splitlines())
        return [what for subject, _, what in lines if subject == proposal.id]

    def kill_at(self, story: Story, number: int) -> bool:
        """Have a process die before this await of a new effect; False if the effect ended before it came to that."""
        proposal = self.make(story)
        worker = self._start(story, proposal, die_before=[proposal.id, number])
        wait_for(
            lambda: not alive(worker) or self._settled(proposal.id), PATIENCE, f"{story.name}, await {number}", LOOK
        )
        if self._settled(proposal.id):  # the last awaits are the engine's own, after the effect
            try:
                self._nursery.wait_dead(worker, 0.3)
            except TimeoutError:
                self._nursery.kill(worker)
                self.tally.missed += 1
                return False
        self.tally.kills[story.name, number] += 1
        return True

    def make(self, story: Story) -> Proposal:
        """An agreed change of this story, with its fault waiting at the vendor."""
        before = self._told.pop((story.store, story.subject), None)
        if before is not None:
            self._judge(before)
        shop, world = self._at(story), self.shop.servers.world
        world.clear_faults()
        proposal = self._asked(story, shop)
        assert proposal.state is S.APPROVED, (story.name, proposal.state, proposal.result)
        sent = world.counts[story.sent]
        self._told[story.store, story.subject] = Told(story, proposal, sent)
        if story.fault:
            world.fault(Fault(story.fault, vendor=story.vendor, store=story.store, writes_only=True, times=1))
        return proposal

    def _asked(self, story: Story, shop: PeopleShop) -> Proposal:
        """Asked for and agreed; once more where a busy machine did not find out in time what there is to offer."""
        for _ in range(2):
            with suppress(KeyError, TooLate):
                return self._afresh(story, shop)
        return self._afresh(story, shop)

    def _afresh(self, story: Story, shop: PeopleShop) -> Proposal:
        story.fresh(shop, self._seed[story.store])
        return story.ask(shop)

    def end(self) -> None:
        """What is under way comes to its end with nobody disturbing it; then the books are read as a whole."""
        for key in list(self._told):
            self._judge(self._told.pop(key))
        with reading(self.shop.house.engine) as conn:
            if not audit.verify(conn).ok:
                self.tally.wrong.append("the audit chain does not verify")
            finished = Counter(e.subject for e in audit.entries(conn) if e.deed.endswith((".finish", ".by_hand")))
        self.tally.wrong += [f"{one} finished {times} times" for one, times in finished.items() if times > 1]

    def _judge(self, told: Told) -> None:
        """The vendor and the books are compared, once the change has ended."""
        story, proposal, shop = told.story, told.proposal, self._at(told.story)
        self.shop.servers.world.clear_faults()
        if not self._settled(proposal.id):
            self._come_to_an_end(story, proposal)
        now = shop.get(proposal)
        way = now.state.value
        if now.state is S.UNKNOWN:
            story.later(shop.world)
            there = story.shown(shop, now) > 0
            self.tally.people[f"{story.name}: {str(now.result.get('outcome')).partition('. ')[0]}"] += 1
            now = proposals.resolve_unknown(shop.house, proposal.id, CASEY, happened=there)
            way = f"to a person: {'it was there' if there else 'it was not'}"
        self.tally.ends[story.name, way] += 1
        for wrong in self._wrong(told, now):
            self.tally.wrong.append(f"{story.name} {proposal.id} is {now.state.value}: {wrong}")

    def _wrong(self, told: Told, now: Proposal) -> Iterator[str]:
        """What must never be."""
        story, shop = told.story, self._at(told.story)
        by_hand = now.result.get("resolved_by_hand")
        if now.state is not S.DONE and not (now.state is S.REJECTED and by_hand):
            yield f"lost: {now.result.get('outcome')}"
        shown, sent = story.shown(shop, now), shop.world.counts[story.sent] - told.sent
        if shown != (now.state is S.DONE):
            yield f"the vendor shows it {shown} times"
        if story.sent and sent > 1:
            yield f"it was sent {sent} times"
        if now.undo_of is not None:
            first, wanted = shop.get(now.undo_of).state, S.UNDONE if now.state is S.DONE else S.DONE
            if first is not wanted:
                yield f"what it takes back is {first.value}"

    def _come_to_an_end(self, story: Story, proposal: Proposal) -> None:
        worker = self._start(story, proposal)
        wait_for(lambda: self._settled(proposal.id), PATIENCE, f"{story.name} to end", LOOK)
        self._nursery.kill(worker)

    def _at(self, story: Story) -> PeopleShop:
        return self.shop.offering(story.kind).at(story.store)

    def _settled(self, proposal_id: str) -> bool:
        return self.shop.get(proposal_id).state not in (S.APPROVED, S.SENDING)

    def _start(self, story: Story, proposal: Proposal, **order: Any) -> int:
        """A worker; or where a person did it, the process in which they press Done."""
        if story.by_hand:
            order |= {"press_done": proposal.id, "store": story.store}
        return self._nursery.worker(
            database=self.shop.house.config.database,
            urls=self.shop.servers.urls,
            changes=SETTINGS,
            pace=PACE,
            policy=POLICY,
            **order,
        )


@contextmanager
def campaign(database: str) -> Iterator[Campaign]:
    """Over a fresh database of this kind and a fresh sandbox."""
    with SandboxServers(World.seeded()) as servers, fresh_database(database) as url, Nursery() as nursery:
        servers.world.settings.limits = False  # a thousand deaths ask oftener than any shop
        policy = Policy.model_validate(POLICY)
        config = chain_config(url, servers.world.stores, servers.urls, policy=policy, changes=SETTINGS)
        house = household(config, clock=RealClock(), seen=Seen())
        yield Campaign(PeopleShop(house, servers, RealClock(), Seen()), nursery)
        nursery.kill_all()
        house.close()


def places(awaits: dict[Story, list[str]], kills: int) -> list[tuple[Story, int]]:
    """Where to die, `kills` times in all: stories take turns, and each is spread evenly over its own awaits; those with
    nothing in their way come first, at every await where there are kills enough."""
    first = {story: list_ for story, list_ in awaits.items() if story in EACH}
    rest = {story: list_ for story, list_ in awaits.items() if story not in EACH}
    found: list[tuple[Story, int]] = []
    for some in (first, rest):
        total, left = sum(len(list_) for list_ in some.values()), kills - len(found)
        share = min(1.0, left / total) if total else 0.0
        lists = [_spread(story, len(list_), share) for story, list_ in some.items()]
        found += [place for turn in itertools.zip_longest(*lists) for place in turn if place is not None]
    return list(itertools.islice(itertools.cycle(found), kills))


def _spread(story: Story, awaits: int, share: float) -> list[tuple[Story, int]]:
    number = max(1, round(awaits * share))
    return [(story, 1 + (2 * n + 1) * awaits // (2 * number)) for n in range(number)]


def run(database: str, stories: Sequence[Story], kills: int, told: Callable[[str], None] = lambda _: None) -> Tally:
    """`kills` deaths, shared out over the awaits of all stories. The tally's `wrong` must be empty."""
    with campaign(database) as one, tempfile.TemporaryDirectory() as folder:
        awaits = {story: one.awaits_of(story, Path(folder)) for story in stories}
        one.tally.awaits = {story.name: len(list_) for story, list_ in awaits.items()}
        told(f"{database}: {sum(one.tally.awaits.values())} awaits in {len(stories)} stories")
        for number, (story, n) in enumerate(places(awaits, kills), 1):
            one.kill_at(story, n)
            if number % 50 == 0:
                told(f"{database}: {number} runs, {len(one.tally.wrong)} wrong: {one.tally.wrong[-3:]}")
        one.end()
        return one.tally


def main(
    kills: Annotated[int, typer.Option(help="How many processes die, over both databases.")] = 1000,
    database: Annotated[str, typer.Option(help="sqlite, postgresql, or both.")] = "both",
) -> None:
    """Prints what was killed where, how the effects ended, and everything that is wrong; exits 1 if anything is."""
    configure_logs()
    console, wrong = Console(width=160), []
    for kind in KINDS if database == "both" else (database,):
        began, each = time.monotonic(), kills // (len(KINDS) if database == "both" else 1)
        tally = run(kind, STORIES, each, console.print)
        console.print(report(kind, tally))
        for why, count in tally.people.most_common():
            console.print(f"{kind}: a person had to look {count} times: {why}")
        died = sum(tally.kills.values())
        took = (time.monotonic() - began) / each
        console.print(f"{kind}: {died} died, {tally.missed} ended before they could, {took:.2f} s each")
        wrong += tally.wrong
    for line in wrong:
        console.print(f"WRONG: {line}")
    raise typer.Exit(1 if wrong else 0)


if __name__ == "__main__":
    typer.run(main)
