"""Another security key in the place of the one in use, as one deed of an operator."""

from __future__ import annotations

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict

from bot.cases import Vault, checkpoints, erasure, keyring, open_database, open_vault, reading, rekeying
from bot.cases.database import is_current, overwrite_erased, writing
from bot.cases.tables import keyring as ring
from bot.clock import Clock, system_clock
from bot.config import Config
from bot.work.house import unwatched
from bot.work.housekeeping import keep_outside
from bot.work.lease import alone
from bot.work.queue import prepare

SWITCH_BUSY_MS = 60_000
PASSES = 3
"""How often things are looked through: what somebody wrote under a key before meanwhile is found the next time."""


class Rotated(BaseModel):
    """key: the name of the key in use now. replaced: that of the one before, where it was replaced just now. encrypted:
    values that came under the key in use. foreign, retired, damaged: values that do not open, as `rekeying.Anew` tells
    them apart; they are as they were. let_go: the keys before the one in use open nothing any more; ended: they did
    until just now."""

    model_config = ConfigDict(frozen=True)
    key: str
    replaced: str | None = None
    encrypted: int = 0
    foreign: int = 0
    retired: int = 0
    damaged: int = 0
    let_go: bool = False
    ended: bool = False


def rotate_key(config: Config, *, by: str, clock: Clock = system_clock, watch: rekeying.Watch = unwatched) -> Rotated:
    """Put the first key of `POINTSMAN_KEY` in the place of the one in use, and encrypt what is stored with it. Again,
    or after it was killed, it goes on where it stopped. `watch` is told each stage (tests end the process there).

    The key is replaced all at once, while no process serves; what is stored is encrypted anew in small steps, beside a
    running `serve` too. Raises WorkUnavailable while one serves and the key is to be replaced; ConfigError when none of
    the keys is the one in use, or the first was replaced before.
    """
    engine = open_database(config.database, pool_size=2)
    try:
        if not is_current(engine):
            prepare(config.database)
        with reading(engine) as conn:
            vault = open_vault(conn, config.security.keys, config.security.key_readings)
        newest = keyring.newest(vault, config.security.keys, config.security.key_readings)
        replaced = None
        if newest.id != vault.key.id:
            with alone(config.database):
                replaced, vault = _replace(engine, config, by=by, clock=clock, watch=watch)
        held = vault.opens_older
        anew, let_go = _anew(engine, vault, by=by, clock=clock, watch=watch)
        overwrite_erased(engine, *erasure.TABLES, ring.name)  # also what one before that was killed has left
    finally:
        engine.dispose()
    return Rotated(key=vault.key.id, replaced=replaced, let_go=let_go, ended=held and let_go, **anew._asdict())


def _anew(
    engine: sa.Engine, vault: Vault, *, by: str, clock: Clock, watch: rekeying.Watch
) -> tuple[rekeying.Anew, bool]:
    """Everything under the key in use, and the keys before it let go; not where things go on coming in under them."""
    encrypted = 0
    for _ in range(PASSES):
        anew = rekeying.encrypt_anew(engine, vault, watch)
        encrypted += anew.encrypted
        let_go = rekeying.retire(engine, vault, actor=by[:40], now=clock(), watch=watch)
        if let_go:
            break
    with reading(engine) as conn:
        known = min(anew.retired, keyring.damaged_before(conn, vault))
    return anew._replace(encrypted=encrypted, retired=anew.retired - known, damaged=anew.damaged + known), let_go


def _replace(
    engine: sa.Engine, config: Config, *, by: str, clock: Clock, watch: rekeying.Watch
) -> tuple[str | None, Vault]:
    """The name of the key that was replaced, and the vault from then on; None where somebody else replaced it
    meanwhile."""
    keys, readings = config.security.keys, config.security.key_readings
    with writing(engine, busy_ms=SWITCH_BUSY_MS) as conn:
        before = open_vault(conn, keys, readings)
        newest = keyring.newest(before, keys, readings)
        if newest.id == before.key.id:
            return None, before
        after = rekeying.switch(conn, before, newest, actor=by[:40], now=clock())
        signed = checkpoints.make(conn, after, now=clock())
        watch("switching")
    keep_outside(config, signed)
    watch("switched")
    return before.key.id, after
