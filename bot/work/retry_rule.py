"""The one rule of when a write is sent again: for a single change and for a row of a list alike, and nowhere else.

1. The mark "sending" is there before the call, with the operation id; whoever finds it asks the vendor, never sends.
2. A limit (429) and a refusal (4xx) mean that nothing was applied. No answer, or one that says nothing, is unknown.
3. Unknown is asked about. "It is there" goes on to the read-back. "It is not there" is believed only when it is said
   late enough after the send, and twice, that long apart.
4. Then it is sent once more, where "not there" is proof; else a person looks. What cannot be done twice may be sent a
   little oftener. A vendor that keeps from telling is asked rarer each time, and in the end a person is.

Pure: values in, values out. Times are aware datetimes, spans are timedeltas.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from connectors.contract import WriteEvidence
from connectors.errors import Denied, Throttled, UnknownOutcome, Unreachable, VendorError

ASKS: Final = 6
"""How often a vendor that cannot tell is asked, before a person is."""
SENDS: Final = 2
SENDS_REPEATABLE: Final = 4
"""How often a change is sent in all, where repeating it cannot do it twice."""
CLOCKS_APART: Final = timedelta(minutes=5)
"""How far before our own mark a vendor's clock may place our write."""
UNNAMED_WAIT_S: Final = 5.0
AWAY_WAIT_S: Final = 30.0
LONGEST_WAIT_S: Final = 300.0

Meaning = Literal["unknown", "wait", "shut", "refused"]


@dataclass(frozen=True)
class Sending:
    """A write that was marked. at: when, the last time. sends: how often, this time included. asked: how often the
    vendor could not tell since. absent_at: when it first said "not there", late enough."""

    at: datetime
    sends: int = 1
    asked: int = 0
    absent_at: datetime | None = None


@dataclass(frozen=True)
class Confirm:
    """It is there: read back, and say so."""


@dataclass(frozen=True)
class Ask:
    """Ask the vendor at this time what became of it, and remember these."""

    at: datetime
    asked: int
    absent_at: datetime | None


@dataclass(frozen=True)
class SendAgain:
    """It did not arrive, for certain, and may be sent once more."""


@dataclass(frozen=True)
class AskPerson:
    """The machine's wits end here. why: the vendor does not show it, or could not tell."""

    why: Literal["not_there", "cannot_tell"]


Step = Confirm | Ask | SendAgain | AskPerson


def meaning(error: VendorError) -> Meaning:
    """What an error of a write says about that write. All but `unknown` mean that nothing was applied: `wait` and send
    it later, `shut` when no write of ours would be taken now, `refused` when this one was not."""
    if isinstance(error, UnknownOutcome | Unreachable):
        return "unknown"
    if isinstance(error, Throttled):
        return "wait"
    return "shut" if isinstance(error, Denied) else "refused"


def passes(error: VendorError) -> bool:
    """Whether the trouble may mend itself, so that waiting helps."""
    return meaning(error) in ("unknown", "wait")


def wait_after(error: VendorError, nth: int = 1) -> timedelta:
    """How long to wait before the nth try after such trouble in a row: what the vendor named, longer each time."""
    named = error.retry_after if isinstance(error, Throttled) else AWAY_WAIT_S
    once = UNNAMED_WAIT_S if named is None else max(named, 1.0)
    return timedelta(seconds=max(once, min(once * nth, LONGEST_WAIT_S)))


def in_time(marked_at: datetime | None, now: datetime, write: timedelta) -> bool:
    """Whether a write marked then may still leave now. Later, others may already be asking what became of it: this
    process slept. write: the longest that a write may take."""
    return marked_at is not None and now - marked_at <= write


def believable_after(absence_s: float, settle_s: float) -> timedelta:
    """The wait before "not there" is believed: longer than a write may take, and than the vendor needs to show one."""
    return timedelta(seconds=max(absence_s, settle_s))


def moved_by_others(said: WriteEvidence | None) -> bool:
    """Whether what a write stood on was moved by somebody else, for certain, so that it may be called not done. said:
    the vendor's answer after the ground was seen to have moved, since our own write may have come late."""
    return said == "absent"


def next_step(
    said: WriteEvidence | None,
    sending: Sending,
    *,
    now: datetime,
    wait: timedelta,
    proof: bool,
    repeatable: bool = False,
) -> Step:
    """What to do about a write whose outcome is unknown, after the vendor was asked.

    said: its answer; None when it could not be asked. wait: see `believable_after`. proof: whether "not there" proves
    that it was not applied. repeatable: whether sending it again cannot do it twice.
    """
    if said == "applied":
        return Confirm()
    if said != "absent":
        asked = sending.asked + 1
        return AskPerson("cannot_tell") if asked >= ASKS else Ask(now + wait * asked, asked, sending.absent_at)
    if now < sending.at + wait:
        return Ask(sending.at + wait, sending.asked, None)
    if sending.absent_at is None:
        return Ask(now + wait, sending.asked, now)
    if now < sending.absent_at + wait:
        return Ask(sending.absent_at + wait, sending.asked, sending.absent_at)
    if proof and sending.sends < (SENDS_REPEATABLE if repeatable else SENDS):
        return SendAgain()
    return AskPerson("not_there")
