"""What `doctor` says of the security key: which one is in use, and what is under another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sqlalchemy as sa

from bot.cases import Vault, keyring, open_vault, reading
from bot.cases.vault import Condition
from bot.cli.doctor_vendors import Finding
from bot.config import Config
from bot.errors import ConfigError

Counted = Mapping[tuple[Condition, str | None], int]


def key_findings(config: Config, engine: sa.Engine) -> Iterator[Finding]:
    """The key in use, a newer one that waits, and stored values that are under an older one, or that do not open: under
    a key that is not at hand, under one that was let go, or damaged. The database must be of this version."""
    keys, readings = config.security.keys, config.security.key_readings
    with reading(engine) as conn:
        try:
            vault = open_vault(conn, keys, readings)
        except ConfigError as error:
            yield Finding("mend", f"security key: {error.operator}", error.staff)
            return
        counted, since = keyring.by_condition(conn, vault), keyring.in_use_since(conn)
        known = keyring.damaged_before(conn, vault)
    newest = keyring.newest(vault, keys, readings).id
    past, own = {key.id for key in vault.past}, vault.key.id
    older = sum(many for (condition, _), many in counted.items() if condition == "older")
    yield Finding("ok", f"security key: {own}" + (f", in use since {since}" if since else ""))
    if newest in past:
        yield Finding("note", f"security key: {newest} comes first and was replaced", "Put the newest first: NEW,OLD.")
    elif newest != own:
        todo = "Stop the bot, `pointsman key rotate`, start it."
        yield Finding("note", f"security key: {newest} waits to take the place of {own}", todo)
    if older:
        todo = "`pointsman key rotate` encrypts it anew, also while the bot runs."
        yield Finding("note", f"security key: {older:,} stored values are still under an older key", todo)
    elif vault.opens_older:
        names = ", ".join(sorted(key.id for key in vault.past if key.encryption is not None))
        todo = "`pointsman key rotate` ends that, also while the bot runs."
        yield Finding("note", f"security key: {names} was replaced, and still opens what is stored", todo)
    yield from _unopened(counted, known)
    if newest == own and not older and not vault.opens_older:
        yield from _besides(vault, keyring.behind(vault, keys, readings))


def _unopened(counted: Counted, known: int) -> Iterator[Finding]:
    """What does not open, and why. known: how much of what is under a replaced key was damaged before."""
    retired = {str(name): many for (condition, name), many in counted.items() if condition == "retired"}
    if sum(retired.values()) > known:
        yield Finding(
            "mend",
            f"security key: {sum(retired.values()) - known:,} stored values came in under a key that was replaced "
            f"({', '.join(sorted(retired))})",
            "They are not believed. Who has that key wrote them, or part of a copy was brought back: see who may write "
            "to the database. They are erased in their time.",
        )
    foreign = {name: many for (condition, name), many in counted.items() if condition == "foreign"}
    for name, many in sorted(foreign.items(), key=str):
        which = f"under key {name}, which is not at hand" if name else "under a key that is not at hand, or damaged"
        yield Finding(
            "mend",
            f"security key: {many:,} stored values are {which}",
            "POINTSMAN_KEY=IN_USE,THAT_KEY, then `pointsman key rotate`; if it is lost, they are erased in their time.",
        )
    damaged = sum(many for (condition, _), many in counted.items() if condition == "damaged")
    damaged += min(known, sum(retired.values()))
    if damaged:
        yield Finding(
            "note",
            f"security key: {damaged:,} stored values are damaged: they open with no key",
            "No key mends that: bring back a copy, or let them be erased in their time.",
        )


def _besides(vault: Vault, names: list[str]) -> Iterator[Finding]:
    """Of the keys behind the one in use, when nothing is under them."""
    past = {key.id for key in vault.past}
    for name in names:
        if name in past:
            todo = "Take it out of POINTSMAN_KEY; keep it apart for copies of its time."
            yield Finding("note", f"security key: {name} is not needed any more", todo)
        else:
            todo = "To use it, put it first: POINTSMAN_KEY=NEW,OLD. Else take it out."
            yield Finding("note", f"security key: nothing is under {name}", todo)
