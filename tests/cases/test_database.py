"""Opening, the two kinds of transaction, and migrations that agree with the tables."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bot.cases import open_database, open_records, reading, upgrade, writing
from bot.cases.database import database_url
from bot.cases.tables import inbox, metadata, switches
from bot.errors import ConfigError
from tests.cases.databases import KINDS, fresh_database


@pytest.mark.parametrize("kind", KINDS)
def test_migrations_give_exactly_the_tables_of_the_models(kind: str) -> None:
    with fresh_database(kind, migrated=False) as url:
        upgrade(url)
        upgrade(url)  # again: nothing to do
        engine = open_database(url)
        with engine.connect() as conn:
            context = MigrationContext.configure(conn, opts={"compare_type": True})
            assert compare_metadata(context, metadata) == []
        engine.dispose()


def test_the_engines_tables_in_the_same_database_are_not_ours_to_change(engine: sa.Engine) -> None:
    with engine.connect() as conn:
        ours = set(metadata.tables)
        schema = "dbos" if conn.dialect.name == "postgresql" else None
        theirs = set(sa.inspect(conn).get_table_names(schema=schema)) - ours
        options: dict[str, Any] = {"include_name": lambda name, kind, _: kind != "table" or name in ours}
        assert compare_metadata(MigrationContext.configure(conn, opts=options), metadata) == []
    assert {"workflow_status", "queues"} <= theirs


@pytest.mark.parametrize("kind", KINDS)
def test_two_processes_may_upgrade_at_once(kind: str) -> None:
    with fresh_database(kind, migrated=False) as url:
        failures: list[BaseException] = []

        def run() -> None:
            try:
                upgrade(url)
            except BaseException as error:  # noqa: BLE001 - looked at below
                failures.append(error)

        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        engine = open_database(url)
        with engine.connect() as conn:
            assert conn.execute(sa.text("SELECT count(*) FROM alembic_version")).scalar() == 1
        engine.dispose()
    assert failures == []


def test_a_sqlite_file_is_made_in_wal_with_full_sync_and_foreign_keys(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'new.db'}")
    with engine.connect() as conn:
        pragmas = {
            name: conn.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    engine.dispose()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_writer_holds_the_lock_from_its_start_and_a_hurried_one_gives_up_soon(sqlite_database: str) -> None:
    engine = open_database(sqlite_database)
    with writing(engine) as first:
        first.execute(sa.select(inbox.c.key))  # reads only, and still excludes other writers
        began = time.monotonic()
        with pytest.raises(sa.exc.OperationalError, match="locked"), writing(engine, busy_ms=50):
            pass
        waited = time.monotonic() - began
        with reading(engine) as reader:
            assert reader.execute(sa.select(sa.func.count()).select_from(inbox)).scalar() == 0
    engine.dispose()
    assert waited < 1


def test_a_hurried_writer_does_not_wait_for_a_row_lock(engine: sa.Engine) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("row locks are PostgreSQL's")
    moment = {"set_at": "2026-11-20 17:00:00+00", "set_by": "U1", "name": "x"}
    with writing(engine) as conn:
        conn.execute(
            sa.text("INSERT INTO switches (name, value, set_by, set_at) VALUES (:name, '1', :set_by, :set_at)"), moment
        )
    with writing(engine) as first:
        first.execute(switches.update().values(set_by="U2"))
        with pytest.raises(sa.exc.OperationalError, match="lock timeout"), writing(engine, busy_ms=50) as second:
            second.execute(switches.update().values(set_by="U3"))


def test_a_failing_writer_leaves_nothing(engine: sa.Engine) -> None:
    with pytest.raises(RuntimeError), writing(engine) as conn:
        conn.execute(sa.text("DELETE FROM inbox"))
        raise RuntimeError
    with reading(engine) as conn:
        assert conn.execute(sa.select(sa.func.count()).select_from(inbox)).scalar() == 0


def test_errors_do_not_quote_the_values_of_a_statement(sqlite_database: str) -> None:
    engine = open_database(sqlite_database)
    with pytest.raises(sa.exc.IntegrityError) as caught, writing(engine) as conn:
        conn.execute(inbox.insert().values(key="secret of Dana", kind=None, received_at=None))
    engine.dispose()
    assert "secret of Dana" not in str(caught.value)


@pytest.mark.parametrize("url", ["", "sqlite://", "sqlite:///:memory:", "mysql://host/x", "not a url"])
def test_what_cannot_be_used_is_a_setting_to_mend(url: str) -> None:
    with pytest.raises(ConfigError, match="database"):
        database_url(url)


def test_a_file_that_cannot_be_opened_is_a_setting_to_mend(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="unable to open"):
        open_database(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    (tmp_path / "text.db").write_text("this is no database, but long enough to be read as one " * 20)
    with pytest.raises(ConfigError) as caught:
        open_database(f"sqlite:///{tmp_path / 'text.db'}")
    assert isinstance(caught.value.__cause__, sqlite3.DatabaseError)


def test_who_only_reads_is_told_what_is_missing_and_makes_nothing(sqlite_database: str, tmp_path: Path) -> None:
    missing = tmp_path / "not there.db"
    with pytest.raises(ConfigError, match="none"):
        open_records(f"sqlite:///{missing}")
    assert not missing.exists()
    engine = open_database(f"sqlite:///{tmp_path}/empty.db")
    engine.dispose()
    with pytest.raises(ConfigError) as empty:
        open_records(f"sqlite:///{tmp_path}/empty.db")
    assert empty.value.staff.endswith("are not those of this version: run `pointsman db upgrade` (serve does it too).")
    with pytest.raises(ConfigError) as away:
        open_records("postgresql://pointsman:secret@127.0.0.1:9/nothing")
    expected = (
        "The database postgresql+psycopg://pointsman:***@127.0.0.1:9/nothing does not answer. Check that it runs."
    )
    assert away.value.staff == expected
    upgrade(sqlite_database)
    engine = open_records(sqlite_database)
    with reading(engine) as conn:
        assert conn.execute(sa.select(sa.func.count()).select_from(inbox)).scalar_one() == 0
    engine.dispose()
