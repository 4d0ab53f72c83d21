"""One press on a proposal: a locked row, one transaction, and an answer even when the transaction must commit first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from bot.cases import (
    Actor,
    Deed,
    Proposal,
    ProposalState,
    Verdict,
    case_store,
    evidence,
    move,
    proposal_store,
    reading,
    too_late,
)
from bot.effects import ONCE, Check
from bot.errors import NotAllowed, PointsmanError, TooLate
from bot.words import Words
from bot.work.house import House
from bot.work.intake import ack_transaction
from bot.work.offering import outdate
from bot.work.outcomes import outcome
from bot.work.standing import judge, note_refusal, ran_out, refusal_words, show_later
from bot.work.twice import on_offer


def read_proposal(house: House, proposal_id: str) -> Proposal:
    """The proposal as it stands. Raises TooLate when there is none."""
    with reading(house.engine) as conn:
        return _get(house, conn, proposal_id)


def _get(house: House, conn: sa.Connection, proposal_id: str, *, lock: bool = False) -> Proposal:
    try:
        return proposal_store.get_proposal(conn, house.vault, proposal_id, lock=lock)
    except KeyError as error:
        raise TooLate("That is no longer there. Ask me again and I will look.", f"gone {proposal_id}") from error


class Refusal(NotAllowed):
    """A refusal that is put on record before it is said."""

    def __init__(self, code: str, words: Words) -> None:
        super().__init__(str(words), code)
        self.words = words
        self.reason_code = code


class _Answered(Exception):
    """Ends a transaction that must commit and still answer with an error."""

    def __init__(self, error: PointsmanError) -> None:
        super().__init__(error.operator)
        self.error = error


def _told(kind: type[PointsmanError], words: Words, operator: str) -> PointsmanError:
    error = kind(str(words), operator)
    error.words = words
    return error


class Decision:
    """One press, inside its transaction, with the row locked."""

    def __init__(self, house: House, conn: sa.Connection, proposal: Proposal, actor: Actor) -> None:
        self.house = house
        self.conn = conn
        self.proposal = proposal
        self.actor = actor
        self.now = house.clock()

    def expect(self, *states: ProposalState) -> None:
        """Raises TooLate unless the proposal is in one of `states` and has time left."""
        timezone = self.house.config.store(self.proposal.store_id).timezone
        undecided = self.proposal.state in (ProposalState.OFFERED, ProposalState.SUBMITTED) or (
            self.proposal.state is ProposalState.APPROVED and self.proposal.guided
        )
        if undecided and ran_out(self.proposal, self.now):
            expired = self.move("expire")
            raise _Answered(too_late(expired, timezone=timezone))
        if self.proposal.state not in states:
            raise too_late(self.proposal, timezone=timezone)

    def judge(self, deed: Deed, proposal: Proposal) -> Verdict:
        """The rules' verdict. Raises a refusal, put on record, when they say no."""
        return self.allow(judge(self.house, self.conn, self.actor, deed, proposal))

    def unchanged(self) -> None:
        """Raises a refusal unless the request is the one that was frozen when it was asked for. One of an older
        version, which cannot be held against its seal, is closed, so that it can be asked for again."""
        fault = proposal_store.seal_fault(self.conn, self.house.vault, self.proposal)
        if fault == "older":
            done = self.proposal.guided and self.proposal.state is ProposalState.APPROVED  # by hand, perhaps
            why = Words.of("refused.older_by_hand" if done else "refused.older")
            self.move("refuse", code="older", result={**self.proposal.result, **outcome(why, code="older")})
            raise _Answered(_told(NotAllowed, why, "older"))
        if fault:
            raise Refusal(fault, Words.of("refused.tampered"))

    def allow(self, verdict: Verdict) -> Verdict:
        """The verdict itself, when it allows."""
        if not verdict.allowed:
            raise Refusal(verdict.reasons[0].code, refusal_words(verdict))
        return verdict

    def still_true(self, check: Check | None) -> None:
        """Raises TooLate, with the fix offered anew, when the vendor shows something else than what was decided on."""
        if check is None or check.state == "as_expected":
            return
        if check.state == "moved":
            fresh = outdate(self.house, self.conn, self.proposal, check, actor=self.actor.user_id)
            key = "late.moved" if self._shown(fresh) else "late.moved_plain"
            raise _Answered(_told(TooLate, Words.of(key, why=check.reason or Words.raw("")), "late:stale"))
        if check.state == "blocked":
            why = check.reason or Words.of("refused.blocked")
            self.move("refuse", code="blocked", result={**self.proposal.result, **outcome(why)})
            raise _Answered(_told(NotAllowed, why, "blocked"))

    def _shown(self, fresh: Proposal) -> bool:
        """Whether people find the fresh offer: not in a case that is closed or being looked into anew."""
        case = case_store.get_case(self.conn, self.house.vault, fresh.case_id)
        others = proposal_store.proposals_of_case(self.conn, self.house.vault, fresh.case_id)
        return on_offer(self.conn, case, fresh, others)

    def move(self, name: str, *, code: str = "", detail: Mapping[str, Any] | None = None, **values: Any) -> Proposal:
        """Make the move, with its audit row (`code`, `detail`, and what evidence it stood on), and have it shown."""
        more = {**(detail or {}), **({"code": code} if code else {})}
        if self.proposal.state is ProposalState.SUBMITTED:
            more["evidence"] = evidence.latest_ids(self.conn, self.proposal.case_id)
            more["seal"] = self.proposal.parameters_hash
        done, seq = move(
            self.conn,
            self.house.vault,
            self.proposal,
            name,
            actor=self.actor.user_id,
            now=self.now,
            detail=more,
            **values,
        )
        show_later(self.house, self.conn, done.id, seq)
        return done


@contextmanager
def decision(house: House, proposal_id: str, actor: Actor, deed: str) -> Iterator[Decision]:
    """One press: locked row, one transaction. Refusals are rolled back, then put on record; late ones just answered."""
    answered: PointsmanError | None = None
    try:
        with ack_transaction(house) as conn:
            click = Decision(house, conn, _get(house, conn, proposal_id, lock=True), actor)
            proposal_store.serialise_decisions(conn)
            try:
                yield click
            except _Answered as said:
                answered = said.error
    except Refusal as refusal:
        with ack_transaction(house) as conn:
            proposal = _get(house, conn, proposal_id)
            note_refusal(house, conn, actor, deed, proposal, refusal.reason_code)
        raise
    if answered is not None:
        raise answered


def only_once(click: Decision, draft: Proposal) -> Proposal:
    """What is done for one redemption or one receipt is done for it once: marked with its reference, and refused while
    another stands for the same."""
    field = ONCE.get(draft.kind)
    if field is None:
        return draft
    house = click.house
    about = str(draft.parameters[field]).lower()
    once = house.vault.ref(f"once:{draft.store_id}:{draft.kind}:{about}")
    other = proposal_store.made_before(click.conn, house.vault, draft, once)
    if other is not None:
        raise Refusal("once", Words.of("refused.once", who=f"<@{other.requester}>"))
    return draft.model_copy(update={"offer": {**draft.offer, "once": once}})
