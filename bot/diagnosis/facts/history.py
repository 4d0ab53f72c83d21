"""What moved the balance: the provider's ledger, and only what its rows say themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.diagnosis.catalogue import CannotTell, fact
from connectors.contract import EntryKind, Ledger, LedgerEntry, LoyaltyProgram, Member, Operation

WINDOW = timedelta(days=90)
NOT_COUNTED = "Not counted yet"
TAKEN_BACK = "Taken back"
"""How connectors mark the notes of rows whose points still wait, and of those that took a sale's points back."""


@fact(
    shown=("the points history at the provider", "el historial de puntos del programa"),
    operations={"program": Operation.READ_LEDGER},
)
def ledger(member: Member | None, program: LoyaltyProgram, now: datetime) -> Ledger | None:
    """The member's history of the last 90 days."""
    return None if member is None else program.ledger(member.id, since=now - WINDOW, until=now)


@fact(shown=("the rows of the points history", "las filas del historial de puntos"))
def history(ledger: Ledger | None) -> tuple[LedgerEntry, ...]:
    """The history's rows, oldest first; could not be told when the provider sent rows that nobody can read."""
    if ledger is None:
        return ()
    if not ledger.readable:
        raise CannotTell("the provider's points history came in a form I cannot read")
    return ledger.entries


@fact
def expiry(history: tuple[LedgerEntry, ...], now: datetime) -> LedgerEntry | None:
    """The last time points expired, within 60 days; only where a row says so."""
    return _last(history, "expire", now - timedelta(days=60))


@fact
def hand_adjustment(history: tuple[LedgerEntry, ...], now: datetime) -> LedgerEntry | None:
    """The last adjustment by hand within 30 days."""
    return _last(history, "adjust", now - timedelta(days=30))


@fact
def other_change(history: tuple[LedgerEntry, ...], now: datetime) -> LedgerEntry | None:
    """The last row within 30 days that took points off and says why, where the provider names no kind of row."""
    rows = [e for e in history if e.kind == "other" and e.points < 0 and e.at >= now - timedelta(days=30)]
    return next((e for e in reversed(rows) if e.note and not e.note.startswith(TAKEN_BACK)), None)


@fact
def block(history: tuple[LedgerEntry, ...], now: datetime) -> LedgerEntry | None:
    """The last nightly correction that lifted a negative balance to zero, within 30 days."""
    return _last(history, "block", now - timedelta(days=30))


def _last(history: tuple[LedgerEntry, ...], kind: EntryKind, since: datetime) -> LedgerEntry | None:
    return next((e for e in reversed(history) if e.kind == kind and e.at >= since and e.points != 0), None)


@fact
def twice_imported(history: tuple[LedgerEntry, ...]) -> LedgerEntry | None:
    """The second of two imports of the same points, or of two changes with one note, within a day of each other."""
    rows = [e for e in history if e.kind in ("import", "adjust", "other") and e.points > 0 and e.note]
    for n, first in enumerate(rows):
        for second in rows[n + 1 :]:
            same = (first.points, first.note, first.kind) == (second.points, second.note, second.kind)
            if same and second.at - first.at <= timedelta(days=1):
                return second
    return None


@fact
def waiting_points(history: tuple[LedgerEntry, ...]) -> LedgerEntry | None:
    """The last row that the provider lists and does not count yet."""
    return next((e for e in reversed(history) if e.note.startswith(NOT_COUNTED)), None)
