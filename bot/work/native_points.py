"""Points that a register keeps itself and tells once a night: fetched by a durable job, kept, used by every process.

A store's day begins at five in the morning of its time; the job of a day runs once over all processes, is tried again
with growing waits until the next day's takes over, and is skipped where the points of that day are here already.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Final
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from prometheus_client import Gauge

from bot.cases import open_database, open_vault, reading, snapshots, writing
from bot.cases.database import is_current
from bot.config import Config, Store
from bot.work.house import House
from bot.work.queue import subject_of
from connectors import REGISTRY
from connectors.contract import AnswersBySnapshot, LoyaltyProgram, NativeSnapshot, Operation, part
from connectors.errors import VendorError

log = logging.getLogger(__name__)

DAY_BEGINS: Final = timedelta(hours=5)
"""After the vendor made its file, and before a shop opens."""
FIRST_WAIT: Final = timedelta(minutes=2)
LONGEST_WAIT: Final = timedelta(hours=4)
AGE = Gauge("pointsman_native_points_age_seconds", "Age of the nightly points in use; infinite: none.", ["store"])
_in_use: Final[WeakKeyDictionary[AnswersBySnapshot, datetime]] = WeakKeyDictionary()


def stores_with_own_points(config: Config) -> Iterator[Store]:
    """Those whose loyalty program is answered by a nightly file."""
    for store in config.stores:
        declared = REGISTRY[store.loyalty.vendor].loyalty_capabilities
        if declared is not None and declared.of(Operation.SNAPSHOT_BALANCES).supported:
            yield store


def queue_due(house: House) -> None:
    """Queue the job of each store's day, unless the day's points are here; once a day, however often this is called."""
    days = {store.id: _day_began(store, house.clock()) for store in stores_with_own_points(house.config)}
    if not days:
        return
    with reading(house.engine) as conn:
        kept = snapshots.times(conn)
    due = {store: began for store, began in days.items() if store not in kept or kept[store].taken_at < began}
    if due:
        with writing(house.engine) as conn:
            for store, began in due.items():
                house.work.enqueue(conn, "snapshot", f"{store}#{began:%Y-%m-%d}")


def fetch(house: House, key: str) -> None:
    """The job `snapshot`, key `<store>#<day>` or, from the second try on, `<store>#<day>/<try>`: ask for the points of
    last night, keep them, use them. A vendor that fails is asked again later, until the next day begins."""
    store = next((s for s in stores_with_own_points(house.config) if s.id == subject_of(key)), None)
    if store is None:
        return
    day, _, tried = key.partition("#")[2].partition("/")
    now = house.clock()
    began = _day_began(store, now)
    with reading(house.engine) as conn:
        kept = snapshots.times(conn).get(store.id)
    if f"{began:%Y-%m-%d}" != day or (kept is not None and kept.taken_at >= began):
        return
    try:
        found = _program(house, store).native_snapshot(at=now)
    except VendorError as error:
        attempt = int(tried or 1)
        wait = min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT)
        log.warning("The nightly points of %s could not be fetched (%s); again in %s", store.id, error.code, wait)
        with writing(house.engine) as conn:
            house.work.enqueue(conn, "snapshot", f"{store.id}#{day}/{attempt + 1}", delay=wait)
        return
    with writing(house.engine) as conn:
        at = snapshots.Kept(taken_at=found.taken_at, as_of=found.as_of)
        snapshots.keep(conn, house.vault, store.id, found, kept=at)
    _use(house, store, found)
    log.info("The nightly points of %s are here: %d customers", store.id, len(found.rows))


def use_newest(house: House) -> None:
    """Have each store answer by the newest points on record, whichever process fetched them, and measure their age."""
    stores = tuple(stores_with_own_points(house.config))
    if not stores:
        return
    with reading(house.engine) as conn:
        kept = snapshots.times(conn)
        for store in stores:
            at = kept.get(store.id)
            age = math.inf if at is None else (house.clock() - at.as_of).total_seconds()
            AGE.labels(store.id).set(age)
            used = _in_use.get(_program(house, store))
            if at is not None and (used is None or used < at.taken_at):
                value = snapshots.read(conn, house.vault, store.id)
                if value is not None:
                    _use(house, store, NativeSnapshot.model_validate(value))


def use_recorded(config: Config, store: Store, program: LoyaltyProgram) -> None:
    """For a command beside `serve`, with a program of its own: it answers by the newest points on record, if there are
    any. Raises SQLAlchemy's errors when the database cannot be read."""
    if store not in stores_with_own_points(config):
        return
    engine = open_database(config.database)
    try:
        if not is_current(engine):
            return
        with reading(engine) as conn:
            value = snapshots.read(conn, open_vault(conn, config.security.keys, config.security.key_readings), store.id)
    finally:
        engine.dispose()
    if value is not None:
        part(program, AnswersBySnapshot, Operation.SNAPSHOT_BALANCES).use_snapshot(  # type: ignore[type-abstract]
            NativeSnapshot.model_validate(value)
        )


def _use(house: House, store: Store, found: NativeSnapshot) -> None:
    program = _program(house, store)
    program.use_snapshot(found)
    _in_use[program] = found.taken_at


def _program(house: House, store: Store) -> AnswersBySnapshot:
    return part(house.systems(store.id).program, AnswersBySnapshot, Operation.SNAPSHOT_BALANCES)  # type: ignore[type-abstract]


def _day_began(store: Store, now: datetime) -> datetime:
    """When the store's day that `now` is in began."""
    zone = ZoneInfo(store.timezone)
    local = now.astimezone(zone) - DAY_BEGINS
    return datetime.combine(local.date(), time.min, zone) + DAY_BEGINS


JOBS: Final[Mapping[str, Callable[[House, str], None]]] = {"snapshot": fetch}
