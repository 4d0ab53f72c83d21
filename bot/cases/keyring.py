"""Which security key a database is under: its vault, by the keys that `POINTSMAN_KEY` holds; and what is under which.

A database whose key was never replaced says nothing of it: its key is the one that opens what is stored. After the
first rotation the table `keyring` names the key in use, and holds those before it, encrypted under that one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from bot.cases.tables import ENCRYPTED, evidence, keyring
from bot.cases.vault import Key, Vault, marked, under_another
from bot.config import SHORTEST_KEY, key_parts
from bot.errors import ConfigError

_SAMPLE = 5
"""How many stored values are tried: one that was damaged must not keep the house from opening."""
_MARK = 9
"""Bytes of a key's name and its dot."""


def open_vault(conn: sa.Connection, keys: Sequence[str], readings: Sequence[str] = ()) -> Vault:
    """The vault of this database. keys: what `POINTSMAN_KEY` holds, the newest first. One that is newer than the key in
    use only waits: nothing is written under it before `pointsman key rotate`. readings: what else it may mean.

    Raises ConfigError when none of them is the key in use.
    """
    try:
        return _opened(conn, [Key.derived(text) for text in keys], [Key.derived(text) for text in readings])
    except ConfigError as error:
        raise ConfigError(error.staff + _as_read(keys), error.operator) from error


def newest(vault: Vault, keys: Sequence[str], readings: Sequence[str] = ()) -> Key:
    """The key that comes first; the one in use, where the same text is that, read otherwise."""
    forms = (text for text in readings if keys[0] in text or text in keys[0])
    same = any(Key.derived(text).id == vault.key.id for text in forms)
    return vault.key if same else Key.derived(keys[0])


def behind(vault: Vault, keys: Sequence[str], readings: Sequence[str] = ()) -> list[str]:
    """The names of the keys after the first, each as it was in use, where it was read otherwise then; none where all of
    the text is the one in use."""
    forms = {text: Key.derived(text).id for text in (*keys, *readings)}
    used = {key.id for key in (vault.key, *vault.past)}
    if any(forms[text] == vault.key.id and keys[-1] in text and keys[0] in text for text in readings):
        return []
    return [next((i for text, i in forms.items() if i in used and one in text), forms[one]) for one in keys[1:]]


def _opened(conn: sa.Connection, given: Sequence[Key], also: Sequence[Key]) -> Vault:
    row = _row(conn)
    if row is None:
        in_use = _opening(conn, [*given, *also], oldest=given[-1])
        return Vault(in_use, others=[key for key in (*given, *also) if key != in_use])
    found = next((key for key in (*given, *also) if key.id == row.key_id), None)
    if found is None:
        raise ConfigError(
            f"This database is under security key {row.key_id}, in use since {row.since:%Y-%m-%d}; POINTSMAN_KEY holds "
            f"{', '.join(key.id for key in given)}. Put the key in use back (docs/running.md, Keys).",
            f"the database is under key {row.key_id}, not at hand",
        )
    past = [Key.from_json(one) for one in Vault(found).decrypt(row.past)]
    known = {found.id, *(key.id for key in past)}
    return Vault(found, past=past, others=[key for key in (*given, *also) if key.id not in known], number=row.number)


def _as_read(keys: Sequence[str]) -> str:
    """For an error: that the text was read as one key, where it may have been meant as several."""
    lengths = [len(part) for part in key_parts(keys[0])]
    if len(keys) > 1 or len(lengths) < 2 or max(lengths) < SHORTEST_KEY:
        return ""
    return (
        f" POINTSMAN_KEY was read as one key: it has a part of {min(lengths)} characters, and a key has "
        f"{SHORTEST_KEY} or more. If it is several keys, put each on a line of its own."
    )


def number(conn: sa.Connection) -> int:
    """How many rotations there were, in a database of this version."""
    found: int = conn.execute(sa.select(sa.func.coalesce(sa.func.max(keyring.c.number), 0))).scalar_one()
    return found


def in_use_since(conn: sa.Connection) -> str | None:
    """The day on which the key in use took the place of another; None when it never did."""
    row = _row(conn)
    return None if row is None else f"{row.since:%Y-%m-%d}"


def by_key(conn: sa.Connection) -> Counter[str | None]:
    """How many stored values are under which key, by its name; None: under one without a name, from an older
    version. Reads every value's beginning."""
    found: Counter[str | None] = Counter()
    for table, name in ENCRYPTED:
        column = table.c[name]
        start = key_mark(column)
        query = sa.select(start, sa.func.count()).where(column.is_not(None)).group_by(start)
        for mark, many in conn.execute(query).all():
            found[marked(bytes(mark))] += many
    return found


def key_mark(column: sa.Column[bytes | None]) -> sa.ColumnElement[bytes]:
    """The beginning of what is encrypted: the name of its key, and a dot."""
    return sa.func.substr(column, 1, _MARK, type_=sa.LargeBinary)


def _row(conn: sa.Connection) -> sa.Row[tuple[int, str, object, bytes]] | None:
    if not sa.inspect(conn).has_table(keyring.name):  # tables of an older version
        return None
    return conn.execute(sa.select(keyring).order_by(keyring.c.number.desc()).limit(1)).first()


def _opening(conn: sa.Connection, given: Sequence[Key], *, oldest: Key) -> Key:
    """The key that opens what is stored; where nothing is, the oldest."""
    stranger: bytes | None = None
    for blob in _some(conn):
        found = next((key for key in given if _opens(Vault(key), blob)), None)
        if found is not None:
            return found
        stranger = stranger or blob
    if stranger is not None:
        raise under_another(marked(stranger))
    return oldest


def _some(conn: sa.Connection) -> Iterator[bytes]:
    """Stored values to try: the newest facts first, then some of each kind; most often the first one is enough."""
    newest = sa.select(evidence.c.value).where(evidence.c.value.is_not(None)).order_by(evidence.c.id.desc())
    yield from conn.execute(newest.limit(_SAMPLE)).scalars().all()
    for table, name in ENCRYPTED:
        if sa.inspect(conn).has_table(table.name):
            query = sa.select(table.c[name]).where(table.c[name].is_not(None)).limit(_SAMPLE)
            yield from conn.execute(query).scalars().all()


def _opens(vault: Vault, blob: bytes) -> bool:
    try:
        vault.decrypt(blob)
    except ConfigError:
        return False
    return True
