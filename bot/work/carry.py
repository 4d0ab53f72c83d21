"""Carrying a proposal out, once, whatever dies on the way.

The mark "sending" is committed before the call. Whoever finds the mark never sends: it asks the vendor, and
`bot.work.retry_rule` says what to do next. "Done" is said only after the vendor showed it.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from bot.cases import Actor, Deed, Proposal, ProposalState, proposal_store, switches
from bot.cases.database import writing
from bot.effects import Check, ReadBack
from bot.errors import TooLate
from bot.words import Words
from bot.work import marks, retry_rule
from bot.work.house import House
from bot.work.offering import SYSTEM
from bot.work.outcomes import NOTHING_SENT, outcome, trouble
from bot.work.standing import judge, kind_of, look, refusal_words, would_send
from connectors.contract import WriteEvidence
from connectors.errors import VendorError
from connectors.transport import deadline

log = logging.getLogger(__name__)

LOOKS = 8
"""How often a vendor that says it is still at it is looked at again, before a person is asked."""


def effect(house: House, key: str) -> None:
    """The job `effect`, key `<proposal>` or `<proposal>#<run>`: carry out what is approved, or find out what became
    of what was sent. Does nothing in every other state."""
    proposal = marks.read(house, key)
    if proposal.guided:
        return  # a person carries it out
    if proposal.state is ProposalState.APPROVED:
        _begin(house, proposal)
    elif proposal.state is ProposalState.SENDING:
        _resume(house, proposal)


def settle(house: House, key: str) -> None:
    """The job `settle`: the late read-back of a write that the vendor took but did not show at once; what the vendor is
    still at is looked at again, rarer each time."""
    proposal = marks.read(house, key)
    if proposal.state is not ProposalState.SENDING:
        return
    found = _read_back(house, proposal)
    if found.confirmed:
        _finish(house, proposal, found)
    elif found.failed:
        _failed(house, proposal, found)
    elif found.running and int(proposal.result.get("looks", 0)) < LOOKS:
        _look_later(house, proposal, found)
    else:
        marks.lose(house, proposal, found.reason)


def give_up(house: House, proposal_id: str) -> None:
    """The job failed for good: what was never sent is refused, what may have been sent goes to a person."""
    proposal = marks.read(house, proposal_id)
    if proposal.state is ProposalState.APPROVED:
        marks.refuse(house, proposal, "gave_up", Words.of("outcome.gave_up"))
    elif proposal.state is ProposalState.SENDING:
        marks.lose(house, proposal, Words.of("outcome.not_found_out"))


def _begin(house: House, proposal: Proposal) -> None:
    house.watch("begun")
    if not _rules_allow(house, proposal):
        return
    try:
        check = look(house, proposal, seconds=house.pace.read)
    except VendorError as error:
        if retry_rule.passes(error):
            marks.still_trying(house, proposal, error)
            raise
        marks.refuse(house, proposal, error.code, trouble(error), NOTHING_SENT)
        return
    house.watch("checked")
    if check.state == "blocked":
        marks.refuse(house, proposal, "blocked", check.reason, NOTHING_SENT)
    elif check.state == "moved":
        marks.outdate(house, proposal, check)
    else:
        marked = _mark(house, proposal, check)
        if marked is not None:
            house.watch("marked")
            _send(house, marked, needless=check.state == "done_already")


def _rules_allow(house: House, proposal: Proposal) -> bool:
    """The rules once more. A pause leaves it approved, to go on when the pause ends."""
    nobody = Actor(user_id=SYSTEM, team_id=proposal.team_id)
    with writing(house.engine) as conn:
        if switches.is_paused(conn):
            return False
        verdict = judge(house, conn, nobody, Deed.SEND, proposal)
        fault = proposal_store.seal_fault(conn, house.vault, proposal)
    if not verdict.allowed:
        marks.refuse(house, proposal, verdict.reasons[0].code, refusal_words(verdict), NOTHING_SENT)
        return False
    if fault:
        marks.refuse(house, proposal, fault, Words.of(f"refused.{fault}"), NOTHING_SENT)
        return False
    if verdict.dry_run:
        marks.refuse(house, proposal, "read_only", would_send(proposal), NOTHING_SENT)
        return False
    if proposal.decided_at and house.clock() - proposal.decided_at > _approval_holds(house):
        marks.end(house, proposal, "expire", proposal.result)
        return False
    return True


def _approval_holds(house: House) -> timedelta:
    return timedelta(hours=house.config.policy.expires_hours)


def _mark(house: House, proposal: Proposal, check: Check) -> Proposal | None:
    """Commit "about to send"; None when somebody else did, or all effects were paused just now."""
    result = {**proposal.result, **outcome(), "before": check.before, "attempt": 1, "asked": 0}
    with writing(house.engine) as conn:
        if switches.is_paused(conn):
            return None
        try:
            return marks.moved(house, conn, proposal, "send", result=result, sending_since=house.clock())
        except TooLate:
            return None


def _send(house: House, proposal: Proposal, *, needless: bool = False) -> None:
    systems = house.systems(proposal.store_id)
    if not retry_rule.in_time(proposal.sending_since, house.clock(), timedelta(seconds=house.pace.send)):
        marks.ask_later(house, proposal, marks.absence(house, proposal))
        return
    answer: ReadBack | None = None
    try:
        if not needless:
            with deadline(house.pace.send):
                answer = kind_of(proposal).carry_out(proposal, systems.pos, systems.program)
    except VendorError as error:
        _stumbled(house, proposal, error)
    else:
        house.watch("sent")
        _after_send(house, proposal, answer)


def _stumbled(house: House, proposal: Proposal, error: VendorError) -> None:
    """The write ended in an error: wait, find out, or say that nothing was changed."""
    meaning = retry_rule.meaning(error)
    if meaning == "wait":
        marks.put_back(house, proposal, error)
    elif meaning == "unknown":
        said = outcome(trouble(error), Words.of("outcome.finding_out"))
        marks.ask_later(house, proposal, marks.absence(house, proposal), **said)
    else:
        result = {**proposal.result, **outcome(trouble(error), Words.of("outcome.nothing_changed"), code=error.code)}
        marks.end(house, proposal, "reject", result, same_send=True)


def _after_send(house: House, proposal: Proposal, answer: ReadBack | None = None) -> None:
    """Read back; `answer`: the vendor's own, where that is all that can be had."""
    try:
        found = answer or _read_back(house, proposal)
    except VendorError as error:
        found = ReadBack(confirmed=None, reason=trouble(error))
    house.watch("read_back")
    if found.confirmed:
        _finish(house, proposal, found)
    elif found.failed:
        _failed(house, proposal, found)
    else:
        _look_later(house, proposal, found)


def _look_later(house: House, proposal: Proposal, found: ReadBack) -> None:
    """The vendor took it and does not show it yet, or is still at it: another look, later each time."""
    looks = int(proposal.result.get("looks", 0)) + 1
    wait = timedelta(seconds=marks.trust(house, proposal).settle_s * looks)
    more: dict[str, Any] = {"answer": found.values} if found.running else {}
    said = found.reason if found.running and found.reason is not None else Words.of("outcome.settling")
    attempt = proposal.result.get("attempt", 1)
    key = f"{proposal.id}#{attempt}" + (f"look{looks}" if looks > 1 else "")
    with writing(house.engine) as conn:
        if marks.note(house, conn, proposal, **outcome(said, looks=looks, **more)):
            house.work.enqueue(conn, "settle", key, delay=wait)


def _failed(house: House, proposal: Proposal, found: ReadBack) -> None:
    """The vendor took it and says that it gave up: nothing was changed."""
    said = outcome(found.reason, Words.of("outcome.nothing_changed"), code="failed")
    marks.end(house, proposal, "reject", {**proposal.result, **said}, same_send=True)


def _resume(house: House, proposal: Proposal) -> None:
    """The mark is there and nobody knows what came of it: ask, and go on by the rule."""
    said, told = _ask(house, proposal)
    if said is not None:
        house.watch("reconciled")
    _go_on(house, proposal, said, *told)


def _ask(house: House, proposal: Proposal) -> tuple[WriteEvidence | None, tuple[Words, ...]]:
    """What the vendor says became of the write (None: it could not be asked), and what staff are told meanwhile."""
    systems = house.systems(proposal.store_id)
    try:
        with deadline(house.pace.read):
            said = kind_of(proposal).reconcile(proposal, systems.pos, systems.program, marks.asked_from(proposal))
    except VendorError as error:
        return None, (trouble(error), Words.of("outcome.asking"))
    return said, (Words.of("outcome.not_said_yet"),)


def _go_on(house: House, proposal: Proposal, said: WriteEvidence | None, *told: Words) -> None:
    """What the rule says after the vendor said this (None: it could not be asked). told: for staff meanwhile."""
    sending, now = marks.sending(proposal), house.clock()
    step = retry_rule.next_step(
        said,
        sending,
        now=now,
        wait=marks.absence(house, proposal),
        proof=marks.trust(house, proposal).absence_is_proof,
        repeatable=kind_of(proposal).REPEATABLE,
    )
    match step:
        case retry_rule.Confirm():
            _after_send(house, proposal)
        case retry_rule.SendAgain():
            _once_more(house, proposal)
        case retry_rule.AskPerson(why):
            marks.lose(house, proposal, Words.of(_WITS_END[why]))
        case retry_rule.Ask(at, asked, absent_at):
            known = {"asked": asked, "absent_at": absent_at.timestamp() if absent_at is not None else None}
            words = outcome(*told) if asked > sending.asked else {}
            marks.ask_later(house, proposal, at - now, **known, **words)


_WITS_END = {"not_there": "outcome.does_not_show", "cannot_tell": "outcome.not_found_out"}


def _once_more(house: House, proposal: Proposal) -> None:
    """The retry: it did not arrive for certain. What it stands on must still be true."""
    try:
        check = look(house, proposal, seconds=house.pace.read)
    except VendorError as error:
        _go_on(house, proposal, None, trouble(error), Words.of("outcome.asking"))
        return
    if check.state in ("blocked", "moved"):
        _moved_meanwhile(house, proposal, check)
        return
    attempt = int(proposal.result.get("attempt", 1)) + 1
    result = {**proposal.result, "attempt": attempt, "absent_at": None, "asked": 0}
    again: Proposal | None = None
    with writing(house.engine) as conn:
        if not switches.is_paused(conn):
            try:
                again = marks.moved(
                    house, conn, proposal, "resend", same_send=True, result=result, sending_since=house.clock()
                )
            except TooLate:
                return  # another process is faster, or knows more
    if again is None:  # paused: nothing leaves, and it is asked about again until effects run
        marks.ask_later(house, proposal, marks.absence(house, proposal))
        return
    house.watch("marked_again")
    _send(house, again, needless=check.state == "done_already")


def _moved_meanwhile(house: House, proposal: Proposal, check: Check) -> None:
    """Nothing was there, and now the ground has moved: what moved it may be our own write, come late, or another's
    retry. So the vendor is asked once more before it is called not done."""
    said, told = _ask(house, proposal)
    if not retry_rule.moved_by_others(said):
        _go_on(house, proposal, said, *told)
        return
    result = {**proposal.result, **outcome(Words.of("outcome.did_not_arrive"), check.reason, code=check.state)}
    marks.end(house, proposal, "reject", result, same_send=True)


def _finish(house: House, proposal: Proposal, found: ReadBack) -> None:
    """The vendor showed it: done, in our books and, for an undo, in the original's."""
    with writing(house.engine) as conn:
        result = {**proposal.result, **outcome(found.reason), "after": found.values}
        try:
            done = marks.moved(house, conn, proposal, "finish", result=result)
            marks.undone(house, conn, done)
            house.watch("recording")
        except TooLate:
            return  # another process finished it
    house.watch("recorded")
    systems = house.systems(proposal.store_id)
    with deadline(house.pace.read):
        kind_of(proposal).aftercare(proposal, systems.pos, systems.program, house.clock())


def _read_back(house: House, proposal: Proposal) -> ReadBack:
    systems = house.systems(proposal.store_id)
    with deadline(house.pace.read):
        return kind_of(proposal).read_back(proposal, systems.pos, systems.program, marks.asked_from(proposal))
