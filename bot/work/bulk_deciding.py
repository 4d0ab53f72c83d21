"""What people press on a list. Each is one short transaction on the way to the acknowledgement: the conditional change
of state, its audit row and the queued work commit together.

All raise NotAllowed (with who may), TooLate (with who decided, and when), BadInput with sentences for staff.
WorkUnavailable: the database cannot take it, try again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from bot.cases import Actor, Deed, Verdict, bulk_customers, bulk_store
from bot.cases.bulk_models import OPEN, UNDECIDED, BulkRow, BulkRun, RowState, RunState
from bot.cases.bulk_moves import record, too_late
from bot.cases.database import reading
from bot.errors import BadInput, PointsmanError
from bot.words import Words
from bot.work import bulk_books as books
from bot.work.bulk_parts import get_run, judge, moved, open_singles, read_run, shown_later
from bot.work.bulk_plan import expires
from bot.work.deciding import Refusal
from bot.work.house import House
from bot.work.intake import ack_transaction
from bot.work.outcomes import NOTHING_SENT, outcome
from bot.work.standing import refusal_words

LONGEST_COMMENT: Final = 120
LONGEST_REASON: Final = 500
_NO_MARKUP: Final = str.maketrans("", "", "<>")
R = RunState


class _Answered(Exception):
    """Ends a transaction that must commit and still answer with an error."""

    def __init__(self, error: PointsmanError) -> None:
        super().__init__(error.operator)
        self.error = error


class _Press:
    """One press, inside its transaction, with the run locked."""

    def __init__(self, house: House, conn: sa.Connection, run: BulkRun, actor: Actor) -> None:
        self.house = house
        self.conn = conn
        self.run = run
        self.actor = actor

    def expect(self, *states: RunState) -> None:
        """Raises TooLate unless the run is in one of `states` and has time left."""
        timezone = self.house.config.store(self.run.store_id).timezone
        over = self.run.expires_at is not None and self.house.clock() >= self.run.expires_at
        if over and self.run.state in UNDECIDED:
            self.move("expire")
            raise _Answered(too_late(self.run, timezone=timezone))
        if self.run.state not in states:
            raise too_late(self.run, timezone=timezone)

    def judge(self, deed: Deed) -> Verdict:
        """The rules' verdict on the run's total. Raises a refusal, put on record, when they say no."""
        verdict = judge(self.house, self.conn, self.actor, deed, self.run)
        if not verdict.allowed:
            raise Refusal(verdict.reasons[0].code, refusal_words(verdict))
        return verdict

    def move(self, name: str, **more: Any) -> BulkRun:
        """Make the move, with its audit row, and have it shown."""
        self.run, self.seq = moved(self.house, self.conn, self.run, name, actor=self.actor.user_id, **more)
        return self.run

    def start(self) -> None:
        """Have it carried out once this is committed."""
        self.house.work.enqueue(self.conn, "bulk_run", f"{self.run.id}#{self.seq}")


@contextmanager
def _press(house: House, run_id: str, actor: Actor, deed: str) -> Iterator[_Press]:
    answered: PointsmanError | None = None
    try:
        with ack_transaction(house) as conn:
            press = _Press(house, conn, get_run(house, conn, run_id, lock=True), actor)
            try:
                yield press
            except _Answered as said:
                answered = said.error
    except Refusal as refusal:
        with ack_transaction(house) as conn:
            run = get_run(house, conn, run_id)
            detail = {"deed": deed, "code": refusal.reason_code}
            record(conn, run, "refused", actor=actor.user_id, now=house.clock(), detail=detail)
        raise
    if answered is not None:
        raise answered


def submit_bulk(house: House, run_id: str, actor: Actor, *, reason: str, comment: str = "") -> BulkRun:
    """Ask for a list: the rules look at its total, then it waits for signatures. At a read-only store it ends here, and
    the result says what would be sent.

    reason: ours; comment: goes into the provider's note of each row that has none of its own, and the customer may see
    it (not needed for enrolments). Whoever submits is the requester.
    """
    texts = _texts(read_run(house, run_id), reason=reason, comment=comment)
    with _press(house, run_id, actor, "submit") as press:
        press.expect(R.READY)
        press.run = press.run.model_copy(update={"requester": actor.user_id})
        verdict = press.judge(Deed.SUBMIT)
        _not_twice(press)
        now = house.clock()
        values: dict[str, Any] = {
            "requester": actor.user_id,
            "private": house.vault.encrypt({**press.run.private, **texts}),
            "verdict": verdict.model_dump(mode="json", exclude={"allowed"}),
            "submitted_at": now,
            "expires_at": now + expires(house),
        }
        if verdict.dry_run:
            would = Words.of("outcome.read_only", what=_size(press.run))
            result = outcome(would, NOTHING_SENT, code="read_only")
            return press.move("refuse", detail={"code": "read_only"}, **values, result=result)
        run = press.move("submit", **values)
        if not verdict.approvals_needed:
            run = press.move("approve")
            press.start()
            return run
        house.work.enqueue(press.conn, "bulk_expire", f"{run.id}#submitted", delay=expires(house))
        remind_later(house, press.conn, run, 1)
        return run


def _not_twice(press: _Press) -> None:
    """Since everybody was looked up, somebody may have asked for the same of one of them: in another list, which may be
    the same file sent twice, or as a single change."""
    rows, which = bulk_customers.overlap(press.conn, press.run, open_singles(press.house, press.conn, press.run))
    if rows:
        raise Refusal("under_way", Words.of("bulk.overlap", rows=f"{rows:,}", which=str(which)))


def _size(run: BulkRun) -> Words:
    if not run.moves_points:
        return Words.of("bulk.would_enroll", rows=f"{run.people:,}")
    return Words.of("bulk.would_send", rows=f"{run.people:,}", given=f"{run.given:,f}", taken=f"{run.taken:,f}")


def remind_later(house: House, conn: sa.Connection, run: BulkRun, nth: int) -> None:
    """Rarer each time, while there is time left."""
    wait = timedelta(minutes=house.config.policy.remind_minutes * 2 ** (nth - 1))
    if run.expires_at is not None and house.clock() + wait < run.expires_at:
        house.work.enqueue(conn, "bulk_remind", f"{run.id}#{nth}", delay=wait)


def _texts(run: BulkRun, *, reason: str, comment: str) -> dict[str, str]:
    found = {"reason": " ".join(reason.translate(_NO_MARKUP).split())}
    if run.moves_points:
        found["comment"] = " ".join(comment.translate(_NO_MARKUP).split())
    longest = {"reason": LONGEST_REASON, "comment": LONGEST_COMMENT}
    for name, text in found.items():
        if not text:
            raise BadInput(f"Please write a few words as {name}.", f"bad fields: {name}")
        if len(text) > longest[name]:
            raise BadInput(f"Please keep the {name} under {longest[name]} characters.", f"bad fields: {name}")
    return found


def approve_bulk(house: House, run_id: str, actor: Actor) -> BulkRun:
    """Sign a list; with the last signature needed, it is carried out. The signature binds the rows by their digest."""
    with _press(house, run_id, actor, "approve") as press:
        press.expect(R.SUBMITTED)
        verdict = press.judge(Deed.APPROVE)
        approvers = [*press.run.approvers, actor.user_id]
        needed = max(verdict.approvals_needed, int(press.run.verdict.get("approvals_needed", 1)))
        if len(approvers) < needed:
            return press.move("sign", approvers=approvers)
        run = press.move("approve", approvers=approvers)
        press.start()
        return run


def decline_bulk(house: House, run_id: str, actor: Actor, reason: str = "") -> BulkRun:
    """Say no; `reason` is shown to the asker."""
    with _press(house, run_id, actor, "decline") as press:
        press.expect(R.SUBMITTED)
        press.judge(Deed.DECLINE)
        private = {**press.run.private, "declined_because": " ".join(reason.split())[:500]}
        return press.move("decline", private=house.vault.encrypt(private))


def cancel_bulk(house: House, run_id: str, actor: Actor) -> BulkRun:
    """Before it is decided, the asker takes it back. Once it is carried out, whoever may steer it stops it: what was
    sent stays and is confirmed, the rest is not sent."""
    with _press(house, run_id, actor, "cancel") as press:
        press.expect(*OPEN - {R.CANCELLING})
        if press.run.state in UNDECIDED:
            press.judge(Deed.CANCEL)
            return press.move("cancel")
        press.judge(Deed.STEER)
        run = press.move("stop", result={**press.run.result, "stopped_by": actor.user_id})
        press.start()
        return run


def pause_bulk(house: House, run_id: str, actor: Actor) -> BulkRun:
    """Send no more rows until it is resumed; those on their way are confirmed."""
    with _press(house, run_id, actor, "pause") as press:
        press.expect(R.RUNNING)
        press.judge(Deed.STEER)
        run = press.move("pause", result={**press.run.result, "code": "by_hand", "by": actor.user_id})
        press.start()  # what is on its way is still found out about
        return run


def resume_bulk(house: House, run_id: str, actor: Actor) -> BulkRun:
    """Go on where it stopped."""
    with _press(house, run_id, actor, "resume") as press:
        press.expect(R.PAUSED)
        press.judge(Deed.STEER)
        press.judge(Deed.SEND)
        run = press.move("resume", troubles=0, result={**press.run.result, **outcome(code="", by=None)})
        press.start()
        return run


def undo_bulk(house: House, run_id: str, actor: Actor) -> BulkRun:
    """A counter-run of every row that was done, under the same rules: it is checked, previewed, asked for and signed as
    any other list. Returns the new one. Enrolments cannot be taken back by API."""
    with _press(house, run_id, actor, "undo") as press:
        press.expect(R.DONE, R.CANCELLED)
        if not press.run.moves_points:
            raise Refusal("no_undo", Words.of("bulk.effect.no_undo"))
        press.judge(Deed.UNDO)
        if not bulk_store.counts(press.conn, run_id).get(RowState.DONE):
            raise Refusal("nothing_to_undo", Words.of("bulk.nothing_to_undo"))
        other = bulk_store.undo_under_way(press.conn, run_id)
        if other is not None:
            over = get_run(house, press.conn, other).state in (R.DONE, R.UNDONE)
            raise Refusal("under_way", Words.of("bulk.undone_before" if over else "bulk.being_undone"))
        return _counter_run(press)


def _counter_run(press: _Press) -> BulkRun:
    house, old, now = press.house, press.run, press.house.clock()
    own = sorted(press.actor.person_refs) if press.actor.person_refs is not None else []
    private = {"file": old.private.get("file", ""), "own_refs": own}
    run = bulk_store.new_run(
        press.conn,
        house.vault,
        source=f"undo:{old.id}:{now.timestamp():.6f}",
        private=private,
        team_id=old.team_id,
        store_id=old.store_id,
        channel=old.channel,
        thread_ts=old.thread_ts,
        action=old.action,
        mode="add",
        requester=press.actor.user_id,
        undo_of=old.id,
        created_at=now,
        expires_at=now + expires(house),
    )
    seq = record(press.conn, run, "undo_asked", actor=press.actor.user_id, now=now, detail={})
    house.work.enqueue(press.conn, "bulk_check", f"{run.id}#{seq}")
    house.work.enqueue(press.conn, "bulk_expire", run.id, delay=expires(house))
    shown_later(house, press.conn, run.id, seq)
    return run


def resolve_row(house: House, run_id: str, actor: Actor, number: int, *, happened: bool) -> BulkRun:
    """Support or a manager looked at the provider and says whether a row of unknown outcome is there."""
    with _press(house, run_id, actor, "resolve_unknown") as press:
        press.expect(R.DONE, R.CANCELLED)
        press.judge(Deed.RESOLVE_UNKNOWN)
        row = _unknown(house, press.conn, run_id, number)
        state, code = (RowState.DONE, "") if happened else (RowState.REJECTED, "not_there")
        bulk_store.change_row(press.conn, run_id, row, state=state.value, code=code)
        if happened:
            books.take_back(press.conn, press.run, row)
        found = bulk_store.digest(press.conn, run_id, outcome=True)
        detail = {"row": number, "happened": happened, "outcome": found}
        seq = record(press.conn, press.run, "row_resolved", actor=actor.user_id, now=house.clock(), detail=detail)
        shown_later(house, press.conn, run_id, seq)
        whose = press.run.undo_of if happened else run_id
        if whose is not None:
            books.undone_whole(house, press.conn, get_run(house, press.conn, whose, lock=True))
        return get_run(house, press.conn, run_id)


def _unknown(house: House, conn: sa.Connection, run_id: str, number: int) -> BulkRow:
    found = bulk_store.rows_of(conn, house.vault, run_id, (RowState.UNKNOWN,), after=number - 1, limit=1)
    if not found or found[0].number != number:
        raise BadInput(f"Row {number} of this list has no unknown outcome.", f"row {number} not unknown")
    return found[0]


def unknown_rows(house: House, run_id: str, *, limit: int = 20) -> list[BulkRow]:
    """Rows that a person has to look at, the first ones."""
    with reading(house.engine) as conn:
        return bulk_store.rows_of(conn, house.vault, run_id, (RowState.UNKNOWN,), limit=limit)
