"""A list of changes as data: the run, its rows, their states, and which move leads where. No I/O here."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict

from bot.cases.models import Proposal, ProposalState

KIND: Final = "bulk"
"""The name of the rules of all lists, whatever their rows do."""


def _plain(points: Decimal) -> Decimal:
    """Without the zeros that a database puts behind."""
    return points.quantize(Decimal(1)) if points == points.to_integral_value() else points.normalize()


Points = Annotated[Decimal, AfterValidator(_plain)]


class RunState(StrEnum):
    READING = "reading"  # its rows are being stored
    CHECKING = "checking"  # its rows are being looked up
    READY = "ready"  # its preview can be shown; nobody has asked for it yet
    SUBMITTED = "submitted"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLING = "cancelling"  # stopped; what was sent already is still being confirmed
    CANCELLED = "cancelled"
    DONE = "done"
    DECLINED = "declined"
    EXPIRED = "expired"
    REFUSED = "refused"  # by the rules, or nothing in it can be done
    UNDONE = "undone"


class RowState(StrEnum):
    NEW = "new"  # not looked up yet
    READY = "ready"
    REFUSED = "refused"  # left out before anything happened
    SENDING = "sending"  # the mark before the call; what came of it is not known yet
    SENT = "sent"  # the provider took it; it was not seen there yet
    DONE = "done"
    REJECTED = "rejected"  # not carried out, for certain
    UNKNOWN = "unknown"  # a person has to look
    SKIPPED = "skipped"  # the list was stopped before it
    UNDONE = "undone"


R = RunState
MOVES: Final[dict[str, tuple[frozenset[RunState], RunState]]] = {
    "read": (frozenset({R.READING}), R.CHECKING),
    "check": (frozenset({R.CHECKING}), R.READY),
    "submit": (frozenset({R.READY}), R.SUBMITTED),
    "sign": (frozenset({R.SUBMITTED}), R.SUBMITTED),
    "approve": (frozenset({R.SUBMITTED}), R.RUNNING),
    "decline": (frozenset({R.SUBMITTED}), R.DECLINED),
    "cancel": (frozenset({R.READING, R.CHECKING, R.READY, R.SUBMITTED}), R.CANCELLED),
    "refuse": (frozenset({R.READING, R.CHECKING, R.READY}), R.REFUSED),
    "expire": (frozenset({R.READING, R.CHECKING, R.READY, R.SUBMITTED}), R.EXPIRED),
    "pause": (frozenset({R.RUNNING}), R.PAUSED),
    "resume": (frozenset({R.PAUSED}), R.RUNNING),
    "stop": (frozenset({R.RUNNING, R.PAUSED}), R.CANCELLING),
    "stopped": (frozenset({R.CANCELLING}), R.CANCELLED),
    "finish": (frozenset({R.RUNNING}), R.DONE),
    "undo": (frozenset({R.DONE, R.CANCELLED}), R.UNDONE),  # every row of it was taken back by a counter-run
}
DECIDING: Final = frozenset({"approve", "decline", "cancel"})
UNDECIDED: Final = frozenset({R.READING, R.CHECKING, R.READY, R.SUBMITTED})
GOING: Final = frozenset({R.RUNNING, R.PAUSED, R.CANCELLING})
OPEN: Final = UNDECIDED | GOING
IN_FLIGHT: Final = (RowState.SENDING, RowState.SENT)
"""What still has to be found out, also after the list was stopped."""


class BulkRun(BaseModel):
    """A stored list. action: what each row does. mode: "add" or "set" (points). private: file, reason, comment,
    texts, and how the file was read; encrypted at rest. given, taken: points of the rows that are to be sent, both
    positive. digest: of those rows, bound by every signature.
    """

    model_config = ConfigDict(frozen=True)
    id: str
    source: str
    team_id: str
    store_id: str
    channel: str | None = None
    thread_ts: str | None = None
    action: str
    mode: str
    state: RunState
    requester: str
    private: dict[str, Any] = {}
    approvers: tuple[str, ...] = ()
    verdict: dict[str, Any] = {}
    result: dict[str, Any] = {}
    rows: int = 0
    people: int = 0
    given: Points = Decimal(0)
    taken: Points = Decimal(0)
    digest: str | None = None
    undo_of: str | None = None
    created_at: datetime
    submitted_at: datetime | None = None
    expires_at: datetime | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    ended_at: datetime | None = None
    shown_at: datetime | None = None
    runner: str | None = None
    turn: int = 0
    troubles: int = 0

    @property
    def moves_points(self) -> bool:
        return self.action != "enroll"

    @property
    def total(self) -> Decimal:
        """What the rules look at: every point that moves, either way."""
        return self.given + self.taken

    def as_proposal(self, customer_refs: frozenset[str] = frozenset()) -> Proposal:
        """The run as the rules see any other change: its points are the run's total; `customer_refs` are those of rows
        that belong to whoever acts."""
        return Proposal(
            id=self.id,
            case_id="",
            store_id=self.store_id,
            kind=KIND,
            state=_AS_PROPOSAL.get(self.state, ProposalState.OFFERED),
            requester=self.requester,
            team_id=self.team_id,
            customer_ref=None,
            customer_refs=customer_refs,
            parameters={"points": str(self.total)} if self.moves_points else {},
            verdict=self.verdict,
            operation_id=self.id,
            approvers=self.approvers,
            undo_of=self.undo_of,
            created_at=self.created_at,
            submitted_at=self.submitted_at,
            decided_at=self.ended_at or self.decided_at,
        )


_AS_PROPOSAL: Final = {
    R.SUBMITTED: ProposalState.SUBMITTED,
    R.RUNNING: ProposalState.APPROVED,
    R.PAUSED: ProposalState.APPROVED,
    R.DONE: ProposalState.DONE,
    R.CANCELLED: ProposalState.DONE,
    R.UNDONE: ProposalState.UNDONE,
}


class BulkRow(BaseModel):
    """A stored row. number: its place in the file. points: the signed change; None: to be worked out, or none.

    private: who it is, as the file and the provider name them; encrypted at rest; {} once erased. seal: binds who and
    how many points; holds nothing of anybody. due_at: not to be looked at before. absent_at: when the provider first
    did not show it.
    """

    model_config = ConfigDict(frozen=True)
    number: int
    state: RowState
    code: str = ""
    points: Points | None = None
    private: dict[str, Any] = {}
    customer_ref: str | None = None
    seal: str | None = None
    operation_id: str | None = None
    before: Points | None = None
    after: Points | None = None
    attempt: int = 0
    asked: int = 0
    sending_since: datetime | None = None
    due_at: datetime | None = None
    absent_at: datetime | None = None
