"""A file becomes a list: stored row by row, then looked up as durable work within the provider's limit, until there is
a preview. Nothing is sent here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa

from bot.bulk import BadFile, Problem, Row, Sheet
from bot.cases import Actor, Deed, Standing, authorize, bulk_store
from bot.cases.bulk_models import BulkRun, RowState, RunState
from bot.cases.database import writing
from bot.errors import BadInput, NotAllowed
from bot.work.bulk_parts import ACTIONS, get_run, moved
from bot.work.grounds import contact_reference
from bot.work.house import House
from bot.work.outcomes import outcome
from connectors.contract import Operation

__all__ = ["plan_bulk"]
_PIECE: Final = bulk_store.AT_ONCE


def plan_bulk(
    house: House,
    sheet: Sheet,
    actor: Actor,
    *,
    store_id: str,
    source: str,
    channel: str | None = None,
    thread_ts: str | None = None,
    texts: bool = False,
) -> BulkRun:
    """Store the file's rows and have them looked up; the list is "checking" then, and "ready" once its preview stands.

    source: what it came by (an inbox key): the same one gives the same list, also after a crash half-way. channel,
    thread_ts: where it is shown. texts: for enrolments, whether the provider may text the customers. Takes up to a
    minute for 100,000 rows: call it from durable work, not on the way to an acknowledgement.

    Raises BadInput (also BadFile) for a file that cannot be used, NotAllowed for a person who may not ask.
    """
    _usable(house, sheet, store_id)
    _may_ask(house, actor, store_id)
    now = house.clock()
    private = {
        "file": sheet.name[:200],
        "encoding": sheet.encoding,
        "separator": sheet.separator,
        "ignored": list(sheet.columns.ignored)[:50],
        "guessed": dict(sheet.columns.guessed),
        "texts": texts,
        "content": sha256(sheet.data).hexdigest(),
        "own_refs": sorted(actor.person_refs) if actor.person_refs is not None else [],
    }
    with writing(house.engine) as conn:
        private["earlier"] = _earlier(house, conn, store_id, source, str(private["content"]))
        run = bulk_store.new_run(
            conn,
            house.vault,
            source=source,
            private=private,
            team_id=actor.team_id,
            store_id=store_id,
            channel=channel,
            thread_ts=thread_ts,
            action=sheet.kind,
            mode=sheet.mode,
            requester=actor.user_id,
            created_at=now,
            expires_at=now + expires(house),
        )
        if run.state is not RunState.READING:
            return run
        bulk_store.drop_rows(conn, run.id)
        house.work.enqueue(conn, "bulk_expire", run.id, delay=expires(house))
    try:
        rows = _store(house, run, sheet)
    except BadFile as error:
        _close(house, run, error)
        raise
    return begin_checking(house, run, rows, actor=actor.user_id)


def _earlier(house: House, conn: sa.Connection, store_id: str, source: str, content: str) -> str | None:
    """The last list that was made of the very same bytes at this store."""
    runs = bulk_store.runs_in(conn, house.vault, RunState, store_ids=[store_id])
    same = [run.id for run in runs if run.private.get("content") == content and run.source != source]
    return same[-1] if same else None


def expires(house: House) -> timedelta:
    """How long a list waits for a decision."""
    return timedelta(hours=house.config.policy.bulk.expires_hours)


def begin_checking(house: House, run: BulkRun, rows: int, *, actor: str) -> BulkRun:
    """Its rows are stored: have them looked up."""
    with writing(house.engine) as conn:
        seen = get_run(house, conn, run.id, lock=True)
        done, seq = moved(house, conn, seen, "read", actor=actor, rows=rows, detail={"rows": rows, "mode": run.mode})
        house.work.enqueue(conn, "bulk_check", f"{run.id}#{seq}")
    return done


def _usable(house: House, sheet: Sheet, store_id: str) -> None:
    if sheet.questions:
        asked = ", ".join(question.field for question in sheet.questions)
        raise BadInput(f"Some columns are not clear yet: {asked}.")
    kind = ACTIONS[sheet.kind]
    systems = house.systems(store_id)
    support = systems.program.capabilities.of(kind.OPERATION)
    if not support.supported:
        raise NotAllowed(f"{support.why} So I cannot work through a list here.", f"unsupported:{kind.OPERATION}")
    if kind.NEEDS_REGISTER and not systems.pos.capabilities.of(Operation.FIND_CUSTOMER).supported:
        raise NotAllowed("The register cannot be asked here, so I cannot work through a list.", "unsupported:register")


def _may_ask(house: House, actor: Actor, store_id: str) -> None:
    """Whoever may not ask for a list is told before thousands of people are looked up."""
    nothing = BulkRun(
        id="", source="", team_id=actor.team_id, store_id=store_id, action="enroll", mode="add",
        state=RunState.READY, requester=actor.user_id, created_at=house.clock(),
    )  # fmt: skip
    verdict = authorize(
        actor,
        Deed.SUBMIT,
        nothing.as_proposal(),
        store_id=store_id,
        policy=house.config.policy,
        now=house.clock(),
        standing=Standing(read_only=False),
    )
    if not verdict.allowed:
        raise NotAllowed(verdict.sentence, verdict.reasons[0].code)


def _store(house: House, run: BulkRun, sheet: Sheet) -> int:
    """Every row, some hundreds a transaction; how many there are. Encrypting happens outside of the transactions."""
    rules = house.config.policy.bulk
    whole = house.systems(run.store_id).program.capabilities.whole_points
    area_code = house.config.store(run.store_id).area_code
    rows = 0
    for part in _parts(sheet.rows(area_code=area_code)):
        rows += len(part)
        if rows > rules.most_rows:
            raise BadFile("too_many_rows", most=f"{rules.most_rows:,}")
        ready = [_columns(house, run, _checked(one, rules.row_refuse_above, whole=whole)) for one in part]
        clashes = [one.also for one in part if isinstance(one, Problem) and one.code == "conflict" and one.also]
        with writing(house.engine) as conn:
            bulk_store.add_rows(conn, ready)
            refused = {"state": RowState.REFUSED.value, "code": "conflict", "private": None}
            bulk_store.change_rows(conn, run.id, clashes, RowState.NEW, **refused)
    if not rows:
        raise BadFile("no_rows")
    return rows


def _close(house: House, run: BulkRun, error: BadFile) -> None:
    """The list that was begun ends, for what is wrong with its file."""
    with writing(house.engine) as conn:
        result = outcome(error.words, code=error.problem)
        moved(house, conn, run, "refuse", actor=run.requester, result=result)


def _parts(rows: Iterator[Row | Problem]) -> Iterator[list[Row | Problem]]:
    while part := list(islice(rows, _PIECE)):
        yield part


def _checked(one: Row | Problem, most: Any, *, whole: bool) -> Row | Problem:
    """What the rules of this store, and its provider, say of the row alone."""
    if isinstance(one, Problem) or one.points is None:
        return one
    if abs(one.points) > most:
        return Problem(code="too_many", number=one.number)
    if whole and one.points != one.points.to_integral_value():
        return Problem(code="fraction", number=one.number)
    return one


def _columns(house: House, run: BulkRun, one: Row | Problem) -> dict[str, Any]:
    """The row as it is stored. Of a refused one nothing is kept but its number and code."""
    row: dict[str, Any] = {"run_id": run.id, "number": one.number, "code": "", "points": None, "private": None}
    if isinstance(one, Problem):
        return {**row, **_NOBODY, "state": RowState.REFUSED.value, "code": one.code}
    named = {"phone": one.phone, "email": one.email, "customer": one.customer, "member": one.member}
    private = {"named": named, "comment": one.comment, "reason": one.reason}
    return {
        **row,
        "state": RowState.NEW.value,
        "points": one.points,
        "private": house.vault.encrypt(private),
        "phone_ref": contact_reference(house.vault, one.phone) if one.phone else None,
        "email_ref": contact_reference(house.vault, one.email) if one.email else None,
    }


_NOBODY: Final = {"phone_ref": None, "email_ref": None}
