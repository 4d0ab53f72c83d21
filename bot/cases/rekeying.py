"""Another security key takes the place of the one in use. Two parts:

`switch`, all or nothing, while nobody else works on the database: every reference, seal and signature is made anew, and
what the trail says of seals and digests is told anew. Nothing is blessed by it: what did not agree with its seal, its
signature or the trail before does not agree afterwards either.

`encrypt_anew`, in small steps, beside a running `serve`, as often as one likes: what is encrypted under a key before;
and `retire`, once nothing is any more: from then on that key opens nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from bot.cases import audit, bulk_moves, checkpoints, proposal_faults
from bot.cases.database import reading, writing
from bot.cases.keyring import RETIRED, ROTATED, damaged_before, key_mark
from bot.cases.keyring import number as keyring_number
from bot.cases.keyring import still_in_use as keyring_in_use
from bot.cases.models import Proposal
from bot.cases.proposal_faults import RESEALED, Told
from bot.cases.proposal_store import readable, seal_of, untouched
from bot.cases.tables import (
    ENCRYPTED,
    bulk_rows,
    bulk_runs,
    cases,
    keyring,
    proposals,
    snapshots,
)
from bot.cases.tables import (
    checkpoints as heads,
)
from bot.cases.vault import Key, Vault, marked
from bot.errors import ConfigError

AT_ONCE: Final = 1000
"""Rows of one statement of the switch."""
STEP: Final = 100
"""Values of one small transaction; of a store's nightly points, which are large, it is one."""
_REFS: Final = ("customer_ref", "phone_ref", "email_ref", "seal")
OPENING: Final = ("current", "older")
"""Conditions of values that open. (An unnamed one of a database whose key was never replaced is current.)"""
Watch = Callable[[str], None]


def switch(conn: sa.Connection, before: Vault, key: Key, *, actor: str, now: datetime) -> Vault:
    """Put `key` in the place of the one in use, in the caller's one writing transaction; returns the vault from then
    on. Nobody else may be working with the older one. Raises ConfigError for a key that was replaced before, or that
    is the one in use, also since `before` was opened."""
    _lock(conn)
    if key.id == before.key.id or keyring_number(conn) != before.number:
        raise ConfigError(
            "The key was replaced already, just now perhaps. Run `pointsman key rotate` again to see.",
            f"key {key.id} is in use, or another took its place",
        )
    if key.id in {one.id for one in before.past}:
        raise ConfigError(
            f"POINTSMAN_KEY begins with key {key.id}, which was replaced before. Put the newest key first: NEW,OLD.",
            "a replaced key is not taken again",
        )
    after = before.after(key)
    changed_lists = bulk_moves.faults(conn)
    _carry_over(conn, cases, ("customer_ref",), after)
    _carry_over(conn, bulk_rows, _REFS, after, but=changed_lists)
    _runs(conn, before, after)
    seals = _requests(conn, before, after)
    conn.execute(keyring.delete())
    past = after.encrypt([one.to_json() for one in after.past])
    conn.execute(keyring.insert().values(number=after.number, key_id=key.id, since=now, past=past))
    told = {"from": before.key.id, "to": key.id}
    audit.append(conn, actor=actor, deed=ROTATED, subject=f"key:{key.id}", detail=told, now=now)
    for some in _parts(sorted(seals.items())):
        audit.append(conn, actor=actor, deed=RESEALED, subject=f"key:{key.id}", detail={"seals": dict(some)}, now=now)
    bulk_moves.put_anew(conn, actor=actor, now=now, but=changed_lists)
    checkpoints.sign_anew(conn, before, after)
    return after


def _lock(conn: sa.Connection) -> None:
    """Let nobody write what is about to be made anew, until the transaction ends; SQLite's write lock does."""
    if conn.dialect.name == "postgresql":
        names = ", ".join(table.name for table in (cases, proposals, bulk_runs, bulk_rows, heads, keyring))
        conn.exec_driver_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")


def _carry_over(
    conn: sa.Connection, table: sa.Table, names: Sequence[str], after: Vault, *, but: Sequence[str] = ()
) -> None:
    """References, and seals of rows of lists: what those bind has no reference in it. The seals of lists that are not
    as they were put on record (`but`) stay as they are, and fit nothing any more."""

    def anew(row: sa.RowMapping, name: str) -> str | None:
        stays = row[name] is None or (name == "seal" and row["run_id"] in but)
        return row[name] if stays else after.carried(row[name])

    columns = [table.c[name] for name in names]
    somewhere = sa.or_(*(column.is_not(None) for column in columns))
    own = sa.and_(*(column == sa.bindparam(f"pk_{column.name}") for column in table.primary_key))
    write = table.update().where(own).values({c.name: sa.bindparam(f"to_{c.name}") for c in columns})
    for page in _pages(conn, table, columns, somewhere, AT_ONCE):
        keys = [{f"pk_{c.name}": row[c.name] for c in table.primary_key} for row in page]
        found = [{f"to_{name}": anew(row, name) for name in names} for row in page]
        conn.execute(write, [key | values for key, values in zip(keys, found, strict=True)])


def _runs(conn: sa.Connection, before: Vault, after: Vault) -> None:
    """The references that lists keep among what is encrypted: of those who sent them."""
    kept = conn.execute(sa.select(bulk_runs.c.id, bulk_runs.c.private).where(bulk_runs.c.private.is_not(None))).all()
    for run_id, blob in kept:
        private = _opened(before, blob)
        if private is not None and private.get("own_refs"):
            private["own_refs"] = [after.carried(ref) for ref in private["own_refs"]]
            conn.execute(bulk_runs.update().where(bulk_runs.c.id == run_id).values(private=after.encrypt(private)))


def _requests(conn: sa.Connection, before: Vault, after: Vault) -> dict[str, str]:
    """References and seals of requests; returns the new seals of those whose seal was as the trail has it. A seal binds
    references too, so it is made of what it binds, where that was whole; else of nothing that a request can be: it
    does not become whole by being put back as it was."""
    told = proposal_faults.on_record(conn)
    seals: dict[str, str] = {}
    for page in _pages(conn, proposals, list(proposals.c), sa.true(), AT_ONCE):
        for row in page:
            record = told.get(row["id"], Told())
            values = _references(row, after)
            seal = row["parameters_hash"]
            if seal is not None and not record.unsealed:
                whole = _whole(row, before) if seal == record.seal else None
                values["parameters_hash"] = (
                    seal_of(after, _with(whole, values)) if whole else after.ref(f"unfit:{seal}")
                )
                seals |= {row["id"]: values["parameters_hash"]} if seal == record.seal else {}
            conn.execute(proposals.update().where(proposals.c.id == row["id"]).values(**values))
    return seals


def _references(row: sa.RowMapping, after: Vault) -> dict[str, Any]:
    values: dict[str, Any] = {"customer_refs": sorted(after.carried(ref) for ref in row["customer_refs"])}
    if row["customer_ref"] is not None:
        values["customer_ref"] = after.carried(row["customer_ref"])
    if row["offer"].get("once") is not None:
        values["offer"] = {**row["offer"], "once": after.carried(row["offer"]["once"])}
    return values


def _with(request: Proposal, values: Mapping[str, Any]) -> Proposal:
    return request.model_copy(update={**values, "customer_refs": frozenset(values["customer_refs"])})


def _whole(row: sa.RowMapping, before: Vault) -> Proposal | None:
    """The request, where it agrees with its seal; what was erased of it agrees with nothing."""
    request = None if row["private"] is None else readable(row, before)
    return request if request is not None and untouched(before, request) else None


def _opened(vault: Vault, blob: bytes) -> Any:
    """The value; None when no key at hand opens it: `encrypt_anew` says so of each."""
    try:
        return vault.decrypt(blob)
    except ConfigError:
        return None


class Anew(NamedTuple):
    """What became of the values that were not under the key in use. encrypted: they are now. The others are as they
    were; foreign: under a key that is not at hand; retired: under one that was let go; damaged: they open with none."""

    encrypted: int = 0
    foreign: int = 0
    retired: int = 0
    damaged: int = 0


def encrypt_anew(engine: sa.Engine, vault: Vault, watch: Watch) -> Anew:
    """Encrypt what is not under the key in use with it. A value that somebody writes meanwhile is theirs. `watch` is
    told of each small step. Raises ConfigError when another key takes the place of the one in use meanwhile."""
    done: Counter[str] = Counter()
    for table, name in ENCRYPTED:
        column = table.c[name]
        own = sa.and_(*(one == sa.bindparam(f"pk_{one.name}") for one in table.primary_key))
        anew = table.update().where(own, column == sa.bindparam("was")).values({name: sa.bindparam("anew")})
        for page in _pages(engine, table, [column], _older(column, vault), 1 if table is snapshots else STEP):
            found = [(row, vault.condition(row[name])) for row in page]
            rows = [
                {"was": row[name], "anew": vault.again(row[name])}
                | {f"pk_{one.name}": row[one.name] for one in table.primary_key}
                for row, condition in found
                if condition in OPENING
            ]
            done.update(condition for _, condition in found if condition not in OPENING)
            if rows:
                with writing(engine) as conn:
                    _still(conn, vault)
                    done["encrypted"] += conn.execute(anew, rows).rowcount
            watch("encrypted")
    return Anew(**done)


def retire(engine: sa.Engine, vault: Vault, *, actor: str, now: datetime, watch: Watch) -> bool:
    """Let go of the keys before the one in use, in the table and in `vault`: from then on nothing that is under one of
    them is believed, whoever has it. Their references and signatures stay, for what the trail says of their time.

    False, and nothing is done, where something still waits to be encrypted anew. What does not open waits for nothing:
    the trail is told how much of it there is. Raises ConfigError when another key took the place of the one in use.
    """
    with writing(engine) as conn:
        _still(conn, vault)
        keyring_in_use(conn, vault)  # somebody else may have let go of them meanwhile
        if vault.opens_older:
            damaged = _damaged(conn, vault)
            if damaged is None:
                return False
            past = vault.encrypt([key.retired().to_json() for key in vault.past])
            conn.execute(keyring.update().values(past=past))
            told = {"keys": [key.id for key in vault.past], "damaged": damaged + damaged_before(conn, vault)}
            audit.append(conn, actor=actor, deed=RETIRED, subject=f"key:{vault.key.id}", detail=told, now=now)
            watch("retiring")
    vault.let_go()
    return True


def _damaged(conn: sa.Connection, vault: Vault) -> int | None:
    """How much of what is under a key that was replaced does not open; None where something does that is not under the
    key in use."""
    past, found = {key.id for key in vault.past}, 0
    for table, name in ENCRYPTED:
        query = sa.select(table.c[name]).where(_older(table.c[name], vault))
        for blob in conn.execute(query, execution_options={"yield_per": STEP}).scalars():
            condition = vault.condition(blob)
            if condition in OPENING:
                return None
            found += condition == "damaged" and marked(blob) in past
    return found


def _older(column: sa.Column[Any], vault: Vault) -> sa.ColumnElement[bool]:
    return sa.and_(column.is_not(None), key_mark(column) != vault.mark)


def _still(conn: sa.Connection, vault: Vault) -> None:
    """Keep the key in use from being replaced until the transaction ends; raises ConfigError when it was."""
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql(f"LOCK TABLE {keyring.name} IN ROW EXCLUSIVE MODE")
    if keyring_number(conn) != vault.number:
        raise ConfigError(
            "The key was replaced meanwhile. Run `pointsman key rotate` again to see.",
            f"key {vault.key.id} is not in use any more",
        )


def _pages(
    source: sa.Connection | sa.Engine,
    table: sa.Table,
    columns: Sequence[sa.Column[Any]],
    where: sa.ColumnElement[bool],
    size: int,
) -> Iterator[Sequence[sa.RowMapping]]:
    """Rows in the order of their keys, a page at a time, each page read anew; over an engine, in a short transaction of
    its own."""
    keys = list(table.primary_key)
    query = sa.select(*{c.name: c for c in (*keys, *columns)}.values()).where(where).order_by(*keys).limit(size)
    last: tuple[Any, ...] | None = None
    while True:
        page = _read(source, query if last is None else query.where(sa.tuple_(*keys) > sa.tuple_(*last)))
        if not page:
            return
        yield page
        last = tuple(page[-1][one.name] for one in keys)


def _read(source: sa.Connection | sa.Engine, query: sa.Select[Any]) -> Sequence[sa.RowMapping]:
    if isinstance(source, sa.Connection):
        return source.execute(query).mappings().all()
    with reading(source) as conn:
        return conn.execute(query).mappings().all()


def _parts(seals: Sequence[tuple[str, str]]) -> Iterator[Sequence[tuple[str, str]]]:
    for start in range(0, len(seals), AT_ONCE):
        yield seals[start : start + AT_ONCE]
