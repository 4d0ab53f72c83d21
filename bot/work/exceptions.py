"""What support is told without asking: an emergency decision at once, and each morning the day's exceptions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.cases import digests, reading
from bot.cases.database import writing
from bot.work.house import House

DIGEST: Final = "digest"
BREAK_GLASS: Final = "break_glass"
_CATCH_UP: Final = 3
"""How many days back a list is made up for, after a time in which nothing ran."""


def alert(house: House, key: str) -> None:
    """The job `alert`, key `break_glass/<proposal>`: tell support now."""
    house.presenter.show_exceptions(key)


def tell_exceptions(house: House) -> None:
    """A sweep's errand: of each of the last days that is over, list the exceptions, keep the list, tell support if
    there are any. A day that was kept and not told (a crash, Slack away) is told by the next sweep."""
    now = house.clock()
    for day in _over(house, now):
        with reading(house.engine) as conn:
            if digests.is_told(conn, day):
                continue
        lines = list_day(house, day)
        with writing(house.engine) as conn:
            digests.keep(conn, day, lines, now=now)
        if lines:
            house.presenter.show_exceptions(f"{DIGEST}/{day}")
        with writing(house.engine) as conn:
            digests.told(conn, day, now=now)


def _over(house: House, now: datetime) -> list[str]:
    """The last days in the first store's time whose list should have been made by now, oldest first."""
    local = now.astimezone(ZoneInfo(house.config.stores[0].timezone))
    reached = f"{local:%H:%M}" >= house.config.policy.digest_at
    newest = local.date() - timedelta(days=1 if reached else 2)
    return [f"{newest - timedelta(days=n)}" for n in reversed(range(_CATCH_UP))]


def list_day(house: House, day: str) -> list[digests.Line]:
    """The exceptions of a day, as things stand now. Raises ValueError for what is no day."""
    with reading(house.engine) as conn:
        return exceptions_of(conn, day, house.config.stores[0].timezone)


def exceptions_of(conn: sa.Connection, day: str, timezone: str) -> list[digests.Line]:
    """The exceptions from midnight to midnight in `timezone`. Raises ValueError for what is no day."""
    zone, first = ZoneInfo(timezone), date.fromisoformat(day)
    since, until = (datetime.combine(d, clock_time(), zone).astimezone(UTC) for d in (first, first + timedelta(days=1)))
    return digests.exceptions(conn, since=since, until=until)


JOBS: Final[Mapping[str, Callable[[House, str], None]]] = {"alert": alert}
