"""What the views render: plain values read from the store, masked already, not yet escaped unless said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.cases.digests import Line
from bot.cases.models import CaseState, ProposalState
from bot.diagnosis.models import Diagnosis
from bot.effects import Form
from bot.effects import Line as Told
from bot.words import Words
from bot.work.told import Need, Reading
from bot.work.twice import UNDER_WAY


@dataclass(frozen=True)
class FixView:
    """One proposal as people see it; what comes as words is said in each reader's language, and masked already.

    words: the change as a phrase. form: what is asked before it is submitted. lines, minds, irreversible: what deciders
    read. mode: "act" by API; "guided" by a person, following `steps`, because of `why`; "none" not at all, because
    of `why`. reads_back: once done by hand, the API shows it. reason: as typed, for us. balance_now: what a done
    change of points left. deciders: ids of people who may decide; stuck: none of them can, only an administrator,
    alone. outcome: for staff, what the vendor answered, when it is not simply done. customer: the profile's name,
    "" where unknown. paused: why effects are stopped for all, while this waits for one; "" where nobody said why.
    """

    id: str
    kind: str
    state: ProposalState
    requester: str
    words: Words
    form: Form
    nth: int = 0
    mode: str = "act"
    lines: tuple[Told, ...] = ()
    minds: tuple[Words, ...] = ()
    irreversible: bool = False
    steps: tuple[Words, ...] = ()
    why: tuple[Words, ...] = ()
    reads_back: bool = False
    reason: str = ""
    balance_now: Decimal | None = None
    verdict: tuple[str, ...] = ()
    deciders: tuple[str, ...] = ()
    stuck: bool = False
    approvals_needed: int = 0
    approvers: tuple[str, ...] = ()
    expires_at: datetime | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    outcome: tuple[Words, ...] = ()
    undo_of: str | None = None
    can_undo: bool = False
    read_only: bool = False
    paused: str | None = None
    customer: str = ""

    @property
    def guided(self) -> bool:
        """A person carries it out."""
        return self.mode == "guided"

    @property
    def under_way(self) -> bool:
        """Whether it was asked for and is not known to have ended."""
        return self.state in UNDER_WAY

    @property
    def open(self) -> bool:
        """Whether it may still change without a new proposal."""
        return self.state in (
            ProposalState.OFFERED,
            ProposalState.SUBMITTED,
            ProposalState.APPROVED,
            ProposalState.SENDING,
        )


@dataclass(frozen=True)
class Neighbour:
    """Another recent case about the same customer. `link` is "" where Slack gave none."""

    asker: str
    link: str
    at: datetime


@dataclass(frozen=True)
class CaseView:
    """One case as its card shows it. `question` is masked; `choices` and `stores` are (id, title); `aside`: whom a
    reply names that may be about another customer; `another_name`: what the customer was called and whose the record
    is, where these are hardly one person."""

    id: str
    state: CaseState
    language: str
    asker: str
    question: str
    title: str = ""
    playbook: str | None = None
    store_name: str = ""
    diagnosis: Diagnosis | None = None
    checked_at: datetime | None = None
    sources: tuple[str, ...] = ()
    fixes: tuple[FixView, ...] = ()
    need: Need | None = None
    aside: str = ""
    another_name: tuple[str, str] | None = None
    phones: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    stores: tuple[tuple[str, str], ...] = ()
    rated: bool = False
    neighbours: tuple[Neighbour, ...] = ()
    claimed_by: str | None = None
    escalated_at: datetime | None = None
    handed_on_by: str | None = None
    resolved_by: str | None = None
    relabelled_by: str | None = None
    relabelled_as: str = ""
    link: str = ""
    updated_at: datetime | None = None

    @property
    def moving(self) -> tuple[FixView, ...]:
        """The changes that are under way, done, or not known; oldest first."""
        return tuple(fix for fix in self.fixes if fix.under_way or fix.state is ProposalState.DONE)

    @property
    def hands_to_support(self) -> bool:
        """Whether its card has *Hand to support*: not where they have it, nor once it is closed and nothing goes on."""
        if self.state is CaseState.CLOSED:
            return any(fix.under_way for fix in self.fixes)
        return self.state is not CaseState.ESCALATED


@dataclass(frozen=True)
class ExceptionsView:
    """What support is told without asking. day: "" for one emergency decision. told: people and groups to mention;
    lines: each exception with its store's name and a link to its case ("" where there is none)."""

    day: str
    told: tuple[str, ...]
    lines: tuple[tuple[Line, tuple[str, str]], ...]
