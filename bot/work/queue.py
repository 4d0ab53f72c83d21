"""Putting work into the durable queue, inside the caller's own transaction. The engine itself is in `worker.py`.

The truth is in our tables; the engine only queues, delays, retries. A job is a name and a key (ids only, no personal
data): the same job and key run once, however often they are enqueued. To run a job again for the same thing, add
`#n` to the key.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, EnqueueOptions
from dbos._serialization import DBOSPortableJSONSerializer, DefaultSerializer

from bot.cases import upgrade
from bot.cases.database import database_url

APPLICATION: Final = "pointsman"
VERSION: Final = "stable"
"""Pinned: workflows are short and take only (job, key, attempt), so an upgrade never strands waiting work."""


@dataclass(frozen=True)
class Queue:
    """poll: seconds between looks. concurrency: jobs at once in one process."""

    poll: float
    concurrency: int


QUEUES: Final[dict[str, Queue]] = {
    "asks": Queue(poll=0.1, concurrency=8),
    "effects": Queue(poll=0.25, concurrency=4),
    "timers": Queue(poll=1.0, concurrency=4),
    "bulk": Queue(poll=0.5, concurrency=2),
    "housekeeping": Queue(poll=1.0, concurrency=1),
}
QUEUE_OF: Final[dict[str, str]] = {
    "question": "asks",
    "diagnose": "asks",
    "present": "asks",
    "webhook": "asks",
    "wake": "timers",
    "effect": "effects",
    "settle": "effects",
    "remind": "timers",
    "expire": "timers",
    "alert": "asks",
    "bulk_check": "bulk",
    "bulk_run": "bulk",
    "bulk_show": "asks",
    "bulk_remind": "timers",
    "bulk_expire": "timers",
    "sweep": "housekeeping",
    "retain": "housekeeping",
    "snapshot": "housekeeping",
}


_FAILED: Final = ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
_UNFINISHED: Final = ("ENQUEUED", "DELAYED", "PENDING", *_FAILED)


@dataclass(frozen=True)
class Stuck:
    """One piece of work that an operator should look at. state: the engine's word."""

    workflow_id: str
    state: str
    since: datetime


def _moment(milliseconds: int | None) -> datetime:
    return datetime.fromtimestamp((milliseconds or 0) / 1000, UTC)


def subject_of(key: str) -> str:
    """The key without its run number: `P_1#3` is about `P_1`."""
    return key.partition("#")[0]


def workflow_name(queue: str) -> str:
    """The engine's name of the one generic workflow of a queue."""
    return f"{APPLICATION}_{queue}"


class Work:
    """The way into the queue. Costs no connection of its own and starts no thread."""

    def __init__(self, engine: sa.Engine) -> None:
        quieten_engine()
        self._client = DBOSClient(
            system_database_engine=engine,
            serializer=DBOSPortableJSONSerializer(),
            application_name=APPLICATION,
            lazy=True,
            retry_connection_errors=False,
        )

    def enqueue(
        self, conn: sa.Connection, job: str, key: str, *, delay: timedelta | None = None, attempt: int = 1
    ) -> None:
        """Have `job` run for `key`, once, after `conn` commits (and `delay`); nothing happens if it rolls back.

        Raises KeyError for a job nobody named, and SQLAlchemy's errors when the database cannot take it.
        """
        queue = QUEUE_OF[job]
        suffix = "" if attempt == 1 else f"~{attempt}"
        options: EnqueueOptions = {
            "workflow_name": workflow_name(queue),
            "queue_name": queue,
            "workflow_id": f"{job}:{key}{suffix}",
            "app_version": VERSION,
        }
        if delay is not None and delay > timedelta():
            options["delay_seconds"] = delay.total_seconds()
        self._client.enqueue_in_transaction(conn, options, job, key, attempt)

    def register_queues(self) -> None:
        """Make the queues known to the engine, before it starts to look for work."""
        for name, queue in QUEUES.items():
            self._client.register_queue(
                name,
                worker_concurrency=queue.concurrency,
                polling_interval_sec=queue.poll,
                on_conflict="always_update",
            )

    def counts(self) -> dict[str, int]:
        """How much work stands in each state that is not finished well."""
        rows = self._client.list_workflows(status=list(_UNFINISHED), load_input=False, load_output=False)
        found = Counter(row.status for row in rows)
        return {state: found.get(state, 0) for state in _UNFINISHED}

    def stuck(self, *, older_than: timedelta) -> list[Stuck]:
        """Work that failed for good or was recovered too often, and what has been running longer than `older_than`."""
        failed = self._client.list_workflows(status=list(_FAILED), load_input=False, load_output=False)
        since = datetime.now(UTC) - older_than
        running = self._client.list_workflows(status="PENDING", load_input=False, load_output=False)
        slow = [row for row in running if _moment(row.updated_at) < since]
        return [Stuck(row.workflow_id, row.status, _moment(row.updated_at)) for row in (*failed, *slow)]

    def delete_finished(self, *, older_than: timedelta, batch: int = 2000) -> int:
        """Forget work that ended before; what waits or runs stays. Returns how many were deleted."""
        before = (datetime.now(UTC) - older_than).isoformat()
        deleted = 0
        while True:
            rows = self._client.list_workflows(
                status=["SUCCESS", "CANCELLED", *_FAILED],
                completed_before=before,
                limit=batch,
                load_input=False,
                load_output=False,
            )
            if not rows:
                return deleted
            self._client.delete_workflows([row.workflow_id for row in rows])
            deleted += len(rows)

    def close(self) -> None:
        """Let go of the client; the database engine is the house's."""
        self._client.destroy()


def prepare(url: str) -> None:
    """Bring our tables and the engine's up to date. Needs a role that may create tables."""
    quieten_engine()
    upgrade(url)
    DBOS.migrate(engine_url(url))


def engine_url(url: str) -> str:
    """The same database, as the durable engine wants it written."""
    parsed = database_url(url)
    plain = parsed if parsed.get_backend_name() == "sqlite" else parsed.set(drivername="postgresql")
    return plain.render_as_string(hide_password=False)


class _Quiet(logging.Filter):
    """Keeps the engine's advertising out of the log, and objects that it failed to serialise (personal data)."""

    SPAM = ("console.dbos.dev", "for development and testing", "Error serializing object")

    def filter(self, record: logging.LogRecord) -> bool:
        text = str(record.msg)
        return not any(part in text for part in self.SPAM)


def _refuse(*_args: Any) -> Any:
    raise TypeError("pickled data is refused: a changed row in the database could run code")


def quieten_engine() -> None:
    """Once a process, before the engine is made: our log handling instead of its own; pickle refused for good."""
    logger = logging.getLogger("dbos")
    if any(isinstance(f, _Quiet) for f in logger.filters):
        return
    logger.addHandler(logging.NullHandler())  # a handler of ours keeps it from adding its own; records go to the root
    logger.setLevel(logging.WARNING)
    logger.addFilter(_Quiet())
    logging.getLogger("alembic").setLevel(logging.WARNING)
    DefaultSerializer.serialize = _refuse  # type: ignore[assignment, method-assign]
    DefaultSerializer.deserialize = _refuse  # type: ignore[assignment, method-assign]
