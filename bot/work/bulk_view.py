"""What people see of a list: its preview, its progress, and at the end a file with what became of each row."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict

from bot.bulk import BulkPreview, Change, Refused, estimate, sentence
from bot.cases import Actor, Deed, bulk_store, mask_email, mask_phone
from bot.cases.audit_export import harmless
from bot.cases.bulk_models import BulkRow, BulkRun, RowState, RunState
from bot.cases.database import reading, writing
from bot.words import Words, vendors
from bot.work.bulk_parts import SAID, get_run, judge, kind_of, named_of, target_of
from bot.work.house import House
from bot.work.standing import refusal_words

S = RowState
COLUMNS: Final = (
    "row",
    "email",
    "phone",
    "customer_id",
    "member_id",
    "points",
    "state",
    "why",
    "before",
    "after",
    "ref",
)
_NOTHING_DONE: Final = (RunState.DECLINED, RunState.EXPIRED, RunState.REFUSED, RunState.UNDONE)
SIDE_EFFECTS: Final = {
    "comment_seen": "Customers may see the comment in their points history.",
    "no_undo": "Nothing takes an enrolment back from here.",
    "texts_sent": "The provider may text each of them at once and ask for a YES.",
    "texts_off": "The provider is asked to text nobody.",
}


class Progress(BaseModel):
    """How far a list is. counts: rows by state. ended: rows of which nothing more is to come. of: all rows that are, or
    were, to be looked up or sent. seconds: what is left, at the provider's limit; None where that is not known."""

    model_config = ConfigDict(frozen=True)
    run: BulkRun
    counts: dict[RowState, int]
    ended: int
    of: int
    seconds: float | None = None


def progress(house: House, run_id: str) -> Progress:
    """As it stands now, also while its rows are looked up. Raises TooLate when there is no such list."""
    with reading(house.engine) as conn:
        run = get_run(house, conn, run_id)
        counts = bulk_store.counts(conn, run_id)
    open_rows = sum(counts.get(state, 0) for state in (S.NEW, S.READY, S.SENDING, S.SENT))
    program = house.systems(run.store_id).program
    calls = 1.0 if counts.get(S.NEW) else kind_of(run).calls(program)
    left = estimate(counts.get(S.NEW) or open_rows, calls, program.capabilities.per_minute)
    total = sum(counts.values()) - (0 if counts.get(S.NEW) else counts.get(S.REFUSED, 0))
    ended = total - (counts.get(S.NEW) or open_rows)
    return Progress(run=run, counts=counts, ended=ended, of=total, seconds=left)


def preview(house: House, run_id: str, actor: Actor | None = None) -> BulkPreview:
    """What the list would do. actor: whoever would ask for it: says how many have to sign, or why it cannot be asked
    for. Raises TooLate when there is no such list."""
    verdict = None
    if actor is not None:
        with writing(house.engine) as conn:
            verdict = judge(house, conn, actor, Deed.SUBMIT, get_run(house, conn, run_id))
    with reading(house.engine) as conn:
        run = get_run(house, conn, run_id)
        counts = bulk_store.counts(conn, run_id)
        program = house.systems(run.store_id).program
        kind = kind_of(run)
        effects = kind.side_effects(program, texts=bool(run.private.get("texts")))
        return BulkPreview(
            run_id=run.id,
            kind=run.action,
            mode=run.mode,
            store_id=run.store_id,
            file=str(run.private.get("file", "")),
            encoding=str(run.private.get("encoding", "")),
            separator=str(run.private.get("separator", "")),
            ignored=tuple(run.private.get("ignored", ())),
            guessed=dict(run.private.get("guessed", {})),
            rows=run.rows,
            people=run.people,
            given=run.given,
            taken=run.taken,
            refused=tuple(Refused(code=c, rows=n, examples=some) for c, n, some in bulk_store.reasons(conn, run_id)),
            biggest=_changes(conn, house, run) if run.moves_points else (),
            below_zero=tuple(_change(r) for r in bulk_store.with_code(conn, house.vault, run_id, "below_zero")),
            side_effects=effects,
            seconds=estimate(run.people, kind.calls(program), program.capabilities.per_minute),
            unread=counts.get(S.NEW, 0),
            approvals=verdict.approvals_needed if verdict is not None else 0,
            reasons=tuple(r.text for r in verdict.reasons) if verdict is not None and verdict.allowed else (),
            same_file=_same_file(conn, house, run),
            blocked=None if verdict is None or verdict.allowed else refusal_words(verdict),
            read_only=house.config.store(run.store_id).read_only,
        )


def _same_file(conn: sa.Connection, house: House, run: BulkRun) -> Words | None:
    """That the very same file was asked for before, which is the commonest way to give points twice."""
    earlier = run.private.get("earlier")
    with suppress(KeyError):
        found = bulk_store.get_run(conn, house.vault, str(earlier)) if earlier else None
        if found is not None and found.submitted_at is not None and found.state not in _NOTHING_DONE:
            day = found.submitted_at.astimezone(ZoneInfo(house.config.store(run.store_id).timezone)).date()
            return Words.of("bulk.same_file", day=day.isoformat(), who=f"<@{found.requester}>")
    return None


def _changes(conn: sa.Connection, house: House, run: BulkRun) -> tuple[Change, ...]:
    return tuple(_change(row) for row in bulk_store.biggest(conn, house.vault, run.id))


def _change(row: BulkRow) -> Change:
    after = row.before + row.points if row.before is not None and row.points is not None else None
    return Change(number=row.number, who=who(row), points=row.points, before=row.before, after=after)


def who(row: BulkRow) -> str:
    """Whom a row is for, masked; "–" once they are forgotten."""
    target, named = target_of(row), named_of(row)
    name = f"{target.first_name} {target.last_name}".strip() if target is not None else ""
    contact = (target.email if target else None) or named.email
    phone = (target.phone if target else None) or named.phone
    shown = mask_email(contact) if contact else mask_phone(phone) if phone else named.customer or named.member or "–"
    return f"{name}, {shown}" if name else shown


def outcome_file(house: House, run_id: str, language: str = "en") -> bytes:
    """CSV, UTF-8 with a mark so that spreadsheets read it right: a line for each row of the file, what became of it and
    why, in this language. No cell can act in a spreadsheet. Raises TooLate when there is no such list."""
    data = io.BytesIO()
    with io.TextIOWrapper(data, encoding="utf-8-sig", newline="", write_through=True) as text:
        writer = csv.writer(text)
        writer.writerow([Words.of(f"bulk.head.{name}").said(language) for name in COLUMNS])
        with reading(house.engine) as conn:
            get_run(house, conn, run_id)
            for row in bulk_store.each_row(conn, house.vault, run_id):
                writer.writerow([row.number, *_cells(row, language)])
        return data.getvalue()


def _why(row: BulkRow, language: str) -> str:
    """The reason, and what the provider said itself."""
    why = sentence(row.code, language) if row.code else ""
    if said := str(row.private.get(SAID) or ""):
        told = vendors().get(said, said) if language == "es" else said
        why = f"{why} {Words.of('bulk.it_said', said=told).said(language)}".strip()
    return why


def _cells(row: BulkRow, language: str) -> list[str]:
    named, target = named_of(row), target_of(row)
    known = (
        named.email or (target.email if target else None),
        named.phone or (target.phone if target else None),
        named.customer or (target.customer if target else None),
        named.member or (target.member if target else None),
    )
    numbers = [_number(n) for n in (row.points, row.before, row.after)]
    state = Words.of(f"bulk.is.{row.state.value}").said(language)
    shown = [harmless(value or "") for value in known]
    return [*shown, numbers[0], state, _why(row, language), *numbers[1:], row.operation_id or ""]


def _number(value: Decimal | None) -> str:
    if value is None:
        return ""
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
