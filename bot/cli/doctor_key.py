"""What `doctor` says of the security key: which one is in use, and what is under another."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from bot.cases import Vault, keyring, open_vault, reading
from bot.cli.doctor_vendors import Finding
from bot.config import Config
from bot.errors import ConfigError


def key_findings(config: Config, engine: sa.Engine) -> Iterator[Finding]:
    """The key in use, a newer one that waits, and stored values that are under an older one, or under one that is not
    at hand. The database must be of this version."""
    keys, readings = config.security.keys, config.security.key_readings
    with reading(engine) as conn:
        try:
            vault = open_vault(conn, keys, readings)
        except ConfigError as error:
            yield Finding("mend", f"security key: {error.operator}", error.staff)
            return
        counted, since = keyring.by_key(conn), keyring.in_use_since(conn)
    newest = keyring.newest(vault, keys, readings).id
    past, own = {key.id for key in vault.past}, vault.key.id
    known = {own, None, *past, *(key.id for key in vault.others)}
    older = sum(many for name, many in counted.items() if _older(vault, name))
    lost = {name: many for name, many in counted.items() if name not in known}
    yield Finding("ok", f"security key: {own}" + (f", in use since {since}" if since else ""))
    if newest in past:
        yield Finding("note", f"security key: {newest} comes first and was replaced", "Put the newest first: NEW,OLD.")
    elif newest != own:
        todo = "Stop the bot, `pointsman key rotate`, start it."
        yield Finding("note", f"security key: {newest} waits to take the place of {own}", todo)
    if older:
        todo = "`pointsman key rotate` encrypts it anew, also while the bot runs."
        yield Finding("note", f"security key: {older:,} stored values are still under an older key", todo)
    for name, many in sorted(lost.items()):
        yield Finding(
            "mend",
            f"security key: {many:,} stored values are under key {name}, which is not at hand",
            "POINTSMAN_KEY=IN_USE,THAT_KEY, then `pointsman key rotate`; if it is lost, they are erased in their time.",
        )
    if newest == own and not older:
        yield from _besides(vault, keyring.behind(vault, keys, readings))


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


def _older(vault: Vault, name: str | None) -> bool:
    """Whether what is under this key waits for `key rotate`: nothing does before the key was ever replaced."""
    if name is None:
        return vault.number > 0
    return name in {key.id for key in (*vault.past, *vault.others)}
