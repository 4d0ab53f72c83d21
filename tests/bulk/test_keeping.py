"""What is kept of a list: on record, checkable, and forgotten in time or on request."""

from __future__ import annotations

from bot.cases import audit, bulk_moves, reading
from bot.cases.bulk_models import RunState
from bot.errors import NotAllowed
from bot.work import bulk, housekeeping
from bot.work.erasing import Person, erase_customer
from tests.bulk.lists import Lists, people, refuses


def test_a_customers_rows_are_forgotten_and_the_trail_stays(lists: Lists) -> None:
    people(lists.servers, "ash", 3)
    text = "email,points\n" + "".join(f"pat{n}@example.com,5\n" for n in (1, 2, 3))
    run = lists.checked(text)
    who = Person(email="Pat2@example.com")
    with refuses(NotAllowed, run.id):
        erase_customer(lists.house.config, who, by="cli:jo", really=True)
    run = lists.to_the_end(lists.sign(run))
    assert erase_customer(lists.house.config, who, by="cli:jo").rows == {(run.id, 3)}
    erase_customer(lists.house.config, who, by="cli:jo", really=True)
    row = lists.rows(run)[1]
    assert (row.private, row.customer_ref, row.points, row.after, row.state.value) == ({}, None, 5, 105, "done")
    assert b"pat2" not in bulk.outcome_file(lists.house, run.id)
    assert erase_customer(lists.house.config, who, by="cli:jo").nothing
    assert lists.deeds(run)[-1] == "finish"


def test_a_row_is_found_by_what_it_names_too(sqlite_lists: Lists) -> None:
    """The provider's e-mail is another than the file's phone; a row that nobody was found for has no customer."""
    lists = sqlite_lists
    run = lists.plan("phone,email,points\n303-555-0198,gone@example.com,5\n")
    lists.change("UPDATE bulk_rows SET phone_ref = NULL, email_ref = NULL")
    run = lists.look_up(run)
    assert run.state is RunState.REFUSED
    erase_customer(lists.house.config, Person(phone="(303) 555-0198"), by="cli:jo", really=True)
    assert lists.rows(run)[0].private == {}


def test_old_lists_lose_their_people(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 2)
    text = "email,points\npat1@example.com,5\npat2@example.com,5\n"
    done = lists.to_the_end(lists.approved(text))
    waiting = lists.checked(text, source="f2")
    lists.clock.move(days=89)
    housekeeping.retain(lists.house, "x")
    assert lists.rows(done)[0].private
    lists.clock.move(days=2)
    housekeeping.retain(lists.house, "x")
    assert [row.private for row in lists.rows(done)] == [{}, {}]
    assert (lists.get(done).private, lists.get(done).given) == ({}, 10)
    assert lists.rows(waiting)[0].private
    assert lists.deeds(done)[-1] == "finish"


def test_a_changed_row_is_found_by_the_trail(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 2)
    run = lists.to_the_end(lists.approved("email,points\npat1@example.com,5\npat2@example.com,5\n"))
    for column, value in (("after", "205"), ("state", "'rejected'"), ("number", "77"), ("seal", "'x'")):
        with lists.house.engine.connect() as conn:
            before = conn.exec_driver_sql(f"SELECT {column} FROM bulk_rows WHERE number = 3").scalar()
        lists.change(f"UPDATE bulk_rows SET {column} = {value} WHERE number = 3")
        with reading(lists.house.engine) as conn:
            assert bulk_moves.faults(conn) == [run.id], column
            assert audit.verify(conn).ok
        lists.change(f"UPDATE bulk_rows SET {column} = :was WHERE number IN (3, 77)", was=before)
    with reading(lists.house.engine) as conn:
        assert bulk_moves.faults(conn) == []


def test_the_trail_holds_totals_and_nobody(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 2)
    run = lists.to_the_end(lists.approved("email,points\npat1@example.com,5\npat2@example.com,-5\nbad,1\n"))
    with reading(lists.house.engine) as conn:
        trail = [e for e in audit.entries(conn) if e.subject == run.id]
    assert '"given":"5","' in trail[1].detail
    assert run.digest is not None
    assert all(run.digest in entry.detail for entry in trail[1:])
    assert not any("pat" in entry.detail or "@" in entry.detail for entry in trail)


def test_a_list_that_the_engine_lost_is_queued_again(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 1)
    checking = lists.plan("email,points\npat1@example.com,5\n")
    running = lists.approved("email,points\npat1@example.com,7\n", source="f2")
    lists.clock.move(minutes=11)
    housekeeping.sweep(lists.house, "1")
    mark = int(lists.clock().timestamp())
    with reading(lists.house.engine) as conn:
        queued = set(conn.exec_driver_sql("SELECT workflow_uuid FROM workflow_status").scalars())
    assert {f"bulk_check:{checking.id}#sweep{mark}", f"bulk_run:{running.id}#sweep{mark}"} <= queued
