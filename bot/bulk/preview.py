"""What a list would do, before anybody decides: sums, the biggest changes, who is left out and why, how long."""

from __future__ import annotations

from decimal import Decimal
from typing import NewType

from pydantic import BaseModel, ConfigDict

from bot.bulk.columns import Kind, Mode
from bot.words import Words

Seconds = NewType("Seconds", float)


class Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Change(Value):
    """One row. who: masked. before, after: points, where they are known."""

    number: int
    who: str
    points: Decimal | None = None
    before: Decimal | None = None
    after: Decimal | None = None


class Refused(Value):
    """Rows that are left out for one reason. examples: some of their numbers in the file."""

    code: str
    rows: int
    examples: tuple[int, ...] = ()


class BulkPreview(Value):
    """A list as it was checked. rows: in the file. people: rows that would be sent. given, taken: points, positive.

    below_zero: some of those who have too few points; they are left out. side_effects: what customers may notice.
    seconds: how long it takes at the provider's limit; None where the provider's limit is not known. unread: rows that
    are still to be looked up. approvals: signatures of others that are needed, with `reasons`. same_file: that
    the file was asked for before. blocked: why it cannot be asked for at all.
    """

    run_id: str
    kind: Kind
    mode: Mode = "add"
    store_id: str
    file: str
    encoding: str = ""
    separator: str = ""
    ignored: tuple[str, ...] = ()
    guessed: dict[str, str] = {}
    rows: int
    people: int
    given: Decimal = Decimal(0)
    taken: Decimal = Decimal(0)
    refused: tuple[Refused, ...] = ()
    biggest: tuple[Change, ...] = ()
    below_zero: tuple[Change, ...] = ()
    side_effects: tuple[str, ...] = ()
    seconds: Seconds | None = None
    unread: int = 0
    approvals: int = 0
    reasons: tuple[str, ...] = ()
    same_file: Words | None = None
    blocked: Words | None = None
    read_only: bool = False

    @property
    def left_out(self) -> int:
        """Rows that would not be sent."""
        return sum(one.rows for one in self.refused)


def estimate(rows: int, calls_a_row: float, per_minute: int) -> Seconds | None:
    """How long so many rows take when the provider's limit is all that slows them; None without a limit."""
    return Seconds(rows * calls_a_row * 60 / per_minute) if per_minute > 0 else None


def spoken(seconds: float) -> str:
    """`about 4 hours`, for staff."""
    for size, one, many in ((86_400, "a day", "days"), (3600, "an hour", "hours"), (60, "a minute", "minutes")):
        if seconds >= 0.75 * size:
            number = round(seconds / size)
            return f"about {one}" if number <= 1 else f"about {number} {many}"
    return "less than a minute"
