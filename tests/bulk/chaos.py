"""kill -9 at every await of a list, from looking its rows up to its end: `python -m tests.bulk.chaos --kills 200`.

A first list of each story writes its awaits down; then one process after another works on the next list, dies at the
next await of those, and the one after it finds what the dead left behind beside its own. In the end the provider must
show each row once, and the books must say what the provider shows.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.cases.bulk_models import BulkRun, RowState, RunState
from bot.clock import system_clock
from bot.config import Policy
from bot.work import bulk
from connectors.sandbox import Fault, SandboxServers, World
from tests.bulk.lists import QUINN, Lists, SeenLists, config_of, house_of, people
from tests.bulk.nursery import ListNursery
from tests.cases.databases import KINDS, fresh_database
from tests.work.nursery import alive, wait_for

PACE = {"send": 2.0, "absence": 0.3, "settle": 0.1, "click": 2.0, "read": 4.0}
POLICY = {"bulk": {"times_per_requester_day": None, "times_per_store_day": None}}
"""What is tried here is dying, not asking too often."""
ROWS = 2
PEOPLE = 600
"""Members there are: each list has customers of its own, so that none waits for another."""
_ENDED = (RunState.DONE, RunState.REFUSED, RunState.CANCELLED, RunState.UNDONE)


@dataclass(frozen=True)
class Story:
    """A list at a provider (by its store), and what goes wrong there while it is carried out."""

    name: str
    store: str
    fault: str | None = None


STORIES = (
    Story("rows in one write", "ash"),
    Story("rows in one write, cut after they were booked", "ash", "cut_after"),
    Story("rows one by one, cut before the first was booked", "bay", "cut_before"),
)


@dataclass
class Tally:
    """What a campaign did: kills by await, how rows ended, and what must never be."""

    kills: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Campaign:
    """One database, one sandbox, and processes that die on them."""

    def __init__(self, lists: Lists, nursery: ListNursery) -> None:
        self.lists = lists
        self._nursery = nursery
        self._numbers = itertools.cycle(range(1, PEOPLE + 1, ROWS))
        self.made: dict[str, tuple[Story, range]] = {}
        self.tally = Tally()

    def awaits_of(self, story: Story, folder: Path) -> list[str]:
        """The list's awaits, from a run that nobody disturbs."""
        record = folder / "awaits"
        record.unlink(missing_ok=True)
        run = self.make(story)
        worker = self._start(record=str(record))
        wait_for(lambda: self._tended(run), 60, f"{story.name} to end")
        time.sleep(0.1)  # the engine writes down that the job ended
        self._nursery.kill(worker)
        lines = (line.rstrip("\n").partition("\t") for line in record.read_text().splitlines())
        return [what for subject, _, what in lines if subject == run.id]

    def kill_at(self, story: Story, number: int) -> bool:
        """Have a process die before this await of a new list; False when the list ended before it came to that."""
        run = self.make(story)
        worker = self._start(die_before=[run.id, number])
        wait_for(lambda: self._tended(run) or not alive(worker), 60, f"{story.name}, await {number}")
        with suppress(TimeoutError):  # the last awaits are the engine's own, after the list
            self._nursery.wait_dead(worker, 0.3)
            return True
        self._nursery.kill(worker)
        return False

    def make(self, story: Story) -> BulkRun:
        """A list of this story, with its fault waiting at the provider."""
        world = self.lists.servers.world
        world.clear_faults()
        first = next(self._numbers)
        mine = range(first, first + ROWS)
        text = "email,points\n" + "".join(f"pat{n}@example.com,{n}\n" for n in mine)
        run = self.lists.plan(text, store=story.store, source=f"{story.store}{len(self.made)}{time.monotonic()}")
        self.made[run.id] = (story, mine)
        if story.fault:
            vendor = "rivo" if story.store == "ash" else "smile"
            world.fault(Fault(story.fault, vendor=vendor, writes_only=True, times=1))  # type: ignore[arg-type]
        return run

    def _tended(self, run: BulkRun) -> bool:
        """Whether the list has ended; every list that stands to be asked for is asked for and signed on the way."""
        for run_id in self.made:
            one = self.lists.get(run_id)
            if one.state is RunState.READY:
                self.lists.sign(one)
        return self.lists.get(run).state in _ENDED

    def end(self) -> None:
        """A last process that nobody disturbs; then the provider and the books are compared."""
        lists = self.lists
        lists.servers.world.clear_faults()
        worker = self._start()
        for run_id in self.made:
            wait_for(lambda: self._tended(lists.get(run_id)), 120, f"{run_id} to end")  # noqa: B023 - waited for here
        self._nursery.kill(worker)
        for run_id, (story, mine) in self.made.items():
            self._compare(lists.get(run_id), story, mine)
        self.made.clear()

    def _compare(self, run: BulkRun, story: Story, mine: range) -> None:
        shown = Counter(email for email, _ in self.lists.ours(story.store, operations=self._operations(run)))
        problems = [] if run.state is RunState.DONE else [f"is {run.state}: {run.result}"]
        for row, number in zip(self.lists.rows(run), mine, strict=True):
            self.tally.rows[f"{row.state} {row.code}".strip()] += 1
            there = shown[f"pat{number}@example.com"]
            if row.state is RowState.UNKNOWN and there <= 1:
                bulk.resolve_row(self.lists.house, run.id, QUINN, row.number, happened=bool(there))
            elif (row.state, there) != (RowState.DONE, 1):
                problems.append(f"row {row.number} is {row.state} {row.code}, the provider shows it {there} times")
        deeds = Counter(self.lists.deeds(run))
        if deeds["finish"] != 1 or deeds["approve"] != 1:
            problems.append(f"its trail says {deeds}")
        self.tally.wrong += [f"{story.name}: {run.id} {problem}" for problem in problems]

    def _operations(self, run: BulkRun) -> set[str]:
        return {str(row.operation_id) for row in self.lists.rows(run)}

    def _start(self, **order: object) -> int:
        lists = self.lists
        return self._nursery.worker(
            database=lists.house.config.database, urls=lists.servers.urls, pace=PACE, policy=POLICY, **order
        )


@contextmanager
def campaign(database: str) -> Iterator[Campaign]:
    """Over a fresh database of this kind and a fresh sandbox."""
    with SandboxServers(World.seeded()) as servers, fresh_database(database) as url, ListNursery() as nursery:
        servers.world.settings.limits = False
        for store in {story.store for story in STORIES}:
            people(servers, store, PEOPLE)
        house = house_of(config_of(url, servers, policy=Policy.model_validate(POLICY)), system_clock)
        yield Campaign(Lists(house, servers, system_clock, SeenLists()), nursery)  # type: ignore[arg-type]
        nursery.kill_all()
        house.close()


def run(database: str, stories: Sequence[Story], kills: int, told: Callable[[str], None] = lambda _: None) -> Tally:
    """`kills` deaths, shared out evenly over the awaits of all stories. The tally's `wrong` must be empty."""
    with campaign(database) as one, tempfile.TemporaryDirectory() as folder:
        awaits = {story: one.awaits_of(story, Path(folder)) for story in stories}
        places = [(story, n, what) for story, list_ in awaits.items() for n, what in enumerate(list_, 1)]
        told(f"{database}: {len(places)} awaits in {len(stories)} stories")
        spread = [places[i * len(places) // kills] for i in range(kills)] if kills < len(places) else places
        for done, (story, n, what) in enumerate(itertools.islice(itertools.cycle(spread), kills), 1):
            died = one.kill_at(story, n)
            one.tally.kills[f"{story.name}: {what}" if died else "ended before it could die"] += 1
            if done % 25 == 0:
                one.end()
                told(f"{database}: {done} kills, {len(one.tally.wrong)} wrong")
        one.end()
        return one.tally


def main(
    kills: Annotated[int, typer.Option(help="How many processes die, over both databases.")] = 200,
    database: Annotated[str, typer.Option(help="sqlite, postgresql, or both.")] = "both",
) -> None:
    """Prints how often something was killed, how rows ended, and everything that is wrong; exits 1 if anything is."""
    console = Console()
    table = Table("database", "kills", "awaits hit", "not reached", "wrong", "s a kill")
    wrong = []
    for kind in KINDS if database == "both" else (database,):
        began = time.monotonic()
        each = kills // (len(KINDS) if database == "both" else 1)
        tally = run(kind, STORIES, each, console.print)
        missed = tally.kills.pop("ended before it could die", 0)
        console.print(f"{kind}: rows " + ", ".join(f"{name} {count}" for name, count in sorted(tally.rows.items())))
        took = (time.monotonic() - began) / each
        row = (kind, sum(tally.kills.values()), len(tally.kills), missed, len(tally.wrong), f"{took:.2f}")
        table.add_row(*map(str, row))
        wrong += tally.wrong
    console.print(table)
    for line in wrong:
        console.print(f"WRONG: {line}")
    raise typer.Exit(1 if wrong else 0)


if __name__ == "__main__":
    typer.run(main)
