"""What a campaign of dying processes did, and a table of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from rich.table import Table


@dataclass
class Tally:
    """What a campaign did: awaits by story, kills by await, how effects ended, and what must never be."""

    awaits: dict[str, int] = field(default_factory=dict)
    kills: Counter[tuple[str, int]] = field(default_factory=Counter)
    missed: int = 0
    ends: Counter[tuple[str, str]] = field(default_factory=Counter)
    people: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def report(database: str, tally: Tally) -> Table:
    """A line a story: awaits, how many of them a process died at, deaths, and how the changes ended."""
    table = Table("database", "story", "awaits", "died at", "deaths", "done", "a person looked", "otherwise")
    for name, awaits in tally.awaits.items():
        died = {number: count for (story, number), count in tally.kills.items() if story == name}
        ends = {way: count for (story, way), count in tally.ends.items() if story == name}
        done = ends.pop("done", 0)
        people = {way.partition(": ")[2]: ends.pop(way) for way in list(ends) if way.startswith("to a person")}
        cells = (awaits, len(died), sum(died.values()), done, _listed(people), _listed(ends))
        table.add_row(database, name, *map(str, cells))
    return table


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counts.items()) or "–"
