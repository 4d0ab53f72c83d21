"""One customer, whoever asks and by whatever name: in one list, in two, and in a list beside a single change."""

from __future__ import annotations

import pytest

from bot.cases.bulk_models import RowState, RunState
from bot.errors import NotAllowed
from bot.work import bulk, proposals
from tests.bulk.lists import AVERY, EVERYTHING, MANAGER, QUINN, RILEY, Lists, people, refuses
from tests.work.household import Shop, adjustment

R, S = RunState, RowState
TWO = "email,points\npat1@example.com,5\npat2@example.com,5\n"


def shop_of(lists: Lists) -> Shop:
    return Shop(lists.house, lists.servers, lists.clock, lists.seen)


def test_three_names_of_one_customer_with_different_points_are_all_left_out(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    made = people(lists.servers, "pine", 3)
    text = (
        "email,phone,member id,points\n"
        "pat1@example.com,,,5\n"
        ",3035550001,,6\n"
        f",,{made[0].id},7\n"  # once both others are out, this one is not the one that stays
        "pat2@example.com,,,-500\n"
        ",3035550002,,5\n"  # the other way of saying it fell below zero
        "pat3@example.com,,,5\n"
        ",3035550003,,5\n"
        f",,{made[2].id},6\n"
    )
    assert lists.codes(lists.checked(text, store="pine")) == {
        2: "refused conflict",
        3: "refused conflict",
        4: "refused conflict",
        5: "refused below_zero",
        6: "refused conflict",
        7: "refused conflict",
        8: "refused duplicate",
        9: "refused conflict",
    }


def test_the_same_file_sent_by_two_is_carried_out_once(lists: Lists) -> None:
    people(lists.servers, "ash", 2)
    first, second = lists.checked(TWO), lists.checked(TWO, source="f2", actor=QUINN)
    assert (first.people, second.people) == (2, 2)
    assert bulk.preview(lists.house, second.id).same_file is None  # nobody asked for it yet
    bulk.submit_bulk(lists.house, first.id, MANAGER, **EVERYTHING)
    said = bulk.preview(lists.house, second.id).same_file
    assert said is not None
    assert "the very same file was asked for on 2026-" in str(said)
    assert "<@UMANAGER>" in str(said)
    with refuses(NotAllowed, "2 of these customers have another change waiting or under way"):
        bulk.submit_bulk(lists.house, second.id, QUINN, **EVERYTHING)
    bulk.decline_bulk(lists.house, first.id, QUINN)
    assert bulk.preview(lists.house, second.id).same_file is None
    assert bulk.submit_bulk(lists.house, second.id, QUINN, **EVERYTHING).state is R.SUBMITTED


def test_a_single_change_asked_for_meanwhile_holds_the_list_up(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    shop = shop_of(lists)
    run = lists.checked("email,points\nann.holt@example.com,5\n")
    asked = shop.offers(email="ann.holt@example.com", store="ash")["adjust_points"]
    single = proposals.submit(lists.house, asked.id, RILEY, adjustment("+50"))
    with refuses(NotAllowed, "like row 2"):
        bulk.submit_bulk(lists.house, run.id, MANAGER, **EVERYTHING)
    proposals.decline(lists.house, single.id, QUINN)
    assert bulk.submit_bulk(lists.house, run.id, MANAGER, **EVERYTHING).state is R.SUBMITTED


@pytest.mark.parametrize("first", ["list", "single"])
def test_a_customer_whom_the_register_does_not_know_is_the_same_one(sqlite_lists: Lists, first: str) -> None:
    """The provider names a record that the register has not: a list and a single change still mean one person."""
    lists = sqlite_lists
    made = people(lists.servers, "pine", 1)
    assert made[0].src_id
    shop = shop_of(lists)
    offered = shop.offers(email="pat1@example.com", phone="+13035550001")["adjust_points"]
    if first == "list":
        lists.approved("email,points\npat1@example.com,5\n", store="pine")
        with pytest.raises(NotAllowed) as refused:
            proposals.submit(lists.house, offered.id, RILEY, adjustment("+50"))
        assert "<@UMANAGER>" in refused.value.staff
    else:
        proposals.submit(lists.house, offered.id, RILEY, adjustment("+50"))
        run = lists.checked("email,points\npat1@example.com,5\n", store="pine")
        assert lists.codes(run) == {2: "refused under_way"}


def enrolling(lists: Lists, store: str) -> tuple[Lists, str]:
    """A store where one customer of the register is not a member; how a row names them."""
    world = lists.servers.world
    with world.lock:
        place = world.stores[store]
        if store == "koa":
            place.customers[next(iter(place.customers))].is_loyalty_member = False
    return lists, "customer id\n" + "".join(f"{key}\n" for key in place.customers)


@pytest.mark.parametrize("store", ["elm", "bay", "yew", "koa"])
def test_enrolling_many_wherever_the_provider_takes_them(sqlite_lists: Lists, store: str) -> None:
    """Alpine IQ beside Treez, Smile.io, springbig, Dutchie's own program; beside Dutchie it is tried with the rest."""
    lists, text = enrolling(sqlite_lists, store)
    run = lists.checked(text, store=store, kind="enroll")
    waiting = lists.states(run)[S.READY]
    assert waiting >= 1
    bulk.submit_bulk(lists.house, run.id, MANAGER, reason="They agreed at the counter")
    bulk.approve_bulk(lists.house, run.id, QUINN)
    bulk.approve_bulk(lists.house, run.id, AVERY)
    run = lists.to_the_end(run)
    assert (run.state, lists.states(run)[S.DONE]) == (R.DONE, waiting)
    again = lists.checked(text, store=store, kind="enroll", source="f2")
    assert (again.state, again.result["code"]) == (R.REFUSED, "nothing")
    assert set(lists.codes(again).values()) <= {"refused already_member", "refused unknown_customer"}


def test_where_an_e_mail_is_needed_to_enrol_the_row_says_so(sqlite_lists: Lists) -> None:
    lists = sqlite_lists
    with lists.servers.world.lock:
        place = lists.servers.world.stores["bay"]
        key, customer = next((k, c) for k, c in place.customers.items() if c.phone)
        customer.email = ""
    run = lists.checked(f"customer id\n{key}\n", store="bay", kind="enroll")
    assert lists.codes(run) == {2: "refused needs_email"}


def test_a_provider_that_enrols_nobody_by_api_is_said_at_once(sqlite_lists: Lists) -> None:
    with refuses(NotAllowed, "So I cannot work through a list here"):
        sqlite_lists.plan("customer id\n1\n", store="ash", kind="enroll")
