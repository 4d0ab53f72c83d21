"""The words of a case as closed sets, and the plain values that rules work on. No I/O here."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict


class CaseState(StrEnum):
    NEW = "new"  # stored, nobody has looked yet
    CHOOSING = "choosing"  # a close call: a person picks the playbook
    NEEDS = "needs"  # something is missing: customer, phone, store
    WAITING = "waiting"  # diagnosed, but an asked fact may still change the conclusion
    ANSWERED = "answered"
    UNMATCHED = "unmatched"  # no playbook; support was offered
    ESCALATED = "escalated"
    CLOSED = "closed"


class ProposalState(StrEnum):
    OFFERED = "offered"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"
    STALE = "stale"
    SENDING = "sending"
    DONE = "done"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    UNDONE = "undone"


class Case(BaseModel):
    """A stored case. private: question text, entities, answers; diagnosis: the last one; both encrypted at rest."""

    model_config = ConfigDict(frozen=True)
    id: str
    team_id: str
    channel: str
    thread_ts: str
    asked_ts: str
    asker: str
    store_id: str | None = None
    state: CaseState
    playbook: str | None = None
    language: str = "en"
    customer_ref: str | None = None
    private: dict[str, Any] = {}
    match: dict[str, Any] | None = None
    diagnosis: dict[str, Any] | None = None
    claimed_by: str | None = None
    escalated_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    version: int = 1


class Role(StrEnum):
    BUDTENDER = "budtender"
    MANAGER = "manager"
    SUPPORT = "support"
    REGIONAL = "regional"
    ADMIN = "admin"


class Deed(StrEnum):
    """What a person wants to do to a proposal or a case."""

    ASK = "ask"
    SUBMIT = "submit"
    APPROVE = "approve"
    BREAK_GLASS = "break_glass"  # approve alone, for roles.admin, with a reason
    DECLINE = "decline"
    CANCEL = "cancel"
    STEER = "steer"  # pause, resume or stop a list that is being carried out
    BY_HAND = "by_hand"  # say that a guided fix, agreed on, is done
    SEND = "send"  # the house itself, just before the effect
    UNDO = "undo"
    RESOLVE_UNKNOWN = "resolve_unknown"
    CLAIM = "claim"


class Actor(BaseModel):
    """Who acts. `stores`: ids of the stores whose channel the person is in or which they manage.

    person_refs: HMAC references of the person's own phone and e-mail (the beneficiary rule); None when not listed.
    """

    model_config = ConfigDict(frozen=True)
    user_id: str
    team_id: str
    roles: frozenset[Role] = frozenset({Role.BUDTENDER})
    stores: frozenset[str] = frozenset()
    manages: frozenset[str] = frozenset()
    is_guest: bool = False
    person_refs: frozenset[str] | None = None


class Proposal(BaseModel):
    """A stored proposal. `parameters` are frozen with `parameters_hash` when submitted.

    offer: ids only (customer, member, finding). shown: what the preview shows (personal data, encrypted at rest).
    expected: what must still be true before the effect ({"balance": "500"} or {"phone": "<ref>"}).
    operation_id: goes into the provider's note; the key of "once".
    """

    model_config = ConfigDict(frozen=True)
    id: str
    case_id: str
    store_id: str
    kind: str
    state: ProposalState
    requester: str
    team_id: str
    customer_ref: str | None
    customer_refs: frozenset[str] = frozenset()
    parameters: dict[str, Any] = {}
    parameters_hash: str | None = None
    offer: dict[str, Any] = {}
    shown: dict[str, Any] = {}
    expected: dict[str, Any] = {}
    verdict: dict[str, Any] = {}
    operation_id: str
    approvers: tuple[str, ...] = ()
    undo_of: str | None = None
    created_at: datetime
    submitted_at: datetime | None = None
    expires_at: datetime | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    sending_since: datetime | None = None
    result: dict[str, Any] = {}

    @property
    def mode(self) -> str:
        """ "act": by API. "guided": by a person, with our steps. "none": no way; the offer says why."""
        return str(self.offer.get("mode") or "act")

    @property
    def guided(self) -> bool:
        """A person does it by hand; we read back where we can."""
        return self.mode == "guided"

    @property
    def reads_back(self) -> bool:
        """Whether the API can show that it was done by hand."""
        return bool(self.offer.get("reads_back"))

    @property
    def senior_signed(self) -> bool:
        """Whether one of those who signed counts as senior."""
        return bool(self.verdict.get("senior_signed"))

    @property
    def points(self) -> Decimal | None:
        """The signed points, for kinds that move points."""
        raw = self.parameters.get("points")
        return None if raw is None else Decimal(str(raw))


class Reason(BaseModel):
    """Why a rule decided as it did. code: stable; text: for staff, in English; values: what stands in the text, for
    the same sentence in another language."""

    model_config = ConfigDict(frozen=True)
    code: str
    text: str
    values: dict[str, str] = {}


class History(BaseModel):
    """What was asked for lately. Points as absolute sums over all kinds that move points; times of this kind alone;
    neither counts this proposal nor undos.

    changes: how often this kind was carried out on this customer within the policy's window. last_change: when it was
    sent last. signs: what whoever decides should look at.
    """

    model_config = ConfigDict(frozen=True)
    requester_day: Decimal = Decimal(0)
    customer_week: Decimal = Decimal(0)
    store_day: Decimal = Decimal(0)
    changes: int = 0
    requester_times: int = 0
    customer_times: int = 0
    store_times: int = 0
    last_change: datetime | None = None
    signs: tuple[Reason, ...] = ()


class Verdict(BaseModel):
    """What the rules say, with every reason, also for what is allowed.

    approvals_needed: signatures of others before anything is sent. dry_run: the store only shows what would be sent.
    """

    model_config = ConfigDict(frozen=True)
    allowed: bool
    reasons: tuple[Reason, ...] = ()
    approvals_needed: int = 0
    dry_run: bool = False

    @property
    def codes(self) -> list[str]:
        """The reasons by their names."""
        return [r.code for r in self.reasons]

    @property
    def sentence(self) -> str:
        """The reasons as one text."""
        return " ".join(r.text for r in self.reasons)
