"""Opening the database, and its two kinds of transaction.

SQLite: the file is made in WAL before anybody else touches it, `synchronous` stays FULL, a writing transaction takes
the write lock at its start (BEGIN IMMEDIATE), so that what it read cannot change under it. PostgreSQL: psycopg 3,
READ COMMITTED; what must be serial takes an advisory lock. Both: no HTTP inside a transaction, ever, and errors never
quote the parameters of a statement (PostgreSQL itself may quote a row: such messages are not logged).
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.errors import ConfigError

BUSY_MS = 10_000
"""How long a background transaction waits for the write lock."""
ACK_BUSY_MS = 1_500
"""How long a transaction on the way to an acknowledgement waits: Slack gives three seconds in all."""
MIGRATIONS = Path(__file__).parent / "migrations"


def database_url(url: str) -> sa.URL:
    """The URL with the driver we use. Raises ConfigError for a database we cannot use."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise ConfigError("The database setting is not a URL.", f"database: {error}") from error
    if parsed.get_backend_name() == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise ConfigError("The database must be a file or a PostgreSQL server.", "database: SQLite without a path")
        return parsed.set(drivername="sqlite")
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise ConfigError(
        "The database must be sqlite:///… or postgresql://….", f"database: unknown kind {parsed.drivername!r}"
    )


def open_database(url: str, *, pool_size: int = 32) -> sa.Engine:
    """An engine over `sqlite:///path` or `postgresql://…`; connects when first used, except that a SQLite file is made.

    Raises ConfigError when the URL is of neither kind or the file cannot be made.
    """
    parsed = database_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed, pool_size)
    return sa.create_engine(
        parsed,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=2,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"connect_timeout": 2, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3},
    )


def _open_sqlite(url: sa.URL, pool_size: int) -> sa.Engine:
    path = Path(str(url.database))
    try:
        _make_wal(path)
    except sqlite3.Error as error:
        raise ConfigError(f"The database file {path} cannot be opened.", f"{path}: {error}") from error
    engine = sa.create_engine(url, pool_size=pool_size, max_overflow=0, pool_timeout=2, hide_parameters=True)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we begin transactions ourselves
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA secure_delete=ON")  # what is erased is overwritten

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        options = connection.get_execution_options()
        if options.get("reads_only"):
            connection.exec_driver_sql("BEGIN")
        else:
            _take_write_lock(connection, int(options.get("busy_ms", BUSY_MS)))

    return engine


def _take_write_lock(connection: sa.Connection, busy_ms: int) -> None:
    """BEGIN IMMEDIATE, asked again every few milliseconds. SQLite's own waiting backs off to a tenth of a second
    between looks, which an acknowledgement has not got; background work asks more rarely, so that it comes second."""
    pause = 0.001 if busy_ms <= ACK_BUSY_MS else 0.004
    until = time.monotonic() + busy_ms / 1000
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    while True:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return
        except sa.exc.OperationalError as error:
            code = getattr(error.orig, "sqlite_errorcode", None)
            if code != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(pause)


def _make_wal(path: Path) -> None:
    """Put the file into WAL. The switch itself does not heed SQLite's busy timeout, so two processes that make the
    file at once have to wait for each other here."""
    until = time.monotonic() + BUSY_MS / 1000
    with closing(sqlite3.connect(path, timeout=BUSY_MS / 1000)) as raw:
        while True:
            try:
                raw.execute("PRAGMA journal_mode=WAL")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(0.02)


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that only reads: sees one moment, and on SQLite takes no write lock."""
    with engine.connect().execution_options(reads_only=True) as conn, conn.begin():
        yield conn


@contextmanager
def writing(engine: sa.Engine, *, busy_ms: int = BUSY_MS) -> Iterator[sa.Connection]:
    """A transaction that writes: commits at the end, rolls back on any error; waits `busy_ms` for locks, no longer."""
    with engine.connect().execution_options(busy_ms=busy_ms) as conn, conn.begin():
        if conn.dialect.name == "postgresql":
            conn.exec_driver_sql(f"SET LOCAL lock_timeout = {int(busy_ms)}")
        yield conn


def overwrite_erased(engine: sa.Engine, *tables: str) -> bool:
    """After something was erased: have what lay there before overwritten too, as far as the database lets one. SQLite:
    the log is folded into the file and cut; False when somebody reads or writes just now, and the next time does it.
    PostgreSQL: the old versions of rows of `tables` are cleared away."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.exec_driver_sql(f"VACUUM {', '.join(tables)}")
        return True
    raw = engine.raw_connection()
    try:
        raw.cursor().execute(f"PRAGMA busy_timeout={ACK_BUSY_MS}")
        busy, _, _ = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    finally:
        raw.close()


def upgrade(url: str, revision: str = "head") -> None:
    """Bring our tables to `revision`. Safe to run from several processes at once."""
    engine = open_database(url, pool_size=2)
    try:
        with writing(engine, busy_ms=60_000) as conn:
            if conn.dialect.name == "postgresql":
                conn.exec_driver_sql("SELECT pg_advisory_xact_lock(7_061_001)")
            command.upgrade(alembic_config(conn), revision)
    finally:
        engine.dispose()


def open_records(url: str) -> sa.Engine:
    """An engine over a database that holds what a bot wrote, for commands that only read it.

    Raises ConfigError, saying what to do, when there is none, it does not answer, or its tables are another version's.
    """
    parsed = database_url(url)
    shown = parsed.render_as_string(hide_password=True)
    if parsed.get_backend_name() == "sqlite" and not Path(str(parsed.database)).exists():
        raise ConfigError(
            f"There is no database at {parsed.database} yet: `pointsman serve` makes it.", f"{shown}: none"
        )
    engine = open_database(url)
    try:
        current = is_current(engine)
    except sa.exc.OperationalError as error:
        engine.dispose()
        raise ConfigError(f"The database {shown} does not answer. Check that it runs.", f"{shown}: {error}") from error
    if not current:
        engine.dispose()
        raise ConfigError(
            f"The tables in {shown} are not those of this version: run `pointsman db upgrade` (serve does it too).",
            f"{shown}: not up to date",
        )
    return engine


def is_current(engine: sa.Engine) -> bool:
    """Whether our tables are those of this version."""
    with reading(engine) as conn:
        newest = ScriptDirectory.from_config(alembic_config(conn)).get_current_head()
        return MigrationContext.configure(conn).get_current_revision() == newest


def alembic_config(conn: sa.Connection) -> AlembicConfig:
    """Alembic bound to one open connection; `migrations/env.py` picks it up."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = conn
    return config
