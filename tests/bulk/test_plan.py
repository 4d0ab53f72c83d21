"""What is found out about each row before anything happens, and who may ask, sign, steer and take back."""

from __future__ import annotations

import pytest

from bot.bulk import BadFile
from bot.cases import audit, bulk_store, proposal_store, reading, writing
from bot.cases.bulk_models import RowState, RunState
from bot.config import Hours, Policy
from bot.errors import BadInput, NotAllowed, TooLate
from bot.work import bulk, proposals
from connectors.sandbox import Fault
from tests.bulk.lists import (
    AVERY,
    CASEY,
    EVERYTHING,
    MANAGER,
    QUINN,
    RILEY,
    Lists,
    config_of,
    house_of,
    people,
    refuses,
)
from tests.work.household import GUEST, person, refs

R, S = RunState, RowState


def points(number: int, each: int = 5) -> str:
    return "email,points\n" + "".join(f"pat{n}@example.com,{each}\n" for n in range(1, number + 1))


def again(lists: Lists, policy: Policy, **more: object) -> Lists:
    """The same shop under other rules."""
    config = config_of(lists.house.config.database, lists.servers, policy=policy, **more)  # type: ignore[arg-type]
    return Lists(house_of(config, lists.clock, lists.seen), lists.servers, lists.clock, lists.seen)


# -- what the rows are ------------------------------------------------------------------------------------------------


def test_each_row_is_looked_up_and_judged(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    made = people(lists.servers, "pine", 9)
    made[2].member = False
    made[2].events.clear()
    made[3].email = made[4].email = "twins@example.com"
    text = (
        "email,phone,points\n"
        "pat1@example.com,,5\n"  # 2
        ",3035550002,5\n"  # 3
        "pat3@example.com,,5\n"  # 4: no member
        "twins@example.com,,5\n"  # 5: two people
        "pat6@example.com,3035550001,5\n"  # 6: two people named
        "pat7@example.com,,-101\n"  # 7: too few
        "pat8@example.com,,5001\n"  # 8: too many
        "pat2@example.com,,5\n"  # 9: the same as row 3
        ",3035550001,6\n"  # 10: the same as row 2, with other points
        "gone@example.com,,5\n"  # 11
    )
    run = lists.checked(text, store="pine")
    assert lists.codes(run) == {
        2: "refused conflict",
        3: "ready",
        4: "refused not_a_member",
        5: "refused several_customers",
        6: "refused contradiction",
        7: "refused below_zero",
        8: "refused too_many",
        9: "refused duplicate",
        10: "refused conflict",
        11: "refused unknown_customer",
    }
    assert (run.people, run.given, run.taken) == (1, 5, 0)


def test_fractions_where_the_provider_has_whole_points(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 1)
    people(lists.servers, "pine", 1)
    assert lists.codes(lists.checked("email,points\npat1@example.com,1.5\n")) == {2: "refused fraction"}
    assert lists.codes(lists.checked("email,points\npat1@example.com,1.5\n", store="pine", source="p")) == {2: "ready"}


def test_ones_own_account_is_left_out_and_an_approvers_own_stops_the_signature(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 3)
    asker = MANAGER.model_copy(update={"person_refs": refs(lists.house, "pat1@example.com")})
    run = lists.checked(points(3), actor=asker)
    assert lists.codes(run) == {2: "refused beneficiary", 3: "ready", 4: "ready"}
    other = QUINN.model_copy(update={"person_refs": refs(lists.house, "pat2@example.com")})
    with refuses(NotAllowed, "your own account"):
        bulk.submit_bulk(lists.house, run.id, other, **EVERYTHING)
    bulk.submit_bulk(lists.house, run.id, asker, **EVERYTHING)
    with refuses(NotAllowed, "your own account"):
        bulk.approve_bulk(lists.house, run.id, other)
    assert lists.deeds(run) == ["read", "check", "refused", "submit", "refused"]


def test_another_change_for_the_customer_keeps_the_row_out(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 3)
    first = lists.checked(points(1))
    bulk.submit_bulk(lists.house, first.id, MANAGER, **EVERYTHING)
    assert lists.codes(lists.checked(points(2), source="f2")) == {2: "refused under_way", 3: "ready"}
    bulk.decline_bulk(lists.house, first.id, QUINN, "twice")
    assert lists.codes(lists.checked(points(2), source="f3")) == {2: "ready", 3: "ready"}


def test_points_of_a_week_are_summed_over_lists(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 2)
    lists.to_the_end(lists.approved("email,points\npat1@example.com,4000\n"))
    text = "email,points\npat1@example.com,1001\npat2@example.com,1001\n"
    assert lists.codes(lists.checked(text, source="f2")) == {2: "refused customer_week", 3: "ready"}
    lists.clock.move(days=8)
    assert lists.codes(lists.checked(text, source="f3")) == {2: "ready", 3: "ready"}


def test_the_same_arrival_is_one_list(lists: Lists) -> None:
    people(lists.servers, "ash", 2)
    first = lists.plan(points(2), source="message:1")
    assert lists.plan(points(2), source="message:1").id == first.id
    assert lists.states(first) == {S.NEW: 2}


def test_a_reading_that_was_cut_off_is_done_again(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 3)
    run = lists.plan(points(2))
    lists.change("UPDATE bulk_runs SET state = 'reading'")
    assert lists.plan(points(3)).id == run.id
    assert lists.states(run) == {S.NEW: 3}


def test_lists_that_cannot_be_worked_through(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 3)
    with refuses(BadInput, "not clear yet: mode"):
        lists.plan("email,Points Balance\na@example.com,5\n")
    with refuses(BadInput, "no rows under them"):
        lists.plan("email,points\n", source="empty")
    with refuses(NotAllowed, "Rivo takes customers from Shopify by itself"):
        lists.plan("email,first name\npat1@example.com,x\n", kind="enroll")
    with refuses(BadFile, "no column with points"):
        lists.plan("email,colour\npat1@example.com,x\n", kind="adjust_points")
    few = again(lists, Policy.model_validate({"bulk": {"most_rows": 2}}))
    with refuses(BadInput, "more than 2 rows"):
        few.plan(points(3), source="many")
    with refuses(BadFile, "cannot be read after row 501"):
        lists.plan(points(500) + '"' + "x" * 140_000, source="torn")
    with reading(lists.house.engine) as conn:
        ended = {run.result["code"]: run for run in bulk_store.runs_in(conn, lists.house.vault, (R.REFUSED,))}
    assert set(ended) == {"no_rows", "too_many_rows", "unreadable"}
    assert ended["too_many_rows"].result["outcome"] == "The file has more than 2 rows. Please split it."
    nobody = lists.checked("email,points\nnobody@example.com,5\n", source="nobody")
    assert (nobody.state, nobody.result["code"]) == (R.REFUSED, "nothing")


def test_a_provider_that_is_away_while_looking_up(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 3)
    run = lists.plan(points(3))
    lists.servers.world.fault(Fault("status", vendor="rivo"))
    run = lists.look_up(run)
    assert (run.state, run.troubles, lists.states(run)) == (R.CHECKING, 1, {S.NEW: 3})
    lists.servers.world.clear_faults()
    assert lists.look_up(run).state is R.READY
    lost = lists.plan(points(3), source="f2")
    lists.servers.world.fault(Fault("denied", vendor="rivo"))
    lost = lists.look_up(lost)
    assert (lost.state, lost.result["code"]) == (R.REFUSED, "denied")


def test_enrolling_many(lists: Lists) -> None:
    world = lists.servers.world
    with world.lock:
        customers = [c for c in world.stores["pine"].customers.values() if c.phone and c.status == "Active"]
        contacts = world.stores["pine"].contacts
        known = {c.phone for c in contacts.values()} | {c.email for c in contacts.values()}
        strangers = [c for c in customers if c.phone not in known and c.email not in known][:2]
        member = next(c for c in customers if any(x.phone == c.phone and x.member for x in contacts.values()))
    assert strangers
    rows = [c.phone for c in strangers] + [member.phone, "3035550999"]
    text = "phone\n" + "".join(f"{phone}\n" for phone in rows)
    run = lists.checked(text, store="pine", kind="enroll")
    found = list(lists.codes(run).values())
    assert found[: len(strangers)] == ["ready"] * len(strangers)
    assert found[len(strangers) :] == ["refused already_member", "refused unknown_customer"]
    assert bulk.preview(lists.house, run.id, MANAGER).side_effects == ("no_undo", "texts_off")
    bulk.submit_bulk(lists.house, run.id, MANAGER, reason="They all agreed at the counter")
    bulk.approve_bulk(lists.house, run.id, QUINN)
    bulk.approve_bulk(lists.house, run.id, AVERY)
    run = lists.to_the_end(run)
    assert (run.state, lists.states(run)[S.DONE]) == (R.DONE, len(strangers))
    with world.lock:
        assert {c.phone for c in contacts.values()} >= {c.phone for c in strangers}
    with refuses(NotAllowed, "Nothing takes an enrolment back"):
        bulk.undo_bulk(lists.house, run.id, MANAGER)


# -- who may ----------------------------------------------------------------------------------------------------------


def test_who_may_ask(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 1)
    with refuses(NotAllowed, "Only a manager can ask"):
        lists.plan(points(1), actor=RILEY)
    with refuses(NotAllowed, "Guests"):
        lists.plan(points(1), actor=GUEST)
    elsewhere = person("UELSE", manages=frozenset({"oak"}), stores=("oak",))
    with refuses(NotAllowed, "another store"):
        lists.plan(points(1), actor=elsewhere)
    for n, actor in enumerate((MANAGER, AVERY, CASEY)):
        assert lists.plan(points(1), actor=actor, source=f"s{n}").state is R.CHECKING


def test_two_others_have_to_sign(lists: Lists) -> None:
    people(lists.servers, "ash", 1)
    run = lists.checked(points(1))
    with refuses(TooLate, "not asked for yet"):
        bulk.approve_bulk(lists.house, run.id, QUINN)
    run = bulk.submit_bulk(lists.house, run.id, MANAGER, **EVERYTHING)
    assert (run.state, run.verdict["approvals_needed"]) == (R.SUBMITTED, 2)
    with refuses(NotAllowed, "You asked for this yourself"):
        bulk.approve_bulk(lists.house, run.id, MANAGER)
    with refuses(NotAllowed, "Only a manager of this store"):
        bulk.approve_bulk(lists.house, run.id, RILEY)
    assert bulk.approve_bulk(lists.house, run.id, QUINN).state is R.SUBMITTED
    with refuses(NotAllowed, "You have approved this"):
        bulk.approve_bulk(lists.house, run.id, QUINN)
    assert bulk.approve_bulk(lists.house, run.id, AVERY).state is R.RUNNING
    with refuses(TooLate, "being carried out right now, decided by <@UAVERY>"):
        bulk.approve_bulk(lists.house, run.id, CASEY)
    with refuses(TooLate, "being carried out"):
        bulk.decline_bulk(lists.house, run.id, QUINN)


def test_what_is_typed_is_needed_and_short(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 1)
    run = lists.checked(points(1))
    for texts, said in (
        ({"reason": " ", "comment": "x"}, "as reason"),
        ({"reason": "x", "comment": "<>"}, "as comment"),
        ({"reason": "x", "comment": "x" * 121}, "comment under 120"),
    ):
        with refuses(BadInput, said):
            bulk.submit_bulk(lists.house, run.id, MANAGER, **texts)
    run = bulk.submit_bulk(lists.house, run.id, MANAGER, reason=" Old  app ", comment="Welcome <b>")
    assert (run.private["reason"], run.private["comment"]) == ("Old app", "Welcome b")


def test_declined_and_taken_back(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 1)
    run = lists.checked(points(1))
    bulk.submit_bulk(lists.house, run.id, MANAGER, **EVERYTHING)
    with refuses(NotAllowed, "Only <@UMANAGER>"):
        bulk.cancel_bulk(lists.house, run.id, QUINN)
    run = bulk.decline_bulk(lists.house, run.id, QUINN, "Not this month")
    assert (run.state, run.private["declined_because"]) == (R.DECLINED, "Not this month")
    other = lists.checked(points(1), source="f2")
    assert bulk.cancel_bulk(lists.house, other.id, MANAGER).state is R.CANCELLED
    with refuses(NotAllowed, "No row of this list"):
        bulk.undo_bulk(lists.house, other.id, MANAGER)


def test_limits_are_those_of_the_whole_list(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 4)
    tight = again(
        lists, Policy.model_validate({"bulk": {"refuse_above": 19, "per_store_day": 30, "per_requester_day": 25}})
    )
    run = tight.checked("email,points\npat1@example.com,10\npat2@example.com,-10\n")
    assert tight.get(run).total == 20
    with refuses(NotAllowed, "More than 19 points at once"):
        bulk.submit_bulk(tight.house, run.id, MANAGER, **EVERYTHING)
    for n, (actor, said) in enumerate(((MANAGER, ""), (MANAGER, "one person may ask"), (AVERY, "one store may move"))):
        run = tight.checked(f"email,points\npat{n + 1}@example.com,16\n", source=f"l{n}")
        if said:
            with refuses(NotAllowed, said):
                bulk.submit_bulk(tight.house, run.id, actor, **EVERYTHING)
        else:
            bulk.submit_bulk(tight.house, run.id, actor, **EVERYTHING)
    seldom = again(lists, Policy.model_validate({"bulk": {"times_per_requester_day": 1}}))
    run = seldom.checked("email,points\npat4@example.com,1\n", source="more")
    with refuses(NotAllowed, "There were 1 changes of this kind"):
        bulk.submit_bulk(seldom.house, run.id, MANAGER, **EVERYTHING)


def test_outside_of_hours_takes_one_more(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 1)
    run = lists.checked(points(1))
    config = lists.house.config
    closed = Hours(opens="00:00", closes="00:01", days=("mon",))
    stores = tuple(s.model_copy(update={"hours": closed, "timezone": "UTC"}) for s in config.stores)
    object.__setattr__(lists.house, "config", config.model_copy(update={"stores": stores}))
    run = bulk.submit_bulk(lists.house, run.id, MANAGER, **EVERYTHING)
    assert run.verdict["approvals_needed"] == 3


def test_without_signatures_it_begins_at_once(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 1)
    free = again(
        lists, Policy.model_validate({"bulk": {"approvals": 0, "second_approver_above": 100, "senior_roles": ()}})
    )
    run = bulk.submit_bulk(free.house, free.checked(points(1)).id, MANAGER, **EVERYTHING)
    assert (run.state, free.turn(run).state) == (R.RUNNING, R.DONE)


def test_a_read_only_store_shows_what_it_would_send(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    people(lists.servers, "ash", 2)
    careful = again(lists, Policy(), read_only=("ash",))
    run = careful.checked(points(2))
    assert bulk.preview(careful.house, run.id, MANAGER).read_only
    run = bulk.submit_bulk(careful.house, run.id, MANAGER, **EVERYTHING)
    assert (run.state, run.result["code"]) == (R.REFUSED, "read_only")
    assert run.result["outcome"] == (
        "This store is read-only: I would send 2 rows: +10 and −0 points. Nothing was sent."
    )


def test_it_expires_after_a_day_and_reminds_ever_more_rarely(lists: Lists) -> None:
    people(lists.servers, "ash", 1)
    run = lists.checked(points(1))
    lists.clock.move(hours=20)
    run = bulk.submit_bulk(lists.house, run.id, MANAGER, **EVERYTHING)
    lists.clock.move(hours=10)
    bulk.JOBS["bulk_expire"](lists.house, run.id)
    bulk.JOBS["bulk_remind"](lists.house, f"{run.id}#1")
    assert (lists.get(run).state, lists.seen.calls[-1]) == (R.SUBMITTED, ("remind_bulk", run.id, "1"))
    lists.clock.move(hours=14)
    with refuses(TooLate, "ran out of time"):
        bulk.approve_bulk(lists.house, run.id, QUINN)
    assert lists.get(run).state is R.EXPIRED
    bulk.JOBS["bulk_remind"](lists.house, f"{run.id}#2")
    assert lists.seen.calls[-1] == ("remind_bulk", run.id, "1")
    other = lists.plan(points(1), source="f2")
    lists.clock.move(hours=25)
    bulk.JOBS["bulk_expire"](lists.house, other.id)
    bulk.JOBS["bulk_show"](lists.house, f"{other.id}#1")
    assert (lists.get(other).state, lists.seen.calls[-1]) == (R.EXPIRED, ("bulk", other.id))
    assert lists.look_up(other).state is R.EXPIRED


def test_a_list_that_is_not_there(sqlite_lists: Lists) -> None:
    with refuses(TooLate, "no longer there"):
        bulk.approve_bulk(sqlite_lists.house, "B_0", QUINN)


@pytest.mark.parametrize("state", ["checking", "running"])
def test_what_breaks_is_closed_or_waits_for_a_person(sqlite_lists: Lists, state: str) -> None:
    from bot.work.jobs import tell_failed

    lists = sqlite_lists
    people(lists.servers, "ash", 1)
    run = lists.plan(points(1)) if state == "checking" else lists.approved(points(1))
    tell_failed(lists.house, "bulk_check", f"{run.id}#1")
    run = lists.get(run)
    assert (run.state, run.result["code"]) == (R.REFUSED if state == "checking" else R.PAUSED, "gave_up")


def test_a_single_change_that_waits_keeps_the_row_out(sqlite_lists: Lists) -> None:
    """The customer is the same one for single changes and lists."""
    from bot.work.grounds import about_reference
    from tests.work.household import Shop

    lists = sqlite_lists
    people(lists.servers, "ash", 1)
    case = Shop(lists.house, lists.servers, lists.clock, lists.seen).case("ash")
    with writing(lists.house.engine) as conn:
        made = proposal_store.new_proposal(
            conn, lists.house.vault, case_id=case.id, store_id="ash", team_id="T1", kind="adjust_points",
            requester="URILEY", customer_ref=about_reference(lists.house.vault, "ash", "pos:880000001"),
            customer_refs=(), offer={}, shown={}, expected={}, now=lists.clock(), expires_at=lists.clock(),
        )  # fmt: skip
    lists.change("UPDATE proposals SET state = 'submitted', points = 20 WHERE id = :id", id=made.id)
    assert lists.codes(lists.checked(points(1))) == {2: "refused under_way"}
    with reading(lists.house.engine) as conn:
        assert audit.verify(conn).ok


def test_a_row_that_is_decided_on_keeps_a_single_change_out(sqlite_lists: Lists) -> None:
    """The rule holds on both ways to a change: a list that is approved goes before a question asked meanwhile."""
    from tests.work.household import Shop, adjustment

    lists = sqlite_lists
    shop = Shop(lists.house, lists.servers, lists.clock, lists.seen)
    asked = shop.offers(email="ann.holt@example.com", store="ash")["adjust_points"]
    run = lists.approved("email,points\nann.holt@example.com,5\n")
    with pytest.raises(NotAllowed) as refused:
        proposals.submit(lists.house, asked.id, RILEY, adjustment("+50"))
    assert refused.value.operator == "under_way"
    assert "<@UMANAGER>" in refused.value.staff
    lists.turn(run)
    assert lists.get(run).state is RunState.DONE
