"""What every step of a list needs: its kind, its rows as lines, its audit rows and what is shown of it."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from bot.cases import (
    Actor,
    Deed,
    Proposal,
    ProposalState,
    Standing,
    Vault,
    Verdict,
    authorize,
    bulk_customers,
    bulk_store,
    proposal_store,
    reading,
    switches,
)
from bot.cases.bulk_models import BulkRow, BulkRun
from bot.cases.bulk_moves import move
from bot.effects import bulk_enroll, bulk_points
from bot.effects.bulk import Line, Named, RowKind, Target
from bot.errors import TooLate
from bot.work.grounds import about_reference, contact_reference, customer_references
from bot.work.house import House

SAID: Final = "said"
"""Where a row keeps what the provider said when it refused it."""
ACTIONS: Final[dict[str, RowKind]] = {bulk_points.ACTION: bulk_points, bulk_enroll.ACTION: bulk_enroll}


def kind_of(run: BulkRun) -> RowKind:
    """What the rows of this list do."""
    return ACTIONS[run.action]


def read_run(house: House, run_id: str) -> BulkRun:
    """The list as it stands. Raises TooLate when there is none."""
    with reading(house.engine) as conn:
        return get_run(house, conn, run_id)


def get_run(house: House, conn: sa.Connection, run_id: str, *, lock: bool = False) -> BulkRun:
    """The list, in the caller's transaction. Raises TooLate when there is none."""
    try:
        return bulk_store.get_run(conn, house.vault, run_id, lock=lock)
    except KeyError as error:
        raise TooLate("That list is no longer there. Send the file again.", f"gone {run_id}") from error


def judge(house: House, conn: sa.Connection, actor: Actor, deed: Deed, run: BulkRun) -> Verdict:
    """The rules on the run's total, with the sums and switches of this very transaction. Rows that belong to whoever
    acts make them the beneficiary."""
    proposal_store.serialise_decisions(conn)
    store, now = house.config.store(run.store_id), house.clock()
    own = bulk_customers.belongs_to(conn, run.id, actor.person_refs) if actor.person_refs else frozenset()
    requester = actor.user_id if deed is Deed.SUBMIT else run.requester
    return authorize(
        actor,
        deed,
        run.as_proposal(own),
        store_id=run.store_id,
        policy=house.config.policy,
        now=now,
        history=bulk_store.history_of(conn, run, requester=requester, now=now),
        standing=Standing(
            read_only=store.read_only, paused=switches.is_paused(conn), timezone=store.timezone, hours=store.hours
        ),
    )


def shown_later(house: House, conn: sa.Connection, run_id: str, seq: int) -> None:
    """Have the list's views brought up to date once this transaction is committed."""
    house.work.enqueue(conn, "bulk_show", f"{run_id}#{seq}")


def moved(
    house: House, conn: sa.Connection, run: BulkRun, name: str, *, actor: str, **more: Any
) -> tuple[BulkRun, int]:
    """Make a move, with its audit row, and have it shown. Raises TooLate."""
    done, seq = move(conn, house.vault, run, name, actor=actor, now=house.clock(), **more)
    shown_later(house, conn, done.id, seq)
    return done, seq


def named_of(row: BulkRow) -> Named:
    """Whom the row names, as the file does."""
    return Named.model_validate(row.private.get("named", {}))


def target_of(row: BulkRow) -> Target | None:
    """Whom the row is for; None before they were looked up, and once they are forgotten."""
    found = row.private.get("target")
    return None if found is None else Target.model_validate(found)


def line_of(house: House, run: BulkRun, row: BulkRow) -> Line | None:
    """The row as it is sent; None when it is not the one that was approved, or its person was forgotten."""
    target = target_of(row)
    if target is None or row.operation_id is None or seal_of(house.vault, run.id, row) != row.seal:
        return None
    comment = row.private.get("comment") or run.private.get("comment") or ""
    return Line(
        number=row.number,
        target=target,
        points=row.points,
        operation_id=row.operation_id,
        comment=str(comment),
        before=row.before,
        exact=run.mode == "set",
        texts=bool(run.private.get("texts")),
    )


def seal_of(vault: Vault, run_id: str, row: BulkRow) -> str:
    """What binds the row's person and points; what the provider said of it came later."""
    approved = {name: value for name, value in row.private.items() if name != SAID}
    return bulk_store.seal(vault, run_id, row.number, approved, row.points)


def references(house: House, run: BulkRun, target: Target) -> dict[str, str | None]:
    """The columns that tell whose row it is without naming anybody: by whose points are written to, or, of somebody who
    is to become a member, by the register's record."""
    about = f"member:{target.member}" if run.moves_points else f"pos:{target.customer}"
    return {
        "customer_ref": about_reference(house.vault, run.store_id, about),
        "phone_ref": contact_reference(house.vault, target.phone) if target.phone else None,
        "email_ref": contact_reference(house.vault, target.email) if target.email else None,
    }


def single_change(house: House, run: BulkRun, row: BulkRow, target: Target) -> Proposal:
    """The row as the store of single changes would know it: to sum up what the same customer got."""
    about = f"pos:{target.customer}" if target.customer else f"member:{target.member}"
    contacts = [contact for contact in (target.phone, target.email) if contact]
    own = {
        "kind": run.action,
        "customer_ref": about_reference(house.vault, run.store_id, about),
        "customer_refs": frozenset(contact_reference(house.vault, contact) for contact in contacts),
        "id": f"{run.id}/{row.number}",
    }
    return run.as_proposal().model_copy(update=own)


def open_singles(house: House, conn: sa.Connection, run: BulkRun) -> frozenset[str]:
    """References of the customers of whom somebody asked for the same as a change of its own, and it has not ended."""
    states = (ProposalState.SUBMITTED, ProposalState.APPROVED, ProposalState.SENDING, ProposalState.UNKNOWN)
    found = proposal_store.proposals_in(conn, house.vault, states, store_ids=[run.store_id])
    return frozenset(ref for one in found if one.kind == run.action for ref in customer_references(house.vault, one))
