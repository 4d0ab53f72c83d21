"""The vendors' limits, kept together by all processes over one PostgreSQL: each call's place in time is given out by
the database, by its clock.

One row an account and kind of call holds the places given out lately. A place may lie ahead: whoever gets it sleeps
until then, so that a call costs one short transaction however many wait. On SQLite there is one process, and the
transport's own pacer is enough. While the database is away each process keeps the limit by itself.
"""

from __future__ import annotations

import logging
import time
from array import array
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final

import sqlalchemy as sa

from bot.cases.database import database_url, open_database, writing
from bot.cases.sql import insert_once
from bot.cases.tables import paces
from connectors.pacing import Pace, Pacer, Paces, TooSoon

log = logging.getLogger(__name__)

MARGIN: Final = 0.02
"""How much longer than the vendor's our windows are: calls of several processes take unequal times to arrive."""
_SECOND: Final = round(1_000 * (1 + MARGIN))
_MINUTE: Final = round(60_000 * (1 + MARGIN))
_BUSY_MS: Final = 2_000
_CONNECTIONS: Final = 8


def next_place(given: Sequence[int], pace: Pace, now: int) -> int:
    """The earliest moment, from `now` on, at which one more call fits. given: earlier places, oldest first. All in
    milliseconds."""
    earliest = max(now, given[-1] if given else now)
    for window, most in ((_SECOND, pace.per_second), (_MINUTE, pace.per_minute)):
        if len(given) >= most:
            earliest = max(earliest, given[-most] + window)
    return earliest


class SharedPaces:
    """`Paces` over a database. Safe from several threads and processes. sleep: waits that many seconds."""

    def __init__(self, engine: sa.Engine, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._engine = engine
        self._sleep = sleep
        self._alone = Pacer(time.monotonic, sleep)

    def wait(self, key: str, pace: Pace, *, at_most: Callable[[], float | None]) -> None:
        """Return when one more call of `key` is within its pace. Raises TooSoon if that is later than `at_most()`."""
        try:
            wait_s = self._reserve(sha256(key.encode()).hexdigest(), pace, at_most())
        except sa.exc.SQLAlchemyError as error:
            log.warning("The shared pace cannot be read: %s; this process keeps its own", type(error).__name__)
            self._alone.wait(key, pace, at_most=at_most)
            return
        if wait_s > 0:
            self._sleep(wait_s)

    def close(self) -> None:
        """Let go of the database's connections."""
        self._engine.dispose()

    def _reserve(self, key: str, pace: Pace, at_most: float | None) -> float:
        """Take a place; the seconds until it comes."""
        mine = paces.c.key == key
        with writing(self._engine, busy_ms=_BUSY_MS) as conn:
            locked = sa.select(paces.c.places).where(mine).with_for_update()
            blob = conn.execute(locked).scalar()
            if blob is None:
                insert_once(conn, paces, {"key": key, "places": b""})
                blob = conn.execute(locked).scalar_one()
            # Asked only now: the row's lock may have been waited for.
            now = int(conn.execute(_CLOCK).scalar_one())
            given = array("q", blob)
            place = next_place(given, pace, now)
            wait_s = (place - now) / 1000
            if at_most is not None and wait_s > at_most:
                raise TooSoon(wait_s)
            given.append(place)
            kept = given[-max(pace.per_second, pace.per_minute) :].tobytes()
            conn.execute(paces.update().where(mine).values(places=kept))
        return wait_s


_CLOCK = sa.text("SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)")


def shared_paces(database: str) -> Paces | None:
    """What keeps the vendors' limits over all processes on this database; None where there is only one process."""
    if database_url(database).get_backend_name() != "postgresql":
        return None
    return SharedPaces(open_database(database, pool_size=_CONNECTIONS))
