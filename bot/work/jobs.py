"""Every job by its name, and what is done once a second and once a job is given up."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

import sqlalchemy as sa

from bot.cases import inbox, reading
from bot.cases.tables import proposals as proposals_table
from bot.work.house import House
from bot.work.queue import subject_of

log = logging.getLogger(__name__)

Job = Callable[[House, str], None]
JOBS: Final[dict[str, Job]] = {}


def every_second(house: House) -> None:
    """The heartbeat's own errand."""


def tell_failed(house: House, job: str, key: str) -> None:
    """A job was given up: say so in its thread. What was asked stays stored."""
    case_id = _case_behind(house, subject_of(key))
    if case_id is None:
        log.error("Job %s %s was given up before it had a case", job, key)
        return
    house.presenter.failed(case_id)


def _case_behind(house: House, subject: str) -> str | None:
    """The case that an id of ours, or an inbox key, belongs to."""
    if subject.startswith("C_"):
        return subject
    with reading(house.engine) as conn:
        if subject.startswith("P_"):
            query = sa.select(proposals_table.c.case_id).where(proposals_table.c.id == subject)
            return conn.execute(query).scalar()
        row = inbox.read(conn, house.vault, subject)
        return None if row is None else row.case_id
