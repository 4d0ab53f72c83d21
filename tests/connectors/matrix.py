"""Every connector by every item of the contract suite: a cell is run, or names why it cannot be.

The tests take what they run over from here, so no cell can be missing without a reason.
`python -m tests.connectors.matrix` prints the table.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Final

from connectors.errors import Denied, NotFound, Rejected, Throttled, UnknownOutcome, Unreachable, VendorError
from connectors.sandbox import Fault
from tests.connectors.subjects import SITUATIONS, Absent, Look, Subject, subjects

READ_FAULTS: Final[Mapping[str, tuple[Fault, type[VendorError], str]]] = {
    "read: 400": (Fault("status", code=400), Rejected, "did not accept"),
    "read: 422": (Fault("status", code=422), Rejected, "did not accept"),
    "read: 500": (Fault("status", code=500), Unreachable, "problem on its side"),
    "read: 502": (Fault("status", code=502), Unreachable, "problem on its side"),
    "read: 503": (Fault("status", code=503), Unreachable, "problem on its side"),
    "read: wrong key": (Fault("denied"), Denied, "refused our key"),
    "read: throttled": (Fault("throttle"), Throttled, "slow down"),
    "read: throttled, Retry-After": (Fault("throttle", retry_after=2), Throttled, "slow down"),
    "read: garbage": (Fault("garbage"), Unreachable, "nobody can read"),
    "read: wrong types": (Fault("wrong_types"), Unreachable, "nobody can read"),
    "read: cut before": (Fault("cut_before"), Unreachable, "could not be reached"),
    "read: cut after": (Fault("cut_after"), Unreachable, "could not be reached"),
}
"""What happens to a read: the error, and words of its reason."""

WRITE_FAULTS: Final[Mapping[str, tuple[Fault, type[VendorError], bool]]] = {
    "write: 400": (Fault("status", code=400, writes_only=True), Rejected, False),
    "write: 404": (Fault("status", code=404, writes_only=True), NotFound, False),
    "write: 422": (Fault("status", code=422, writes_only=True), Rejected, False),
    "write: 500": (Fault("status", code=500, writes_only=True), UnknownOutcome, False),
    "write: 503": (Fault("status", code=503, writes_only=True), UnknownOutcome, False),
    "write: wrong key": (Fault("denied", writes_only=True), Denied, False),
    "write: throttled": (Fault("throttle", writes_only=True), Throttled, False),
    "write: throttled, Retry-After": (Fault("throttle", writes_only=True, retry_after=2), Throttled, False),
    "write: garbage": (Fault("garbage", writes_only=True), UnknownOutcome, False),
    "write: cut before": (Fault("cut_before", writes_only=True), UnknownOutcome, False),
    "write: cut after": (Fault("cut_after", writes_only=True), UnknownOutcome, True),
}
"""What happens to a write: the error, and whether the vendor did it all the same."""

READS: Final = (
    "reads",
    "unknown fields",
    "slow",
    "past the deadline",
    "tries again",
    "no secret in logs",
    "every operation",
    "every read, unreadable",
)
WRITES: Final = ("writes", "write: no answer in time", "settles", "every write, unknown")
LEDGERS: Final = ("evidence: absent, applied, unknown", "evidence: unreadable")
ITEMS: Final = (*SITUATIONS, *READS, *READ_FAULTS, *WRITES, *WRITE_FAULTS, *LEDGERS)


def cell(subject: Subject, item: str) -> Absent | None:
    """None: the suite runs this item over this subject. Absent: it cannot be, and why."""
    if item in SITUATIONS:
        look = subject.looks[item]
        return look if isinstance(look, Absent) else None
    if item in WRITES or item in WRITE_FAULTS:
        return subject.write if isinstance(subject.write, Absent) else None
    if item in LEDGERS:
        return subject.member if isinstance(subject.member, Absent) else None
    return None if isinstance(subject.read, Look) else subject.read


def run(item: str) -> list[Subject]:
    """The subjects that this item is run over."""
    return [subject for subject in subjects() if cell(subject, item) is None]


def table() -> str:
    """The matrix as text: ● run, a number for each reason why not, and the reasons below."""
    reasons: list[str] = []
    lines = [" " * 34 + " ".join(f"{s.id[:19]:19}" for s in subjects())]
    for item in ITEMS:
        row = []
        for subject in subjects():
            absent = cell(subject, item)
            if absent is not None and absent.why not in reasons:
                reasons.append(absent.why)
            row.append("●" if absent is None else str(reasons.index(absent.why) + 1))
        lines.append(f"{item:34}" + " ".join(f"{mark:19}" for mark in row))
    return "\n".join((*lines, "", *(f"{n:3} {why}" for n, why in enumerate(reasons, 1))))


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
