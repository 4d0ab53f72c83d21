"""How far carrying out has come, in our books: each a short transaction, none of them asks a vendor."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.cases import Proposal, move, proposal_store, reading
from bot.cases.database import writing
from bot.effects import Check, Trust
from bot.errors import TooLate
from bot.words import Words
from bot.work import offering, retry_rule
from bot.work.house import House
from bot.work.offering import SYSTEM
from bot.work.outcomes import outcome, trouble
from bot.work.queue import subject_of
from bot.work.standing import kind_of, show_later
from connectors.errors import VendorError


def lose(house: House, proposal: Proposal, reason: Words | None) -> None:
    """Nobody can say: a person has to look, and is told where."""
    said = outcome(reason, kind_of(proposal).where_to_look(proposal), code="unknown")
    end(house, proposal, "lose", {**proposal.result, **said})


def refuse(house: House, proposal: Proposal, code: str, *said: Words | None) -> None:
    """Closed by the rules or by what the vendor shows; nothing was sent. `said` is for staff."""
    end(house, proposal, "refuse", {**proposal.result, **outcome(*said, code=code)})


def end(house: House, proposal: Proposal, name: str, result: dict[str, Any], *, same_send: bool = False) -> None:
    """A move after which nothing more is done here; if somebody else ended it meanwhile (or, with `same_send`, sent it
    again), theirs stands."""
    with suppress(TooLate), writing(house.engine) as conn:
        moved(house, conn, proposal, name, same_send=same_send, result=result)


def outdate(house: House, proposal: Proposal, check: Check) -> None:
    """What it stood on has moved: offered anew, unless somebody ended it meanwhile."""
    with suppress(TooLate), writing(house.engine) as conn:
        offering.outdate(house, conn, proposal, check, actor=SYSTEM)


def put_back(house: House, proposal: Proposal, error: VendorError) -> None:
    """The vendor's limit: certainly not applied, so it waits as approved, longer each time; unless somebody else sent
    it again meanwhile."""
    waits = int(proposal.result.get("waits", 0)) + 1
    with suppress(TooLate), writing(house.engine) as conn:
        said = outcome(trouble(error), Words.of("outcome.again"), waits=waits)
        result = {**proposal.result, **said}
        done, seq = move(
            conn, house.vault, proposal, "put_back", actor=SYSTEM, now=house.clock(), same_send=True, result=result
        )
        show_later(house, conn, done.id, seq)
        house.work.enqueue(conn, "effect", f"{proposal.id}#{seq}", delay=retry_rule.wait_after(error, waits))


def ask_later(house: House, proposal: Proposal, wait: timedelta, **result: Any) -> None:
    """Note `result`, and have the vendor asked after `wait` what became of the write."""
    with writing(house.engine) as conn:
        if note(house, conn, proposal, **result):
            runs = int(proposal.result.get("runs", 0)) + 1
            house.work.enqueue(conn, "effect", f"{proposal.id}#ask{runs}", delay=wait)


def note(house: House, conn: sa.Connection, proposal: Proposal, **result: Any) -> bool:
    """Write how far asking has come, without a change of state; False when the state is another by now."""
    runs = int(proposal.result.get("runs", 0)) + 1
    if not proposal_store.note_result(conn, proposal, {**proposal.result, **result, "runs": runs}):
        return False
    if "outcome" in result:
        house.work.enqueue(conn, "present", f"{proposal.id}#n{runs}")
    return True


def still_trying(house: House, proposal: Proposal, error: VendorError) -> None:
    """Say that it waits for a vendor that is away; the job is tried again by itself."""
    with writing(house.engine) as conn:
        note(house, conn, proposal, **outcome(trouble(error), Words.of("outcome.still_trying")))


def moved(house: House, conn: sa.Connection, proposal: Proposal, name: str, **values: Any) -> Proposal:
    """A move of the house's own, shown once it is committed. Raises TooLate."""
    done, seq = move(conn, house.vault, proposal, name, actor=SYSTEM, now=house.clock(), **values)
    show_later(house, conn, done.id, seq)
    return done


def undone(house: House, conn: sa.Connection, done: Proposal) -> None:
    """Where `done` took something back: the original counts as undone. Raises TooLate when it does already."""
    if done.undo_of is not None:
        original = proposal_store.get_proposal(conn, house.vault, done.undo_of, lock=True)
        moved(house, conn, original, "undo", result={**original.result, "undone_by": done.id})


def trust(house: House, proposal: Proposal) -> Trust:
    """How far what the vendor shows of this change is to be believed."""
    systems = house.systems(proposal.store_id)
    found = kind_of(proposal).trust(proposal, systems.pos, systems.program)
    return found if house.pace.settle is None else found.model_copy(update={"settle_s": house.pace.settle})


def absence(house: House, proposal: Proposal) -> timedelta:
    """How long after a write "not there" is believed."""
    return retry_rule.believable_after(house.pace.absence, trust(house, proposal).settle_s)


def sending(proposal: Proposal) -> retry_rule.Sending:
    """What our books say of the write."""
    seen, result = proposal.result.get("absent_at"), proposal.result
    return retry_rule.Sending(
        at=_marked_at(proposal),
        sends=int(result.get("attempt", 1)),
        asked=int(result.get("asked", 0)),
        absent_at=datetime.fromtimestamp(seen, UTC) if seen is not None else None,
    )


def _marked_at(proposal: Proposal) -> datetime:
    return proposal.sending_since or proposal.created_at


def asked_from(proposal: Proposal) -> datetime:
    """From when on the vendor's rows may be ours."""
    return _marked_at(proposal) - retry_rule.CLOCKS_APART


def read(house: House, key: str) -> Proposal:
    """The proposal that a job's key is about. Raises KeyError."""
    with reading(house.engine) as conn:
        return proposal_store.get_proposal(conn, house.vault, subject_of(key))
