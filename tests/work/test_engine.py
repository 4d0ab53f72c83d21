"""The engine's guard rails: stored with the enqueue, run once, tried again, given up loudly, nothing pickled."""

from __future__ import annotations

import base64
import logging
import pickle
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
import sqlalchemy as sa
from dbos._utils import GlobalParams

from bot.cases import inbox, open_database, reading, writing
from bot.cases.database import database_url
from bot.clock import system_clock
from bot.errors import WorkUnavailable
from bot.work import House, Work, Worker, housekeeping, receive, subject_of, worker
from bot.work.housekeeping import every_second, retain, sweep
from bot.work.lease import FileLease, SlotLease, take_lease
from bot.work.queue import QUEUE_OF, QUEUES, VERSION, engine_url
from tests.cases.databases import fresh_database
from tests.work.household import Seen, at_once, household, settings
from tests.work.nursery import wait_for


@pytest.fixture
def house(database: str) -> Iterator[House]:
    made = household(settings(database), clock=system_clock)
    yield made
    made.close()


@contextmanager
def working(house: House, **jobs: Any) -> Iterator[Worker]:
    running = Worker(house, jobs=jobs)
    running.start()
    try:
        yield running
    finally:
        running.stop(drain_s=0)


def table(house: House) -> str:
    return "dbos.workflow_status" if house.engine.dialect.name == "postgresql" else "workflow_status"


def rows(house: House, columns: str) -> list[Any]:
    with reading(house.engine) as conn:
        ours = "workflow_uuid NOT LIKE 'sweep:%' AND workflow_uuid NOT LIKE 'retain:%'"  # the heartbeat's own
        found = conn.execute(sa.text(f"SELECT {columns} FROM {table(house)} WHERE {ours} ORDER BY workflow_uuid"))
        return [tuple(row) for row in found]


class Done:
    """A job that remembers its keys."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    def __call__(self, _house: House, key: str) -> None:
        self.keys.append(key)


def test_what_arrives_is_stored_and_done_once_however_often_it_comes(house: House) -> None:
    done = Done()
    with working(house, question=done):
        arrivals = at_once(*[lambda: receive(house, key="message:T1:C:1.1", kind="question", payload={"x": 1})] * 6)
        wait_for(lambda: done.keys, 10, "the job")
        receive(house, key="message:T1:C:1.2", kind="question", payload={})
        wait_for(lambda: len(done.keys) == 2, 10, "the other job")
    assert sorted(arrivals) == [False] * 5 + [True]
    assert done.keys == ["message:T1:C:1.1", "message:T1:C:1.2"]
    stored = rows(house, "workflow_uuid, status, queue_name, application_version, application_name, serialization")
    assert stored == [
        (f"question:message:T1:C:1.{n}", "SUCCESS", "asks", VERSION, "pointsman", "portable_json") for n in (1, 2)
    ]


def test_a_rolled_back_transaction_leaves_neither_row_nor_work(house: House) -> None:
    with pytest.raises(RuntimeError), writing(house.engine) as conn:
        inbox.keep(conn, house.vault, key="k", kind="question", payload={}, now=house.clock())
        house.work.enqueue(conn, "question", "k")
        raise RuntimeError
    with reading(house.engine) as conn:
        assert inbox.read(conn, house.vault, "k") is None
    assert rows(house, "workflow_uuid") == []


def test_work_is_delayed_and_ids_carry_no_personal_data(house: House) -> None:
    done = Done()
    with working(house, remind=done, question=done):
        began = time.monotonic()
        with writing(house.engine) as conn:
            house.work.enqueue(conn, "remind", "P_1#2", delay=timedelta(seconds=1))
            house.work.enqueue(conn, "question", "now", delay=timedelta())
        wait_for(lambda: len(done.keys) == 2, 15, "both jobs")
    assert done.keys == ["now", "P_1#2"]
    assert time.monotonic() - began > 1
    assert subject_of("P_1#2") == "P_1"


def test_a_job_nobody_named_cannot_be_queued(house: House) -> None:
    with pytest.raises(KeyError), writing(house.engine) as conn:
        house.work.enqueue(conn, "no_such_job", "k")
    assert set(QUEUE_OF.values()) == set(QUEUES)


def test_a_job_that_fails_is_tried_again_and_given_up_aloud(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "RETRY_AFTER", (timedelta(milliseconds=50),) * 2)
    seen = house.presenter
    assert isinstance(seen, Seen)
    tries: list[str] = []

    def fail(_house: House, key: str) -> None:
        tries.append(key)
        raise ValueError("Dana Ortiz, +13035550142")

    with working(house, diagnose=fail, question=Done()):
        with writing(house.engine) as conn:
            house.work.enqueue(conn, "diagnose", "C_1#1")
        wait_for(lambda: seen.calls, 20, "somebody to be told")
        wait_for(lambda: [r for r in rows(house, "status, workflow_uuid") if r[0] == "ERROR"], 10, "the record")
    assert tries == ["C_1#1"] * 3
    assert seen.calls == [("failed", "C_1")]
    assert rows(house, "workflow_uuid, status") == [
        ("diagnose:C_1#1", "SUCCESS"),
        ("diagnose:C_1#1~2", "SUCCESS"),
        ("diagnose:C_1#1~3", "ERROR"),
    ]
    [record] = house.work._client.list_workflows(status="ERROR")
    assert str(record.error) == "diagnose C_1#1: ValueError"
    assert [(s.workflow_id, s.state) for s in house.work.stuck(older_than=timedelta(0))] == [
        ("diagnose:C_1#1~3", "ERROR")
    ]


def test_errors_in_the_log_name_the_place_and_not_the_data(
    house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "RETRY_AFTER", ())

    customer = "Dana Ortiz"

    def fail(_house: House, _key: str) -> None:
        raise ValueError(customer)

    with working(house, diagnose=fail):
        with writing(house.engine) as conn:
            house.work.enqueue(conn, "diagnose", "nothing behind it")
        wait_for(lambda: [r for r in rows(house, "status") if r == ("ERROR",)], 10, "the record")
    text = caplog.text
    assert "test_engine.py" in text
    assert "Dana" not in text
    assert "was given up before it had a case" in text


def test_telling_people_may_fail_too_and_the_record_stays(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "RETRY_AFTER", ())

    class Mute(Seen):
        def failed(self, case_id: str) -> None:
            raise ConnectionError

    def fail(_house: House, _key: str) -> None:
        raise ValueError

    with working(replace(house, presenter=Mute()), diagnose=fail):
        with writing(house.engine) as conn:
            house.work.enqueue(conn, "diagnose", "C_1")
        wait_for(lambda: rows(house, "status") == [("ERROR",)], 10, "the record")


def listening() -> set[int]:
    """The ports that this process listens on."""
    return {c.laddr.port for c in psutil.Process().net_connections("inet") if c.status == psutil.CONN_LISTEN}


def test_the_engine_says_nothing_of_its_own_and_listens_nowhere(
    house: House, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("dbos").setLevel(logging.DEBUG)
    before, threads_before = listening(), threading.active_count()  # other tests' servers may still stand
    with working(house, question=Done()) as running:
        opened = listening() - before
        threads = threading.active_count() - threads_before
        assert running.house is house
        assert GlobalParams.app_version == VERSION
        assert GlobalParams.executor_id == "pointsman-0"
        assert GlobalParams.executor_id != "local"
    logging.getLogger("dbos").setLevel(logging.WARNING)
    said = caplog.text + capfd.readouterr().err
    assert "console.dbos.dev" not in said
    assert "development and testing" not in said
    assert opened == set()
    assert threads < 40


def test_a_pickled_row_is_not_unpickled(house: House, tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "exploded",))

    pickled = base64.b64encode(pickle.dumps({"args": (Bomb(),), "kwargs": {}})).decode()
    done = Done()
    with writing(house.engine) as conn:
        house.work.enqueue(conn, "question", "harmless")
        schema = "dbos." if conn.dialect.name == "postgresql" else ""
        conn.execute(sa.text(f"UPDATE {schema}workflow_status SET serialization = 'py_pickle'"))
        conn.execute(sa.text(f"UPDATE {schema}workflow_input SET inputs = :i"), {"i": pickled})
    with working(house, question=done):
        wait_for(lambda: rows(house, "status") != [("ENQUEUED",)], 10, "the engine to look at it")
        time.sleep(0.2)
    assert not (tmp_path / "exploded").exists()
    assert done.keys == []


def test_one_worker_a_process(house: House) -> None:
    with working(house, question=Done()), pytest.raises(RuntimeError, match="one worker"):
        Worker(house, jobs={}).start()


def test_a_second_process_on_one_sqlite_file_is_told_plainly(sqlite_database: str) -> None:
    first = take_lease(sqlite_database)
    assert isinstance(first, FileLease)
    assert first.tick(list, print)
    house = household(settings(sqlite_database), clock=system_clock)
    with pytest.raises(WorkUnavailable, match="another process works on"):
        Worker(house, jobs={}).start()
    first.release()
    with working(house):
        pass
    house.close()


def test_a_database_that_takes_no_write_is_said_at_once(sqlite_database: str) -> None:
    house = household(settings(sqlite_database), clock=system_clock)
    with writing(house.engine):  # somebody holds the write lock
        began = time.monotonic()
        with pytest.raises(WorkUnavailable) as caught:
            receive(house, key="k", kind="question", payload={})
        waited = time.monotonic() - began
    assert waited < 2.5
    assert caught.value.staff == "I could not write that down just now. Please try again in a moment."
    assert receive(house, key="k", kind="question", payload={})
    house.close()


def test_a_database_server_that_is_away_is_said_at_once(sqlite_database: str) -> None:
    config = settings("postgresql://nobody@127.0.0.1:9/none")
    engine = open_database(config.database)
    opened = household(settings(sqlite_database), clock=system_clock)
    opened.close()
    house = replace(opened, config=config, engine=engine, work=Work(engine))
    began = time.monotonic()
    with pytest.raises(WorkUnavailable):
        receive(house, key="k", kind="question", payload={})
    with pytest.raises(WorkUnavailable):
        Worker(house, jobs={}).start()
    assert time.monotonic() - began < 2.5
    house.close()


def test_the_engine_gets_the_url_it_understands() -> None:
    assert engine_url("sqlite:////tmp/x.db") == "sqlite:////tmp/x.db"
    assert engine_url("postgresql://u:p@h/d") == "postgresql://u:p@h/d"


# -- names and the dead -----------------------------------------------------------------------------------------------


@pytest.fixture
def postgres() -> Iterator[str]:
    with fresh_database("postgresql") as url:
        yield url


def cut(url: str, lease: SlotLease) -> None:
    """The server ends the lease's session."""
    plain = database_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as conn:
        conn.execute("SELECT pg_terminate_backend(%s)", (lease._conn.info.backend_pid,))


def test_every_process_has_a_name_of_its_own_and_names_are_used_again(postgres: str) -> None:
    first, second = SlotLease(postgres), SlotLease(postgres)
    assert (first.executor_id, second.executor_id) == ("pointsman-0", "pointsman-1")
    first.release()
    third = SlotLease(postgres)
    assert third.executor_id == "pointsman-0"
    second.release()
    third.release()


def test_the_work_of_a_dead_name_is_recovered_after_two_sightings(postgres: str) -> None:
    lease, other = SlotLease(postgres), SlotLease(postgres)
    recovered: list[str] = []

    def busy() -> list[str]:
        return ["pointsman-0", "pointsman-1", "pointsman-7", "local", "pointsman-x"]

    assert lease.tick(busy, recovered.append)
    assert recovered == []
    assert lease.tick(busy, recovered.append)
    assert recovered == ["pointsman-7"]  # neither its own nor the living one's
    other.release()
    assert lease.tick(lambda: ["pointsman-1"], recovered.append)
    assert lease.tick(list, recovered.append)  # its work ended meanwhile: the sightings begin anew
    assert lease.tick(lambda: ["pointsman-1"], recovered.append)
    assert recovered == ["pointsman-7"]
    assert lease.tick(lambda: ["pointsman-1"], recovered.append)
    assert recovered == ["pointsman-7", "pointsman-1"]
    lease.release()


def test_a_lost_connection_is_made_anew_with_the_same_name(postgres: str) -> None:
    lease = SlotLease(postgres)
    cut(postgres, lease)
    assert lease.tick(list, print)  # notices
    assert lease.tick(list, print)  # takes it again
    rival = SlotLease(postgres)
    assert rival.executor_id == "pointsman-1"
    rival.release()
    lease.release()


def test_a_name_that_somebody_else_took_is_given_up_after_a_while(postgres: str) -> None:
    now = [0.0]
    lease = SlotLease(postgres, clock=lambda: now[0])
    cut(postgres, lease)
    rival = SlotLease(postgres)
    assert rival.executor_id == "pointsman-0"
    assert lease.tick(list, print)  # notices
    assert lease.tick(list, print)  # hopes
    now[0] = 6.0
    assert not lease.tick(list, print)
    rival.release()
    lease.release()


def test_a_worker_that_lost_its_name_stops(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.work.lease.RETAKE_S", 0.0)
    house = household(settings(postgres), clock=system_clock)
    lost = threading.Event()
    running = Worker(house, jobs={}, on_lost=lost.set)
    running.start()
    assert isinstance(running._lease, SlotLease)
    rival = psycopg.connect(running._lease._url, autocommit=True)
    cut(postgres, running._lease)
    rival.execute("SELECT pg_advisory_lock(7061003, 0)")
    assert lost.wait(20)
    rival.close()
    with working(house):  # nothing of the old one is left
        pass
    house.close()


# -- housekeeping -----------------------------------------------------------------------------------------------------


def test_sweep_and_retention_are_queued_once_for_their_time(house: House) -> None:
    housekeeping._asked_for.clear()
    every_second(house)
    every_second(house)
    housekeeping._asked_for.clear()  # another process
    every_second(house)
    with reading(house.engine) as conn:
        ids = conn.execute(sa.text(f"SELECT workflow_uuid FROM {table(house)} ORDER BY workflow_uuid")).scalars()
        assert [name.partition(":")[0] for name in ids] == ["retain", "sweep"]


def test_a_sweep_measures_and_picks_up_what_fell(house: House) -> None:
    receive(house, key="k", kind="question", payload={})
    with writing(house.engine) as conn:
        conn.execute(sa.text(f"DELETE FROM {table(house)}"))  # the engine's tables were lost
        conn.execute(sa.text("UPDATE inbox SET received_at = received_at"))
    sweep(house, "1")
    assert house.work.counts()["ENQUEUED"] == 0  # it is too early to say that it fell
    moved = household(house.config, clock=lambda: system_clock() + timedelta(minutes=11))
    sweep(moved, "2")
    assert [i.partition("#")[0] for (i,) in rows(house, "workflow_uuid")] == ["question:k"]
    moved.close()


def test_retention_forgets_finished_work_and_personal_data(house: House) -> None:
    done = Done()
    with working(house, question=done):
        receive(house, key="k", kind="question", payload={"text": "x"})
        wait_for(lambda: rows(house, "status") == [("SUCCESS",)], 10, "the job")
    with writing(house.engine) as conn:
        inbox.mark_handled(conn, "k", now=house.clock())
        house.work.enqueue(conn, "question", "waits")
    retain(house, "today")
    assert len(rows(house, "status")) == 2
    assert house.work.delete_finished(older_than=timedelta(0), batch=1) == 1
    assert rows(house, "workflow_uuid") == [("question:waits",)]
    later = household(house.config, clock=lambda: system_clock() + timedelta(days=91))
    retain(later, "later")
    with reading(house.engine) as conn:
        row = inbox.read(conn, house.vault, "k")
    assert row is not None
    assert row.payload is None
    later.close()
