"""Which security key a database is under: its vault, by the keys that `POINTSMAN_KEY` holds; and what is under which.

A database whose key was never replaced says nothing of it: its key is the one that signed the newest head of the audit
trail; where there is none yet, the one that opens what is stored. After the first rotation the table `keyring` names
the key in use, and holds those before it, encrypted under that one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

import sqlalchemy as sa

from bot.cases.checkpoints import Checkpoint
from bot.cases.tables import ENCRYPTED, audit, evidence, keyring
from bot.cases.tables import checkpoints as heads
from bot.cases.vault import Condition, Key, Vault, marked
from bot.config import SHORTEST_KEY, key_parts
from bot.errors import ConfigError

ROTATED: Final = "key.rotate"
"""The deed of the trail's row that tells of a rotation."""
RETIRED: Final = "key.retire"
"""The deed of the row that tells that the keys before the one in use (its subject) open nothing any more."""
_SAMPLE = 5
"""How many stored values are tried: one that was damaged must not keep the house from opening."""
_AT_ONCE = 100
_MARK = 9
"""Bytes of a key's name and its dot."""


def open_vault(conn: sa.Connection, keys: Sequence[str], readings: Sequence[str] = ()) -> Vault:
    """The vault of this database. keys: what `POINTSMAN_KEY` holds, the newest first. One that is newer than the key in
    use only waits: nothing is written under it before `pointsman key rotate`. readings: what else it may mean.

    Raises ConfigError when none of them is the key in use.
    """
    forms = {text: Key.derived(text) for text in (*keys, *readings)}
    try:
        return _opened(conn, forms, first=keys, oldest=forms[keys[-1]])
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


def _opened(conn: sa.Connection, forms: Mapping[str, Key], *, first: Sequence[str], oldest: Key) -> Vault:
    """forms: every text that may be a key, with what is derived from it; `first` of them is what they were read as."""
    row, at_hand = _row(conn), list(forms.values())
    holds = ", ".join(forms[text].id for text in first)
    if row is None:
        _never_replaced(conn)
        in_use = _opening(conn, at_hand, oldest=oldest, holds=holds)
        return Vault(in_use, others=[key for key in at_hand if key != in_use])
    found = next((key for key in at_hand if key.id == row.key_id), None)
    if found is None:
        since = f"{row.key_id}, in use since {row.since:%Y-%m-%d}"
        raise _missing(since, holds, f"the database is under key {row.key_id}, not at hand")
    past = _before(found, row.past)
    if _let_go(conn, found.id) is not None:  # whatever the table says: an older row of it may have been put back
        past = [key.retired() for key in past]
    return Vault(found, past=past, others=_beside(forms, found, past), number=row.number)


def _before(in_use: Key, kept: bytes) -> list[Key]:
    """The keys before the one in use, oldest first, as the table holds them."""
    try:
        return [Key.from_json(one) for one in Vault(in_use).decrypt(kept)]
    except (ConfigError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"The record of the security keys before {in_use.id} is damaged (table keyring), and without it nobody is "
            "known again. Bring it back from a copy of the database; until then nothing is done.",
            f"the row of keyring for key {in_use.id} is damaged",
        ) from error


def _beside(forms: Mapping[str, Key], in_use: Key, past: Sequence[Key]) -> list[Key]:
    """The keys at hand that are neither in use nor replaced; none that is another reading of one that was replaced:
    whoever knows that one knows these too."""
    replaced = {key.id for key in past}
    gone = [_core(text) for text, key in forms.items() if key.id in replaced]
    akin = {text for text in forms for one in gone if one in text or _core(text) in one}
    return [key for text, key in forms.items() if key.id != in_use.id and text not in akin]


def _core(text: str) -> str:
    return text.strip(", \t\r\n")


def _let_go(conn: sa.Connection, key_id: str) -> str | None:
    """What the trail tells of how the keys before this one were let go, as it stands there; None while they open
    things. That a row is there is enough: it may have been changed, which is for `audit verify` to say."""
    told = sa.select(audit.c.detail).where(audit.c.subject == f"key:{key_id}", audit.c.deed == RETIRED)
    detail: str | None = conn.execute(told.order_by(audit.c.seq.desc()).limit(1)).scalar()
    return detail


def damaged_before(conn: sa.Connection, vault: Vault) -> int:
    """How many values did not open, under keys that were replaced, when those were let go. What there is more of under
    them came in since. Where the row was changed, none."""
    told = (_let_go(conn, key.id) for key in (vault.key, *reversed(vault.past)))
    try:
        return next((int(json.loads(one)["damaged"]) for one in told if one is not None), 0)
    except (ValueError, KeyError, TypeError):
        return 0


def still_in_use(conn: sa.Connection, vault: Vault) -> bool:
    """Whether the key of this vault is still the one in use. The vault lets go of the keys before it, once the database
    has."""
    if number(conn) != vault.number:
        return False
    if vault.opens_older and _let_go(conn, vault.key.id) is not None:
        vault.let_go()
    return True


def _never_replaced(conn: sa.Connection) -> None:
    """Raises ConfigError where the trail tells of a rotation: without its row nobody is known again."""
    if sa.inspect(conn).has_table(audit.name):
        told = conn.execute(sa.select(audit.c.seq).where(audit.c.deed == ROTATED).limit(1)).first()
        if told is not None:
            raise ConfigError(
                "The security key was replaced once, as the audit trail says, and the record of that is gone from the "
                "table keyring. Bring it back from a copy of the database; until then nothing is done.",
                f"the row of keyring is gone; row {told.seq} of the trail tells of a rotation",
            )


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
    for table, name in _columns(conn):
        column = table.c[name]
        start = key_mark(column)
        query = sa.select(start, sa.func.count()).where(column.is_not(None)).group_by(start)
        for mark, many in conn.execute(query).all():
            found[marked(bytes(mark))] += many
    return found


def by_condition(conn: sa.Connection, vault: Vault) -> Counter[tuple[Condition, str | None]]:
    """How many stored values are in which condition, and under which key by their own word. Tries every value."""
    found: Counter[tuple[Condition, str | None]] = Counter()
    for table, name in _columns(conn):
        column = table.c[name]
        query = sa.select(column).where(column.is_not(None))
        for blob in conn.execute(query, execution_options={"yield_per": _AT_ONCE}).scalars():
            found[vault.condition(blob), marked(blob)] += 1
    return found


def key_mark(column: sa.Column[bytes | None]) -> sa.ColumnElement[bytes]:
    """The beginning of what is encrypted: the name of its key, and a dot."""
    return sa.func.substr(column, 1, _MARK, type_=sa.LargeBinary)


def _row(conn: sa.Connection) -> sa.Row[tuple[int, str, object, bytes]] | None:
    if not sa.inspect(conn).has_table(keyring.name):  # tables of an older version
        return None
    return conn.execute(sa.select(keyring).order_by(keyring.c.number.desc()).limit(1)).first()


def _opening(conn: sa.Connection, at_hand: Sequence[Key], *, oldest: Key, holds: str) -> Key:
    """The key in use, of a database that does not name it: the one that signed the newest head of the trail. Where none
    at hand did, the one that opens what is stored; where nothing is either, the oldest. Raises ConfigError where what
    is there speaks against each of them: to write under a wrong one would part every customer from their past."""
    head, signer = _signer(conn, at_hand)
    if signer is not None and _opens_some(conn, signer):
        return signer
    opener, stranger = _opener(conn, at_hand)
    if signer is not None:
        if opener is not None:
            raise ConfigError(
                f"The newest head of the audit trail is signed with key {signer.id}, and what is stored is under key "
                f"{opener.id}. Leave the one in use alone in POINTSMAN_KEY; when in doubt, bring back a copy.",
                f"the newest head is of key {signer.id}, what is stored of {opener.id}",
            )
        return signer
    if stranger is not None and (head or opener is None):
        raise _missing(marked(stranger), holds, f"decryption failed: another [security] key? ({marked(stranger)})")
    if head and opener is None:
        raise _missing(None, holds, "the newest head was signed with another [security] key")
    return opener or oldest


def _signer(conn: sa.Connection, at_hand: Sequence[Key]) -> tuple[bool, Key | None]:
    """Whether the trail has a signed head, and the key at hand that signed the newest."""
    if not sa.inspect(conn).has_table(heads.name):
        return False, None
    row = conn.execute(sa.select(heads).order_by(heads.c.number.desc()).limit(1)).mappings().first()
    if row is None:
        return False, None
    head = Checkpoint(**row)
    return True, next((key for key in at_hand if Vault(key).signed(head.content, head.signature)), None)


def _opens_some(conn: sa.Connection, key: Key) -> bool:
    """Whether anything stored is under this key. Looks through everything only where the first of each kind are not."""
    vault = Vault(key)
    return any(_opens(vault, blob) for blob in _some(conn)) or any(
        _opens(vault, blob) for blob in _named(conn, (key.id, None))
    )


def _opener(conn: sa.Connection, at_hand: Sequence[Key]) -> tuple[Key | None, bytes | None]:
    """The key at hand that opens one of some stored values, and a value that is under none of them: one that a key's
    name says so of, else one that none opens."""
    opener: Key | None = None
    unopened: bytes | None = None
    for blob in _some(conn):
        found = next((key for key in at_hand if _opens(Vault(key), blob)), None)
        opener = opener or found
        unopened = blob if found is None and unopened is None else unopened
    if opener is None:
        return None, unopened
    names = {key.id for key in at_hand}
    others = (name for name in by_key(conn) if name is not None and name not in names)
    return opener, next((f"{name}.".encode() for name in sorted(others)), None)


def _missing(name: str | None, holds: str, why: str) -> ConfigError:
    """For where the key in use is not among those that POINTSMAN_KEY `holds`, by their names."""
    which = f"security key {name}" if name else "another security key"
    return ConfigError(
        f"This database is under {which}; POINTSMAN_KEY holds {holds}. Put the key in use back "
        "(docs/running.md, Keys).",
        why,
    )


def _named(conn: sa.Connection, names: Collection[str | None]) -> Iterator[bytes]:
    """Every stored value that is under a key of one of these names; None: that has no name."""
    for table, name in _columns(conn):
        column = table.c[name]
        query = sa.select(column).where(column.is_not(None))
        for blob in conn.execute(query, execution_options={"yield_per": _AT_ONCE}).scalars():
            if marked(blob) in names:
                yield blob


def _some(conn: sa.Connection) -> Iterator[bytes]:
    """Stored values to try: the newest facts first, then some of each kind; most often the first one is enough."""
    newest = sa.select(evidence.c.value).where(evidence.c.value.is_not(None)).order_by(evidence.c.id.desc())
    yield from conn.execute(newest.limit(_SAMPLE)).scalars().all()
    for table, name in _columns(conn):
        query = sa.select(table.c[name]).where(table.c[name].is_not(None)).limit(_SAMPLE)
        yield from conn.execute(query).scalars().all()


def _columns(conn: sa.Connection) -> Iterator[tuple[sa.Table, str]]:
    """What is encrypted, of the tables that there are: those of an older version may be fewer."""
    there = set(sa.inspect(conn).get_table_names())
    return ((table, name) for table, name in ENCRYPTED if table.name in there)


def _opens(vault: Vault, blob: bytes) -> bool:
    try:
        vault.decrypt(blob)
    except ConfigError:
        return False
    return True
