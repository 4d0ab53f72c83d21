"""The engine, launched: takes jobs from the queues and runs them. One worker a process; nothing else imports dbos
but this module and `queue.py`.

Guard rails (each has a test): the version is pinned; queues are named and threads bounded; the executor's name is
leased; only portable JSON is stored; a job that fails is tried again with growing waits, each try a workflow of its
own, and in the end somebody is told and the failure stays on record. A workflow has no steps: the job reads our tables
to see how far it got, so running it again from the start is always right.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import traceback
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig
from dbos._serialization import DBOSPortableJSONSerializer
from prometheus_client import Counter

from bot.cases import keyring
from bot.cases.database import reading, writing
from bot.errors import WorkUnavailable
from bot.work import native_points
from bot.work.house import House
from bot.work.housekeeping import every_second
from bot.work.jobs import JOBS, Job, tell_failed
from bot.work.lease import Lease, take_lease
from bot.work.queue import APPLICATION, QUEUES, VERSION, engine_url, quieten_engine, workflow_name

log = logging.getLogger(__name__)

RETRY_AFTER: Final = tuple(timedelta(seconds=s) for s in (2, 10, 60, 300))
MAX_THREADS: Final = 48
MAX_RECOVERIES: Final = 20
DRAIN_S: Final = 20
"""Longer than one write's deadline, so that a stopping process finishes what it sent."""
JOBS_RUN = Counter("pointsman_jobs", "Jobs run, by how they ended.", ["job", "outcome"])


class JobFailed(Exception):
    """Recorded with the workflow; names the job and the kind of error, and carries no data of anybody."""


class Stopping(BaseException):
    """Leaves a job unfinished, to be recovered. Not an Exception: the engine would record those as the job's end."""


class Worker:
    """Runs jobs until stopped. `on_lost` is called when another process took our name: by default it ends us."""

    def __init__(
        self,
        house: House,
        *,
        jobs: Mapping[str, Job] | None = None,
        on_lost: Callable[[], None] | None = None,
    ) -> None:
        """`jobs`: what each name does; the product's own unless said."""
        self.house = house
        self._jobs = dict(jobs) if jobs is not None else JOBS
        self._on_lost = on_lost if on_lost is not None else _end_process
        self._lease: Lease | None = None
        self._stopping = threading.Event()
        self._beat: threading.Thread | None = None
        self._running = 0
        self._lock = threading.Lock()

    def start(self) -> None:
        """Take a name, launch the engine, begin to work. Raises WorkUnavailable, RuntimeError if one runs here."""
        global _current
        if _current is not None:
            raise RuntimeError("one worker a process")
        self._lease = take_lease(self.house.config.database)
        _current = self
        try:
            if not self._same_key():
                raise WorkUnavailable("The security key was replaced just now: start again.", "the key was replaced")
            quieten_engine()
            native_points.use_newest(self.house)
            self.house.work.register_queues()
            DBOS(config=self._engine_config(self._lease.executor_id))
            DBOS.launch()
        except BaseException:
            self.stop(drain_s=0)
            raise
        self._beat = threading.Thread(target=self._heartbeat, name="pointsman-lease", daemon=True)
        self._beat.start()

    @property
    def may_work(self) -> bool:
        """Whether it has a name, and works. Else nothing may be accepted: not before, nor once it lost its name."""
        return self._beat is not None and not self._stopping.is_set()

    def _same_key(self) -> bool:
        """Whether the security key is still the one that this process began with."""
        with reading(self.house.engine) as conn:
            return keyring.still_in_use(conn, self.house.vault)

    def _engine_config(self, executor_id: str) -> DBOSConfig:
        return {
            "name": APPLICATION,
            "system_database_url": engine_url(self.house.config.database),
            "application_version": VERSION,
            "executor_id": executor_id,
            "serializer": DBOSPortableJSONSerializer(),
            "max_executor_threads": MAX_THREADS,
            "sys_db_pool_size": 8,
            "run_migrations": False,
            "enable_otlp": False,
            "log_level": "WARNING",
        }

    def stop(self, *, drain_s: int = DRAIN_S) -> None:
        """Take no more work, let what runs finish for up to `drain_s` seconds, give the name back."""
        global _current
        self._stopping.set()
        self.house.stopping.set()
        if self._beat is not None and self._beat is not threading.current_thread():
            self._beat.join(timeout=10)
        DBOS.destroy(workflow_completion_timeout_sec=drain_s if self._running else 0)
        if self._lease is not None:
            self._lease.release()
        if _current is self:
            _current = None

    def run(self, job: str, key: str, attempt: int) -> None:
        """One try of one job: the boundary at which every error of our own making ends."""
        with self._lock:
            self._running += 1
        try:
            self._jobs[job](self.house, key)
            JOBS_RUN.labels(job, "done").inc()
        except Exception as error:  # noqa: BLE001 - whatever broke, the work is kept and tried again, or handed on
            log.warning("Job %s %s failed at try %d: %s", job, key, attempt, _where(error))
            self._again_or_give_up(job, key, attempt, error)
        finally:
            with self._lock:
                self._running -= 1

    def _again_or_give_up(self, job: str, key: str, attempt: int, error: Exception) -> None:
        if attempt <= len(RETRY_AFTER):
            JOBS_RUN.labels(job, "retried").inc()
            self._until_stored(job, key, attempt + 1, RETRY_AFTER[attempt - 1])
            return
        JOBS_RUN.labels(job, "failed").inc()
        try:
            tell_failed(self.house, job, key)
        except Exception as second:  # noqa: BLE001 - telling people failed too; the record below is what is left
            log.error("Nobody could be told that %s %s failed: %s", job, key, _where(second))
        raise JobFailed(f"{job} {key}: {type(error).__name__}") from None

    def _until_stored(self, job: str, key: str, attempt: int, delay: timedelta) -> None:
        """Queue the next try, waiting for the database if it is away: it must not be lost on the way."""
        while True:
            try:
                with writing(self.house.engine) as conn:
                    self.house.work.enqueue(conn, job, key, delay=delay, attempt=attempt)
                return
            except sa.exc.SQLAlchemyError as error:
                log.warning("Job %s %s waits for the database: %s", job, key, type(error).__name__)
                if self._stopping.wait(2):
                    raise Stopping from error

    def _heartbeat(self) -> None:
        while not self._stopping.wait(1.0):
            try:
                lost = self._lost()
                if lost:
                    log.critical("%s; stopping before work is done wrongly", lost)
                    self.stop(drain_s=0)
                    self._on_lost()
                    return
                every_second(self.house)
            except Exception as error:  # noqa: BLE001 - the heartbeat outlives a database that is away
                log.warning("Heartbeat: %s", error)

    def _lost(self) -> str:
        """Why this process must not go on; "" while it may."""
        if self._lease is not None and not self._lease.tick(_busy_executors, _recover):
            return "Another process holds this one's name"
        return "" if self._same_key() else "The security key was replaced: start again with the new one"


_current: Worker | None = None


def _busy_executors() -> set[str]:
    pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
    return {w.executor_id for w in pending if w.executor_id}


def _recover(executor_id: str) -> None:
    DBOS._recover_pending_workflows([executor_id])


def _where(error: BaseException) -> str:
    """The kind of error and its stack, without its message: that may quote personal data."""
    frames = "".join(traceback.format_tb(error.__traceback__)[-6:])
    return f"{type(error).__qualname__}\n{frames}"


def _end_process() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def _work(job: str, key: str, attempt: int) -> None:
    worker = _current
    if worker is None:
        raise Stopping
    worker.run(job, key, attempt)


def _register(queue: str) -> None:
    @DBOS.workflow(name=workflow_name(queue), max_recovery_attempts=MAX_RECOVERIES)
    def workflow(job: str, key: str, attempt: int) -> None:
        _work(job, key, attempt)


for _queue in QUEUES:
    _register(_queue)
