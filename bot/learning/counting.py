"""How questions went, per playbook and week."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Literal

NONE = "(none)"
"""Stands for the playbook of a question that none was found for."""


@dataclass(frozen=True)
class Event:
    """Something that happened to one question of a playbook (None: of no playbook)."""

    kind: Literal["asked", "answered", "chosen", "refused", "wrong"]
    playbook: str | None
    at: datetime


@dataclass(frozen=True)
class Count:
    """Of the questions of one playbook in the week that begins on `week` (a Monday), how many …

    asked: … came in; answered: … ended with an answer; chosen: … a person picked the playbook for; refused: … were met
    with "no playbook"; wrong: … people said were not meant, or were not helped.
    """

    week: date
    playbook: str
    asked: int = 0
    answered: int = 0
    chosen: int = 0
    refused: int = 0
    wrong: int = 0


COLUMNS = tuple(one.name for one in fields(Count))[2:]


def counts(events: Iterable[Event]) -> list[Count]:
    """The counts, sorted by week and playbook."""
    found: dict[tuple[date, str], dict[str, int]] = {}
    for event in events:
        day = event.at.date()
        numbers = found.setdefault((day - timedelta(days=day.weekday()), event.playbook or NONE), {})
        numbers[event.kind] = numbers.get(event.kind, 0) + 1
    return [Count(week, playbook, **numbers) for (week, playbook), numbers in sorted(found.items())]


def total(rows: Iterable[Count], week: date) -> Count:
    """All playbooks of one week together."""
    of_week = [row for row in rows if row.week == week]
    return Count(week, "all", **{name: sum(getattr(row, name) for row in of_week) for name in COLUMNS})
