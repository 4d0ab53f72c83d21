"""Rows of which nobody can say at once what became of them, refusals, and what a pause leaves on its way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.bulk import estimate, sentence, spoken
from bot.cases import switches, writing
from bot.cases.bulk_models import RowState, RunState
from bot.config import VendorSettings
from bot.work import bulk, set_pause
from bot.work.bulk_lanes import Steady, in_threads
from bot.work.bulk_run import carry_list
from bot.work.bulk_view import SIDE_EFFECTS
from connectors.sandbox import Fault
from connectors.sandbox.state import Event
from tests.bulk.lists import AVERY, MANAGER, QUINN, Lists, house_of, no_wait, people
from tests.connectors.helpers import FakeTime

R, S = RunState, RowState


def points(number: int, each: int = 5) -> str:
    return "email,points\n" + "".join(f"pat{n}@example.com,{each}\n" for n in range(1, number + 1))


def unproven(lists: Lists) -> Lists:
    """The same shop, where Alpine IQ's history proves nothing by what it lacks."""
    config = lists.house.config
    pine, *others = config.stores
    loyalty = VendorSettings(vendor="alpineiq", **{**pine.loyalty.own(), "ledger_proves_absence": False})
    stores = (pine.model_copy(update={"loyalty": loyalty}), *others)
    house = house_of(config.model_copy(update={"stores": stores}), lists.clock, lists.seen)
    return Lists(house, lists.servers, lists.clock, lists.seen)


def test_where_absence_is_no_proof_a_person_looks(sqlite_lists: Lists) -> None:
    lists = unproven(sqlite_lists)
    people(lists.servers, "pine", 1)
    run = lists.approved(points(1), store="pine")
    lists.servers.world.fault(Fault("cut_before", vendor="alpineiq", writes_only=True, path="adjust", times=1))
    run = lists.to_the_end(run, turns=30, step=400)
    assert (run.state, lists.codes(run), lists.ours("pine")) == (R.DONE, {2: "unknown cannot_tell"}, [])
    assert [row.number for row in bulk.unknown_rows(lists.house, run.id)] == [2]


def test_asked_again_while_the_provider_does_not_answer(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 2)
    run = lists.approved(points(2))
    world = lists.servers.world

    def watch(stage: str) -> None:
        if stage == "bulk_noted":
            world.fault(Fault("status", vendor="rivo"))

    carry_list(replace(lists.house, watch=watch), f"{run.id}#1", sleep=no_wait)
    assert (lists.states(run), [r.asked for r in lists.rows(run)]) == ({S.SENT: 2}, [1, 1])
    lists.clock.move(minutes=5)
    lists.turn(run)
    assert [r.asked for r in lists.rows(run)] == [2, 2]
    world.clear_faults()
    assert lists.to_the_end(run).state is R.DONE
    assert (lists.states(run), len(lists.ours())) == ({S.DONE: 2}, 2)


def test_a_purchase_in_between_does_not_hide_our_row(sqlite_lists: Lists) -> None:
    """The balance did not move by exactly our points: then the note in the history counts."""
    lists = sqlite_lists
    made = people(lists.servers, "ash", 1)
    run = lists.approved(points(1))

    def watch(stage: str) -> None:
        if stage == "bulk_noted":
            made[0].events.append(Event(lists.clock(), "order", 33))

    carry_list(replace(lists.house, watch=watch), f"{run.id}#1", sleep=no_wait)
    assert (lists.codes(run), made[0].points) == ({2: "done"}, 138)


def test_a_change_that_does_not_show_is_looked_at_once_more(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    made = people(lists.servers, "ash", 1)
    run = lists.approved(points(1))

    def watch(stage: str) -> None:
        if stage == "bulk_noted":
            made[0].events.clear()

    house = replace(lists.house, watch=watch, pace=replace(lists.house.pace, settle=60.0))
    carry_list(house, f"{run.id}#1", sleep=no_wait)
    assert lists.codes(run) == {2: "sent"}
    lists.clock.move(seconds=61)
    carry_list(replace(house, watch=lambda _stage: None), f"{run.id}#2", sleep=no_wait)
    run = lists.get(run)
    assert (run.state, lists.codes(run)[2]) == (R.DONE, "unknown cannot_tell")


def test_one_refused_row_does_not_take_nine_others_with_it(sqlite_lists: Lists) -> None:
    """The provider refuses a whole batch without saying why: its rows are tried once more, each alone."""
    lists = sqlite_lists
    made = people(lists.servers, "ash", 10)
    run = lists.approved(points(10))
    contacts = lists.servers.world.stores["ash"].contacts
    gone: list[str] = []

    def watch(stage: str) -> None:
        if stage == "bulk_marked" and not gone:
            gone.append(made[4].id)
            del contacts[made[4].id]

    carry_list(replace(lists.house, watch=watch), f"{run.id}#1", sleep=no_wait)
    assert (lists.states(run), lists.ours()) == ({S.SENDING: 10}, [])
    run = lists.to_the_end(run, turns=40)
    assert lists.states(run)[S.DONE] == 9
    assert len(lists.ours()) == 9
    assert lists.codes(run)[6] in ("unknown cannot_tell", "rejected unknown_customer")


def test_a_refusal_of_one_row_is_certain(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "bay", 2)
    run = lists.approved(points(2), store="bay")
    contacts = lists.servers.world.stores["bay"].contacts

    def watch(stage: str) -> None:
        if stage == "bulk_marked":
            contacts.pop("881000001", None)

    carry_list(replace(lists.house, watch=watch), f"{run.id}#1", sleep=no_wait)
    run = lists.to_the_end(run)
    assert lists.codes(run) == {2: "rejected rejected", 3: "done"}


def test_who_left_the_provider_meanwhile_is_left_alone(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    made = people(lists.servers, "ash", 2)
    run = lists.approved(points(2))
    del lists.servers.world.stores["ash"].contacts[made[0].id]
    assert lists.codes(lists.turn(run)) == {2: "rejected unknown_customer", 3: "done"}


def test_hidden_points_are_not_touched(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    made = people(lists.servers, "pine", 2)
    run = lists.approved(points(2), store="pine")
    made[0].hide_points = True
    assert lists.codes(lists.turn(run)) == {2: "rejected hidden", 3: "done"}


def test_ids_of_the_provider_and_of_the_register(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    made = people(lists.servers, "bay", 2)
    text = f"member id,customer id,points\n{made[0].id},,5\n,999999,5\n1,,5\n"
    assert lists.codes(lists.checked(text, store="bay")) == {
        2: "ready",
        3: "refused unknown_customer",
        4: "refused unknown_customer",
    }
    with lists.servers.world.lock:
        customer = next(c for c in lists.servers.world.stores["bay"].customers.values() if c.email)
    found = lists.checked(f"customer id,points\n{customer.id},5\n", store="bay", source="f2")
    assert lists.rows(found)[0].private["target"]["email"] == customer.email


def test_enrolled_by_somebody_else_meanwhile(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    world = lists.servers.world
    with world.lock:
        contacts = world.stores["pine"].contacts
        known = {c.phone for c in contacts.values()} | {c.email for c in contacts.values()}
        new = next(
            c
            for c in world.stores["pine"].customers.values()
            if c.phone and c.status == "Active" and c.phone not in known and c.email not in known
        )
    text = f"customer id,email\n{new.customer_id if hasattr(new, 'customer_id') else new.id},\n0,\n"
    run = lists.checked(text, store="pine", kind="enroll")
    assert lists.codes(run)[2] == "ready"
    bulk.submit_bulk(lists.house, run.id, MANAGER, reason="They agreed")
    bulk.approve_bulk(lists.house, run.id, QUINN)
    bulk.approve_bulk(lists.house, run.id, AVERY)
    people(lists.servers, "pine", 1)[0].phone = new.phone
    run = lists.to_the_end(run)
    assert lists.codes(run)[2] == "rejected already_member"


def test_a_pause_finds_out_about_what_is_on_its_way(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 20)
    run = lists.approved(points(20))
    lists.servers.world.fault(Fault("cut_after", vendor="rivo", writes_only=True, times=1))

    def one(works: object) -> None:
        works[0]()  # type: ignore[index]

    carry_list(lists.house, f"{run.id}#1", sleep=no_wait, together=one)
    assert lists.states(run) == {S.SENDING: 10, S.READY: 10}
    bulk.pause_bulk(lists.house, run.id, MANAGER)
    lists.clock.move(minutes=5)
    assert lists.turn(run).state is R.PAUSED
    lists.turn(run)
    assert lists.states(run) == {S.DONE: 10, S.READY: 10}
    bulk.resume_bulk(lists.house, run.id, MANAGER)
    assert (lists.to_the_end(run).state, len(lists.ours())) == (R.DONE, 20)


def test_everything_paused_by_command_and_resumed(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 1)
    run = lists.approved(points(1))
    set_pause(lists.house.config, paused=True, reason="x", by="cli:jo", clock=lists.clock)
    assert (lists.turn(run).state, lists.ours()) == (R.RUNNING, [])
    set_pause(lists.house.config, paused=False, reason="", by="cli:jo", clock=lists.clock)
    with lists.house.engine.connect() as conn:
        queued = list(conn.exec_driver_sql("SELECT workflow_uuid FROM workflow_status").scalars())
    assert sum(one.startswith(f"bulk_run:{run.id}#p") for one in queued) == 2
    assert lists.turn(run).state is R.DONE


def test_a_later_list_does_not_use_up_an_earlier_ones_limits(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 2)
    run = lists.approved(points(1))
    lists.clock.move(minutes=1)
    lists.change(
        "INSERT INTO bulk_runs (id, source, team_id, store_id, action, mode, state, requester, approvers, verdict,"
        " result, given, created_at, submitted_at) VALUES ('B_x', 'x', 'T1', 'ash', 'adjust_points', 'add',"
        " 'submitted', 'UMANAGER', '[]', '{}', '{}', 1999999, :now, :now)",
        now=lists.clock().replace(tzinfo=None),
    )
    assert lists.turn(run).state is R.DONE
    with writing(lists.house.engine) as conn:
        assert not switches.is_paused(conn)


# -- small parts ------------------------------------------------------------------------------------------------------


def test_lanes_raise_what_one_of_them_raised() -> None:
    seen: list[int] = []

    def good() -> None:
        seen.append(1)

    def bad() -> None:
        raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        in_threads([good, bad, good])
    assert seen == [1, 1]


def test_calls_are_spaced_evenly_and_lost_time_is_made_up_for() -> None:
    time = FakeTime()
    steady = Steady(60, clock=time, sleep=time.sleep)
    began, at = time.now, []
    for _ in range(3):
        steady.wait()
        at.append(time.now - began)
    time.sleep(30)
    for _ in range(3):
        steady.wait()
        at.append(time.now - began)
    assert at == [0, 1, 2, 32, 32, 33]
    Steady(0, clock=time, sleep=time.sleep).wait()
    assert time.now - began == 33


def test_how_long_is_said_for_people() -> None:
    assert [spoken(s) for s in (10, 60, 200, 3000, 17_000, 70_000, 300_000)] == [
        "less than a minute", "about a minute", "about 3 minutes", "about an hour", "about 5 hours", "about a day",
        "about 3 days",
    ]  # fmt: skip
    assert (estimate(100, 2.1, 0), estimate(100, 3, 100)) == (None, 180)


def test_every_code_has_a_sentence() -> None:
    assert sentence("formula").endswith(".")
    assert all(text.endswith(".") for text in SIDE_EFFECTS.values())
