"""A list as values and as words: what both its card and the messages about it say. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.bulk import BulkPreview
from bot.cases.bulk_models import GOING, BulkRun, RowState, RunState
from bot.slack.strings import Say
from bot.slack.text import escape, points
from bot.words import Words

BAR: Final = 20


@dataclass(frozen=True)
class ListView:
    """One list as its card shows it.

    preview: what it would do, or did. counts: rows by state; ended, of, seconds: how far it is, and what is left at the
    provider's limit (None: not known). deciders: who may sign. unknown: rows that a person has to look at, (number, who
    is meant, masked). undo_asked: a counter-run is open or over; there is no second one. link: to the card, "" where
    Slack gives none. why: why it stopped, was refused or declined.
    """

    run: BulkRun
    preview: BulkPreview
    store_name: str
    counts: dict[RowState, int]
    ended: int = 0
    of: int = 0
    seconds: float | None = None
    deciders: tuple[str, ...] = ()
    unknown: tuple[tuple[int, str], ...] = ()
    link: str = ""
    why: tuple[Words, ...] = ()
    undo_asked: bool = False

    @property
    def started(self) -> bool:
        """Whether it was approved and begun, whatever became of it."""
        begun = self.run.state in (*GOING, RunState.CANCELLED, RunState.DONE, RunState.UNDONE)
        return begun and self.run.submitted_at is not None and len(self.run.approvers) >= self.needed

    @property
    def needed(self) -> int:
        """Signatures that are needed, as the rules said when it was asked for."""
        return int(self.run.verdict.get("approvals_needed") or 0)


def in_words(view: ListView, say: Say) -> str:
    """The list as a phrase, escaped: "a list of 120 changes: +12,340 and -300 points"."""
    run, people = view.run, view.preview.people
    if not people:
        return say("bulk.what.unread", number=f"{run.rows:,}")
    size = say(f"bulk.size.{run.action}_{'one' if people == 1 else 'many'}", number=f"{people:,}")
    if run.moves_points:
        what = say("bulk.what.points", size=size, points=moved(run, say))
    else:
        what = say("bulk.what.enroll", size=size)
    return say("bulk.what.undo", what=what) if run.undo_of else what


def moved(run: BulkRun, say: Say) -> str:
    """`+12,340 and −300`: what is given and what is taken, as far as there is any."""
    there = [text for amount, text in ((run.given, plus(run.given)), (run.taken, minus(run.taken))) if amount]
    return say("bulk.both", given=there[0], taken=there[1]) if len(there) == 2 else (there or ["0"])[0]


def why(view: ListView, say: Say) -> str:
    """Why it stopped, was refused or declined; not escaped."""
    return " ".join(say.words(one) for one in view.why)


def headline(view: ListView, say: Say) -> str:
    run = view.run
    kind = say(f"bulk.kind.{run.action}") if not run.undo_of else say("bulk.kind.undo")
    parts = [f"*{kind}*", escape(view.preview.file) or "–", escape(view.store_name)]
    return " · ".join(parts)


def bar(view: ListView) -> str:
    """`▓▓▓▓░░░░ 45 of 120`: figures tell the same as the bar."""
    share = view.ended / view.of if view.of else 0.0
    full = min(BAR, int(share * BAR))
    return f"{'▓' * full}{'░' * (BAR - full)}  {view.ended:,} / {view.of:,} ({share:.0%})"


def time_left(view: ListView, say: Say) -> str:
    if view.seconds is None or view.ended >= view.of or view.run.state is RunState.PAUSED:
        return ""
    return f" · {say('bulk.left', time=duration(view.seconds, say))}"


def duration(seconds: float | None, say: Say) -> str:
    """`about 4 hours`."""
    if seconds is None:
        return say("bulk.time.unknown")
    for size, name in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 0.75 * size:
            number = max(1, round(seconds / size))
            return say(f"bulk.time.{name}" if number == 1 else f"bulk.time.{name}s", number=number)
    return say("bulk.time.moment")


def plus(amount: Decimal) -> str:
    return f"+{points(amount)}"


def minus(amount: Decimal) -> str:
    return f"−{points(amount)}"


def with_sign(amount: Decimal | None) -> str:
    if amount is None:
        return ""
    return plus(amount) if amount >= 0 else minus(-amount)


def known(amount: Decimal | None) -> str:
    return "?" if amount is None else points(amount)
