"""Who this process is to the engine: a name that no other living process has, and what to do about the dead.

SQLite: an operating-system lock on a file beside the database; one process, always the same name. PostgreSQL: each
process holds a session advisory lock on a numbered slot; a lock that nobody holds is a process that died, and its
unfinished work is put back in the queue by whoever notices. Both vanish with the process, however it ends.
"""

from __future__ import annotations

import fcntl
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Protocol

import psycopg

from bot.cases.database import database_url
from bot.errors import WorkUnavailable

log = logging.getLogger(__name__)

SLOT_CLASS = 7_061_003
"""The first key of the advisory locks; the second is the slot."""
GATE = 7_061_005
"""The advisory lock that lets processes in: shared while one takes a slot, held by who must be alone."""
MAX_SLOTS = 256
SIGHTINGS = 2
"""How many checks in a row must find a slot free before its work is taken: a restarting database drops all locks."""
RETAKE_S = 5.0
"""How long a process that lost its connection tries to get its own slot back from a reaper before it gives up."""


class Lease(Protocol):
    """A name held for as long as the process lives."""

    executor_id: str

    def tick(self, busy: Callable[[], Iterable[str]], recover: Callable[[str], None]) -> bool:
        """Called every second. False: the name is lost, stop working. `busy`: executor ids with unfinished work;
        `recover(executor_id)`: put a dead one's work back in the queue."""

    def release(self) -> None:
        """Give the name back."""


class FileLease:
    """One process per SQLite file."""

    executor_id = "pointsman-0"

    def __init__(self, database: Path) -> None:
        """Raises WorkUnavailable when another process works on this file."""
        self._file: IO[str] = database.with_name(f"{database.name}.lock").open("w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise WorkUnavailable(
                "Another Pointsman is already running here.",
                f"another process works on {database}: stop it first, or use PostgreSQL to run several",
            ) from error

    def tick(self, busy: Callable[[], Iterable[str]], recover: Callable[[str], None]) -> bool:
        """A file lock is not lost while the process lives, and there is nobody else to look after."""
        return True

    def release(self) -> None:
        """Unlock; the file stays, so that no other process locks a deleted one."""
        self._file.close()


class SlotLease:
    """One slot per process on PostgreSQL, over a connection of its own."""

    def __init__(self, url: str, *, prefix: str = "pointsman", clock: Callable[[], float] = time.monotonic) -> None:
        """Take the first free slot. Raises WorkUnavailable when the database is away or all slots are taken."""
        self._url = _plain(url)
        self._prefix = prefix
        self._clock = clock
        self._sightings: dict[int, int] = {}
        self._lost_at: float | None = None
        try:
            self._conn = _connect(self._url)
            self._conn.execute("SELECT pg_advisory_lock_shared(%s)", (GATE,))
            self._slot = next(n for n in range(MAX_SLOTS) if self._take(n))
            self._conn.execute("SELECT pg_advisory_unlock_shared(%s)", (GATE,))
        except (psycopg.Error, StopIteration) as error:
            raise WorkUnavailable(
                "I cannot reach my database just now.", f"no slot could be leased: {error or 'all taken'}"
            ) from error
        self.executor_id = f"{prefix}-{self._slot}"

    def _take(self, slot: int) -> bool:
        row = self._conn.execute("SELECT pg_try_advisory_lock(%s, %s)", (SLOT_CLASS, slot)).fetchone()
        return row is not None and row[0]

    def _give(self, slot: int) -> None:
        self._conn.execute("SELECT pg_advisory_unlock(%s, %s)", (SLOT_CLASS, slot))

    def tick(self, busy: Callable[[], Iterable[str]], recover: Callable[[str], None]) -> bool:
        """See `Lease.tick`. A lost connection is made anew and our own slot taken first, before anybody else's."""
        try:
            if self._lost_at is not None:
                return self._retake()
            self._conn.execute("SELECT 1")
            self._reap(busy, recover)
        except psycopg.Error as error:
            log.warning("The lease's connection was lost: %s", error)
            self._lost_at = self._clock() if self._lost_at is None else self._lost_at
            self._conn.close()
        return True

    def _retake(self) -> bool:
        """True while there is hope: the database is still away, or the slot is ours again, or a reaper may let go. Not
        while somebody is alone: who lets nobody in may have begun while we held nothing."""
        if self._conn.closed:
            self._conn = _connect(self._url)
            self._lost_at = self._clock()  # hope is counted from when the database answered
        gate = self._conn.execute("SELECT pg_try_advisory_lock_shared(%s)", (GATE,)).fetchone()
        if gate is None or not gate[0]:
            return False
        taken = self._take(self._slot)
        self._conn.execute("SELECT pg_advisory_unlock_shared(%s)", (GATE,))
        if taken:
            self._lost_at = None
            return True
        return self._lost_at is None or self._clock() - self._lost_at < RETAKE_S

    def _reap(self, busy: Callable[[], Iterable[str]], recover: Callable[[str], None]) -> None:
        seen = {s for s in map(self._slot_of, busy()) if s is not None and s != self._slot}
        self._sightings = {s: n for s, n in self._sightings.items() if s in seen}
        for slot in sorted(seen):
            if not self._take(slot):
                self._sightings.pop(slot, None)
                continue
            try:
                self._sightings[slot] = self._sightings.get(slot, 0) + 1
                if self._sightings[slot] >= SIGHTINGS:
                    log.warning("Process %s-%d died; its unfinished work goes back in the queue", self._prefix, slot)
                    recover(f"{self._prefix}-{slot}")
                    del self._sightings[slot]
            finally:
                self._give(slot)

    def _slot_of(self, executor_id: str) -> int | None:
        name, _, number = executor_id.rpartition("-")
        return int(number) if name == self._prefix and number.isdecimal() else None

    def release(self) -> None:
        """Close the connection, which frees the slot."""
        self._conn.close()


def take_lease(url: str) -> Lease:
    """The lease that fits the database. Raises WorkUnavailable."""
    parsed = database_url(url)
    return FileLease(Path(str(parsed.database))) if parsed.get_backend_name() == "sqlite" else SlotLease(url)


@contextmanager
def alone(url: str) -> Iterator[None]:
    """While the body runs, no process works on this database, nor begins to. Raises WorkUnavailable when one does."""
    parsed = database_url(url)
    if parsed.get_backend_name() == "sqlite":
        lease = FileLease(Path(str(parsed.database)))
        try:
            yield
        finally:
            lease.release()
        return
    with closing(_connect(_plain(url))) as conn:
        gate = conn.execute("SELECT pg_try_advisory_lock(%s)", (GATE,)).fetchone()
        if gate is None or not gate[0] or conn.execute(_AT_WORK, (SLOT_CLASS,)).fetchone():
            raise WorkUnavailable(
                "Another Pointsman is already running here.", "another process works on this database: stop it first"
            )
        yield


_AT_WORK = """
SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2 AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def _plain(url: str) -> str:
    return database_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _connect(url: str) -> psycopg.Connection[tuple[bool]]:
    return psycopg.connect(
        url,
        autocommit=True,
        connect_timeout=2,
        keepalives_idle=5,
        keepalives_interval=2,
        keepalives_count=2,
        tcp_user_timeout=9000,
    )
