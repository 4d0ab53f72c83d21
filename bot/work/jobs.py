"""Every job by its name, and what is done once a second and once a job is given up."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

import sqlalchemy as sa

from bot.cases import inbox, reading
from bot.cases.tables import cases as cases_table
from bot.cases.tables import proposals as proposals_table
from bot.work import bulk, bulk_arriving, exceptions, housekeeping, native_points, proposals, questions, webhooks
from bot.work.carry import give_up
from bot.work.house import House
from bot.work.queue import subject_of
from bot.work.standing import note_shown

log = logging.getLogger(__name__)

Job = Callable[[House, str], None]


LOOKS: Final = 3


def present(house: House, key: str) -> None:
    """The job `present`, key `<case>#…` or `<proposal>#…`: bring what people see up to date.

    Two of these may run at once, and the older view may arrive last: so whoever showed something looks whether it is
    still true, and shows again if not.
    """
    subject = subject_of(key)
    for _ in range(LOOKS):
        before = _standing(house, subject)
        if subject.startswith("P_"):
            house.presenter.show_proposal(subject)
            note_shown(house, subject)
        else:
            questions.present(house, key)
        if _standing(house, subject) == before:
            return


def _standing(house: House, subject: str) -> object:
    """What a view of this case or proposal depends on."""
    table = proposals_table if subject.startswith("P_") else cases_table
    columns = [table.c.state, table.c.result, table.c.approvers] if table is proposals_table else [table.c.version]
    with reading(house.engine) as conn:
        row = conn.execute(sa.select(*columns).where(table.c.id == subject)).first()
    return None if row is None else tuple(row)


def question(house: House, key: str) -> None:
    """The job `question`, key `<inbox key>`: also what a sweep queued once more, and that may be a vendor's message."""
    arrived = subject_of(key)
    if webhooks.is_message(key):
        webhooks.handle_message(house, arrived)
    elif bulk_arriving.is_list(house, arrived):
        bulk_arriving.handle(house, arrived)
    else:
        questions.handle(house, arrived)


JOBS: Final[dict[str, Job]] = {
    **questions.JOBS,
    **proposals.JOBS,
    **housekeeping.JOBS,
    **native_points.JOBS,
    **exceptions.JOBS,
    **bulk.JOBS,
    **webhooks.JOBS,
    "question": question,
    "present": present,
}


def tell_failed(house: House, job: str, key: str) -> None:
    """A job was given up: say so in its thread. What may have been sent goes to a person."""
    if job in ("effect", "settle"):
        give_up(house, subject_of(key))
        return
    if job.startswith("bulk_"):
        bulk.give_up(house, subject_of(key))
        return
    case_id = _case_behind(house, subject_of(key))
    if case_id is None and bulk_arriving.broken(house, subject_of(key)):
        return
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
