"""Signed heads of the audit trail.

Every so often the trail's head is written beside it, signed with a key derived from `[security] key`; the trail itself
holds a row for each of them. So whoever can write to the database, and has no key, can neither cut rows off, nor make
the whole chain anew, nor take the signed heads away, without `verify` finding it. What is left is a cut of the end of
both at once, back to an earlier head: for that a copy of the heads goes to a file of the operator's (`audit_heads`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.cases import audit
from bot.cases.tables import checkpoints
from bot.cases.vault import Vault

DEED = "audit.checkpoint"


class Checkpoint(BaseModel):
    """The head of the trail at a moment: its row `seq` has `hash`."""

    model_config = ConfigDict(frozen=True)
    number: int
    seq: int
    hash: str
    at: datetime
    signature: str

    @property
    def content(self) -> str:
        """What is signed."""
        moment = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        return audit.canonical(["checkpoint", self.number, self.seq, self.hash, moment])


def make(conn: sa.Connection, vault: Vault, *, now: datetime) -> Checkpoint | None:
    """Sign the head, if anything was written since the last time; None when nothing was."""
    seq, _ = audit.head(conn)
    last = conn.execute(sa.select(sa.func.max(checkpoints.c.seq))).scalar()
    if seq == 0 or seq == last:
        return None
    number = (conn.execute(sa.select(sa.func.max(checkpoints.c.number))).scalar() or 0) + 1
    entry = audit.append(conn, actor="pointsman", deed=DEED, subject=f"checkpoint:{number}", detail={}, now=now)
    draft = Checkpoint(number=number, seq=entry.seq, hash=entry.hash, at=now, signature="")
    signed = draft.model_copy(update={"signature": vault.sign(draft.content)})
    conn.execute(checkpoints.insert().values(**signed.model_dump()))
    return signed


def kept(conn: sa.Connection) -> list[Checkpoint]:
    """All of them, oldest first."""
    rows = conn.execute(sa.select(checkpoints).order_by(checkpoints.c.number)).mappings()
    return [Checkpoint(**row) for row in rows]


def read_file(lines: Iterable[str]) -> Iterator[Checkpoint]:
    """The heads that were kept outside, a JSON object a line; a line that was cut while it was written is left out."""
    for line in lines:
        try:
            yield Checkpoint.model_validate_json(line)
        except ValidationError:
            continue


def sign_anew(conn: sa.Connection, before: Vault, after: Vault) -> None:
    """Sign every head with the key that took the place of another; one that was not signed with that stays as it is."""
    for one in kept(conn):
        if before.signed(one.content, one.signature):
            mine = checkpoints.c.number == one.number
            conn.execute(checkpoints.update().where(mine).values(signature=after.sign(one.content)))


def verify(conn: sa.Connection, vault: Vault, *, outside: Iterable[Checkpoint] = ()) -> audit.Report:
    """Walk the chain once, and hold it against every signed head, those kept `outside` included: they were signed with
    the key of their time. Those of them that no key at hand signed say nothing; the report counts them."""
    heads: dict[int, set[str]] = {}
    strangers = 0
    for one in outside:
        if vault.ever_signed(one.content, one.signature):
            heads.setdefault(one.seq, set()).add(one.hash)
        else:
            strangers += 1
    for one in kept(conn):
        if not vault.signed(one.content, one.signature):
            head = audit.head(conn)
            problem = f"the signature of head {one.number} is not ours"
            return audit.Report(ok=False, rows=head[0], head=head[1], problem=problem)
        heads.setdefault(one.seq, set()).add(one.hash)
    return _walk(conn, heads).model_copy(update={"strangers": strangers})


def _walk(conn: sa.Connection, heads: dict[int, set[str]]) -> audit.Report:
    seq, previous, signed = 0, audit.GENESIS, 0

    def broken(problem: str) -> audit.Report:
        return audit.Report(ok=False, rows=seq, head=previous, problem=problem, signed=signed)

    for entry in audit.entries(conn):
        problem = audit.fault(entry, seq, previous)
        if problem:
            return broken(problem)
        head = heads.get(entry.seq)
        if head is not None and head != {entry.hash}:
            return broken(f"row {entry.seq} is not the one that was signed")
        if entry.deed == DEED and head is None:
            return broken(f"the signed head of row {entry.seq} was taken away")
        seq, previous = entry.seq, entry.hash
        signed = entry.seq if head is not None else signed
    cut = max(heads, default=0)
    if cut > seq:
        return broken(f"the rows after it are gone; row {cut} was signed")
    return audit.Report(ok=True, rows=seq, head=previous, signed=signed)
