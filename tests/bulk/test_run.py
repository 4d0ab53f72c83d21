"""A list from the file to the end, against the providers' sandboxes; every fault on the way."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest

from bot.bulk import BulkPreview, Change, Refused
from bot.cases import switches, writing
from bot.cases.bulk_models import RowState, RunState
from bot.errors import NotAllowed, TooLate
from bot.work import bulk
from bot.work.bulk_run import carry_list
from connectors.sandbox import Fault
from connectors.sandbox.state import Event
from tests.bulk.lists import AVERY, MANAGER, QUINN, RILEY, Lists, no_wait, one_lane, people, refuses

R, S = RunState, RowState


def points(number: int, each: int = 5) -> str:
    return "email,points\n" + "".join(f"pat{n}@example.com,{each}\n" for n in range(1, number + 1))


def test_a_list_from_the_file_to_its_end(lists: Lists) -> None:
    people(lists.servers, "ash", 13)
    rows = "".join(f"pat{n}@example.com,{n}\n" for n in range(1, 14))
    text = f"Email,Points\n{rows}nobody@example.com,5\nPAT3@example.com,3\npat4@example.com,-40\nbad,1\n"
    run = lists.checked(text)
    assert {n: c for n, c in lists.codes(run).items() if c != "ready"} == {
        5: "refused conflict",
        15: "refused unknown_customer",
        16: "refused duplicate",
        17: "refused conflict",
        18: "refused bad_email",
    }
    assert (run.state, run.rows, run.people, run.given, run.taken) == (R.READY, 17, 12, Decimal(87), Decimal(0))
    run = lists.sign(run)
    assert (run.state, run.approvers) == (R.RUNNING, ("UQUINN", "UAVERY"))
    run = lists.turn(run)
    assert (run.state, lists.states(run)) == (R.DONE, {S.DONE: 12, S.REFUSED: 5})
    assert lists.ours() == sorted((f"pat{n}@example.com", float(n)) for n in range(1, 14) if n != 4)
    assert lists.deeds(run) == ["read", "check", "submit", "sign", "approve", "finish"]
    assert ("bulk", run.id) in lists.seen.calls
    done = bulk.progress(lists.house, run.id)
    assert (done.ended, done.of, done.seconds) == (12, 12, 0)


def test_the_preview_says_what_would_happen(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 8)
    text = "E-mail adress,Points,VIP Tier\n" + "".join(
        f"pat{n}@example.com,{p}\n" for n, p in enumerate((50, -40, 5, 1000, -101, 0, 12, 7), start=1)
    )
    run = lists.checked(text)
    found = bulk.preview(lists.house, run.id, MANAGER)
    assert found == BulkPreview(
        run_id=run.id,
        kind="adjust_points",
        store_id="ash",
        file="points.csv",
        encoding="utf-8",
        separator=",",
        ignored=("VIP Tier",),
        guessed={"E-mail adress": "email"},
        rows=8,
        people=6,
        given=Decimal(1074),
        taken=Decimal(40),
        refused=(Refused(code="below_zero", rows=1, examples=(6,)), Refused(code="zero_points", rows=1, examples=(7,))),
        biggest=tuple(
            Change(number=n, who=f"Pat Number{n - 1}, p•••@example.com", points=p, before=Decimal(100), after=100 + p)
            for n, p in ((5, Decimal(1000)), (2, Decimal(50)), (3, Decimal(-40)), (8, Decimal(12)), (9, Decimal(7)))
        ),
        below_zero=(
            Change(
                number=6,
                who="Pat Number5, p•••@example.com",
                points=Decimal(-101),
                before=Decimal(100),
                after=Decimal(-1),
            ),
        ),
        side_effects=("comment_seen",),
        seconds=found.seconds,
        approvals=2,
        reasons=found.reasons,
    )
    assert found.seconds == pytest.approx(6 * 2.1 * 60 / 720)
    assert "Above 0 points two people have to approve." in found.reasons
    assert bulk.preview(lists.house, run.id, RILEY).blocked.text.startswith("Only a manager can ask")


def test_one_by_one_where_the_provider_takes_no_batches(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "bay", 3)
    people(lists.servers, "pine", 3)
    for store in ("bay", "pine"):
        run = lists.to_the_end(lists.approved(points(3), store=store, source=store))
        assert (run.state, lists.states(run)) == (R.DONE, {S.DONE: 3})
        assert lists.ours(store) == [(f"pat{n}@example.com", 5.0) for n in (1, 2, 3)]


def test_phones_lead_to_members_by_the_register_where_the_provider_has_none(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    with lists.servers.world.lock:
        customer = next(c for c in lists.servers.world.stores["ash"].customers.values() if c.phone and c.email)
        known = customer.phone, customer.email
    run = lists.checked(f"phone,points\n{known[0]},5\n303-555-0999,5\n")
    [first, second] = lists.rows(run)
    assert (first.code, first.private["target"]["email"]) == ("", known[1])
    assert (second.state, second.code) == (S.REFUSED, "unknown_customer")


def test_a_balance_set_to_a_number(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    made = people(lists.servers, "ash", 4)
    text = "Email,Points Balance\npat1@example.com,250\npat2@example.com,100\npat3@example.com,0\npat4@example.com,7\n"
    run = lists.checked(text, mode="set")
    assert [(r.points, r.state, r.code) for r in lists.rows(run)] == [
        (150, S.READY, ""),
        (0, S.REFUSED, "no_change"),
        (-100, S.READY, ""),
        (-93, S.READY, ""),
    ]
    run = lists.sign(run)
    made[0].events.append(Event(lists.clock(), "order", 3))
    run = lists.turn(run)
    assert lists.codes(run) == {2: "rejected moved", 3: "refused no_change", 4: "done", 5: "done"}
    assert [c.points for c in made] == [103, 100, 0, 7]


def test_who_has_fewer_points_by_then_is_left_alone(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    made = people(lists.servers, "ash", 2)
    run = lists.approved(points(2, -60))
    made[0].events.append(Event(lists.clock(), "redemption", -50))
    run = lists.turn(run)
    assert (run.state, lists.codes(run)) == (R.DONE, {2: "rejected below_zero", 3: "done"})
    assert [c.points for c in made] == [50, 40]


def test_an_answer_that_is_lost_is_found_by_its_note(lists: Lists) -> None:
    people(lists.servers, "ash", 10)
    run = lists.approved(points(10))
    lists.servers.world.fault(Fault("cut_after", vendor="rivo", writes_only=True, times=1))
    run = lists.turn(run)
    assert (run.state, lists.states(run)) == (R.RUNNING, {S.SENDING: 10})
    assert len(lists.ours()) == 10
    run = lists.to_the_end(run)
    assert (run.state, lists.states(run), len(lists.ours())) == (R.DONE, {S.DONE: 10}, 10)


def test_a_write_that_never_arrived_is_sent_once_more(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 10)
    run = lists.approved(points(10))
    lists.servers.world.fault(Fault("cut_before", vendor="rivo", writes_only=True, times=1))
    run = lists.turn(run)
    assert (lists.states(run), lists.ours()) == ({S.SENDING: 10}, [])
    run = lists.to_the_end(run)
    assert (run.state, lists.states(run), len(lists.ours())) == (R.DONE, {S.DONE: 10}, 10)
    assert {row.attempt for row in lists.rows(run)} == {2}


def test_a_second_write_without_an_answer_goes_to_a_person(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 2)
    run = lists.approved(points(2))
    lists.servers.world.fault(Fault("cut_before", vendor="rivo", writes_only=True))
    run = lists.to_the_end(run)
    assert (run.state, lists.codes(run), lists.ours()) == (R.DONE, {2: "unknown not_there", 3: "unknown not_there"}, [])
    lists.servers.world.clear_faults()
    with refuses(NotAllowed, "Only support or a manager"):
        bulk.resolve_row(lists.house, run.id, RILEY, 2, happened=True)
    bulk.resolve_row(lists.house, run.id, QUINN, 2, happened=True)
    bulk.resolve_row(lists.house, run.id, QUINN, 3, happened=False)
    assert lists.codes(run) == {2: "done", 3: "rejected not_there"}
    assert lists.deeds(run)[-3:] == ["refused", "row_resolved", "row_resolved"]


def test_a_provider_that_is_away_is_waited_for_and_then_pauses_the_list(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 3)
    run = lists.approved(points(3))
    lists.servers.world.fault(Fault("status", vendor="rivo"))
    run = lists.turn(run)
    assert (run.state, run.troubles, lists.states(run)) == (R.RUNNING, 1, {S.READY: 3})
    lists.change("UPDATE bulk_runs SET troubles = 19 WHERE id = :id", id=run.id)
    run = lists.turn(run)
    assert (run.state, run.result["code"]) == (R.PAUSED, "unreachable")
    lists.servers.world.clear_faults()
    bulk.resume_bulk(lists.house, run.id, MANAGER)
    run = lists.turn(run)
    assert (run.state, lists.states(run), run.troubles) == (R.DONE, {S.DONE: 3}, 0)


def test_a_key_that_is_refused_pauses_the_list_at_once(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 3)
    run = lists.approved(points(3))
    with lists.servers.world.lock:
        lists.servers.world.stores["ash"].loyalty_key = "another"
    run = lists.turn(run)
    assert (run.state, run.result["code"], lists.states(run)) == (R.PAUSED, "denied", {S.READY: 3})
    assert lists.deeds(run)[-1] == "pause"


def test_a_throttled_write_waits_as_before(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 3)
    run = lists.approved(points(3))
    lists.servers.world.fault(Fault("throttle", vendor="rivo", writes_only=True, times=1))
    run = lists.turn(run)
    assert (run.state, lists.states(run), {r.attempt for r in lists.rows(run)}) == (R.RUNNING, {S.READY: 3}, {0})
    run = lists.to_the_end(run)
    assert (lists.states(run), len(lists.ours())) == ({S.DONE: 3}, 3)


def test_paused_by_hand_and_resumed(lists: Lists) -> None:
    people(lists.servers, "ash", 3)
    run = lists.approved(points(3))
    with refuses(NotAllowed, "Only whoever asked"):
        bulk.pause_bulk(lists.house, run.id, RILEY)
    bulk.pause_bulk(lists.house, run.id, MANAGER)
    assert lists.turn(run).state is R.PAUSED
    assert lists.ours() == []
    bulk.resume_bulk(lists.house, run.id, AVERY)
    with refuses(TooLate, "being carried out"):
        bulk.resume_bulk(lists.house, run.id, AVERY)
    run = lists.turn(run)
    assert (run.state, len(lists.ours())) == (R.DONE, 3)
    assert lists.deeds(run)[5:] == ["refused", "pause", "resume", "finish"]


def test_the_pause_of_everything_holds_lists_too(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 3)
    run = lists.approved(points(3))
    with writing(lists.house.engine) as conn:
        switches.set_paused(conn, paused=True, reason="x", by="cli", now=lists.clock())
    assert (lists.turn(run).state, lists.ours()) == (R.RUNNING, [])
    with writing(lists.house.engine) as conn:
        switches.set_paused(conn, paused=False, reason="", by="cli", now=lists.clock())
    assert lists.turn(run).state is R.DONE


def test_paused_between_looking_and_marking_nothing_is_sent(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 3)
    run = lists.approved(points(3))

    def watch(stage: str) -> None:
        if stage == "bulk_begun":
            bulk.pause_bulk(lists.house, run.id, MANAGER)

    carry_list(replace(lists.house, watch=watch), f"{run.id}#1", sleep=no_wait)
    assert (lists.get(run).state, lists.states(run), lists.ours()) == (R.PAUSED, {S.READY: 3}, [])


def test_stopped_half_way_what_was_sent_stays(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 30)
    run = lists.approved(points(30))

    def watch(stage: str) -> None:
        if stage == "bulk_sent":
            bulk.cancel_bulk(lists.house, run.id, MANAGER)

    carry_list(replace(lists.house, watch=watch), f"{run.id}#1", sleep=no_wait, together=one_lane)
    run = lists.get(run)
    assert (run.state, lists.states(run), len(lists.ours())) == (R.CANCELLING, {S.DONE: 10, S.READY: 20}, 10)
    run = lists.turn(run)
    assert (run.state, lists.states(run)) == (R.CANCELLED, {S.DONE: 10, S.SKIPPED: 20})
    assert lists.deeds(run)[-2:] == ["stop", "stopped"]


def test_a_stopped_list_ends_when_its_last_row_does_whoever_has_the_turn(sqlite_lists: Lists) -> None:
    """Else it reads "stopping" until the next turn, which waits for rows that the one before had under way."""
    lists = sqlite_lists
    people(lists.servers, "ash", 30)
    run = lists.approved(points(30))

    def watch(stage: str) -> None:
        if stage == "bulk_sent":
            bulk.cancel_bulk(lists.house, run.id, MANAGER)
            assert lists.turn(run).state is R.CANCELLING

    carry_list(replace(lists.house, watch=watch), f"{run.id}#1", sleep=no_wait, together=one_lane)
    assert (lists.get(run).state, lists.states(run)) == (R.CANCELLED, {S.DONE: 10, S.SKIPPED: 20})


def test_undone_by_a_counter_run(lists: Lists) -> None:
    made = people(lists.servers, "ash", 4)
    text = "email,points\npat1@example.com,5\npat2@example.com,-40\npat3@example.com,9\nnobody@example.com,1\n"
    run = lists.to_the_end(lists.approved(text))
    made[2].events.append(Event(lists.clock(), "redemption", -106))
    counter = bulk.undo_bulk(lists.house, run.id, MANAGER)
    with refuses(NotAllowed, "being undone already"):
        bulk.undo_bulk(lists.house, run.id, QUINN)
    counter = lists.look_up(counter)
    assert [(r.number, r.points, r.code) for r in lists.rows(counter)] == [
        (2, -5, ""),
        (3, 40, ""),
        (4, -9, "below_zero"),
    ]
    counter = lists.to_the_end(lists.sign(counter))
    assert (counter.state, lists.get(run).state) == (R.DONE, R.DONE)
    assert lists.codes(run) == {2: "undone", 3: "undone", 4: "done", 5: "refused unknown_customer"}
    assert [c.points for c in made] == [100, 100, 3, 100]
    assert lists.deeds(counter) == ["undo_asked", "read", "check", "submit", "sign", "approve", "finish"]


def test_a_list_that_is_undone_whole_says_so(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    made = people(lists.servers, "ash", 2)
    run = lists.to_the_end(lists.approved(points(2)))
    counter = lists.to_the_end(lists.sign(lists.look_up(bulk.undo_bulk(lists.house, run.id, QUINN))))
    assert (lists.get(run).state, lists.deeds(run)[-1], [c.points for c in made]) == (R.UNDONE, "undo", [100, 100])
    with refuses(NotAllowed, "nothing here that could be undone"):
        bulk.undo_bulk(lists.house, counter.id, QUINN)
    with refuses(TooLate, "undone again"):
        bulk.undo_bulk(lists.house, run.id, QUINN)


def test_too_old_to_undo(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 1)
    run = lists.to_the_end(lists.approved(points(1)))
    lists.clock.move(days=8)
    with refuses(NotAllowed, "older than 7 days"):
        bulk.undo_bulk(lists.house, run.id, QUINN)


def test_rows_that_somebody_changed_are_not_sent(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 3)
    run = lists.approved(points(3))
    lists.change("UPDATE bulk_rows SET points = 5000 WHERE number = 3")
    run = lists.turn(run)
    assert lists.codes(run) == {2: "done", 3: "rejected tampered", 4: "done"}
    assert lists.ours() == [("pat1@example.com", 5.0), ("pat3@example.com", 5.0)]


def test_rows_that_somebody_took_away_stop_the_list(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 3)
    run = lists.approved(points(3))
    lists.change("DELETE FROM bulk_rows WHERE number = 3")
    run = lists.turn(run)
    assert (run.state, run.result["code"], lists.ours()) == (R.PAUSED, "tampered", [])


def test_the_outcome_of_every_row_as_a_file(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 2)
    run = lists.to_the_end(lists.approved(points(2) + "-nobody@example.com,5\n=1+1@example.com,3\n"))
    text = bulk.outcome_file(lists.house, run.id).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    ops = [row.operation_id or "" for row in lists.rows(run)]
    assert rows == [
        ["row", "email", "phone", "customer_id", "member_id", "points", "state", "why", "before", "after", "ref"],
        ["2", "pat1@example.com", "", "880000001", "880000001", "5", "done", "", "100", "105", ops[0]],
        ["3", "pat2@example.com", "", "880000002", "880000002", "5", "done", "", "100", "105", ops[1]],
        *(
            [
                n,
                "",
                "",
                "",
                "",
                "",
                "refused",
                "A cell looks like a spreadsheet formula, so the row is not used.",
                "",
                "",
                "",
            ]
            for n in ("4", "5")
        ),
    ]


def test_progress_is_shown_every_three_seconds_at_most(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 40)
    run = lists.approved(points(40))
    shown: list[float] = []
    started = lists.clock()

    class Showing(type(lists.seen)):  # type: ignore[misc]
        def show_bulk(self, run_id: str) -> None:
            shown.append((lists.clock() - started).total_seconds())

    def watch(stage: str) -> None:
        if stage == "bulk_sent":
            lists.clock.move(seconds=2)

    house = replace(lists.house, watch=watch, presenter=Showing(clock=lists.clock))
    carry_list(house, f"{run.id}#1", sleep=no_wait)
    assert shown
    assert all(later - earlier >= 3 for earlier, later in pairwise(shown))


def test_somebody_elses_turn_sends_nothing(sqlite_lists: Lists) -> None:
    """Two workers on one list: whoever began last goes on, the other's claims fail."""
    lists = sqlite_lists
    people(lists.servers, "ash", 20)
    run = lists.approved(points(20))

    def watch(stage: str) -> None:
        if stage == "bulk_begun":
            lists.change("UPDATE bulk_runs SET runner = 'another'")

    carry_list(replace(lists.house, watch=watch), f"{run.id}#1", sleep=no_wait)
    assert (lists.states(run), lists.ours()) == ({S.READY: 20}, [])


def test_a_write_that_comes_late_to_its_mark_is_not_sent(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 2)
    run = lists.approved(points(2))

    def watch(stage: str) -> None:
        if stage == "bulk_marked":
            lists.clock.move(seconds=30)

    carry_list(replace(lists.house, watch=watch), f"{run.id}#1", sleep=no_wait)
    assert (lists.states(run), lists.ours()) == ({S.SENDING: 2}, [])
    run = lists.to_the_end(run)
    assert (lists.states(run), len(lists.ours())) == ({S.DONE: 2}, 2)


def test_a_store_that_became_read_only_pauses_the_list(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 2)
    run = lists.approved(points(2))
    config = lists.house.config
    stores = tuple(s.model_copy(update={"read_only": True}) for s in config.stores)
    carry_list(replace(lists.house, config=config.model_copy(update={"stores": stores})), f"{run.id}#1", sleep=no_wait)
    run = lists.get(run)
    assert (run.state, run.result["code"], lists.ours()) == (R.PAUSED, "read_only", [])
